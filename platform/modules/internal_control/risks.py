"""The risk portfolio: risks, each assessment of them, and what is done about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypedDict
from uuid import UUID

from sqlalchemy import func, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....tenants.turns import take_turn
from ....tenants.work import Work
from ..actions.service import plan_action
from .design import Design, design_of
from .holding import WRITE, hold, line, saved, words
from .models import Process, Risk, RiskAssessment, RiskTreatment, TreatmentKind
from .places import RISK_PAGE, below, check_person, check_unit


class RiskChanges(TypedDict, total=False):
    """What shall be changed; what is left out stays. An assessment is made by `assess_risk`."""

    title: str
    description: str
    cause: str
    effect: str
    comment: str
    category: str
    unit_id: UUID
    process_id: UUID | None
    owner_id: UUID | None


LONG_TEXTS = ("description", "cause", "effect", "comment")


@permit("internal_control.read")
async def risks(
    work: Work,
    *,
    unit_id: UUID | None = None,
    category: str | None = None,
    process_id: UUID | None = None,
    closed: bool | None = False,
) -> Sequence[Risk]:
    """The highest value first: all, or those of a unit and the units below it. `closed` None gives
    living and closed ones."""
    chosen = select(Risk)
    if unit_id is not None:
        chosen = chosen.where(Risk.unit_id.in_(await below(work, unit_id)))
    if category is not None:
        chosen = chosen.where(Risk.category == category)
    if process_id is not None:
        chosen = chosen.where(Risk.process_id == process_id)
    if closed is not None:
        chosen = chosen.where(Risk.closed_at.is_not(None) == closed)
    return await work.scalars(chosen.order_by(Risk.value.desc().nulls_last(), Risk.number))


@permit("internal_control.read")
async def get_risk(work: Work, risk_id: UUID) -> Risk:
    return await work.get(Risk, risk_id)


@permit("internal_control.read")
async def risk_history(work: Work, risk_id: UUID) -> Sequence[RiskAssessment]:
    """All assessments of a risk, the latest first."""
    await work.get(Risk, risk_id)
    return await work.scalars(
        select(RiskAssessment)
        .where(RiskAssessment.risk_id == risk_id)
        .order_by(RiskAssessment.assessed_at.desc(), RiskAssessment.id.desc())
    )


@permit("internal_control.write")
async def add_risk(
    work: Work,
    *,
    unit_id: UUID,
    title: str,
    category: str,
    description: str = "",
    cause: str = "",
    effect: str = "",
    comment: str = "",
    process_id: UUID | None = None,
    owner_id: UUID | None = None,
    probability: int | None = None,
    consequence: int | None = None,
) -> Risk:
    """A new risk with the municipality's next number, assessed at once when both steps are given.

    Raises InvalidInput, NotFound, Forbidden.
    """
    work.require(WRITE, at=unit_id)
    await check_unit(work, unit_id)
    await take_turn(work, "risks")
    design = await design_of(work)
    await _check(work, design, category=category, process_id=process_id, owner_id=owner_id)
    last = await work.first(select(func.max(Risk.number)))
    risk = Risk(
        number=(last or 0) + 1,
        unit_id=unit_id,
        title=line(title, field="title"),
        category=category,
        description=words(description, field="description"),
        cause=words(cause, field="cause"),
        effect=words(effect, field="effect"),
        comment=words(comment, field="comment"),
        process_id=process_id,
        owner_id=owner_id,
        version=0,
    )
    work.add(risk)
    await saved(work, risk)
    if probability is not None or consequence is not None:
        _assess(work, risk, design, probability, consequence, "")
        await work.flush()
    return risk


@permit("internal_control.write")
async def change_risk(
    work: Work, risk_id: UUID, *, changes: RiskChanges, version: int | None = None
) -> Risk:
    """Raises Conflict for a closed risk, or one saved since `version`; else as `add_risk`."""
    risk = await hold_living(work, risk_id, version)
    if "unit_id" in changes:
        work.require(WRITE, at=changes["unit_id"])
        await check_unit(work, changes["unit_id"])
        risk.unit_id = changes["unit_id"]
    category = changes.get("category")
    await _check(
        work,
        await design_of(work),
        category=None if category == risk.category else category,
        process_id=changes.get("process_id"),
        owner_id=changes.get("owner_id"),
    )
    if category is not None:
        risk.category = category
    if "process_id" in changes:
        risk.process_id = changes["process_id"]
    if "owner_id" in changes:
        risk.owner_id = changes["owner_id"]
    if "title" in changes:
        risk.title = line(changes["title"], field="title")
    for name, text in changes.items():
        if name in LONG_TEXTS:
            setattr(risk, name, words(str(text), field=name))
    return await saved(work, risk)


@permit("internal_control.write")
async def assess_risk(
    work: Work,
    risk_id: UUID,
    *,
    probability: int,
    consequence: int,
    reason: str = "",
    version: int | None = None,
) -> Risk:
    """How likely and how bad it is now, as steps of the matrix; the value is their product.

    What it was before is kept. The same again is an assessment too: somebody has looked.
    """
    await take_turn(work, "risks")
    risk = await hold_living(work, risk_id, version)
    _assess(work, risk, await design_of(work), probability, consequence, reason)
    return await saved(work, risk)


@permit("internal_control.write")
async def close_risk(work: Work, risk_id: UUID, *, reason: str, version: int | None = None) -> Risk:
    """It is no risk any more, and `reason` tells why; plans that mirror it keep their picture."""
    risk = await hold_living(work, risk_id, version)
    risk.close_reason = words(reason, field="reason", needed=True)
    risk.closed_by, risk.closed_at = work.actor.id, work.now
    return await saved(work, risk)


@permit("internal_control.write")
async def reopen_risk(work: Work, risk_id: UUID, *, version: int | None = None) -> Risk:
    """It lives again. Raises Conflict when it does, or when the matrix has shrunk below it."""
    await take_turn(work, "risks")
    risk = await hold(work, Risk, risk_id, version)
    work.require(WRITE, at=risk.unit_id)
    if risk.closed_at is None:
        raise Conflict(_("The risk is not closed."))
    size = (await design_of(work)).size
    if max(risk.probability or 0, risk.consequence or 0) > size:
        # What it was stays among the assessments.
        risk.probability = risk.consequence = risk.value = None
        risk.assessed_by = risk.assessed_at = None
    risk.closed_by, risk.closed_at, risk.close_reason = None, None, ""
    return await saved(work, risk)


@permit("internal_control.write")
async def add_treatment(
    work: Work,
    risk_id: UUID,
    *,
    kind: TreatmentKind,
    what: str,
    action_title: str = "",
    owner_id: UUID | None = None,
    due_on: date | None = None,
) -> RiskTreatment:
    """What is decided to be done about a risk; with a title, an action is planned for it."""
    await check_person(work, owner_id, field="ownerId")
    risk = await hold_living(work, risk_id, None)
    treatment = RiskTreatment(
        risk_id=risk.id,
        kind=kind,
        what=words(what, field="what", needed=True),
        added_by=work.actor.id,
        added_at=work.now,
    )
    if action_title.strip():
        action = await plan_action(
            work,
            unit_id=risk.unit_id,
            module="internal_control",
            about=f"R{risk.number} {risk.title}",
            page=RISK_PAGE,
            params={"risk": str(risk.id)},
            title=action_title,
            owner_id=owner_id,
            due_on=due_on,
        )
        treatment.action_id = action.id
    work.add(treatment)
    await work.flush()
    return treatment


@permit("internal_control.write")
async def end_treatment(work: Work, treatment_id: UUID) -> RiskTreatment:
    """It holds no more; its action, if it has one, is ended where actions are."""
    treatment = await work.get(RiskTreatment, treatment_id)
    risk = await hold_living(work, treatment.risk_id, None)
    if treatment.ended_at is not None:
        raise Conflict(_("The treatment has ended already."))
    treatment.ended_by, treatment.ended_at = work.actor.id, work.now
    await saved(work, risk)
    return treatment


async def hold_living(work: Work, risk_id: UUID, version: int | None) -> Risk:
    risk = await hold(work, Risk, risk_id, version)
    work.require(WRITE, at=risk.unit_id)
    if risk.closed_at is not None:
        raise Conflict(_("The risk is closed. Open it again first."))
    return risk


async def _check(
    work: Work,
    design: Design,
    *,
    category: str | None,
    process_id: UUID | None,
    owner_id: UUID | None,
) -> None:
    if process_id is not None:
        process = await work.get(Process, process_id, field="processId")
        if process.ended_at is not None:
            raise InvalidInput(_("The process has ended."), field="processId")
    await check_person(work, owner_id, field="ownerId")
    if category is not None:
        found = design.category(category)
        if found is None or found.ended:
            raise InvalidInput(_("Choose one of the categories."), field="category")


def _assess(
    work: Work,
    risk: Risk,
    design: Design,
    probability: int | None,
    consequence: int | None,
    reason: str,
) -> None:
    for field, step in (("probability", probability), ("consequence", consequence)):
        if step is None or not 1 <= step <= design.size:
            raise InvalidInput(_("Choose a step from 1 to {size}.", size=design.size), field=field)
    assert probability is not None
    assert consequence is not None
    work.add(
        RiskAssessment(
            risk_id=risk.id,
            probability=probability,
            consequence=consequence,
            value=probability * consequence,
            before_probability=risk.probability,
            before_consequence=risk.consequence,
            size=design.size,
            reason=words(reason, field="reason"),
            assessed_by=work.actor.id,
            assessed_at=work.now,
        )
    )
    risk.probability, risk.consequence = probability, consequence
    risk.value = probability * consequence
    risk.assessed_by, risk.assessed_at = work.actor.id, work.now
