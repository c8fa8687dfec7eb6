"""Changing processes, risks and how they are judged, in the API."""

from datetime import date
from typing import Annotated, Any

import strawberry

from ....graphql.context import Info
from ....graphql.inputs import sent
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ..goals.words_schema import WordsInput
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import service
from .risks_schema import (
    ControlLight,
    Process,
    Risk,
    RiskDesign,
    RiskTreatment,
    TreatmentKind,
)

UNSET: Any = strawberry.UNSET
VERSION = "The version that was seen; a later one refuses the change."

IDS = {"unit_id": Unit, "process_id": Process, "owner_id": Person, "responsible_id": Person}
EMPTIED = frozenset({"owner_id", "process_id", "responsible_id", "attest_by", "follow_up_by"})
"""What null takes away; null for anything else leaves it as it is."""


def given(input: Any, *, without: tuple[str, ...] = ("id", "version", "reason")) -> dict[str, Any]:
    """What was sent, with ids of this service."""
    values = sent(input, IDS, but=without)
    return {name: value for name, value in values.items() if value is not None or name in EMPTIED}


@strawberry.input(description="A process of a unit.")
class AddProcessInput:
    unit_id: strawberry.ID = strawberry.field(description="Whose.")
    name: str = strawberry.field(description="What it is called.")
    description: str = strawberry.field(default="", description="What is done in it.")
    owner_id: strawberry.ID | None = strawberry.field(default=None, description="Who answers.")


@strawberry.input(description="What changes in a process; what is left out stays.")
class ChangeProcessInput:
    id: strawberry.ID = strawberry.field(description="The process.")
    version: int | None = strawberry.field(default=None, description=VERSION)
    unit_id: strawberry.ID | None = strawberry.field(default=UNSET, description="Whose.")
    name: str | None = strawberry.field(default=UNSET, description="What it is called.")
    description: str | None = strawberry.field(default=UNSET, description="What is done in it.")
    owner_id: strawberry.ID | None = strawberry.field(default=UNSET, description="Who answers.")


@strawberry.input(description="A risk of a unit.")
class AddRiskInput:
    unit_id: strawberry.ID = strawberry.field(description="Whose.")
    title: str = strawberry.field(description="What may happen.")
    category: str = strawberry.field(description="Key of a category.")
    description: str = strawberry.field(default="", description="More about it.")
    cause: str = strawberry.field(default="", description="Why it may happen.")
    effect: str = strawberry.field(default="", description="What it leads to.")
    comment: str = strawberry.field(default="", description="A comment.")
    process_id: strawberry.ID | None = strawberry.field(default=None, description="Where.")
    owner_id: strawberry.ID | None = strawberry.field(default=None, description="Who answers.")
    probability: int | None = strawberry.field(default=None, description="Step, to assess it now.")
    consequence: int | None = strawberry.field(default=None, description="Step, to assess it now.")


@strawberry.input(description="What changes in a risk; what is left out stays.")
class ChangeRiskInput:
    id: strawberry.ID = strawberry.field(description="The risk.")
    version: int | None = strawberry.field(default=None, description=VERSION)
    unit_id: strawberry.ID | None = strawberry.field(default=UNSET, description="Whose.")
    title: str | None = strawberry.field(default=UNSET, description="What may happen.")
    category: str | None = strawberry.field(default=UNSET, description="Key of a category.")
    description: str | None = strawberry.field(default=UNSET, description="More about it.")
    cause: str | None = strawberry.field(default=UNSET, description="Why it may happen.")
    effect: str | None = strawberry.field(default=UNSET, description="What it leads to.")
    comment: str | None = strawberry.field(default=UNSET, description="A comment.")
    process_id: strawberry.ID | None = strawberry.field(default=UNSET, description="Where.")
    owner_id: strawberry.ID | None = strawberry.field(default=UNSET, description="Who answers.")


@strawberry.input(description="How likely and how bad a risk is now.")
class AssessRiskInput:
    id: strawberry.ID = strawberry.field(description="The risk.")
    probability: int = strawberry.field(description="Step, from 1.")
    consequence: int = strawberry.field(description="Step, from 1.")
    reason: str = strawberry.field(default="", description="Why it is judged so.")
    version: int | None = strawberry.field(default=None, description=VERSION)


@strawberry.input(description="Why a risk is no risk any more.")
class CloseRiskInput:
    id: strawberry.ID = strawberry.field(description="The risk.")
    reason: str = strawberry.field(description="Why.")
    version: int | None = strawberry.field(default=None, description=VERSION)


@strawberry.input(description="What is decided to be done about a risk.")
class TreatRiskInput:
    risk_id: strawberry.ID = strawberry.field(description="The risk.")
    kind: TreatmentKind = strawberry.field(description="Accept, reduce, share or avoid.")
    what: str = strawberry.field(description="In words.")
    action_title: str = strawberry.field(default="", description="An action to plan, if any.")
    owner_id: strawberry.ID | None = strawberry.field(default=None, description="Who does it.")
    due_on: date | None = strawberry.field(default=None, description="By when.")


@strawberry.input(description="One step of the matrix.")
class RiskStepInput:
    word: WordsInput = strawberry.field(description="What it is called.")
    description: WordsInput | None = strawberry.field(default=None, description="What it means.")

    def read(self) -> dict[str, Any]:
        meaning = self.description.words() if self.description else {}
        return {"word": self.word.words(), "description": meaning}


@strawberry.input(description="A cell with a colour of its own.")
class RiskCellInput:
    probability: int = strawberry.field(description="Its step of probability.")
    consequence: int = strawberry.field(description="Its step of consequence.")
    light: ControlLight = strawberry.field(description="Its colour.")


@strawberry.input(description="The whole matrix of the municipality.")
class ChangeRiskMatrixInput:
    size: int = strawberry.field(description="Steps on each side, 3 to 6.")
    probability: list[RiskStepInput] = strawberry.field(description="The steps, from 1.")
    consequence: list[RiskStepInput] = strawberry.field(description="The steps, from 1.")
    yellow_from: int = strawberry.field(description="The least value that is yellow.")
    red_from: int = strawberry.field(description="The least value that is red.")
    cells: list[RiskCellInput] = strawberry.field(
        default_factory=list, description="Cells with a colour of their own."
    )


@strawberry.input(description="A category of risks.")
class RiskCategoryInput:
    key: str = strawberry.field(description="Small letters, digits and _.")
    word: WordsInput = strawberry.field(description="What it is called.")
    law: str = strawberry.field(default="", description="Key of a legal reference.")
    ended: bool = strawberry.field(default=False, description="Whether it is chosen no more.")


AddProcessResult = Annotated[
    Process | Problem, strawberry.union("AddProcessResult", description=ANSWER)
]
ChangeProcessResult = Annotated[
    Process | Problem, strawberry.union("ChangeProcessResult", description=ANSWER)
]
EndProcessResult = Annotated[
    Process | Problem, strawberry.union("EndProcessResult", description=ANSWER)
]
AddRiskResult = Annotated[Risk | Problem, strawberry.union("AddRiskResult", description=ANSWER)]
ChangeRiskResult = Annotated[
    Risk | Problem, strawberry.union("ChangeRiskResult", description=ANSWER)
]
AssessRiskResult = Annotated[
    Risk | Problem, strawberry.union("AssessRiskResult", description=ANSWER)
]
CloseRiskResult = Annotated[Risk | Problem, strawberry.union("CloseRiskResult", description=ANSWER)]
ReopenRiskResult = Annotated[
    Risk | Problem, strawberry.union("ReopenRiskResult", description=ANSWER)
]
TreatRiskResult = Annotated[
    RiskTreatment | Problem, strawberry.union("TreatRiskResult", description=ANSWER)
]
EndRiskTreatmentResult = Annotated[
    RiskTreatment | Problem, strawberry.union("EndRiskTreatmentResult", description=ANSWER)
]
ChangeRiskMatrixResult = Annotated[
    RiskDesign | Problem, strawberry.union("ChangeRiskMatrixResult", description=ANSWER)
]
ChangeRiskCategoriesResult = Annotated[
    RiskDesign | Problem, strawberry.union("ChangeRiskCategoriesResult", description=ANSWER)
]


@strawberry.type
class RiskMutation:
    @mutation("Add a process.")
    async def add_process(self, info: Info, input: AddProcessInput) -> AddProcessResult:
        return Process.of(await service.add_process(info.context.work, **given(input)))

    @mutation("Change a process.")
    async def change_process(self, info: Info, input: ChangeProcessInput) -> ChangeProcessResult:
        changes: Any = given(input)
        return Process.of(
            await service.change_process(
                info.context.work,
                local_id(input.id, Process),
                changes=changes,
                version=input.version,
            )
        )

    @mutation("End a process that has no living risks.")
    async def end_process(self, info: Info, id: strawberry.ID) -> EndProcessResult:
        return Process.of(await service.end_process(info.context.work, local_id(id, Process)))

    @mutation("Add a risk, assessed at once when both steps are sent.")
    async def add_risk(self, info: Info, input: AddRiskInput) -> AddRiskResult:
        return Risk.of(await service.add_risk(info.context.work, **given(input)))

    @mutation("Change a risk.")
    async def change_risk(self, info: Info, input: ChangeRiskInput) -> ChangeRiskResult:
        changes: Any = given(input)
        return Risk.of(
            await service.change_risk(
                info.context.work, local_id(input.id, Risk), changes=changes, version=input.version
            )
        )

    @mutation("Assess a risk; what it was before is kept.")
    async def assess_risk(self, info: Info, input: AssessRiskInput) -> AssessRiskResult:
        return Risk.of(
            await service.assess_risk(
                info.context.work,
                local_id(input.id, Risk),
                probability=input.probability,
                consequence=input.consequence,
                reason=input.reason,
                version=input.version,
            )
        )

    @mutation("Close a risk.")
    async def close_risk(self, info: Info, input: CloseRiskInput) -> CloseRiskResult:
        return Risk.of(
            await service.close_risk(
                info.context.work,
                local_id(input.id, Risk),
                reason=input.reason,
                version=input.version,
            )
        )

    @mutation("Open a closed risk again.")
    async def reopen_risk(self, info: Info, id: strawberry.ID) -> ReopenRiskResult:
        return Risk.of(await service.reopen_risk(info.context.work, local_id(id, Risk)))

    @mutation("Decide what is done about a risk, and plan an action for it.")
    async def treat_risk(self, info: Info, input: TreatRiskInput) -> TreatRiskResult:
        return RiskTreatment.of(
            await service.add_treatment(
                info.context.work,
                local_id(input.risk_id, Risk, field="riskId"),
                **given(input, without=("risk_id",)),
            )
        )

    @mutation("End a treatment of a risk.")
    async def end_risk_treatment(self, info: Info, id: strawberry.ID) -> EndRiskTreatmentResult:
        return RiskTreatment.of(
            await service.end_treatment(info.context.work, local_id(id, RiskTreatment))
        )

    @mutation("Change the matrix; refused while living risks would lie outside it.")
    async def change_risk_matrix(
        self, info: Info, input: ChangeRiskMatrixInput
    ) -> ChangeRiskMatrixResult:
        return RiskDesign.of(
            await service.change_matrix(
                info.context.work,
                size=input.size,
                probability=[step.read() for step in input.probability],
                consequence=[step.read() for step in input.consequence],
                yellow_from=input.yellow_from,
                red_from=input.red_from,
                cells={
                    f"{cell.probability},{cell.consequence}": cell.light.value
                    for cell in input.cells
                },
            )
        )

    @mutation("Change the categories; one that risks have is ended, not taken away.")
    async def change_risk_categories(
        self, info: Info, categories: list[RiskCategoryInput]
    ) -> ChangeRiskCategoriesResult:
        return RiskDesign.of(
            await service.change_categories(
                info.context.work, [vars(row) | {"word": row.word.words()} for row in categories]
            )
        )
