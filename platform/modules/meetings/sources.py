"""What items come from: goals, risks and governing documents, and how these stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import and_, select

from ....infra.i18n import _, in_language
from ....infra.periods import Period
from ....tenants.models import Unit
from ....tenants.tree import units
from ....tenants.tree.below import below
from ....tenants.work import Work
from ..goals.models import NodeKind, PlanNode, SteeringModel
from ..goals.service import GoalAnalysis, goal_analysis
from ..governing_documents.models import DocumentState
from ..governing_documents.service import LIGHTS, Filter, document_settings, documents, state_words
from ..internal_control.models import Risk
from ..internal_control.service import Design, design_of, risks
from .dates import day_of
from .models import AgendaLink, Meeting

MOST: Final = 40
"""Of each kind in an answer; whoever looks for another writes more words."""


class SourceKind(StrEnum):
    GOAL = "goal"
    RISK = "risk"
    DOCUMENT = "document"


READ: Final[Mapping[SourceKind, str]] = {
    SourceKind.GOAL: "goals.read",
    SourceKind.RISK: "internal_control.read",
    SourceKind.DOCUMENT: "governing_documents.read",
}


@dataclass(frozen=True, slots=True)
class Source:
    """How something stands: what it is and where, and its light with a word where it has one.

    `page` and `params` lead to it; no page for what the actor does not read.
    """

    title: str
    detail: str
    light: str = ""
    word: str = ""
    page: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


Sources = dict[UUID, Source]


def kinds_read(work: Work) -> list[SourceKind]:
    """Those whose module is on and that the actor reads."""
    return [kind for kind, permission in READ.items() if work.allows(permission)]


async def find_sources(work: Work, meeting: Meeting, kind: SourceKind, words: str) -> Sources:
    """By id, what can be taken up at a meeting. Goals are those that its unit sees in its year,
    risks those of its unit and the units below, and wherever they are when words are given."""
    work.require(READ[kind])
    if kind is SourceKind.GOAL:
        seen = await goal_analysis(
            work, unit_id=meeting.unit_id, period=Period(day_of(meeting.starts_at).year)
        )
        fitting = [row.node.id for row in seen.rows if words.lower() in row.node.title.lower()]
        return await _goals(work, meeting, fitting[:MOST], {meeting.unit_id: seen})
    if kind is SourceKind.RISK:
        return await _risks_found(work, meeting, words)
    found = await documents(work, Filter(words=words), limit=MOST)
    ids = [row.document.id for row in found.rows if row.state is not DocumentState.WITHDRAWN]
    return await _documents(work, ids)


async def stands_of(work: Work, meeting: Meeting, links: Iterable[AgendaLink]) -> Sources:
    """By the id of each link: as it stands now, or as it stood when the meeting was held. What the
    actor does not read, or what is gone, is told as it was when it was linked."""
    standing = list(links)
    asked = set(kinds_read(work))
    now: Sources = {}
    if SourceKind.GOAL in asked:
        now |= await _goals(work, meeting, _ids(each.node_id for each in standing))
    if SourceKind.RISK in asked:
        now |= await _risks(work, _ids(each.risk_id for each in standing))
    if SourceKind.DOCUMENT in asked:
        now |= await _documents(work, _ids(each.document_id for each in standing))
    return {each.id: _told(each, now) for each in standing}


def _told(link: AgendaLink, now: Sources) -> Source:
    if link.file_id is not None:
        return Source(link.title, _("File"))
    to = link.node_id or link.risk_id or link.document_id
    live = now.get(to) if to else None
    if live is not None and link.kept_at is None:
        return live
    page, params = (live.page, live.params) if live else ("", {})
    return Source(link.title, link.detail, link.light, link.word, page, params)


async def _goals(
    work: Work,
    meeting: Meeting,
    ids: Sequence[UUID],
    seen: Mapping[UUID, GoalAnalysis] | None = None,
) -> Sources:
    """As the unit of the meeting sees them, else as their own does."""
    if not ids:
        return {}
    rows = await work.rows(
        select(PlanNode, SteeringModel.year, Unit.slug)
        .join(
            SteeringModel,
            and_(
                SteeringModel.id == PlanNode.model_id,
                SteeringModel.tenant_id == PlanNode.tenant_id,
            ),
        )
        .join(Unit, and_(Unit.id == PlanNode.unit_id, Unit.tenant_id == PlanNode.tenant_id))
        .where(PlanNode.id.in_(ids))
    )
    names = {each.id: each.name for each in await units.tree(work)}
    lights = await _lights(work, meeting, [(row[0], row[1]) for row in rows], seen or {})
    words = node_words()
    found = {
        node.id: Source(
            node.title,
            f"{words[node.kind]} · {names.get(node.unit_id, '')} {year}",
            *lights[node.id],
            page="indicator" if node.kind is NodeKind.INDICATOR else "planning_node",
            params={"unit": slug, "year": year, "node": node.id},
        )
        for node, year, slug in rows
    }
    return {id: found[id] for id in ids if id in found}


async def _lights(
    work: Work,
    meeting: Meeting,
    nodes: Sequence[tuple[PlanNode, int]],
    seen: Mapping[UUID, GoalAnalysis],
) -> defaultdict[UUID, tuple[str, str]]:
    """One analysis for each unit and year that is needed, which are few: those of the meeting."""
    found: defaultdict[UUID, tuple[str, str]] = defaultdict(lambda: ("none", _("No light yet")))
    wanted = {node.id: (node.unit_id, year) for node, year in nodes}
    analyses = {(unit_id, made.period.year): made for unit_id, made in seen.items()}
    for node_id, (unit_id, year) in wanted.items():
        for place in ((meeting.unit_id, year), (unit_id, year)):
            if place not in analyses:
                analyses[place] = await goal_analysis(work, unit_id=place[0], period=Period(year))
            told = _light(analyses[place], node_id)
            if told is not None:
                found[node_id] = told
                break
    return found


def _light(analysis: GoalAnalysis, node_id: UUID) -> tuple[str, str] | None:
    row = next((row for row in analysis.rows if row.node.id == node_id), None)
    if row is None or analysis.model is None:
        return None
    if row.activity is not None:
        state = analysis.states.get(row.activity.state)
        return "", in_language(state.word) if state else row.activity.state
    if row.node.kind is NodeKind.ASSIGNMENT:
        return "", ""
    light = row.verdict.light if row.verdict else None
    if light is not None:
        named = {str(each["light"]): each["word"] for each in analysis.model.lights}
        word = named.get(light.value)
        return light.value, in_language(word) if isinstance(word, dict) else ""
    if not row.due:
        return "none", _("Not due yet")
    return "none", _("Value missing") if row.indicator else _("No light yet")


async def _risks_found(work: Work, meeting: Meeting, words: str) -> Sources:
    near = below(await units.tree(work), [meeting.unit_id])
    asked = words.lower()
    rows = [
        row
        for row in await risks(work)
        if (asked or row.unit_id in near)
        and (asked in row.title.lower() or asked == f"r{row.number}")
    ]
    rows.sort(key=lambda row: row.unit_id not in near)
    return await _shown_risks(work, rows[:MOST])


async def _risks(work: Work, ids: Sequence[UUID]) -> Sources:
    if not ids:
        return {}
    return await _shown_risks(work, await work.scalars(select(Risk).where(Risk.id.in_(ids))))


async def _shown_risks(work: Work, rows: Sequence[Risk]) -> Sources:
    design = await design_of(work)
    names = {each.id: each.name for each in await units.tree(work)}
    return {
        row.id: Source(
            row.title,
            f"{_('Risk')} R{row.number} · {names.get(row.unit_id, '')}",
            *_risk_light(design, row),
            page="control_risk",
            params={"risk": row.id},
        )
        for row in rows
    }


def _risk_light(design: Design, row: Risk) -> tuple[str, str]:
    if row.closed_at is not None:
        return "none", _("Closed risk")
    if row.probability is None or row.consequence is None:
        return "none", _("Not assessed")
    light = design.colour(row.probability, row.consequence)
    return light.value, f"{row.probability * row.consequence} {design.colour_word(light)}"


async def _documents(work: Work, ids: Sequence[UUID]) -> Sources:
    if not ids:
        return {}
    rows = (await documents(work, Filter(ids=frozenset(ids)), limit=None)).rows
    chosen, states = await document_settings(work), state_words()
    return {
        row.document.id: Source(
            row.document.title,
            f"{chosen.name_of(row.document.type_key)} {row.document.number}",
            LIGHTS[row.state],
            states[row.state],
            page="governing_document",
            params={"id": row.document.id},
        )
        for row in rows
    }


def node_words() -> dict[NodeKind, str]:
    return {
        NodeKind.GOAL: _("Goal"),
        NodeKind.INDICATOR: _("Indicator"),
        NodeKind.ASSIGNMENT: _("Assignment"),
        NodeKind.ACTIVITY: _("Activity"),
    }


def kind_words() -> dict[SourceKind, str]:
    return {
        SourceKind.GOAL: _("Goals and indicators"),
        SourceKind.RISK: _("Risks"),
        SourceKind.DOCUMENT: _("Governing documents"),
    }


def _ids(found: Iterable[UUID | None]) -> list[UUID]:
    return list(dict.fromkeys(id for id in found if id is not None))
