"""What belongs to a grant, in the API: money, deadlines, links, documents; and the givers."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ..goals.planning.nodes_schema import KINDS, node_id
from ..organisation.files.schema import StoredFile
from . import deadlines, givers, links, money
from .grants_schema import (
    DeadlineKind,
    Grant,
    GrantDeadline,
    GrantFile,
    GrantGiver,
    GrantMoney,
    MoneyKind,
)


@strawberry.input(description="Money that was paid, used or returned.")
class GrantMoneyInput:
    grant_id: strawberry.ID = strawberry.field(description="Of which grant.")
    kind: MoneyKind = strawberry.field(description="What was done with it.")
    booked_on: date = strawberry.field(description="Which day.")
    amount: Decimal = strawberry.field(description="Kronor, above zero.")
    note: str = strawberry.field(default="", description="What for.")


@strawberry.input(description="Something that has to be done by a day.")
class GrantDeadlineInput:
    grant_id: strawberry.ID = strawberry.field(description="Of which grant.")
    kind: DeadlineKind = strawberry.field(description="What has to be done.")
    due_on: date = strawberry.field(description="The last day.")
    name: str = strawberry.field(default="", description="Needed for one of your own.")


AddGrantMoneyResult = Annotated[
    GrantMoney | Problem, strawberry.union("AddGrantMoneyResult", description=ANSWER)
]
AttachGrantFileResult = Annotated[
    GrantFile | Problem, strawberry.union("AttachGrantFileResult", description=ANSWER)
]
RemoveGrantMoneyResult = Annotated[
    Grant | Problem, strawberry.union("RemoveGrantMoneyResult", description=ANSWER)
]
AddGrantDeadlineResult = Annotated[
    GrantDeadline | Problem, strawberry.union("AddGrantDeadlineResult", description=ANSWER)
]
MoveGrantDeadlineResult = Annotated[
    GrantDeadline | Problem, strawberry.union("MoveGrantDeadlineResult", description=ANSWER)
]
TickGrantDeadlineResult = Annotated[
    GrantDeadline | Problem, strawberry.union("TickGrantDeadlineResult", description=ANSWER)
]
UntickGrantDeadlineResult = Annotated[
    GrantDeadline | Problem, strawberry.union("UntickGrantDeadlineResult", description=ANSWER)
]
RemoveGrantDeadlineResult = Annotated[
    Grant | Problem, strawberry.union("RemoveGrantDeadlineResult", description=ANSWER)
]
LinkGrantResult = Annotated[
    Grant | Problem, strawberry.union("LinkGrantResult", description=ANSWER)
]
UnlinkGrantResult = Annotated[
    Grant | Problem, strawberry.union("UnlinkGrantResult", description=ANSWER)
]
DetachGrantFileResult = Annotated[
    Grant | Problem, strawberry.union("DetachGrantFileResult", description=ANSWER)
]
AddGrantGiverResult = Annotated[
    GrantGiver | Problem, strawberry.union("AddGrantGiverResult", description=ANSWER)
]
ChangeGrantGiverResult = Annotated[
    GrantGiver | Problem, strawberry.union("ChangeGrantGiverResult", description=ANSWER)
]


@strawberry.type
class GrantPartsMutation:
    @mutation("Enter money that was paid, used or returned.")
    async def add_grant_money(self, info: Info, input: GrantMoneyInput) -> AddGrantMoneyResult:
        row = await money.add_money(
            info.context.work,
            local_id(input.grant_id, Grant, field="grantId"),
            kind=input.kind,
            booked_on=input.booked_on,
            amount=input.amount,
            note=input.note,
        )
        return GrantMoney.of(row)

    @mutation("Take away money that was entered by mistake.")
    async def remove_grant_money(self, info: Info, id: strawberry.ID) -> RemoveGrantMoneyResult:
        return Grant.of(await money.remove_money(info.context.work, local_id(id, GrantMoney)))

    @mutation("Add something that has to be done by a day.")
    async def add_grant_deadline(
        self, info: Info, input: GrantDeadlineInput
    ) -> AddGrantDeadlineResult:
        row = await deadlines.add_deadline(
            info.context.work,
            local_id(input.grant_id, Grant, field="grantId"),
            kind=input.kind,
            due_on=input.due_on,
            name=input.name,
        )
        return GrantDeadline.of(row)

    @mutation("Give a deadline another day.")
    async def move_grant_deadline(
        self, info: Info, id: strawberry.ID, due_on: date
    ) -> MoveGrantDeadlineResult:
        work, row = info.context.work, local_id(id, GrantDeadline)
        return GrantDeadline.of(await deadlines.move_deadline(work, row, due_on=due_on))

    @mutation("Say that a deadline's matter is done, today or on an earlier day.")
    async def tick_grant_deadline(
        self, info: Info, id: strawberry.ID, done_on: date | None = None
    ) -> TickGrantDeadlineResult:
        work, row = info.context.work, local_id(id, GrantDeadline)
        return GrantDeadline.of(await deadlines.tick_deadline(work, row, done_on=done_on))

    @mutation("Say that it was not done after all.")
    async def untick_grant_deadline(
        self, info: Info, id: strawberry.ID
    ) -> UntickGrantDeadlineResult:
        work, row = info.context.work, local_id(id, GrantDeadline)
        return GrantDeadline.of(await deadlines.untick_deadline(work, row))

    @mutation("Take away a deadline that was added by mistake.")
    async def remove_grant_deadline(
        self, info: Info, id: strawberry.ID
    ) -> RemoveGrantDeadlineResult:
        row = local_id(id, GrantDeadline)
        return Grant.of(await deadlines.remove_deadline(info.context.work, row))

    @mutation("Say that a grant is for a goal or an activity.")
    async def link_grant(
        self, info: Info, grant_id: strawberry.ID, node_id: strawberry.ID
    ) -> LinkGrantResult:
        grant = local_id(grant_id, Grant, field="grantId")
        node = await _node(info, node_id)
        return Grant.of(await links.link_node(info.context.work, grant, node_id=node))

    @mutation("Say that a grant is not for it after all.")
    async def unlink_grant(
        self, info: Info, grant_id: strawberry.ID, node_id: strawberry.ID
    ) -> UnlinkGrantResult:
        grant = local_id(grant_id, Grant, field="grantId")
        node = await _node(info, node_id)
        return Grant.of(await links.unlink_node(info.context.work, grant, node_id=node))

    @mutation("Let a file that was sent in belong to a grant.")
    async def attach_grant_file(
        self, info: Info, grant_id: strawberry.ID, file_id: strawberry.ID, title: str = ""
    ) -> AttachGrantFileResult:
        row = await links.attach_file(
            info.context.work,
            local_id(grant_id, Grant, field="grantId"),
            file_id=local_id(file_id, StoredFile, field="fileId"),
            title=title,
        )
        return GrantFile.of(row)

    @mutation("Let a document not belong to its grant any more.")
    async def detach_grant_file(self, info: Info, id: strawberry.ID) -> DetachGrantFileResult:
        return Grant.of(await links.detach_file(info.context.work, local_id(id, GrantFile)))

    @mutation("Put somebody on the list of givers.")
    async def add_grant_giver(self, info: Info, name: str) -> AddGrantGiverResult:
        return GrantGiver.of(await givers.add_giver(info.context.work, name=name))

    @mutation("Rename a giver, or take it off the list or back on it.")
    async def change_grant_giver(
        self,
        info: Info,
        id: strawberry.ID,
        name: str | None = None,
        ended: bool | None = None,
    ) -> ChangeGrantGiverResult:
        row = local_id(id, GrantGiver)
        work = info.context.work
        return GrantGiver.of(await givers.change_giver(work, row, name=name, ended=ended))


async def _node(info: Info, id: strawberry.ID) -> UUID:
    return await node_id(info, id, field="nodeId", types=KINDS)
