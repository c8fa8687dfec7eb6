"""What opens beside the table: why a light has its colour, a comment in full, an activity's end."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from markupsafe import Markup
from sqlalchemy import select
from starlette.responses import Response

from .....infra.documents.richtext import clean
from .....infra.errors import AppError, InvalidInput, NotFound
from .....infra.i18n import _
from .....infra.periods import Period
from .....tenants.models import Person
from .....tenants.names import names_of
from ....web.page import View, action, page
from ..models import HandLight
from ..rules import Light
from ..values.lights import hand_light_history, set_light_by_hand, take_back_light
from ..who_may import why_not
from .analysis import Row
from .entering import Changed
from .explaining import explain
from .saving import save_field
from .shown import changed_parts
from .table import (
    Table,
    chosen_period,
    comment_text,
    light_choices,
    node_of,
    read_table,
)

AUTOMATIC = "auto"


@page("/{unit}/{year:int}/malanalys/ljus/{node}", name="goal_light")
async def goal_light(view: View) -> Response:
    return await _show_light(view)


@action("/{unit}/{year:int}/malanalys/ljus/{node}", name="set_goal_light")
async def set_goal_light(view: View) -> Response:
    """`light` is a colour, or `auto` to let the rule decide again."""
    node_id, period = node_of(view), chosen_period(view)
    try:
        async with view.work.attempt():
            await _set_light(view, node_id, period)
    except NotFound:
        raise
    except AppError as error:
        return await _show_light(view, problem=error)
    return await _done(view, node_id, _("The status is changed."))


@page("/{unit}/{year:int}/malanalys/kommentar/{node}", name="goal_comment")
async def goal_comment(view: View) -> Response:
    return await _show_comment(view)


@action("/{unit}/{year:int}/malanalys/kommentar/{node}", name="save_goal_comment")
async def save_goal_comment(view: View) -> Response:
    node_id = node_of(view)
    try:
        async with view.work.attempt():
            await _save(view, "comment")
            await _save(view, "in_report")
    except NotFound:
        raise
    except AppError as error:
        return await _show_comment(view, problem=error)
    return await _done(view, node_id, _("The comment is saved."))


@page("/{unit}/{year:int}/malanalys/aktivitet/{node}", name="goal_activity")
async def goal_activity(view: View) -> Response:
    return await _show_activity(view)


@action("/{unit}/{year:int}/malanalys/aktivitet/{node}", name="end_goal_activity")
async def end_goal_activity(view: View) -> Response:
    node_id = node_of(view)
    try:
        async with view.work.attempt():
            await _save(view, "state")
            await _save(view, "comment")
    except NotFound:
        raise
    except AppError as error:
        return await _show_activity(view, problem=error)
    return await _done(view, node_id, _("The activity is saved."))


async def _set_light(view: View, node_id: UUID, period: Period) -> None:
    chosen, unit_id = view.form.get("light"), view.here.unit.id
    if chosen == AUTOMATIC:
        await take_back_light(view.work, node_id, unit_id=unit_id, period=str(period))
        return
    if chosen not in [light.value for light in Light]:
        raise InvalidInput(_("Choose a colour."), field="light")
    await set_light_by_hand(
        view.work,
        node_id,
        unit_id=unit_id,
        period=str(period),
        light=Light(chosen),
        reason=view.form.get("reason"),
    )


async def _save(view: View, name: str) -> None:
    if name == "in_report" and not view.form.get("comment").strip():
        return
    await save_field(
        view.work,
        node_of(view),
        name,
        view.form.get(name),
        was=view.form.get(f"was_{name}"),
        unit_id=view.here.unit.id,
        period=chosen_period(view),
        sure=False,
    )


async def _show_light(view: View, *, problem: AppError | None = None) -> Response:
    table, row = await _table_and_row(view)
    explained = explain(row)
    if explained is None:
        raise NotFound()
    history = await hand_light_history(
        view.work, row.node.id, unit_id=view.here.unit.id, period=str(chosen_period(view))
    )
    standing = next((hand.light for hand in history if hand.taken_back_at is None), AUTOMATIC)
    return await _answer(
        view,
        "goals/analysis_why.html",
        problem,
        table=table,
        row=row,
        explained=explained,
        choices=light_choices(row, table),
        history=history,
        names=await _names(view, history),
        chosen=view.form.get("light") or standing,
        standing=standing,
        reason=view.form.get("reason"),
    )


async def _show_comment(view: View, *, problem: AppError | None = None) -> Response:
    table, row = await _table_and_row(view)
    kept = comment_text(row)
    author = row.comment.written_by if row.comment else None
    return await _answer(
        view,
        "goals/analysis_comment.html",
        problem,
        table=table,
        row=row,
        text=view.form.get("comment") if problem else kept,
        was=problem.theirs if isinstance(problem, Changed) else kept,
        in_report="in_report" in view.form if problem else _shown_in_report(row),
        shown=Markup(clean(row.comment.text)) if row.comment and table.formatted(row) else "",
        author=await view.work.first(select(Person.name).where(Person.id == author)),
    )


async def _show_activity(view: View, *, problem: AppError | None = None) -> Response:
    table, row = await _table_and_row(view)
    if row.activity is None:
        raise NotFound()
    closed = next((state.key for state in table.analysis.states.values() if state.closed), "")
    standing = table.state(row)
    kept = comment_text(row)
    return await _answer(
        view,
        "goals/analysis_activity.html",
        problem,
        table=table,
        row=row,
        state=view.form.get("state")
        or (row.activity.state if standing and standing.closed else closed),
        text=view.form.get("comment") if problem else kept,
        was=problem.theirs if isinstance(problem, Changed) else kept,
    )


async def _answer(view: View, part: str, problem: AppError | None, **values: object) -> Response:
    """The content of a dialog, or a page of its own; a refusal keeps what was written."""
    status = problem.status if problem else 200
    if view.partial:
        return await view.fragment(part, status=status, problem=problem, **values)
    return await view.render(
        "goals/analysis_sheet.html", status=status, part=part, problem=problem, **values
    )


async def _table_and_row(view: View) -> tuple[Table, Row]:
    reason = await why_not(view.work, unit_id=view.here.unit.id, year=view.here.year)
    table = await read_table(view, reason, whole=False)
    node_id = node_of(view)
    for row in table.analysis.rows:
        if row.node.id == node_id:
            return table, row
    raise NotFound()


async def _done(view: View, node_id: UUID, said: str) -> Response:
    if view.partial:
        return await view.parts(*await changed_parts(view, [node_id]))
    period = {"period": view.query("period")} if view.query("period") else None
    return view.redirect(f"{view.url('goal_analysis', period)}#r-{node_id}", said=said)


async def _names(view: View, history: Sequence[HandLight]) -> dict[UUID, str]:
    people = (id for hand in history for id in (hand.set_by, hand.taken_back_by))
    return await names_of(view.work, people)


def _shown_in_report(row: Row) -> bool:
    return row.comment is None or row.comment.in_report
