"""The log as files: what was found as a workbook, all of it as what the verifier reads."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.resources import files
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from sqlalchemy import func, select

from ....authz.permit import permit
from ....infra.documents.excel import Sheet, SheetColumn, Value, write_excel
from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ....tenants.log.access_log import Action, LogEntry
from ....tenants.log.anchors import anchor_text, anchors, log_lines
from ....tenants.log.search import Wanted, matching, note_search
from ....tenants.names import names_of
from ....tenants.tree import units
from ....tenants.work import STOCKHOLM, Work
from ....workers.exports import XLSX, file_name, keep_file
from ....workers.jobs import Outcome, Run, job
from ....workers.models import Job
from ...log_words import action_words, kind_words, way_words

MOST_ROWS = 100_000
"""Rows of a workbook that people still open."""


@permit("log.export")
async def ask_for_log(work: Work) -> Job:
    """Have the whole log written to a file, with its anchors and the verifier."""
    await note_search(work, Wanted(), Action.EXPORT, met=True)
    return await export_log.later(work)


@permit("log.export")
async def ask_for_table(work: Work, wanted: Wanted) -> Job:
    """Have what was found written to a workbook. Raises InvalidInput when it is too much."""
    count = (await work.rows(select(func.count()).select_from(matching(wanted).subquery())))[0][0]
    if count > MOST_ROWS:
        raise InvalidInput(
            _("{count} entries do not fit in a workbook. Choose a shorter time.", count=count)
        )
    await note_search(work, wanted, Action.EXPORT, met=count > 0)
    return await export_log_table.later(work, wanted=to_json(wanted))


@job(name="log.export", queue="exports")
async def export_log(work: Work, run: Run) -> Outcome:
    work.require("log.export")
    total = (await work.rows(select(func.count(LogEntry.seq))))[0][0]
    name = file_name(_("Access log"), work.tenant.name, f"{work.today}", ending="zip")
    # On the disk: a log of many years does not fit in memory.
    with TemporaryFile() as made:
        await _write_log(work, run, made, total)
        file = await keep_file(work, run, name=name, media_type="application/zip", data=made)
    return {"file": str(file.id), "entries": total}


async def _write_log(work: Work, run: Run, made: IO[bytes], total: int) -> None:
    done = 0
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("log.jsonl", "w", force_zip64=True) as log:
            async for lines in log_lines(work):
                await asyncio.to_thread(log.write, lines)
                done += lines.count(b"\n")
                await run.progress(min(done, total), total, _("Writes the log"))
        for kept in await anchors(work):
            name = f"anchors/{kept.at:%Y-%m-%dT%H%M%S}-{kept.seq}.json"
            archive.writestr(name, anchor_text(kept, work.tenant.id))
        archive.writestr("verify_log.py", (files(_LOG) / "verify_log.py").read_bytes())
        archive.writestr(_("READ ME.txt"), _how_to_check())


@job(name="log.export_table", queue="exports")
async def export_log_table(work: Work, run: Run, *, wanted: Mapping[str, Any]) -> Outcome:
    work.require("log.export")
    entries = await work.scalars(
        matching(from_json(wanted)).order_by(LogEntry.seq).limit(MOST_ROWS)
    )
    sheet = Sheet(_("Access log"), work.tenant.name, _columns(), await _rows(work, entries))
    data = await asyncio.to_thread(write_excel, [sheet], on=work.today)
    name = file_name(_("Access log"), f"{work.today}", ending="xlsx")
    file = await keep_file(work, run, name=name, media_type=XLSX, data=data)
    return {"file": str(file.id), "entries": len(entries)}


def to_json(wanted: Wanted) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(wanted).items() if value is not None}


def from_json(values: Mapping[str, Any]) -> Wanted:
    read: dict[str, Any] = dict(values)
    for name in read.keys() & {"by", "about", "record", "unit"}:
        read[name] = UUID(read[name])
    for name in read.keys() & {"since", "until"}:
        read[name] = datetime.fromisoformat(read[name])
    if "action" in read:
        read["action"] = Action(read["action"])
    return Wanted(**read)


_LOG = f"{__package__.rsplit('.', 3)[0]}.tenants.log"


def _how_to_check() -> str:
    return "\n\n".join(
        (
            _("This is the whole access log, an entry a line, and the anchors that fasten it."),
            _("Check it with Python 3.11 or later, on a computer of your own:"),
            "python verify_log.py log.jsonl anchors/*.json",
            _(
                "To trust nobody, take the anchors from the registrar's mails or from the locked "
                "bucket, and read verify_log.py first: it has a hundred lines and needs nothing."
            ),
        )
    )


def _columns() -> tuple[SheetColumn, ...]:
    return (
        SheetColumn(_("Entry number"), "number", 10),
        SheetColumn(_("Time"), width=20),
        SheetColumn(_("Who"), width=26),
        SheetColumn(_("On behalf of"), width=26),
        SheetColumn(_("Action"), width=18),
        SheetColumn(_("What"), width=18),
        SheetColumn(_("About whom"), width=40),
        SheetColumn(_("Unit"), width=26),
        SheetColumn(_("Way"), width=12),
        SheetColumn(_("Where"), width=24),
        SheetColumn(_("Network address"), width=18),
    )


async def _rows(work: Work, entries: Sequence[LogEntry]) -> list[Sequence[Value]]:
    ids = [id for entry in entries for id in (entry.person_id, entry.behind_id, *entry.about)]
    names = await names_of(work, ids)
    places = {unit.id: unit.name for unit in await units.tree(work)}
    actions, kinds, ways = action_words(), kind_words(), way_words()
    return [
        (
            entry.seq,
            f"{entry.at.astimezone(STOCKHOLM):%Y-%m-%d %H:%M:%S}",
            names.get(entry.behind_id or entry.person_id or _NOBODY, _("The service")),
            names.get(entry.person_id or _NOBODY, "") if entry.behind_id else "",
            actions[entry.action],
            kinds.get(entry.kind, entry.kind.replace("_", " ")),
            ", ".join(names[id] for id in entry.about[:50]),
            places.get(entry.unit_id or _NOBODY, ""),
            ways.get(entry.way, entry.way),
            entry.process,
            entry.address,
        )
        for entry in entries
    ]


_NOBODY = UUID(int=0)
