"""What units enter on the plan, in the API: values, comments and lights set by hand."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import Node
from ..organisation.people_schema import Person, by_whom
from ..organisation.units_schema import Unit
from . import models, rules
from .words_schema import Light

if TYPE_CHECKING:
    from .nodes_schema import Indicator, PlanNode

NODES = strawberry.lazy(".nodes_schema")


@strawberry.type(description="The values of an outcome as they stood after one change.")
class OutcomeVersion(Node):
    model = models.OutcomeVersion
    permission = "goals.read"

    row: strawberry.Private[models.OutcomeVersion]
    version: int = strawberry.field(description="Number of the change, from 1.")
    total: Decimal | None = strawberry.field(description="Outcome in total.")
    women: Decimal | None = strawberry.field(description="Outcome for women.")
    men: Decimal | None = strawberry.field(description="Outcome for men.")
    target: Decimal | None = strawberry.field(description="Target.")
    forecast: Decimal | None = strawberry.field(description="Forecast.")
    entered_at: datetime = strawberry.field(description="When it was entered.")
    source: str = strawberry.field(description="Where it came from; empty for by hand.")

    @strawberry.field(description="Who entered it.")
    async def entered_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.entered_by)


@strawberry.type(description="The values of an indicator for one unit and period.")
class Outcome(Node):
    model = models.Outcome
    permission = "goals.read"

    row: strawberry.Private[models.Outcome]
    period: str = strawberry.field(description="Code such as 2026, 2026-T2 or 2026-05.")
    total: Decimal | None = strawberry.field(description="Outcome in total.")
    women: Decimal | None = strawberry.field(description="Outcome for women.")
    men: Decimal | None = strawberry.field(description="Outcome for men.")
    target: Decimal | None = strawberry.field(description="Target.")
    forecast: Decimal | None = strawberry.field(description="Forecast.")
    entered_at: datetime = strawberry.field(description="When it was entered last.")
    source: str = strawberry.field(description="Where it came from; empty for by hand.")
    version: int = strawberry.field(description="Send it along with a change.")

    @strawberry.field(description="Who entered it last.")
    async def entered_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.entered_by)

    @strawberry.field(description="The unit it is about.")
    async def unit(self, info: Info) -> Unit:
        return cast("Unit", await Unit.find(info, self.row.unit_id))

    @strawberry.field(description="The indicator.")
    async def indicator(self, info: Info) -> Annotated["Indicator", NODES]:
        from .nodes_schema import Indicator

        return cast("Indicator", await Indicator.find(info, self.row.node_id))

    @strawberry.field(description="The values after every change, the oldest first.")
    async def history(self, info: Info) -> list[OutcomeVersion]:
        rows = await info.context.children(
            models.OutcomeVersion,
            models.OutcomeVersion.outcome_id,
            self.row.id,
            order=(models.OutcomeVersion.version,),
        )
        return [OutcomeVersion.of(row) for row in rows]


@strawberry.type(description="What a unit says about something in the plan for a period.")
class Comment(Node):
    model = models.NodeComment
    permission = "goals.read"

    row: strawberry.Private[models.NodeComment]
    period: str = strawberry.field(description="Code such as 2026, 2026-T2 or 2026-05.")
    text: str = strawberry.field(description="The words: plain, or simple HTML.")
    in_report: bool = strawberry.field(description="Whether it is shown in the report.")
    written_at: datetime = strawberry.field(description="When it was saved last.")
    version: int = strawberry.field(description="Send it along with a change.")

    @strawberry.field(description="Who saved it last.")
    async def written_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.written_by)

    @strawberry.field(description="The unit that says it.")
    async def unit(self, info: Info) -> Unit:
        return cast("Unit", await Unit.find(info, self.row.unit_id))

    @strawberry.field(description="What it is about.")
    async def about(self, info: Info) -> Annotated["PlanNode", NODES]:
        from .nodes_schema import PlanNode

        return cast("PlanNode", await PlanNode.find(info, self.row.node_id))


@strawberry.type(description="A light that someone set by hand.")
class HandLight(Node):
    model = models.HandLight
    permission = "goals.read"

    row: strawberry.Private[models.HandLight]
    period: str = strawberry.field(description="Code such as 2026, 2026-T2 or 2026-05.")
    reason: str = strawberry.field(description="Why.")
    set_at: datetime = strawberry.field(description="When it was set.")
    taken_back_at: datetime | None = strawberry.field(
        description="When it was taken back; null while it stands."
    )

    @strawberry.field(description="Which light.")
    def light(self) -> Light:
        return rules.Light(self.row.light)

    @strawberry.field(description="Who set it.")
    async def set_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.set_by)

    @strawberry.field(description="Who took it back.")
    async def taken_back_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.taken_back_by)

    @strawberry.field(description="The unit it is about.")
    async def unit(self, info: Info) -> Unit:
        return cast("Unit", await Unit.find(info, self.row.unit_id))

    @strawberry.field(description="What it lights.")
    async def about(self, info: Info) -> Annotated["PlanNode", NODES]:
        from .nodes_schema import PlanNode

        return cast("PlanNode", await PlanNode.find(info, self.row.node_id))
