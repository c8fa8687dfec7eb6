"""What the manager of the place and the investigators write: categorising, risks, documents, and
the end of a case."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most
from ....tenants.log.access_log import Action
from ....tenants.rows import uuid7
from ....tenants.sealed.safe import safe_to_write
from ....tenants.work import Work
from .cases import asked_kinds
from .categories import chosen_category
from .events import record
from .forms import checked_answers, form_of, standing_form
from .models import (
    CaseState,
    Deviation,
    DeviationDocument,
    DeviationRisk,
    FormKind,
    Happened,
    Law,
)
from .personal_numbers import refuse_personal_numbers
from .reporting import LONG, SHORT, refuse_misconduct_by_hsl
from .rules import PART_OF, Hat, Part, asks_event_analysis, risk_part, risk_value
from .settings import deviation_settings
from .shipped import plant
from .sight import READ, Seen, look, look_to_write, refuse_stale, tell_log

BEGINS: Final = (Hat.HANDLER, Hat.INVESTIGATOR)
"""Whose first writing begins a case."""


@permit(READ)
async def categorise(
    work: Work,
    deviation_id: UUID,
    *,
    version: int,
    category_id: UUID | None = None,
    laws: Collection[Law] | None = None,
) -> Deviation:
    """What the manager of the place makes of a report; what is None stays. What was written by the
    reporter is not changed. Raises NotFound, Forbidden, Conflict, InvalidInput."""
    if category_id is not None:
        await chosen_category(work, category_id, laws=())
    seen = await look_to_write(work, deviation_id, Part.MANAGER, version=version)
    case = seen.case
    if laws is not None:
        chosen = [law.value for law in Law if law in laws]
        if not chosen:
            raise InvalidInput(_("Choose at least one law."), field="laws")
        refuse_misconduct_by_hsl(case.type, chosen)
        case.laws = chosen
    if category_id is not None:
        case.category_id = (await chosen_category(work, category_id, laws=case.laws)).id
    await _changed(work, seen)
    return case


@permit(READ)
async def assess_risk(
    work: Work,
    deviation_id: UUID,
    law: Law,
    *,
    severity: int,
    probability: int,
    value: int | None = None,
    assessed_with: str = "",
    version: int = 0,
) -> DeviationRisk:
    """The risk by one law of the case, each number 1 to 4; `value`, where it is given, has to be
    their product. By HSL it is told with whom it was assessed. `version` is 0 for a first one.

    Raises InvalidInput, NotFound, Forbidden, Conflict.
    """
    seen = await look_to_write(work, deviation_id, risk_part(law), version=None)
    product = risk_value(severity, probability)
    if value is not None and value != product:
        raise InvalidInput(
            _("The risk value is severity times probability: {product}.", product=product),
            field="value",
        )
    if law.value not in seen.case.laws:
        raise InvalidInput(_("The case is not one by this law."), field="law")
    company = at_most(assessed_with, field="assessedWith", most=SHORT)
    refuse_personal_numbers({"assessedWith": company})
    if law is Law.HSL and not company:
        raise InvalidInput(_("Write with whom the risk was assessed."), field="assessedWith")
    row = await work.first(
        select(DeviationRisk).where(
            DeviationRisk.deviation_id == deviation_id, DeviationRisk.law == law
        )
    )
    refuse_stale(row.version if row else 0, version)
    if row is None:
        row = DeviationRisk(id=uuid7(), deviation_id=deviation_id, law=law, version=0)
    row.severity, row.probability, row.value = severity, probability, product
    row.assessed_by, row.assessed_at = work.actor.id, work.now
    row.version += 1
    (await safe_to_write(work)).put(row, assessed_with=company)
    work.add(row)
    await _changed(work, seen)
    tell_log(work, Action.CHANGE, [row], unit_id=seen.case.unit_id)
    return row


@permit(READ)
async def write_document(
    work: Work,
    deviation_id: UUID,
    kind: FormKind,
    *,
    answers: Mapping[str, object],
    version: int,
    complete: bool = False,
) -> DeviationDocument:
    """Save a document over `version`, the one that the writer has seen (0 for one that is not
    begun), by the form that it was begun with. With `complete`, what the form needs has to be
    there, and nothing more is written until it is opened again.

    Raises InvalidInput, NotFound, Forbidden, and Conflict, when nothing is written.
    """
    seen = await look_to_write(work, deviation_id, PART_OF[kind], version=None)
    if kind is FormKind.REPORT or kind not in asked_kinds(seen.case, event=True):
        raise InvalidInput(_("The case does not ask for this document."), field="kind")
    row = await document_of(work, deviation_id, kind)
    refuse_stale(row.version if row else 0, version)
    if row is not None and row.completed_at is not None:
        raise Conflict(_("The document is completed. Open it again to write in it."))
    if row is None:
        await plant(work)
        form = await standing_form(work, kind)
        row = DeviationDocument(
            id=uuid7(), deviation_id=deviation_id, kind=kind, form_id=form.id, version=0
        )
    else:
        form = await form_of(work, row.form_id)
    kept = checked_answers(form, answers, laws=seen.case.laws, whole=complete)
    row.written_by, row.written_at = work.actor.id, work.now
    if complete:
        row.completed_by, row.completed_at = work.actor.id, work.now
    row.version += 1
    (await safe_to_write(work)).put_answers(row, kept)
    work.add(row)
    await _changed(work, seen)
    tell_log(work, Action.CHANGE, [row], unit_id=seen.case.unit_id)
    return row


@permit(READ)
async def reopen_document(
    work: Work, deviation_id: UUID, kind: FormKind, *, version: int
) -> DeviationDocument:
    """Let a completed document be written in again, by those who write it."""
    seen = await look_to_write(work, deviation_id, PART_OF[kind], version=None)
    row = await document_of(work, deviation_id, kind)
    if row is None or row.completed_at is None:
        raise Conflict(_("The document is not completed."))
    refuse_stale(row.version, version)
    row.completed_by, row.completed_at = None, None
    row.version += 1
    await work.flush()
    tell_log(work, Action.CHANGE, [row], unit_id=seen.case.unit_id)
    return row


@permit(READ)
async def close_case(work: Work, deviation_id: UUID, *, outcome: str, version: int) -> Deviation:
    """The manager of the place is done, and tells the reporter what came of it.

    `outcome` may be empty where the reporter has been told already. Raises Conflict for what is
    missing, with what in words; InvalidInput, NotFound, Forbidden.
    """
    seen = await look_to_write(work, deviation_id, Part.OUTCOME, version=version)
    missing = await _missing(work, seen.case)
    if missing:
        raise Conflict(_("Before the case is closed: {what}", what=" ".join(missing)))
    case = seen.case
    told = at_most(outcome, field="outcome", most=LONG)
    refuse_personal_numbers({"outcome": told})
    if not told and case.outcome_at is None:
        raise InvalidInput(_("Write what the reporter is to be told."), field="outcome")
    if told:
        (await safe_to_write(work)).put(case, outcome=told)
        case.outcome_at = work.now
    case.state, case.closed_at, case.closed_by = CaseState.CLOSED, work.now, work.actor.id
    case.version += 1
    await work.flush()
    await record(work, case, Happened.CLOSED)
    tell_log(work, Action.CHANGE, [case], unit_id=case.unit_id)
    return case


@permit(READ)
async def missing_to_close(work: Work, deviation_id: UUID) -> list[str]:
    """What has to be done before the manager of the place can close it, a sentence each."""
    seen = await look(work, deviation_id)
    return await _missing(work, seen.case) if Part.OUTCOME in seen.writable else []


async def document_of(work: Work, deviation_id: UUID, kind: FormKind) -> DeviationDocument | None:
    return await work.first(
        select(DeviationDocument).where(
            DeviationDocument.deviation_id == deviation_id, DeviationDocument.kind == kind
        )
    )


async def _missing(work: Work, case: Deviation) -> list[str]:
    risks = await work.scalars(select(DeviationRisk).where(DeviationRisk.deviation_id == case.id))
    done = set(
        await work.scalars(
            select(DeviationDocument.kind).where(
                DeviationDocument.deviation_id == case.id,
                DeviationDocument.completed_at.is_not(None),
            )
        )
    )
    event = asks_event_analysis(risks, await deviation_settings(work))
    wanting = {
        _("Choose a category."): case.category_id is None,
        _("Assess the risk by each law."): not set(case.laws) <= {risk.law.value for risk in risks},
        _("Complete the categorising and documentation."): FormKind.MANAGER not in done,
        _("Complete the event analysis, which the risk asks for."): (
            event and FormKind.EVENT not in done
        ),
    }
    return [sentence for sentence, is_wanting in wanting.items() if is_wanting]


async def _changed(work: Work, seen: Seen) -> None:
    """A case that somebody has begun with is under investigation."""
    case = seen.case
    begins = case.state is CaseState.SENT and seen.hats & set(BEGINS)
    if begins:
        case.state = CaseState.INVESTIGATING
    case.version += 1
    await work.flush()
    if begins:
        await record(work, case, Happened.BEGUN)
    tell_log(work, Action.CHANGE, [case], unit_id=case.unit_id)
