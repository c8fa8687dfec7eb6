"""Exports of the organisation, made by a worker."""

import asyncio
from datetime import date
from enum import StrEnum

from ....authz.permit import permit
from ....infra.i18n import _
from ....tenants.changes import forget_changes
from ....tenants.files import forget_uploads
from ....tenants.legal import plant_legal_references
from ....tenants.scim.requests import forget_old_requests
from ....tenants.sign_in.guesses import forget_guesses
from ....tenants.sign_in.sessions import forget_sessions
from ....tenants.tree.importing import unit_table
from ....tenants.tree.table import write_csv, write_workbook
from ....tenants.work import Work
from ....workers.exports import XLSX, file_name, forget_jobs, keep_file
from ....workers.jobs import Outcome, Run, job
from ....workers.models import Job

MOST = 1000
"""How much of each kind one run removes; what is left is for the next."""


class TableFormat(StrEnum):
    EXCEL = "xlsx"
    CSV = "csv"


MEDIA_TYPES = {
    TableFormat.EXCEL: XLSX,
    TableFormat.CSV: "text/csv; charset=utf-8",
}


@permit("organisation.export")
async def ask_for_units(work: Work, *, on: date | None, file_format: TableFormat) -> Job:
    """Have the units of a day (today when None) written to a file."""
    return await export_units.later(
        work, on=(on or work.today).isoformat(), file_format=file_format.value
    )


@job(name="organisation.export_units", queue="exports")
async def export_units(work: Work, run: Run, *, on: str, file_format: str) -> Outcome:
    day, kind = date.fromisoformat(on), TableFormat(file_format)
    rows = await unit_table(work, on=day)
    title = _("Organisation of {municipality} on {day}", municipality=work.tenant.name, day=day)
    if kind is TableFormat.CSV:
        data = await asyncio.to_thread(write_csv, rows)
    else:
        data = await asyncio.to_thread(write_workbook, rows, title=title, on=work.today)
    file = await keep_file(
        work, run, name=file_name(title, ending=kind.value), media_type=MEDIA_TYPES[kind], data=data
    )
    return {"file": str(file.id), "units": len(rows)}


@job(name="organisation.forget_changes")
async def forget_old_changes(work: Work, run: Run) -> None:
    """What pages that were open have been told long ago."""
    await forget_changes(work)
    await forget_old_requests(work)


@job(name="organisation.forget_what_is_over")
async def forget_what_is_over(work: Work, run: Run) -> Outcome:
    """Remove sessions, jobs with their exports, and unused uploads, when their time is over."""
    found = {
        "sessions": await forget_sessions(work, most=MOST),
        "jobs": await forget_jobs(work, most=MOST),
        "uploads": await forget_uploads(work, most=MOST),
        "guesses": await forget_guesses(work, most=MOST),
    }
    if MOST in found.values():
        await forget_what_is_over.later(work)
    return found


@job(name="organisation.take_new_laws")
async def take_new_laws(work: Work, run: Run) -> Outcome:
    """Legal references that a later version of the service has brought."""
    return {"added": await plant_legal_references(work)}
