"""The internal control of a unit and a year: its risk matrix, its risks, and the year's plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import select
from starlette.responses import Response

from ....infra.i18n import _, in_language
from ....tenants.tree import units
from ....tenants.work import STOCKHOLM, Work
from ...web.exports import export_started
from ...web.page import View, action, page
from ...web.register import PART, Asked, Column, Entry, Facet, Lamp, Register, asked_of
from . import service
from .common_pages import HERE, state_lamp
from .design import Design
from .holding import WRITE
from .matrix import Matrix
from .models import ControlPlan, PlanState, Process, Risk, RiskTreatment, TreatmentKind
from .pictures import matrix_picture
from .places import bodies_of
from .words import INTERNAL_CONTROL, treatment_words

CLOSED = "stangda"
UNTREATED = "ingen"


@dataclass(frozen=True, slots=True)
class Row:
    """A risk as the list tells it: as it was on the day that is looked at."""

    risk: Risk
    probability: int | None = None
    consequence: int | None = None

    @property
    def value(self) -> int:
        return (self.probability or 0) * (self.consequence or 0)


@page(HERE, name="internal_control")
async def overview(view: View) -> Response:
    work, unit_id = view.work, view.here.unit.id
    found_processes = await service.processes(work, ended=True)
    design = await service.design_of(work)
    facets = _facets(design, found_processes)
    asked = asked_of(view, facets)
    on = _day(view)
    matrix = await service.risk_matrix(
        work,
        unit_id=unit_id,
        on=on,
        category=asked.chosen["kategori"] or None,
        process_id=asked.id("process"),
    )
    rows = await _rows(work, matrix, asked, unit_id)
    treated = await treatments_of(work, [row.risk.id for row in rows])
    rows = [row for row in rows if _fits(row.risk, asked, treated)]
    before, as_table = view.query("fore") == "1", view.query("vy") == "tabell"
    picture = matrix_picture(
        matrix,
        address=lambda risk: view.url("control_risk", risk=risk.id),
        only={row.risk for row in rows},
        before=before,
    )
    return await view.render(
        "internal_control/overview.html",
        heading=await view.word(INTERNAL_CONTROL),
        tab="internal_control",
        found=await _register(view, design, asked, facets, rows, treated),
        picture=picture,
        moved=any(mark.told for _row, _column, square in picture.filled for mark in square.marks),
        before=before,
        as_table=as_table,
        turn=_query(asked, fore="" if before else "1", vy="tabell" if as_table else ""),
        show_as=_query(asked, fore="1" if before else "", vy="" if as_table else "tabell"),
        unassessed=[row.risk for row in rows if not row.value and not row.risk.closed_at],
        on=on,
        may=work.allows(WRITE, at=unit_id),
        may_anywhere=work.allows(WRITE),
        **await _plan(view),
    )


@action(HERE + "/excel", name="export_control_risks")
async def to_excel(view: View) -> Response:
    return await export_started(
        view, await service.ask_for_risks(view.work, unit_id=view.here.unit.id)
    )


async def treatments_of(work: Work, ids: Collection[UUID]) -> dict[UUID, list[TreatmentKind]]:
    """What holds now, by risk."""
    found: dict[UUID, list[TreatmentKind]] = {}
    chosen = select(RiskTreatment.risk_id, RiskTreatment.kind).where(
        RiskTreatment.risk_id.in_(ids), RiskTreatment.ended_at.is_(None)
    )
    for risk_id, kind in await work.rows(chosen.order_by(RiskTreatment.id)):
        if kind not in found.setdefault(risk_id, []):
            found[risk_id].append(kind)
    return found


def _day(view: View) -> date | None:
    """A year that is over is shown as it ended."""
    year = view.here.year
    return date(year, 12, 31) if year < view.work.today.year else None


async def _rows(work: Work, matrix: Matrix, asked: Asked, unit_id: UUID) -> list[Row]:
    """The highest value first."""
    if asked.chosen["lage"] == CLOSED:
        closed = await service.risks(
            work,
            unit_id=unit_id,
            category=asked.chosen["kategori"] or None,
            process_id=asked.id("process"),
            closed=True,
        )
        return [Row(risk, risk.probability, risk.consequence) for risk in closed]
    rows = [
        Row(dot.risk, dot.probability, dot.consequence)
        for cell in matrix.cells.values()
        for dot in cell.dots
    ]
    rows += [Row(risk) for risk in matrix.unassessed]
    return sorted(rows, key=lambda row: (-row.value, row.risk.number))


def _fits(risk: Risk, asked: Asked, treated: Mapping[UUID, Sequence[TreatmentKind]]) -> bool:
    wanted, kinds = asked.chosen["behandling"], treated.get(risk.id, ())
    if wanted == UNTREATED and kinds:
        return False
    if wanted and wanted != UNTREATED and TreatmentKind(wanted) not in kinds:
        return False
    words = asked.words.casefold()
    held = f"r{risk.number} {risk.title} {risk.cause} {risk.effect}".casefold()
    return words in held


def _assessed_on(risk: Risk, on: date | None) -> date | None:
    """None where the latest assessment is younger than the day that is looked at."""
    if risk.assessed_at is None:
        return None
    day = risk.assessed_at.astimezone(STOCKHOLM).date()
    return day if on is None or day <= on else None


async def _register(
    view: View,
    design: Design,
    asked: Asked,
    facets: Sequence[Facet],
    rows: Sequence[Row],
    treated: Mapping[UUID, Sequence[TreatmentKind]],
) -> Register:
    columns = [
        Column(_("Risk")),
        Column(_("Risk value")),
        Column(_("Category")),
        Column(_("Unit")),
        Column(_("Treatment")),
        Column(_("Assessed")),
    ]
    on = _day(view)
    part = rows[asked.offset : asked.offset + PART]
    places = await units.placed(view.work, list({row.risk.unit_id for row in part}))
    named = {unit.id: unit.name for unit in places}
    words = treatment_words()
    entries = [
        Entry(
            f"R{row.risk.number} {row.risk.title}",
            [
                value_lamp(design, row.probability, row.consequence),
                design.category_word(row.risk.category),
                named.get(row.risk.unit_id, ""),
                ", ".join(words[kind] for kind in treated.get(row.risk.id, ())),
                _assessed_on(row.risk, on),
            ],
            address=view.url("control_risk", risk=row.risk.id),
        )
        for row in part
    ]
    return Register(asked, facets, columns, entries, len(rows))


def value_lamp(design: Design, probability: int | None, consequence: int | None) -> Lamp:
    if probability is None or consequence is None:
        return Lamp("none", _("Not assessed"))
    light = design.colour(probability, consequence)
    return Lamp(light.value, f"{probability * consequence} {design.colour_word(light)}")


def _facets(design: Design, found: Sequence[Process]) -> list[Facet]:
    kinds = [(kind.value, word) for kind, word in treatment_words().items()]
    return [
        Facet(
            "kategori",
            _("Category"),
            [(each.key, in_language(each.word)) for each in design.categories],
        ),
        Facet("process", _("Process"), [(str(row.id), row.name) for row in found]),
        Facet("behandling", _("Treatment"), [*kinds, (UNTREATED, _("None yet"))]),
        Facet("lage", _("State"), [(CLOSED, _("Closed risks"))]),
    ]


def _query(asked: Asked, **more: str) -> str:
    """The page's own query with other choices of how the matrix is drawn."""
    given = asked.query()
    added = urlencode({name: value for name, value in more.items() if value})
    return "?" + "&".join(part for part in (given, added) if part)


async def _plan(view: View) -> dict[str, Any]:
    """The year's plan of the committee that the unit belongs to, or what it can begin with."""
    work, unit, year = view.work, view.here.unit, view.here.year
    tree = await units.tree(work)
    body_id = bodies_of(tree).get(unit.id, unit.id)
    body = next((each for each in tree if each.id == body_id), unit)
    plans = {plan.year: plan for plan in await service.plans(work, unit_id=body.id)}
    plan = plans.get(year)
    return {
        "body": body,
        "plan": plan,
        "plan_lamp": state_lamp(plan.state) if plan else None,
        "told": await _told(work, plan),
        "to_copy": _copied(plans, year) if plan is None else None,
        "may_plan": work.allows(WRITE, at=body.id),
    }


async def _told(work: Work, plan: ControlPlan | None) -> str:
    if plan is None:
        return ""
    whole = await service.whole_plan(work, plan.id)
    occasions = sum(len(item.occasions) for item in whole.items)
    done = sum(item.done for item in whole.items)
    return _(
        "{items} controls of {risks} risks, {done} of {count} occasions done",
        items=len(whole.items),
        risks=len(whole.risks),
        done=done,
        count=occasions,
    )


def _copied(plans: Mapping[int, ControlPlan], year: int) -> ControlPlan | None:
    """The latest plan of a year before that can be copied."""
    before = [
        each for each in plans.values() if each.year < year and each.state is not PlanState.DRAFT
    ]
    return max(before, key=lambda each: each.year, default=None)


OVERVIEW_PAGES = (overview, to_excel)
