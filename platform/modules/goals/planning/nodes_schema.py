"""What stands in the plan, in the API: goals, indicators, assignments and activities."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self, TypeVar, cast
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, and_, exists, select, true, tuple_

from .....graphql.context import Info
from .....graphql.nodes import Node, local_id
from .....graphql.paging import Connection
from .....graphql.rows import another
from .....graphql.stored import (
    Computed,
    Place,
    Related,
    Row,
    beside,
    many,
    one,
    one_beside,
    page_of,
    planned,
)
from .....infra.i18n import in_language
from .....infra.periods import parse_period
from .....tenants.models import ModuleSettings
from .....tenants.tree.reorganising import line_of
from ...organisation.people.schema import Person
from ...organisation.units.schema import Unit
from .. import models
from ..settings import GoalSettings, goal_settings
from ..steering.schema import Level
from ..words_schema import Consolidation, Direction, NodeKind, Periodicity
from .values_schema import Comment, HandLight, Outcome


def _unit(id: strawberry.ID) -> UUID:
    return local_id(id, Unit, field="unitId")


def _period(code: str) -> str:
    return str(parse_period(code))


def _below(row: Row, place: Place) -> ColumnElement[bool]:
    unit = place.arguments["unit_id"]
    below: ColumnElement[bool] = row.parent_id == place.row.id
    return below if unit is None else below & (row.unit_id == unit)


def _at_unit(row: Row, place: Place) -> ColumnElement[bool]:
    return and_(
        row.node_id == place.row.id,
        row.unit_id == place.arguments["unit_id"],
        row.period == place.arguments["period"],
    )


def _comments(row: Row, place: Place) -> ColumnElement[bool]:
    period = place.arguments["period"]
    about: ColumnElement[bool] = row.node_id == place.row.id
    return about if period is None else about & (row.period == period)


def _outcomes(row: Row, place: Place) -> ColumnElement[bool]:
    unit = place.arguments["unit_id"]
    own: ColumnElement[bool] = row.node_id == place.row.id
    return own if unit is None else own & row.unit_id.in_(line_of(unit, place.given.tenant))


def _nodes(row: Row, place: Place) -> ColumnElement[bool]:
    unit, year, kind = (place.arguments[name] for name in ("unit_id", "year", "kind"))
    chosen = [] if unit is None else [row.unit_id == unit]
    if year is not None:
        model = another(models.SteeringModel)
        own = (model.tenant_id == place.given.tenant) & (model.id == row.model_id)
        chosen.append(exists().where(own, model.year == year))
    if kind is not None:
        chosen.append(row.kind == kind)
    return and_(true(), *chosen)


def _named(row: Row, place: Place) -> ColumnElement[bool]:
    return and_(row.id == place.arguments["id"], row.kind == place.arguments["id.kind"])


def _kind(id: strawberry.ID) -> models.NodeKind | None:
    named = id.partition(":")[0]
    return next((kind.shows for kind in KINDS if kind.__name__ == named), None)


NAMED = Related(_named, find=True, reads={"id": lambda id: local_id(id, *KINDS), "id.kind": _kind})
BELOW = Related(_below, lambda node, _place: (node.position,), reads={"unit_id": _unit})
AT_UNIT = Related(_at_unit, reads={"unit_id": _unit, "period": _period})
LIT_BY_HAND = Related(_at_unit, lambda hand, _place: (hand.set_at,), reads={"unit_id": _unit})
COMMENTS = Related(_comments, lambda comment, _place: (comment.period,), reads={"period": _period})
OUTCOMES = Related(_outcomes, lambda outcome, _place: (outcome.period,), reads={"unit_id": _unit})
NODES = Related(_nodes, reads={"unit_id": _unit, "kind": models.NodeKind}, asks=("goals.read",))


@strawberry.interface(description="Something a unit has decided for a year.")
class PlanNode(Node):
    model = models.PlanNode
    permission = "goals.read"
    change = "goals.edit"
    told_by: ClassVar[Any] = models.PlanNode.kind
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

    level: Level = one(models.PlanNode.level_id, "The level it stands on.")
    unit: Unit = one(models.PlanNode.unit_id, "The unit that has decided it.")
    parent: Annotated["PlanNode", strawberry.lazy(__name__)] | None = one(
        models.PlanNode.parent_id, "What it stands below; null at the top."
    )

    @strawberry.field(description="What stands right below it, in order.", metadata=planned(BELOW))
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

    origin: Annotated["PlanNode", strawberry.lazy(__name__)] | None = one(
        models.PlanNode.origin_id, "What it is a distributed copy of; null if it is none."
    )
    responsible: Person | None = one(models.PlanNode.responsible_id, "Who answers for it.")
    changed_by: Person | None = one(models.PlanNode.changed_by, "Who saved it last.")

    @strawberry.field(
        description="What a unit says about it for a period; null if nothing.",
        metadata=planned(AT_UNIT),
    )
    async def comment(self, info: Info, unit_id: strawberry.ID, period: str) -> Comment | None:
        key = (self.row.id, local_id(unit_id, Unit, field="unitId"), str(parse_period(period)))
        return Comment.maybe(await _at(info, models.NodeComment, key))

    @strawberry.field(
        description="What all units say about it, by period.", metadata=planned(COMMENTS)
    )
    async def comments(
        self,
        info: Info,
        period: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Comment]:
        return await page_of(COMMENTS, info, Comment, self, period=period, first=first, after=after)


@strawberry.type(description="Something to achieve.")
class Goal(PlanNode):
    shows = models.NodeKind.GOAL

    @strawberry.field(
        description="Lights set by hand for a unit and period, the oldest first.",
        metadata=planned(LIT_BY_HAND),
    )
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

    measure_unit: str = beside(models.Indicator.measure_unit, "Measure unit, such as % or persons.")
    decimals: int = beside(models.Indicator.decimals, "How many decimals its values have, 0 to 6.")
    direction: Direction = beside(models.Indicator.direction, "Where a good outcome lies.")
    green_limit: Decimal = beside(
        models.Indicator.green_limit,
        "How far from the target is still green, in the measure unit.",
    )
    yellow_limit: Decimal | None = beside(
        models.Indicator.yellow_limit, "How far from the target is yellow; null without yellow."
    )
    periodicity: Periodicity = beside(models.Indicator.periodicity, "How often it has values.")
    by_sex: bool = beside(models.Indicator.by_sex, "Whether it has values for women and men too.")
    source: str = beside(models.Indicator.source, "Where its values come from.")
    consolidation: Consolidation = beside(
        models.Indicator.consolidation, "How copies become one value."
    )

    @strawberry.field(
        description="The values of one unit for one period; null if none.",
        metadata=planned(AT_UNIT),
    )
    async def outcome(self, info: Info, unit_id: strawberry.ID, period: str) -> Outcome | None:
        key = (self.row.id, local_id(unit_id, Unit, field="unitId"), str(parse_period(period)))
        return Outcome.maybe(await _at(info, models.Outcome, key))

    @strawberry.field(
        description="All values, by period; those of a unit with those of the units it carries on.",
        metadata=planned(OUTCOMES),
    )
    async def outcomes(
        self,
        info: Info,
        unit_id: strawberry.ID | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Outcome]:
        return await page_of(
            OUTCOMES, info, Outcome, self, unit_id=unit_id, first=first, after=after
        )


@strawberry.type(description="A day on which an activity is looked at.")
class Checkpoint(Node):
    model = models.Checkpoint
    permission = "goals.read"
    change = "goals.edit"

    row: strawberry.Private[models.Checkpoint]
    due_on: date = strawberry.field(description="Which day.")
    note: str = strawberry.field(description="What to look at.")
    passed_at: datetime | None = strawberry.field(description="When it was passed, if it was.")

    passed_by: Person | None = one(models.Checkpoint.passed_by, "Who passed it.")
    activity: Annotated["Activity", strawberry.lazy(__name__)] = one(
        models.Checkpoint.activity_id, "The activity."
    )


@strawberry.type(description="A state that an activity can be in.")
class ActivityState:
    key: str = strawberry.field(description="Short name for programs.")
    word: str = strawberry.field(description="Word in the reader's language.")
    closed: bool = strawberry.field(description="Whether nothing more is to be done.")


def _states(settings: GoalSettings) -> list[ActivityState]:
    return [
        ActivityState(key=state.key, word=in_language(state.word), closed=state.closed)
        for state in settings.activity_states
    ]


def _named_state(key: str, states: Iterable[ActivityState]) -> ActivityState:
    found = (state for state in states if state.key == key)
    return next(found, None) or ActivityState(key=key, word=key, closed=False)


def _state(key: str, chosen: dict[str, object] | None) -> ActivityState:
    return _named_state(key, _states(GoalSettings.model_validate(chosen or {})))


STATE = Computed(
    (models.Activity.state, ModuleSettings.values),
    _state,
    by=models.PlanNode.id,
    settings="goals",
)


@strawberry.type(description="Something that is done to reach a goal.")
class Activity(PlanNode):
    shows = models.NodeKind.ACTIVITY

    @strawberry.field(description="How far it has come.", metadata=planned(STATE))
    async def state(self, info: Info) -> ActivityState:
        key = cast("models.Activity", await info.context.by_id(models.Activity, self.row.id)).state
        return _named_state(key, await activity_states(info))

    state_at: datetime | None = beside(
        models.Activity.state_at, "When the state was set; null if it never was."
    )
    state_by: Person | None = one_beside(models.Activity.state_by, "Who set the state.")
    starts_on: date | None = beside(models.Activity.starts_on, "First day.")
    ends_on: date | None = beside(models.Activity.ends_on, "Last day.")
    checkpoints: list[Checkpoint] = many(
        models.Checkpoint.activity_id,
        "The days on which it is looked at, in order.",
        order=lambda checkpoint: (checkpoint.due_on,),
    )


KINDS: tuple[type[PlanNode], ...] = (Goal, Indicator, Assignment, Activity)
TYPES = {kind.shows: kind for kind in KINDS}


@strawberry.type
class NodesQuery:
    @strawberry.field(
        description="Anything in the plan; null when there is none.",
        metadata=planned(NAMED),
    )
    async def plan_node(self, info: Info, id: strawberry.ID) -> PlanNode | None:
        return await PlanNode.find(info, await node_id(info, id))

    @strawberry.field(
        description="What units have decided, in the order it was added.", metadata=planned(NODES)
    )
    async def plan_nodes(
        self,
        info: Info,
        unit_id: strawberry.ID | None = None,
        year: int | None = None,
        kind: NodeKind | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[PlanNode]:
        return await page_of(
            NODES, info, PlanNode, unit_id=unit_id, year=year, kind=kind, first=first, after=after
        )

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
        states = _states(await goal_settings(info.context.work))
        return [states for _key in keys]

    return await info.context.batch("goals.states", "all", load)


R = TypeVar("R", models.Outcome, models.NodeComment)


async def _at(info: Info, model: type[R], place: tuple[UUID, UUID, str]) -> R | None:
    """The row of a node, unit and period; all that siblings ask for come in one statement."""

    async def load(places: list[tuple[UUID, UUID, str]]) -> list[R | None]:
        key = tuple_(model.node_id, model.unit_id, model.period)
        rows = await info.context.work.scalars(select(model).where(key.in_(places)))
        found = {(row.node_id, row.unit_id, row.period): row for row in rows}
        return [found.get(place) for place in places]

    return await info.context.batch((model, "at"), place, load)
