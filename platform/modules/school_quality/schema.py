"""Preschools, schools and their year in the API."""

from datetime import date, datetime
from typing import Annotated

import strawberry
from sqlalchemy import ColumnElement, and_, true

from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....graphql.paging import Connection
from ....graphql.stored import Place, Related, Row, by_id, many, one, page_of, planned, shown
from ....tenants.legal import law
from ..organisation.people.schema import Person
from ..organisation.settings.legal_schema import LegalReference
from ..organisation.units.schema import Unit
from ..reports.reports_schema import Report
from . import cycle, models, stands, years

READ = "school_quality.read"

SchoolForm = models.SchoolForm
strawberry.enum(SchoolForm, description="What a preschool or school runs.")
SchoolStep = models.Step
strawberry.enum(SchoolStep, name="SchoolStep", description="A step of the school year.")
SchoolGroup = models.TakingPart
strawberry.enum(SchoolGroup, name="SchoolGroup", description="Who takes part.")
SchoolStage = stands.Stage
strawberry.enum(SchoolStage, name="SchoolStage", description="How far a step has come.")
SchoolStanding = cycle.Standing
strawberry.enum(SchoolStanding, name="SchoolStanding", description="How a school year stands.")


@strawberry.type(description="Somebody is the principal of a school from a day on.")
class SchoolPrincipal(Node):
    model = models.SchoolPrincipal
    permission = READ
    change = "school_quality.design"

    row: strawberry.Private[models.SchoolPrincipal]
    from_on: date = strawberry.field(description="The first day.")
    until_on: date | None = strawberry.field(description="The last day; null while it goes on.")
    changed_at: datetime = strawberry.field(description="When it was written last.")

    person: Person | None = one(models.SchoolPrincipal.person_id, "Who.")
    changed_by: Person | None = one(models.SchoolPrincipal.changed_by, "Who wrote it last.")


@strawberry.type(description="A group that took part in a step of a school's year.")
class SchoolParticipation(Node):
    model = models.SchoolParticipation
    permission = READ
    change = "school_quality.write"

    row: strawberry.Private[models.SchoolParticipation]
    year: int = strawberry.field(description="The calendar year in which the school year begins.")
    step: SchoolStep = strawberry.field(description="In which step.")
    who: SchoolGroup = strawberry.field(description="Which group.")
    how: str = strawberry.field(description="How.")
    held_on: date = strawberry.field(description="When.")
    written_at: datetime = strawberry.field(description="When it was written.")

    written_by: Person | None = one(models.SchoolParticipation.written_by, "Who wrote it.")


@strawberry.type(description="A unit that is a preschool or a school.")
class SchoolUnit(Node):
    model = models.SchoolUnit
    permission = READ
    change = "school_quality.design"

    row: strawberry.Private[models.SchoolUnit]
    code: str = strawberry.field(description="The national school unit code; empty without one.")
    first_year: int = strawberry.field(description="Followed from the school year that begins.")
    last_year: int | None = strawberry.field(description="The last year; null while it goes on.")
    version: int = strawberry.field(description="Counts up with every change.")
    changed_at: datetime = strawberry.field(description="When it was changed last.")

    forms: list[SchoolForm] = shown(models.SchoolUnit.forms, "What it runs.")
    unit: Unit | None = one(models.SchoolUnit.unit_id, "The unit.")
    organiser: Unit | None = one(models.SchoolUnit.organiser_id, "Who organises it.")
    changed_by: Person | None = one(models.SchoolUnit.changed_by, "Who changed it last.")
    principals: list[SchoolPrincipal] = many(
        models.SchoolPrincipal.school_id,
        "All principals, the first first.",
        order=lambda row: (row.from_on,),
    )
    participations: list[SchoolParticipation] = many(
        models.SchoolParticipation.school_id,
        "Who took part, in all years.",
        order=lambda row: (row.held_on,),
    )


@strawberry.type(description="A step of somebody's school year, as it stands.")
class SchoolStepTaken:
    step: SchoolStep = strawberry.field(description="Which one.")
    due_on: date = strawberry.field(description="Its last day.")
    stage: SchoolStage = strawberry.field(description="How far it has come.")
    late: bool = strawberry.field(description="Whether that day is over and it is not done.")
    report: Report | None = strawberry.field(description="The report that it is, or is a part of.")

    @classmethod
    def of(cls, step: stands.Taken) -> "SchoolStepTaken":
        return cls(
            step=step.step,
            due_on=step.due_on,
            stage=step.stage,
            late=step.late,
            report=Report.maybe(step.report),
        )


@strawberry.type(description="A school's year.")
class SchoolYear:
    school: SchoolUnit = strawberry.field(description="Whose.")
    standing: SchoolStanding = strawberry.field(description="How the whole of it stands.")
    steps: list[SchoolStepTaken] = strawberry.field(description="Its steps in order.")
    missing: list[SchoolGroup] = strawberry.field(description="Groups that have not taken part.")


@strawberry.type(description="What a committee reports for its schools in a year.")
class OrganiserYear:
    schools: int = strawberry.field(description="How many schools it organises then.")
    step: SchoolStepTaken | None = strawberry.field(description="Null where none is reported.")
    unit: Unit | None = strawberry.field(description="The committee.")


@strawberry.type(description="The schools of a step by how far they have come, each once.")
class SchoolStepTotal:
    step: SchoolStep = strawberry.field(description="Which one.")
    due_on: date = strawberry.field(description="Its last day.")
    done: int = strawberry.field(description="Done or approved.")
    begun: int = strawberry.field(description="Begun, and in time.")
    not_begun: int = strawberry.field(description="Not begun, and in time.")
    late: int = strawberry.field(description="Not done, and the last day is over.")
    done_before: int = strawberry.field(description="Done in the year before.")
    count_before: int = strawberry.field(description="Schools in the year before.")


@strawberry.type(description="All schools of a school year.")
class SchoolOverview:
    label: str = strawberry.field(description="The school year, such as 2026/27.")
    schools: list[SchoolYear] = strawberry.field(description="Those that fit, by their names.")
    organisers: list[OrganiserYear] = strawberry.field(description="Who organises them.")
    totals: list[SchoolStepTotal] = strawberry.field(description="By step.")
    legal_reference: LegalReference | None = strawberry.field(description="What the law says.")


def _chosen(row: Row, place: Place) -> ColumnElement[bool]:
    form, unit_id = place.arguments["form"], place.arguments["unit_id"]
    chosen = [] if form is None else [cycle.runs(row.forms, form)]
    return and_(true(), *chosen, *([] if unit_id is None else [row.unit_id == unit_id]))


SCHOOLS = Related(
    _chosen,
    lambda row, _place: (row.first_year,),
    asks=(READ,),
    reads={
        "form": lambda form: models.SchoolForm(form).value,
        "unit_id": lambda id: local_id(id, Unit, field="unitId"),
    },
)


@strawberry.type
class SchoolQuery:
    @strawberry.field(description="A preschool or school by id.", metadata=by_id(SchoolUnit))
    async def school_unit(self, info: Info, id: strawberry.ID) -> SchoolUnit | None:
        return await SchoolUnit.find(info, local_id(id, SchoolUnit))

    @strawberry.field(
        description="Preschools and schools, those followed longest first.",
        metadata=planned(SCHOOLS),
    )
    async def school_units(
        self,
        info: Info,
        form: Annotated[
            SchoolForm | None, strawberry.argument(description="Those that run it.")
        ] = None,
        unit_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="The one at a unit.")
        ] = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[SchoolUnit]:
        return await page_of(
            SCHOOLS, info, SchoolUnit, first=first, after=after, form=form, unit_id=unit_id
        )

    @strawberry.field(description="How far the schools have come in a school year.")
    async def school_overview(
        self,
        info: Info,
        year: Annotated[
            int, strawberry.argument(description="The calendar year in which it begins.")
        ],
        form: Annotated[
            SchoolForm | None, strawberry.argument(description="Those that run it.")
        ] = None,
        standing: Annotated[
            SchoolStanding | None, strawberry.argument(description="How their year stands.")
        ] = None,
        organiser_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Those that it organises.")
        ] = None,
    ) -> SchoolOverview:
        work = info.context.work
        organiser = local_id(organiser_id, Unit, field="organiserId") if organiser_id else None
        found = await cycle.overview(
            work, year=year, form=form, standing=standing, organiser_id=organiser
        )
        says = await law(work, "school.quality", on=years.nearest(year, work.today))
        return SchoolOverview(
            label=years.label(year),
            schools=[_year(row) for row in found.schools],
            organisers=[await _organiser(info, each) for each in found.organisers],
            totals=[_total(each) for each in found.totals],
            legal_reference=LegalReference.maybe(says),
        )


def _year(row: cycle.SchoolYear) -> SchoolYear:
    return SchoolYear(
        school=SchoolUnit.of(row.school),
        standing=row.standing,
        steps=[SchoolStepTaken.of(step) for step in row.steps],
        missing=list(row.missing),
    )


async def _organiser(info: Info, each: cycle.OrganiserYear) -> OrganiserYear:
    return OrganiserYear(
        schools=each.schools,
        step=SchoolStepTaken.of(each.step) if each.step else None,
        unit=await Unit.find(info, each.unit.id),
    )


def _total(each: cycle.StepTotal) -> SchoolStepTotal:
    return SchoolStepTotal(
        step=each.step,
        due_on=each.due_on,
        done=each.done,
        begun=each.begun,
        not_begun=each.not_begun,
        late=each.late,
        done_before=each.done_before,
        count_before=each.count_before,
    )
