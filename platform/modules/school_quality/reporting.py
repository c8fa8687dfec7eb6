"""Beginning the plans and reports of a school year, and gathering what the schools have written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from markupsafe import escape
from sqlalchemy import select

from ....authz.permit import permit
from ....infra.documents.richtext import clean
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _, in_language
from ....infra.periods import Period
from ....tenants.models import Unit
from ....tenants.tree import units
from ....tenants.work import Work
from ..reports.models import ChapterKind, Report, ReportTemplate, Section
from ..reports.service import find_report, gathered, start_report, write_section
from . import years
from .cycle import by_name
from .models import SchoolUnit, Step
from .preloaded import KEYS, plant_templates
from .schools import WRITE
from .settings import school_settings
from .stands import period_of

GATHERED: Final = (ChapterKind.TEXT, ChapterKind.NIL_STATEMENT)


@dataclass(frozen=True, slots=True)
class Gathering:
    """The organiser's report, the chapters that were filled, and from how many schools."""

    report: Report
    chapters: tuple[Section, ...]
    schools: int


@permit(WRITE)
async def begin_school_report(work: Work, school_id: UUID, *, step: Step, year: int) -> Report:
    """Start the plan or the quality report of a school's year, with the last day of the step.

    Raises NotFound, InvalidInput for another step or a year that the school is not followed in,
    Conflict when it is begun already or the calendar year is locked.
    """
    school = await work.get(SchoolUnit, school_id, field="schoolId")
    work.require(WRITE, at=school.unit_id)
    if step not in (Step.PLAN, Step.REPORT):
        raise InvalidInput(_("A school begins its plan or its quality report."), field="step")
    years.checked(year)
    if year < school.first_year or (school.last_year is not None and year > school.last_year):
        raise InvalidInput(_("The unit is not followed in that school year."), field="year")
    return await _begin(work, school.unit_id, step, year)


@permit(WRITE)
async def begin_organiser_report(work: Work, organiser_id: UUID, *, year: int) -> Report:
    """Start the report of a committee about its schools. Raises NotFound, InvalidInput for a unit
    that organises no schools, Conflict when it is begun already."""
    await work.get(Unit, organiser_id, field="organiserId")
    work.require(WRITE, at=organiser_id)
    years.checked(year)
    await _schools_of(work, organiser_id)
    return await _begin(work, organiser_id, Step.ORGANISER_REPORT, year)


@permit(WRITE)
async def gather_organiser_report(work: Work, organiser_id: UUID, *, year: int) -> Gathering:
    """Put what the schools have written into the chapters of the organiser's report that are empty,
    under the name of each school; pictures stay where they are.

    Raises NotFound, Conflict without a report or when there is nothing to put in.
    """
    await work.get(Unit, organiser_id, field="organiserId")
    work.require(WRITE, at=organiser_id)
    years.checked(year)
    schools = await _schools_of(work, organiser_id)
    templates = await plant_templates(work)
    period = Period(period_of(Step.REPORT, year))
    own = templates[KEYS[Step.ORGANISER_REPORT]]
    report = await find_report(work, template_id=own.id, unit_id=organiser_id, period=period)
    if report is None:
        raise Conflict(_("The organiser's report is not begun. Begin it first."))
    theirs = await work.scalars(
        select(Report).where(
            Report.template_id == templates[KEYS[Step.REPORT]].id,
            Report.period == str(period),
            Report.unit_id.in_([school.unit_id for school in schools]),
        )
    )
    by_unit = {row.unit_id: row.id for row in theirs}
    wanted = [school.unit_id for school in schools if school.unit_id in by_unit]
    order = [(unit.name, by_unit[unit.id]) for unit in await units.placed(work, wanted)]
    chapters, used = [], set[UUID]()
    for section in await _empty_chapters(work, report):
        found = await gathered(work, list(by_unit.values()), key=section.key)
        texts = [
            (name, id, _text(found.sections[id])) for name, id in order if id in found.sections
        ]
        said = [(name, id, text) for name, id, text in texts if text]
        if said:
            text = "".join(f"<h3>{escape(name)}</h3>{text}" for name, _id, text in said)
            chapters.append(
                await write_section(work, section.id, version=section.version, text=text)
            )
            used |= {id for _name, id, _text in said}
    if not chapters:
        raise Conflict(
            _("There is nothing to put in: the schools have not written, or the chapters are full.")
        )
    return Gathering(report, tuple(chapters), len(used))


async def _begin(work: Work, unit_id: UUID, step: Step, year: int) -> Report:
    template: ReportTemplate = (await plant_templates(work))[KEYS[step]]
    last_days = (await school_settings(work)).last_days(year)
    report = await start_report(
        work,
        template_id=template.id,
        unit_id=unit_id,
        period=Period(period_of(step, year)),
        due_on=last_days.get(step),
    )
    # A period is a calendar year; readers want to know which school year it is about.
    called = in_language(template.title, work.tenant.languages[0])
    report.title = f"{called} {years.label(year)}"
    await work.flush()
    return report


async def _schools_of(work: Work, organiser_id: UUID) -> list[SchoolUnit]:
    own = by_name(work).where(SchoolUnit.organiser_id == organiser_id)
    schools = list(await work.scalars(own))
    if not schools:
        raise InvalidInput(_("The unit organises no preschools or schools."), field="organiserId")
    return schools


async def _empty_chapters(work: Work, report: Report) -> list[Section]:
    rows = await work.scalars(
        select(Section)
        .where(Section.report_id == report.id, Section.kind.in_(GATHERED))
        .order_by(Section.position)
    )
    return [row for row in rows if not row.text and not row.nil]


def _text(section: Section) -> str:
    if section.nil:
        return f"<p>{escape(section.nil_phrase)}</p>"
    return clean(section.text)
