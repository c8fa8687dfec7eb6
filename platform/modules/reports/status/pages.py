"""Report status: how far the units' reports have come, and what leads them on."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from .....infra.errors import AppError, NotFound
from .....infra.i18n import _, current_locale
from .....tenants.names import names_of
from .....tenants.work import Work
from ....asked import who_is_asked
from ....web.forms import read_id
from ....web.page import View, action, page
from ...mywork.service import remind_now
from ..designs.columns import columns_of
from ..models import ChapterKind
from ..pictures.illustrated import page_html
from ..report_pages import REPORTS_TERM
from ..writing.approvals import approve_report, withdraw_approval
from ..writing.desk_form import table_lines
from ..writing.page_words import page_words
from .gathering import Round, gathered, rounds_of
from .status import CellState, ReportStatus, StatusRow, status_of

BASE = "/{unit}/{year:int}/rapportlage"


@page(BASE, name="report_status")
async def report_status(view: View) -> Response:
    return await _show(view)


@page(BASE + "/paminn", name="remind_units")
async def remind_units(view: View) -> Response:
    """Whom a reminder would reach; a dialog where a script asks."""
    status = await _status(view)
    return await _show_reminder(view, status, problem=None)


@action(BASE + "/paminn", name="send_reminder")
async def send_reminder(view: View) -> Response:
    ids = [read_id(text) for text in view.form.all("report")]
    try:
        async with view.work.attempt():
            done = await remind_now(view.work, ids, message=view.form.get("message"))
    except AppError as error:
        return await _show_reminder(view, await _status(view), problem=error)
    said = _("{count} people are reminded.", count=len(done.people))
    if done.already:
        said += " " + _("{count} had been reminded today already.", count=len(done.already))
    if done.nobody:
        said += " " + _("{count} reports have nobody to ask.", count=len(done.nobody))
    return view.redirect(_back(view), said=said)


@action(BASE + "/{report:uuid}/godkann", name="approve_report")
async def approve(view: View) -> Response:
    report_id = view.id("report")
    try:
        async with view.work.attempt():
            report = await approve_report(view.work, report_id)
    except AppError as error:
        return await _show(view, problem=error)
    return view.redirect(_back(view), said=_("{title} is approved.", title=report.title))


@action(BASE + "/{report:uuid}/ta-tillbaka", name="withdraw_approval")
async def withdraw(view: View) -> Response:
    report_id, reason = view.id("report"), view.form.get("reason")
    try:
        async with view.work.attempt():
            report = await withdraw_approval(view.work, report_id, reason=reason)
    except AppError as error:
        return await _show(view, problem=error)
    said = _("The approval of {title} is withdrawn.", title=report.title)
    return view.redirect(_back(view), said=said)


@page(BASE + "/avsnitt/{key}", name="gathered_chapter")
async def gathered_chapter(view: View) -> Response:
    """What the units have written in one chapter, beside each other."""
    status = await _status(view)
    key = view.path("key")
    column = next((c for c in status.columns if c.key == key), None) if status else None
    if status is None or column is None:
        raise NotFound()
    found = await gathered(view.work, [row.report.id for row in status.rows], key=key)
    slug, today = view.tenant.slug, view.work.today
    return await view.render(
        "reports/gathered.html",
        column=column,
        matrix=status,
        sections=[(row, found.sections[row.report.id]) for row in status.rows if key in row.cells],
        text=lambda section: Markup(
            page_html(section.text, found.images, tenant=slug, today=today)
        ),
        columns=lambda section: columns_of(section.columns),
        lines=table_lines,
        kinds=ChapterKind,
        query=_query(status),
        REPORTS_TERM=REPORTS_TERM,
        **page_words(),
    )


async def _show(view: View, *, problem: AppError | None = None) -> Response:
    rounds = await rounds_of(view.work, year=view.here.year)
    status = await _status(view, rounds)
    rows = status.rows if status else ()
    waiting = _waiting(view.work, rows)
    values: dict[str, Any] = {
        "rounds": rounds,
        "matrix": status,
        "query": _query(status) if status else {},
        "query_of": lambda one: {"mall": one.template.id, "period": one.period},
        "period_name": lambda period: period.label(current_locale()),
        "waiting": waiting,
        "may_remind": any(view.work.allows("reports.remind", at=row.unit.id) for row in rows),
        "may_approve": {
            row.unit.id for row in rows if view.work.allows("reports.approve", at=row.unit.id)
        },
        "may_lock": view.work.allows("goals.lock"),
        "done": sum(row.completion is not None for row in rows),
        "states": CellState,
        "problem": problem,
        "REPORTS_TERM": REPORTS_TERM,
    }
    code = problem.status if problem else 200
    return await view.render("reports/status.html", status=code, **values)


async def _show_reminder(
    view: View, status: ReportStatus | None, *, problem: AppError | None
) -> Response:
    rows = _waiting(view.work, status.rows if status else ())
    if status is None or not rows:
        raise NotFound(_("There is nobody to remind."))
    asked = await who_is_asked(view.work, people=None, outcome_days=0, ahead_days=0)
    people = {row.report.id: asked.nearest("reports.complete", row.unit.id) for row in rows}
    names = await names_of(view.work, (id for ids in people.values() for id in ids))
    chosen = set(view.form.all("report")) if problem else {str(row.report.id) for row in rows}
    values: dict[str, Any] = {
        "rows": rows,
        "people": {
            report: sorted(names[id] for id in ids if id in names) for report, ids in people.items()
        },
        "chosen": chosen,
        "message": view.form.get("message"),
        "query": _query(status),
        "problem": problem,
        "REPORTS_TERM": REPORTS_TERM,
    }
    if view.partial:
        return await view.fragment("reports/reminder_form.html", **values)
    code = problem.status if problem else 200
    return await view.render("reports/reminder.html", status=code, **values)


async def _status(view: View, rounds: list[Round] | None = None) -> ReportStatus | None:
    """Of the round that the address names, else of the largest; None when there is none."""
    if rounds is None:
        rounds = await rounds_of(view.work, year=view.here.year)
    wanted = view.query("mall"), view.query("period")
    chosen = next((r for r in rounds if (str(r.template.id), str(r.period)) == wanted), None)
    if chosen is None and any(wanted):
        raise NotFound()
    if chosen is None:
        chosen = rounds[0] if rounds else None
    if chosen is None:
        return None
    return await status_of(
        view.work, template_id=chosen.template.id, period=chosen.period, unit_id=view.here.unit.id
    )


def _waiting(work: Work, rows: tuple[StatusRow, ...]) -> list[StatusRow]:
    """Reports that are not done, of units whom one may remind."""
    return [
        row
        for row in rows
        if row.completion is None and work.allows("reports.remind", at=row.unit.id)
    ]


def _query(status: ReportStatus) -> dict[str, object]:
    return {"mall": status.template.id, "period": status.period}


def _back(view: View) -> str:
    """To the same round that the form was sent from."""
    query = {name: view.query(name) for name in ("mall", "period") if view.query(name)}
    return view.url("report_status", query or None)


status_pages = (report_status, remind_units, send_reminder, approve, withdraw, gathered_chapter)
