"""Write report: one section at a time, saved as it is written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from markupsafe import Markup
from starlette.responses import Response

from .....infra.documents.richplain import to_plain
from .....infra.documents.richtext import clean
from .....infra.errors import AppError, Conflict, NotFound
from .....infra.i18n import _
from .....tenants.models import Person
from .....tenants.presence import who_is_here
from ....web.page import Partial, View, action, page
from ....web.sent_files import keep_sent
from ....web.templating import clock
from ..fetching.fetching import fetching_of
from ..goal_chapter import goals_of
from ..holding import hold_section
from ..live import report_topic
from ..models import ChapterKind, ReportImage, Section, SectionFile
from ..pictures.illustrated import page_html
from ..pictures.images import images_of
from ..report_pages import REPORTS_TERM, report_here
from .attachments import attach_file, detach_file
from .desk import Desk, Stage, desk_of
from .desk_form import (
    rows_stand_as_seen,
    sent_lines,
    sent_rows,
    sent_text,
    stands_as_seen,
    table_lines,
)
from .marks import complete_report, complete_section, reopen_report, reopen_section
from .page_words import page_words, shown_goals
from .sections import write_section

BASE = "/{unit}/{year:int}/rapporter/{report:uuid}"
SPARE_ROWS = 2


@page(BASE, name="write_report")
async def write_report(view: View) -> Response:
    """A script that has heard of others' changes gets the contents only."""
    await view.follow(report_topic(view.id("report")))
    desk = await _desk(view, _asked(view.query("avsnitt")))
    if view.partial:
        values = await _contents(view, desk)
        return await view.parts(
            Partial("contents", "reports/contents.html", values),
            Partial("progress", "reports/progress.html", values),
        )
    return await _show(view, desk)


@action(BASE + "/{section:uuid}", name="save_section")
async def save_section(view: View) -> Response:
    """What has been written so far. A script gets the word that it is kept, or why not."""
    try:
        async with view.work.attempt():
            section = await _write(view)
    except AppError as error:
        return await _refused(view, error)
    if view.partial and "remove" not in view.form:
        values = {"saved_at": section.written_at or datetime.now(UTC), "problem": None}
        said = Partial("section-said", "reports/said.html", values, swap="innerHTML")
        version = Partial("section-version", "reports/version.html", {"section": section})
        return await view.parts(said, version)
    return view.redirect(_address(view, section.id), said=_("Saved."))


@action(BASE + "/{section:uuid}/klar", name="complete_section")
async def finish_section(view: View) -> Response:
    """Keep what stands in the form, mark it as done, and open the next one that is not."""
    id = view.id("section")
    try:
        async with view.work.attempt():
            await _write(view, own_is_older=True)
            await complete_section(view.work, id, empty="empty" in view.form)
    except AppError as error:
        return await _refused(view, error)
    desk = await _desk(view, id)
    following = desk.following()
    if following is None:
        return view.redirect(_address(view, id), said=_("Done. That was the last section."))
    name = f"{desk.done}/{desk.total}"
    said = _("Done. {progress} sections are done.", progress=name)
    return view.redirect(_address(view, following.id, begin=True), said=said)


@action(BASE + "/{section:uuid}/oppna", name="reopen_section")
async def open_section_again(view: View) -> Response:
    id = view.id("section")
    try:
        async with view.work.attempt():
            await _section(view)
            await reopen_section(view.work, id, reason=view.form.get("reason"))
    except AppError as error:
        return await _again(view, error)
    return view.redirect(_address(view, id, begin=True), said=_("The section is open again."))


@action(BASE + "/klar", name="complete_report")
async def finish_report(view: View) -> Response:
    report = await report_here(view)
    try:
        async with view.work.attempt():
            await complete_report(view.work, report.id)
    except AppError as error:
        return await _again(view, error)
    return view.redirect(
        view.url("write_report", report=view.path("report")),
        said=_("The whole report is marked as done."),
    )


@action(BASE + "/oppna", name="reopen_report")
async def open_report_again(view: View) -> Response:
    report = await report_here(view)
    try:
        async with view.work.attempt():
            await reopen_report(view.work, report.id, reason=view.form.get("reason"))
    except AppError as error:
        return await _again(view, error)
    return view.redirect(
        view.url("write_report", report=view.path("report")), said=_("The report is open again.")
    )


@action(BASE + "/{section:uuid}/fil", name="attach_to_section")
async def attach(view: View) -> Response:
    id = view.id("section")
    try:
        async with view.work.attempt():
            await _section(view)
            view.work.require("reports.write", at=view.here.unit.id)  # before a file is kept
            file = await keep_sent(view)
            await attach_file(view.work, id, file_id=file.id, title=view.form.get("title"))
    except AppError as error:
        return await _again(view, error)
    return view.redirect(_address(view, id), said=_("The file is attached."))


@action(BASE + "/{section:uuid}/fil/bort", name="detach_from_section")
async def detach(view: View) -> Response:
    section, id = await _section(view), _asked(view.form.get("attached"))
    if id is None or (await view.work.get(SectionFile, id)).section_id != section.id:
        raise _absent()
    await detach_file(view.work, id)
    return view.redirect(_address(view, section.id), said=_("The file is taken away."))


async def _show(view: View, desk: Desk, *, problem: AppError | None = None) -> Response:
    """The page; with a problem, what was written stands where it was, for those who may write."""
    section, form = desk.section, view.form
    contents = await _contents(view, desk)
    again = problem is not None and contents["may"]
    text = sent_text(form) if again else None
    html = section.text if text is None else text
    lines = table_lines(section, spare=SPARE_ROWS)
    if again and sent_rows(form, section) is not None:
        lines = sent_lines(form, section)
    goals = None
    if section.kind is ChapterKind.GOAL_ANALYSIS:
        goals = await goals_of(view.work, desk.report, section)
    writable = contents["may"] and not desk.closed and desk.stage is not Stage.DONE
    unit_id = desk.report.unit_id
    values: dict[str, Any] = contents | {
        "kinds": ChapterKind,
        "writable": writable,
        "fetching": await fetching_of(view.work, section, unit_id=unit_id, look=writable),
        "html": html,
        "plain": form.get("plain") if text is not None and "plain" in form else to_plain(html),
        "was": to_plain(section.text),
        "shown": _shown(view, desk.images, section.text),
        "paper": _shown(view, desk.images, html),
        "before": Markup(clean(desk.before.text)) if desk.before else "",
        "lines": lines,
        "stand": table_lines(section),
        "goals": shown_goals(goals),
        "begin": bool(view.query("borja")) and problem is None,
        "problem": problem,
        "REPORTS_TERM": REPORTS_TERM,
        **page_words(),
    }
    status = 200 if problem is None else problem.status
    return await view.render("reports/write.html", status=status, **values)


async def _contents(view: View, desk: Desk) -> dict[str, Any]:
    """How far each section has come, and who else writes where."""
    there = await who_is_here(view.work, report_topic(desk.report.id))
    return {
        "desk": desk,
        "section": desk.section,
        "report": desk.report,
        "stages": Stage,
        "may": view.work.allows("reports.write", at=desk.report.unit_id),
        "others": [person for person in there if person.person_id != view.actor.id],
    }


async def _write(view: View, *, own_is_older: bool = False) -> Section:
    """Keep the form's text, table or nil statement over what the writer has seen.

    Raises Conflict when somebody else has written something else meanwhile. With `own_is_older`
    the text that the same person saved a moment ago gives way: it may still be on its way.
    """
    section = await _section(view)
    view.work.require("reports.write", at=view.here.unit.id)  # before what was sent is read
    text, rows = sent_text(view.form), sent_rows(view.form, section)
    nil = "nil" in view.form or None
    if nil:
        text = None
    if text is None and rows is None and nil is None:
        return section
    # Held before it is compared: the last autosave may be writing it this moment.
    section = await hold_section(view.work, section.id, "reports.write")
    own = section.written_by == view.actor.id
    compared = text is not None and "was" in view.form and not (own and own_is_older)
    if compared and not stands_as_seen(view.form, section):
        await _refuse_other(view, section)
    if rows is not None and not _chosen(view, section):
        await _refuse_other(view, section, field="version")
    return await write_section(
        view.work, section.id, version=section.version, text=text, rows=rows, nil=nil
    )


def _chosen(view: View, section: Section) -> bool:
    """Whether the writer has seen what stands in the table now: it is as they know it, they have
    been shown it, or, without scripts, nobody has saved the section since."""
    form, version = view.form, str(section.version)
    if rows_stand_as_seen(form, section) or form.get("over") == version:
        return True
    return not view.partial and form.get("version") == version


async def _refuse_other(view: View, section: Section, *, field: str = "text") -> None:
    writer = await view.work.find(Person, section.written_by) if section.written_by else None
    raise Conflict(
        _(
            "{who} wrote in this section at {time}, while you did. Both texts are here.",
            who=writer.name if writer else _("Someone"),
            time=clock(section.written_at or section.created_at),
        ),
        field=field,
    )


async def _section(view: View) -> Section:
    """The section of the address. Raises NotFound for one of another report or unit."""
    report = await report_here(view)
    section = await view.work.get(Section, view.id("section"))
    if section.report_id != report.id:
        raise _absent()
    return section


async def _refused(view: View, error: AppError) -> Response:
    """Beside the text for a script; at a conflict both texts, and the choice."""
    if not view.partial:
        return await _again(view, error)
    section = await _section(view)
    clashes = isinstance(error, Conflict) and error.field == "text"
    values = {
        "saved_at": None,
        "problem": error,
        "section": section,
        "kinds": ChapterKind,
        "theirs": await _theirs(view, section) if clashes else None,
        "stand": table_lines(section),
        **page_words(),
        "typed": to_plain(section.text),
    }
    part = Partial("section-said", "reports/said.html", values, swap="innerHTML")
    return await view.parts(part, status=error.status)


async def _again(view: View, error: AppError) -> Response:
    """The page as it was sent, with the refusal; nothing has been kept."""
    desk = await _desk(view, view.request.path_params.get("section"))
    return await _show(view, desk, problem=error)


async def _desk(view: View, section_id: UUID | None) -> Desk:
    return await desk_of(
        view.work,
        view.id("report"),
        unit_id=view.here.unit.id,
        section_id=section_id,
    )


async def _theirs(view: View, section: Section) -> Markup:
    return _shown(view, await images_of(view.work, section.report_id), section.text)


def _shown(view: View, images: Iterable[ReportImage], text: str) -> Markup:
    return Markup(page_html(text, images, tenant=view.tenant.slug, today=view.work.today))


def _asked(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise _absent() from None


def _absent() -> NotFound:
    return NotFound()


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
