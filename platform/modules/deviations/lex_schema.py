"""Lex Sarah and Lex Maria in the API."""

from datetime import date
from typing import Annotated

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ..organisation.people.schema import Person
from . import lex
from .cases_schema import Deviation
from .types_schema import DeviationFinding


@strawberry.type(description="Somebody who can be given a misconduct to investigate.")
class DeviationInvestigator:
    id: strawberry.ID = strawberry.field(description="Of the person.")
    name: str = strawberry.field(description="Name.")


@strawberry.type(description="That a case was handed on: whoever did it may not see it any more.")
class DeviationHandedOn:
    id: strawberry.ID = strawberry.field(description="Of the case.")


@strawberry.input(description="A decision, and whether the authority (IVO) was told.")
class DeviationDecisionInput:
    finding: DeviationFinding = strawberry.field(description="What it was found to be.")
    reason: str = strawberry.field(description="Why.")
    notified: bool = strawberry.field(description="Whether the authority was told.")
    notified_on: date | None = strawberry.field(
        default=None, description="When; today if left out."
    )
    authority_case_number: str = strawberry.field(
        default="", description="Needed when it was told, and refused when not."
    )
    registry_number: str = strawberry.field(default="", description="Needed by HSL.")

    def notice(self) -> lex.Notice:
        return lex.Notice(
            self.notified, self.notified_on, self.authority_case_number, self.registry_number
        )


SuspectMisconductResult = Annotated[
    DeviationHandedOn | Problem,
    strawberry.union("SuspectMisconductResult", description=ANSWER),
]
AssignInvestigatorResult = Annotated[
    DeviationHandedOn | Problem,
    strawberry.union("AssignInvestigatorResult", description=ANSWER),
]
DeclineMisconductResult = Annotated[
    DeviationHandedOn | Problem,
    strawberry.union("DeclineMisconductResult", description=ANSWER),
]
DecideMisconductResult = Annotated[
    DeviationHandedOn | Problem,
    strawberry.union("DecideMisconductResult", description=ANSWER),
]
DecideMedicallyResult = Annotated[
    DeviationHandedOn | Problem,
    strawberry.union("DecideMedicallyResult", description=ANSWER),
]


@strawberry.type
class LexQuery:
    @strawberry.field(description="Who is independent of a case and can investigate it.")
    async def independent_investigators(
        self, info: Info, deviation_id: strawberry.ID
    ) -> list[DeviationInvestigator]:
        case_id = local_id(deviation_id, Deviation, field="deviationId")
        found = await lex.independent_investigators(info.context.work, case_id)
        return [
            DeviationInvestigator(id=strawberry.ID(f"Person:{id}"), name=name) for id, name in found
        ]


@strawberry.type
class LexMutation:
    @mutation("Hand a suspected misconduct to an independent investigator, in one step.")
    async def suspect_misconduct(
        self,
        info: Info,
        id: strawberry.ID,
        investigator_id: strawberry.ID,
        reason: str,
        version: int,
    ) -> SuspectMisconductResult:
        await lex.suspect_misconduct(
            info.context.work,
            local_id(id, Deviation),
            investigator_id=local_id(investigator_id, Person, field="investigatorId"),
            reason=reason,
            version=version,
        )
        return DeviationHandedOn(id=id)

    @mutation("Give a misconduct to an independent investigator, or to another one.")
    async def assign_investigator(
        self, info: Info, id: strawberry.ID, investigator_id: strawberry.ID, version: int
    ) -> AssignInvestigatorResult:
        await lex.assign_investigator(
            info.context.work,
            local_id(id, Deviation),
            investigator_id=local_id(investigator_id, Person, field="investigatorId"),
            version=version,
        )
        return DeviationHandedOn(id=id)

    @mutation("Decline a case: it goes back to the place as a deviation.")
    async def decline_misconduct(
        self, info: Info, id: strawberry.ID, reason: str, version: int
    ) -> DeclineMisconductResult:
        case_id = local_id(id, Deviation)
        await lex.decline_misconduct(info.context.work, case_id, reason=reason, version=version)
        return DeviationHandedOn(id=id)

    @mutation("Decide on a misconduct; the outcome goes to the reporter and back to the place.")
    async def decide_misconduct(
        self,
        info: Info,
        id: strawberry.ID,
        input: DeviationDecisionInput,
        outcome: str,
        version: int,
    ) -> DecideMisconductResult:
        await lex.decide_misconduct(
            info.context.work,
            local_id(id, Deviation),
            finding=input.finding,
            reason=input.reason,
            outcome=outcome,
            notice=input.notice(),
            version=version,
        )
        return DeviationHandedOn(id=id)

    @mutation("Decide on the HSL part of a case (Lex Maria).")
    async def decide_medically(
        self, info: Info, id: strawberry.ID, input: DeviationDecisionInput
    ) -> DecideMedicallyResult:
        await lex.decide_medical(
            info.context.work,
            local_id(id, Deviation),
            finding=input.finding,
            reason=input.reason,
            notice=input.notice(),
        )
        return DeviationHandedOn(id=id)
