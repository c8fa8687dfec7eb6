"""Actions as a workbook, the same rows as on the page."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from uuid import UUID

from ....authz.permit import permit
from ....infra.documents.excel import Sheet, SheetColumn, write_excel
from ....infra.documents.model import LightMark
from ....infra.i18n import _
from ....tenants.work import STOCKHOLM, Work
from ....workers.exports import XLSX, file_name, keep_file
from ....workers.jobs import Outcome, Run, job
from ....workers.models import Job
from .listing import ALL, Due, Wanted, due_of, names, planned_actions
from .models import ActionState
from .words import lamp


@permit("actions.export")
async def ask_for_actions(work: Work, wanted: Wanted = ALL) -> Job:
    """Have the actions that fit written to a workbook."""
    given = {name: str(value) for name, value in asdict(wanted).items() if value}
    return await export_actions.later(work, wanted=given)


@job(name="actions.export_actions", queue="exports")
async def export_actions(work: Work, run: Run, *, wanted: dict[str, str]) -> Outcome:
    rows = (await planned_actions(work, _wanted(wanted))).rows
    called = await names(work, rows)
    dues = await due_of(work, rows)
    sheet = Sheet(
        _("Actions"),
        _("Actions, {municipality}", municipality=work.tenant.name),
        _columns(),
        [
            (
                *(row.title, row.about, called.get(row.unit_id, "")),
                called.get(row.owner_id, "") if row.owner_id else "",
                row.due_on,
                LightMark(*lamp(row, dues.get(row.id))),
                *(row.detail, row.outcome),
                row.done_at.astimezone(STOCKHOLM).date() if row.done_at else None,
                called.get(row.done_by, "") if row.done_by else "",
            )
            for row in rows
        ],
    )
    data = await asyncio.to_thread(write_excel, [sheet], on=work.today)
    name = file_name(_("Actions"), work.tenant.name, f"{work.today}", ending="xlsx")
    file = await keep_file(work, run, name=name, media_type=XLSX, data=data)
    return {"file": str(file.id), "actions": len(rows)}


def _columns() -> tuple[SheetColumn, ...]:
    return (
        SheetColumn(_("Planned action"), "text", width=40),
        SheetColumn(_("Comes from"), "text", width=30),
        SheetColumn(_("Unit"), "text", width=25),
        SheetColumn(_("Responsible"), "text", width=22),
        SheetColumn(_("Last day"), "date", width=12),
        SheetColumn(_("State"), "light", width=16),
        SheetColumn(_("More about it"), "text", width=40),
        SheetColumn(_("What came of it"), "text", width=40),
        SheetColumn(_("Ended"), "date", width=12),
        SheetColumn(_("Ended by"), "text", width=22),
    )


def _wanted(given: dict[str, str]) -> Wanted:
    return Wanted(
        words=given.get("words", ""),
        unit_id=UUID(given["unit_id"]) if "unit_id" in given else None,
        state=ActionState(given["state"]) if "state" in given else None,
        due=Due(given["due"]) if "due" in given else None,
        module=given.get("module", ""),
        owner_id=UUID(given["owner_id"]) if "owner_id" in given else None,
    )
