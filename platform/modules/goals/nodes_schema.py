"""What stands in the plan, in the API: goals, indicators, assignments and activities."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self, TypeVar, cast
from uuid import UUID

import strawberry
from sqlalchemy import Select, select, tuple_

from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....graphql.paging import Connection, page
from ....infra.i18n import in_language
from ....infra.periods import parse_period
from ....tenants.reorganising import predecessors
from ..organisation.people_schema import Person, by_whom
from ..organisation.units_schema import Unit
from . import models, rules
from .design_schema import Level
from .settings import goal_settings
from .values_schema import Comment, HandLight, Outcome
from .words_schema import Consolidation, Direction, NodeKind, Periodicity


@strawberry.interface(description="Something a unit has decided for a year.")
class PlanNode(Node):
    model = models.PlanNode
    permission = "goals.read"
    shows: ClassVar[models.NodeKind | None] = None

    row: strawberry.Private[models.PlanNode]
    title: str = strawberry.field(description="Wording, up to 500 signs.")
    description: str = strawberry.field(description="More about it: plain, or simple HTML.")
    kind: NodeKind = strawberry.field(description="What it is.")
    position: int = strawberry.field(description="Place among those below the same parent.")
    local: bool = strawberry.field(
        description="Added by someone who may not edit the whole municipality's plan."
    )
    version: int = strawberry.field(description="Send it along with a change.")
    changed_at: datetime = strawberry.field(description="When it was saved last.")

    @classmethod
    def of(cls, row: Any) -> Self:
        """The row as the type that shows its kind."""
        if cls is PlanNode:
            return cast("Self", TYPES[row.kind].of(row))
        return super().of(row)

    @classmethod
    async def find(cls, info: Info, id: UUID) -> Self | None:
        """As for every record; one of another kind than the id says is absent."""
        info.context.work.require(cls.permission)
        row = await info.context.by_id(models.PlanNode, id)
        fits = row is not None and cls.shows in (None, row.kind)
        return cls.of(row) if fits else None

    @strawberry.field(description="The level it stands on.")
    async def level(self, info: Info) -> Level:
        return cast("Level", await Level.find(info, self.row.level_id))

    @strawberry.field(description="The unit that has decided it.")
    async def unit(self, info: Info) -> Unit:
        return cast("Unit", await Unit.find(info, self.row.unit_id))

    @strawberry.field(description="What it stands below; null at the top.")
    async def parent(self, info: Info) -> Annotated["PlanNode", strawberry.lazy(__name__)] | None:
        return await PlanNode.find(info, self.row.parent_id) if self.row.parent_id else None

    @strawberry.field(description="What stands right below it, in order.")
    async def children(
        self,
        info: Info,
        unit_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only what this unit decided.")
        ] = None,
    ) -> list[Annotated["PlanNode", strawberry.lazy(__name__)]]:
        order = (models.PlanNode.position,)
        rows = await info.context.children(
            models.PlanNode, models.PlanNode.parent_id, self.row.id, order=order
        )
        unit = None if unit_id is None else local_id(unit_id, Unit, field="unitId")
        return [PlanNode.of(row) for row in rows if unit in (None, row.unit_id)]

    @strawberry.field(description="What it is a distributed copy of; null if it is none.")
    async def origin(self, info: Info) -> Annotated["PlanNode", strawberry.lazy(__name__)] | None:
        return await PlanNode.find(info, self.row.origin_id) if self.row.origin_id else None

    @strawberry.field(description="Who answers for it.")
    async def responsible(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.responsible_id)

    @strawberry.field(description="Who saved it last.")
    async def changed_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.changed_by)

    @strawberry.field(description="What a unit says about it for a period; null if nothing.")
    async def comment(self, info: Info, unit_id: strawberry.ID, period: str) -> Comment | None:
        key = (self.row.id, local_id(unit_id, Unit, field="unitId"), str(parse_period(period)))
        return Comment.maybe(await _at(info, models.NodeComment, key))

    @strawberry.field(description="What all units say about it, by period.")
    async def comments(
        self,
        info: Info,
        period: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Comment]:
        said = models.NodeComment
        chosen = select(said).where(said.node_id == self.row.id)
        if period is not None:
            chosen = chosen.where(said.period == str(parse_period(period)))
        return await page(info, Comment, chosen, order=(said.period,), first=first, after=after)


@strawberry.type(description="Something to achieve.")
class Goal(PlanNode):
    shows = models.NodeKind.GOAL

    @strawberry.field(description="Lights set by hand for a unit and period, the oldest first.")
    async def hand_lights(self, info: Info, unit_id: strawberry.ID, period: str) -> list[HandLight]:
        hand, place = models.HandLight, (local_id(unit_id, Unit, field="unitId"), period)
        rows = await info.context.children(hand, hand.node_id, self.row.id, order=(hand.set_at,))
        return [HandLight.of(row) for row in rows if (row.unit_id, row.period) == place]


@strawberry.type(description="What a unit has been told to do.")
class Assignment(PlanNode):
    shows = models.NodeKind.ASSIGNMENT


@strawberry.type(description="A measure that tells how far a goal is reached.")
class Indicator(PlanNode):
    shows = models.NodeKind.INDICATOR

    @strawberry.field(description="Measure unit, such as % or persons.")
    async def measure_unit(self, info: Info) -> str:
        return (await self._measured(info)).measure_unit

    @strawberry.field(description="How many decimals its values have, 0 to 6.")
    async def decimals(self, info: Info) -> int:
        return (await self._measured(info)).decimals

    @strawberry.field(description="Where a good outcome lies.")
    async def direction(self, info: Info) -> Direction:
        return rules.Direction((await self._measured(info)).direction)

    @strawberry.field(description="How far from the target is still green, in the measure unit.")
    async def green_limit(self, info: Info) -> Decimal:
        return (await self._measured(info)).green_limit

    @strawberry.field(description="How far from the target is yellow; null without yellow.")
    async def yellow_limit(self, info: Info) -> Decimal | None:
        return (await self._measured(info)).yellow_limit

    @strawberry.field(description="How often it has values.")
    async def periodicity(self, info: Info) -> Periodicity:
        return Periodicity((await self._measured(info)).periodicity)

    @strawberry.field(description="Whether it has values for women and men too.")
    async def by_sex(self, info: Info) -> bool:
        return (await self._measured(info)).by_sex

    @strawberry.field(description="Where its values come from.")
    async def source(self, info: Info) -> str:
        return (await self._measured(info)).source

    @strawberry.field(description="How copies become one value.")
    async def consolidation(self, info: Info) -> Consolidation:
        return rules.Consolidation((await self._measured(info)).consolidation)

    @strawberry.field(description="The values of one unit for one period; null if none.")
    async def outcome(self, info: Info, unit_id: strawberry.ID, period: str) -> Outcome | None:
        key = (self.row.id, local_id(unit_id, Unit, field="unitId"), str(parse_period(period)))
        return Outcome.maybe(await _at(info, models.Outcome, key))

    @strawberry.field(
        description="All values, by period; those of a unit with those of the units it carries on."
    )
    async def outcomes(
        self,
        info: Info,
        unit_id: strawberry.ID | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Outcome]:
        chosen = select(models.Outcome).where(models.Outcome.node_id == self.row.id)
        if unit_id is not None:
            line = await _line(info, local_id(unit_id, Unit, field="unitId"))
            chosen = chosen.where(models.Outcome.unit_id.in_(line))
        order = (models.Outcome.period,)
        return await page(info, Outcome, chosen, order=order, first=first, after=after)

    async def _measured(self, info: Info) -> models.Indicator:
        return cast("models.Indicator", await info.context.by_id(models.Indicator, self.row.id))


async def _line(info: Info, unit_id: UUID) -> list[UUID]:
    """The unit and those it carries on since mergers and splits; asked once for all siblings."""

    async def load(ids: list[UUID]) -> list[list[UUID]]:
        lines = [await predecessors(info.context.work, id) for id in ids]
        return [
            [id, *(before.unit_id for before in line)] for id, line in zip(ids, lines, strict=True)
        ]

    return await info.context.batch("units.line", unit_id, load)


@strawberry.type(description="A day on which an activity is looked at.")
class Checkpoint(Node):
    model = models.Checkpoint
    permission = "goals.read"

    row: strawberry.Private[models.Checkpoint]
    due_on: date = strawberry.field(description="Which day.")
    note: str = strawberry.field(description="What to look at.")
    passed_at: datetime | None = strawberry.field(description="When it was passed, if it was.")

    @strawberry.field(description="Who passed it.")
    async def passed_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.passed_by)

    @strawberry.field(description="The activity.")
    async def activity(self, info: Info) -> Annotated["Activity", strawberry.lazy(__name__)]:
        return cast("Activity", await Activity.find(info, self.row.activity_id))


@strawberry.type(description="A state that an activity can be in.")
class ActivityState:
    key: str = strawberry.field(description="Short name for programs.")
    word: str = strawberry.field(description="Word in the reader's language.")
    closed: bool = strawberry.field(description="Whether nothing more is to be done.")


@strawberry.type(description="Something that is done to reach a goal.")
class Activity(PlanNode):
    shows = models.NodeKind.ACTIVITY

    @strawberry.field(description="How far it has come.")
    async def state(self, info: Info) -> ActivityState:
        key = (await self._done(info)).state
        states = {state.key: state for state in await activity_states(info)}
        return states.get(key) or ActivityState(key=key, word=key, closed=False)

    @strawberry.field(description="When the state was set; null if it never was.")
    async def state_at(self, info: Info) -> datetime | None:
        return (await self._done(info)).state_at

    @strawberry.field(description="Who set the state.")
    async def state_by(self, info: Info) -> Person | None:
        return await by_whom(info, (await self._done(info)).state_by)

    @strawberry.field(description="First day.")
    async def starts_on(self, info: Info) -> date | None:
        return (await self._done(info)).starts_on

    @strawberry.field(description="Last day.")
    async def ends_on(self, info: Info) -> date | None:
        return (await self._done(info)).ends_on

    @strawberry.field(description="The days on which it is looked at, in order.")
    async def checkpoints(self, info: Info) -> list[Checkpoint]:
        rows = await info.context.children(
            models.Checkpoint,
            models.Checkpoint.activity_id,
            self.row.id,
            order=(models.Checkpoint.due_on,),
        )
        return [Checkpoint.of(row) for row in rows]

    async def _done(self, info: Info) -> models.Activity:
        return cast("models.Activity", await info.context.by_id(models.Activity, self.row.id))


KINDS: tuple[type[PlanNode], ...] = (Goal, Indicator, Assignment, Activity)
TYPES = {kind.shows: kind for kind in KINDS}


@strawberry.type
class NodesQuery:
    @strawberry.field(description="Anything in the plan; null when there is none.")
    async def plan_node(self, info: Info, id: strawberry.ID) -> PlanNode | None:
        return await PlanNode.find(info, await node_id(info, id))

    @strawberry.field(description="What units have decided, in the order it was added.")
    async def plan_nodes(
        self,
        info: Info,
        unit_id: strawberry.ID | None = None,
        year: int | None = None,
        kind: NodeKind | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[PlanNode]:
        info.context.work.require("goals.read")
        unit = None if unit_id is None else local_id(unit_id, Unit, field="unitId")
        chosen = _chosen(unit=unit, year=year, kind=kind)
        return await page(info, PlanNode, chosen, order=(), first=first, after=after)

    @strawberry.field(description="The states an activity can be in, the first where it begins.")
    async def activity_states(self, info: Info) -> list[ActivityState]:
        info.context.work.require("goals.read")
        return await activity_states(info)


async def node_id(
    info: Info,
    id: strawberry.ID,
    *,
    field: str = "id",
    types: tuple[type[PlanNode], ...] = KINDS,
) -> UUID:
    """The UUID in a global id, or one that no row has when the id names another kind of row."""
    uuid = local_id(id, *types, field=field)
    row = await info.context.by_id(models.PlanNode, uuid)
    named = id.partition(":")[0]
    fits = row is not None and TYPES[row.kind].__name__ == named
    return uuid if fits else UUID(int=0)


async def activity_states(info: Info) -> list[ActivityState]:
    async def load(keys: list[str]) -> list[list[ActivityState]]:
        settings = await goal_settings(info.context.work)
        states = [
            ActivityState(key=state.key, word=in_language(state.word), closed=state.closed)
            for state in settings.activity_states
        ]
        return [states for _key in keys]

    return await info.context.batch("goals.states", "all", load)


def _chosen(*, unit: UUID | None, year: int | None, kind: models.NodeKind | None) -> Select[Any]:
    node, model = models.PlanNode, models.SteeringModel
    chosen = select(node)
    if unit is not None:
        chosen = chosen.where(node.unit_id == unit)
    if year is not None:
        same = (model.id == node.model_id) & (model.tenant_id == node.tenant_id)
        chosen = chosen.join(model, same).where(model.year == year)
    if kind is not None:
        chosen = chosen.where(node.kind == kind)
    return chosen


R = TypeVar("R", models.Outcome, models.NodeComment)
Place = tuple[UUID, UUID, str]


async def _at(info: Info, model: type[R], place: Place) -> R | None:
    """The row of a node, unit and period; all that siblings ask for come in one statement."""

    async def load(places: list[Place]) -> list[R | None]:
        key = tuple_(model.node_id, model.unit_id, model.period)
        rows = await info.context.work.scalars(select(model).where(key.in_(places)))
        found = {(row.node_id, row.unit_id, row.period): row for row in rows}
        return [found.get(place) for place in places]

    return await info.context.batch((model, "at"), place, load)
