"""Changing grants in the API: the register and the steps."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from ....graphql.context import Info
from ....graphql.inputs import sent
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import service, steps
from .grants_schema import Grant

UNSET: Any = strawberry.UNSET
IDS = {"unit_id": Unit, "responsible_id": Person}


def _text(description: str) -> Any:
    return strawberry.field(default=UNSET, description=description)


@strawberry.input(description="A new grant. Without a code it gets the next of its year.")
class AddGrantInput:
    unit_id: strawberry.ID = strawberry.field(description="The unit that answers for it.")
    giver: str = strawberry.field(description="By name: one of grantGiverNames.")
    name: str = strawberry.field(description="What it is called.")
    year: int = strawberry.field(description="The year it is for.")
    code: str | None = _text("The municipality's own key of it.")
    responsible_id: strawberry.ID | None = _text("Who answers for it.")
    ordinance: str | None = _text("What it rests on.")
    purpose: str | None = _text("What it is for.")
    signer: str | None = _text("Who may sign.")
    agent: str | None = _text("The agent.")
    agent_on: date | None = _text("When the agent was appointed.")
    giver_case: str | None = _text("The giver's own case number.")
    begins_on: date | None = _text("First day that it is for.")
    ends_on: date | None = _text("Last day that it is for.")
    sought: Decimal | None = _text("Kronor to seek.")
    note: str | None = _text("Anything more.")


@strawberry.input(description="Changes to a grant; what is left out stays as it is.")
class ChangeGrantInput:
    id: strawberry.ID = strawberry.field(description="Which grant.")
    version: int | None = strawberry.field(
        default=None, description="The version you read; refused if somebody has saved since."
    )
    unit_id: strawberry.ID | None = _text("The unit that answers for it.")
    giver: str | None = _text("By name: one of grantGiverNames.")
    name: str | None = _text("What it is called.")
    year: int | None = _text("The year it is for.")
    code: str | None = _text("The municipality's own key of it.")
    responsible_id: strawberry.ID | None = _text("Who answers for it; null for nobody.")
    ordinance: str | None = _text("What it rests on.")
    purpose: str | None = _text("What it is for.")
    signer: str | None = _text("Who may sign.")
    agent: str | None = _text("The agent.")
    agent_on: date | None = _text("When the agent was appointed.")
    giver_case: str | None = _text("The giver's own case number.")
    begins_on: date | None = _text("First day that it is for.")
    ends_on: date | None = _text("Last day that it is for.")
    sought: Decimal | None = _text("Kronor sought.")
    granted: Decimal | None = _text("Kronor granted, once it is decided.")
    claimed: Decimal | None = _text("Kronor claimed back, once they are.")
    overpaid_reason: str | None = _text("Why more is paid than granted.")
    decided_by: str | None = _text("Who decided, once it is decided.")
    decided_on: date | None = _text("The day of the decision, once it is decided.")
    decided_paragraph: str | None = _text("The paragraph of the minutes.")
    registry_number: str | None = _text("The decision in our registry.")
    note: str | None = _text("Anything more.")


@strawberry.input(description="It is sought, or requisitioned.")
class ApplyForGrantInput:
    id: strawberry.ID = strawberry.field(description="Which grant.")
    version: int | None = strawberry.field(default=None, description="The version you read.")
    sought: Decimal | None = strawberry.field(
        default=None, description="Kronor; left out where they stand on the grant."
    )
    giver_case: str | None = strawberry.field(
        default=None, description="The giver's own case number."
    )
    note: str = strawberry.field(default="", description="What is to be remembered.")


@strawberry.input(description="What the giver has decided.")
class DecideGrantInput:
    id: strawberry.ID = strawberry.field(description="Which grant.")
    approved: bool = strawberry.field(description="Whether it is granted.")
    decided_by: str = strawberry.field(description="Who decided.")
    decided_on: date = strawberry.field(description="The day of the decision.")
    registry_number: str = strawberry.field(description="The decision in our registry.")
    version: int | None = strawberry.field(default=None, description="The version you read.")
    granted: Decimal | None = strawberry.field(
        default=None, description="Kronor; needed where it is granted."
    )
    decided_paragraph: str = strawberry.field(default="", description="Paragraph of the minutes.")
    giver_case: str | None = strawberry.field(
        default=None, description="The giver's own case number."
    )
    note: str = strawberry.field(default="", description="What is to be remembered.")


@strawberry.input(description="A step that needs no more than a note.")
class GrantStepInput:
    id: strawberry.ID = strawberry.field(description="Which grant.")
    version: int | None = strawberry.field(default=None, description="The version you read.")
    note: str = strawberry.field(default="", description="What is to be remembered, or why.")


@strawberry.input(description="Money that the giver wants back.")
class ClaimGrantInput:
    id: strawberry.ID = strawberry.field(description="Which grant.")
    claimed: Decimal = strawberry.field(description="Kronor.")
    repay_by: date | None = strawberry.field(
        default=None, description="The last day to pay it back: it becomes a deadline."
    )
    version: int | None = strawberry.field(default=None, description="The version you read.")
    note: str = strawberry.field(default="", description="What is to be remembered.")


@strawberry.type(description="It was removed.")
class GrantRemoved:
    id: strawberry.ID = strawberry.field(description="Its global id.")


AddGrantResult = Annotated[Grant | Problem, strawberry.union("AddGrantResult", description=ANSWER)]
ChangeGrantResult = Annotated[
    Grant | Problem, strawberry.union("ChangeGrantResult", description=ANSWER)
]
RemoveGrantResult = Annotated[
    GrantRemoved | Problem, strawberry.union("RemoveGrantResult", description=ANSWER)
]
ApplyForGrantResult = Annotated[
    Grant | Problem, strawberry.union("ApplyForGrantResult", description=ANSWER)
]
DecideGrantResult = Annotated[
    Grant | Problem, strawberry.union("DecideGrantResult", description=ANSWER)
]
UseGrantResult = Annotated[Grant | Problem, strawberry.union("UseGrantResult", description=ANSWER)]
ReportGrantResult = Annotated[
    Grant | Problem, strawberry.union("ReportGrantResult", description=ANSWER)
]
ClaimGrantResult = Annotated[
    Grant | Problem, strawberry.union("ClaimGrantResult", description=ANSWER)
]
CloseGrantResult = Annotated[
    Grant | Problem, strawberry.union("CloseGrantResult", description=ANSWER)
]
TakeGrantStepBackResult = Annotated[
    Grant | Problem, strawberry.union("TakeGrantStepBackResult", description=ANSWER)
]


@strawberry.type
class GrantsMutation:
    @mutation("Add a grant to the register.")
    async def add_grant(self, info: Info, input: AddGrantInput) -> AddGrantResult:
        return Grant.of(await service.add_grant(info.context.work, **_given(input)))

    @mutation("Change what stands about a grant.")
    async def change_grant(self, info: Info, input: ChangeGrantInput) -> ChangeGrantResult:
        values = _given(input, but=("id", "version"))
        grant = await service.change_grant(
            info.context.work, local_id(input.id, Grant), version=input.version, **values
        )
        return Grant.of(grant)

    @mutation("Remove a grant that was added by mistake.")
    async def remove_grant(
        self, info: Info, id: strawberry.ID, version: int | None = None
    ) -> RemoveGrantResult:
        grant = await service.remove_grant(info.context.work, local_id(id, Grant), version=version)
        return GrantRemoved(id=Grant.of(grant).id)

    @mutation("It is sought, or requisitioned.")
    async def apply_for_grant(self, info: Info, input: ApplyForGrantInput) -> ApplyForGrantResult:
        grant = await steps.apply_for_grant(
            info.context.work,
            local_id(input.id, Grant),
            version=input.version,
            sought=input.sought,
            giver_case=input.giver_case,
            note=input.note,
        )
        return Grant.of(grant)

    @mutation("The giver has granted or refused it.")
    async def decide_grant(self, info: Info, input: DecideGrantInput) -> DecideGrantResult:
        grant = await steps.decide_grant(
            info.context.work,
            local_id(input.id, Grant),
            approved=input.approved,
            version=input.version,
            granted=input.granted,
            decided_by=input.decided_by,
            decided_on=input.decided_on,
            decided_paragraph=input.decided_paragraph,
            registry_number=input.registry_number,
            giver_case=input.giver_case,
            note=input.note,
        )
        return Grant.of(grant)

    @mutation("The money begins to be used.")
    async def use_grant(self, info: Info, input: GrantStepInput) -> UseGrantResult:
        id = local_id(input.id, Grant)
        work = info.context.work
        return Grant.of(await steps.begin_use(work, id, version=input.version, note=input.note))

    @mutation("It is reported back to the giver.")
    async def report_grant(self, info: Info, input: GrantStepInput) -> ReportGrantResult:
        id = local_id(input.id, Grant)
        work = info.context.work
        return Grant.of(await steps.report_grant(work, id, version=input.version, note=input.note))

    @mutation("The giver wants money back.")
    async def claim_grant(self, info: Info, input: ClaimGrantInput) -> ClaimGrantResult:
        grant = await steps.claim_grant(
            info.context.work,
            local_id(input.id, Grant),
            claimed=input.claimed,
            repay_by=input.repay_by,
            version=input.version,
            note=input.note,
        )
        return Grant.of(grant)

    @mutation("Nothing more is to be done.")
    async def close_grant(self, info: Info, input: GrantStepInput) -> CloseGrantResult:
        id = local_id(input.id, Grant)
        work = info.context.work
        return Grant.of(await steps.close_grant(work, id, version=input.version, note=input.note))

    @mutation("Take the last step back, with the reason.")
    async def take_grant_step_back(
        self, info: Info, input: GrantStepInput
    ) -> TakeGrantStepBackResult:
        id = local_id(input.id, Grant)
        work = info.context.work
        return Grant.of(await steps.step_back(work, id, version=input.version, note=input.note))


def _given(input: Any, *, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """What was sent. Null empties what can be empty; of the rest it is as left out."""
    values = sent(input, IDS, but=but)
    for name in ("name", "giver", "year", "unit_id"):
        if values.get(name, "") is None:
            del values[name]
    return values
