"""The choices in the form for something in the plan, and what its fields hold."""

from __future__ import annotations

from decimal import Decimal

from .....infra.documents.richtext import plain_text
from .....infra.i18n import _, current_locale, in_language
from .....infra.periods import PeriodKind
from .....tenants.models import UnitKind
from ..models import Activity, Indicator, NodeKind, PlanNode, Spread
from ..rules import Consolidation, Direction, LightRule
from ..settings import GoalSettings

Choices = list[tuple[str, str]]


def directions() -> Choices:
    return [
        (Direction.HIGHER.value, _("At the target or above")),
        (Direction.LOWER.value, _("At the target or below")),
        (Direction.BAND.value, _("Close to the target, on both sides")),
    ]


def periodicities() -> Choices:
    return [
        (PeriodKind.YEAR.value, _("Once a year")),
        (PeriodKind.HALF_YEAR.value, _("Every half-year")),
        (PeriodKind.TERTIAL.value, _("Every tertial")),
        (PeriodKind.QUARTER.value, _("Every quarter")),
        (PeriodKind.MONTH.value, _("Every month")),
    ]


def consolidations() -> Choices:
    return [
        (Consolidation.NONE.value, _("Not at all: the value is entered here")),
        (Consolidation.SUM.value, _("The sum of the units below")),
        (Consolidation.MEAN.value, _("The mean of the units below")),
    ]


def states(settings: GoalSettings) -> Choices:
    return [(state.key, in_language(state.word)) for state in settings.activity_states]


def kinds() -> Choices:
    return [
        (NodeKind.GOAL.value, _("Goal")),
        (NodeKind.INDICATOR.value, _("Indicator")),
        (NodeKind.ASSIGNMENT.value, _("Assignment")),
        (NodeKind.ACTIVITY.value, _("Activity")),
    ]


def spreads() -> Choices:
    return [
        (Spread.VISIBLE.value, _("All units below see it, and say how it goes at theirs")),
        (Spread.DISTRIBUTED.value, _("It is distributed: chosen units get one of their own")),
    ]


def light_rules() -> Choices:
    return [
        (LightRule.WORST_CHILD.value, _("The worst light below it")),
        (LightRule.ALL_GREEN.value, _("Green only when all below are green, else red")),
        (LightRule.BY_HAND.value, _("Set by hand")),
    ]


def unit_kinds() -> Choices:
    return [
        (UnitKind.COUNCIL.value, _("Council")),
        (UnitKind.BOARD.value, _("Board of the municipality")),
        (UnitKind.COMMITTEE.value, _("Committee")),
        (UnitKind.DEPARTMENT.value, _("Department")),
        (UnitKind.COMPANY.value, _("Company")),
        (UnitKind.AREA.value, _("Area")),
        (UnitKind.UNIT.value, _("Unit")),
        (UnitKind.SCHOOL.value, _("School")),
    ]


def node_values(
    node: PlanNode, indicator: Indicator | None, activity: Activity | None
) -> dict[str, str]:
    """What the fields hold, as text; "" is an empty field, or a box that is not ticked."""
    values = {
        "title": node.title,
        "description": plain_text(node.description).strip(),
        "responsible": str(node.responsible_id or ""),
        "version": str(node.version),
    }
    if indicator is not None:
        values |= {
            "measure_unit": indicator.measure_unit,
            "decimals": str(indicator.decimals),
            "direction": indicator.direction,
            "green_limit": number_text(indicator.green_limit),
            "yellow_limit": number_text(indicator.yellow_limit),
            "periodicity": indicator.periodicity,
            "by_sex": "on" if indicator.by_sex else "",
            "source": indicator.source,
            "consolidation": indicator.consolidation,
        }
    if activity is not None:
        values |= {
            "state": activity.state,
            "starts_on": activity.starts_on.isoformat() if activity.starts_on else "",
            "ends_on": activity.ends_on.isoformat() if activity.ends_on else "",
        }
    return values


NEW = {
    "title": "",
    "description": "",
    "responsible": "",
    "version": "",
    "measure_unit": "",
    "decimals": "0",
    "direction": Direction.HIGHER.value,
    "green_limit": "0",
    "yellow_limit": "",
    "periodicity": PeriodKind.YEAR.value,
    "by_sex": "",
    "source": "",
    "consolidation": Consolidation.NONE.value,
    "starts_on": "",
    "ends_on": "",
}
"""What the fields hold before anything has been written."""


def number_text(value: Decimal | None) -> str:
    """As one would write it in a field."""
    if value is None:
        return ""
    text = f"{value.normalize():f}"
    return text.replace(".", ",") if current_locale() == "sv" else text
