"""Queries to begin with, filled in with what this municipality has."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson

from ...graphql.documents import find_operation, parse_document
from ...graphql.planner.answering import Outdated, Plans
from ...infra.i18n import _
from ...infra.periods import PeriodKind, due_period, parse_period
from ...tenants.entry import Entered
from .api_queries import QUERIES
from .page import View

WANTED: Final = {
    "templateId": "{ reportTemplates { id } }",
    "reportId": "{ reports(first: 1) { nodes { id } } }",
    "indicator": """query ($unitId: ID!, $year: Int!) {
        own: planNodes(unitId: $unitId, year: $year, kind: INDICATOR, first: 1) { ...Measured }
        any: planNodes(year: $year, kind: INDICATOR, first: 1) { ...Measured } }
        fragment Measured on PlanNodeConnection {
            nodes { id unit { id } ... on Indicator { periodicity } } }""",
}
"""How the variables of an example are found, by the same API: each by one statement."""


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
    data = await _ask(view, WANTED["indicator"], unitId=known["unitId"], year=known["year"])
    found = [node for key in ("own", "any") for node in (data.get(key) or {}).get("nodes", ())]
    unit, indicator, due = known["unitId"], "Indicator:…", known["period"]
    if found:
        unit, indicator = found[0]["unit"]["id"], found[0]["id"]
        kind = PeriodKind[found[0]["periodicity"]]
        due = str(due_period(kind, parse_period(str(known["period"]))))
    return {"indicatorId": indicator, "unitId": unit, "period": due, "total": "77"}


async def _ask(view: View, query: str, **variables: object) -> dict[str, Any]:
    """Empty where one may not know, or a module is off."""
    plans: Plans = view.request.app.state.plans
    entered: Entered = view.request.state.entered
    document = parse_document(query)
    operation = find_operation(document, None)
    try:
        found = await plans.answer(view.work.runtime, entered, document, operation, variables)
    except Outdated:  # rights changed this very moment
        found = None
    return orjson.loads(found)["data"] if found else {}


def _first(found: list[dict[str, str]] | None, otherwise: str) -> str:
    return found[0]["id"] if found else otherwise
