"""Where tasks, search and planned actions lead: a risk, a plan, a control. Read only so far."""

from __future__ import annotations

from uuid import UUID

from starlette.responses import Response

from ....infra.i18n import _
from ....tenants import units
from ...web.page import View, page
from . import service
from .models import ControlItem
from .places import ITEM_PAGE, PLAN_PAGE, RISK_PAGE
from .reading import names_of
from .words import INTERNAL_CONTROL, light_words, periodicity_words, state_words

BASE = "/intern-kontroll"


@page(BASE + "/risker/{risk:uuid}", name=RISK_PAGE)
async def risk(view: View) -> Response:
    row = await service.get_risk(view.work, UUID(view.path("risk")))
    (unit,) = await units.placed(view.work, [row.unit_id])
    design = await service.design_of(view.work)
    names = await names_of(view.work, [row.owner_id])
    facts = [
        (_("Unit"), unit.name),
        (_("Category"), design.category_word(row.category)),
        (_("Responsible"), names.get(row.owner_id, "") if row.owner_id else ""),
        (_("Cause"), row.cause),
        (_("Effect"), row.effect),
        (_("Probability"), str(row.probability or "")),
        (_("Consequence"), str(row.consequence or "")),
        (_("Risk value"), str(row.value or "")),
    ]
    return await _render(view, f"R{row.number} {row.title}", facts)


@page(BASE + "/planer/{plan:uuid}", name=PLAN_PAGE)
async def plan(view: View) -> Response:
    whole = await service.whole_plan(view.work, UUID(view.path("plan")))
    facts = [
        (_("Unit"), whole.unit.name),
        (_("State"), state_words()[whole.plan.state]),
        (_("Decided by"), whole.plan.decided_by),
        (_("Risks"), str(len(whole.risks))),
        (_("Controls"), str(len(whole.items))),
    ]
    links = [
        (f"{item.item.number} {item.item.title}", view.url(ITEM_PAGE, item=item.item.id))
        for item in whole.items
    ]
    heading = _("Internal control plan {year}", year=whole.plan.year)
    return await _render(view, heading, facts, links)


@page(BASE + "/kontrollmoment/{item:uuid}", name=ITEM_PAGE)
async def item(view: View) -> Response:
    whole = await service.whole_item(view.work, UUID(view.path("item")))
    row: ControlItem = whole.item
    facts = [
        (_("Where"), whole.unit_name),
        (_("Responsible"), whole.responsible),
        (_("Method"), row.method),
        (_("Sample"), row.sample),
        (_("How often"), periodicity_words()[row.periodicity]),
        (_("Result light"), light_words()[whole.light] if whole.light else _("Control not done")),
        (_("Conclusion"), row.conclusion),
    ]
    links = [(_("The plan"), view.url(PLAN_PAGE, plan=row.plan_id))]
    return await _render(view, row.title, facts, links)


async def _render(
    view: View,
    heading: str,
    facts: list[tuple[str, str]],
    links: list[tuple[str, str]] | None = None,
) -> Response:
    return await view.render(
        "internal_control/shown.html",
        heading=heading,
        word=await view.word(INTERNAL_CONTROL),
        facts=[(name, told) for name, told in facts if told],
        links=links or [],
    )


PAGES = (risk, plan, item)
