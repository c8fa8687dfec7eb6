"""Agendas in the API: items, what is decided on them, and what comes of it."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ..actions.schema import PlannedAction
from ..goals.planning.nodes_schema import KINDS, node_id
from ..governing_documents.documents_schema import GoverningDocument
from ..internal_control.risks_schema import Risk
from ..organisation.files.schema import StoredFile
from ..organisation.people.schema import Person
from . import items, linking, models, planning
from .series_schema import AgendaItemKind
from .types_schema import (
    AgendaAbsence,
    AgendaItem,
    AgendaItemState,
    AgendaLink,
    AgendaReservation,
    AwayReason,
    Meeting,
    MeetingParticipant,
    Vote,
)


@strawberry.input(description="A new item.")
class AgendaItemInput:
    meeting_id: strawberry.ID = strawberry.field(description="Its meeting.")
    title: str = strawberry.field(description="What it is called.")
    kind: AgendaItemKind = strawberry.field(description="What it is for.")
    registry_number: str = strawberry.field(default="", description="Its number in the registry.")
    place: int | None = strawberry.field(default=None, description="Its place; last without.")


@strawberry.input(description="What is written on an item; what is left out stays.")
class ChangeAgendaItemInput:
    id: strawberry.ID = strawberry.field(description="The item.")
    title: str | None = strawberry.field(default=None, description="What it is called.")
    kind: AgendaItemKind | None = strawberry.field(default=None, description="What it is for.")
    state: AgendaItemState | None = strawberry.field(
        default=None, description="How far it has come."
    )
    registry_number: str | None = strawberry.field(
        default=None, description="Its number in the registry."
    )
    notes: str | None = strawberry.field(
        default=None, description="What was said, as HTML; what is not allowed in it is dropped."
    )
    proposals: str | None = strawberry.field(default=None, description="What was proposed.")
    decision: str | None = strawberry.field(default=None, description="What was decided.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="One thing that an item is about.")
class AgendaLinkInput:
    agenda_item_id: strawberry.ID = strawberry.field(description="The item.")
    node_id: strawberry.ID | None = strawberry.field(default=None, description="A goal.")
    risk_id: strawberry.ID | None = strawberry.field(default=None, description="A risk.")
    document_id: strawberry.ID | None = strawberry.field(
        default=None, description="A governing document."
    )
    file_id: strawberry.ID | None = strawberry.field(default=None, description="A file.")


@strawberry.input(description="A new item about one thing, with its title.")
class PullInAgendaItemInput:
    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    kind: AgendaItemKind = strawberry.field(description="What the item is for.")
    node_id: strawberry.ID | None = strawberry.field(default=None, description="A goal.")
    risk_id: strawberry.ID | None = strawberry.field(default=None, description="A risk.")
    document_id: strawberry.ID | None = strawberry.field(
        default=None, description="A governing document."
    )


@strawberry.input(description="A vote in numbers; without numbers it is taken away.")
class CountVotesInput:
    id: strawberry.ID = strawberry.field(description="The item.")
    votes_for: int | None = strawberry.field(default=None, description="How many voted for.")
    votes_against: int | None = strawberry.field(
        default=None, description="How many voted against."
    )
    votes_abstained: int | None = strawberry.field(default=None, description="How many abstained.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="How somebody voted.")
class VoteInput:
    participant_id: strawberry.ID = strawberry.field(description="Who.")
    vote: Vote = strawberry.field(description="How.")


@strawberry.input(description="A vote by name; none takes it away.")
class RecordVotesInput:
    id: strawberry.ID = strawberry.field(description="The item.")
    votes: list[VoteInput] = strawberry.field(description="How each voted.")
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="Somebody who does not stand behind a decision.")
class AgendaReservationInput:
    agenda_item_id: strawberry.ID = strawberry.field(description="The item.")
    participant_id: strawberry.ID = strawberry.field(description="Who.")
    said: str = strawberry.field(default="", description="What they say of it.")


@strawberry.input(description="Somebody who left for an item.")
class LeaveForItemInput:
    agenda_item_id: strawberry.ID = strawberry.field(description="The item.")
    participant_id: strawberry.ID = strawberry.field(description="Who.")
    reason: AwayReason = strawberry.field(default=models.Away.CONFLICT, description="Why.")


@strawberry.input(description="Something to be done.")
class AgreeOnActionInput:
    agenda_item_id: strawberry.ID = strawberry.field(description="The item it was agreed on.")
    title: str = strawberry.field(description="What.")
    owner_id: strawberry.ID | None = strawberry.field(default=None, description="By whom.")
    due_on: date | None = strawberry.field(default=None, description="Until when.")
    detail: str = strawberry.field(default="", description="More about it.")


AddAgendaItemResult = Annotated[
    AgendaItem | Problem, strawberry.union("AddAgendaItemResult", description=ANSWER)
]
PullInAgendaItemResult = Annotated[
    AgendaItem | Problem, strawberry.union("PullInAgendaItemResult", description=ANSWER)
]
ChangeAgendaItemResult = Annotated[
    AgendaItem | Problem, strawberry.union("ChangeAgendaItemResult", description=ANSWER)
]
MoveAgendaItemResult = Annotated[
    AgendaItem | Problem, strawberry.union("MoveAgendaItemResult", description=ANSWER)
]
RemoveAgendaItemResult = Annotated[
    Meeting | Problem, strawberry.union("RemoveAgendaItemResult", description=ANSWER)
]
LinkAgendaItemResult = Annotated[
    AgendaLink | Problem, strawberry.union("LinkAgendaItemResult", description=ANSWER)
]
UnlinkAgendaItemResult = Annotated[
    AgendaItem | Problem, strawberry.union("UnlinkAgendaItemResult", description=ANSWER)
]
CountVotesResult = Annotated[
    AgendaItem | Problem, strawberry.union("CountVotesResult", description=ANSWER)
]
RecordVotesResult = Annotated[
    AgendaItem | Problem, strawberry.union("RecordVotesResult", description=ANSWER)
]
AddReservationResult = Annotated[
    AgendaReservation | Problem, strawberry.union("AddReservationResult", description=ANSWER)
]
RemoveReservationResult = Annotated[
    AgendaItem | Problem, strawberry.union("RemoveReservationResult", description=ANSWER)
]
LeaveForItemResult = Annotated[
    AgendaAbsence | Problem, strawberry.union("LeaveForItemResult", description=ANSWER)
]
StayForItemResult = Annotated[
    AgendaItem | Problem, strawberry.union("StayForItemResult", description=ANSWER)
]
AgreeOnActionResult = Annotated[
    PlannedAction | Problem, strawberry.union("AgreeOnActionResult", description=ANSWER)
]


@strawberry.type
class AgendaMutation:
    @mutation("Put an item on the agenda.")
    async def add_agenda_item(self, info: Info, input: AgendaItemInput) -> AddAgendaItemResult:
        return AgendaItem.of(
            await planning.add_item(
                info.context.work,
                local_id(input.meeting_id, Meeting, field="meetingId"),
                title=input.title,
                kind=input.kind,
                registry_number=input.registry_number,
                place=input.place,
            )
        )

    @mutation("Put a goal, a risk or a governing document on the agenda as an item of its own.")
    async def pull_in_agenda_item(
        self, info: Info, input: PullInAgendaItemInput
    ) -> PullInAgendaItemResult:
        node, risk, document = input.node_id, input.risk_id, input.document_id
        return AgendaItem.of(
            await linking.pull_in(
                info.context.work,
                local_id(input.meeting_id, Meeting, field="meetingId"),
                kind=input.kind,
                node_id=await _node(info, node) if node else None,
                risk_id=_risk(risk),
                document_id=_document(document),
            )
        )

    @mutation("Write on an item: notes, proposals, and the decision once the meeting is held.")
    async def change_agenda_item(
        self, info: Info, input: ChangeAgendaItemInput
    ) -> ChangeAgendaItemResult:
        changes: items.ItemChanges = {}
        if input.title is not None:
            changes["title"] = input.title
        if input.kind is not None:
            changes["kind"] = input.kind
        if input.state is not None:
            changes["state"] = input.state
        if input.registry_number is not None:
            changes["registry_number"] = input.registry_number
        if input.notes is not None:
            changes["notes"] = input.notes
        if input.proposals is not None:
            changes["proposals"] = input.proposals
        if input.decision is not None:
            changes["decision"] = input.decision
        id = local_id(input.id, AgendaItem)
        return AgendaItem.of(
            await items.change_item(info.context.work, id, changes=changes, version=input.version)
        )

    @mutation("Move an item to another place on the agenda, 1 first.")
    async def move_agenda_item(
        self, info: Info, id: strawberry.ID, place: int
    ) -> MoveAgendaItemResult:
        item_id = local_id(id, AgendaItem)
        place = min(max(place, 1), 10_000)
        return AgendaItem.of(await planning.move_item(info.context.work, item_id, place=place))

    @mutation("Take an item off the agenda. The answer is the meeting.")
    async def remove_agenda_item(self, info: Info, id: strawberry.ID) -> RemoveAgendaItemResult:
        return Meeting.of(await planning.remove_item(info.context.work, local_id(id, AgendaItem)))

    @mutation("Tell what an item is about: a goal, a risk, a governing document or a file.")
    async def link_agenda_item(self, info: Info, input: AgendaLinkInput) -> LinkAgendaItemResult:
        node, file = input.node_id, input.file_id
        return AgendaLink.of(
            await linking.link_item(
                info.context.work,
                local_id(input.agenda_item_id, AgendaItem, field="agendaItemId"),
                node_id=await _node(info, node) if node else None,
                risk_id=_risk(input.risk_id),
                document_id=_document(input.document_id),
                file_id=local_id(file, StoredFile, field="fileId") if file else None,
            )
        )

    @mutation("Take a link away. The answer is the item.")
    async def unlink_agenda_item(self, info: Info, id: strawberry.ID) -> UnlinkAgendaItemResult:
        row = await linking.unlink_item(info.context.work, local_id(id, AgendaLink))
        return AgendaItem.of(row)

    @mutation("Tell the outcome of a vote in numbers.")
    async def count_votes(self, info: Info, input: CountVotesInput) -> CountVotesResult:
        return AgendaItem.of(
            await items.count_votes(
                info.context.work,
                local_id(input.id, AgendaItem),
                votes_for=input.votes_for,
                votes_against=input.votes_against,
                votes_abstained=input.votes_abstained,
                version=input.version,
            )
        )

    @mutation("Tell how each voted; the numbers follow.")
    async def record_votes(self, info: Info, input: RecordVotesInput) -> RecordVotesResult:
        votes = {
            local_id(each.participant_id, MeetingParticipant): each.vote for each in input.votes
        }
        id = local_id(input.id, AgendaItem)
        return AgendaItem.of(
            await items.record_votes(info.context.work, id, votes=votes, version=input.version)
        )

    @mutation("Somebody does not stand behind a decision.")
    async def add_reservation(
        self, info: Info, input: AgendaReservationInput
    ) -> AddReservationResult:
        return AgendaReservation.of(
            await items.add_reservation(
                info.context.work,
                local_id(input.agenda_item_id, AgendaItem, field="agendaItemId"),
                participant_id=local_id(
                    input.participant_id, MeetingParticipant, field="participantId"
                ),
                said=input.said,
            )
        )

    @mutation("Take a reservation away. The answer is the item.")
    async def remove_reservation(self, info: Info, id: strawberry.ID) -> RemoveReservationResult:
        row = await items.remove_reservation(info.context.work, local_id(id, AgendaReservation))
        return AgendaItem.of(row)

    @mutation("Somebody left for an item, such as for a conflict of interest.")
    async def leave_for_item(self, info: Info, input: LeaveForItemInput) -> LeaveForItemResult:
        return AgendaAbsence.of(
            await items.leave_for_item(
                info.context.work,
                local_id(input.agenda_item_id, AgendaItem, field="agendaItemId"),
                participant_id=local_id(
                    input.participant_id, MeetingParticipant, field="participantId"
                ),
                reason=input.reason,
            )
        )

    @mutation("They were there after all. The answer is the item.")
    async def stay_for_item(self, info: Info, id: strawberry.ID) -> StayForItemResult:
        row = await items.stay_for_item(info.context.work, local_id(id, AgendaAbsence))
        return AgendaItem.of(row)

    @mutation("Agree on something to be done: it turns up in My work.")
    async def agree_on_action(self, info: Info, input: AgreeOnActionInput) -> AgreeOnActionResult:
        owner = input.owner_id
        return PlannedAction.of(
            await items.agree_on_action(
                info.context.work,
                local_id(input.agenda_item_id, AgendaItem, field="agendaItemId"),
                title=input.title,
                owner_id=local_id(owner, Person, field="ownerId") if owner else None,
                due_on=input.due_on,
                detail=input.detail,
            )
        )


async def _node(info: Info, id: strawberry.ID) -> UUID:
    return await node_id(info, id, field="nodeId", types=KINDS)


def _risk(id: strawberry.ID | None) -> UUID | None:
    return local_id(id, Risk, field="riskId") if id else None


def _document(id: strawberry.ID | None) -> UUID | None:
    return local_id(id, GoverningDocument, field="documentId") if id else None
