"""The life of a plan in the API: made, attested, decided, activated, followed up, copied."""

from datetime import date
from typing import Annotated, Any

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from . import service
from .plans_schema import ControlAttestation, ControlFollowUp, ControlItem, ControlPlan
from .plans_schema import ControlPlanRisk as PlanRisk
from .risk_changes_schema import UNSET, VERSION, given
from .risks_schema import Risk

REASON = "Why; needed and kept when the plan is under way."


@strawberry.input(description="An empty plan.")
class StartControlPlanInput:
    unit_id: strawberry.ID = strawberry.field(description="Whose.")
    year: int = strawberry.field(description="For which year.")
    introduction: str = strawberry.field(default="", description="Words before the controls.")
    attest_by: date | None = strawberry.field(default=None, description="Last day to attest it.")
    follow_up_by: date | None = strawberry.field(
        default=None, description="Last day to follow it up."
    )


@strawberry.input(description="What changes in a plan; what is left out stays.")
class ChangeControlPlanInput:
    id: strawberry.ID = strawberry.field(description="The plan.")
    version: int | None = strawberry.field(default=None, description=VERSION)
    introduction: str | None = strawberry.field(
        default=UNSET, description="Words before the controls."
    )
    attest_by: date | None = strawberry.field(default=UNSET, description="Last day to attest it.")
    follow_up_by: date | None = strawberry.field(
        default=UNSET, description="Last day to follow it up."
    )
    reason: str = strawberry.field(default="", description=REASON)


@strawberry.input(description="Risks that a plan shall mirror as they are now.")
class MirrorRisksInput:
    plan_id: strawberry.ID = strawberry.field(description="The plan.")
    risk_ids: list[strawberry.ID] = strawberry.field(
        description="Living, assessed risks of its unit or one below it."
    )
    version: int | None = strawberry.field(default=None, description=VERSION)
    reason: str = strawberry.field(default="", description=REASON)


@strawberry.input(description="Why an attestation is withdrawn.")
class WithdrawControlAttestationInput:
    id: strawberry.ID = strawberry.field(description="The attestation.")
    reason: str = strawberry.field(description="Why; kept.")


@strawberry.input(description="What a body has decided of a plan, or of its follow-up.")
class DecideControlPlanInput:
    id: strawberry.ID = strawberry.field(description="The plan.")
    decided_by: str = strawberry.field(description="The body.")
    decided_on: date = strawberry.field(description="The day; not one to come.")
    decided_paragraph: str = strawberry.field(default="", description="Paragraph of the minutes.")
    registry_number: str = strawberry.field(default="", description="Number in the registry.")
    version: int | None = strawberry.field(default=None, description=VERSION)


@strawberry.input(description="What a year's controls have shown.")
class FollowUpControlPlanInput:
    id: strawberry.ID = strawberry.field(description="The plan.")
    summary: str = strawberry.field(description="In words.")
    version: int | None = strawberry.field(default=None, description=VERSION)


@strawberry.input(description="A plan to go on with in a later year.")
class CopyControlPlanInput:
    id: strawberry.ID = strawberry.field(description="The plan.")
    year: int | None = strawberry.field(default=None, description="The next one if left out.")


@strawberry.type(description="The risks that a plan mirrors anew.")
class MirroredRisks:
    plan: ControlPlan = strawberry.field(description="The plan.")
    risks: list[PlanRisk] = strawberry.field(description="In the order asked for.")


@strawberry.type(description="A plan that was copied to a later year.")
class CopiedControlPlan:
    plan: ControlPlan = strawberry.field(description="The new plan, a draft.")
    left_out: list[PlanRisk] = strawberry.field(
        description="Of the old plan: risks that are closed, and so were left out."
    )
    carried: int = strawberry.field(
        description="Deviations that are not finished, and follow with."
    )


StartControlPlanResult = Annotated[
    ControlPlan | Problem, strawberry.union("StartControlPlanResult", description=ANSWER)
]
ChangeControlPlanResult = Annotated[
    ControlPlan | Problem, strawberry.union("ChangeControlPlanResult", description=ANSWER)
]
MirrorRisksResult = Annotated[
    MirroredRisks | Problem, strawberry.union("MirrorRisksResult", description=ANSWER)
]
DropControlPlanRiskResult = Annotated[
    ControlPlan | Problem, strawberry.union("DropControlPlanRiskResult", description=ANSWER)
]
AttestControlPlanResult = Annotated[
    ControlPlan | Problem, strawberry.union("AttestControlPlanResult", description=ANSWER)
]
AttestControlItemResult = Annotated[
    ControlPlan | Problem, strawberry.union("AttestControlItemResult", description=ANSWER)
]
WithdrawControlAttestationResult = Annotated[
    ControlPlan | Problem, strawberry.union("WithdrawControlAttestationResult", description=ANSWER)
]
DecideControlPlanResult = Annotated[
    ControlPlan | Problem, strawberry.union("DecideControlPlanResult", description=ANSWER)
]
ActivateControlPlanResult = Annotated[
    ControlPlan | Problem, strawberry.union("ActivateControlPlanResult", description=ANSWER)
]
FollowUpControlPlanResult = Annotated[
    ControlPlan | Problem, strawberry.union("FollowUpControlPlanResult", description=ANSWER)
]
TakeBackControlFollowUpResult = Annotated[
    ControlPlan | Problem, strawberry.union("TakeBackControlFollowUpResult", description=ANSWER)
]
DecideControlFollowUpResult = Annotated[
    ControlFollowUp | Problem, strawberry.union("DecideControlFollowUpResult", description=ANSWER)
]
CloseControlPlanResult = Annotated[
    ControlPlan | Problem, strawberry.union("CloseControlPlanResult", description=ANSWER)
]
CopyControlPlanResult = Annotated[
    CopiedControlPlan | Problem, strawberry.union("CopyControlPlanResult", description=ANSWER)
]


@strawberry.type
class ControlPlanMutation:
    @mutation("Start a unit's plan for a year.")
    async def start_control_plan(
        self, info: Info, input: StartControlPlanInput
    ) -> StartControlPlanResult:
        return ControlPlan.of(await service.start_plan(info.context.work, **given(input)))

    @mutation("Change the words and days of a plan.")
    async def change_control_plan(
        self, info: Info, input: ChangeControlPlanInput
    ) -> ChangeControlPlanResult:
        changes: Any = given(input)
        return ControlPlan.of(
            await service.change_plan(
                info.context.work,
                local_id(input.id, ControlPlan),
                changes=changes,
                reason=input.reason,
                version=input.version,
            )
        )

    @mutation("Mirror risks in a plan; those of a draft are mirrored anew.")
    async def mirror_risks(self, info: Info, input: MirrorRisksInput) -> MirrorRisksResult:
        work, plan_id = info.context.work, local_id(input.plan_id, ControlPlan, field="planId")
        rows = await service.choose_risks(
            work,
            plan_id,
            [local_id(id, Risk, field="riskIds") for id in input.risk_ids],
            reason=input.reason,
            version=input.version,
        )
        plan = await service.get_plan(work, plan_id)
        return MirroredRisks(plan=ControlPlan.of(plan), risks=[PlanRisk.of(row) for row in rows])

    @mutation("Take a risk out of a draft.")
    async def drop_control_plan_risk(
        self, info: Info, id: strawberry.ID
    ) -> DropControlPlanRiskResult:
        return ControlPlan.of(await service.drop_risk(info.context.work, local_id(id, PlanRisk)))

    @mutation("Attest a plan as a whole.")
    async def attest_control_plan(
        self, info: Info, id: strawberry.ID, version: int | None = None
    ) -> AttestControlPlanResult:
        return ControlPlan.of(
            await service.attest_plan(info.context.work, local_id(id, ControlPlan), version=version)
        )

    @mutation("Attest one control; with the last of them the plan is attested.")
    async def attest_control_item(
        self, info: Info, id: strawberry.ID, version: int | None = None
    ) -> AttestControlItemResult:
        return ControlPlan.of(
            await service.attest_item(info.context.work, local_id(id, ControlItem), version=version)
        )

    @mutation("Withdraw an attestation, until the plan is activated.")
    async def withdraw_control_attestation(
        self, info: Info, input: WithdrawControlAttestationInput
    ) -> WithdrawControlAttestationResult:
        return ControlPlan.of(
            await service.withdraw_attestation(
                info.context.work, local_id(input.id, ControlAttestation), reason=input.reason
            )
        )

    @mutation("Keep what the committee has decided of an attested plan.")
    async def decide_control_plan(
        self, info: Info, input: DecideControlPlanInput
    ) -> DecideControlPlanResult:
        return ControlPlan.of(
            await service.decide_plan(
                info.context.work,
                local_id(input.id, ControlPlan),
                decision=given(input),
                version=input.version,
            )
        )

    @mutation("Begin the year's controls.")
    async def activate_control_plan(
        self, info: Info, id: strawberry.ID, version: int | None = None
    ) -> ActivateControlPlanResult:
        return ControlPlan.of(
            await service.activate_plan(
                info.context.work, local_id(id, ControlPlan), version=version
            )
        )

    @mutation("Hand over what the year's controls have shown.")
    async def follow_up_control_plan(
        self, info: Info, input: FollowUpControlPlanInput
    ) -> FollowUpControlPlanResult:
        return ControlPlan.of(
            await service.follow_up_plan(
                info.context.work,
                local_id(input.id, ControlPlan),
                summary=input.summary,
                version=input.version,
            )
        )

    @mutation("Go on with the controls of a plan whose follow-up nobody has decided on.")
    async def take_back_control_follow_up(
        self, info: Info, id: strawberry.ID
    ) -> TakeBackControlFollowUpResult:
        return ControlPlan.of(
            await service.take_back_follow_up(info.context.work, local_id(id, ControlPlan))
        )

    @mutation("Keep what the committee has decided of the follow-up.")
    async def decide_control_follow_up(
        self, info: Info, input: DecideControlPlanInput
    ) -> DecideControlFollowUpResult:
        return ControlFollowUp.of(
            await service.decide_follow_up(
                info.context.work,
                local_id(input.id, ControlPlan),
                decision=given(input),
                version=input.version,
            )
        )

    @mutation("Close a plan whose follow-up the committee has decided on.")
    async def close_control_plan(
        self, info: Info, id: strawberry.ID, version: int | None = None
    ) -> CloseControlPlanResult:
        return ControlPlan.of(
            await service.close_plan(info.context.work, local_id(id, ControlPlan), version=version)
        )

    @mutation("Copy a plan to a later year, with the deviations that are not finished.")
    async def copy_control_plan(
        self, info: Info, input: CopyControlPlanInput
    ) -> CopyControlPlanResult:
        copied = await service.copy_plan(
            info.context.work, local_id(input.id, ControlPlan), year=input.year
        )
        return CopiedControlPlan(
            plan=ControlPlan.of(copied.plan),
            left_out=[PlanRisk.of(row) for row in copied.left_out],
            carried=copied.carried,
        )
