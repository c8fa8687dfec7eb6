"""Actions in the API: planned there, or by the modules that find what is to be done."""

from datetime import date, datetime
from typing import Annotated, Any, Final, cast
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, and_, true

from ....graphql.context import Info
from ....graphql.inputs import sent
from ....graphql.nodes import Node, local_id
from ....graphql.paging import Connection
from ....graphql.problems import ANSWER, Problem, mutation
from ....graphql.stored import (
    Place,
    Related,
    Row,
    by_id,
    computed,
    many,
    one,
    page_of,
    planned,
)
from ..organisation.files.jobs_schema import Job
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import models, service
from .exporting import ask_for_actions

TEXTS: Final = ("title", "detail")

ActionState = models.ActionState
strawberry.enum(
    ActionState,
    name="PlannedActionState",
    description="Whether an action is to be done, is done, or will not be done.",
)


ActionStep = models.ActionStep
strawberry.enum(
    ActionStep,
    name="PlannedActionStep",
    description="What was done with an action: planned, changed, ended or opened again.",
)


@strawberry.type(description="A field of an action that was changed.")
class PlannedActionChangedField:
    field: str = strawberry.field(description="title, owner, due_on, detail or outcome.")
    before: str = strawberry.field(description="What stood there; empty for nothing.")
    after: str = strawberry.field(description="What stands there since; empty for nothing.")


@strawberry.type(description="What somebody has done with an action, and when.")
class PlannedActionChange(Node):
    model = models.ActionChange
    permission = "actions.read"

    row: strawberry.Private[models.ActionChange]
    step: ActionStep = strawberry.field(description="What was done.")
    changed_at: datetime = strawberry.field(description="When.")

    changed_by: Person | None = one(models.ActionChange.changed_by, "By whom.")

    @computed(
        models.ActionChange.before,
        models.ActionChange.after,
        description="What was changed, with the owner by name.",
    )
    def fields(before: dict[str, str], after: dict[str, str]) -> list[PlannedActionChangedField]:
        return [
            PlannedActionChangedField(
                field=name, before=before.get(name, ""), after=after.get(name, "")
            )
            for name in sorted({*before, *after})
        ]


@strawberry.type(description="What somebody is going to do about something.")
class PlannedAction(Node):
    model = models.PlannedAction
    permission = "actions.read"
    change = "actions.write"

    row: strawberry.Private[models.PlannedAction]
    module: str = strawberry.field(description="The part of the service that it comes from.")
    about: str = strawberry.field(description="The title of what it is about.")
    title: str = strawberry.field(description="What is to be done.")
    detail: str = strawberry.field(description="More about it.")
    due_on: date | None = strawberry.field(description="Its last day, if it has one.")
    state: ActionState = strawberry.field(description="How far it has come.")
    outcome: str = strawberry.field(description="What came of it, or why it will not be done.")
    done_at: datetime | None = strawberry.field(description="When it was ended.")
    changed_at: datetime = strawberry.field(description="When it was saved last.")
    version: int = strawberry.field(description="Send it along with a change.")

    unit: Unit = one(models.PlannedAction.unit_id, "The unit where it is to be done.")
    owner: Person | None = one(
        models.PlannedAction.owner_id, "Who answers for it; null for whoever writes at the unit."
    )
    done_by: Person | None = one(models.PlannedAction.done_by, "Who ended it.")
    changed_by: Person | None = one(models.PlannedAction.changed_by, "Who saved it last.")
    changes: list[PlannedActionChange] = many(
        models.ActionChange.action_id,
        "Its history, the first first.",
        order=lambda row: (row.changed_at,),
    )


@strawberry.input(description="Something to be done at a unit.")
class PlanActionInput:
    unit_id: strawberry.ID = strawberry.field(description="The unit where it is to be done.")
    title: str = strawberry.field(description="What is to be done.")
    about: str = strawberry.field(default="", description="What it is about, on one line.")
    detail: str = strawberry.field(default="", description="More about it.")
    owner_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who answers for it; null for whoever writes at the unit."
    )
    due_on: date | None = strawberry.field(default=None, description="Its last day, if any.")


@strawberry.input(description="Changes of an action; what is left out stays as it was.")
class ChangePlannedActionInput:
    id: strawberry.ID = strawberry.field(description="Which action.")
    version: int | None = strawberry.field(default=None, description="The version you read.")
    title: str | None = strawberry.field(default=strawberry.UNSET, description="What to do.")
    detail: str | None = strawberry.field(default=strawberry.UNSET, description="More about it.")
    owner_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Who answers for it; null for nobody in particular."
    )
    due_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="Its last day; null for none."
    )


def _unit(id: strawberry.ID) -> UUID:
    return local_id(id, Unit, field="unitId")


def _person(id: strawberry.ID) -> UUID:
    return local_id(id, Person, field="ownerId")


def _chosen(row: Row, place: Place) -> ColumnElement[bool]:
    same = ("unit_id", "state", "module", "owner_id")
    given = {name: place.arguments[name] for name in same}
    chosen = [getattr(row, name) == value for name, value in given.items() if value is not None]
    before, since = place.arguments["due_before"], place.arguments["due_from"]
    days = [] if before is None else [row.due_on < before]
    days += [] if since is None else [row.due_on >= since]
    return and_(true(), *chosen, *days)


PLANNED = Related(
    _chosen,
    asks=("actions.read",),
    reads={"unit_id": _unit, "owner_id": _person, "state": ActionState},
)

PlanActionResult = Annotated[
    PlannedAction | Problem, strawberry.union("PlanActionResult", description=ANSWER)
]
ChangePlannedActionResult = Annotated[
    PlannedAction | Problem, strawberry.union("ChangePlannedActionResult", description=ANSWER)
]
FinishPlannedActionResult = Annotated[
    PlannedAction | Problem, strawberry.union("FinishPlannedActionResult", description=ANSWER)
]
DropPlannedActionResult = Annotated[
    PlannedAction | Problem, strawberry.union("DropPlannedActionResult", description=ANSWER)
]
ReopenPlannedActionResult = Annotated[
    PlannedAction | Problem, strawberry.union("ReopenPlannedActionResult", description=ANSWER)
]
ExportPlannedActionsResult = Annotated[
    Job | Problem, strawberry.union("ExportPlannedActionsResult", description=ANSWER)
]


@strawberry.type
class ActionQuery:
    @strawberry.field(
        description="An action by id; null when there is none.", metadata=by_id(PlannedAction)
    )
    async def planned_action(self, info: Info, id: strawberry.ID) -> PlannedAction | None:
        return await PlannedAction.find(info, local_id(id, PlannedAction))

    @strawberry.field(
        description="Actions in the order they were planned; what is left out does not narrow. "
        "Open ones with a last day before today are late; with one from today on, still to come.",
        metadata=planned(PLANNED),
    )
    async def planned_actions(
        self,
        info: Info,
        unit_id: strawberry.ID | None = None,
        state: ActionState | None = None,
        module: str | None = None,
        owner_id: strawberry.ID | None = None,
        due_before: date | None = None,
        due_from: date | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[PlannedAction]:
        return await page_of(
            PLANNED,
            info,
            PlannedAction,
            unit_id=unit_id,
            state=state,
            module=module,
            owner_id=owner_id,
            due_before=due_before,
            due_from=due_from,
            first=first,
            after=after,
        )


@strawberry.type
class ActionMutation:
    @mutation("Plan something to be done at a unit, by somebody, until a day.")
    async def plan_action(self, info: Info, input: PlanActionInput) -> PlanActionResult:
        values = sent(input, {"unit_id": Unit, "owner_id": Person})
        return PlannedAction.of(await service.plan_action(info.context.work, **values))

    @mutation("Change what is to be done, by whom or until when.")
    async def change_planned_action(
        self, info: Info, input: ChangePlannedActionInput
    ) -> ChangePlannedActionResult:
        row = await service.change_action(
            info.context.work,
            local_id(input.id, PlannedAction),
            changes=_changes(input),
            version=input.version,
        )
        return PlannedAction.of(row)

    @mutation("Tell that an action is done, and what came of it.")
    async def finish_planned_action(
        self, info: Info, id: strawberry.ID, outcome: str, version: int | None = None
    ) -> FinishPlannedActionResult:
        row = await service.finish_action(
            info.context.work, local_id(id, PlannedAction), outcome=outcome, version=version
        )
        return PlannedAction.of(row)

    @mutation("Tell that an action will not be done, and why.")
    async def drop_planned_action(
        self, info: Info, id: strawberry.ID, outcome: str, version: int | None = None
    ) -> DropPlannedActionResult:
        row = await service.drop_action(
            info.context.work, local_id(id, PlannedAction), outcome=outcome, version=version
        )
        return PlannedAction.of(row)

    @mutation("Open an action again that has ended.")
    async def reopen_planned_action(
        self, info: Info, id: strawberry.ID, version: int | None = None
    ) -> ReopenPlannedActionResult:
        row = await service.reopen_action(
            info.context.work, local_id(id, PlannedAction), version=version
        )
        return PlannedAction.of(row)

    @mutation("Have all actions written to an Excel workbook.")
    async def export_planned_actions(self, info: Info) -> ExportPlannedActionsResult:
        return Job.of(await ask_for_actions(info.context.work))


def _changes(input: ChangePlannedActionInput) -> service.ActionChanges:
    """Null empties a text too."""
    changes: Any = sent(input, {"owner_id": Person}, but=("id", "version"))
    changes |= {name: changes[name] or "" for name in TEXTS if name in changes}
    return cast(service.ActionChanges, changes)
