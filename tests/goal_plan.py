"""A plan for tests of the goal analysis: a steering model, and short ways to fill it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from roder.infra.periods import Period
from roder.platform.modules.goals.analysis.analysis import GoalAnalysis, Row, goal_analysis
from roder.platform.modules.goals.analysis.explaining import explain
from roder.platform.modules.goals.models import (
    Activity,
    HandLight,
    Indicator,
    Level,
    NodeComment,
    NodeKind,
    Outcome,
    PlanNode,
    Spread,
    SteeringModel,
)
from roder.platform.modules.goals.rules import Light
from roder.platform.modules.goals.steering.design import LevelDesign, create_model
from roder.platform.modules.goals.view.view import model_with_levels
from roder.tenants.models import Unit
from roder.tenants.rows import uuid7
from roder.tenants.work import Work

YEAR = Period(2026)
NOW = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
LEVELS = (
    LevelDesign("committee_goal", NodeKind.GOAL, {"sv": "Nämndmål"}),
    LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål"}, ("committee_goal",)),
    LevelDesign("indicator", NodeKind.INDICATOR, {"sv": "Styrtal"}, ("goal",)),
    LevelDesign("assignment", NodeKind.ASSIGNMENT, {"sv": "Uppdrag"}, ("goal",)),
    LevelDesign("activity", NodeKind.ACTIVITY, {"sv": "Aktivitet"}, ("goal", "assignment")),
    LevelDesign("own_goal", NodeKind.GOAL, {"sv": "Åtagande"}, spread=Spread.DISTRIBUTED),
    LevelDesign(
        "own_indicator",
        NodeKind.INDICATOR,
        {"sv": "Nyckeltal"},
        ("own_goal", "goal"),
        spread=Spread.DISTRIBUTED,
    ),
)


@dataclass
class Plan:
    """A steering model, and short ways to put something on it."""

    work: Work
    model: SteeringModel
    levels: dict[str, Level]
    units: dict[str, UUID]

    async def node(
        self,
        key: str,
        title: str,
        *,
        at: str = "committee",
        parent: PlanNode | None = None,
        origin: PlanNode | None = None,
        position: int = 0,
        state: str = "done",
        **measured: Any,
    ) -> PlanNode:
        level = self.levels[key]
        node = PlanNode(
            id=uuid7(),
            model_id=self.model.id,
            level_id=level.id,
            kind=level.kind,
            unit_id=self.units[at],
            parent_id=parent and parent.id,
            origin_id=origin and origin.id,
            title=title,
            position=position,
        )
        self.work.add(node)
        await self.work.flush()
        if level.kind is NodeKind.INDICATOR:
            self.work.add(Indicator(id=node.id, **measured))
        elif level.kind is NodeKind.ACTIVITY:
            self.work.add(Activity(id=node.id, state=state))
        await self.work.flush()
        return node

    def value(
        self, node: PlanNode, *, at: str = "committee", period: str = "2026", **values: str
    ) -> None:
        numbers = {name: Decimal(value) for name, value in values.items()}
        self.work.add(
            Outcome(
                node_id=node.id,
                unit_id=self.units[at],
                period=period,
                entered_by=self.work.actor.id,
                entered_at=NOW,
                **numbers,
            )
        )

    def comment(self, node: PlanNode, text: str, *, at: str = "committee") -> None:
        self.work.add(
            NodeComment(
                node_id=node.id, unit_id=self.units[at], period="2026", text=text, written_at=NOW
            )
        )

    def by_hand(self, node: PlanNode, light: str) -> None:
        self.work.add(
            HandLight(
                node_id=node.id,
                unit_id=self.units["committee"],
                period="2026",
                light=light,
                reason="Vi nådde fram på annat sätt",
                set_by=self.work.actor.id,
                set_at=NOW,
            )
        )

    async def seen(self, *, at: str = "committee", period: Period = YEAR) -> GoalAnalysis:
        await self.work.flush()
        return await goal_analysis(self.work, unit_id=self.units[at], period=period)


def lights(analysis: GoalAnalysis) -> dict[str, Light | None]:
    return {row.node.title: row.verdict.light for row in analysis.rows if row.verdict}


def rows(analysis: GoalAnalysis) -> dict[str, Row]:
    return {row.node.title: row for row in analysis.rows}


def tree(analysis: GoalAnalysis) -> list[tuple[int, str]]:
    return [(row.depth, row.node.title) for row in analysis.rows]


def why(row: Row) -> str:
    explained = explain(row)
    assert explained is not None
    return explained.sentence.replace("\u00a0", " ")


async def staff(plan: Plan) -> tuple[PlanNode, PlanNode, list[PlanNode]]:
    """The goal of the social services with its four indicators, of which one has its values."""
    top = await plan.node("committee_goal", "Attraktiv arbetsgivare")
    goal = await plan.node("goal", "Minska sjukfrånvaro", parent=top)
    indicators = [
        await plan.node("indicator", title, parent=goal, position=at, **measured)
        for at, (title, measured) in enumerate(
            {
                "Minskad sjukfrånvaro": {"measure_unit": "%"},
                "Helhetsintrycket": {},
                "Heltidsanställda": {"measure_unit": "%", "decimals": 1},
                "Anställda män": {"measure_unit": "%"},
            }.items()
        )
    ]
    plan.value(indicators[0], target="9")
    plan.value(indicators[1], total="77", target="76")
    plan.value(indicators[2], target="35")
    plan.value(indicators[3], target="14")
    return top, goal, indicators


async def fill(plan: Plan, indicators: list[PlanNode], values: dict[int, str]) -> None:
    await plan.work.flush()
    ids = [node.id for node in indicators]
    outcomes = await plan.work.scalars(select(Outcome).where(Outcome.node_id.in_(ids)))
    found = {outcome.node_id: outcome for outcome in outcomes}
    for at, value in values.items():
        found[ids[at]].total = Decimal(value)


async def make_plan(work: Work, units: dict[str, Unit]) -> Plan:
    await create_model(work, year=2026, name="Östhammar", levels=LEVELS)
    model, levels = await model_with_levels(work, year=2026)
    assert model is not None
    ids = {key: unit.id for key, unit in units.items()}
    return Plan(work, model, {level.key: level for level in levels}, ids)
