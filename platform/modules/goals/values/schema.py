"""Entering what came of the plan in the API: values, comments, lights and states."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry
from strawberry.types.arguments import InputContext

from .....graphql.context import Info
from .....graphql.nodes import global_id, local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .....infra.errors import AppError
from ...organisation.units.schema import Unit
from ..planning import activities
from ..planning.nodes_schema import Activity, Checkpoint, Goal, Indicator, PlanNode, node_id
from ..planning.values_schema import Comment, HandLight, Outcome
from ..words_schema import Light, given
from . import comments, lights, outcomes
from .rows import StoredOutcome


@strawberry.type(description="The values that were set.")
class OutcomesSet:
    kept: strawberry.Private[list[StoredOutcome]]

    @strawberry.field(description="How many.")
    def count(self) -> int:
        return len(self.kept)

    @strawberry.field(description="In the order of the input.")
    def outcomes(self) -> list[Outcome]:
        return [Outcome.of(outcome) for outcome in self.kept]


@strawberry.type(description="The comment was taken away.")
class CommentRemoved:
    about: PlanNode = strawberry.field(description="What it was about.")


@strawberry.type(description="The checkpoint was removed.")
class CheckpointRemoved:
    id: strawberry.ID = strawberry.field(description="Its global id.")


SetOutcomeResult = Annotated[
    Outcome | Problem, strawberry.union("SetOutcomeResult", description=ANSWER)
]
SetOutcomesResult = Annotated[
    OutcomesSet | Problem, strawberry.union("SetOutcomesResult", description=ANSWER)
]
WriteCommentResult = Annotated[
    Comment | CommentRemoved | Problem, strawberry.union("WriteCommentResult", description=ANSWER)
]
SetLightByHandResult = Annotated[
    HandLight | Problem, strawberry.union("SetLightByHandResult", description=ANSWER)
]
TakeBackLightResult = Annotated[
    HandLight | Problem, strawberry.union("TakeBackLightResult", description=ANSWER)
]
ChangeActivityResult = Annotated[
    Activity | Problem, strawberry.union("ChangeActivityResult", description=ANSWER)
]
AddCheckpointResult = Annotated[
    Checkpoint | Problem, strawberry.union("AddCheckpointResult", description=ANSWER)
]
PassCheckpointResult = Annotated[
    Checkpoint | Problem, strawberry.union("PassCheckpointResult", description=ANSWER)
]
RemoveCheckpointResult = Annotated[
    CheckpointRemoved | Problem, strawberry.union("RemoveCheckpointResult", description=ANSWER)
]


@strawberry.input(description="Values of an indicator; what is left out stays, null clears.")
class SetOutcomeInput:
    indicator_id: strawberry.ID = strawberry.field(description="Which indicator.")
    unit_id: strawberry.ID = strawberry.field(description="The unit it is about.")
    period: str = strawberry.field(description="Code such as 2026, 2026-T2 or 2026-05.")
    total: strawberry.Maybe[Decimal | None] = strawberry.field(
        default=None, description="Outcome in total."
    )
    women: strawberry.Maybe[Decimal | None] = strawberry.field(
        default=None, description="Outcome for women."
    )
    men: strawberry.Maybe[Decimal | None] = strawberry.field(
        default=None, description="Outcome for men."
    )
    target: strawberry.Maybe[Decimal | None] = strawberry.field(default=None, description="Target.")
    forecast: strawberry.Maybe[Decimal | None] = strawberry.field(
        default=None, description="Forecast."
    )
    source: str = strawberry.field(
        default="", description="The file or service they come from; empty for by hand."
    )
    version: int | None = strawberry.field(
        default=None, description="The version you read, 0 for none; refused if it is older."
    )


def _as_sent(_type: type, sent: Mapping[str, object], _context: InputContext) -> object:
    return sent


# 10,000 rows come at once, and Strawberry would take half a second to make objects of them.
SetOutcomeInput.__strawberry_definition__.from_input = _as_sent  # type: ignore[attr-defined]


@strawberry.input(description="What a unit says; blank text takes the comment away.")
class WriteCommentInput:
    about_id: strawberry.ID = strawberry.field(description="What it is about.")
    unit_id: strawberry.ID = strawberry.field(description="The unit that says it.")
    period: str = strawberry.field(description="Code such as 2026, 2026-T2 or 2026-05.")
    text: str = strawberry.field(description="Plain, or simple HTML; up to 20,000 signs.")
    in_report: bool | None = strawberry.field(
        default=None, description="Whether it is shown in the report; as before if left out."
    )
    version: int | None = strawberry.field(
        default=None, description="The version you read, 0 for none; refused if it is older."
    )


@strawberry.input(description="A light for a goal.")
class SetLightByHandInput:
    goal_id: strawberry.ID = strawberry.field(description="Which goal.")
    unit_id: strawberry.ID = strawberry.field(description="The unit it is about.")
    period: str = strawberry.field(description="Code such as 2026, 2026-T2 or 2026-05.")
    light: Light = strawberry.field(description="Which light.")
    reason: str = strawberry.field(description="Why, up to 2,000 signs.")


@strawberry.input(description="Changes to an activity; what is left out stays.")
class ChangeActivityInput:
    id: strawberry.ID = strawberry.field(description="Which activity.")
    state: strawberry.Maybe[str] = strawberry.field(default=None, description="Key of a state.")
    starts_on: strawberry.Maybe[date | None] = strawberry.field(
        default=None, description="First day."
    )
    ends_on: strawberry.Maybe[date | None] = strawberry.field(default=None, description="Last day.")
    version: int | None = strawberry.field(
        default=None, description="The version you read; refused if somebody has saved since."
    )


@strawberry.type
class EntryMutation:
    @mutation("Set or clear an indicator's values for a unit and period.")
    async def set_outcome(self, info: Info, input: SetOutcomeInput) -> SetOutcomeResult:
        entry = _entry(_sent(input), cache(local_id))
        outcome = await outcomes.set_outcome(
            info.context.work,
            entry.node_id,
            unit_id=entry.unit_id,
            period=entry.period,
            values=entry.values,
            source=entry.source,
            version=entry.version,
        )
        return Outcome.of(outcome)

    @mutation("Set many values, all or none.")
    async def set_outcomes(self, info: Info, input: list[SetOutcomeInput]) -> SetOutcomesResult:
        return OutcomesSet(kept=await outcomes.set_outcomes(info.context.work, _entries(input)))

    @mutation("Write a unit's comment for a period.")
    async def write_comment(self, info: Info, input: WriteCommentInput) -> WriteCommentResult:
        about = await node_id(info, input.about_id, field="aboutId")
        comment = await comments.write_comment(
            info.context.work,
            about,
            unit_id=local_id(input.unit_id, Unit, field="unitId"),
            period=input.period,
            text=input.text,
            in_report=input.in_report,
            version=input.version,
        )
        if comment is None:
            return CommentRemoved(about=cast("PlanNode", await PlanNode.find(info, about)))
        return Comment.of(comment)

    @mutation("Set a goal's light by hand, with the reason.")
    async def set_light_by_hand(
        self, info: Info, input: SetLightByHandInput
    ) -> SetLightByHandResult:
        hand = await lights.set_light_by_hand(
            info.context.work,
            await _goal_id(info, input.goal_id),
            unit_id=local_id(input.unit_id, Unit, field="unitId"),
            period=input.period,
            light=input.light,
            reason=input.reason,
        )
        return HandLight.of(hand)

    @mutation("Let the rule decide a goal's light again.")
    async def take_back_light(
        self, info: Info, goal_id: strawberry.ID, unit_id: strawberry.ID, period: str
    ) -> TakeBackLightResult:
        hand = await lights.take_back_light(
            info.context.work,
            await _goal_id(info, goal_id),
            unit_id=local_id(unit_id, Unit, field="unitId"),
            period=period,
        )
        return HandLight.of(hand)

    @mutation("Change an activity's state or days.")
    async def change_activity(self, info: Info, input: ChangeActivityInput) -> ChangeActivityResult:
        changes = given(state=input.state, starts_on=input.starts_on, ends_on=input.ends_on)
        node = await activities.change_activity(
            info.context.work,
            local_id(input.id, Activity),
            changes=cast("activities.ActivityChanges", changes),
            version=input.version,
        )
        return Activity.of(node)

    @mutation("Add a day on which an activity is looked at.")
    async def add_checkpoint(
        self, info: Info, activity_id: strawberry.ID, due_on: date, note: str = ""
    ) -> AddCheckpointResult:
        activity = local_id(activity_id, Activity, field="activityId")
        return Checkpoint.of(
            await activities.add_checkpoint(info.context.work, activity, due_on=due_on, note=note)
        )

    @mutation("The activity has been looked at.")
    async def pass_checkpoint(self, info: Info, id: strawberry.ID) -> PassCheckpointResult:
        checkpoint = await activities.pass_checkpoint(info.context.work, local_id(id, Checkpoint))
        return Checkpoint.of(checkpoint)

    @mutation("Remove a checkpoint that nobody has passed.")
    async def remove_checkpoint(self, info: Info, id: strawberry.ID) -> RemoveCheckpointResult:
        gone = await activities.remove_checkpoint(info.context.work, local_id(id, Checkpoint))
        return CheckpointRemoved(id=global_id(Checkpoint, gone.id))


def _entries(rows: Sequence[SetOutcomeInput]) -> list[outcomes.OutcomeEntry]:
    """Raises EntriesRefused, telling of every row with what is no id."""
    read = cache(local_id)
    entries, errors = [], []
    for place, row in enumerate(rows):
        try:
            entries.append(_entry(_sent(row), read))
        except AppError as error:
            errors.append((place, error))
    if errors:
        raise outcomes.EntriesRefused(errors, len(rows))
    return entries


def _sent(row: SetOutcomeInput) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", row)  # `_as_sent` saw to that


def _entry(sent: Mapping[str, Any], read: Callable[..., UUID]) -> outcomes.OutcomeEntry:
    values = {name: sent[name] for name in outcomes.VALUES if name in sent}
    return outcomes.OutcomeEntry(
        node_id=read(sent["indicatorId"], Indicator, field="indicatorId"),
        unit_id=read(sent["unitId"], Unit, field="unitId"),
        period=sent["period"],
        values=cast("outcomes.OutcomeValues", values),
        source=sent["source"],
        version=sent["version"],
    )


async def _goal_id(info: Info, id: strawberry.ID) -> UUID:
    return await node_id(info, id, field="goalId", types=(Goal,))
