"""Fetch from a file: a table of goals and values, looked at row by row, and read in."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID

from starlette.responses import Response

from .....infra.errors import AppError, Conflict, InvalidInput, NotFound
from .....infra.i18n import _
from .....infra.storage import attachment
from .....tenants.files import keep_upload
from .....tenants.models import StoredFile
from .....workers.exports import XLSX
from ....web.page import View, action, page
from ..models import PlanNode
from ..steering.locks import require_open
from ..terms import ANALYSIS
from ..view.view import model_with_levels
from ..who_may import why_not
from .importing import BoardImport, import_stored_board
from .lines import LineState
from .template import import_template, no_model

BASE = "/{unit}/{year:int}/malanalys/fran-fil"
MOST_SHOWN = 300


@page(BASE, name="goal_file")
async def goal_file(view: View) -> Response:
    return await _show(view)


@page(BASE + "/mall.xlsx", name="goal_file_template")
async def goal_file_template(view: View) -> Response:
    """The unit's indicators of the year, to fill in and choose here."""
    name, data = await import_template(view.work, unit_id=view.here.unit.id, year=view.here.year)
    headers = {"Content-Disposition": attachment(name), "Cache-Control": "no-store"}
    return Response(data, media_type=XLSX, headers=headers)


@action(BASE, name="preview_goal_file")
async def preview(view: View) -> Response:
    """What the file would do; only the file is kept, and only one that can be read in."""
    try:
        async with view.work.attempt():
            file = await _kept(view)
            values = {"file_id": file.id, "file_name": file.name}
            found = await _import(view, file.id, dry_run=True)
            if found.errors:
                await view.work.delete(file)
    except AppError as error:
        return await _show(view, problem=error)
    return await _show(view, found, values)


@action(BASE + "/las", name="read_goal_file")
async def read(view: View) -> Response:
    """Read the file in, if it still does what was shown; else show what it does by now."""
    file = await view.work.get(StoredFile, _id(view.form.get("file_id")))
    values = {"file_id": file.id, "file_name": file.name}
    try:
        async with view.work.attempt():
            done = await _import(view, file.id, dry_run=False)
            if _mark(done) != view.form.get("seen"):
                raise Conflict(_("Something has changed since you looked. Look through it again."))
    except AppError as error:
        found = await _import(view, file.id, dry_run=True)
        return await _show(view, found, values, problem=error)
    said = _(
        "{file} is read in: {created} new, {updated} changed, {unchanged} as before.",
        file=file.name,
        created=done.created,
        updated=done.updated,
        unchanged=done.unchanged,
    )
    return view.redirect(await _back(view), said=said)


async def _kept(view: View) -> StoredFile:
    """The file, or what was pasted as one. Rights are asked before anything is kept."""
    view.work.require("goals.import", at=view.here.unit.id)
    await require_open(view.work, view.here.year)
    sent, pasted = view.form.files.get("file"), view.form.get("pasted")
    if sent is not None and sent.filename:
        return await keep_upload(
            view.work,
            name=sent.filename,
            media_type=sent.content_type or "application/octet-stream",
            body=sent.file,
        )
    if not pasted.strip():
        raise InvalidInput(_("Choose a file, or paste the rows."), field="file")
    return await keep_upload(
        view.work,
        name=_("pasted.tsv"),
        media_type="text/tab-separated-values",
        body=BytesIO(pasted.encode()),
    )


async def _import(view: View, file_id: UUID, *, dry_run: bool) -> BoardImport:
    return await import_stored_board(
        view.work,
        file_id=file_id,
        unit_id=view.here.unit.id,
        year=view.here.year,
        dry_run=dry_run,
    )


async def _show(
    view: View,
    found: BoardImport | None = None,
    file: Mapping[str, object] | None = None,
    *,
    problem: AppError | None = None,
) -> Response:
    unit, year = view.here.unit, view.here.year
    reason = await why_not(view.work, unit_id=unit.id, year=year)
    if not reason and (await model_with_levels(view.work, year=year))[0] is None:
        reason = no_model(year)
    lines = found.lines if found else ()
    values: dict[str, Any] = {
        "found": found,
        "changing": [line for line in lines if line.state is not LineState.SAME],
        "same": [line for line in lines if line.state is LineState.SAME],
        "states": LineState,
        "seen": _mark(found) if found else "",
        "most": MOST_SHOWN,
        "file": file or {},
        "pasted": view.form.get("pasted"),
        "why_not": reason,
        "problem": problem,
        "analysis_word": await view.word(ANALYSIS),
        "indicator": await _indicator(view),
    }
    refused = 422 if found and found.errors else 200
    status = problem.status if problem else refused
    return await view.render("goals/goal_file.html", status=status, **values)


def _mark(found: BoardImport) -> str:
    """The same for two readings of a file that do the same."""
    return sha256(repr((found.lines, found.errors)).encode()).hexdigest()


async def _indicator(view: View) -> PlanNode | None:
    """The indicator whose page one came from, and goes back to."""
    text = view.form.get("styrtal") or view.query("styrtal")
    try:
        return await view.work.find(PlanNode, UUID(text)) if text else None
    except ValueError:
        return None


async def _back(view: View) -> str:
    node = await _indicator(view)
    return view.url("indicator", node=node.id) if node else view.url("goal_analysis")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None


IMPORT_PAGES = (goal_file, goal_file_template, preview, read)
