"""Meetings and their agendas, as the API shows them."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from ....graphql.context import Info
from ....graphql.nodes import Node
from ....graphql.stored import Place, Related, Row, many, one, planned, seen_with
from ..actions.schema import PlannedAction
from ..goals.planning.nodes_schema import PlanNode
from ..governing_documents.documents_schema import GoverningDocument
from ..internal_control.risks_schema import Risk
from ..organisation.files.schema import StoredFile
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import models
from .dates import last_days
from .following import left_to_do
from .linking import links_of
from .seeing import READ, note_read
from .series_schema import AgendaItemKind, MeetingRole, MeetingSeries, sees_series
from .sources import Source, stands_of

AgendaItemState = models.ItemState
strawberry.enum(AgendaItemState, name="AgendaItemState", description="How far an item has come.")
MeetingState = models.MeetingState
strawberry.enum(MeetingState, description="How far a meeting has come.")
Attendance = models.Attendance
strawberry.enum(Attendance, description="Whether somebody came.")
Vote = models.Vote
strawberry.enum(Vote, description="How somebody voted.")
AwayReason = models.Away
strawberry.enum(AwayReason, name="AwayReason", description="Why somebody left for an item.")


@strawberry.type(description="A state that a meeting has come to; never changed afterwards.")
class MeetingStep(Node):
    model = models.MeetingStep
    permission = READ

    row: strawberry.Private[models.MeetingStep]
    state: MeetingState = strawberry.field(description="The state.")
    note: str = strawberry.field(description="What was told with it.")
    taken_at: datetime = strawberry.field(description="When.")

    taken_by: Person | None = one(models.MeetingStep.taken_by, "Who.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "MeetingStep | None":
        info.context.work.require(cls.permission)
        row = await info.context.by_id(models.MeetingStep, id)
        if row is None or await Meeting.find(info, row.meeting_id) is None:
            return None
        return cls.of(row)


@strawberry.type(description="Somebody who was called to a meeting.")
class MeetingParticipant(Node):
    model = models.Participant
    permission = READ

    row: strawberry.Private[models.Participant]
    name: str = strawberry.field(description="The name of who is not in the register.")
    role: MeetingRole = strawberry.field(description="In which role.")
    adjuster: bool = strawberry.field(description="Whether they adjust the minutes.")
    attendance: Attendance = strawberry.field(description="Whether they came.")

    person: Person | None = one(models.Participant.person_id, "Who, in the register.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "MeetingParticipant | None":
        info.context.work.require(cls.permission)
        row = await info.context.by_id(models.Participant, id)
        if row is None or await Meeting.find(info, row.meeting_id) is None:
            return None
        return cls.of(row)


@strawberry.type(description="How somebody voted on an item.")
class AgendaVote(Node):
    model = models.ItemVote
    permission = READ

    row: strawberry.Private[models.ItemVote]
    vote: Vote = strawberry.field(description="How.")

    participant: MeetingParticipant | None = seen_with(models.ItemVote.participant_id, "Who.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "AgendaVote | None":
        row = await info.context.by_id(models.ItemVote, id)
        return cls.of(row) if row and await AgendaItem.find(info, row.item_id) else None


@strawberry.type(description="Somebody who does not stand behind a decision.")
class AgendaReservation(Node):
    model = models.ItemReservation
    permission = READ

    row: strawberry.Private[models.ItemReservation]
    said: str = strawberry.field(description="What they say of it.")

    participant: MeetingParticipant | None = seen_with(
        models.ItemReservation.participant_id, "Who."
    )

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "AgendaReservation | None":
        row = await info.context.by_id(models.ItemReservation, id)
        return cls.of(row) if row and await AgendaItem.find(info, row.item_id) else None


@strawberry.type(description="Somebody who left for an item.")
class AgendaAbsence(Node):
    model = models.ItemAbsence
    permission = READ

    row: strawberry.Private[models.ItemAbsence]
    reason: AwayReason = strawberry.field(description="Why.")

    participant: MeetingParticipant | None = seen_with(models.ItemAbsence.participant_id, "Who.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "AgendaAbsence | None":
        row = await info.context.by_id(models.ItemAbsence, id)
        return cls.of(row) if row and await AgendaItem.find(info, row.item_id) else None


@strawberry.type(
    description="How something stands that an item comes from: as it is now, and once the meeting "
    "is held as it stood then."
)
class AgendaSource:
    title: str = strawberry.field(description="What it is called.")
    detail: str = strawberry.field(description="What it is and where.")
    light: str = strawberry.field(description="green, yellow, red or none; empty without a light.")
    word: str = strawberry.field(description="What the light means.")


@strawberry.type(
    description="What an item is about: a goal, a risk, a governing document or a file."
)
class AgendaLink(Node):
    model = models.AgendaLink
    permission = READ

    row: strawberry.Private[models.AgendaLink]
    title: str = strawberry.field(
        description="What it was called when it was linked, or when the meeting was held."
    )
    kept_at: datetime | None = strawberry.field(
        description="When it was kept as it stood; null before the meeting is held."
    )

    node: PlanNode | None = one(models.AgendaLink.node_id, "The goal.")
    risk: Risk | None = one(models.AgendaLink.risk_id, "The risk.")
    document: GoverningDocument | None = one(
        models.AgendaLink.document_id, "The governing document."
    )
    file: StoredFile | None = one(models.AgendaLink.file_id, "The file.")

    @strawberry.field(description="How it stands.")
    async def source(self, info: Info) -> AgendaSource:
        item = await info.context.by_id(models.AgendaItem, self.row.item_id)
        assert item is not None

        async def load(ids: list[UUID]) -> list[dict[UUID, Source]]:
            return [await _stands(info, id) for id in ids]

        found = await info.context.batch("meetings.sources", item.meeting_id, load)
        told = found[self.row.id]
        return AgendaSource(title=told.title, detail=told.detail, light=told.light, word=told.word)

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "AgendaLink | None":
        row = await info.context.by_id(models.AgendaLink, id)
        return cls.of(row) if row and await AgendaItem.find(info, row.item_id) else None


def _agreed(row: Row, place: Place) -> ColumnElement[bool]:
    link = aliased(models.AgendaAction)
    own = (link.tenant_id == place.given.tenant) & (link.item_id == place.row.id)
    return exists().where(own, link.action_id == row.id)


def _in_turn(row: Row, place: Place) -> tuple[Any, ...]:
    link = aliased(models.AgendaAction)
    own = (link.tenant_id == place.given.tenant) & (link.action_id == row.id)
    return (place.alone(select(link.id).where(own)),)


AGREED = Related(_agreed, _in_turn, find=True)


@strawberry.type(description="A point of a meeting: what was said, proposed and decided.")
class AgendaItem(Node):
    model = models.AgendaItem
    permission = READ

    row: strawberry.Private[models.AgendaItem]
    position: int = strawberry.field(description="Its place on the agenda, 1 first.")
    paragraph: int | None = strawberry.field(description="Its number in the year and the body.")
    year: int = strawberry.field(description="The year of the paragraph.")
    title: str = strawberry.field(description="What it is called.")
    kind: AgendaItemKind = strawberry.field(description="What it is for.")
    state: AgendaItemState = strawberry.field(description="How far it has come.")
    registry_number: str = strawberry.field(description="Its number in the registry.")
    notes: str = strawberry.field(
        description="What was said, as HTML: p h3 h4 strong em ul ol table a."
    )
    proposals: str = strawberry.field(description="What was proposed, a line each.")
    decision: str = strawberry.field(description="What was decided.")
    votes_for: int | None = strawberry.field(description="How many voted for.")
    votes_against: int | None = strawberry.field(description="How many voted against.")
    votes_abstained: int | None = strawberry.field(description="How many abstained.")
    version: int = strawberry.field(description="Send it along when you change the item.")

    votes: list[AgendaVote] = many(models.ItemVote.item_id, "How each voted, where that was told.")
    reservations: list[AgendaReservation] = many(
        models.ItemReservation.item_id, "Who has reservations."
    )
    absences: list[AgendaAbsence] = many(models.ItemAbsence.item_id, "Who left for the item.")
    links: list[AgendaLink] = many(models.AgendaLink.item_id, "What it is about.")

    @strawberry.field(description="Actions that were agreed on it.", metadata=planned(AGREED))
    async def actions(self, info: Info) -> list[PlannedAction]:
        model = models.AgendaAction
        agreed = await info.context.children(model, model.item_id, self.row.id, order=(model.id,))
        found = [await PlannedAction.find(info, row.action_id) for row in agreed]
        return [action for action in found if action is not None]

    meeting: Annotated["Meeting", strawberry.lazy(__name__)] | None = seen_with(
        models.AgendaItem.meeting_id, "The meeting it belongs to."
    )

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "AgendaItem | None":
        info.context.work.require(cls.permission)
        row = await info.context.by_id(models.AgendaItem, id)
        if row is None or await Meeting.find(info, row.meeting_id) is None:
            return None
        return cls.of(row)


@strawberry.type(description="The last day of a step, with the law that sets it.")
class MeetingDay:
    step: str = strawberry.field(description="summon, write, adjust, announce or appeal.")
    day: date = strawberry.field(description="The day.")
    law: str | None = strawberry.field(description="What sets it; null for a setting of yours.")
    free: bool = strawberry.field(description="Whether it is on a weekend or a holiday.")


@strawberry.type(description="A meeting.")
class Meeting(Node):
    model = models.Meeting
    permission = READ

    row: strawberry.Private[models.Meeting]
    starts_at: datetime = strawberry.field(description="When it starts.")
    ends_at: datetime = strawberry.field(description="When it ends.")
    place: str = strawberry.field(description="Where.")
    state: MeetingState = strawberry.field(description="How far it has come.")
    adjusted_on: date | None = strawberry.field(description="The day its minutes were adjusted.")
    announced_on: date | None = strawberry.field(description="The day that was announced.")
    version: int = strawberry.field(description="Send it along when you change the meeting.")

    unit: Unit | None = one(models.Meeting.unit_id, "The unit, or the body it is.")

    series: MeetingSeries | None = one(
        models.Meeting.series_id, "The series; null where you see this meeting of it only."
    )

    agenda: list[AgendaItem] = many(
        models.AgendaItem.meeting_id, "Its items, in order.", order=lambda row: (row.position,)
    )
    participants: list[MeetingParticipant] = many(models.Participant.meeting_id, "Who was called.")

    @strawberry.field(
        description="What earlier meetings of the series agreed on and is still to be done."
    )
    async def left_to_do(self, info: Info) -> list[PlannedAction]:
        return [
            PlannedAction.of(row)
            for row in (await left_to_do(info.context.work, self.row.id)).actions
        ]

    steps: list[MeetingStep] = many(
        models.MeetingStep.meeting_id, "The states it has had, the first first."
    )

    @strawberry.field(description="The last days that can be told by now.")
    async def days(self, info: Info) -> list[MeetingDay]:
        series = await info.context.by_id(models.MeetingSeries, self.row.series_id)
        assert series is not None
        found = await last_days(info.context.work, self.row, series)
        return [
            MeetingDay(
                step=last.step,
                day=last.day,
                law=last.law.name if last.law else None,
                free=last.free,
            )
            for last in found.values()
        ]

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "Meeting | None":
        info.context.work.require(cls.permission)
        row = await info.context.by_id(models.Meeting, id)
        return cls.of(row) if row is not None and await _sees_meeting(info, row) else None


async def _sees_meeting(info: Info, row: models.Meeting) -> bool:
    work = info.context.work
    series = await info.context.by_id(models.MeetingSeries, row.series_id)
    if series is None or not series.private:
        return series is not None
    sees = await sees_series(info, series)
    if not sees and work.actor.id is not None:
        called = await _called(info, row.id)
        sees = work.actor.id in {each.person_id for each in called}
    if sees:
        note_read(work, row)
    return sees


async def _stands(info: Info, meeting_id: UUID) -> dict[UUID, Source]:
    """All links of a meeting at once."""
    meeting = await info.context.by_id(models.Meeting, meeting_id)
    assert meeting is not None
    links = await links_of(info.context.work, meeting)
    return await stands_of(info.context.work, meeting, links)


async def _called(info: Info, meeting_id: UUID) -> list[models.Participant]:
    model = models.Participant
    return list(await info.context.children(model, model.meeting_id, meeting_id, order=(model.id,)))
