"""Designing meetings in the API: templates, series and who takes part."""

from typing import Annotated

import strawberry
from sqlalchemy import Boolean, ColumnElement, cast, func

from ....graphql.context import Info
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....graphql.stored import Place, Related, Row, planned
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import design, models
from .series_schema import (
    AgendaItemKind,
    MeetingCycle,
    MeetingKind,
    MeetingMember,
    MeetingRole,
    MeetingSeries,
    MeetingTemplate,
)


@strawberry.input(description="An item of a template.")
class MeetingTemplateItemInput:
    title: str = strawberry.field(description="What it is called.")
    kind: AgendaItemKind = strawberry.field(
        default=models.ItemKind.INFORMATION, description="What it is for."
    )
    standing: bool = strawberry.field(default=True, description="Whether it comes every time.")


@strawberry.input(description="A template with all of its items, in order.")
class MeetingTemplateInput:
    name: str = strawberry.field(description="What it is called.")
    items: list[MeetingTemplateItemInput] = strawberry.field(description="Its items.")
    id: strawberry.ID | None = strawberry.field(
        default=None, description="The template to change; a new one without."
    )


@strawberry.input(description="A series of meetings.")
class MeetingSeriesInput:
    name: str = strawberry.field(description="What it is called.")
    unit_id: strawberry.ID = strawberry.field(description="The unit, or the body it is.")
    kind: MeetingKind = strawberry.field(
        default=models.MeetingKind.ORDINARY, description="What sort of meetings they are."
    )
    meeting_template_id: strawberry.ID | None = strawberry.field(
        default=None, description="A template."
    )
    place: str = strawberry.field(default="", description="Where they usually are.")
    cycle: MeetingCycle = strawberry.field(
        default=models.Cycle.NONE, description="How often it meets."
    )
    private: bool = strawberry.field(
        default=False, description="Whether only those who take part see it."
    )
    id: strawberry.ID | None = strawberry.field(
        default=None, description="The series to change; a new one without."
    )
    version: int | None = strawberry.field(default=None, description="The one you have read.")


@strawberry.input(description="Somebody who takes part in the meetings of a series.")
class MeetingMemberInput:
    series_id: strawberry.ID = strawberry.field(description="The series.")
    takes_part_as: MeetingRole = strawberry.field(description="In which role.")
    person_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who, in the register."
    )
    name: str = strawberry.field(default="", description="The name of who is not in it.")
    adjuster: bool = strawberry.field(default=False, description="Whether they adjust the minutes.")


SaveMeetingTemplateResult = Annotated[
    MeetingTemplate | Problem, strawberry.union("SaveMeetingTemplateResult", description=ANSWER)
]
EndMeetingTemplateResult = Annotated[
    MeetingTemplate | Problem, strawberry.union("EndMeetingTemplateResult", description=ANSWER)
]
SaveMeetingSeriesResult = Annotated[
    MeetingSeries | Problem, strawberry.union("SaveMeetingSeriesResult", description=ANSWER)
]
EndMeetingSeriesResult = Annotated[
    MeetingSeries | Problem, strawberry.union("EndMeetingSeriesResult", description=ANSWER)
]
AddMeetingMemberResult = Annotated[
    MeetingMember | Problem, strawberry.union("AddMeetingMemberResult", description=ANSWER)
]
RemoveMeetingMemberResult = Annotated[
    MeetingSeries | Problem, strawberry.union("RemoveMeetingMemberResult", description=ANSWER)
]


TEMPLATES = Related(
    lambda row, _place: row.ended_at.is_(None),
    lambda row, _place: (func.sv_key(row.name),),
    asks=(MeetingTemplate.permission,),
)


def _seen(row: Row, place: Place) -> ColumnElement[bool]:
    stands: ColumnElement[bool] = row.ended_at.is_(None)
    return MeetingSeries.found(row, place) & (stands | cast(place.arguments["ended"], Boolean))


SERIES = Related(
    _seen, lambda row, _place: (func.sv_key(row.name),), asks=(MeetingSeries.permission,)
)


@strawberry.type
class MeetingDesignQuery:
    @strawberry.field(
        description="Templates of agendas that can be chosen, by name.",
        metadata=planned(TEMPLATES),
    )
    async def meeting_templates(self, info: Info) -> list[MeetingTemplate]:
        return [MeetingTemplate.of(row) for row in await design.templates(info.context.work)]

    @strawberry.field(
        description="Series of meetings that you see, by name.", metadata=planned(SERIES)
    )
    async def meeting_series(
        self,
        info: Info,
        ended: Annotated[
            bool, strawberry.argument(description="Also those that have ended.")
        ] = False,
    ) -> list[MeetingSeries]:
        found = await design.all_series(info.context.work, ended=ended)
        return [MeetingSeries.of(row) for row in found]


@strawberry.type
class MeetingDesignMutation:
    @mutation("Make a template of agendas, or write another content of one.")
    async def save_meeting_template(
        self, info: Info, input: MeetingTemplateInput
    ) -> SaveMeetingTemplateResult:
        id = local_id(input.id, MeetingTemplate) if input.id else None
        points = [design.Point(each.title, each.kind, each.standing) for each in input.items]
        return MeetingTemplate.of(
            await design.save_template(info.context.work, id, name=input.name, points=points)
        )

    @mutation("Let a template be chosen no more.")
    async def end_meeting_template(self, info: Info, id: strawberry.ID) -> EndMeetingTemplateResult:
        row = await design.end_template(info.context.work, local_id(id, MeetingTemplate))
        return MeetingTemplate.of(row)

    @mutation("Make a series of meetings, or change one.")
    async def save_meeting_series(
        self, info: Info, input: MeetingSeriesInput
    ) -> SaveMeetingSeriesResult:
        chosen = input.meeting_template_id
        return MeetingSeries.of(
            await design.save_series(
                info.context.work,
                local_id(input.id, MeetingSeries) if input.id else None,
                name=input.name,
                unit_id=local_id(input.unit_id, Unit, field="unitId"),
                kind=input.kind,
                template_id=(
                    local_id(chosen, MeetingTemplate, field="meetingTemplateId") if chosen else None
                ),
                place=input.place,
                cycle=input.cycle,
                private=input.private,
                version=input.version,
            )
        )

    @mutation("Plan no more meetings in a series.")
    async def end_meeting_series(self, info: Info, id: strawberry.ID) -> EndMeetingSeriesResult:
        row = await design.end_series(info.context.work, local_id(id, MeetingSeries))
        return MeetingSeries.of(row)

    @mutation("Have somebody take part from the next meeting that is planned.")
    async def add_meeting_member(
        self, info: Info, input: MeetingMemberInput
    ) -> AddMeetingMemberResult:
        person = input.person_id
        return MeetingMember.of(
            await design.add_member(
                info.context.work,
                local_id(input.series_id, MeetingSeries, field="seriesId"),
                role=input.takes_part_as,
                person_id=local_id(person, Person, field="personId") if person else None,
                name=input.name,
                adjuster=input.adjuster,
            )
        )

    @mutation("Have somebody take part no more. The answer is the series.")
    async def remove_meeting_member(
        self, info: Info, id: strawberry.ID
    ) -> RemoveMeetingMemberResult:
        row = await design.remove_member(info.context.work, local_id(id, MeetingMember))
        return MeetingSeries.of(row)
