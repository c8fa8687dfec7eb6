"""One meeting: its agenda, what is written on it, its steps and its files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

from markupsafe import Markup
from starlette.responses import Response

from ....infra.documents.richplain import from_plain, to_plain
from ....infra.documents.richtext import clean
from ....infra.errors import AppError, InvalidInput, NotFound
from ....infra.i18n import _
from ....tenants.tree.responsible import may_answer
from ...web.exports import export_started
from ...web.fields import Field, read_fields, shown
from ...web.page import View, action, page
from . import holding, items, planning
from .check import content_check
from .dates import day_of
from .exporting import MeetingFormat, MeetingPaper, ask_for_paper
from .following import Left, left_to_do, lights_of
from .list_pages import BASE
from .models import AgendaItem, Attendance, ItemKind, ItemState, Meeting, MeetingRole, MeetingState
from .reading import WholeMeeting, whole_meeting
from .seeing import SETTLED, WRITE, get_item
from .sources import kinds_read, stands_of
from .words import (
    MEETINGS,
    attendance_words,
    away_words,
    day_words,
    item_kind_words,
    item_state_words,
    lamp,
    role_words,
    state_words,
    vote_words,
)

ONE: Final = BASE + "/mote/{id:uuid}"
TEXTS: Final[dict[str, Callable[[str], str]]] = {
    "rich": lambda html: Markup(clean(html)),
    "typed": to_plain,
}
"""Notes as a page shows them, and as one types them."""
BEFORE: Final = (MeetingState.PLANNED, MeetingState.SUMMONED)


@page(ONE, name="meeting")
async def show_meeting(view: View) -> Response:
    return await show(view)


@action(ONE + "/tid", name="change_meeting")
async def change(view: View) -> Response:
    values = read_fields(view.form, time_fields())
    return await _saved(view, lambda id: planning.change_meeting(view.work, id, **values))


@action(ONE + "/steg", name="step_meeting")
async def take_step(view: View) -> Response:
    """The next step, told by the button that was pressed."""
    work, form = view.work, view.form
    version = view.version or 0

    async def step(id: UUID) -> Meeting:
        if "summon" in form:
            return await holding.summon_meeting(work, id, version=version)
        if "hold" in form:
            return await holding.hold_meeting(work, id, version=version)
        if "written" in form:
            return await holding.complete_minutes(work, id, version=version)
        if "close" in form:
            return await holding.close_meeting(work, id, version=version)
        if "cancel" in form:
            return await holding.cancel_meeting(work, id, note=form.get("note"), version=version)
        if "reopen" in form:
            return await holding.reopen_minutes(work, id, note=form.get("note"), version=version)
        day = read_fields(form, [Field("on", _("Day"), "day", needed=True)])["on"]
        if "adjust" in form:
            return await holding.adjust_minutes(work, id, on=day, version=version)
        return await holding.announce_minutes(work, id, on=day, version=version)

    return await _saved(view, step)


@action(ONE + "/narvaro", name="meeting_attendance")
async def attendance(view: View) -> Response:
    form = view.form

    async def tell(id: UUID) -> Meeting:
        whole = await whole_meeting(view.work, id)
        told = {
            each.id: Attendance(form.get(f"attendance-{each.id}"))
            for each in whole.participants
            if form.get(f"attendance-{each.id}") in set(Attendance)
        }
        adjusters = frozenset(e.id for e in whole.participants if f"adjuster-{e.id}" in form)
        return await holding.tell_attendance(view.work, id, attendance=told, adjusters=adjusters)

    return await _saved(view, tell)


@action(ONE + "/deltagare", name="add_participant")
async def call(view: View) -> Response:
    async def add(id: UUID) -> object:
        whole = await whole_meeting(view.work, id)
        values = read_fields(view.form, await participant_fields(view, whole.row.unit_id))
        values["role"] = MeetingRole(values["role"])
        return await planning.add_participant(view.work, id, **values)

    return await _saved(view, add)


@action(ONE + "/punkter", name="add_agenda_item")
async def add(view: View) -> Response:
    async def put(id: UUID) -> object:
        if "point" in view.form:
            found = await planning.points_left(view.work, id)
            point = next((each for each in found if str(each.id) == view.form.get("point")), None)
            if point is None:
                raise NotFound()
            return await planning.add_item(view.work, id, title=point.title, kind=point.kind)
        values = read_fields(view.form, new_item_fields())
        return await planning.add_item(
            view.work, id, title=values["new_title"], kind=ItemKind(values["new_kind"])
        )

    return await _saved(view, put)


@action(ONE + "/punkter/{item:uuid}", name="write_agenda_item")
async def write(view: View) -> Response:
    """What is written on an item, or another place for it."""
    item_id = view.id("item")
    form = view.form

    async def save(_id: UUID) -> object:
        if "up" in form or "down" in form:
            item = await view.work.get(AgendaItem, item_id)
            place = item.position + (1 if "down" in form else -1)
            return await planning.move_item(view.work, item_id, place=place)
        if "remove" in form:
            return await planning.remove_item(view.work, item_id)
        changes: items.ItemChanges = {"proposals": form.get("proposals")}
        notes = await _notes(view, item_id)
        if notes is not None:
            changes["notes"] = notes
        if "decision" in form:
            changes["decision"] = form.get("decision")
            if form.get("state") not in set(ItemState):
                raise InvalidInput(_("Choose one from the list."), field="state")
            changes["state"] = ItemState(form.get("state"))
        version = view.version or 0
        return await items.change_item(view.work, item_id, changes=changes, version=version)

    return await _saved(view, save, anchor=form.get("anchor"))


@action(ONE + "/fil", name="export_meeting")
async def export(view: View) -> Response:
    job = await ask_for_paper(
        view.work,
        view.id(),
        paper=MeetingPaper.MINUTES if view.query("vad") == "protokoll" else MeetingPaper.SUMMONS,
        format=MeetingFormat.PDF if view.query("som") == "pdf" else MeetingFormat.WORD,
    )
    return await export_started(view, job)


async def show(view: View, problem: AppError | None = None) -> Response:
    whole = await whole_meeting(view.work, view.id())
    row = whole.row
    may = view.work.allows(WRITE, at=row.unit_id) and row.state not in SETTLED
    left = await left_to_do(view.work, row.id)
    values: dict[str, Any] = {
        "whole": whole,
        "row": row,
        "lamp": lamp(row.state),
        "check": await content_check(view.work, whole),
        "may": may,
        "steps_on": view.work.allows(WRITE, at=row.unit_id) and row.state not in SETTLED[2:],
        "before": row.state in BEFORE,
        "come": day_of(row.starts_at) <= view.work.today,
        "held": row.state not in (*BEFORE, MeetingState.CANCELLED),
        "problem": problem,
        "files": _files(view, whole),
        "stands": await stands_of(view.work, row, whole.links),
        "left": left if row.state not in SETTLED else Left(),
        "action_lights": left.lights | await lights_of(view.work, whole.actions),
        "optional": await planning.points_left(view.work, row.id) if may else [],
        "pulls": may and bool(kinds_read(view.work)),
        **_words(),
        **TEXTS,
    }
    if may:
        fields = await participant_fields(view, row.unit_id)
        values |= {
            "time_fields": time_fields(),
            "time_values": shown(row, time_fields()),
            "new_fields": new_item_fields(),
            "new_values": shown(None, new_item_fields()),
            "call_fields": fields,
            "call_values": shown(None, fields),
        }
    return await view.render(
        "meetings/meeting.html",
        status=problem.status if problem else 200,
        heading=whole.series.name,
        word=await view.word(MEETINGS),
        **values,
    )


async def _notes(view: View, item_id: UUID) -> str | None:
    """As the editor sent them, or as they were typed; None for typed ones that are as before."""
    form = view.form
    if "text" in form:
        return form.get("text")
    before = to_plain((await get_item(view.work, item_id)).notes)
    typed = form.get("plain").replace("\r\n", "\n").strip()
    return None if typed == before.strip() else from_plain(typed)


def time_fields() -> list[Field]:
    return [
        Field("starts_at", _("Starts"), "clock", needed=True),
        Field("ends_at", _("Ends"), "clock", needed=True),
        Field("place", _("Place")),
    ]


def new_item_fields() -> list[Field]:
    kinds = [(kind.value, word) for kind, word in item_kind_words().items()]
    return [
        Field("new_title", _("New item"), needed=True),
        Field("new_kind", _("The item is for"), "choice", needed=True, options=kinds),
    ]


async def participant_fields(view: View, unit_id: UUID) -> list[Field]:
    people = await may_answer(view.work, unit_id, on=view.work.today)
    roles = [(role.value, word) for role, word in role_words().items()]
    return [
        Field("role", _("Role"), "choice", needed=True, options=roles),
        Field(
            "person_id",
            _("Somebody in the register"),
            "record",
            options=[("", _("Somebody else")), *((str(each.id), each.name) for each in people)],
        ),
        Field("name", _("Name of somebody else")),
        Field("adjuster", _("Adjusts the minutes"), "tick"),
    ]


def _words() -> dict[str, Any]:
    return {
        "kinds": item_kind_words(),
        "item_states": item_state_words(),
        "states": state_words(),
        "roles": role_words(),
        "came": attendance_words(),
        "day_names": day_words(),
        "away": away_words(),
        "cast": vote_words(),
    }


def _files(view: View, whole: WholeMeeting) -> list[tuple[str, str]]:
    if whole.series.private or not view.work.allows("meetings.export"):
        return []

    def address(what: str, as_: str) -> str:
        return view.url("export_meeting", {"vad": what, "som": as_}, id=whole.row.id)

    found = [
        (address("kallelse", "word"), _("Summons in Word")),
        (address("kallelse", "pdf"), _("Summons as PDF")),
    ]
    if whole.row.state not in (*BEFORE, MeetingState.CANCELLED):
        found += [
            (address("protokoll", "word"), _("Minutes in Word")),
            (address("protokoll", "pdf"), _("Minutes as PDF")),
        ]
    return found


async def _saved(
    view: View, save: Callable[[UUID], Awaitable[object]], *, anchor: str = ""
) -> Response:
    id = view.id()
    try:
        async with view.work.attempt():
            await save(id)
    except AppError as problem:
        return await show(view, problem)
    place = f"#{anchor}" if anchor.startswith("punkt-") and anchor[6:].isdecimal() else ""
    return view.redirect(view.url("meeting", id=id) + place, said=_("It is saved."))


MEETING_PAGES = (show_meeting, change, take_step, attendance, call, add, write, export)
