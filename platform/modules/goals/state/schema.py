"""The state of a unit and the history of an indicator, in the API."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, TypeAlias, cast
from uuid import UUID

import strawberry

from .....graphql.context import Info
from .....graphql.nodes import local_id
from .....infra.periods import parse_period
from ...organisation.people.schema import Person, by_whom
from ...organisation.units.schema import Unit
from ..analysis.analysis import Row
from ..analysis.series import Reading
from ..indicators.indicator import readings_of
from ..picturing import words_of
from ..planning.nodes_schema import Indicator, PlanNode
from ..rules import Light as LightValue
from ..steering.schema import SteeringModel
from ..words_schema import Light
from . import changes, state

ChangeKind: TypeAlias = changes.ChangeKind
strawberry.enum(changes.ChangeKind, name="PlanChangeKind", description="What was done in a plan.")


@strawberry.type(description="The values of an indicator for a period, in its history.")
class IndicatorReading:
    period: str = strawberry.field(description="Code such as 2026, 2026-T2 or 2026-05.")
    total: Decimal | None = strawberry.field(description="Outcome in total.")
    women: Decimal | None = strawberry.field(description="Outcome for women.")
    men: Decimal | None = strawberry.field(description="Outcome for men.")
    target: Decimal | None = strawberry.field(description="Target.")
    source: str = strawberry.field(description="Where it came from; empty for by hand.")
    consolidated: bool = strawberry.field(
        description="Whether it was put together from the copies at other units."
    )

    @classmethod
    def of(cls, reading: Reading) -> "IndicatorReading":
        return cls(
            period=str(reading.period),
            total=reading.total,
            women=reading.women,
            men=reading.men,
            target=reading.target,
            source=reading.source,
            consolidated=reading.consolidated,
        )


@strawberry.type(description="How many goals have a light.")
class LightCount:
    light: Light | None = strawberry.field(description="The light; null for those without one.")
    word: str = strawberry.field(description="What the municipality calls it.")
    count: int = strawberry.field(description="How many goals.")


@strawberry.type(description="A goal at the top of what a unit sees, with what stands below it.")
class StateArea:
    goal: PlanNode = strawberry.field(description="The goal.")
    light: Light | None = strawberry.field(description="Its light; null while it has none.")
    word: str = strawberry.field(description="What the municipality calls the light.")
    teller_id: strawberry.Private[UUID | None]
    goals: int = strawberry.field(description="How many goals stand below it.")
    goals_achieved: int = strawberry.field(description="How many of them are green.")
    indicators: int = strawberry.field(description="How many indicators stand below it.")
    indicators_on_target: int = strawberry.field(description="How many of them are green.")
    missing: int = strawberry.field(description="How many values are absent.")
    there_before: bool | None = strawberry.field(
        description="Whether the year before had it; null when that was not asked for."
    )
    light_before: Light | None = strawberry.field(
        description="Its light in the year before; null for none."
    )
    leading: Indicator | None = strawberry.field(
        description="The first indicator below it that has a history."
    )
    history: list[IndicatorReading] = strawberry.field(
        description="The history of the leading indicator, the oldest first."
    )

    @strawberry.field(
        description="The unit above whose light it is, when this unit takes no part in the goal."
    )
    async def told_by(self, info: Info) -> Unit | None:
        return await Unit.find(info, self.teller_id) if self.teller_id else None


@strawberry.type(description="A unit one level down, summed up by the goals it takes part in.")
class StateBelow:
    lights: list[LightCount] = strawberry.field(description="Its goals by light.")
    missing: int = strawberry.field(description="How many of its values are absent.")
    unit_id: strawberry.Private[UUID]

    @strawberry.field(description="The unit.")
    async def unit(self, info: Info) -> Unit:
        return cast("Unit", await Unit.find(info, self.unit_id))


@strawberry.type(description="Something that was done in a plan.")
class PlanChange:
    kind: ChangeKind = strawberry.field(description="What was done.")
    title: str = strawberry.field(description="Wording of what it was done to.")
    at: datetime = strawberry.field(description="When.")
    node_id: strawberry.Private[UUID]
    unit_id: strawberry.Private[UUID]
    who: strawberry.Private[UUID | None]

    @strawberry.field(description="What it was done to.")
    async def node(self, info: Info) -> PlanNode:
        return cast("PlanNode", await PlanNode.find(info, self.node_id))

    @strawberry.field(description="The unit where it was done.")
    async def unit(self, info: Info) -> Unit:
        return cast("Unit", await Unit.find(info, self.unit_id))

    @strawberry.field(description="Who did it; null when the service itself did.")
    async def by(self, info: Info) -> Person | None:
        return await by_whom(info, self.who)


@strawberry.type(description="The state of a unit: its areas, their lights, and what has changed.")
class UnitState:
    unit: Unit = strawberry.field(description="The unit.")
    unit_name: str = strawberry.field(description="Its name in the period.")
    period: str = strawberry.field(description="Code such as 2026 or 2026-T2.")
    model: SteeringModel | None = strawberry.field(
        description="The steering model; null when the year has none."
    )
    areas: list[StateArea] = strawberry.field(description="The goals at the top, in order.")
    lights: list[LightCount] = strawberry.field(description="All goals in view by light.")
    missing: int = strawberry.field(description="How many values the unit lacks.")
    below: list[StateBelow] = strawberry.field(description="The units one level down.")
    latest: list[PlanChange] = strawberry.field(description="What was done last, latest first.")
    gone: list[str] = strawberry.field(
        description="Wordings of areas that only the year before has, if that was asked for."
    )


@strawberry.type
class StateQuery:
    @strawberry.field(description="The state of a unit for a period. An absent unit is an error.")
    async def state_of_unit(
        self, info: Info, unit_id: strawberry.ID, period: str, compare: bool = False
    ) -> UnitState | None:
        found = await state.state_of(
            info.context.work,
            unit_id=local_id(unit_id, Unit, field="unitId"),
            period=parse_period(period),
            compare=compare,
        )
        return await _shown(info, found)

    @strawberry.field(
        description="The history of an indicator at a unit, the oldest first: with the values of "
        "the units it carries on, and of the same indicator in earlier years' plans."
    )
    async def indicator_history(
        self,
        info: Info,
        indicator_id: strawberry.ID,
        period: str,
        unit_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="The indicator's own unit if left out."),
        ] = None,
    ) -> list[IndicatorReading] | None:
        found = await readings_of(
            info.context.work,
            local_id(indicator_id, Indicator, field="indicatorId"),
            unit_id=local_id(unit_id, Unit, field="unitId") if unit_id else None,
            period=parse_period(period),
        )
        return [IndicatorReading.of(reading) for reading in found]


async def _shown(info: Info, found: state.State) -> UnitState:
    unit_id = found.place.unit.id
    return UnitState(
        unit=cast("Unit", await Unit.find(info, unit_id)),
        unit_name=found.place.name,
        period=str(found.period),
        model=SteeringModel.maybe(found.model),
        areas=[_area(found, area) for area in found.areas],
        lights=_counts(found, found.lights),
        missing=found.missing,
        below=[
            StateBelow(
                unit_id=below.unit.id,
                lights=_counts(found, below.lights),
                missing=below.missing,
            )
            for below in found.below
        ],
        latest=[
            PlanChange(
                kind=change.kind,
                title=change.title,
                at=change.at,
                node_id=change.node_id,
                unit_id=change.unit_id,
                who=change.by_id,
            )
            for change in found.latest
        ],
        gone=list(found.gone),
    )


def _area(found: state.State, area: state.Area) -> StateArea:
    leading = area.leading
    return StateArea(
        goal=PlanNode.of(area.row.node),
        light=area.light,
        word=words_of(found.model)[area.light].word,
        teller_id=area.told_by.id if area.told_by else None,
        goals=len(area.goals),
        goals_achieved=_green(area.goals),
        indicators=len(area.indicators),
        indicators_on_target=_green(area.indicators),
        missing=area.missing,
        there_before=area.before is not None if found.compared else None,
        light_before=area.before.light if area.before else None,
        leading=cast("Indicator", PlanNode.of(leading.node)) if leading else None,
        history=[IndicatorReading.of(reading) for reading in area.readings],
    )


def _green(rows: tuple[Row, ...]) -> int:
    return sum(state.light_of(row) is LightValue.GREEN for row in rows)


def _counts(found: state.State, lights: state.Lights) -> list[LightCount]:
    return [
        LightCount(light=light, word=shown.word, count=lights[light])
        for light, shown in words_of(found.model).items()
    ]
