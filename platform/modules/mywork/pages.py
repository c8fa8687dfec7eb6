"""My work: what is asked of one, filled in where it stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from starlette.responses import Response

from ....infra.errors import AppError
from ....infra.i18n import _
from ....infra.periods import parse_period
from ....tenants.terms import Term
from ...module import MenuItem
from ...tasks import Task
from ...web.page import Partial, View, action, page
from .lately import address, my_lately, sentence
from .mailing_pages import reminders_pages
from .running import grouped, running_reports
from .service import anchor, my_next_task, my_tasks
from .words import coming, days_left, greeting, kind_words, when
from .writing import close_activity, closing_states, save_comment, save_value

MENU = (
    MenuItem(
        Term("mywork.tasks", lambda: _("My work")),
        page="my_work",
        permission="mywork.read",
        key="a",
    ),
)

SOON: Final = timedelta(days=7)
MOST: Final = 200


@page("/mitt-arbete", name="my_work")
async def my_work(view: View) -> Response:
    tasks = await my_tasks(view.work)
    chosen = view.query("visa")
    shown = [task for task in tasks if _wanted(task, chosen, view)]
    return await view.render(
        "mywork/tasks.html",
        lines=grouped(shown[:MOST]),
        count=len(tasks),
        coming=coming(None if tasks else await my_next_task(view.work)),
        late=sum(task.late for task in tasks),
        chosen=chosen,
        hidden=max(0, len(shown) - MOST),
        running=await running_reports(view.work, tasks),
        closing=await closing_states(view) if "goals" in view.tenant.modules else [],
        lately=await my_lately(view.work),
        address_of=lambda spot: address(view, spot),
        sentence_of=sentence,
        greeting=greeting(view.work),
        words=kind_words(),
        anchor_of=anchor,
        when=lambda task: when(task, view.work.today),
        days_left=lambda day: days_left(day, view.work.today),
        period_name=lambda code: parse_period(code).label(view.actor.locale),
    )


def _wanted(task: Task, chosen: str, view: View) -> bool:
    if chosen == "forsenat":
        return task.late
    if chosen == "vecka":
        return task.due_on is not None and task.due_on <= view.work.today + SOON
    return True


@action("/mitt-arbete/varde", name="my_work_value")
async def value(view: View) -> Response:
    """One value of an indicator; the answer tells the light it gave."""
    try:
        async with view.work.attempt():
            told = await save_value(view)
    except AppError as error:
        return await _refused(view, error)
    return await _saved(view, told)


@action("/mitt-arbete/kommentar", name="my_work_comment")
async def comment(view: View) -> Response:
    try:
        async with view.work.attempt():
            await save_comment(view)
    except AppError as error:
        return await _refused(view, error)
    return await _saved(view, {"message": _("Saved.")})


@action("/mitt-arbete/aktivitet", name="my_work_activity")
async def activity(view: View) -> Response:
    """Close an activity, with a comment if there is one."""
    try:
        async with view.work.attempt():
            message = await close_activity(view)
    except AppError as error:
        return await _refused(view, error)
    if not view.partial:
        return view.redirect(view.url("my_work"), said=message)
    row = view.form.get("anchor")
    done = {"anchor": row, "message": message, "title": view.form.get("title")}
    return await view.parts(Partial(row, "mywork/done.html", done))


async def _saved(view: View, told: dict[str, Any]) -> Response:
    if not view.partial:
        return view.redirect(view.url("my_work"), said=told["message"])
    return await view.parts(_line(view, told))


async def _refused(view: View, error: AppError) -> Response:
    if not view.partial:
        raise error
    told = {"message": error.message, "bad": True}
    return await view.parts(_line(view, told), status=error.status)


def _line(view: View, told: dict[str, Any]) -> Partial:
    """The line under a task that says how it went."""
    row = view.form.get("anchor")
    values = {"anchor": row, "message": "", "bad": False, "light": "", "word": ""} | told
    return Partial(f"{row}-said", "mywork/said.html", values)


PAGES = (my_work, value, comment, activity, *reminders_pages)
