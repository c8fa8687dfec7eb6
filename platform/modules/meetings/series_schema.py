"""Templates and series of meetings, as the API shows them."""

from datetime import datetime
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from ....graphql.context import Info
from ....graphql.nodes import Node
from ....graphql.stored import Place, Related, Row, many, one, planned
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import models
from .seeing import READ, WRITE

MeetingKind = models.MeetingKind
strawberry.enum(MeetingKind, description="What sort of meeting it is.")
MeetingCycle = models.Cycle
strawberry.enum(MeetingCycle, name="MeetingCycle", description="How often it meets.")
MeetingRole = models.MeetingRole
strawberry.enum(MeetingRole, description="What somebody is at a meeting.")
AgendaItemKind = models.ItemKind
strawberry.enum(AgendaItemKind, name="AgendaItemKind", description="What an item is for.")


@strawberry.type(description="An item of a template.")
class MeetingTemplateItem(Node):
    model = models.TemplateItem
    permission = READ

    row: strawberry.Private[models.TemplateItem]
    position: int = strawberry.field(description="Its place, 1 first.")
    title: str = strawberry.field(description="What it is called.")
    kind: AgendaItemKind = strawberry.field(description="What it is for.")
    standing: bool = strawberry.field(description="Whether it comes with every meeting.")


@strawberry.type(description="An agenda to begin with.")
class MeetingTemplate(Node):
    model = models.MeetingTemplate
    permission = READ

    row: strawberry.Private[models.MeetingTemplate]
    name: str = strawberry.field(description="What it is called.")
    ended_at: datetime | None = strawberry.field(description="Since when it is not chosen.")

    items: list[MeetingTemplateItem] = many(
        models.TemplateItem.template_id, "Its items, in order.", order=lambda row: (row.position,)
    )


@strawberry.type(description="Who takes part in the meetings of a series.")
class MeetingMember(Node):
    model = models.SeriesMember
    permission = READ

    row: strawberry.Private[models.SeriesMember]
    name: str = strawberry.field(description="The name of who is not in the register.")
    role: MeetingRole = strawberry.field(description="In which role.")
    adjuster: bool = strawberry.field(description="Whether they adjust the minutes.")

    person: Person | None = one(models.SeriesMember.person_id, "Who, in the register.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "MeetingMember | None":
        info.context.work.require(cls.permission)
        row = await info.context.by_id(models.SeriesMember, id)
        if row is None or await MeetingSeries.find(info, row.series_id) is None:
            return None
        return cls.of(row)


def _seen(row: Row, place: Place) -> ColumnElement[bool]:
    """As `sees_series`."""
    member = aliased(models.SeriesMember)
    own = (member.tenant_id == place.given.tenant) & (member.series_id == row.id)
    mine = select(member.id).where(own, member.person_id == place.given.actor)
    open_: ColumnElement[bool] = ~row.private
    return open_ | place.allows_at(WRITE, row.unit_id) | exists(mine)


MEMBERS = Related(
    lambda row, place: (row.series_id == place.row.id) & _seen(place.row, place),
)


@strawberry.type(description="Meetings that belong together.")
class MeetingSeries(Node):
    model = models.MeetingSeries
    permission = READ

    row: strawberry.Private[models.MeetingSeries]
    name: str = strawberry.field(description="What it is called.")
    kind: MeetingKind = strawberry.field(description="What sort of meetings they are.")
    place: str = strawberry.field(description="Where they usually are.")
    cycle: MeetingCycle = strawberry.field(description="How often it meets.")
    private: bool = strawberry.field(description="Whether only those who take part see it.")
    ended_at: datetime | None = strawberry.field(description="Since when none are planned.")
    version: int = strawberry.field(description="Send it along when you change the series.")

    unit: Unit | None = one(models.MeetingSeries.unit_id, "The unit, or the body it is.")
    template: MeetingTemplate | None = one(models.MeetingSeries.template_id, "Its template.")

    @strawberry.field(
        description="Who takes part, in the order they were named.", metadata=planned(MEMBERS)
    )
    async def members(self, info: Info) -> list[MeetingMember]:
        if not await sees_series(info, self.row):
            return []
        return [MeetingMember.of(row) for row in await _members(info, self.row.id)]

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "MeetingSeries | None":
        info.context.work.require(cls.permission)
        row = await info.context.by_id(models.MeetingSeries, id)
        return cls.of(row) if row is not None and await sees_series(info, row) else None

    @staticmethod
    def found(row: Row, place: Place) -> ColumnElement[bool]:
        return _seen(row, place)


async def sees_series(info: Info, row: models.MeetingSeries) -> bool:
    """As `seeing.series_seen`, of a row that is read already."""
    work = info.context.work
    if not row.private or work.allows(WRITE, at=row.unit_id):
        return True
    members = await _members(info, row.id)
    return work.actor.id is not None and work.actor.id in {each.person_id for each in members}


async def _members(info: Info, series_id: UUID) -> list[models.SeriesMember]:
    model = models.SeriesMember
    return list(await info.context.children(model, model.series_id, series_id, order=(model.id,)))
