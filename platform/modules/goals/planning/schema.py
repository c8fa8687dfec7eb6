"""Changing the plan in the API: adding, changing, moving, distributing and removing."""

from datetime import date
from decimal import Decimal
from typing import Annotated, cast

import strawberry

from .....graphql.context import Info
from .....graphql.nodes import local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .....infra.periods import PeriodKind
from ...organisation.people.schema import Person
from ...organisation.units.schema import Unit
from ..steering.schema import Level
from ..words_schema import Consolidation, Direction, Periodicity, given
from . import adding, distribute, nodes
from .indicators import IndicatorChanges
from .nodes_schema import Activity, Assignment, Goal, Indicator, PlanNode, node_id


@strawberry.type(description="It was removed from the plan.")
class PlanNodeRemoved:
    id: strawberry.ID = strawberry.field(description="Its global id.")


@strawberry.type(description="It has a copy at each of the units.")
class PlanNodeDistributed:
    copies: list[PlanNode] = strawberry.field(description="The copies, in the order of the units.")


@strawberry.type(description="Someone else answers for it now.")
class PlanNodesHandedOver:
    count: int = strawberry.field(description="How many goals, indicators and so on.")


Changed = Goal | Indicator | Assignment | Activity
AddPlanNodeResult = Annotated[
    Goal | Indicator | Assignment | Activity | Problem,
    strawberry.union("AddPlanNodeResult", description=ANSWER),
]
ChangePlanNodeResult = Annotated[
    Goal | Indicator | Assignment | Activity | Problem,
    strawberry.union("ChangePlanNodeResult", description=ANSWER),
]
MovePlanNodeResult = Annotated[
    Goal | Indicator | Assignment | Activity | Problem,
    strawberry.union("MovePlanNodeResult", description=ANSWER),
]
ChangeIndicatorResult = Annotated[
    Indicator | Problem, strawberry.union("ChangeIndicatorResult", description=ANSWER)
]
RemovePlanNodeResult = Annotated[
    PlanNodeRemoved | Problem, strawberry.union("RemovePlanNodeResult", description=ANSWER)
]
DistributePlanNodeResult = Annotated[
    PlanNodeDistributed | Problem, strawberry.union("DistributePlanNodeResult", description=ANSWER)
]
HandOverPlanNodesResult = Annotated[
    PlanNodesHandedOver | Problem, strawberry.union("HandOverPlanNodesResult", description=ANSWER)
]


@strawberry.input(description="How an indicator is measured; what is left out stays as it is.")
class MeasureInput:
    measure_unit: strawberry.Maybe[str] = strawberry.field(
        default=None, description="Such as % or persons, up to 40 signs."
    )
    decimals: strawberry.Maybe[int] = strawberry.field(default=None, description="0 to 6.")
    direction: strawberry.Maybe[Direction] = strawberry.field(
        default=None, description="Where a good outcome lies."
    )
    green_limit: strawberry.Maybe[Decimal] = strawberry.field(
        default=None, description="How far from the target is still green."
    )
    yellow_limit: strawberry.Maybe[Decimal | None] = strawberry.field(
        default=None, description="How far from the target is yellow; null without yellow."
    )
    periodicity: strawberry.Maybe[Periodicity] = strawberry.field(
        default=None, description="How often it has values."
    )
    by_sex: strawberry.Maybe[bool] = strawberry.field(
        default=None, description="Whether it has values for women and men too."
    )
    source: strawberry.Maybe[str] = strawberry.field(
        default=None, description="Where its values come from, up to 500 signs."
    )
    consolidation: strawberry.Maybe[Consolidation] = strawberry.field(
        default=None, description="How copies become one value."
    )

    def changes(self) -> IndicatorChanges:
        chosen = given(**vars(self))
        if "periodicity" in chosen:
            chosen["periodicity"] = PeriodKind(chosen["periodicity"])
        return cast("IndicatorChanges", chosen)


@strawberry.input(description="Something new in the plan.")
class AddPlanNodeInput:
    level_id: strawberry.ID = strawberry.field(description="The level it stands on.")
    unit_id: strawberry.ID = strawberry.field(description="The unit that decides it.")
    title: str = strawberry.field(description="Wording, 1 to 500 signs.")
    description: str = strawberry.field(default="", description="More, up to 20,000 signs.")
    parent_id: strawberry.ID | None = strawberry.field(
        default=None, description="What it stands below; left out at the top."
    )
    responsible_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who answers for it."
    )
    measure: MeasureInput | None = strawberry.field(
        default=None, description="How it is measured, if it is an indicator."
    )
    starts_on: date | None = strawberry.field(default=None, description="An activity's first day.")
    ends_on: date | None = strawberry.field(default=None, description="An activity's last day.")


@strawberry.input(description="Changes to something in the plan; what is left out stays.")
class ChangePlanNodeInput:
    id: strawberry.ID = strawberry.field(description="What to change.")
    version: int | None = strawberry.field(
        default=None, description="The version you read; refused if somebody has saved since."
    )
    title: strawberry.Maybe[str] = strawberry.field(
        default=None, description="Wording, 1 to 500 signs."
    )
    description: strawberry.Maybe[str] = strawberry.field(
        default=None, description="More about it, up to 20,000 signs."
    )
    responsible_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        default=None, description="Who answers for it; null for nobody."
    )


@strawberry.input(description="How an indicator is measured from now on.")
class ChangeIndicatorInput:
    id: strawberry.ID = strawberry.field(description="Which indicator.")
    measure: MeasureInput = strawberry.field(description="What to change.")
    version: int | None = strawberry.field(
        default=None, description="The version you read; refused if somebody has saved since."
    )


@strawberry.input(description="Another place in the plan.")
class MovePlanNodeInput:
    id: strawberry.ID = strawberry.field(description="What to move.")
    parent_id: strawberry.ID | None = strawberry.field(
        default=None, description="What it shall stand below; left out at the top."
    )
    position: int | None = strawberry.field(
        default=None, description="Place among the unit's own there, from 0; last if left out."
    )
    version: int | None = strawberry.field(
        default=None, description="The version you read; refused if somebody has saved since."
    )


@strawberry.type
class PlanMutation:
    @mutation("Add a goal, indicator, assignment or activity.")
    async def add_plan_node(self, info: Info, input: AddPlanNodeInput) -> AddPlanNodeResult:
        node = await adding.add_node(
            info.context.work,
            adding.NewNode(
                level_id=local_id(input.level_id, Level, field="levelId"),
                unit_id=local_id(input.unit_id, Unit, field="unitId"),
                title=input.title,
                description=input.description,
                parent_id=await node_id(info, input.parent_id, field="parentId")
                if input.parent_id
                else None,
                responsible_id=local_id(input.responsible_id, Person, field="responsibleId")
                if input.responsible_id
                else None,
                indicator=input.measure.changes() if input.measure else IndicatorChanges(),
                starts_on=input.starts_on,
                ends_on=input.ends_on,
            ),
        )
        return cast("Changed", PlanNode.of(node))

    @mutation("Change the words, or who answers for it.")
    async def change_plan_node(
        self, info: Info, input: ChangePlanNodeInput
    ) -> ChangePlanNodeResult:
        changes = given(title=input.title, description=input.description)
        if input.responsible_id is not None:
            person = input.responsible_id.value
            changes["responsible_id"] = (
                None if person is None else local_id(person, Person, field="responsibleId")
            )
        node = await nodes.change_node(
            info.context.work,
            await node_id(info, input.id),
            changes=cast("nodes.NodeChanges", changes),
            version=input.version,
        )
        return cast("Changed", PlanNode.of(node))

    @mutation("Change how an indicator is measured.")
    async def change_indicator(
        self, info: Info, input: ChangeIndicatorInput
    ) -> ChangeIndicatorResult:
        node = await nodes.change_indicator(
            info.context.work,
            local_id(input.id, Indicator),
            changes=input.measure.changes(),
            version=input.version,
        )
        return Indicator.of(node)

    @mutation("Move it below something else, or among its siblings.")
    async def move_plan_node(self, info: Info, input: MovePlanNodeInput) -> MovePlanNodeResult:
        above = input.parent_id
        node = await nodes.move_node(
            info.context.work,
            await node_id(info, input.id),
            parent_id=await node_id(info, above, field="parentId") if above else None,
            position=input.position,
            version=input.version,
        )
        return cast("Changed", PlanNode.of(node))

    @mutation("Remove what nothing hangs on.")
    async def remove_plan_node(
        self, info: Info, id: strawberry.ID, version: int | None = None
    ) -> RemovePlanNodeResult:
        own = await node_id(info, id)
        node = await nodes.remove_node(info.context.work, own, version=version)
        return PlanNodeRemoved(id=PlanNode.of(node).id)

    @mutation("Give units their own copies; what is there already stays.")
    async def distribute_plan_node(
        self, info: Info, id: strawberry.ID, unit_ids: list[strawberry.ID]
    ) -> DistributePlanNodeResult:
        copies = await distribute.distribute_node(
            info.context.work,
            await node_id(info, id),
            unit_ids=[local_id(unit, Unit, field="unitIds") for unit in unit_ids],
        )
        return PlanNodeDistributed(copies=[PlanNode.of(copy) for copy in copies])

    @mutation("Let one person answer for all that another did, where you may edit.")
    async def hand_over_plan_nodes(
        self, info: Info, from_id: strawberry.ID, to_id: strawberry.ID
    ) -> HandOverPlanNodesResult:
        count = await nodes.hand_over(
            info.context.work,
            from_id=local_id(from_id, Person, field="fromId"),
            to_id=local_id(to_id, Person, field="toId"),
        )
        return PlanNodesHandedOver(count=count)
