"""The register of cases that one may see, and one case with the parts that are one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import select
from starlette.responses import Response

from ....infra.i18n import _, in_language
from ....tenants.names import names_of
from ....tenants.tree import units
from ....tenants.work import Work
from ...web.page import View, page
from ...web.register import PART, Asked, Column, Entry, Facet, Lamp, Register, asked_of
from . import service
from .categories import all_categories
from .models import (
    AccessLabel,
    CaseState,
    DecisionPart,
    Deviation,
    DeviationType,
    Finding,
    FormKind,
    Law,
)
from .report_pages import BASE, LAMPS, place_names, report_facts
from .rules import HIGHEST, PART_OF, Hat, Part, risk_part
from .sight import visible
from .terms import DEVIATIONS
from .words import finding_words, form_words, happened_words, law_words, state_words, type_words

CASES: Final = BASE + "/arenden"
RISKS: Final = (1, 4, 8, 12)
"""The lowest value of each band, as statistics have them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Of the picture of a risk."""

    value: int
    light: Literal["green", "yellow", "red"]
    chosen: bool


@dataclass(frozen=True, slots=True)
class RiskShown:
    """The risk by a law as its picture shows it, severity upwards; without one, nothing is
    chosen."""

    law: Law
    word: str
    value: int
    severity: int
    probability: int
    rows: Sequence[tuple[int, Sequence[Cell]]]
    assessed_with: str
    by: str
    at: datetime | None
    address: str


@page(CASES, name="deviation_cases")
async def cases(view: View) -> Response:
    facets = await _facets(view.work)
    asked = asked_of(view, facets)
    wanted = _wanted(asked)
    before = _id(view.query("fore"))
    found = await service.cases(view.work, wanted, before=before, first=PART)
    places = await place_names(view, [each.seen.case.unit_id for each in found])
    entries = [_entry(view, each, places) for each in found]
    older = ""
    if len(found) == PART:
        older = f"?{asked.query()}&fore={found[-1].seen.case.id}".replace("?&", "?")
    return await view.render(
        "deviations/cases.html",
        heading=await view.word(DEVIATIONS),
        tab="cases",
        found=Register(asked, facets, _columns(), entries, len(entries)),
        total=await service.count_cases(view.work, wanted),
        older=older,
        newest="" if before is None else f"?{asked.query()}",
    )


@page(CASES + "/{id:uuid}", name="deviation_case")
async def case(view: View) -> Response:
    found = await service.get_case(view.work, view.id())
    row = found.seen.case
    names = await names_of(view.work, _people(found))
    lamp, steps = lamp_of(row), _steps(found)
    return await view.render(
        "deviations/case.html",
        word=await view.word(DEVIATIONS),
        heading=row.reference,
        case=found,
        row=row,
        lamp=lamp,
        type=type_words()[row.type],
        lex=row.label is AccessLabel.LEX,
        facts=await report_facts(view, found.report),
        category=await _category(view.work, row),
        laws=", ".join(law_words()[Law(law)] for law in row.laws),
        names=names,
        risks=_risks(view, found, names),
        documents=[(each, form_words()[each.kind]) for each in found.documents],
        writable={each.kind for each in found.documents if _writes(found, PART_OF[each.kind])},
        decisions=[(each, _finding(each.row.part, each.row.finding)) for each in found.decisions],
        happened=happened_words(),
        missing=await service.missing_to_close(view.work, row.id),
        steps=steps,
        parts=found.seen.parts,
        late=bool(found.due_on and found.due_on < view.work.today),
    )


def lamp_of(row: Deviation) -> Lamp:
    light = LAMPS[row.state] if row.state is not CaseState.SENT else "red"
    return Lamp(light, state_words()[row.state])


def risk_rows(severity: int, probability: int) -> list[tuple[int, list[Cell]]]:
    """Four by four, the gravest at the top."""
    return [
        (
            up,
            [
                Cell(up * along, _light(up * along), (up, along) == (severity, probability))
                for along in range(1, HIGHEST + 1)
            ],
        )
        for up in range(HIGHEST, 0, -1)
    ]


def _light(value: int) -> Literal["green", "yellow", "red"]:
    return "red" if value >= 8 else "yellow" if value >= 4 else "green"


def _steps(found: service.Case) -> set[str]:
    """What whoever looks may do next, by the last word of its address."""
    seen, row = found.seen, found.seen.case
    decided = {each.row.part for each in found.decisions}
    completed = {each.kind for each in found.documents if each.completed_at}
    can = {
        "kategorisera": _writes(found, Part.MANAGER),
        "lamna-over": (
            Hat.HANDLER in seen.hats
            and _writes(found, Part.MANAGER)
            and DecisionPart.SOL_LSS not in decided
            and set(row.laws) != {Law.HSL.value}
        ),
        "utredare": _writes(found, Part.DECISION_SOL_LSS),
        "avboj": _writes(found, Part.SOL_LSS) and FormKind.SOL_LSS not in completed,
        "beslut": (
            _writes(found, Part.DECISION_SOL_LSS)
            and DecisionPart.SOL_LSS not in decided
            and FormKind.SOL_LSS in completed
        ),
        "beslut-hsl": (
            _writes(found, Part.DECISION_HSL)
            and DecisionPart.HSL not in decided
            and FormKind.HSL in completed
        ),
        "atgard": _writes(found, Part.ACTIONS),
        "avsluta": _writes(found, Part.OUTCOME),
    }
    return {step for step, may in can.items() if may}


def _writes(found: service.Case, part: Part) -> bool:
    return part in found.seen.writable


def _risks(view: View, found: service.Case, names: dict[UUID, str]) -> list[RiskShown]:
    """By each law of the case whose risk one sees."""
    assessed = {risk.row.law: risk for risk in found.risks}
    shown = []
    for law in Law:
        if law.value not in found.seen.case.laws or not found.seen.reads(risk_part(law)):
            continue
        risk, address = assessed.get(law), ""
        if _writes(found, risk_part(law)):
            address = view.url("deviation_step", id=found.id, step=f"risk-{law.value}")
        severity, probability = (risk.row.severity, risk.row.probability) if risk else (0, 0)
        shown.append(
            RiskShown(
                law=law,
                word=law_words()[law],
                value=severity * probability,
                severity=severity,
                probability=probability,
                rows=risk_rows(severity, probability),
                assessed_with=risk.assessed_with if risk else "",
                by=names.get(risk.row.assessed_by, "") if risk and risk.row.assessed_by else "",
                at=risk.row.assessed_at if risk else None,
                address=address,
            )
        )
    return shown


def _finding(part: DecisionPart, finding: Finding) -> str:
    return finding_words(part)[finding]


async def _category(work: Work, row: Deviation) -> str:
    named = {each.id: in_language(each.name) for each in await all_categories(work)}
    return named.get(row.category_id, "") if row.category_id else ""


def _people(found: service.Case) -> list[UUID | None]:
    row = found.seen.case
    people = [row.assigned_to, row.closed_by]
    people += [each.row.assessed_by for each in found.risks]
    people += [who for each in found.documents for who in (each.written_by, each.completed_by)]
    people += [each.row.decided_by for each in found.decisions]
    people += [each.row.owner_id for each in found.actions]
    people += [who for each in found.history for who in (each.row.done_by, each.row.given_to)]
    return people


def _columns() -> list[Column]:
    return [
        Column(_("Case")),
        Column(_("State")),
        Column(_("Type")),
        Column(_("Law")),
        Column(_("Unit")),
        Column(_("Risk"), "number"),
        Column(_("Next step by")),
    ]


def _entry(view: View, each: service.Listed, places: dict[UUID | None, str]) -> Entry:
    row, laws = each.seen.case, law_words()
    late = each.due_on is not None and each.due_on < view.work.today
    return Entry(
        title=row.reference,
        hint=each.opening,
        address=view.url("deviation_case", id=row.id),
        cells=[
            lamp_of(row),
            type_words()[row.type],
            ", ".join(laws[Law(law)] for law in row.laws),
            places.get(row.unit_id, ""),
            each.risk or None,
            Lamp("red", _("Late")) if late else each.due_on,
        ],
    )


async def _facets(work: Work) -> list[Facet]:
    ids = set(await work.scalars(select(Deviation.unit_id).where(visible(work)).distinct()))
    places = [(str(unit.id), unit.name) for unit in await units.tree(work) if unit.id in ids]
    states = {state: word for state, word in state_words().items() if state is not CaseState.DRAFT}
    return [
        Facet("lage", _("State"), [(state.value, word) for state, word in states.items()]),
        Facet("typ", _("Type"), [(type_.value, word) for type_, word in type_words().items()]),
        Facet("lagrum", _("Law"), [(law.value, word) for law, word in law_words().items()]),
        Facet("enhet", _("Unit"), places),
        Facet("risk", _("Risk"), [(str(low), _("From {low}", low=low)) for low in RISKS]),
    ]


def _wanted(asked: Asked) -> service.Wanted:
    given = asked.chosen
    return service.Wanted(
        unit_id=asked.id("enhet"),
        state=CaseState(given["lage"]) if given["lage"] else None,
        type=DeviationType(given["typ"]) if given["typ"] else None,
        law=Law(given["lagrum"]) if given["lagrum"] else None,
        risk_from=int(given["risk"]) if given["risk"] else None,
        text=asked.words,
    )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


CASE_PAGES = (cases, case)
