"""The schools of Östhammar: a year that is reported, and one that has begun."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from ...tenants.models import UnitKind
from ...tenants.people import add_person, grant_role
from ...tenants.tree.units import add_unit
from ...tenants.work import Work
from ..modules.reports.models import ChapterKind, Section
from ..modules.reports.service import (
    approve_report,
    complete_report,
    complete_section,
    write_section,
)
from ..modules.school_quality.models import SchoolForm, Step, TakingPart
from ..modules.school_quality.reporting import (
    begin_organiser_report,
    begin_school_report,
    gather_organiser_report,
)
from ..modules.school_quality.schools import School, add_school, appoint_principal
from ..modules.school_quality.taking_part import add_participation
from .osthammar_goals import ADMINISTRATOR, SCHOOL_WRITER
from .town import FOUNDED, Filling

F = SchoolForm
PRESCHOOLS = (("BUN-FSK-BLA", "Förskolan Blåsippan"), ("BUN-FSK-KOT", "Förskolan Kotten"))
SCHOOLS = (
    ("BUN-FSK-BLA", (F.PRESCHOOL,), "40000011", "sigge.syren@osthammar.example"),
    ("BUN-FSK-KOT", (F.PRESCHOOL,), "40000012", "sigge.syren@osthammar.example"),
    (
        "BUN-FRS",
        (F.PRESCHOOL_CLASS, F.COMPULSORY, F.LEISURE_CENTRE),
        "40000021",
        "vivi.vallmo@osthammar.example",
    ),
    (
        "BUN-OLA",
        (F.PRESCHOOL_CLASS, F.COMPULSORY, F.LEISURE_CENTRE),
        "40000022",
        "ragna.ramslok@osthammar.example",
    ),
)
PRINCIPALS = (
    ("Sigge Syrén", "sigge.syren@osthammar.example", "BUN-FSK"),
    ("Ragna Ramslök", "ragna.ramslok@osthammar.example", "BUN-OLA"),
)
TOLD = {
    "background": "<p>Två nya lärare började i augusti. Lokalerna är desamma som förra året.</p>",
    "goals": "<p>Alla elever ska läsa med flyt i årskurs 3.</p>",
    "follow_up": "<p>87 procent läser med flyt, mot 81 procent förra läsåret.</p>",
    "analysis": "<p>Läsning varje dag har gjort skillnad. Frånvaro är det som hindrar mest.</p>",
    "participation": "<p>Elevrådet och föräldrarådet har läst resultaten och sagt sitt.</p>",
}
PLANNED = {
    "background": "<p>Analysen visade att läsning varje dag ger resultat.</p>",
    "goals": "<p>Fler barn och elever ska trivas och lära sig mer.</p>",
}
TOOK_PART = (
    (TakingPart.STAFF, Step.PLAN, "Arbetslagen valde årets mål på planeringsdagen."),
    (TakingPart.CHILDREN, Step.PLAN, "Elevrådet sa vad som är viktigast att förbättra."),
    (TakingPart.GUARDIANS, Step.FOLLOW_UP, "Föräldrarådet gick igenom höstens resultat."),
)


async def follow_the_schools(filling: Filling) -> None:
    work = await filling.acting(ADMINISTRATOR)
    await _preschools_and_principals(filling, work)
    schools: dict[str, UUID] = {}
    for code, forms, number, email in SCHOOLS:
        given = School(forms=forms, organiser_id=filling.units["BUN"], code=number, first_year=2025)
        row = await add_school(work, filling.units[code], given)
        schools[code] = row.id
        person_id = filling.people[email]
        await appoint_principal(work, row.id, person_id=person_id, from_on=date(2024, 8, 1))
    writer = await filling.acting(SCHOOL_WRITER)
    for code in schools:
        done = await _report(writer, schools[code], Step.PLAN, 2025, PLANNED, done=True)
        await approve_report(work, done)
    for code in ("BUN-FRS", "BUN-FSK-BLA", "BUN-FSK-KOT"):
        done = await _report(writer, schools[code], Step.REPORT, 2025, TOLD, done=True)
        await approve_report(work, done)
    await _report(writer, schools["BUN-OLA"], Step.REPORT, 2025, TOLD, done=False)
    await begin_organiser_report(writer, filling.units["BUN"], year=2025)
    await gather_organiser_report(writer, filling.units["BUN"], year=2025)
    await _report(writer, schools["BUN-FRS"], Step.PLAN, 2026, PLANNED, done=True)
    await _report(writer, schools["BUN-FSK-BLA"], Step.PLAN, 2026, PLANNED, done=True)
    await _report(writer, schools["BUN-FSK-KOT"], Step.PLAN, 2026, PLANNED, done=False)
    await _report(writer, schools["BUN-FRS"], Step.REPORT, 2026, {}, done=False)
    for who, step, how in TOOK_PART:
        for school in (schools["BUN-FRS"], schools["BUN-FSK-BLA"]):
            day = date(2025, 9, 12)
            await add_participation(
                writer, school, year=2025, step=step, who=who, how=how, held_on=day
            )
    who, step, how = TOOK_PART[0]
    day = date(2026, 9, 4)
    await add_participation(
        writer, schools["BUN-FRS"], year=2026, step=step, who=who, how=how, held_on=day
    )


async def _preschools_and_principals(filling: Filling, work: Work) -> None:
    for code, name in PRESCHOOLS:
        unit = await add_unit(
            work,
            code=code,
            name=name,
            kind=UnitKind.SCHOOL,
            parent_id=filling.units["BUN-FSK"],
            valid_from=FOUNDED,
        )
        filling.units[code] = unit.id
    for name, email, at in PRINCIPALS:
        person = await add_person(work, name=name, email=email)
        await grant_role(work, person.id, role="contributor", unit_id=filling.units[at])
        filling.people[email] = person.id


async def _report(
    work: Work, school_id: UUID, step: Step, year: int, told: dict[str, str], *, done: bool
) -> UUID:
    """Begin it and write what is given; all of it marked as done, empty or not, where wanted."""
    report = await begin_school_report(work, school_id, step=step, year=year)
    sections = await work.scalars(
        select(Section).where(Section.report_id == report.id).order_by(Section.position)
    )
    for section in sections:
        if section.key in told:
            await write_section(work, section.id, version=section.version, text=told[section.key])
        elif done and section.kind is ChapterKind.NIL_STATEMENT:
            await write_section(work, section.id, version=section.version, nil=True)
        if done:
            empty = section.key not in told and section.kind is not ChapterKind.NIL_STATEMENT
            await complete_section(work, section.id, empty=empty)
    if done:
        await complete_report(work, report.id)
    return report.id
