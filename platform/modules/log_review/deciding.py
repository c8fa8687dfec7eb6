"""What a reviewer writes: a comment and a decision for a row, or one decision for many."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, update

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most
from ....tenants.log.access_log import Action
from ....tenants.work import Work
from .models import Decision, Investigation, Review, ReviewEvent
from .own import of_others, refuse_own
from .reviews import REVIEW, Filter, get_review, hold_review, matching

LONGEST = 4_000


@permit(REVIEW)
async def decide(
    work: Work, event_id: UUID, *, decision: Decision | None, was: str | None = None
) -> ReviewEvent:
    """What the reviewer thinks of an event; None takes it back. With `was` ("" for none) only if
    that stands. Raises Conflict when somebody has decided otherwise meanwhile."""
    event, review = await hold_event(work, event_id)
    if was is not None and (event.decision or "") not in (was, decision or ""):
        raise Conflict(
            _("Somebody has decided otherwise meanwhile. Load the page again and look."),
            field="decision",
        )
    if decision is Decision.NO_REMARK and event.marked:
        raise InvalidInput(_("What stands out needs a decision of its own."), field="decision")
    if decision not in (Decision.INVESTIGATE, Decision.INTRUSION):
        await _refuse_investigated(work, event)
    event.decision = decision
    event.decided_by = work.actor.id if decision else None
    event.decided_at = work.now if decision else None
    await work.flush()
    _note(work, event, review, decision)
    return event


@permit(REVIEW)
async def write_comment(
    work: Work, event_id: UUID, *, text: str, was: str | None = None
) -> ReviewEvent:
    """Raises as `decide`."""
    event, review = await hold_event(work, event_id)
    written = at_most(text.strip(), field="comment", most=LONGEST)
    if was is not None and event.comment not in (was.strip(), written):
        raise Conflict(
            _("Somebody has written another comment here: “{text}”.", text=event.comment[:200]),
            field="comment",
        )
    event.comment = written
    await work.flush()
    _note(work, event, review, None)
    return event


@permit(REVIEW)
async def pass_unmarked(work: Work, review_id: UUID, *, chosen: Filter) -> int:
    """Reviewed without remark: all that the filter leaves, does not stand out and nobody has
    decided about, but for what the actor did. The answer is how many."""
    review = await hold_review(work, review_id)
    return await _decide_many(
        work,
        review,
        and_(matching(chosen), ReviewEvent.marked.is_(False), ReviewEvent.decision.is_(None)),
        Decision.NO_REMARK,
    )


@permit(REVIEW)
async def take_back_passed(work: Work, review_id: UUID, *, chosen: Filter) -> int:
    """The opposite of `pass_unmarked`, for what the filter leaves."""
    review = await hold_review(work, review_id)
    passed = ReviewEvent.decision == Decision.NO_REMARK
    return await _decide_many(work, review, and_(matching(chosen), passed), None)


async def _decide_many(
    work: Work, review: Review, chosen: ColumnElement[bool], decision: Decision | None
) -> int:
    done = await work.execute(
        update(ReviewEvent)
        .where(
            ReviewEvent.tenant_id == work.tenant.id,
            ReviewEvent.review_id == review.id,
            of_others(work),
            chosen,
        )
        .values(
            decision=decision,
            decided_by=work.actor.id if decision else None,
            decided_at=work.now if decision else None,
        )
        .returning(ReviewEvent.id)
        .execution_options(synchronize_session=False)
    )
    count = len(done.all())
    work.note(
        Action.CHANGE,
        "log_review",
        records=[review.id],
        unit_id=review.unit_id,
        detail={"decision": decision or "none", "events": str(count)},
    )
    return count


async def get_event(work: Work, event_id: UUID) -> tuple[ReviewEvent, Review]:
    """An event of a list that the actor may read. Raises NotFound."""
    event = await work.get(ReviewEvent, event_id)
    return event, await get_review(work, event.review_id)


async def hold_event(work: Work, event_id: UUID) -> tuple[ReviewEvent, Review]:
    """The event, nobody else writing in it, in a list that is open. Raises Forbidden for what the
    actor did."""
    event, _review = await get_event(work, event_id)
    review = await hold_review(work, event.review_id)
    held = select(ReviewEvent).where(ReviewEvent.id == event_id).with_for_update()
    found = await work.first(held.execution_options(populate_existing=True))
    assert found is not None
    refuse_own(work, found)
    return found, review


async def _refuse_investigated(work: Work, event: ReviewEvent) -> None:
    if await work.first(select(Investigation.id).where(Investigation.event_id == event.id)):
        raise Conflict(
            _("The event is being investigated. Close the investigation with its outcome instead."),
            field="decision",
        )


def _note(work: Work, event: ReviewEvent, review: Review, decision: Decision | None) -> None:
    about = [id for id in (event.person_id, *event.about[:100]) if id is not None]
    work.note(
        Action.CHANGE,
        "log_review",
        records=[review.id, event.id],
        about=about,
        unit_id=review.unit_id,
        detail={"decision": decision} if decision else {},
    )
