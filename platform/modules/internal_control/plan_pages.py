"""A committee's plan in the browser: what it holds, its way from draft to closed, its files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from ....infra.errors import AppError, InvalidInput, NotFound
from ....infra.i18n import _
from ....tenants.tree import units
from ...web.exports import export_started
from ...web.fields import Field, decided_fields, read_fields
from ...web.page import View, action, page
from . import service
from .common_pages import (
    BASE,
    HERE,
    home,
    light_lamp,
    show_form,
    state_lamp,
)
from .design import Design
from .fields import plan_fields, reason_under_way
from .holding import ATTEST, WRITE
from .jobs import ControlFormat
from .models import ControlPlan, PlanState, Risk
from .overview_pages import value_lamp
from .reading import WholePlan
from .words import (
    INTERNAL_CONTROL,
    PLAN,
    choice_words,
    field_words,
    light_words,
    periodicity_words,
    treatment_words,
)

ONE: Final = BASE + "/plan/{plan:uuid}"
S = PlanState
CHANGEABLE: Final = (S.DRAFT, S.ACTIVE)
BEFORE_START: Final = (S.DRAFT, S.ATTESTED, S.DECIDED)
CHANGE, DECIDE, FOLLOW_UP, DECIDE_FOLLOW_UP = "andra", "beslut", "uppfoljning", "uppfoljningsbeslut"


@page(ONE, name="control_plan")
async def plan(view: View) -> Response:
    return await show_plan(view)


@action(HERE + "/plan", name="start_control_plan")
async def start(view: View) -> Response:
    place = view.here
    row = await service.start_plan(view.work, unit_id=place.unit.id, year=place.year)
    said = _("The plan is begun. Choose the risks that it controls.")
    return view.redirect(view.url("control_plan", plan=row.id), said=said)


@action(ONE + "/kopiera", name="copy_control_plan")
async def copy(view: View) -> Response:
    sent = view.form.get("year")
    year = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) == 4 else None
    copied = await service.copy_plan(view.work, view.id("plan"), year=year)
    said = _("The plan of {year} is begun with last year's controls.", year=copied.plan.year)
    if copied.carried:
        said += " " + _("{count} unfinished deviations came with them.", count=copied.carried)
    if copied.left_out:
        named = ", ".join(f"R{row.number} {row.title}" for row in copied.left_out)
        said += " " + _("Closed risks were left out: {risks}.", risks=named)
    return view.redirect(view.url("control_plan", plan=copied.plan.id), said=said)


@page(ONE + "/steg/{step}", name="control_plan_step")
async def step(view: View) -> Response:
    return await _show_step(view)


@action(ONE + "/steg/{step}", name="take_control_plan_step")
async def take_step(view: View) -> Response:
    try:
        async with view.work.attempt():
            said = await _take(view, await service.get_plan(view.work, view.id("plan")))
    except AppError as problem:
        return await _show_step(view, problem)
    return _back(view, said)


@action(ONE + "/gor/{what}", name="do_control_plan")
async def do(view: View) -> Response:
    """What a button alone does."""
    work, id, version = view.work, view.id("plan"), view.version
    ways: Mapping[str, tuple[Callable[..., Awaitable[object]], str]] = {
        "attestera": (service.attest_plan, _("The plan is attested.")),
        "aktivera": (
            service.activate_plan,
            _("The plan is under way. Its controls come up in My work."),
        ),
        "ater": (
            service.take_back_follow_up,
            _("The follow-up is taken back. Go on with the controls."),
        ),
        "avsluta": (service.close_plan, _("The plan is closed.")),
    }
    if view.path("what") not in ways:
        raise NotFound()
    way, said = ways[view.path("what")]
    return await saved(view, lambda: way(work, id, version=version), said)


@action(ONE + "/attest/{attestation:uuid}", name="withdraw_control_attestation")
async def withdraw(view: View) -> Response:
    async def save() -> object:
        return await service.withdraw_attestation(
            view.work, view.id("attestation"), reason=view.form.get("reason")
        )

    return await saved(view, save, _("The attestation is withdrawn. The plan can be changed."))


@page(ONE + "/risker", name="control_plan_risks")
async def risks(view: View) -> Response:
    return await _show_risks(view)


@action(ONE + "/risker", name="choose_control_plan_risks")
async def choose(view: View) -> Response:
    """A draft has the risks anew as they are now; a plan under way gets those that are added."""
    try:
        async with view.work.attempt():
            chosen = [_id(text) for text in view.form.all("risk")]
            if not chosen:
                raise InvalidInput(_("Choose one risk or more."), field="riskIds")
            rows = await service.choose_risks(
                view.work,
                view.id("plan"),
                chosen,
                reason=view.form.get("reason"),
                version=view.version,
            )
    except AppError as problem:
        return await _show_risks(view, problem)
    return _back(view, _("{count} risks stand in the plan as they are now.", count=len(rows)))


@action(ONE + "/risker/{row:uuid}/bort", name="drop_control_plan_risk")
async def drop(view: View) -> Response:
    async def save() -> object:
        return await service.drop_risk(view.work, view.id("row"))

    return await saved(view, save, _("The risk is taken out of the plan."))


@action(ONE + "/fil/{format}", name="export_control_plan")
async def to_file(view: View) -> Response:
    try:
        format = ControlFormat(view.path("format"))
    except ValueError:
        raise NotFound() from None
    job = await service.ask_for_plan(
        view.work,
        view.id("plan"),
        format=format,
        follow_up=view.query("uppfoljning") == "1",
    )
    return await export_started(view, job)


async def show_plan(view: View, problem: AppError | None = None) -> Response:
    work = view.work
    whole = await service.whole_plan(work, view.id("plan"))
    row, others = whole.plan, await service.plans(work, unit_id=whole.plan.unit_id)
    may = work.allows(WRITE, at=row.unit_id)
    items = [(risk, item) for risk in whole.risks for item in risk.items]
    return await view.render(
        "internal_control/plan.html",
        status=problem.status if problem else 200,
        word=await view.word(INTERNAL_CONTROL),
        heading=f"{await view.word(PLAN)} {row.year}",
        back=await home(view, whole.unit, row.year),
        whole=whole,
        row=row,
        lamp=state_lamp(row.state),
        risks=[(each, _value(whole.design, each.risk)) for each in whole.risks],
        items=[(risk, each, light_lamp(each.light, _("Not done yet"))) for risk, each in items],
        found=[(item.item, each) for _risk, item in items for each in item.deviations],
        lights=[(light, word, whole.lights[light]) for light, word in light_words().items()],
        often=periodicity_words(),
        treatments=treatment_words(),
        choices=choice_words(),
        removed=whole.titles,
        fields=field_words(),
        steps=_steps(whole) if may else [],
        may=may,
        may_attest=work.allows(ATTEST, at=row.unit_id),
        changeable=may and row.state in CHANGEABLE,
        before_start=row.state in BEFORE_START,
        next_plan=next((each for each in others if each.year == row.year + 1), None),
        exports=_exports(view, whole),
        problem=problem,
    )


async def saved(view: View, save: Callable[[], Awaitable[object]], said: str) -> Response:
    """Back to the plan, or its page again with what is wrong."""
    try:
        async with view.work.attempt():
            await save()
    except AppError as problem:
        return await show_plan(view, problem)
    return _back(view, said)


def _back(view: View, said: str) -> Response:
    return view.redirect(view.url("control_plan", plan=view.id("plan")), said=said)


def _value(design: Design, risk: Any) -> Any:
    return value_lamp(design, risk.probability, risk.consequence)


def _steps(whole: WholePlan) -> list[tuple[str, str]]:
    """The forms that the plan's state opens, as words of addresses and of buttons; the one that
    brings it on comes first."""
    change = (CHANGE, _("Change the introduction and days"))
    match whole.plan.state:
        case S.DRAFT:
            return [change]
        case S.ATTESTED:
            return [(DECIDE, _("Enter the decision"))]
        case S.DECIDED:
            return [(DECIDE, _("Correct the decision"))]
        case S.ACTIVE:
            return [(FOLLOW_UP, _("Follow up the plan")), change]
        case S.FOLLOWED_UP:
            return [(DECIDE_FOLLOW_UP, _("Enter the decision on the follow-up"))]
        case _:
            return []


def _exports(view: View, whole: WholePlan) -> list[tuple[str, str]]:
    def address(format: ControlFormat, follow_up: bool = False) -> str:
        query = {"uppfoljning": "1"} if follow_up else None
        return view.url("export_control_plan", query, plan=whole.plan.id, format=format.value)

    choices = [
        (address(ControlFormat.WORD), _("The plan in Word")),
        (address(ControlFormat.PDF), _("The plan as PDF")),
        (address(ControlFormat.EXCEL), _("Excel")),
    ]
    if whole.plan.state not in BEFORE_START:
        choices += [
            (address(ControlFormat.WORD, True), _("The follow-up in Word")),
            (address(ControlFormat.PDF, True), _("The follow-up as PDF")),
        ]
    return choices


def _step_fields(plan: ControlPlan, step: str) -> list[Field]:
    """Raises NotFound for a word that no step has."""
    match step:
        case "andra":
            return plan_fields(plan)
        case "beslut" | "uppfoljningsbeslut":
            return decided_fields()
        case "uppfoljning":
            return [Field("summary", _("What the year's controls have shown"), "text", True)]
    raise NotFound()


async def _take(view: View, row: ControlPlan) -> str:
    work, version, name = view.work, view.version, view.path("step")
    values = read_fields(view.form, _step_fields(row, name))
    if name == CHANGE:
        reason = values.pop("reason", "")
        changes: Any = values
        await service.change_plan(work, row.id, changes=changes, reason=reason, version=version)
        return _("The plan is saved.")
    if name == DECIDE:
        await service.decide_plan(work, row.id, decision=values, version=version)
        return _("The decision is entered. Activate the plan when its year begins.")
    if name == DECIDE_FOLLOW_UP:
        await service.decide_follow_up(work, row.id, decision=values, version=version)
        return _("The decision is entered. The plan can be closed.")
    await service.follow_up_plan(work, row.id, version=version, **values)
    return _("The plan is followed up. It is ready for the committee.")


async def _show_step(view: View, problem: AppError | None = None) -> Response:
    whole = await service.whole_plan(view.work, view.id("plan"))
    row, name = whole.plan, view.path("step")
    view.work.require(WRITE, at=row.unit_id)
    fields = _step_fields(row, name)
    stands_on = whole.follow_up if name in (FOLLOW_UP, DECIDE_FOLLOW_UP) else row
    stands = {field.name: getattr(stands_on, field.name, None) for field in fields}
    if "decided_by" in stands and not stands["decided_by"]:
        stands["decided_by"] = whole.unit.name
    headings = {
        CHANGE: _("Change the introduction and days"),
        DECIDE: _("The committee's decision on the plan"),
        FOLLOW_UP: _("Follow up the plan"),
        DECIDE_FOLLOW_UP: _("The committee's decision on the follow-up"),
    }
    return await show_form(
        view,
        fields,
        heading=headings[name],
        save=_("Save"),
        back=view.url("control_plan", plan=row.id),
        back_word=f"{await view.word(PLAN)} {row.year}, {whole.unit.name}",
        stands=stands,
        version=row.version,
        problem=problem,
    )


async def _show_risks(view: View, problem: AppError | None = None) -> Response:
    """Risks of the committee and below, the highest value first, to take into the plan."""
    work = view.work
    whole = await service.whole_plan(work, view.id("plan"))
    row = whole.plan
    work.require(WRITE, at=row.unit_id)
    found = await service.risks(work, unit_id=row.unit_id)
    there = {each.risk.risk_id: each.risk for each in whole.risks}
    sent = set(view.form.all("risk"))
    fields = reason_under_way(row)
    return await view.render(
        "internal_control/choose_risks.html",
        status=problem.status if problem else 200,
        heading=_("Choose risks for the plan"),
        back=view.url("control_plan", plan=row.id),
        back_word=f"{await view.word(PLAN)} {row.year}, {whole.unit.name}",
        row=row,
        unit=whole.unit,
        add_risk=view.url("new_control_risk", unit=whole.unit.slug, year=row.year),
        rows=[(each, _value(whole.design, each), there.get(each.id)) for each in found],
        categories={each.category: whole.design.category_word(each.category) for each in found},
        ticked=sent,
        named=await _unit_names(view, found),
        fields=fields,
        values={"reason": view.form.get("reason")},
        problem=problem,
    )


async def _unit_names(view: View, found: Sequence[Risk]) -> dict[UUID, str]:
    rows = await units.placed(view.work, list({each.unit_id for each in found}))
    return {unit.id: unit.name for unit in rows}


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(_("Choose one from the list."), field="riskIds") from None


PLAN_PAGES = (
    plan,
    start,
    copy,
    step,
    take_step,
    do,
    withdraw,
    risks,
    choose,
    drop,
    to_file,
)
