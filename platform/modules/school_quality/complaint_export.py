"""The register of complaints as a workbook, without what anybody has said and without their names:
a file is sent on more easily than a page."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....infra.documents.excel import Sheet, SheetColumn, Value, write_excel
from ....infra.errors import NotFound
from ....infra.i18n import _, in_language
from ....tenants.log.access_log import Action
from ....tenants.models import Unit
from ....tenants.names import names_of
from ....tenants.tree import units
from ....tenants.work import Work
from ....workers.exports import XLSX, file_name, keep_file
from ....workers.jobs import Outcome, Run, job
from ....workers.models import Job
from .complaint_kinds import all_kinds
from .complaint_models import Complaint, ComplaintState
from .complaint_words import COMPLAINTS, complainant_words, outcome_words, state_words, way_words
from .complaints import READ, Wanted, chosen_rows, note


@permit(READ)
async def ask_for_complaints(work: Work, wanted: Wanted) -> Job:
    """Have those that fit written to a workbook. Raises NotFound for the unit or the kind."""
    if wanted.unit_id is not None:
        await work.get(Unit, wanted.unit_id, field="unitId")
    if wanted.kind_id not in {None, *(kind.id for kind in await all_kinds(work))}:
        raise NotFound(field="kindId")
    arguments: dict[str, str | int] = {
        "unit_id": str(wanted.unit_id or ""),
        "state": wanted.state.value if wanted.state else "",
        "kind_id": str(wanted.kind_id or ""),
        "year": wanted.year or 0,
        "reference": wanted.reference,
    }
    return await export_complaints.later(work, chosen=arguments)


@job(name="school_quality.export_complaints", queue="exports")
async def export_complaints(work: Work, run: Run, *, chosen: dict[str, str | int]) -> Outcome:
    work.require(READ)
    rows = await work.scalars(
        select(Complaint)
        .where(*chosen_rows(work, _wanted(chosen)))
        .order_by(Complaint.received_on, Complaint.id)
    )
    note(work, Action.EXPORT, rows)
    sheet = Sheet(COMPLAINTS.word(), "", _columns(), await _lines(work, rows))
    data = await asyncio.to_thread(write_excel, [sheet], on=work.today)
    name = file_name(work.tenant.name, COMPLAINTS.word(), f"{work.today}", ending="xlsx")
    file = await keep_file(work, run, name=name, media_type=XLSX, data=data, needs=READ)
    return {"file": str(file.id), "complaints": len(rows)}


def _columns() -> tuple[SheetColumn, ...]:
    return (
        SheetColumn(_("Complaint"), width=14),
        SheetColumn(_("Registry number"), width=18),
        SheetColumn(_("Unit"), width=28),
        SheetColumn(_("What it is about"), width=28),
        SheetColumn(_("Who complains"), width=18),
        SheetColumn(_("How it came in"), width=16),
        SheetColumn(_("Came in"), "date", width=12),
        SheetColumn(_("State"), width=22),
        SheetColumn(_("To confirm by"), "date", width=14),
        SheetColumn(_("Confirmed"), "date", width=12),
        SheetColumn(_("To answer by"), "date", width=14),
        SheetColumn(_("Answered"), "date", width=12),
        SheetColumn(_("Outcome of the complaint"), width=18),
        SheetColumn(_("Handler"), width=26),
    )


async def _lines(work: Work, rows: Sequence[Complaint]) -> list[list[Value]]:
    places = {unit.id: unit.name for unit in await units.tree(work)}
    kinds = {row.id: in_language(row.name) for row in await all_kinds(work)}
    names = await names_of(work, [row.handler_id for row in rows])
    ways, states, outcomes = way_words(), state_words(), outcome_words()
    whose = complainant_words()
    return [
        [
            row.reference,
            row.registry_number,
            places.get(row.unit_id, ""),
            kinds.get(row.kind_id, ""),
            whose[row.complainant],
            ways[row.way],
            row.received_on,
            states[row.state],
            row.confirm_by,
            row.confirmed_on,
            row.answer_by,
            row.answered_on,
            outcomes[row.outcome] if row.outcome else "",
            names[row.handler_id] if row.handler_id else "",
        ]
        for row in rows
    ]


def _wanted(chosen: dict[str, str | int]) -> Wanted:
    def id_of(name: str) -> UUID | None:
        return UUID(str(chosen[name])) if chosen[name] else None

    return Wanted(
        unit_id=id_of("unit_id"),
        state=ComplaintState(str(chosen["state"])) if chosen["state"] else None,
        kind_id=id_of("kind_id"),
        year=int(chosen["year"]) or None,
        reference=str(chosen["reference"]),
    )
