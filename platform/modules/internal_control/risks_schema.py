"""Processes and risks in the API: the portfolio, its history and its matrix."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, and_, true

from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....graphql.paging import Connection
from ....graphql.stored import Place, Related, Row, by_id, many, one, page_of, planned
from ....infra.i18n import in_language
from ....tenants.tree.below import below_sql
from ..actions.schema import PlannedAction
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import models, service

READ = "internal_control.read"
WRITE = "internal_control.write"

ControlLight = models.ControlLight
TreatmentKind = models.TreatmentKind
strawberry.enum(ControlLight, description="What a control showed, or how high a risk is.")
strawberry.enum(TreatmentKind, name="RiskTreatmentKind", description="What is done about a risk.")


@strawberry.type(description="Something that a unit does over and over, in which risks arise.")
class Process(Node):
    model = models.Process
    permission = READ
    change = WRITE

    row: strawberry.Private[models.Process]
    name: str = strawberry.field(description="What it is called.")
    description: str = strawberry.field(description="What is done in it.")
    version: int = strawberry.field(description="Version, to change it by.")
    ended_at: datetime | None = strawberry.field(description="When it ended.")

    unit: Unit | None = one(models.Process.unit_id, "Whose process it is.")
    owner: Person | None = one(models.Process.owner_id, "Who answers for it.")
    ended_by: Person | None = one(models.Process.ended_by, "Who ended it.")
    risks: list["Risk"] = many(
        models.Risk.process_id, "The risks in it by number.", order=lambda row: (row.number,)
    )


@strawberry.type(description="One assessment of a risk, and what the risk was before.")
class RiskAssessment(Node):
    model = models.RiskAssessment
    permission = READ
    change = WRITE

    row: strawberry.Private[models.RiskAssessment]
    probability: int = strawberry.field(description="Step of probability, from 1.")
    consequence: int = strawberry.field(description="Step of consequence, from 1.")
    value: int = strawberry.field(description="Their product.")
    before_probability: int | None = strawberry.field(description="What it was; null at first.")
    before_consequence: int | None = strawberry.field(description="What it was; null at first.")
    size: int = strawberry.field(description="Steps on each side of the matrix then.")
    reason: str = strawberry.field(description="Why it is judged so.")
    assessed_at: datetime = strawberry.field(description="When.")

    assessed_by: Person | None = one(models.RiskAssessment.assessed_by, "By whom.")


@strawberry.type(description="What is decided to be done about a risk.")
class RiskTreatment(Node):
    model = models.RiskTreatment
    permission = READ
    change = WRITE

    row: strawberry.Private[models.RiskTreatment]
    kind: TreatmentKind = strawberry.field(description="Accept, reduce, share or avoid.")
    what: str = strawberry.field(description="In words.")
    added_at: datetime = strawberry.field(description="When it was decided.")
    ended_at: datetime | None = strawberry.field(description="When it ended.")

    action: PlannedAction | None = one(models.RiskTreatment.action_id, "Its planned action.")
    added_by: Person | None = one(models.RiskTreatment.added_by, "Who decided.")
    ended_by: Person | None = one(models.RiskTreatment.ended_by, "Who ended it.")


@strawberry.type(description="Something that may happen, in the portfolio of a unit.")
class Risk(Node):
    model = models.Risk
    permission = READ
    change = WRITE

    row: strawberry.Private[models.Risk]
    number: int = strawberry.field(description="Its number in the municipality.")
    title: str = strawberry.field(description="What may happen.")
    description: str = strawberry.field(description="More about it.")
    cause: str = strawberry.field(description="Why it may happen.")
    effect: str = strawberry.field(description="What it leads to.")
    comment: str = strawberry.field(description="A comment.")
    category: str = strawberry.field(description="Key of its category; see `riskDesign`.")
    probability: int | None = strawberry.field(description="Step, null until it is assessed.")
    consequence: int | None = strawberry.field(description="Step, null until it is assessed.")
    value: int | None = strawberry.field(description="Probability times consequence.")
    assessed_at: datetime | None = strawberry.field(description="When it was assessed last.")
    version: int = strawberry.field(description="Version, to change it by.")
    created_at: datetime = strawberry.field(description="When it was added.")
    closed_at: datetime | None = strawberry.field(description="When it was closed.")
    close_reason: str = strawberry.field(description="Why it was closed.")

    unit: Unit | None = one(models.Risk.unit_id, "Whose risk it is.")
    process: Process | None = one(models.Risk.process_id, "The process that it arises in.")
    owner: Person | None = one(models.Risk.owner_id, "Who answers for it.")
    assessed_by: Person | None = one(models.Risk.assessed_by, "Who assessed it last.")
    closed_by: Person | None = one(models.Risk.closed_by, "Who closed it.")
    assessments: list[RiskAssessment] = many(
        models.RiskAssessment.risk_id,
        "All assessments, the first first.",
        order=lambda row: (row.assessed_at,),
    )
    treatments: list[RiskTreatment] = many(
        models.RiskTreatment.risk_id,
        "What is done about it, in the order it was decided.",
        order=lambda row: (row.added_at,),
    )


@strawberry.type(description="One step of probability or consequence.")
class RiskStep:
    step: int = strawberry.field(description="From 1.")
    word: str = strawberry.field(description="What it is called.")
    description: str = strawberry.field(description="What it means.")

    @classmethod
    def of(cls, step: int, row: service.Step) -> Self:
        told = in_language(row.description) if row.description.get("sv") else ""
        return cls(step=step, word=in_language(row.word), description=told)


@strawberry.type(description="A category of risks.")
class RiskCategory:
    key: str = strawberry.field(description="Key, by which risks name it.")
    name: str = strawberry.field(description="What it is called.")
    law: str = strawberry.field(description="Key of the legal reference that asks for it, if any.")
    ended: bool = strawberry.field(description="Whether it is chosen no more.")

    @classmethod
    def of(cls, row: service.Category) -> Self:
        return cls(key=row.key, name=in_language(row.word), law=row.law, ended=row.ended)


@strawberry.type(description="A cell that has a colour of its own.")
class RiskDesignCell:
    probability: int = strawberry.field(description="Its step of probability.")
    consequence: int = strawberry.field(description="Its step of consequence.")
    light: ControlLight = strawberry.field(description="Its colour.")


@strawberry.type(description="A colour of the matrix.")
class RiskColour:
    light: ControlLight = strawberry.field(description="The colour.")
    name: str = strawberry.field(description="What it means, in the reader's language.")


@strawberry.type(description="How the municipality judges risks: steps, limits and categories.")
class RiskDesign:
    size: int = strawberry.field(description="Steps on each side of the matrix.")
    probability: list[RiskStep] = strawberry.field(description="The steps of probability.")
    consequence: list[RiskStep] = strawberry.field(description="The steps of consequence.")
    yellow_from: int = strawberry.field(description="The least value that is yellow.")
    red_from: int = strawberry.field(description="The least value that is red.")
    cells: list[RiskDesignCell] = strawberry.field(
        description="Cells with a colour of their own; the others have that of their value."
    )
    colours: list[RiskColour] = strawberry.field(description="What each colour means.")
    categories: list[RiskCategory] = strawberry.field(description="In their order.")

    @classmethod
    def of(cls, design: service.Design) -> Self:
        return cls(
            size=design.size,
            probability=[RiskStep.of(n, row) for n, row in enumerate(design.probability, 1)],
            consequence=[RiskStep.of(n, row) for n, row in enumerate(design.consequence, 1)],
            yellow_from=design.yellow_from,
            red_from=design.red_from,
            cells=[
                RiskDesignCell(probability=int(p), consequence=int(c), light=light)
                for (p, c), light in sorted((k.split(","), v) for k, v in design.cells.items())
            ],
            colours=[
                RiskColour(light=light, name=design.colour_word(light)) for light in ControlLight
            ],
            categories=[RiskCategory.of(row) for row in design.categories],
        )


@strawberry.type(description="A cell of the matrix.")
class RiskMatrixCell:
    probability: int = strawberry.field(description="Its step of probability.")
    consequence: int = strawberry.field(description="Its step of consequence.")
    value: int = strawberry.field(description="Their product.")
    light: ControlLight = strawberry.field(description="Its colour.")
    word: str = strawberry.field(description="What the colour means.")
    risks: list[Risk] = strawberry.field(description="What lay there, by number.")


@strawberry.type(description="The risks of a unit by probability and consequence, on a day.")
class RiskMatrix:
    on: date = strawberry.field(description="The day.")
    size: int = strawberry.field(description="Steps on each side.")
    cells: list[RiskMatrixCell] = strawberry.field(
        description="Row by row, the highest consequence first."
    )
    unassessed: list[Risk] = strawberry.field(description="Risks that nobody had assessed.")

    @classmethod
    def of(cls, matrix: service.Matrix) -> Self:
        return cls(
            on=matrix.on,
            size=matrix.size,
            cells=[
                RiskMatrixCell(
                    probability=cell.probability,
                    consequence=cell.consequence,
                    value=cell.value,
                    light=cell.light,
                    word=matrix.design.colour_word(cell.light),
                    risks=[Risk.of(dot.risk) for dot in cell.dots],
                )
                for row in matrix.rows()
                for cell in row
            ],
            unassessed=[Risk.of(risk) for risk in matrix.unassessed],
        )


def unit_of(id: strawberry.ID) -> UUID:
    return local_id(id, Unit, field="unitId")


def process_of(id: strawberry.ID) -> UUID:
    return local_id(id, Process, field="processId")


def at_unit(row: Row, place: Place) -> list[ColumnElement[bool]]:
    """Of the unit that is asked for, or one below it."""
    unit = place.arguments["unit_id"]
    if unit is None:
        return []
    given = place.given
    return [row.unit_id.in_(below_sql(unit, tenant_id=given.tenant, today=given.today))]


def _processes(row: Row, place: Place) -> ColumnElement[bool]:
    ended = place.arguments["ended"]
    chosen = [] if ended is None else [row.ended_at.is_not(None) == ended]
    return and_(row.tenant_id == place.given.tenant, *chosen, *at_unit(row, place))


def _risks(row: Row, place: Place) -> ColumnElement[bool]:
    given = place.arguments
    chosen = [
        getattr(row, name) == given[name]
        for name in ("category", "process_id")
        if given[name] is not None
    ]
    if given["closed"] is not None:
        chosen.append(row.closed_at.is_not(None) == given["closed"])
    if given["least_value"] is not None:
        chosen.append(row.value >= given["least_value"])
    return and_(true(), *chosen, *at_unit(row, place))


PROCESSES = Related(
    _processes,
    lambda row, _place: (row.name,),
    asks=(READ,),
    reads={"unit_id": unit_of},
)
RISKS = Related(
    _risks,
    lambda row, _place: (row.number,),
    asks=(READ,),
    reads={"unit_id": unit_of, "process_id": process_of},
)

BELOW = strawberry.argument(description="With the units below it.")


@strawberry.type
class RiskQuery:
    @strawberry.field(description="A process; null when there is none.", metadata=by_id(Process))
    async def process(self, info: Info, id: strawberry.ID) -> Process | None:
        return await Process.find(info, local_id(id, Process))

    @strawberry.field(
        description="Processes by name; what is left out does not narrow.",
        metadata=planned(PROCESSES),
    )
    async def processes(
        self,
        info: Info,
        unit_id: Annotated[strawberry.ID | None, BELOW] = None,
        ended: bool | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Process]:
        return await page_of(
            PROCESSES, info, Process, unit_id=unit_id, ended=ended, first=first, after=after
        )

    @strawberry.field(description="A risk; null when there is none.", metadata=by_id(Risk))
    async def risk(self, info: Info, id: strawberry.ID) -> Risk | None:
        return await Risk.find(info, local_id(id, Risk))

    @strawberry.field(
        description="Risks by number; what is left out does not narrow.", metadata=planned(RISKS)
    )
    async def risks(
        self,
        info: Info,
        unit_id: Annotated[strawberry.ID | None, BELOW] = None,
        category: Annotated[
            str | None, strawberry.argument(description="Key of a category.")
        ] = None,
        process_id: strawberry.ID | None = None,
        closed: bool | None = None,
        least_value: Annotated[
            int | None, strawberry.argument(description="With this value or more.")
        ] = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Risk]:
        return await page_of(
            RISKS,
            info,
            Risk,
            unit_id=unit_id,
            category=category,
            process_id=process_id,
            closed=closed,
            least_value=least_value,
            first=first,
            after=after,
        )

    @strawberry.field(description="How the municipality judges risks.")
    async def risk_design(self, info: Info) -> RiskDesign:
        info.context.work.require(READ)
        return RiskDesign.of(await service.design_of(info.context.work))

    @strawberry.field(description="The matrix of all living risks, or of a unit's, on a day.")
    async def risk_matrix(
        self,
        info: Info,
        unit_id: Annotated[strawberry.ID | None, BELOW] = None,
        on: Annotated[
            date | None, strawberry.argument(description="As it was that day; now if left out.")
        ] = None,
        category: str | None = None,
        process_id: strawberry.ID | None = None,
    ) -> RiskMatrix:
        return RiskMatrix.of(
            await service.risk_matrix(
                info.context.work,
                unit_id=None if unit_id is None else unit_of(unit_id),
                on=on,
                category=category,
                process_id=None if process_id is None else process_of(process_id),
            )
        )
