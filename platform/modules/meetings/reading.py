"""A meeting with all that belongs to it, in a fixed number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import and_, select

from ....authz.permit import permit
from ....tenants.names import names_of
from ....tenants.work import Work
from ..actions.models import PlannedAction
from .dates import LastDay, Step, last_days
from .models import (
    AgendaAction,
    AgendaItem,
    AgendaLink,
    ItemAbsence,
    ItemReservation,
    ItemVote,
    Meeting,
    MeetingSeries,
    MeetingStep,
    Participant,
)
from .seeing import get_meeting

Part = TypeVar("Part", ItemVote, ItemReservation, ItemAbsence, AgendaLink)


@dataclass(frozen=True, slots=True)
class WholeItem:
    row: AgendaItem
    votes: Sequence[ItemVote]
    reservations: Sequence[ItemReservation]
    absences: Sequence[ItemAbsence]
    links: Sequence[AgendaLink]
    actions: Sequence[PlannedAction]


@dataclass(frozen=True, slots=True)
class WholeMeeting:
    """`names` has the participants by their own ids, and people by theirs."""

    row: Meeting
    series: MeetingSeries
    participants: Sequence[Participant]
    items: Sequence[WholeItem]
    steps: Sequence[MeetingStep]
    names: Mapping[UUID, str]
    days: Mapping[Step, LastDay]

    @property
    def links(self) -> list[AgendaLink]:
        return [link for item in self.items for link in item.links]

    @property
    def actions(self) -> list[PlannedAction]:
        return [action for item in self.items for action in item.actions]

    def name(self, id: UUID | None) -> str:
        return self.names.get(id, "") if id else ""


@permit("meetings.read")
async def whole_meeting(work: Work, meeting_id: UUID) -> WholeMeeting:
    """Raises NotFound, also for a meeting that is for others only."""
    meeting = await get_meeting(work, meeting_id)
    series = await work.get(MeetingSeries, meeting.series_id)
    participants = await work.scalars(
        select(Participant).where(Participant.meeting_id == meeting.id).order_by(Participant.id)
    )
    steps = await work.scalars(
        select(MeetingStep).where(MeetingStep.meeting_id == meeting.id).order_by(MeetingStep.id)
    )
    items = await _items(work, meeting)
    owners = [action.owner_id for item in items for action in item.actions]
    people = await names_of(
        work, [*(each.person_id for each in participants), *(s.taken_by for s in steps), *owners]
    )
    names = people | {
        each.id: people[each.person_id] if each.person_id else each.name for each in participants
    }
    days = await last_days(work, meeting, series)
    return WholeMeeting(meeting, series, participants, items, steps, names, days)


async def _items(work: Work, meeting: Meeting) -> list[WholeItem]:
    rows = await work.scalars(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting.id)
        .order_by(AgendaItem.position, AgendaItem.id)
    )
    ids = [row.id for row in rows]
    votes = await _by_item(work, ItemVote, ids)
    reservations = await _by_item(work, ItemReservation, ids)
    absences = await _by_item(work, ItemAbsence, ids)
    links = await _by_item(work, AgendaLink, ids)
    actions: dict[UUID, list[PlannedAction]] = defaultdict(list)
    for item_id, action in await work.rows(
        select(AgendaAction.item_id, PlannedAction)
        .join(
            PlannedAction,
            and_(
                PlannedAction.id == AgendaAction.action_id,
                PlannedAction.tenant_id == AgendaAction.tenant_id,
            ),
        )
        .where(AgendaAction.item_id.in_(ids))
        .order_by(AgendaAction.id)
    ):
        actions[item_id].append(action)
    return [
        WholeItem(
            row,
            votes[row.id],
            reservations[row.id],
            absences[row.id],
            links[row.id],
            actions[row.id],
        )
        for row in rows
    ]


async def _by_item(
    work: Work, model: type[Part], ids: Iterable[UUID]
) -> defaultdict[UUID, list[Part]]:
    found: defaultdict[UUID, list[Part]] = defaultdict(list)
    for row in await work.scalars(select(model).where(model.item_id.in_(ids)).order_by(model.id)):
        found[row.item_id].append(row)
    return found
