"""More about an item: votes, reservations, who left, what it is about and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from starlette.responses import Response

from ....infra.errors import AppError
from ....infra.i18n import _
from ....tenants.tree.responsible import may_answer
from ...web.fields import Field, read_fields, shown
from ...web.forms import read_id
from ...web.page import View, action, page
from ...web.sent_files import keep_sent
from . import items, linking
from .following import lights_of
from .list_pages import BASE
from .meeting_pages import BEFORE, TEXTS
from .models import Attendance, Away, Vote
from .reading import WholeItem, WholeMeeting, whole_meeting
from .seeing import SETTLED, WRITE, get_item
from .sources import kinds_read, stands_of
from .words import away_words, vote_words

ONE = BASE + "/punkt/{id:uuid}"


@page(ONE, name="agenda_item")
async def show_item(view: View) -> Response:
    return await _show(view)


@action(ONE, name="change_agenda_item")
async def change(view: View) -> Response:
    """One of the forms of the page, told by its button."""
    id, form = view.id(), view.form
    try:
        async with view.work.attempt():
            if "count" in form:
                values = read_fields(form, _count_fields())
                await items.count_votes(view.work, id, **values)
            elif "names" in form:
                await items.record_votes(view.work, id, votes=await _votes(view, id))
            elif "stay" in form:
                await items.stay_for_item(view.work, read_id(form.get("stay")))
            elif "withdraw" in form:
                await items.remove_reservation(view.work, read_id(form.get("withdraw")))
            elif "unlink" in form:
                await linking.unlink_item(view.work, read_id(form.get("unlink")))
            else:
                await _add(view, id)
    except AppError as problem:
        return await _show(view, problem)
    return view.redirect(view.url("agenda_item", id=id), said=_("It is saved."))


async def _add(view: View, id: UUID) -> None:
    form = view.form
    whole, _item = await _found(view, id)
    if "leave" in form:
        values = read_fields(form, _leave_fields(whole))
        await items.leave_for_item(
            view.work, id, participant_id=values["away_id"], reason=Away(values["reason"])
        )
    elif "reserve" in form:
        values = read_fields(form, _reserve_fields(whole))
        await items.add_reservation(
            view.work, id, participant_id=values["participant_id"], said=values["said"]
        )
    elif "attach" in form:
        file = await keep_sent(view)
        await linking.link_item(view.work, id, file_id=file.id)
    else:
        values = read_fields(form, await _action_fields(view, whole))
        await items.agree_on_action(
            view.work,
            id,
            title=values["title"],
            owner_id=values["owner_id"],
            due_on=values["due_on"],
        )


async def _votes(view: View, id: UUID) -> dict[UUID, Vote]:
    whole, _item = await _found(view, id)
    return {
        each.id: Vote(view.form.get(f"vote-{each.id}"))
        for each in whole.participants
        if view.form.get(f"vote-{each.id}") in set(Vote)
    }


async def _show(view: View, problem: AppError | None = None) -> Response:
    whole, item = await _found(view, view.id())
    may = view.work.allows(WRITE, at=whole.row.unit_id) and whole.row.state not in SETTLED
    away = {each.participant_id for each in item.absences}
    forms: dict[str, Sequence[Field]] = {}
    if may:
        forms = {
            "count": _count_fields(),
            "leave": _leave_fields(whole),
            "reserve": _reserve_fields(whole),
            "act": await _action_fields(view, whole),
        }
    return await view.render(
        "meetings/item.html",
        status=problem.status if problem else 200,
        heading=item.row.title,
        whole=whole,
        item=item,
        stands=await stands_of(view.work, whole.row, item.links),
        action_lights=await lights_of(view.work, item.actions),
        pulls=bool(kinds_read(view.work)),
        may=may,
        held=whole.row.state not in BEFORE,
        forms=forms,
        values={name: shown(item.row, fields) for name, fields in forms.items()}
        | ({"act": shown(None, forms["act"])} if may else {}),
        voters=[
            each
            for each in whole.participants
            if each.attendance is Attendance.SERVED and each.id not in away
        ],
        has_voted={each.participant_id: each.vote for each in item.votes},
        cast=vote_words(),
        away=away_words(),
        problem=problem,
        **TEXTS,
    )


async def _found(view: View, id: UUID) -> tuple[WholeMeeting, WholeItem]:
    row = await get_item(view.work, id)
    whole = await whole_meeting(view.work, row.meeting_id)
    return whole, next(item for item in whole.items if item.row.id == id)


def _count_fields() -> list[Field]:
    return [
        Field("votes_for", _("For"), "number"),
        Field("votes_against", _("Against"), "number"),
        Field("votes_abstained", _("Abstained"), "number"),
    ]


def _leave_fields(whole: WholeMeeting) -> list[Field]:
    reasons = [(kind.value, word) for kind, word in away_words().items()]
    return [
        Field("away_id", _("Who left for the item"), "record", needed=True, options=_who(whole)),
        Field("reason", _("Why"), "choice", needed=True, options=reasons),
    ]


def _reserve_fields(whole: WholeMeeting) -> list[Field]:
    return [
        Field(
            "participant_id",
            _("Who has a reservation"),
            "record",
            needed=True,
            options=_who(whole, Attendance.SERVED),
        ),
        Field("said", _("What they say of it"), "text"),
    ]


async def _action_fields(view: View, whole: WholeMeeting) -> list[Field]:
    people = await may_answer(view.work, whole.row.unit_id, on=view.work.today)
    names = [(str(each.id), each.name) for each in people]
    return [
        Field("title", _("What is to be done"), needed=True),
        Field("owner_id", _("Responsible"), "record", options=[("", _("Nobody yet")), *names]),
        Field("due_on", _("Last day"), "day"),
    ]


def _who(whole: WholeMeeting, came: Attendance | None = None) -> list[tuple[str, str]]:
    return [
        (str(each.id), whole.name(each.id))
        for each in whole.participants
        if came is None or each.attendance is came
    ]


ITEM_PAGES = (show_item, change)
