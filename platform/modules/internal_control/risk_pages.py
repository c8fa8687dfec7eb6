"""One risk in the browser: what it is, how it has been assessed, and what is done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, select
from starlette.responses import Response

from ....infra.errors import AppError
from ....infra.i18n import _
from ....tenants import legal
from ....tenants.names import names_of
from ....tenants.work import Work
from ...web.fields import Field, read_fields
from ...web.page import View, action, page
from ...web.register import Lamp
from ..actions.models import PlannedAction
from ..actions.service import actions_of
from . import service
from .common_pages import BASE, HERE, home, light_lamp, placed, show_form
from .design import Design
from .fields import assess_fields, reason_field, risk_fields, treatment_fields
from .holding import WRITE
from .models import (
    ControlItem,
    ControlPlan,
    PlanRisk,
    Process,
    Risk,
    RiskAssessment,
    RiskTreatment,
    TreatmentKind,
)
from .overview_pages import value_lamp
from .pictures import empty_picture
from .reading import whole_items
from .words import RISK, treatment_words

ONE: Final = BASE + "/risk/{risk:uuid}"


@dataclass(frozen=True, slots=True)
class Treated:
    row: RiskTreatment
    kind: str
    action: PlannedAction | None


@dataclass(frozen=True, slots=True)
class Controlled:
    """A control of the risk, in a plan of some year."""

    item: ControlItem
    year: int
    lamp: Lamp


@page(ONE, name="control_risk")
async def risk(view: View) -> Response:
    work, row = view.work, await work_risk(view)
    design = await service.design_of(work)
    unit = await placed(view, row.unit_id)
    history = await service.risk_history(work, row.id)
    treatments = await _treatments(work, row)
    process = await work.find(Process, row.process_id) if row.process_id else None
    people = [row.owner_id, row.closed_by, *(each.assessed_by for each in history)]
    here = _where(row)
    category = design.category(row.category)
    law = await legal.law(work, category.law) if category and category.law else None
    return await view.render(
        "internal_control/risk.html",
        word=await view.word(RISK),
        row=row,
        unit=unit,
        back=await home(view, unit),
        lamp=value_lamp(design, row.probability, row.consequence),
        picture=empty_picture(design, here),
        category=design.category_word(row.category),
        law=law,
        process=process,
        history=[_assessed(design, each) for each in history],
        treatments=treatments,
        controls=await _controls(work, row),
        names=await names_of(work, [*people, *_doers(treatments)]),
        may=work.allows(WRITE, at=row.unit_id),
    )


@page(HERE + "/ny-risk", name="new_control_risk")
async def new_risk(view: View) -> Response:
    return await _show_new(view)


@action(HERE + "/ny-risk", name="add_control_risk")
async def add(view: View) -> Response:
    try:
        async with view.work.attempt():
            values = read_fields(view.form, await _new_fields(view))
            row = await service.add_risk(view.work, **_steps(values))
    except AppError as problem:
        return await _show_new(view, problem)
    said = _("R{number} is in the list.", number=row.number)
    return view.redirect(view.url("control_risk", risk=row.id), said=said)


@page(ONE + "/andra", name="change_control_risk")
async def change(view: View) -> Response:
    return await _show_change(view)


@action(ONE + "/andra", name="save_control_risk")
async def save(view: View) -> Response:
    row = await work_risk(view)
    try:
        async with view.work.attempt():
            fields = await risk_fields(
                view.work, await service.design_of(view.work), row.unit_id, row
            )
            changes: Any = read_fields(view.form, fields)
            await service.change_risk(view.work, row.id, changes=changes, version=view.version)
    except AppError as problem:
        return await _show_change(view, problem)
    return _back(view, _("The risk is saved."))


@page(ONE + "/bedom", name="assess_control_risk")
async def assess(view: View) -> Response:
    return await _show_assess(view)


@action(ONE + "/bedom", name="save_control_assessment")
async def save_assessment(view: View) -> Response:
    design = await service.design_of(view.work)
    try:
        async with view.work.attempt():
            values = _steps(read_fields(view.form, _assess_fields(design)))
            row = await service.assess_risk(
                view.work, view.id("risk"), version=view.version, **values
            )
    except AppError as problem:
        return await _show_assess(view, problem)
    lamp = value_lamp(design, row.probability, row.consequence)
    return _back(view, _("The risk value is now {value}.", value=lamp.word))


@page(ONE + "/avsluta", name="close_control_risk")
async def close(view: View) -> Response:
    return await _show_close(view)


@action(ONE + "/avsluta", name="save_closed_control_risk")
async def save_closed(view: View) -> Response:
    try:
        async with view.work.attempt():
            values = read_fields(view.form, [_closing()])
            await service.close_risk(view.work, view.id("risk"), version=view.version, **values)
    except AppError as problem:
        return await _show_close(view, problem)
    return _back(view, _("The risk is closed. Plans that mirror it keep their picture of it."))


@action(ONE + "/oppna", name="reopen_control_risk")
async def reopen(view: View) -> Response:
    await service.reopen_risk(view.work, view.id("risk"), version=view.version)
    return _back(view, _("The risk is open again."))


@page(ONE + "/behandling", name="new_risk_treatment")
async def new_treatment(view: View) -> Response:
    return await _show_treatment(view)


@action(ONE + "/behandling", name="add_risk_treatment")
async def add_treatment(view: View) -> Response:
    row = await work_risk(view)
    try:
        async with view.work.attempt():
            values = read_fields(view.form, await treatment_fields(view.work, row.unit_id))
            kind = TreatmentKind(values.pop("kind"))
            await service.add_treatment(view.work, row.id, kind=kind, **values)
    except AppError as problem:
        return await _show_treatment(view, problem)
    return _back(view, _("The treatment is added."))


@action(ONE + "/behandling/{treatment:uuid}/slut", name="end_risk_treatment")
async def end_treatment(view: View) -> Response:
    await service.end_treatment(view.work, view.id("treatment"))
    return _back(view, _("The treatment has ended."))


async def work_risk(view: View) -> Risk:
    view.work.require("internal_control.read")
    return await view.work.get(Risk, view.id("risk"))


async def _treatments(work: Work, row: Risk) -> list[Treated]:
    """What holds first, then what has ended."""
    rows = await work.scalars(
        select(RiskTreatment)
        .where(RiskTreatment.risk_id == row.id)
        .order_by(RiskTreatment.ended_at.desc().nulls_first(), RiskTreatment.added_at.desc())
    )
    actions = await actions_of(work, [each.action_id for each in rows])
    words = treatment_words()
    return [
        Treated(each, words[each.kind], actions.get(each.action_id) if each.action_id else None)
        for each in rows
    ]


def _doers(treatments: Sequence[Treated]) -> list[UUID | None]:
    actions = [each.action for each in treatments if each.action]
    return [each.row.added_by for each in treatments] + [each.owner_id for each in actions]


async def _controls(work: Work, row: Risk) -> list[Controlled]:
    """Of all plans, the latest year first."""
    found = await work.rows(
        select(ControlItem, ControlPlan.year)
        .join(
            PlanRisk,
            and_(PlanRisk.id == ControlItem.plan_risk_id, PlanRisk.tenant_id == work.tenant.id),
        )
        .join(
            ControlPlan,
            and_(ControlPlan.id == ControlItem.plan_id, ControlPlan.tenant_id == work.tenant.id),
        )
        .where(PlanRisk.risk_id == row.id, ControlItem.removed_at.is_(None))
        .order_by(ControlPlan.year.desc(), ControlItem.number)
    )
    whole = await whole_items(work, [each[0] for each in found])
    return [
        Controlled(each.item, year, light_lamp(each.light, _("Not done yet")))
        for each, (_item, year) in zip(whole, found, strict=True)
    ]


def _assessed(design: Design, row: RiskAssessment) -> tuple[RiskAssessment, Lamp, int | None]:
    """An assessment, its light by today's limits, and the value before it."""
    before = row.before_probability
    was = before * row.before_consequence if before and row.before_consequence else None
    return row, value_lamp(design, row.probability, row.consequence), was


def _where(row: Risk) -> Mapping[tuple[int, int], Sequence[str]]:
    if row.probability is None or row.consequence is None:
        return {}
    return {(row.probability, row.consequence): [f"R{row.number}"]}


def _closing() -> Field:
    return reason_field(_("Why it is no risk any more"))


def _assess_fields(design: Design) -> list[Field]:
    return [*assess_fields(design), reason_field(_("Why the assessment is so"), needed=False)]


def _steps(values: dict[str, Any]) -> dict[str, Any]:
    """The steps as numbers; None for one that is left for later."""
    steps = {
        name: int(values[name]) if values[name] else None for name in ("probability", "consequence")
    }
    return values | steps


async def _new_fields(view: View) -> list[Field]:
    design = await service.design_of(view.work)
    fields = await risk_fields(view.work, design, view.here.unit.id, None)
    return [*fields, *assess_fields(design, needed=False)]


async def _show_new(view: View, problem: AppError | None = None) -> Response:
    unit = view.here.unit
    view.work.require(WRITE, at=unit.id)
    return await show_form(
        view,
        await _new_fields(view),
        heading=_("New risk"),
        save=_("Save the risk"),
        back=view.url("internal_control"),
        back_word=unit.name,
        stands={"unit_id": unit.id},
        problem=problem,
    )


async def _show_change(view: View, problem: AppError | None = None) -> Response:
    row = await work_risk(view)
    design = await service.design_of(view.work)
    fields = await risk_fields(view.work, design, row.unit_id, row)
    stands = {field.name: getattr(row, field.name) for field in fields}
    return await _show(view, row, fields, _("Change the risk"), _("Save"), stands, problem)


async def _show_assess(view: View, problem: AppError | None = None) -> Response:
    row = await work_risk(view)
    fields = _assess_fields(await service.design_of(view.work))
    stands = {"probability": row.probability, "consequence": row.consequence}
    intro = _("Choose what comes nearest. The value is counted from your choices.")
    return await _show(
        view, row, fields, _("Assess the risk"), _("Save the assessment"), stands, problem, intro
    )


async def _show_close(view: View, problem: AppError | None = None) -> Response:
    row = await work_risk(view)
    return await _show(
        view, row, [_closing()], _("Close the risk"), _("Close the risk"), {}, problem
    )


async def _show_treatment(view: View, problem: AppError | None = None) -> Response:
    row = await work_risk(view)
    fields = await treatment_fields(view.work, row.unit_id)
    stands = {"kind": TreatmentKind.REDUCE}
    return await _show(view, row, fields, _("New treatment"), _("Save"), stands, problem)


async def _show(
    view: View,
    row: Risk,
    fields: list[Field],
    heading: str,
    save: str,
    stands: Mapping[str, Any],
    problem: AppError | None,
    intro: str = "",
) -> Response:
    view.work.require(WRITE, at=row.unit_id)
    return await show_form(
        view,
        fields,
        heading=heading,
        save=save,
        back=view.url("control_risk", risk=row.id),
        back_word=f"R{row.number} {row.title}",
        stands=stands,
        version=row.version,
        problem=problem,
        intro=intro,
    )


def _back(view: View, said: str) -> Response:
    return view.redirect(view.url("control_risk", risk=view.id("risk")), said=said)


RISK_PAGES = (
    risk,
    new_risk,
    add,
    change,
    save,
    assess,
    save_assessment,
    close,
    save_closed,
    reopen,
    new_treatment,
    add_treatment,
    end_treatment,
)
