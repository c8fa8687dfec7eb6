"""Who has taken a course, as a workbook."""

from __future__ import annotations

import asyncio
from uuid import UUID

from ....authz.permit import permit
from ....infra.documents.excel import Sheet, SheetColumn, write_excel
from ....infra.i18n import _
from ....tenants.log.access_log import Action
from ....tenants.work import Work
from ....workers.exports import XLSX, file_name, keep_file
from ....workers.jobs import Outcome, Run, job
from ....workers.models import Job
from .models import Course
from .training import learned


@permit("support.write")
async def ask_for_completions(work: Work, course_id: UUID) -> Job:
    """Have those whom the actor administers written to a workbook, each with the day if any."""
    await work.get(Course, course_id)
    work.note(Action.EXPORT, "course_completion", records=[course_id])
    return await export_completions.later(work, course_id=str(course_id))


@job(name="support.export_completions", queue="exports")
async def export_completions(work: Work, run: Run, *, course_id: str) -> Outcome:
    course = await work.get(Course, UUID(course_id))
    people = await learned(work, course.id)
    columns = (
        SheetColumn(_("Name"), width=30),
        SheetColumn(_("E-mail address"), width=34),
        SheetColumn(_("Completed"), width=14),
    )
    rows = [
        (
            each.person.name,
            each.person.email,
            each.completion.completed_at.date().isoformat() if each.completion else "",
        )
        for each in people
    ]
    sheet = Sheet(_("Training"), course.title, columns, rows)
    data = await asyncio.to_thread(write_excel, [sheet], on=work.today)
    name = file_name(course.title, work.tenant.name, f"{work.today}", ending="xlsx")
    file = await keep_file(work, run, name=name, media_type=XLSX, data=data, needs="support.write")
    return {"file": str(file.id), "people": len(rows)}
