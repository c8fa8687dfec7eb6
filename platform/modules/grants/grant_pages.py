"""One grant in the browser, its form, and the forms of its steps."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, Final

from starlette.responses import Response

from ....infra.charts.bars import Bar, Bars
from ....infra.charts.marks import wide_and_narrow
from ....infra.errors import AppError, InvalidInput
from ....infra.i18n import _
from ....tenants.names import names_of
from ...web.fields import Field, read_fields, shown
from ...web.page import View, action, page
from . import deadlines, links, money, service, steps
from .choosing import givers_to_choose, people_to_answer, units_to_write_at
from .exporting import unit_words
from .fields import back_fields, grant_fields, step_fields
from .holding import WRITE, sums_of
from .list_pages import BASE, due_of
from .models import DeadlineKind, Grant, GrantGiver, GrantState
from .overview import TO_REPORT
from .pictures import DueLine, in_two_widths
from .rules import FOLLOWS, HAS_MONEY, Sums
from .settings import grant_settings
from .words import GRANTS, LIGHTS, money_words, name_of, state_words

ONE: Final = BASE + "/{id:uuid}"
S = GrantState
WAYS: Final = {
    "ansok": S.APPLIED,
    "bevilja": S.GRANTED,
    "avsla": S.REFUSED,
    "anvand": S.IN_USE,
    "redovisa": S.REPORTED,
    "aterkrav": S.CLAIMED,
    "avsluta": S.CLOSED,
}
"""The words of addresses for the steps."""
BACK: Final = "tillbaka"


@page(ONE, name="grant")
async def grant(view: View) -> Response:
    return await show_grant(view)


@page(BASE + "/nytt", name="new_grant")
async def new_grant(view: View) -> Response:
    return await _show_form(view, None)


@action(BASE + "/nytt", name="add_grant")
async def add(view: View) -> Response:
    try:
        async with view.work.attempt():
            fields = await _fields(view, None)
            row = await service.add_grant(view.work, **read_fields(view.form, fields))
    except AppError as problem:
        return await _show_form(view, None, problem)
    said = _("{name} is in the register.", name=row.name)
    return view.redirect(view.url("grant", id=row.id), said=said)


@page(ONE + "/andra", name="change_grant")
async def change(view: View) -> Response:
    return await _show_form(view, await service.get_grant(view.work, view.id()))


@action(ONE + "/andra", name="save_grant")
async def save(view: View) -> Response:
    row = await service.get_grant(view.work, view.id())
    try:
        async with view.work.attempt():
            values = read_fields(view.form, await _fields(view, row))
            await service.change_grant(view.work, row.id, version=view.version, **values)
    except AppError as problem:
        return await _show_form(view, await service.get_grant(view.work, view.id()), problem)
    return _back(view, _("{name} is saved.", name=row.name))


@page(ONE + "/steg/{step}", name="grant_step")
async def step(view: View) -> Response:
    return await _show_step(view)


@action(ONE + "/steg/{step}", name="take_grant_step")
async def take_step(view: View) -> Response:
    row = await service.get_grant(view.work, view.id())
    try:
        async with view.work.attempt():
            values = read_fields(view.form, _step_fields(view, row))
            row = await _take(view, values)
            state = state_words()[row.state]
    except AppError as problem:
        return await _show_step(view, problem)
    return _back(view, _("The grant is now: {state}.", state=state))


async def show_grant(view: View, problem: AppError | None = None, *, where: str = "") -> Response:
    """The whole page; `where` is the form that a problem belongs to."""
    work = view.work
    row = await service.get_grant(work, view.id())
    sums = (await sums_of(work, [row.id]))[row.id]
    dues = await deadlines.deadlines_of(work, [row.id])
    taken = await steps.steps_of(work, row.id)
    booked = await money.money_of(work, [row.id])
    people = [row.responsible_id, *(each.taken_by for each in taken)]
    giver = await work.get(GrantGiver, row.giver_id)
    may = work.allows(WRITE, at=row.unit_id)
    ahead = (await grant_settings(work)).ahead_days
    line = DueLine(
        title=_("Deadlines"), dues=[due_of(work, due, ahead) for due in dues], today=work.today
    )
    writable = may and row.state is not S.CLOSED
    return await view.render(
        "grants/show.html",
        status=problem.status if problem else 200,
        word=await view.word(GRANTS),
        row=row,
        giver=giver,
        unit=(await unit_words(work, {row.unit_id}))[row.unit_id],
        names=await names_of(work, people),
        state=state_words()[row.state],
        light=LIGHTS[row.state],
        sums=sums,
        bars=wide_and_narrow(_bars(row, sums), key="money") if row.sought or row.granted else "",
        money=booked,
        kinds=money_words(),
        line=in_two_widths(line.svg, key="dues") if dues else "",
        unscheduled=row.state in TO_REPORT and DeadlineKind.FINAL not in {d.kind for d in dues},
        dues=[(due, name_of(due), due_of(work, due, ahead)) for due in dues],
        nodes=await links.nodes_of(work, row.id),
        to_link=await links.nodes_to_link(work, row, unit_ids=[row.unit_id]) if writable else [],
        files=await links.files_of(work, row.id),
        steps=[(each, state_words()[each.state], LIGHTS[each.state]) for each in taken],
        ways=_ways(row) if may else [],
        back=may and steps.state_before(taken) is not None,
        may=may,
        writable=writable,
        has_money=row.state in HAS_MONEY,
        problem=problem,
        where=where,
    )


def _back(view: View, said: str) -> Response:
    return view.redirect(view.url("grant", id=view.id()), said=said)


def _bars(row: Grant, sums: Sums) -> Bars:
    words = money_words()
    amounts = [(_("Sought"), row.sought), (_("Granted"), row.granted)]
    amounts += [(word, getattr(sums, kind.value)) for kind, word in words.items()]
    return Bars(
        title=_("Money"),
        bars=[Bar(word, value, own=word == _("Granted")) for word, value in amounts if value],
        names=_("What"),
        values=_("Amount"),
        unit="kr",
    )


def _ways(row: Grant) -> list[tuple[str, str]]:
    """The steps that follow, as words of addresses and of buttons."""
    words = _step_words()
    return [(way, words[to]) for way, to in WAYS.items() if to in FOLLOWS[row.state]]


def _step_words() -> Mapping[GrantState, str]:
    return {
        S.APPLIED: _("It is applied for"),
        S.GRANTED: _("It is granted"),
        S.REFUSED: _("It is refused"),
        S.IN_USE: _("Begin to use it"),
        S.REPORTED: _("It is reported back"),
        S.CLAIMED: _("Money is claimed back"),
        S.CLOSED: _("End it"),
    }


async def _fields(view: View, row: Grant | None) -> list[Field]:
    giver = await view.work.get(GrantGiver, row.giver_id) if row else None
    beside = row.responsible_id if row else None
    return grant_fields(
        row,
        givers=await givers_to_choose(view.work, beside=giver.name if giver else ""),
        units=await units_to_write_at(view.work),
        people=await people_to_answer(view.work, beside=beside),
    )


async def _show_form(view: View, row: Grant | None, problem: AppError | None = None) -> Response:
    view.work.require(WRITE, at=row.unit_id if row else None)
    fields = await _fields(view, row)
    stands: dict[str, Any] = {"year": view.work.today.year}
    if row is not None:
        giver = await view.work.get(GrantGiver, row.giver_id)
        stands = {field.name: getattr(row, field.name, None) for field in fields}
        stands["giver"] = giver.name
    heading = row.name if row else _("New grant")
    return await show_form(view, row, fields, heading, _("Save"), stands, problem)


async def _show_step(view: View, problem: AppError | None = None) -> Response:
    row = await service.get_grant(view.work, view.id())
    view.work.require(WRITE, at=row.unit_id)
    fields = _step_fields(view, row)
    giver = await view.work.get(GrantGiver, row.giver_id)
    stands = {field.name: getattr(row, field.name, None) for field in fields} | {"note": ""}
    if not stands.get("decided_by"):
        stands["decided_by"] = giver.name
    if not stands.get("granted"):
        stands["granted"] = row.sought
    to = WAYS.get(view.path("step"))
    heading = _step_words()[to] if to else _("Take the last step back")
    return await show_form(view, row, fields, heading, heading, stands, problem)


async def show_form(
    view: View,
    row: Grant | None,
    fields: list[Field],
    heading: str,
    save: str,
    stands: Mapping[str, Any],
    problem: AppError | None,
) -> Response:
    """A form of a grant, with what stands in it until something is sent."""
    return await view.render(
        "grants/form.html",
        status=problem.status if problem else 200,
        word=await view.word(GRANTS),
        heading=heading,
        row=row,
        fields=fields,
        values=shown(SimpleNamespace(**stands), fields, view.form),
        problem=problem,
        address=view.request.url.path,
        back=view.url("grant", id=row.id) if row else view.url("grants"),
        save=save,
    )


def _step_fields(view: View, row: Grant) -> list[Field]:
    """Raises InvalidInput for a word that no step has."""
    way = view.path("step")
    if way == BACK:
        return back_fields()
    if way not in WAYS:
        raise InvalidInput(_("There is no such step."))
    return step_fields(row, WAYS[way])


async def _take(view: View, values: dict[str, Any]) -> Grant:
    work, id, given = view.work, view.id(), values | {"version": view.version}
    way = view.path("step")
    if way == BACK:
        return await steps.step_back(work, id, **given)
    match WAYS[way]:
        case S.APPLIED:
            return await steps.apply_for_grant(work, id, **given)
        case S.GRANTED:
            return await steps.decide_grant(work, id, approved=True, **given)
        case S.REFUSED:
            return await steps.decide_grant(work, id, approved=False, **given)
        case S.IN_USE:
            return await steps.begin_use(work, id, **given)
        case S.REPORTED:
            return await steps.report_grant(work, id, **given)
        case S.CLAIMED:
            return await steps.claim_grant(work, id, **given)
        case _:
            return await steps.close_grant(work, id, **given)


GRANT_PAGES = (grant, new_grant, add, change, save, step, take_step)
