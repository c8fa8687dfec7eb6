"""What is written in a case, in the API."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ..organisation.people.schema import Person
from . import acting, cases, handling
from .cases_schema import Deviation
from .catalogues_schema import DeviationCategory
from .types_schema import (
    DeviationAnswerInput,
    DeviationFormKind,
    DeviationLaw,
    answers_in,
    maybe_id,
)

CategoriseDeviationResult = Annotated[
    Deviation | Problem, strawberry.union("CategoriseDeviationResult", description=ANSWER)
]
AssessDeviationRiskResult = Annotated[
    Deviation | Problem, strawberry.union("AssessDeviationRiskResult", description=ANSWER)
]
WriteDeviationDocumentResult = Annotated[
    Deviation | Problem, strawberry.union("WriteDeviationDocumentResult", description=ANSWER)
]
ReopenDeviationDocumentResult = Annotated[
    Deviation | Problem, strawberry.union("ReopenDeviationDocumentResult", description=ANSWER)
]
PlanDeviationActionResult = Annotated[
    Deviation | Problem, strawberry.union("PlanDeviationActionResult", description=ANSWER)
]
CloseDeviationResult = Annotated[
    Deviation | Problem, strawberry.union("CloseDeviationResult", description=ANSWER)
]


@strawberry.input(description="A risk by one law.")
class DeviationRiskInput:
    law: DeviationLaw = strawberry.field(description="By which law.")
    severity: int = strawberry.field(description="1 to 4.")
    probability: int = strawberry.field(description="1 to 4.")
    value: int | None = strawberry.field(
        default=None, description="Their product; refused when it is not."
    )
    assessed_with: str = strawberry.field(default="", description="Needed by HSL.")
    version: int = strawberry.field(default=0, description="0 for a first one.")


@strawberry.type
class CaseMutation:
    @mutation("Choose the category and the laws of a case; what is left out stays.")
    async def categorise_deviation(
        self,
        info: Info,
        id: strawberry.ID,
        version: int,
        category_id: strawberry.ID | None = None,
        laws: list[DeviationLaw] | None = None,
    ) -> CategoriseDeviationResult:
        case_id = local_id(id, Deviation)
        category = maybe_id(category_id, DeviationCategory, field="categoryId")
        await handling.categorise(
            info.context.work, case_id, version=version, category_id=category, laws=laws
        )
        return await _shown(info, case_id)

    @mutation("Assess the risk by one law.")
    async def assess_deviation_risk(
        self, info: Info, id: strawberry.ID, input: DeviationRiskInput
    ) -> AssessDeviationRiskResult:
        case_id = local_id(id, Deviation)
        await handling.assess_risk(
            info.context.work,
            case_id,
            input.law,
            severity=input.severity,
            probability=input.probability,
            value=input.value,
            assessed_with=input.assessed_with,
            version=input.version,
        )
        return await _shown(info, case_id)

    @mutation("Write a document over the version that you have seen.")
    async def write_deviation_document(
        self,
        info: Info,
        id: strawberry.ID,
        kind: DeviationFormKind,
        answers: list[DeviationAnswerInput],
        version: int,
        complete: bool = False,
    ) -> WriteDeviationDocumentResult:
        case_id = local_id(id, Deviation)
        await handling.write_document(
            info.context.work,
            case_id,
            kind,
            answers=answers_in(answers),
            version=version,
            complete=complete,
        )
        return await _shown(info, case_id)

    @mutation("Let a completed document be written in again.")
    async def reopen_deviation_document(
        self, info: Info, id: strawberry.ID, kind: DeviationFormKind, version: int
    ) -> ReopenDeviationDocumentResult:
        case_id = local_id(id, Deviation)
        await handling.reopen_document(info.context.work, case_id, kind, version=version)
        return await _shown(info, case_id)

    @mutation("Plan an action of a case.")
    async def plan_deviation_action(
        self, info: Info, id: strawberry.ID, title: str, owner_id: strawberry.ID, due_on: date
    ) -> PlanDeviationActionResult:
        case_id = local_id(id, Deviation)
        owner = local_id(owner_id, Person, field="ownerId")
        await acting.plan_action(
            info.context.work, case_id, title=title, owner_id=owner, due_on=due_on
        )
        return await _shown(info, case_id)

    @mutation("Close a case, and tell the reporter what came of it.")
    async def close_deviation(
        self, info: Info, id: strawberry.ID, version: int, outcome: str = ""
    ) -> CloseDeviationResult:
        case_id = local_id(id, Deviation)
        await handling.close_case(info.context.work, case_id, outcome=outcome, version=version)
        return await _shown(info, case_id)


async def _shown(info: Info, case_id: UUID) -> Deviation:
    return Deviation.of(await cases.get_case(info.context.work, case_id))
