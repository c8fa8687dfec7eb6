"""One control in the browser: what it is, when it is done, and what it has shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Final

from starlette.responses import Response

from ....authz.permit import NOWHERE
from ....infra.errors import AppError, InvalidInput
from ....infra.i18n import _
from ....infra.periods import PeriodKind
from ....tenants.names import names_of
from ....tenants.work import Work
from ...web.fields import Field, read_fields
from ...web.page import View, action, page
from . import service
from .common_pages import BASE, light_lamp, placed, show_form, state_lamp
from .fields import item_fields, reason_under_way, remedy_fields
from .holding import ATTEST, RECORD, WRITE
from .models import ControlItem, ControlKind, ControlPlan, Deviation, PlanRisk, PlanState
from .overview_pages import value_lamp
from .reading import WholeItem
from .rules import days_of
from .words import ITEM, PLAN, kind_words, periodicity_words

ONE: Final = BASE + "/moment/{item:uuid}"
NEW: Final = BASE + "/planrisk/{risk:uuid}/nytt-moment"
SETTLE: Final = BASE + "/avvikelse/{deviation:uuid}"
CHANGEABLE: Final = (PlanState.DRAFT, PlanState.ACTIVE)


@page(ONE, name="control_item")
async def item(view: View) -> Response:
    return await show_item(view)


@page(NEW, name="new_control_item")
async def new_item(view: View) -> Response:
    return await _show_new(view)


@action(NEW, name="add_control_item")
async def add(view: View) -> Response:
    risk, plan = await _new_at(view)
    try:
        async with view.work.attempt():
            values = read_fields(view.form, await item_fields(view.work, plan, None))
            reason, days = values.pop("reason", ""), _days(values.pop("days"))
            kind, often = ControlKind(values.pop("kind")), PeriodKind(values.pop("periodicity"))
            new = service.NewItem(kind=kind, periodicity=often, days=days, **values)
            row = await service.add_item(view.work, risk.id, new, reason=reason)
    except AppError as problem:
        return await _show_new(view, problem)
    said = _("{title} is in the plan.", title=row.title)
    return view.redirect(view.url("control_plan", plan=plan.id), said=said)


@page(ONE + "/andra", name="change_control_item")
async def change(view: View) -> Response:
    return await _show_change(view)


@action(ONE + "/andra", name="save_control_item")
async def save(view: View) -> Response:
    whole, plan = await _whole(view)
    try:
        async with view.work.attempt():
            values = read_fields(view.form, await item_fields(view.work, plan, whole.item))
            reason, days = values.pop("reason", ""), _days(values.pop("days"))
            often = PeriodKind(values.pop("periodicity"))
            changes: Any = values | {"kind": ControlKind(values["kind"]), "periodicity": often}
            wanted = sorted(set(days or days_of(plan.year, often)))
            if wanted != [each.due_on for each in whole.occasions]:
                changes["days"] = wanted
            await service.change_item(
                view.work, whole.item.id, changes=changes, reason=reason, version=view.version
            )
    except AppError as problem:
        return await _show_change(view, problem)
    return back(view, _("The control is saved."))


@page(ONE + "/ta-bort", name="remove_control_item")
async def remove(view: View) -> Response:
    return await _show_remove(view)


@action(ONE + "/ta-bort", name="save_removed_control_item")
async def save_removed(view: View) -> Response:
    whole, plan = await _whole(view)
    try:
        async with view.work.attempt():
            values = read_fields(view.form, reason_under_way(plan))
            await service.remove_item(view.work, whole.item.id, version=view.version, **values)
    except AppError as problem:
        return await _show_remove(view, problem)
    said = _("{title} is taken out of the plan.", title=whole.item.title)
    return view.redirect(view.url("control_plan", plan=plan.id), said=said)


@action(ONE + "/attestera", name="attest_control_item")
async def attest(view: View) -> Response:
    async def save() -> object:
        id, version = view.id("item"), view.version
        return await service.attest_item(view.work, id, version=version)

    return await saved(view, save, _("The control is attested."))


@action(ONE + "/attest/{attestation:uuid}", name="withdraw_control_item")
async def withdraw(view: View) -> Response:
    async def save() -> object:
        return await service.withdraw_attestation(
            view.work, view.id("attestation"), reason=view.form.get("reason")
        )

    return await saved(view, save, _("The attestation is withdrawn. The plan can be changed."))


@action(ONE + "/slutsats", name="conclude_control_item")
async def conclude(view: View) -> Response:
    async def save() -> object:
        return await service.conclude_item(
            view.work,
            view.id("item"),
            conclusion=view.form.get("conclusion"),
            version=view.version,
        )

    return await saved(view, save, _("It is saved for the follow-up."))


@page(SETTLE, name="control_deviation")
async def deviation(view: View) -> Response:
    return await _show_deviation(view)


@action(SETTLE, name="settle_control_deviation")
async def settle(view: View) -> Response:
    row = await _deviation(view)
    whole = await service.whole_item(view.work, row.item_id)
    try:
        async with view.work.attempt():
            values = read_fields(view.form, await remedy_fields(view.work, whole.item.unit_id))
            await service.settle_deviation(view.work, row.id, service.Remedy(**values))
    except AppError as problem:
        return await _show_deviation(view, in_the_form(problem))
    said = _("What is done about the deviation is saved.")
    return view.redirect(view.url("control_item", item=row.item_id), said=said)


async def show_item(view: View, problem: AppError | None = None) -> Response:
    work = view.work
    whole, plan = await _whole(view)
    row = whole.item
    risk = await work.get(PlanRisk, row.plan_risk_id)
    design = await service.design_of(work)
    last = whole.last_year
    actions = [each.action for each in whole.deviations if each.action]
    people = [each.done_by for each in whole.occasions] + [each.owner_id for each in actions]
    attested_by = whole.attestation.attested_by if whole.attestation else None
    may, active = work.allows(WRITE, at=row.unit_id), plan.state is PlanState.ACTIVE
    may_change = work.allows(WRITE, at=plan.unit_id) and plan.state in CHANGEABLE
    return await view.render(
        "internal_control/item.html",
        status=problem.status if problem else 200,
        word=await view.word(ITEM),
        whole=whole,
        row=row,
        plan=plan,
        plan_word=f"{await view.word(PLAN)} {plan.year}, {(await placed(view, plan.unit_id)).name}",
        plan_lamp=state_lamp(plan.state),
        risk=risk,
        risk_lamp=value_lamp(design, risk.probability, risk.consequence),
        lamp=light_lamp(whole.light, _("Not done yet")),
        occasions=[(each, light_lamp(each.light, _told(work, each))) for each in whole.occasions],
        last=light_lamp(last.light, _("Not done")) if last else None,
        kind=kind_words()[row.kind],
        often=periodicity_words()[row.periodicity],
        names=await names_of(work, [*people, attested_by]),
        may=may and active,
        may_record=may_record(work, row) and active,
        may_change=may_change and row.removed_at is None,
        may_attest=work.allows(ATTEST, at=row.unit_id) and row.removed_at is None,
        problem=problem,
        conclusion=view.form.get("conclusion") or row.conclusion,
    )


def may_record(work: Work, item: ControlItem) -> bool:
    """Whoever writes there, and whoever answers for the control itself."""
    return work.allows(RECORD, at=item.unit_id, owner=item.responsible_id or NOWHERE)


def in_the_form(problem: AppError) -> AppError:
    """A refusal about what is done about a deviation, told beside the first field of that."""
    if problem.field == "remedy":
        problem.field = "actionTitle"
    return problem


async def saved(view: View, save: Callable[[], Awaitable[object]], said: str) -> Response:
    """Back to the control, or its page again with what is wrong."""
    try:
        async with view.work.attempt():
            await save()
    except AppError as problem:
        return await show_item(view, problem)
    return back(view, said)


def back(view: View, said: str) -> Response:
    return view.redirect(view.url("control_item", item=view.id("item")), said=said)


def _told(work: Work, occasion: Any) -> str:
    if occasion.missed_at:
        return _("Not done")
    return _("Late") if occasion.due_on < work.today else _("To be done")


async def _whole(view: View) -> tuple[WholeItem, ControlPlan]:
    whole = await service.whole_item(view.work, view.id("item"))
    return whole, await service.get_plan(view.work, whole.item.plan_id)


async def _new_at(view: View) -> tuple[PlanRisk, ControlPlan]:
    view.work.require("internal_control.read")
    risk = await view.work.get(PlanRisk, view.id("risk"))
    plan = await service.get_plan(view.work, risk.plan_id)
    view.work.require(WRITE, at=plan.unit_id)
    return risk, plan


async def _show_new(view: View, problem: AppError | None = None) -> Response:
    risk, plan = await _new_at(view)
    return await show_form(
        view,
        await item_fields(view.work, plan, None),
        heading=_("New control"),
        save=_("Save the control"),
        back=view.url("control_plan", plan=plan.id),
        back_word=f"{await view.word(PLAN)} {plan.year}",
        intro=_("Of the risk R{number} {title}.", number=risk.number, title=risk.title),
        stands={"unit_id": plan.unit_id, "periodicity": PeriodKind.YEAR},
        problem=problem,
    )


async def _show_change(view: View, problem: AppError | None = None) -> Response:
    whole, plan = await _whole(view)
    fields = await item_fields(view.work, plan, whole.item)
    stands = {field.name: getattr(whole.item, field.name, None) for field in fields}
    days = [each.due_on for each in whole.occasions]
    if days != days_of(plan.year, whole.item.periodicity):
        stands["days"] = ", ".join(map(str, days))
    return await _show(view, whole, plan, fields, _("Change the control"), stands, problem)


async def _show_remove(view: View, problem: AppError | None = None) -> Response:
    whole, plan = await _whole(view)
    fields = reason_under_way(plan)
    heading = _("Take the control out of the plan")
    return await _show(view, whole, plan, fields, heading, {}, problem, danger=True)


async def _show(
    view: View,
    whole: WholeItem,
    plan: ControlPlan,
    fields: list[Field],
    heading: str,
    stands: dict[str, Any],
    problem: AppError | None,
    danger: bool = False,
) -> Response:
    view.work.require(WRITE, at=plan.unit_id)
    return await show_form(
        view,
        fields,
        heading=heading,
        save=heading if danger else _("Save"),
        back=view.url("control_item", item=whole.item.id),
        back_word=f"{whole.item.number} {whole.item.title}",
        stands=stands,
        version=whole.item.version,
        problem=problem,
        danger=danger,
        intro=_("What has been done of it stays in the history.") if danger else "",
    )


async def _deviation(view: View) -> Deviation:
    view.work.require("internal_control.read")
    return await view.work.get(Deviation, view.id("deviation"))


async def _show_deviation(view: View, problem: AppError | None = None) -> Response:
    row = await _deviation(view)
    whole = await service.whole_item(view.work, row.item_id)
    view.work.require(WRITE, at=whole.item.unit_id)
    return await show_form(
        view,
        await remedy_fields(view.work, whole.item.unit_id),
        heading=_("What is done about the deviation"),
        save=_("Save"),
        back=view.url("control_item", item=whole.item.id),
        back_word=f"{whole.item.number} {whole.item.title}",
        intro=row.what,
        stands={"no_action_reason": row.no_action_reason},
        problem=problem,
    )


def _days(text: str) -> list[date] | None:
    """Days with commas or spaces between them; None for none."""
    try:
        return [date.fromisoformat(each) for each in text.replace(",", " ").split()] or None
    except ValueError:
        raise InvalidInput(_("Write the day as 2026-01-31."), field="days") from None


ITEM_PAGES = (
    item,
    new_item,
    add,
    change,
    save,
    remove,
    save_removed,
    attest,
    withdraw,
    conclude,
    deviation,
    settle,
)
