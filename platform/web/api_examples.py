"""Queries to begin with, filled in with what this municipality has."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from strawberry import Schema

from ...graphql.context import Context
from ...infra.i18n import _
from .api_queries import QUERIES
from .page import View

WANTED: Final = {
    "templateId": "{ reportTemplates { id } }",
    "reportId": "{ reports(first: 1) { nodes { id } } }",
    "indicator": """query ($unitId: ID!, $period: String!) {
        goalAnalysis(unitId: $unitId, period: $period) {
            rows { node { __typename id } values { period } } } }""",
    "measured": """query ($year: Int!) {
        planNodes(year: $year, kind: INDICATOR, first: 1) { nodes { unit { id } } } }""",
}
"""How the variables of an example are found, by the same API."""


@dataclass(frozen=True, slots=True)
class Example:
    key: str
    title: str

    @property
    def query(self) -> str:
        return QUERIES[self.key]

    @property
    def changes(self) -> bool:
        return self.query.startswith("mutation")


def examples() -> list[Example]:
    """All of them, the simplest first; each has a query of the same key."""
    titles: dict[str, Callable[[], str]] = {
        "jag": lambda: _("Who am I, and what may I do?"),
        "kommun": lambda: _("The municipality and its modules"),
        "enheter": lambda: _("All units, with code and place"),
        "mitt-arbete": lambda: _("What is asked of me"),
        "malanalys": lambda: _("The goals of a unit, with lights"),
        "saknas": lambda: _("Missing values of a unit"),
        "plan": lambda: _("Goals and indicators that a unit has decided"),
        "styrmodeller": lambda: _("Steering models: levels and colours"),
        "rapporter": lambda: _("Reports, and how far they have come"),
        "rapport": lambda: _("The text of a report, section by section"),
        "mallar": lambda: _("Report templates with their chapters"),
        "rapportlage": lambda: _("Which units have written what"),
        "personer": lambda: _("People and their roles"),
        "satt-utfall": lambda: _("Enter an outcome"),
        "exportera": lambda: _("Have a report made as PDF"),
    }
    return [Example(key, title()) for key, title in titles.items()]


def find_example(key: str) -> Example | None:
    return next((each for each in examples() if each.key == key), None)


async def variables_for(view: View, example: Example) -> str:
    """The variables of an example as JSON: ids of one's own unit and of what it has."""
    asked = re.findall(r"\$(\w+)", example.query.partition("{")[0])
    if not asked:
        return ""
    place = (await view.shell()).place
    known: dict[str, object] = {
        "unitId": f"Unit:{place.unit.id}" if place else "Unit:…",
        "year": place.year if place else view.work.today.year,
        "period": str(place.year if place else view.work.today.year),
    }
    if "templateId" in asked:
        data = await _ask(view, WANTED["templateId"])
        known["templateId"] = _first(data.get("reportTemplates"), "ReportTemplate:…")
    if "reportId" in asked:
        data = await _ask(view, WANTED["reportId"])
        known["reportId"] = _first((data.get("reports") or {}).get("nodes"), "Report:…")
    if "input" in asked:
        known["input"] = await _outcome(view, known)
    return json.dumps({name: known[name] for name in asked}, indent=2, ensure_ascii=False)


async def _outcome(view: View, known: dict[str, object]) -> dict[str, object]:
    """For an indicator of one's own unit; of the first unit that has one, where it has none."""
    unit, period = known["unitId"], known["period"]
    found = await _indicator(view, unit, period)
    if found is None:
        data = await _ask(view, WANTED["measured"], year=int(str(period)))
        nodes = (data.get("planNodes") or {}).get("nodes")
        unit = nodes[0]["unit"]["id"] if nodes else unit
        found = await _indicator(view, unit, period)
    indicator, due = found or ("Indicator:…", period)
    return {"indicatorId": indicator, "unitId": unit, "period": due, "total": "77"}


async def _indicator(view: View, unit: object, period: object) -> tuple[str, str] | None:
    data = await _ask(view, WANTED["indicator"], unitId=unit, period=period)
    for row in (data.get("goalAnalysis") or {}).get("rows") or []:
        if row["node"]["__typename"] == "Indicator" and row["values"]:
            return row["node"]["id"], row["values"]["period"]
    return None


async def _ask(view: View, query: str, **variables: object) -> dict[str, Any]:
    """Within the page's own work; empty where one may not know, or a module is off."""
    schema: Schema = view.request.app.state.schema
    result = await schema.execute(
        query, variable_values=variables, context_value=Context(view.work)
    )
    return result.data or {}


def _first(found: list[dict[str, str]] | None, otherwise: str) -> str:
    return found[0]["id"] if found else otherwise
