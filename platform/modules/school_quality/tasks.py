"""What the school year asks for: steps that are near their last day or past it, and not done."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from ....tenants.work import Work
from ...asked import Asked
from ...tasks import PageToOpen, Task, TaskKind
from . import years
from .cycle import followed, organiser_steps, years_of
from .models import SchoolUnit, Step
from .schools import WRITE
from .settings import school_settings
from .stands import WITHIN, Taken, what_stands
from .words import step_words


async def school_tasks(work: Work, asked: Asked) -> list[Task]:
    """Of the school year that runs and the one before it, whose organisers report afterwards: asked
    of the principal where their role lets them write, else of who writes nearest. Some ten
    statements, and none where the module is off."""
    if "school_quality" not in work.tenant.modules:
        return []
    schools = [row for row in await work.scalars(select(SchoolUnit)) if row.unit_id in asked.places]
    if not schools:
        return []
    this = years.year_of(work.today)
    ids = {id for row in schools for id in (row.unit_id, row.organiser_id)}
    stands = await what_stands(work, ids, school_years={this - 1, this})
    until = work.today + timedelta(days=(await school_settings(work)).ahead_days)
    tasks: list[Task] = []
    for year in (this - 1, this):
        rows = await years_of(work, followed(schools, year), year=year, stands=stands)
        for row in rows:
            for step in row.steps:
                tasks += _task(asked, row.school.unit_id, step, year, until, row.principal_id)
        for unit_id, step in await organiser_steps(work, rows, year, stands):
            tasks += _task(asked, unit_id, step, year, until, None)
    return tasks


def _task(
    asked: Asked, unit_id: UUID, step: Taken, year: int, until: date, principal_id: UUID | None
) -> list[Task]:
    # A plan or a report that is begun asks for its chapters by itself.
    begun = step.report is not None and step.step not in WITHIN
    if step.done or begun or step.due_on > until:
        return []
    whose = asked.whose(WRITE, unit_id, responsible_id=principal_id)
    if whose is None:
        return []
    people, because = whose
    place = asked.places[unit_id]
    page = PageToOpen("school_year", {"unit": place.slug, "year": str(year)})
    if step.step is Step.ORGANISER_REPORT:
        page = PageToOpen("schools", {})
    return [
        Task(
            key=f"{TaskKind.SCHOOL_STEP.value}:{unit_id}:{year}:{step.step.value}",
            kind=TaskKind.SCHOOL_STEP,
            title=f"{step_words()[step.step]} {years.label(year)}",
            about="",
            unit_id=unit_id,
            unit_name=place.name,
            unit_slug=place.slug,
            period=str(year),
            year=year,
            due_on=step.due_on,
            late=step.late,
            people=people,
            because=because,
            payload=page,
        )
    ]
