"""The committees of a year side by side, for the executive board: plans, results, coverage."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.responses import Response

from ....infra.i18n import _, in_language
from ....tenants import legal
from ....tenants.tree.units import Placed
from ...web.exports import export_started
from ...web.page import View, action, page
from ...web.register import Lamp
from . import service
from .common_pages import HERE, state_lamp
from .models import ControlPlan, PlanState
from .overview import CommitteeYear, Cover, Overview
from .overview_export import ask_for_overview
from .words import INTERNAL_CONTROL, light_words

LAW = "internal_control.duty"
ATTESTED = (
    PlanState.ATTESTED,
    PlanState.DECIDED,
    PlanState.ACTIVE,
    PlanState.FOLLOWED_UP,
    PlanState.CLOSED,
)


@page(HERE + "/namnder", name="control_committees")
async def committees(view: View) -> Response:
    found = await service.control_overview(view.work, year=view.here.year)
    categories = [each for each in found.design.categories if not each.ended]
    return await view.render(
        "internal_control/committees.html",
        heading=await view.word(INTERNAL_CONTROL),
        tab="control_committees",
        found=found,
        law=await legal.law(view.work, LAW),
        missing=_missing(found),
        rows=[(each, _plan_lamp(each.plan)) for each in found.committees],
        lights=light_words(),
        categories=[(each.key, in_language(each.word)) for each in categories],
        covers=[
            (each, [cover_lamp(each.by_category.get(kind.key)) for kind in categories])
            for each in found.committees
        ],
    )


@action(HERE + "/namnder/excel", name="export_control_committees")
async def to_excel(view: View) -> Response:
    return await export_started(view, await ask_for_overview(view.work, year=view.here.year))


def cover_lamp(cover: Cover | None) -> Lamp:
    """How a committee covers a category: controlled, a risk without a control, or nothing."""
    if cover is None or not (cover.risks or cover.items):
        return Lamp("none", _("No risk"))
    if cover.items:
        return Lamp("green", _("Controls: {count}", count=cover.items))
    return Lamp("yellow", _("No control: {count}", count=cover.risks))


def _plan_lamp(plan: ControlPlan | None) -> Lamp:
    return state_lamp(plan.state) if plan else Lamp("red", _("No plan"))


def _missing(found: Overview) -> Mapping[str, list[Placed]]:
    """What is not in place, and where."""

    def where(test: Callable[[CommitteeYear], bool]) -> list[Placed]:
        return [each.unit for each in found.committees if test(each)]

    def undecided(each: CommitteeYear) -> bool:
        return each.plan is not None and each.plan.decided_on is None

    def unattested(each: CommitteeYear) -> bool:
        return each.plan is not None and each.plan.state not in ATTESTED

    told = {
        _("No plan"): where(lambda each: each.plan is None),
        _("Plan not attested"): where(unattested),
        _("Plan not decided"): where(undecided),
        _("Fewer controls than {count}", count=found.least_items): where(
            lambda each: each.plan is not None and each.too_few
        ),
        _("Controls that are late"): where(lambda each: each.overdue > 0),
    }
    return {word: places for word, places in told.items() if places}


COMMITTEE_PAGES = (committees, to_excel)
