"""Controls in the API: added to a plan, done, and what they find taken care of."""

from datetime import date
from typing import Annotated, Any

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....infra.periods import PeriodKind
from ..organisation.files.schema import StoredFile
from . import service
from .plan_changes_schema import REASON
from .plans_schema import (
    ControlDeviation,
    ControlEvidence,
    ControlItem,
    ControlKind,
    ControlOccasion,
    ControlPlanRisk,
)
from .risk_changes_schema import UNSET, VERSION, given
from .risks_schema import ControlLight


@strawberry.input(description="A control of a risk in a plan.")
class AddControlItemInput:
    plan_risk_id: strawberry.ID = strawberry.field(description="The risk in the plan.")
    title: str = strawberry.field(description="What is looked at.")
    method: str = strawberry.field(description="How.")
    periodicity: PeriodKind = strawberry.field(description="How often.")
    sample: str = strawberry.field(default="", description="How much.")
    kind: ControlKind = strawberry.field(
        default=ControlKind.CONTROL, description="A self-inspection, or a control."
    )
    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="Where it is done; the plan's unit if left out."
    )
    responsible_id: strawberry.ID | None = strawberry.field(default=None, description="Who.")
    days: list[date] | None = strawberry.field(
        default=None, description="When it is due; the ends of the periods if left out."
    )
    reason: str = strawberry.field(default="", description=REASON)


@strawberry.input(description="What changes in a control; what is left out stays.")
class ChangeControlItemInput:
    id: strawberry.ID = strawberry.field(description="The control.")
    version: int | None = strawberry.field(default=None, description=VERSION)
    title: str | None = strawberry.field(default=UNSET, description="What is looked at.")
    method: str | None = strawberry.field(default=UNSET, description="How.")
    periodicity: PeriodKind | None = strawberry.field(default=UNSET, description="How often.")
    sample: str | None = strawberry.field(default=UNSET, description="How much.")
    kind: ControlKind | None = strawberry.field(default=UNSET, description="Which kind.")
    unit_id: strawberry.ID | None = strawberry.field(default=UNSET, description="Where it is done.")
    responsible_id: strawberry.ID | None = strawberry.field(default=UNSET, description="Who.")
    days: list[date] | None = strawberry.field(default=UNSET, description="When it is due.")
    reason: str = strawberry.field(default="", description=REASON)


@strawberry.input(description="A control to take out of its plan.")
class RemoveControlItemInput:
    id: strawberry.ID = strawberry.field(description="The control.")
    version: int | None = strawberry.field(default=None, description=VERSION)
    reason: str = strawberry.field(default="", description=REASON)


@strawberry.input(description="An action with its owner and day, or why none is needed.")
class ControlRemedyInput:
    action_title: str = strawberry.field(default="", description="What is to be done.")
    action_detail: str = strawberry.field(default="", description="More about it.")
    owner_id: strawberry.ID | None = strawberry.field(default=None, description="Who does it.")
    due_on: date | None = strawberry.field(default=None, description="By when.")
    no_action_reason: str = strawberry.field(default="", description="Why none is needed.")

    def read(self) -> service.Remedy:
        return service.Remedy(**given(self))


@strawberry.input(description="What a control showed.")
class RecordControlInput:
    id: strawberry.ID = strawberry.field(description="The occasion.")
    done_on: date = strawberry.field(description="When it was done.")
    light: ControlLight = strawberry.field(description="Yellow and red are deviations.")
    result: str = strawberry.field(description="In words.")
    sample: str = strawberry.field(default="", description="What was looked at.")
    deviation: str = strawberry.field(
        default="", description="What is wrong; the result if left out."
    )
    remedy: ControlRemedyInput | None = strawberry.field(
        default=None, description="What is done about it."
    )
    version: int | None = strawberry.field(default=None, description=VERSION)


@strawberry.input(description="Why a control was not done.")
class MissControlInput:
    id: strawberry.ID = strawberry.field(description="The occasion.")
    reason: str = strawberry.field(description="Why.")
    version: int | None = strawberry.field(default=None, description=VERSION)


@strawberry.input(description="What is done about what a control found.")
class SettleControlDeviationInput:
    id: strawberry.ID = strawberry.field(description="The deviation.")
    remedy: ControlRemedyInput = strawberry.field(description="What is done.")


@strawberry.input(description="What the year's control has shown.")
class ConcludeControlItemInput:
    id: strawberry.ID = strawberry.field(description="The control.")
    conclusion: str = strawberry.field(description="In words.")
    version: int | None = strawberry.field(default=None, description=VERSION)


@strawberry.input(description="A file that shows what a control has found.")
class AddControlEvidenceInput:
    occasion_id: strawberry.ID = strawberry.field(description="The occasion.")
    file_id: strawberry.ID = strawberry.field(description="A file that was sent in.")
    title: str = strawberry.field(default="", description="The file's name if left out.")


AddControlItemResult = Annotated[
    ControlItem | Problem, strawberry.union("AddControlItemResult", description=ANSWER)
]
ChangeControlItemResult = Annotated[
    ControlItem | Problem, strawberry.union("ChangeControlItemResult", description=ANSWER)
]
RemoveControlItemResult = Annotated[
    ControlItem | Problem, strawberry.union("RemoveControlItemResult", description=ANSWER)
]
RecordControlResult = Annotated[
    ControlOccasion | Problem, strawberry.union("RecordControlResult", description=ANSWER)
]
MissControlResult = Annotated[
    ControlOccasion | Problem, strawberry.union("MissControlResult", description=ANSWER)
]
SettleControlDeviationResult = Annotated[
    ControlDeviation | Problem, strawberry.union("SettleControlDeviationResult", description=ANSWER)
]
ConcludeControlItemResult = Annotated[
    ControlItem | Problem, strawberry.union("ConcludeControlItemResult", description=ANSWER)
]
AddControlEvidenceResult = Annotated[
    ControlEvidence | Problem, strawberry.union("AddControlEvidenceResult", description=ANSWER)
]
RemoveControlEvidenceResult = Annotated[
    ControlOccasion | Problem, strawberry.union("RemoveControlEvidenceResult", description=ANSWER)
]


@strawberry.type
class ControlMutation:
    @mutation("Add a control of a risk to a plan.")
    async def add_control_item(
        self, info: Info, input: AddControlItemInput
    ) -> AddControlItemResult:
        return ControlItem.of(
            await service.add_item(
                info.context.work,
                local_id(input.plan_risk_id, ControlPlanRisk, field="planRiskId"),
                service.NewItem(**given(input, without=("plan_risk_id", "reason"))),
                reason=input.reason,
            )
        )

    @mutation("Change a control.")
    async def change_control_item(
        self, info: Info, input: ChangeControlItemInput
    ) -> ChangeControlItemResult:
        changes: Any = given(input)
        return ControlItem.of(
            await service.change_item(
                info.context.work,
                local_id(input.id, ControlItem),
                changes=changes,
                reason=input.reason,
                version=input.version,
            )
        )

    @mutation("Take a control out of its plan.")
    async def remove_control_item(
        self, info: Info, input: RemoveControlItemInput
    ) -> RemoveControlItemResult:
        return ControlItem.of(
            await service.remove_item(
                info.context.work,
                local_id(input.id, ControlItem),
                reason=input.reason,
                version=input.version,
            )
        )

    @mutation("Record what a control showed.")
    async def record_control(self, info: Info, input: RecordControlInput) -> RecordControlResult:
        return ControlOccasion.of(
            await service.record_occasion(
                info.context.work,
                local_id(input.id, ControlOccasion),
                done_on=input.done_on,
                light=input.light,
                result=input.result,
                sample=input.sample,
                deviation=input.deviation,
                remedy=input.remedy.read() if input.remedy else None,
                version=input.version,
            )
        )

    @mutation("Say why a control was not done at its day.")
    async def miss_control(self, info: Info, input: MissControlInput) -> MissControlResult:
        return ControlOccasion.of(
            await service.miss_occasion(
                info.context.work,
                local_id(input.id, ControlOccasion),
                reason=input.reason,
                version=input.version,
            )
        )

    @mutation("Plan an action for a deviation, or say why none is needed.")
    async def settle_control_deviation(
        self, info: Info, input: SettleControlDeviationInput
    ) -> SettleControlDeviationResult:
        return ControlDeviation.of(
            await service.settle_deviation(
                info.context.work, local_id(input.id, ControlDeviation), input.remedy.read()
            )
        )

    @mutation("Write what the year's control has shown.")
    async def conclude_control_item(
        self, info: Info, input: ConcludeControlItemInput
    ) -> ConcludeControlItemResult:
        return ControlItem.of(
            await service.conclude_item(
                info.context.work,
                local_id(input.id, ControlItem),
                conclusion=input.conclusion,
                version=input.version,
            )
        )

    @mutation("Lay a file beside what a control showed.")
    async def add_control_evidence(
        self, info: Info, input: AddControlEvidenceInput
    ) -> AddControlEvidenceResult:
        return ControlEvidence.of(
            await service.add_evidence(
                info.context.work,
                local_id(input.occasion_id, ControlOccasion, field="occasionId"),
                file_id=local_id(input.file_id, StoredFile, field="fileId"),
                title=input.title,
            )
        )

    @mutation("Take a file away from what a control showed.")
    async def remove_control_evidence(
        self, info: Info, id: strawberry.ID
    ) -> RemoveControlEvidenceResult:
        return ControlOccasion.of(
            await service.remove_evidence(info.context.work, local_id(id, ControlEvidence))
        )
