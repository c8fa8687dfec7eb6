"""A register of grants from a file: chosen, looked through row by row, and read in."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Any
from uuid import UUID

from starlette.responses import Response

from ....infra.documents.excel import write_excel
from ....infra.errors import AppError, Conflict
from ....infra.i18n import _
from ....infra.storage import attachment
from ....tenants.models import StoredFile
from ....workers.exports import XLSX, file_name
from ...web.forms import read_id
from ...web.page import View, action, page
from ...web.sent_files import keep_sent
from .exporting import sheets_of
from .holding import WRITE
from .importing import GrantImport, LineState, import_stored
from .list_pages import BASE
from .words import GRANTS

FILE = BASE + "/fran-fil"
MOST_SHOWN = 300


@page(FILE, name="grants_file")
async def grants_file(view: View) -> Response:
    return await _show(view)


@page(FILE + "/mall.xlsx", name="grants_template")
async def template(view: View) -> Response:
    """The headings that are read, and nothing below them."""
    view.work.require(WRITE)
    sheets = await sheets_of(view.work, [])
    data = await asyncio.to_thread(write_excel, sheets[:1], on=view.work.today)
    headers = {"Content-Disposition": attachment(file_name(GRANTS.word(), ending="xlsx"))}
    return Response(data, media_type=XLSX, headers=headers | {"Cache-Control": "no-store"})


@action(FILE, name="preview_grants_file")
async def preview(view: View) -> Response:
    """What the file would do; only the file is kept, and only one that can be read in."""
    try:
        async with view.work.attempt():
            view.work.require(WRITE)
            file = await keep_sent(view)
            name = file.name
            found = await import_stored(view.work, file_id=file.id, dry_run=True)
            if found.faults:
                await view.work.delete(file)
    except AppError as problem:
        return await _show(view, problem=problem)
    return await _show(view, found, file_id=file.id, name=name)


@action(FILE + "/las", name="read_grants_file")
async def read(view: View) -> Response:
    """Read the file in, if it still does what was shown; else show what it does by now."""
    file = await view.work.get(StoredFile, read_id(view.form.get("file_id")))
    id, name = file.id, file.name
    try:
        async with view.work.attempt():
            done = await import_stored(view.work, file_id=id)
            if done.faults or _mark(done) != view.form.get("seen"):
                raise Conflict(_("Something has changed since you looked. Look through it again."))
    except AppError as problem:
        found = await import_stored(view.work, file_id=id, dry_run=True)
        return await _show(view, found, file_id=id, name=name, problem=problem)
    said = _(
        "{file} is read in: {created} new, {updated} changed, {unchanged} as before.",
        file=name,
        created=done.count(LineState.NEW),
        updated=done.count(LineState.CHANGED),
        unchanged=done.count(LineState.SAME),
    )
    return view.redirect(view.url("grants"), said=said)


async def _show(
    view: View,
    found: GrantImport | None = None,
    *,
    file_id: UUID | None = None,
    name: str = "",
    problem: AppError | None = None,
) -> Response:
    view.work.require(WRITE)
    lines = found.lines if found else ()
    values: dict[str, Any] = {
        "found": found,
        "changing": [line for line in lines if line.state is not LineState.SAME],
        "same": [line for line in lines if line.state is LineState.SAME],
        "states": LineState,
        "seen": _mark(found) if found else "",
        "most": MOST_SHOWN,
        "file_id": file_id,
        "name": name,
        "problem": problem,
        "word": await view.word(GRANTS),
        "created": found.count(LineState.NEW) if found else 0,
        "updated": found.count(LineState.CHANGED) if found else 0,
        "unchanged": found.count(LineState.SAME) if found else 0,
    }
    refused = 422 if found and found.faults else 200
    status = problem.status if problem else refused
    return await view.render("grants/file.html", status=status, **values)


def _mark(found: GrantImport) -> str:
    """The same for two readings of a file that do the same."""
    return sha256(repr((found.lines, found.faults)).encode()).hexdigest()


FILE_PAGES = (grants_file, template, preview, read)
