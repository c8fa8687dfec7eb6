"""What is said, proposed and decided on an item, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, TypedDict
from uuid import UUID

from sqlalchemy import delete, select

from ....authz.permit import permit
from ....infra.documents.richtext import clean, plain_text
from ....infra.errors import Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....infra.texts import at_most, one_line
from ....tenants.work import Work
from ..actions.models import PlannedAction
from ..actions.service import plan_action
from .check import named
from .dates import day_of
from .design import SHORT
from .models import (
    AgendaAction,
    AgendaItem,
    Attendance,
    Away,
    ItemAbsence,
    ItemKind,
    ItemReservation,
    ItemState,
    ItemVote,
    Meeting,
    MeetingSeries,
    MeetingState,
    Participant,
    Vote,
)
from .planning import saved
from .seeing import get_item, unsettled

LONG: Final = 20_000
MOST_VOTES: Final = 1_000


class ItemChanges(TypedDict, total=False):
    """What shall be changed; what is left out stays."""

    title: str
    kind: ItemKind
    state: ItemState
    registry_number: str
    notes: str
    proposals: str
    decision: str


@permit("meetings.write")
async def change_item(
    work: Work, item_id: UUID, *, changes: ItemChanges, version: int | None = None
) -> AgendaItem:
    """Write on an item: notes and proposals at any time, a decision when the meeting is held.

    Raises Conflict when the minutes are settled, when `version` is not what stands, or for a
    decision before the meeting.
    """
    item, meeting = await _written(work, item_id, version)
    if changes.get("decision") or changes.get("state", item.state) is ItemState.CARRIED:
        _is_held(meeting)
    if "title" in changes:
        item.title = one_line(changes["title"], field="title", most=SHORT)
    item.kind = changes.get("kind", item.kind)
    item.state = await _state(work, item, changes.get("state", item.state))
    if "registry_number" in changes:
        item.registry_number = at_most(changes["registry_number"], field="registryNumber", most=60)
    if "notes" in changes:
        item.notes = rich(changes["notes"], field="notes")
    if "proposals" in changes:
        item.proposals = at_most(changes["proposals"], field="proposals", most=LONG)
    if "decision" in changes:
        item.decision = at_most(changes["decision"], field="decision", most=LONG)
    return await _saved(work, item)


@permit("meetings.write")
async def count_votes(
    work: Work,
    item_id: UUID,
    *,
    votes_for: int | None,
    votes_against: int | None,
    votes_abstained: int | None = 0,
    version: int | None = None,
) -> AgendaItem:
    """The outcome of a vote in numbers, instead of by name; None for both takes the vote away."""
    item, meeting = await _written(work, item_id, version)
    _is_held(meeting)
    counts = (votes_for, votes_against, votes_abstained)
    if any(count is not None and not 0 <= count <= MOST_VOTES for count in counts):
        raise InvalidInput(_("Write a whole number."), field="votesFor")
    if (votes_for is None) != (votes_against is None):
        raise InvalidInput(_("Write how many voted for, and how many against."), field="votesFor")
    await _forget_votes(work, item)
    item.votes_for, item.votes_against = votes_for, votes_against
    item.votes_abstained = None if votes_for is None else votes_abstained or 0
    return await _saved(work, item)


@permit("meetings.write")
async def record_votes(
    work: Work, item_id: UUID, *, votes: Mapping[UUID, Vote], version: int | None = None
) -> AgendaItem:
    """How each who served voted; the counts follow. Raises InvalidInput for somebody who did not
    serve, or had left for the item."""
    item, meeting = await _written(work, item_id, version)
    known = await work.scalars(select(Participant.id).where(Participant.id.in_(votes)))
    if set(votes) - set(known):
        raise NotFound(field="participantId")
    _is_held(meeting)
    served = await work.scalars(
        select(Participant.id).where(
            Participant.meeting_id == meeting.id, Participant.attendance == Attendance.SERVED
        )
    )
    away = await work.scalars(
        select(ItemAbsence.participant_id).where(ItemAbsence.item_id == item.id)
    )
    if not set(votes) <= set(served) - set(away):
        raise InvalidInput(_("Only those who served on the item have voted."), field="votes")
    await _forget_votes(work, item)
    work.add(*(ItemVote(item_id=item.id, participant_id=id, vote=v) for id, v in votes.items()))
    cast = list(votes.values())
    item.votes_for = cast.count(Vote.FOR) if cast else None
    item.votes_against = cast.count(Vote.AGAINST) if cast else None
    item.votes_abstained = cast.count(Vote.ABSTAINED) if cast else None
    return await _saved(work, item)


@permit("meetings.write")
async def add_reservation(
    work: Work, item_id: UUID, *, participant_id: UUID, said: str = ""
) -> ItemReservation:
    """Somebody who served does not stand behind the decision. The same again changes what they
    say. Raises InvalidInput for somebody who did not serve on the item."""
    item, meeting = await _written(work, item_id)
    who = await _participant(work, meeting, participant_id)
    _is_held(meeting)
    away = await _absence(work, item, who)
    if who.attendance is not Attendance.SERVED or away is not None:
        raise InvalidInput(
            _("Only those who served on the item can have reservations."), field="participantId"
        )
    row = await work.first(
        select(ItemReservation).where(
            ItemReservation.item_id == item.id, ItemReservation.participant_id == who.id
        )
    ) or ItemReservation(item_id=item.id, participant_id=who.id)
    row.said = at_most(said, field="said", most=LONG)
    work.add(row)
    await _saved(work, item)
    return row


@permit("meetings.write")
async def remove_reservation(work: Work, reservation_id: UUID) -> AgendaItem:
    row = await work.get(ItemReservation, reservation_id)
    item, _meeting = await _written(work, row.item_id)
    await work.delete(row)
    return await _saved(work, item)


@permit("meetings.write")
async def leave_for_item(
    work: Work, item_id: UUID, *, participant_id: UUID, reason: Away = Away.CONFLICT
) -> ItemAbsence:
    """Somebody was not there for an item, such as for a conflict of interest. Raises Conflict for
    somebody who has voted on it or has a reservation."""
    item, meeting = await _written(work, item_id)
    who = await _participant(work, meeting, participant_id)
    for model in (ItemVote, ItemReservation):
        took_part = select(model.id).where(model.item_id == item.id, model.participant_id == who.id)
        if await work.first(took_part) is not None:
            raise Conflict(
                _("They have voted on the item, or have a reservation: they were there."),
                field="participantId",
            )
    row = await _absence(work, item, who) or ItemAbsence(item_id=item.id, participant_id=who.id)
    row.reason = reason
    work.add(row)
    await _saved(work, item)
    return row


@permit("meetings.write")
async def stay_for_item(work: Work, absence_id: UUID) -> AgendaItem:
    """They were there after all."""
    row = await work.get(ItemAbsence, absence_id)
    item, _meeting = await _written(work, row.item_id)
    await work.delete(row)
    return await _saved(work, item)


@permit("meetings.write")
async def agree_on_action(
    work: Work,
    item_id: UUID,
    *,
    title: str,
    owner_id: UUID | None = None,
    due_on: date | None = None,
    detail: str = "",
) -> PlannedAction:
    """Something to be done, by somebody until a day: it turns up in My work. Raises Conflict for
    a meeting that is for its participants only: everybody reads actions."""
    item = await get_item(work, item_id)
    meeting = await unsettled(work, item.meeting_id)
    series = await work.get(MeetingSeries, meeting.series_id)
    if series.private:
        raise Conflict(_("Everybody reads actions, and this meeting is for those in it only."))
    action = await plan_action(
        work,
        unit_id=meeting.unit_id,
        module="meetings",
        about=f"{series.name} {day_of(meeting.starts_at)}, {named(item)}",
        page="meeting",
        params={"id": str(meeting.id)},
        title=title,
        owner_id=owner_id,
        due_on=due_on,
        detail=detail,
    )
    work.add(AgendaAction(item_id=item.id, action_id=action.id))
    await saved(work, meeting)
    return action


def rich(html: str, *, field: str) -> str:
    """Cleaned to the closed subset; without a word in it nothing at all."""
    cleaned = at_most(clean(html), field=field, most=LONG)
    return cleaned if plain_text(cleaned).strip() else ""


async def _written(
    work: Work, item_id: UUID, version: int | None = None
) -> tuple[AgendaItem, Meeting]:
    """An item to write on, and its meeting, held until the end of the work."""
    item = await get_item(work, item_id)
    meeting = await unsettled(work, item.meeting_id)
    again = select(AgendaItem).where(AgendaItem.id == item_id)
    item = await work.first(again.execution_options(populate_existing=True)) or item
    if version is not None and version != item.version:
        raise Conflict(_("Somebody else has changed this item meanwhile. Load the page again."))
    return item, meeting


def _is_held(meeting: Meeting) -> None:
    if meeting.state in (MeetingState.PLANNED, MeetingState.SUMMONED):
        raise Conflict(_("The meeting is not held yet."))


async def _state(work: Work, item: AgendaItem, state: ItemState) -> ItemState:
    """What a later meeting has taken up is no longer changed back."""
    if item.state is ItemState.CARRIED and state is not item.state:
        taken = select(AgendaItem.id).where(AgendaItem.carried_from == item.id)
        if await work.first(taken) is not None:
            raise Conflict(_("The next meeting has this item already."), field="state")
    return state


async def _participant(work: Work, meeting: Meeting, id: UUID) -> Participant:
    who = await work.get(Participant, id, field="participantId")
    if who.meeting_id != meeting.id:
        raise InvalidInput(_("That person was not called to the meeting."), field="participantId")
    return who


async def _absence(work: Work, item: AgendaItem, who: Participant) -> ItemAbsence | None:
    return await work.first(
        select(ItemAbsence).where(
            ItemAbsence.item_id == item.id, ItemAbsence.participant_id == who.id
        )
    )


async def _forget_votes(work: Work, item: AgendaItem) -> None:
    await work.execute(delete(ItemVote).where(ItemVote.item_id == item.id))


async def _saved(work: Work, item: AgendaItem) -> AgendaItem:
    item.version += 1
    item.changed_by, item.changed_at = work.actor.id, work.now
    await work.flush()
    return item
