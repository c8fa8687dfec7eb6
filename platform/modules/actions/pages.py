"""Actions as a register, and each on a page of its own where it is changed and ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from starlette.responses import Response
from starlette.routing import NoMatchFound

from ....infra.errors import AppError
from ....infra.i18n import _, in_language
from ....tenants.names import names_of
from ....tenants.tree import units
from ...module import MenuItem
from ...web.exports import export_started
from ...web.fields import Field, read_fields, shown
from ...web.page import Partial, View, action, page
from ...web.register import PART, Asked, Column, Entry, Facet, Lamp, Register, asked_of
from ...web.shell import is_on
from ...web.words import MORE
from . import service
from .exporting import ask_for_actions
from .history import history_of
from .listing import Due, Wanted, due_of, last_soon, names, planned_actions, present
from .models import ActionChange, ActionState, ActionStep, PlannedAction
from .new_pages import BASE, NEW_PAGES, UNIT, action_fields
from .words import ACTIONS, due_words, field_words, lamp, state_words, step_words

ONE = BASE + "/{id:uuid}"


@page(BASE, name="planned_actions")
async def planned(view: View) -> Response:
    facets = await _facets(view)
    asked = asked_of(view, facets)
    found = await planned_actions(view.work, _wanted(view, asked), offset=asked.offset, limit=PART)
    called = await names(view.work, found.rows)
    dues = await due_of(view.work, found.rows)
    entries = [_entry(view, row, called, dues.get(row.id)) for row in found.rows]
    chosen = asked.chosen[UNIT]
    return await view.render(
        "actions/list.html",
        heading=await view.word(ACTIONS),
        register_found=Register(asked, facets, _columns(), entries, found.total),
        to_excel=f"{view.url('export_actions')}?{asked.query()}",
        to_new=view.url("new_planned_action", {UNIT: chosen} if chosen else None)
        if view.work.allows(service.WRITE)
        else "",
    )


@action(BASE + "/excel", name="export_actions")
async def to_excel(view: View) -> Response:
    """The rows that the page's address asks for, all of them."""
    asked = asked_of(view, await _facets(view))
    return await export_started(view, await ask_for_actions(view.work, _wanted(view, asked)))


@page(ONE, name="planned_action")
async def one(view: View) -> Response:
    return await _show(view)


@action(ONE, name="change_planned_action")
async def change(view: View) -> Response:
    row = await service.get_action(view.work, view.id())
    fields = await _fields(view, row)
    try:
        async with view.work.attempt():
            changes: Any = read_fields(view.form, fields)
            await service.change_action(view.work, row.id, changes=changes, version=view.version)
    except AppError as problem:
        return await _show(view, problem, at="change")
    return view.redirect(_own(view), said=_("The action is changed."))


@action(ONE + "/klar", name="finish_planned_action")
async def finish(view: View) -> Response:
    """From its own page, or from My work, which sends the place that tells how it went."""
    place = view.form.get("anchor")
    try:
        async with view.work.attempt():
            row = await service.finish_action(
                view.work, view.id(), outcome=view.form.get("outcome"), version=view.version
            )
    except AppError as problem:
        if place and view.partial:
            told = {"anchor": place, "message": problem.message, "bad": True}
            part = Partial(f"{place}-said", "mywork/said.html", told | {"light": "", "word": ""})
            return await view.parts(part, status=problem.status)
        return await _show(view, problem, at="finish")
    said = _("{title} is done.", title=row.title)
    if place and view.partial:
        done = {"anchor": place, "message": said, "title": row.title}
        return await view.parts(Partial(place, "mywork/done.html", done))
    return view.redirect(view.url("my_work") if place else _own(view), said=said)


@action(ONE + "/blir-inte-av", name="drop_planned_action")
async def drop(view: View) -> Response:
    try:
        async with view.work.attempt():
            await service.drop_action(
                view.work, view.id(), outcome=view.form.get("outcome"), version=view.version
            )
    except AppError as problem:
        return await _show(view, problem, at="drop")
    return view.redirect(_own(view), said=_("The action will not be done."))


@action(ONE + "/oppna", name="reopen_planned_action")
async def reopen(view: View) -> Response:
    await service.reopen_action(view.work, view.id(), version=view.version)
    return view.redirect(_own(view), said=_("The action is open again."))


async def _show(view: View, problem: AppError | None = None, *, at: str = "") -> Response:
    """One action; `at` is the form that was refused."""
    row = await service.get_action(view.work, view.id())
    may = view.work.allows(service.WRITE, at=row.unit_id)
    fields = await _fields(view, row) if may else []
    dues = await due_of(view.work, [row])
    steps = await history_of(view.work, row.id)
    return await view.render(
        "actions/one.html",
        status=problem.status if problem else 200,
        word=await view.word(ACTIONS),
        row=row,
        open=row.state is ActionState.OPEN,
        lamp=lamp(row, dues.get(row.id)),
        names=await names(view.work, [row])
        | await names_of(view.work, (each.changed_by for each in steps)),
        steps=[(each, step_words()[each.step], _differences(each)) for each in steps],
        origin=_origin(view, row),
        module=_modules(view).get(row.module, ""),
        may=may,
        may_finish=service.may_finish(view.work, row),
        fields=fields,
        values=shown(row, fields, view.form if at == "change" else None),
        outcome=view.form.get("outcome"),
        version=view.version or row.version,
        problem=problem,
        at=at,
    )


def _differences(change: ActionChange) -> list[tuple[str, str | date, str | date]]:
    """What each field is called, what stood there, and what stands there since. The texts that
    an action was planned with are told where they change: until then they stand above."""
    before, after = change.before, change.after
    above = ("title", "detail") if change.step is ActionStep.PLANNED else ()
    return [
        (word, _shown(name, before), _shown(name, after))
        for name, word in field_words().items()
        if (name in before or name in after) and name not in above
    ]


def _shown(name: str, values: Mapping[str, str]) -> str | date:
    value = values.get(name, "")
    return date.fromisoformat(value) if value and name == "due_on" else value


def _entry(view: View, row: PlannedAction, called: Mapping[UUID, str], due: Due | None) -> Entry:
    return Entry(
        row.title,
        (
            called.get(row.unit_id, ""),
            called.get(row.owner_id, "") if row.owner_id else "",
            row.due_on,
            Lamp(*lamp(row, due)),
        ),
        view.url("planned_action", id=row.id),
        row.about,
    )


def _columns() -> list[Column]:
    return [
        Column(_("Planned action")),
        Column(_("Unit")),
        Column(_("Responsible")),
        Column(_("Last day")),
        Column(_("State")),
    ]


async def _facets(view: View) -> list[Facet]:
    """Units and modules that have actions, or have units below that do."""
    there, modules = await present(view.work)
    tree = await units.tree(view.work)
    above = {unit.id: unit.parent_id for unit in tree}
    wanted: set[UUID] = set()
    for id in there:
        at: UUID | None = id
        while at is not None and at not in wanted and at in above:
            wanted.add(at)
            at = above[at]
    called = _modules(view)
    placed = [(str(unit.id), unit.name) for unit in tree if unit.id in wanted]
    return [
        Facet(UNIT, _("Unit and those below"), placed),
        Facet("lage", _("State"), list(state_words().items())),
        Facet("dag", _("Last day"), await _due_options(view)),
        Facet("modul", _("Comes from"), sorted((name, called.get(name, name)) for name in modules)),
        Facet("vem", _("Responsible"), [("jag", _("Me"))]),
    ]


def _wanted(view: View, asked: Asked) -> Wanted:
    state, day = asked.chosen["lage"], asked.chosen["dag"]
    return Wanted(
        words=asked.words,
        unit_id=asked.id(UNIT),
        state=ActionState(state) if state else None,
        due=Due(day) if day else None,
        module=asked.chosen["modul"],
        owner_id=view.actor.id if asked.chosen["vem"] else None,
    )


async def _due_options(view: View) -> list[tuple[str, str]]:
    days = (await last_soon(view.work) - view.work.today).days
    soon = _("Due soon (within {days} days)", days=days)
    return [(due.value, soon if due is Due.SOON else word) for due, word in due_words().items()]


async def _fields(view: View, row: PlannedAction) -> Sequence[Field]:
    called = await names(view.work, [row])
    owner = (row.owner_id, called.get(row.owner_id, "")) if row.owner_id else None
    return await action_fields(view, row.unit_id, owner)


def _modules(view: View) -> dict[str, str]:
    """An action of this module's own was planned here, and comes from nowhere else."""
    called = {module.name: in_language(module.title) for module in view.modules}
    return called | {service.OWN: _("Planned here")}


def _origin(view: View, row: PlannedAction) -> str:
    """The address of what it is about; empty where that has no page any more."""
    module = next((each for each in view.modules if each.name == row.module), None)
    if not row.page or module is None or not is_on(view.work, module):
        return ""
    params: dict[str, Any] = dict(row.params)
    try:
        return view.url(row.page, **params)
    except (NoMatchFound, KeyError):
        return ""


def _own(view: View) -> str:
    return view.url("planned_action", id=view.id())


PAGES = (planned, to_excel, *NEW_PAGES, one, change, finish, drop, reopen)
MENU = (MenuItem(ACTIONS, page="planned_actions", permission=service.READ, group=MORE),)
