"""The register as a workbook: the grants, their money and their deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ....authz.permit import permit
from ....infra.documents.excel import Kind, Sheet, SheetColumn, Value, write_excel
from ....infra.i18n import _
from ....tenants.models import Unit
from ....tenants.names import names_of
from ....tenants.tree import units
from ....tenants.work import Work
from ....workers.exports import XLSX, file_name, keep_file
from ....workers.jobs import Outcome, Run, job
from ....workers.models import Job
from .columns import COLUMNS, DEADLINES, Column
from .deadlines import deadlines_of
from .givers import givers
from .holding import sums_of
from .models import DeadlineKind, Grant, GrantDeadline, GrantGiver, GrantMoney, GrantState
from .money import money_of
from .rules import Sums
from .service import Filter, all_grants
from .words import GRANTS, money_words, name_of, state_words

KINDS: dict[str, Kind] = {"money": "number", "sum": "number", "day": "date", "deadline": "date"}


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids of a register are called."""

    givers: Mapping[UUID, str]
    units: Mapping[UUID, str]
    people: Mapping[UUID, str]


@permit("grants.export")
async def ask_for_register(work: Work, chosen: Filter) -> Job:
    """Have the grants that fit written to a workbook. Raises NotFound for the unit or the giver."""
    if chosen.giver_id is not None:
        await work.get(GrantGiver, chosen.giver_id, field="giverId")
    if chosen.unit_id is not None:
        await work.get(Unit, chosen.unit_id, field="unitId")
    arguments: dict[str, str | int] = {
        "words": chosen.words,
        "giver_id": str(chosen.giver_id or ""),
        "unit_id": str(chosen.unit_id or ""),
        "year": chosen.year or 0,
        "state": chosen.state.value if chosen.state else "",
        "due_before": chosen.due_before.isoformat() if chosen.due_before else "",
    }
    return await export_grants.later(work, chosen=arguments)


@job(name="grants.export", queue="exports")
async def export_grants(work: Work, run: Run, *, chosen: dict[str, str | int]) -> Outcome:
    work.require("grants.export")
    rows = await all_grants(work, _filter(chosen))
    await run.progress(1, 2, _("Writing the workbook"))
    sheets = await sheets_of(work, rows)
    data = await asyncio.to_thread(write_excel, sheets, on=work.today)
    name = file_name(work.tenant.name, GRANTS.word(), f"{work.today}", ending="xlsx")
    file = await keep_file(work, run, name=name, media_type=XLSX, data=data)
    return {"file": str(file.id), "grants": len(rows)}


async def sheets_of(work: Work, rows: Sequence[Grant]) -> list[Sheet]:
    """The register first: it is the sheet that is read in again, so it has no title above."""
    ids = [row.id for row in rows]
    names, sums = await _names(work, rows), await sums_of(work, ids)
    open_ones = await deadlines_of(work, ids)
    columns = tuple(
        SheetColumn(column.title(), KINDS.get(column.kind, "text"), column.width)
        for column in COLUMNS
    )
    register = [list(register_row(row, names, sums[row.id], open_ones)) for row in rows]
    by_id = {row.id: row for row in rows}
    return [
        Sheet(_("Register"), "", columns, register),
        _money_sheet(await money_of(work, ids), by_id),
        _deadline_sheet(open_ones, by_id),
    ]


def register_row(
    row: Grant, names: Names, sums: Sums, deadlines: Sequence[GrantDeadline]
) -> Iterator[Value]:
    for column in COLUMNS:
        yield _cell(column, row, names, sums, deadlines)


def next_of(
    kind: DeadlineKind, grant_id: UUID, deadlines: Sequence[GrantDeadline]
) -> GrantDeadline | None:
    """The first of a kind that is not done; of a grant's own rows in order of their days."""
    return next(
        (
            each
            for each in deadlines
            if each.grant_id == grant_id and each.kind is kind and each.done_on is None
        ),
        None,
    )


def _cell(
    column: Column, row: Grant, names: Names, sums: Sums, deadlines: Sequence[GrantDeadline]
) -> Value:
    if column.kind == "sum":
        value: Value = getattr(sums, column.key)
        return value
    if column.kind == "deadline":
        due = next_of(DEADLINES[column.key], row.id, deadlines)
        return due.due_on if due else None
    match column.key:
        case "giver":
            return names.givers[row.giver_id]
        case "unit":
            return names.units[row.unit_id]
        case "responsible":
            return names.people.get(row.responsible_id) if row.responsible_id else None
        case "state":
            return state_words()[row.state]
        case "year":
            return str(row.year)
    stored: Value = getattr(row, column.key)
    return stored


def _money_sheet(rows: Sequence[GrantMoney], grants: Mapping[UUID, Grant]) -> Sheet:
    words = money_words()
    return Sheet(
        _("Money"),
        "",
        (
            SheetColumn(_("Code")),
            SheetColumn(_("Grant"), width=36),
            SheetColumn(_("Day"), "date"),
            SheetColumn(_("What"), width=20),
            SheetColumn(_("Amount, kr"), "number"),
            SheetColumn(_("Note"), width=40),
        ),
        [
            (
                grants[row.grant_id].code,
                grants[row.grant_id].name,
                row.booked_on,
                words[row.kind],
                row.amount,
                row.note,
            )
            for row in rows
        ],
    )


def _deadline_sheet(rows: Sequence[GrantDeadline], grants: Mapping[UUID, Grant]) -> Sheet:
    return Sheet(
        _("Deadlines"),
        "",
        (
            SheetColumn(_("Code")),
            SheetColumn(_("Grant"), width=36),
            SheetColumn(_("What"), width=28),
            SheetColumn(_("Last day"), "date"),
            SheetColumn(_("Done"), "date"),
        ),
        [
            (
                grants[row.grant_id].code,
                grants[row.grant_id].name,
                name_of(row),
                row.due_on,
                row.done_on,
            )
            for row in sorted(rows, key=lambda row: (row.due_on, row.id))
        ],
    )


async def _names(work: Work, rows: Sequence[Grant]) -> Names:
    return Names(
        givers={row.id: row.name for row in await givers(work)},
        units=await unit_words(work, {row.unit_id for row in rows}),
        people=await names_of(work, (row.responsible_id for row in rows)),
    )


async def unit_words(work: Work, ids: set[UUID]) -> dict[UUID, str]:
    """The name of each unit, or its code where others have the same name."""
    known = await units.tree(work)
    taken = [unit.name for unit in known]
    placed = await units.placed(work, list(ids))
    return {unit.id: unit.name if taken.count(unit.name) < 2 else unit.code for unit in placed}


def _filter(chosen: Mapping[str, str | int]) -> Filter:
    giver, unit, state, due = (
        str(chosen[name]) for name in ("giver_id", "unit_id", "state", "due_before")
    )
    return Filter(
        words=str(chosen["words"]),
        giver_id=UUID(giver) if giver else None,
        unit_id=UUID(unit) if unit else None,
        year=int(chosen["year"]) or None,
        state=GrantState(state) if state else None,
        due_before=date.fromisoformat(due) if due else None,
    )
