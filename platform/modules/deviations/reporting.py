"""Reporting: a draft that only its writer sees, sent once, and what came of it.

Whoever reports may be anyone who works here. After it is sent they read what they wrote and, in the
end, what it led to; never the investigation.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from ....infra.i18n import _
from ....infra.texts import at_most
from ....tenants.log.access_log import Action
from ....tenants.models import Unit
from ....tenants.rows import uuid7
from ....tenants.sealed.safe import Safe, safe_to_read, safe_to_write
from ....tenants.work import Work
from .categories import chosen_category
from .events import record
from .forms import Answered, checked_answers, form_of, shown_answers, standing_form
from .models import (
    AccessLabel,
    CaseState,
    Concerns,
    Consequence,
    Deviation,
    DeviationForm,
    DeviationType,
    FormKind,
    Happened,
    Law,
)
from .personal_numbers import refuse_personal_numbers
from .rules import SOCIAL
from .shipped import plant
from .sight import REPORT, refuse_stale, tell_log

LONG: Final = 20_000
SHORT: Final = 500
MOST: Final = 500
SIGNS: Final = "BCDFGHJKLMNPQRSTVWXZ23456789"
"""Of references: without vowels, so that they make no words, and without what looks alike."""
SOON: Final = timedelta(minutes=5)
"""How far into the future a clock may be wrong."""


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports, whole: what is left out is empty."""

    unit_id: UUID | None = None
    type: DeviationType = DeviationType.DEVIATION
    laws: Sequence[Law] = ()
    what: str = ""
    occurred_at: datetime | None = None
    found_at: datetime | None = None
    concerns: Concerns = Concerns.INDIVIDUAL
    whom: str = ""
    consequence: Consequence = Consequence.UNKNOWN
    done: str = ""
    on_behalf_of: str = ""
    category_id: UUID | None = None
    answers: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MyReport:
    """One's own report as it was written, how far it has come, and what came of it in the end.

    `version` and `report.category_id` are those of a draft; afterwards they are the manager's, and
    would tell what goes on.
    """

    id: UUID
    reference: str
    version: int
    state: CaseState
    report: Report
    answered: tuple[Answered, ...]
    created_at: datetime
    sent_at: datetime | None
    outcome: str
    outcome_at: datetime | None


@permit(REPORT)
async def save_draft(
    work: Work,
    report: Report,
    *,
    deviation_id: UUID | None = None,
    version: int | None = None,
    new_id: UUID | None = None,
) -> Deviation:
    """Keep a report that is not sent yet, a new one without `deviation_id`; `new_id` is what a
    browser has chosen for it, so that the same report never becomes two.

    Raises InvalidInput, also for what looks like a personal identity number, NotFound for what is
    not one's own, Conflict for one that is sent or has another version.
    """
    texts = _checked_texts(report)
    if report.unit_id is not None:
        await work.get(Unit, report.unit_id, field="unitId")
    await plant(work)
    laws = [law.value for law in Law if law in report.laws]
    if report.category_id is not None:
        await chosen_category(work, report.category_id, laws=())
    row, form = await _draft(work, deviation_id, version, new_id)
    answers = checked_answers(form, report.answers, laws=laws, whole=False)
    _check_times(work, report)
    row.unit_id, row.type, row.laws = report.unit_id, report.type, laws
    row.reported_as = report.type
    row.occurred_at, row.found_at = report.occurred_at, report.found_at
    row.concerns, row.consequence = report.concerns, report.consequence
    row.category_id = report.category_id
    safe = await safe_to_write(work)
    safe.put(row, **texts)
    safe.put_answers(row, answers)
    if deviation_id is None:
        safe.put(row, outcome="")
        work.add(row)
    else:
        row.version += 1
    await work.flush()
    tell_log(work, Action.CHANGE if deviation_id else Action.ADD, [row], unit_id=row.unit_id)
    return row


@permit(REPORT)
async def send_report(work: Work, deviation_id: UUID, *, version: int) -> Deviation:
    """Send a draft: from now on nobody changes what it says, and those of the place see it; a
    misconduct only the Lex officer. Raises InvalidInput for what is missing."""
    row = await _own(work, deviation_id, hold=True)
    _refuse_sent(row)
    refuse_stale(row.version, version)
    safe = await safe_to_read(work)
    form = await form_of(work, row.form_id)
    _require_whole(row, safe)
    checked_answers(form, safe.answers(row), laws=row.laws, whole=True)
    row.state, row.sent_at = CaseState.SENT, work.now
    row.found_at = row.found_at or work.now
    if row.type is DeviationType.MISCONDUCT:
        row.label = AccessLabel.LEX
    row.version += 1
    await work.flush()
    await record(work, row, Happened.SENT)
    tell_log(work, Action.CHANGE, [row], unit_id=row.unit_id)
    return row


@permit(REPORT)
async def report_deviation(work: Work, report: Report) -> Deviation:
    """Write and send in one go."""
    row = await save_draft(work, report)
    return await send_report(work, row.id, version=row.version)


@permit(REPORT)
async def discard_draft(work: Work, deviation_id: UUID) -> None:
    """Take away a draft for good. Raises Conflict for what is sent."""
    row = await _own(work, deviation_id, hold=True)
    _refuse_sent(row)
    tell_log(work, Action.REMOVE, [row], unit_id=row.unit_id)
    await work.delete(row)
    await work.flush()


@permit(REPORT)
async def my_reports(work: Work) -> list[MyReport]:
    """One's own, the latest first: drafts, and what has been sent with its outcome."""
    rows = await work.scalars(
        select(Deviation)
        .where(Deviation.reported_by == _me(work))
        .order_by(Deviation.id.desc())
        .limit(MOST)
    )
    return await _shown(work, rows, glance=True)


@permit(REPORT)
async def my_report(work: Work, deviation_id: UUID) -> MyReport:
    """One of one's own. Raises NotFound."""
    return (await _shown(work, [await _own(work, deviation_id)]))[0]


def thanks(row: Deviation) -> str:
    """What whoever sends a report is told at once."""
    if row.reported_as is DeviationType.MISCONDUCT:
        return _(
            "Thank you. The report goes to somebody independent, who investigates it. Your manager "
            "does not decide what comes of it. You are told here when it is decided."
        )
    return _(
        "Thank you. Your report helps us do better. You are told here what comes of it. Reference: "
        "{reference}.",
        reference=row.reference,
    )


async def _draft(
    work: Work, deviation_id: UUID | None, version: int | None, new_id: UUID | None
) -> tuple[Deviation, DeviationForm]:
    if deviation_id is not None:
        row = await _own(work, deviation_id, hold=True)
        _refuse_sent(row)
        if version is not None:
            refuse_stale(row.version, version)
        return row, await form_of(work, row.form_id)
    form = await standing_form(work, FormKind.REPORT)
    row = Deviation(
        id=new_id or uuid7(),
        reference=_reference(),
        form_id=form.id,
        state=CaseState.DRAFT,
        label=AccessLabel.PLACE,
        reported_by=_me(work),
        version=1,
    )
    return row, form


def _reference() -> str:
    signs = "".join(secrets.choice(SIGNS) for _each in range(8))
    return f"{signs[:4]}-{signs[4:]}"


def _me(work: Work) -> UUID:
    """Whoever reports: a person, as themselves."""
    if work.actor.id is None or work.actor.behind is not None:
        raise Forbidden(_("Only a person, signed in as themselves, has reports of their own."))
    return work.actor.id


async def _own(work: Work, deviation_id: UUID, *, hold: bool = False) -> Deviation:
    statement = select(Deviation).where(
        Deviation.id == deviation_id, Deviation.reported_by == _me(work)
    )
    if hold:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = await work.first(statement)
    if row is None:
        raise NotFound()
    return row


def _refuse_sent(row: Deviation) -> None:
    if row.state is not CaseState.DRAFT:
        raise Conflict(_("The report is sent, and what it says is changed no more."))


def _checked_texts(report: Report) -> dict[str, str]:
    texts = {
        "what": at_most(report.what, field="what", most=LONG),
        "whom": at_most(report.whom, field="whom", most=SHORT),
        "done": at_most(report.done, field="done", most=LONG),
        "on_behalf_of": at_most(report.on_behalf_of, field="onBehalfOf", most=SHORT),
    }
    refuse_personal_numbers(
        {("onBehalfOf" if name == "on_behalf_of" else name): text for name, text in texts.items()}
    )
    return texts


def _check_times(work: Work, report: Report) -> None:
    for name, at in (("occurredAt", report.occurred_at), ("foundAt", report.found_at)):
        if at is not None and at > work.now + SOON:
            raise InvalidInput(_("This has not happened yet. Check the day and time."), field=name)
    if report.occurred_at and report.found_at and report.found_at < report.occurred_at:
        raise InvalidInput(_("It cannot be found before it has happened."), field="foundAt")


def _require_whole(row: Deviation, safe: Safe) -> None:
    if row.unit_id is None:
        raise InvalidInput(_("Choose where it happened: that decides who sees it."), field="unitId")
    if not row.laws:
        raise InvalidInput(_("Choose at least one law."), field="laws")
    if not safe.text(row, "what"):
        raise InvalidInput(_("Write what happened."), field="what")
    refuse_misconduct_by_hsl(row.type, row.laws)


def refuse_misconduct_by_hsl(type_: DeviationType, laws: Sequence[str]) -> None:
    """A misconduct is one by SoL or LSS; by HSL alone there are care injuries."""
    if type_ is DeviationType.MISCONDUCT and not set(laws) & set(SOCIAL):
        raise InvalidInput(
            _("A misconduct is one by SoL or LSS. Choose one of them as well."), field="laws"
        )


async def _shown(work: Work, rows: Sequence[Deviation], *, glance: bool = False) -> list[MyReport]:
    if not rows:
        return []
    safe = await safe_to_read(work, glance=glance)
    forms = {
        form.id: form
        for form in await work.scalars(
            select(DeviationForm).where(DeviationForm.id.in_({row.form_id for row in rows}))
        )
    }
    tell_log(work, Action.READ, rows)
    return [_mine(row, forms[row.form_id], safe) for row in rows]


def _mine(row: Deviation, form: DeviationForm, safe: Safe) -> MyReport:
    draft = row.state is CaseState.DRAFT
    report = written(row, safe)
    if not draft:
        report = _as_reported(report, row)
    return MyReport(
        id=row.id,
        reference=row.reference,
        version=row.version if draft else 0,
        state=row.state,
        report=report,
        answered=tuple(shown_answers(form, report.answers, laws=row.laws)),
        created_at=row.created_at,
        sent_at=row.sent_at,
        outcome=safe.text(row, "outcome") if row.outcome_at else "",
        outcome_at=row.outcome_at,
    )


def written(row: Deviation, safe: Safe) -> Report:
    """What a report says, opened."""
    return Report(
        unit_id=row.unit_id,
        type=row.type,
        laws=tuple(Law(law) for law in row.laws),
        what=safe.text(row, "what"),
        occurred_at=row.occurred_at,
        found_at=row.found_at,
        concerns=row.concerns,
        whom=safe.text(row, "whom"),
        consequence=row.consequence,
        done=safe.text(row, "done"),
        on_behalf_of=safe.text(row, "on_behalf_of"),
        category_id=row.category_id,
        answers=safe.answers(row),
    )


def _as_reported(report: Report, row: Deviation) -> Report:
    return replace(report, type=row.reported_as, category_id=None)
