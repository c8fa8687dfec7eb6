"""What is done about an event that may be an intrusion: investigated, with more of the log where a
crime is suspected, and told to the named officer where it was a health record."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from ....authz.permit import NOWHERE, permit
from ....infra.errors import Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....infra.texts import at_most, one_line
from ....tenants.log.access_log import Action
from ....tenants.models import Person
from ....tenants.work import Work
from .deciding import get_event, hold_event
from .models import (
    Decision,
    Investigation,
    InvestigationState,
    NoticeKind,
    Review,
    ReviewEvent,
    ReviewNotice,
)
from .own import refuse_own
from .reviews import READ, REVIEW, get_review
from .settings import review_settings

CASE, TEXT = 100, 10_000
EXTRACT = "log_review.extract"


@permit(REVIEW)
async def open_investigation(
    work: Work, event_id: UUID, *, case_number: str, notes: str = ""
) -> Investigation:
    """Look further into an event, which then is to be investigated unless it is an intrusion.

    Raises Conflict for one that is investigated already, or in a list that is signed.
    """
    event, review = await hold_event(work, event_id)
    if await find_investigation(work, event.id) is not None:
        raise Conflict(_("The event is being investigated already."))
    investigation = Investigation(
        review_id=review.id,
        event_id=event.id,
        case_number=_case_number(case_number),
        notes=at_most(notes.strip(), field="notes", most=TEXT),
        opened_by=work.actor.id,
        opened_at=work.now,
    )
    if event.decision is not Decision.INTRUSION:
        event.decision = Decision.INVESTIGATE
        event.decided_by, event.decided_at = work.actor.id, work.now
    work.add(investigation)
    await work.flush()
    _note(work, Action.ADD, investigation, event, review)
    return investigation


@permit(READ)
async def get_investigation(
    work: Work, investigation_id: UUID
) -> tuple[Investigation, ReviewEvent, Review]:
    """With the event and the list. It stays writable when the list is signed. Raises NotFound."""
    investigation = await work.get(Investigation, investigation_id)
    event, review = await get_event(work, investigation.event_id)
    _note(work, Action.READ, investigation, event, review)
    return investigation, event, review


@permit(REVIEW)
async def change_investigation(
    work: Work,
    investigation_id: UUID,
    *,
    case_number: str | None = None,
    notes: str | None = None,
    outcome: str | None = None,
) -> Investigation:
    """What is None stays. Raises Conflict for one that is closed."""
    investigation, event, review = await _held(work, investigation_id)
    if case_number is not None:
        investigation.case_number = _case_number(case_number)
    if notes is not None:
        investigation.notes = at_most(notes.strip(), field="notes", most=TEXT)
    if outcome is not None:
        investigation.outcome = at_most(outcome.strip(), field="outcome", most=TEXT)
    await work.flush()
    _note(work, Action.CHANGE, investigation, event, review)
    return investigation


@permit(REVIEW)
async def close_investigation(
    work: Work, investigation_id: UUID, *, outcome: str | None = None
) -> Investigation:
    """Raises InvalidInput without an outcome."""
    investigation, event, review = await _held(work, investigation_id)
    if outcome is not None:
        investigation.outcome = at_most(outcome.strip(), field="outcome", most=TEXT)
    if not investigation.outcome:
        raise InvalidInput(_("Write what the investigation came to."), field="outcome")
    investigation.state = InvestigationState.CLOSED
    investigation.closed_by, investigation.closed_at = work.actor.id, work.now
    await work.flush()
    _note(work, Action.CHANGE, investigation, event, review)
    return investigation


@permit(REVIEW)
async def suspect_crime(
    work: Work, investigation_id: UUID, *, note: str, begins: date, ends: date
) -> Investigation:
    """Ask for an extended extract: all that the person has done in a longer time. It is made by
    those who may (`log_review.extract`), who see it among their tasks."""
    investigation, event, review = await _held(work, investigation_id)
    text = at_most(note.strip(), field="note", most=TEXT)
    if not text:
        raise InvalidInput(_("Write why a crime is suspected."), field="note")
    if event.person_id is None:
        raise InvalidInput(_("Who it was is not in our register, so our log has no more of them."))
    if ends < begins or begins > work.today:
        raise InvalidInput(_("The last day comes before the first one."), field="ends")
    investigation.crime_note = text
    investigation.crime_by, investigation.crime_at = work.actor.id, work.now
    investigation.extract_from, investigation.extract_to = begins, ends
    await work.flush()
    _note(work, Action.CHANGE, investigation, event, review, crime="suspected")
    return investigation


@permit(REVIEW)
async def tell_health_officer(work: Work, investigation_id: UUID) -> ReviewNotice:
    """Tell whoever the municipality has named of an intrusion into a health record, by mail and
    among their tasks. Told twice, it is the same notice."""
    investigation, event, review = await _held(work, investigation_id)
    standing = await work.first(
        select(ReviewNotice).where(
            ReviewNotice.investigation_id == investigation.id,
            ReviewNotice.kind == NoticeKind.HEALTH,
        )
    )
    if standing is not None:
        return standing
    email = (await review_settings(work)).health_officer
    person = await _by_email(work, email)
    if person is None:
        raise Conflict(
            _(
                "Nobody is named who is told of intrusions into health records. "
                "An administrator does that in the settings of the log review."
            )
        )
    notice = await tell(work, NoticeKind.HEALTH, review, person, investigation=investigation)
    _note(work, Action.CHANGE, investigation, event, review, told="health")
    return notice


async def tell_archive(work: Work, review: Review) -> ReviewNotice | None:
    """Tell whoever answers for the archive that a list has come into it; None when nobody does."""
    person = await _by_email(work, (await review_settings(work)).archive_responsible)
    return None if person is None else await tell(work, NoticeKind.ARCHIVE, review, person)


async def tell(
    work: Work,
    kind: NoticeKind,
    review: Review,
    person: Person,
    *,
    investigation: Investigation | None = None,
) -> ReviewNotice:
    from .jobs import send_notice

    notice = ReviewNotice(
        kind=kind,
        review_id=review.id,
        investigation_id=investigation.id if investigation else None,
        person_id=person.id,
        told_by=work.actor.id,
        told_at=work.now,
    )
    work.add(notice)
    await work.flush()
    await send_notice.later(work, notice_id=str(notice.id))
    return notice


@permit("log_review.acknowledge")
async def get_notice(work: Work, notice_id: UUID) -> tuple[ReviewNotice, Review]:
    """One's own. Raises NotFound for anybody else's."""
    notice = await work.find(ReviewNotice, notice_id)
    if notice is None or notice.person_id != work.actor.id:
        raise NotFound()
    return notice, await work.get(Review, notice.review_id)


@permit("log_review.acknowledge")
async def acknowledge(work: Work, notice_id: UUID) -> ReviewNotice:
    """Say that one has seen it; the first time counts."""
    notice, review = await get_notice(work, notice_id)
    if notice.acknowledged_at is None:
        notice.acknowledged_at = work.now
        await work.flush()
        work.note(Action.CHANGE, "log_review", records=[notice.id], unit_id=review.unit_id)
    return notice


async def find_investigation(work: Work, event_id: UUID) -> Investigation | None:
    return await work.first(select(Investigation).where(Investigation.event_id == event_id))


async def _held(work: Work, investigation_id: UUID) -> tuple[Investigation, ReviewEvent, Review]:
    investigation = await work.get(Investigation, investigation_id)
    review = await get_review(work, investigation.review_id)
    work.require(REVIEW, at=review.unit_id or NOWHERE)
    held = select(Investigation).where(Investigation.id == investigation_id).with_for_update()
    found = await work.first(held.execution_options(populate_existing=True))
    assert found is not None
    if found.state is InvestigationState.CLOSED:
        raise Conflict(_("The investigation is closed."))
    event = await work.get(ReviewEvent, found.event_id)
    refuse_own(work, event)
    return found, event, review


async def _by_email(work: Work, email: str) -> Person | None:
    if not email.strip():
        return None
    same = func.lower(Person.email) == email.strip().lower()
    return await work.first(select(Person).where(same, Person.left_on.is_(None)))


def _case_number(text: str) -> str:
    return one_line(text, field="caseNumber", most=CASE)


def _note(
    work: Work,
    action: Action,
    investigation: Investigation,
    event: ReviewEvent,
    review: Review,
    **detail: str,
) -> None:
    about = [id for id in (event.person_id, *event.about[:100]) if id is not None]
    work.note(
        action,
        "log_review",
        records=[investigation.id, review.id],
        about=about,
        unit_id=review.unit_id,
        detail=detail,
    )
