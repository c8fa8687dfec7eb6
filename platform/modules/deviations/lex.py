"""A suspected misconduct: to somebody independent in one step, and back to the place in the end.

From the step on, those of the place do not see the case. The investigator may decline, when it goes
back as a deviation; else it is decided on a completed investigation by SoL and LSS, whatever the
medical officer is doing by HSL, and the outcome goes back to the place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, update

from ....authz.permit import permit, policy
from ....infra.errors import Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....infra.texts import at_most
from ....tenants.grants import stands
from ....tenants.log.access_log import Action
from ....tenants.models import Person, RoleGrant
from ....tenants.rows import uuid7
from ....tenants.sealed.safe import safe_to_write
from ....tenants.tree import units
from ....tenants.work import Work
from .events import record
from .handling import document_of
from .models import (
    AccessLabel,
    CaseState,
    DecisionPart,
    Deviation,
    DeviationDecision,
    DeviationType,
    Finding,
    FormKind,
    Happened,
    NilKind,
    NilStatement,
)
from .personal_numbers import refuse_personal_numbers
from .reporting import LONG, refuse_misconduct_by_hsl
from .rules import Hat, Part
from .sight import (
    HANDLE,
    INVESTIGATE,
    READ,
    look,
    look_to_write,
    refuse_stale,
    tell_log,
)

NUMBER: Final = 100


@dataclass(frozen=True, slots=True)
class Notice:
    """Whether the authority (IVO) was told: with its case number and the day, or not at all."""

    notified: bool = False
    notified_on: date | None = None
    authority_case_number: str = ""
    registry_number: str = ""


@permit(READ)
async def independent_investigators(work: Work, deviation_id: UUID) -> list[tuple[UUID, str]]:
    """Who can be given a case, by id and name: investigators who do not answer for the place and
    did not report it. Raises NotFound."""
    seen = await look(work, deviation_id)
    if not seen.hats & {Hat.HANDLER, Hat.OFFICER}:
        raise NotFound()
    rows = await work.rows(
        (await _independent(work, seen.case)).order_by(func.sv_key(Person.name), Person.id)
    )
    return [(id, name) for id, name in rows]


@permit(HANDLE)
async def suspect_misconduct(
    work: Work, deviation_id: UUID, *, investigator_id: UUID, reason: str, version: int
) -> None:
    """The manager of the place hands a suspected misconduct to an independent investigator: its
    type, its access label and whom it is given to change in one statement, and the manager does
    not see it any more.

    Raises NotFound, Forbidden, Conflict for another version, InvalidInput for somebody who is not
    independent and for a case by HSL alone; then nothing is changed.
    """
    await work.get(Person, investigator_id, field="investigatorId")
    seen = await look_to_write(work, deviation_id, Part.MANAGER, version=version)
    case = seen.case
    why = _text(reason, "reason")
    if not why:
        raise InvalidInput(_("Write why it may be a misconduct."), field="reason")
    refuse_misconduct_by_hsl(DeviationType.MISCONDUCT, case.laws)
    await _refuse_decided(work, case, DecisionPart.SOL_LSS)
    await _require_independent(work, case, investigator_id)
    await _move(
        work,
        case,
        type=DeviationType.MISCONDUCT,
        label=AccessLabel.LEX,
        assigned_to=investigator_id,
        state=CaseState.INVESTIGATING,
    )
    await record(work, case, Happened.SUSPECTED, note=why, given_to=investigator_id)


@permit("deviations.assign")
async def assign_investigator(
    work: Work, deviation_id: UUID, *, investigator_id: UUID, version: int
) -> None:
    """The Lex officer gives a misconduct to an independent investigator, or to another one.

    Raises NotFound, Forbidden, Conflict, InvalidInput.
    """
    await work.get(Person, investigator_id, field="investigatorId")
    seen = await look_to_write(work, deviation_id, Part.DECISION_SOL_LSS, version=version)
    await _require_independent(work, seen.case, investigator_id)
    await _move(work, seen.case, assigned_to=investigator_id, state=CaseState.INVESTIGATING)
    await record(work, seen.case, Happened.ASSIGNED, given_to=investigator_id)


@permit(INVESTIGATE)
async def decline_misconduct(work: Work, deviation_id: UUID, *, reason: str, version: int) -> None:
    """The investigator finds that it is no misconduct to investigate: it goes back to the place as
    a deviation, and they do not see it any more.

    Raises NotFound, Forbidden, InvalidInput, Conflict when the investigation is completed.
    """
    seen = await look_to_write(work, deviation_id, Part.SOL_LSS, version=version)
    why = _text(reason, "reason")
    if not why:
        raise InvalidInput(_("Write why it goes back: the manager reads it."), field="reason")
    document = await document_of(work, deviation_id, FormKind.SOL_LSS)
    if document is not None and document.completed_at is not None:
        raise Conflict(_("The investigation is completed. Now the case is decided."))
    await _move(
        work,
        seen.case,
        type=DeviationType.DEVIATION,
        label=AccessLabel.PLACE,
        assigned_to=None,
        state=CaseState.INVESTIGATING,
    )
    await record(work, seen.case, Happened.DECLINED, note=why)


@permit("deviations.assign")
async def decide_misconduct(
    work: Work,
    deviation_id: UUID,
    *,
    finding: Finding,
    reason: str,
    outcome: str,
    notice: Notice,
    version: int,
) -> None:
    """The Lex officer decides, on a completed investigation by SoL and LSS alone. The outcome is
    what the reporter is told, and the case goes back to the manager of the place.

    Raises NotFound, Forbidden, InvalidInput for a notice that does not hold together, Conflict
    while the investigation is not completed.
    """
    seen = await look_to_write(work, deviation_id, Part.DECISION_SOL_LSS, version=version)
    case = seen.case
    await _require_completed(work, case, FormKind.SOL_LSS)
    told = _text(outcome, "outcome")
    if not told:
        raise InvalidInput(_("Write what the reporter is to be told."), field="outcome")
    await _decide(work, case, DecisionPart.SOL_LSS, finding, reason, notice)
    (await safe_to_write(work)).put(case, outcome=told)
    case.outcome_at = work.now
    await _move(work, case, label=AccessLabel.PLACE)
    await record(work, case, Happened.DECIDED)
    await record(work, case, Happened.RETURNED)
    await withdraw_nil(work, case, NilKind.LEX_SARAH)


@permit("deviations.medical")
async def decide_medical(
    work: Work, deviation_id: UUID, *, finding: Finding, reason: str, notice: Notice
) -> None:
    """The medical officer decides by HSL (Lex Maria), on a completed HSL investigation and with a
    registry number. It waits for nothing else in the case, and nothing waits for it.

    Raises NotFound, Forbidden, InvalidInput, Conflict.
    """
    seen = await look_to_write(work, deviation_id, Part.DECISION_HSL, version=None)
    await _require_completed(work, seen.case, FormKind.HSL)
    await _decide(work, seen.case, DecisionPart.HSL, finding, reason, notice)
    if notice.notified and seen.case.label is AccessLabel.PLACE:
        await withdraw_nil(work, seen.case, NilKind.LEX_MARIA)


def checked_notice(work: Work, part: DecisionPart, notice: Notice) -> Notice:
    """Told to the authority: its case number is needed. Not told: there is none. By HSL there is a
    registry number either way. Raises InvalidInput."""
    number = at_most(notice.authority_case_number, field="authorityCaseNumber", most=NUMBER)
    registry = at_most(notice.registry_number, field="registryNumber", most=NUMBER)
    refuse_personal_numbers({"authorityCaseNumber": number, "registryNumber": registry})
    if notice.notified and not number:
        raise InvalidInput(
            _("Write the case number that the authority gave."), field="authorityCaseNumber"
        )
    if not notice.notified and number:
        raise InvalidInput(
            _("The authority was not told, so there is no case number of its."),
            field="authorityCaseNumber",
        )
    if part is DecisionPart.HSL and not registry:
        raise InvalidInput(_("Write the municipality's registry number."), field="registryNumber")
    day = notice.notified_on
    if day is not None and day > work.today:
        raise InvalidInput(_("This day has not come yet."), field="notifiedOn")
    return Notice(
        notice.notified, (day or work.today) if notice.notified else None, number, registry
    )


async def withdraw_nil(work: Work, case: Deviation, kind: NilKind) -> None:
    """That there was nothing this year is no longer so."""
    await work.execute(
        update(NilStatement)
        .where(
            NilStatement.unit_id == case.unit_id,
            NilStatement.year == work.today.year,
            NilStatement.kind == kind,
            NilStatement.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=work.now, withdrawn_by=work.actor.id)
        .execution_options(synchronize_session=False)
    )


async def _move(work: Work, case: Deviation, **values: object) -> None:
    """Change what says who sees the case, in one statement over the version that was read. It is
    held already; the version in the statement is the belt to that."""
    await work.flush()
    moved = (
        update(Deviation)
        .where(Deviation.id == case.id, Deviation.version == case.version)
        .values(version=Deviation.version + 1, **values)
        .returning(Deviation.version)
        .execution_options(synchronize_session=False)
    )
    version = (await work.execute(moved)).scalar_one_or_none()
    refuse_stale(version or 0, case.version + 1)
    await work.first(
        select(Deviation).where(Deviation.id == case.id).execution_options(populate_existing=True)
    )
    tell_log(work, Action.CHANGE, [case], unit_id=case.unit_id)


async def _decide(
    work: Work,
    case: Deviation,
    part: DecisionPart,
    finding: Finding,
    reason: str,
    notice: Notice,
) -> None:
    told = checked_notice(work, part, notice)
    why = _text(reason, "reason")
    if not why:
        raise InvalidInput(_("Write the reason: it stands in the decision."), field="reason")
    if finding is Finding.SERIOUS and not told.notified:
        raise InvalidInput(
            _("What is serious is told to the authority. Write its case number."),
            field="notified",
        )
    await _refuse_decided(work, case, part)
    row = DeviationDecision(
        id=uuid7(),
        deviation_id=case.id,
        part=part,
        finding=finding,
        notified=told.notified,
        notified_on=told.notified_on,
        authority_case_number=told.authority_case_number,
        registry_number=told.registry_number,
        decided_by=work.actor.id,
        decided_at=work.now,
    )
    (await safe_to_write(work)).put(row, reason=why)
    work.add(row)
    await work.flush()
    tell_log(work, Action.ADD, [row], unit_id=case.unit_id)


async def _refuse_decided(work: Work, case: Deviation, part: DecisionPart) -> None:
    if await work.first(
        select(DeviationDecision.id).where(
            DeviationDecision.deviation_id == case.id, DeviationDecision.part == part
        )
    ):
        raise Conflict(_("This has been decided already. Load the page again and look."))


async def _require_completed(work: Work, case: Deviation, kind: FormKind) -> None:
    document = await document_of(work, case.id, kind)
    if document is None or document.completed_at is None:
        raise Conflict(_("Complete the investigation first: the decision rests on it."))


async def _require_independent(work: Work, case: Deviation, person_id: UUID) -> None:
    found = await work.rows((await _independent(work, case)).where(Person.id == person_id))
    if not found:
        raise InvalidInput(
            _(
                "Choose an investigator who does not answer for the place and did not report the "
                "event."
            ),
            field="investigatorId",
        )


async def _independent(work: Work, case: Deviation) -> Select[UUID, str]:
    assert case.unit_id is not None
    above = [case.unit_id, *await units.ancestors(work, case.unit_id)]
    here = Person.here(work.today)
    investigates = select(RoleGrant.person_id).where(
        RoleGrant.tenant_id == work.tenant.id,
        RoleGrant.role.in_(roles_with(INVESTIGATE)),
        stands(work.now),
    )
    answers = select(RoleGrant.person_id).where(
        RoleGrant.tenant_id == work.tenant.id,
        RoleGrant.role.in_(roles_with(HANDLE)),
        or_(RoleGrant.unit_id.is_(None), RoleGrant.unit_id.in_(above)),
        stands(work.now),
    )
    return select(Person.id, Person.name).where(
        and_(here, Person.id.in_(investigates), Person.id.not_in(answers)),
        Person.id.is_distinct_from(case.reported_by),
    )


def roles_with(permission: str) -> Sequence[str]:
    kind, _dot, action = permission.partition(".")
    return sorted({role for role, type_, act, *_rest in policy() if (type_, act) == (kind, action)})


def _text(text: str, field: str) -> str:
    read = at_most(text, field=field, most=LONG)
    refuse_personal_numbers({field: read})
    return read
