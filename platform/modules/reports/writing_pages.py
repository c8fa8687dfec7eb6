"""Write report: one section at a time, saved as it is written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from markupsafe import Markup
from starlette.responses import Response

from ....infra.documents.richplain import to_plain
from ....infra.errors import AppError, Conflict, NotFound
from ....infra.i18n import _
from ....tenants.files import keep_upload
from ....tenants.presence import who_is_here
from ...web.page import Partial, View, action, page
from . import words
from .attachments import attach_file, detach_file
from .desk import Desk, Stage, desk_of
from .desk_form import sent_rows, sent_text, sent_was, table_lines
from .goal_chapter import goals_of
from .illustrated import page_html
from .live import report_topic
from .marks import complete_report, complete_section, reopen_report, reopen_section
from .models import ChapterKind, Section
from .page_words import page_words, shown_goals
from .report_pages import REPORTS_TERM
from .sections import TEXT, write_section

BASE = "/{unit}/{year:int}/rapporter/{report:uuid}"
SPARE_ROWS = 2


@page(BASE, name="write_report")
async def write_report(view: View) -> Response:
    desk = await _desk(view, _asked(view.query("avsnitt")))
    return await show_desk(view, desk)


@action(BASE + "/{section:uuid}", name="save_section")
async def save_section(view: View) -> Response:
    """What has been written so far. A script gets the word that it is kept, or why not."""
    try:
        async with view.work.attempt():
            section = await _write(view)
    except AppError as error:
        if view.partial:
            return await _told(view, error)
        return await _again(view, error)
    if view.partial:
        values = {"saved_at": section.written_at or datetime.now(UTC), "error": None}
        return await view.parts(Partial("section-said", "reports/said.html", values))
    return view.redirect(_address(view, section.id), said=_("Saved."))


@action(BASE + "/{section:uuid}/klar", name="complete_section")
async def finish_section(view: View) -> Response:
    """Keep what stands in the form, mark it as done, and open the next one that is not."""
    id = _section_id(view)
    try:
        async with view.work.attempt():
            await _write(view)
            await complete_section(view.work, id, empty=view.form.has("empty"))
    except AppError as error:
        return await _again(view, error)
    desk = await _desk(view, None)
    name = f"{desk.done}/{desk.total}"
    said = _("Done. {progress} sections are done.", progress=name)
    return view.redirect(_address(view, desk.section.id, begin=True), said=said)


@action(BASE + "/{section:uuid}/oppna", name="reopen_section")
async def open_section_again(view: View) -> Response:
    id = _section_id(view)
    try:
        async with view.work.attempt():
            await reopen_section(view.work, id, reason=view.form.get("reason"))
    except AppError as error:
        return await _again(view, error)
    return view.redirect(_address(view, id, begin=True), said=_("The section is open again."))


@action(BASE + "/klar", name="complete_report")
async def finish_report(view: View) -> Response:
    try:
        async with view.work.attempt():
            await complete_report(view.work, view.request.path_params["report"])
    except AppError as error:
        return await _again(view, error)
    return view.redirect(
        view.url("write_report", report=view.path("report")),
        said=_("The whole report is marked as done."),
    )


@action(BASE + "/oppna", name="reopen_report")
async def open_report_again(view: View) -> Response:
    try:
        async with view.work.attempt():
            report_id = view.request.path_params["report"]
            await reopen_report(view.work, report_id, reason=view.form.get("reason"))
    except AppError as error:
        return await _again(view, error)
    return view.redirect(
        view.url("write_report", report=view.path("report")), said=_("The report is open again.")
    )


@action(BASE + "/{section:uuid}/fil", name="attach_to_section")
async def attach(view: View) -> Response:
    id = _section_id(view)
    try:
        async with view.work.attempt():
            sent = view.form.file("file")
            file = await keep_upload(
                view.work,
                name=sent.filename or "",
                media_type=sent.content_type or "application/octet-stream",
                body=sent.file,
            )
            await attach_file(view.work, id, file_id=file.id, title=view.form.get("title"))
    except AppError as error:
        return await _again(view, error)
    return view.redirect(_address(view, id), said=_("The file is attached."))


@action(BASE + "/{section:uuid}/fil/bort", name="detach_from_section")
async def detach(view: View) -> Response:
    attached = _asked(view.form.get("attached"))
    if attached is None:
        raise NotFound(_("It does not exist, or you may not see it."))
    await detach_file(view.work, attached)
    return view.redirect(_address(view, _section_id(view)), said=_("The file is taken away."))


async def show_desk(
    view: View, desk: Desk, *, problem: AppError | None = None, text: str | None = None
) -> Response:
    """The page; with a problem, what was written stands where it was."""
    section = desk.section
    html = section.text if text is None else text
    may = view.work.allows("reports.write", at=desk.report.unit_id)
    goals = None
    if section.kind is ChapterKind.GOAL_ANALYSIS:
        goals = await goals_of(view.work, desk.report, section)
    here = await who_is_here(view.work, report_topic(desk.report.id))
    values: dict[str, Any] = {
        "desk": desk,
        "section": section,
        "stages": Stage,
        "kinds": ChapterKind,
        "may": may,
        "writable": may and not desk.closed and desk.stage is not Stage.DONE,
        "html": html,
        "plain": to_plain(html),
        "shown": _shown(view, desk, section),
        "before": _shown(view, desk, desk.before) if desk.before else "",
        "lines": table_lines(section, spare=SPARE_ROWS),
        "goals": shown_goals(goals),
        "here": here,
        "begin": bool(view.query("borja")) and problem is None,
        "problem": problem,
        "topic": report_topic(desk.report.id),
        "REPORTS_TERM": REPORTS_TERM,
        **page_words(),
    }
    status = 200 if problem is None else problem.status
    return await view.render("reports/write.html", status=status, **values)


async def _write(view: View) -> Section:
    """Keep the form's text, table or nil statement over what the writer has seen.

    Raises Conflict when somebody else has written something else meanwhile.
    """
    id = _section_id(view)
    section = await view.work.get(Section, id)
    if section.report_id != view.request.path_params["report"]:
        raise NotFound(_("It does not exist, or you may not see it."))
    text, rows = sent_text(view.form), sent_rows(view.form, section)
    nil = view.form.has("nil") or None
    if text is None and rows is None and nil is None:
        return section
    if text is not None and "was" in view.form:
        _refuse_other(section, words_of(sent_was(view.form)), words_of(text))
    version = section.version
    if rows is not None and section.written_by != view.actor.id:
        sent = view.form.get("version")
        version = int(sent) if sent.isdecimal() and len(sent) < 9 else version
    if nil:
        text = None
    return await write_section(view.work, id, version=version, text=text, rows=rows, nil=nil)


def words_of(html: str) -> str:
    return words.rich(html, field="text", most=TEXT, illustrated=True)


def _refuse_other(section: Section, was: str, now: str) -> None:
    if section.text not in (was, now):
        raise Conflict(
            _("Somebody else has written in this section meanwhile. Both texts stand below."),
            field="text",
        )


async def _told(view: View, error: AppError) -> Response:
    """What a script shows beside the text; at a conflict both texts, and the choice."""
    section = await view.work.get(Section, _section_id(view))
    theirs = Markup(section.text) if isinstance(error, Conflict) and error.field == "text" else ""
    values = {
        "saved_at": None,
        "error": error,
        "theirs": theirs,
        "raw": section.text,
        "typed": to_plain(section.text),
    }
    part = Partial("section-said", "reports/said.html", values)
    return await view.parts(part, status=error.status)


async def _again(view: View, error: AppError) -> Response:
    """The page as it was sent, with the refusal; nothing has been kept."""
    section_id = view.request.path_params.get("section")
    desk = await _desk(view, section_id)
    return await show_desk(view, desk, problem=error, text=sent_text(view.form))


async def _desk(view: View, section_id: UUID | None) -> Desk:
    return await desk_of(
        view.work,
        view.request.path_params["report"],
        unit_id=view.here.unit.id,
        section_id=section_id,
    )


def _shown(view: View, desk: Desk, section: Section) -> Markup:
    text = page_html(section.text, desk.images, tenant=view.tenant.slug, today=view.work.today)
    return Markup(text)


def _section_id(view: View) -> UUID:
    id: UUID = view.request.path_params["section"]
    return id


def _asked(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound(_("It does not exist, or you may not see it.")) from None


def _address(view: View, section_id: UUID, *, begin: bool = False) -> str:
    query = {"avsnitt": section_id} | ({"borja": 1} if begin else {})
    return view.url("write_report", query, report=view.path("report"))


writing_pages = (
    write_report,
    save_section,
    finish_section,
    open_section_again,
    finish_report,
    open_report_again,
    attach,
    detach,
)
