"""Read in Word: a report that was worked in with Word, looked at chapter by chapter, and read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.responses import Response

from .....infra.errors import AppError, InvalidInput
from .....infra.i18n import _
from ....web.forms import read_id
from ....web.page import View, action, page
from ....web.sent_files import keep_sent
from ..models import Report
from ..report_pages import REPORTS_TERM, report_here
from .back import ChosenChapter, WordPreview, WordState, preview_word, read_back

BASE = "/{unit}/{year:int}/rapporter/{report:uuid}/word-in"


@page(BASE, name="word_back")
async def word_back(view: View) -> Response:
    report = await report_here(view)
    view.work.require("reports.write", at=report.unit_id)
    return await _show(view, report)


@action(BASE, name="preview_word")
async def preview(view: View) -> Response:
    """What the file would change; only the file is kept."""
    report = await report_here(view)
    try:
        async with view.work.attempt():
            view.work.require("reports.write", at=report.unit_id)  # before a file is kept
            file = await keep_sent(view)
            found = await preview_word(view.work, report.id, file_id=file.id)
    except AppError as error:
        return await _show(view, report, problem=error)
    return await _show(view, report, found=found, file_id=file.id)


@action(BASE + "/las", name="read_word")
async def read(view: View) -> Response:
    """Write the chapters that are ticked, all or none; else the preview as it is by now."""
    report = await report_here(view)
    file_id = read_id(view.form.get("file_id"))
    try:
        async with view.work.attempt():
            _report_row, written = await read_back(
                view.work, report.id, file_id=file_id, chapters=_chosen(view)
            )
    except AppError as error:
        return await _again(view, report, file_id, error)
    said = _("Read from Word: {count} sections.", count=len(written))
    return view.redirect(view.url("write_report", report=report.id), said=said)


async def _again(view: View, report: Report, file_id: UUID, error: AppError) -> Response:
    """Raises what it raises when the file cannot be looked at any more either."""
    found = await preview_word(view.work, report.id, file_id=file_id)
    return await _show(view, report, found=found, file_id=file_id, problem=error)


async def _show(
    view: View,
    report: Report,
    *,
    found: WordPreview | None = None,
    file_id: UUID | None = None,
    problem: AppError | None = None,
) -> Response:
    values: dict[str, Any] = {
        "report": report,
        "preview": found,
        "changed": [c for c in found.chapters if c.state is WordState.CHANGED] if found else [],
        "others": [c for c in found.chapters if c.state is not WordState.CHANGED] if found else [],
        "states": WordState,
        "file_id": file_id,
        "problem": problem,
        "REPORTS_TERM": REPORTS_TERM,
    }
    status = problem.status if problem else 200
    return await view.render("reports/word_back.html", status=status, **values)


def _chosen(view: View) -> list[ChosenChapter]:
    """`chapter` is "section version" for each box that is ticked."""
    chosen = []
    for value in view.form.all("chapter"):
        id, _space, version = value.partition(" ")
        if not (version.isdecimal() and len(version) < 9):
            raise InvalidInput(_("A chosen section is not in this report."), field="chapters")
        chosen.append(ChosenChapter(read_id(id), int(version)))
    return chosen


word_pages = (word_back, preview, read)
