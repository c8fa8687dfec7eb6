"""What units enter on the plan, in the API: values, comments and lights set by hand."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from .....graphql.nodes import Node
from .....graphql.stored import many, one, shown
from ...organisation.people.schema import Person
from ...organisation.units.schema import Unit
from .. import models
from ..words_schema import Light

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

    entered_by: Person | None = one(models.OutcomeVersion.entered_by, "Who entered it.")


@strawberry.type(description="The values of an indicator for one unit and period.")
class Outcome(Node):
    model = models.Outcome
    permission = "goals.read"
    change = "goals.edit"

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

    entered_by: Person | None = one(models.Outcome.entered_by, "Who entered it last.")

    unit: Unit = one(models.Outcome.unit_id, "The unit it is about.")

    indicator: Annotated["Indicator", NODES] = one(models.Outcome.node_id, "The indicator.")

    history: list[OutcomeVersion] = many(
        models.OutcomeVersion.outcome_id,
        "The values after every change, the oldest first.",
        order=lambda version: (version.version,),
    )


@strawberry.type(description="What a unit says about something in the plan for a period.")
class Comment(Node):
    model = models.NodeComment
    permission = "goals.read"
    change = "goals.edit"

    row: strawberry.Private[models.NodeComment]
    period: str = strawberry.field(description="Code such as 2026, 2026-T2 or 2026-05.")
    text: str = strawberry.field(description="The words: plain, or simple HTML.")
    in_report: bool = strawberry.field(description="Whether it is shown in the report.")
    written_at: datetime = strawberry.field(description="When it was saved last.")
    version: int = strawberry.field(description="Send it along with a change.")

    written_by: Person | None = one(models.NodeComment.written_by, "Who saved it last.")

    unit: Unit = one(models.NodeComment.unit_id, "The unit that says it.")

    about: Annotated["PlanNode", NODES] = one(models.NodeComment.node_id, "What it is about.")


@strawberry.type(description="A light that someone set by hand.")
class HandLight(Node):
    model = models.HandLight
    permission = "goals.read"
    change = "goals.edit"

    row: strawberry.Private[models.HandLight]
    period: str = strawberry.field(description="Code such as 2026, 2026-T2 or 2026-05.")
    reason: str = strawberry.field(description="Why.")
    set_at: datetime = strawberry.field(description="When it was set.")
    taken_back_at: datetime | None = strawberry.field(
        description="When it was taken back; null while it stands."
    )

    light: Light = shown(models.HandLight.light, "Which light.")

    set_by: Person | None = one(models.HandLight.set_by, "Who set it.")

    taken_back_by: Person | None = one(models.HandLight.taken_back_by, "Who took it back.")

    unit: Unit = one(models.HandLight.unit_id, "The unit it is about.")

    about: Annotated["PlanNode", NODES] = one(models.HandLight.node_id, "What it lights.")
