"""Changing schools, principals and who took part; beginning and gathering reports."""

from datetime import date
from typing import Annotated

import strawberry

from ....graphql.context import Info
from ....graphql.inputs import sent
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ..organisation.files.jobs_schema import Job
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from ..reports.reports_schema import Report
from ..reports.writing.sections_schema import Section
from . import exporting, reporting, schools, taking_part
from .schema import (
    SchoolForm,
    SchoolGroup,
    SchoolParticipation,
    SchoolPrincipal,
    SchoolStanding,
    SchoolStep,
    SchoolUnit,
)


@strawberry.input(description="A unit that is a preschool or a school.")
class AddSchoolUnitInput:
    unit_id: strawberry.ID = strawberry.field(description="The unit.")
    forms: list[SchoolForm] = strawberry.field(description="What it runs.")
    organiser_id: strawberry.ID = strawberry.field(description="The committee that organises it.")
    code: str = strawberry.field(default="", description="The national code, eight digits.")
    first_year: int = strawberry.field(description="Followed from the school year that begins.")
    last_year: int | None = strawberry.field(default=None, description="The last, if any.")


@strawberry.input(description="All that is told of a preschool or school, anew.")
class ChangeSchoolUnitInput:
    id: strawberry.ID = strawberry.field(description="The school.")
    version: int = strawberry.field(description="The one you have read.")
    forms: list[SchoolForm] = strawberry.field(description="What it runs.")
    organiser_id: strawberry.ID = strawberry.field(description="The committee that organises it.")
    code: str = strawberry.field(default="", description="The national code, eight digits.")
    first_year: int = strawberry.field(description="Followed from the school year that begins.")
    last_year: int | None = strawberry.field(default=None, description="The last, if any.")


@strawberry.input(description="Somebody who becomes the principal.")
class AppointPrincipalInput:
    school_id: strawberry.ID = strawberry.field(description="Of which school.")
    person_id: strawberry.ID = strawberry.field(description="Who.")
    from_on: date = strawberry.field(description="The first day.")
    until_on: date | None = strawberry.field(default=None, description="The last day, if any.")


@strawberry.input(description="The days of a principal.")
class ChangePrincipalInput:
    id: strawberry.ID = strawberry.field(description="The principal.")
    from_on: date = strawberry.field(description="The first day.")
    until_on: date | None = strawberry.field(default=None, description="The last day, if any.")


@strawberry.input(description="A group that took part in a step.")
class AddSchoolParticipationInput:
    school_id: strawberry.ID = strawberry.field(description="Of which school.")
    year: int = strawberry.field(description="The calendar year in which the school year begins.")
    step: SchoolStep = strawberry.field(description="In which step.")
    who: SchoolGroup = strawberry.field(description="Which group.")
    how: str = strawberry.field(description="How; never a child's name.")
    held_on: date = strawberry.field(description="When.")


@strawberry.input(description="A plan or a quality report to begin.")
class BeginSchoolReportInput:
    school_id: strawberry.ID = strawberry.field(description="Of which school.")
    step: SchoolStep = strawberry.field(description="PLAN or REPORT.")
    year: int = strawberry.field(description="The calendar year in which the school year begins.")


@strawberry.input(description="The report of a committee about its schools.")
class OrganiserReportInput:
    organiser_id: strawberry.ID = strawberry.field(description="The committee.")
    year: int = strawberry.field(description="The calendar year in which the school year begins.")


@strawberry.input(description="Which schools to write to a workbook.")
class ExportSchoolsInput:
    year: int = strawberry.field(description="The calendar year in which the school year begins.")
    form: SchoolForm | None = strawberry.field(default=None, description="Those that run it.")
    standing: SchoolStanding | None = strawberry.field(
        default=None, description="How their year stands."
    )
    organiser_id: strawberry.ID | None = strawberry.field(
        default=None, description="Those that it organises."
    )


@strawberry.type(description="What was put into the organiser's report.")
class SchoolGathering:
    report: Report = strawberry.field(description="The report.")
    chapters: list[Section] = strawberry.field(description="The chapters that were filled.")
    schools: int = strawberry.field(description="From how many schools.")


AddSchoolUnitResult = Annotated[
    SchoolUnit | Problem, strawberry.union("AddSchoolUnitResult", description=ANSWER)
]
ChangeSchoolUnitResult = Annotated[
    SchoolUnit | Problem, strawberry.union("ChangeSchoolUnitResult", description=ANSWER)
]
AppointPrincipalResult = Annotated[
    SchoolPrincipal | Problem, strawberry.union("AppointPrincipalResult", description=ANSWER)
]
ChangePrincipalResult = Annotated[
    SchoolPrincipal | Problem, strawberry.union("ChangePrincipalResult", description=ANSWER)
]
AddSchoolParticipationResult = Annotated[
    SchoolParticipation | Problem,
    strawberry.union("AddSchoolParticipationResult", description=ANSWER),
]
RemoveSchoolParticipationResult = Annotated[
    SchoolUnit | Problem,
    strawberry.union("RemoveSchoolParticipationResult", description=ANSWER),
]
BeginSchoolReportResult = Annotated[
    Report | Problem, strawberry.union("BeginSchoolReportResult", description=ANSWER)
]
BeginOrganiserReportResult = Annotated[
    Report | Problem, strawberry.union("BeginOrganiserReportResult", description=ANSWER)
]
GatherOrganiserReportResult = Annotated[
    SchoolGathering | Problem,
    strawberry.union("GatherOrganiserReportResult", description=ANSWER),
]
ExportSchoolsResult = Annotated[
    Job | Problem, strawberry.union("ExportSchoolsResult", description=ANSWER)
]


@strawberry.type
class SchoolMutation:
    @mutation("Tell that a unit is a preschool or a school.")
    async def add_school_unit(self, info: Info, input: AddSchoolUnitInput) -> AddSchoolUnitResult:
        given = sent(input, {"unit_id": Unit, "organiser_id": Unit})
        unit_id = given.pop("unit_id")
        return SchoolUnit.of(
            await schools.add_school(info.context.work, unit_id, schools.School(**given))
        )

    @mutation("Tell anew what a preschool or school is.")
    async def change_school_unit(
        self, info: Info, input: ChangeSchoolUnitInput
    ) -> ChangeSchoolUnitResult:
        given = sent(input, {"organiser_id": Unit}, but=("id", "version"))
        row = await schools.change_school(
            info.context.work,
            local_id(input.id, SchoolUnit),
            schools.School(**given),
            version=input.version,
        )
        return SchoolUnit.of(row)

    @mutation("Appoint a principal; the one before is so until the day before.")
    async def appoint_principal(
        self, info: Info, input: AppointPrincipalInput
    ) -> AppointPrincipalResult:
        given = sent(input, {"school_id": SchoolUnit, "person_id": Person})
        school_id = given.pop("school_id")
        return SchoolPrincipal.of(
            await schools.appoint_principal(info.context.work, school_id, **given)
        )

    @mutation("Change the days of a principal.")
    async def change_principal(
        self, info: Info, input: ChangePrincipalInput
    ) -> ChangePrincipalResult:
        row = await schools.change_principal(
            info.context.work,
            local_id(input.id, SchoolPrincipal),
            from_on=input.from_on,
            until_on=input.until_on,
        )
        return SchoolPrincipal.of(row)

    @mutation("Note that a group took part in a step.")
    async def add_school_participation(
        self, info: Info, input: AddSchoolParticipationInput
    ) -> AddSchoolParticipationResult:
        given = sent(input, {"school_id": SchoolUnit})
        school_id = given.pop("school_id")
        return SchoolParticipation.of(
            await taking_part.add_participation(info.context.work, school_id, **given)
        )

    @mutation("Take away a note of who took part; the answer is the school.")
    async def remove_school_participation(
        self, info: Info, id: strawberry.ID
    ) -> RemoveSchoolParticipationResult:
        work = info.context.work
        row = await taking_part.remove_participation(work, local_id(id, SchoolParticipation))
        return SchoolUnit.of(await work.get(SchoolUnit.model, row.school_id))

    @mutation("Begin the plan or the quality report of a school's year.")
    async def begin_school_report(
        self, info: Info, input: BeginSchoolReportInput
    ) -> BeginSchoolReportResult:
        given = sent(input, {"school_id": SchoolUnit})
        school_id = given.pop("school_id")
        return Report.of(await reporting.begin_school_report(info.context.work, school_id, **given))

    @mutation("Begin the organiser's report of a school year.")
    async def begin_organiser_report(
        self, info: Info, input: OrganiserReportInput
    ) -> BeginOrganiserReportResult:
        organiser_id = local_id(input.organiser_id, Unit, field="organiserId")
        return Report.of(
            await reporting.begin_organiser_report(info.context.work, organiser_id, year=input.year)
        )

    @mutation(
        "Put what the schools have written into the empty chapters of the organiser's report."
    )
    async def gather_organiser_report(
        self, info: Info, input: OrganiserReportInput
    ) -> GatherOrganiserReportResult:
        organiser_id = local_id(input.organiser_id, Unit, field="organiserId")
        done = await reporting.gather_organiser_report(
            info.context.work, organiser_id, year=input.year
        )
        return SchoolGathering(
            report=Report.of(done.report),
            chapters=[Section.of(row) for row in done.chapters],
            schools=done.schools,
        )

    @mutation("Have the schools of a year written to a workbook.")
    async def export_schools(self, info: Info, input: ExportSchoolsInput) -> ExportSchoolsResult:
        given = sent(input, {"organiser_id": Unit})
        return Job.of(await exporting.ask_for_overview(info.context.work, **given))
