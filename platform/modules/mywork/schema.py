"""What is asked of someone, how they are reminded of it, and their calendar, in the API."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar, cast
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ....graphql.context import Info
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....graphql.stored import Place, Related, Value, planned
from ....tenants import models
from ... import lately, tasks
from ..actions.schema import PlannedAction
from ..goals.planning.nodes_schema import PlanNode
from ..organisation.people.schema import Person, known
from ..organisation.units.schema import Unit
from ..reports.reports_schema import Report
from ..reports.writing.sections_schema import Section
from . import service
from .models import NotificationChoice

strawberry.enum(tasks.TaskKind, description="What is to be done.")
strawberry.enum(tasks.Because, description="Why it is asked of someone.")
strawberry.enum(lately.PageKind, description="A page that one works on.")
strawberry.enum(lately.ActKind, description="What somebody did.")


@strawberry.type(description="The values that an indicator has so far, for one who fills in.")
class ValuesToEnter:
    measure_unit: str = strawberry.field(description="Measure unit, such as % or persons.")
    decimals: int = strawberry.field(description="How many decimals its values have.")
    by_sex: bool = strawberry.field(description="Whether it has values for women and men too.")
    total: Decimal | None = strawberry.field(description="Outcome in total.")
    women: Decimal | None = strawberry.field(description="Outcome for women.")
    men: Decimal | None = strawberry.field(description="Outcome for men.")
    target: Decimal | None = strawberry.field(description="Target.")
    version: int = strawberry.field(description="Send it along with the values.")


@strawberry.type(description="Something that is asked of the one who asks, and maybe of others.")
class Task:
    key: str = strawberry.field(description="The same as long as it is the same task.")
    kind: tasks.TaskKind = strawberry.field(description="What is to be done.")
    title: str = strawberry.field(description="Of what it is about.")
    about: str = strawberry.field(description="The report that it belongs to; may be empty.")
    period: str = strawberry.field(description="Code such as 2026, 2026-T2 or 2026-05.")
    due_on: date | None = strawberry.field(description="Its last day, if it has one.")
    late: bool = strawberry.field(description="Whether the last day has passed.")
    because: tasks.Because = strawberry.field(description="Why it is asked of someone.")
    task: strawberry.Private[tasks.Task]

    @classmethod
    def of(cls, task: tasks.Task) -> "Task":
        return cls(
            key=task.key,
            kind=task.kind,
            title=task.title,
            about=task.about,
            period=task.period,
            due_on=task.due_on,
            late=task.late,
            because=task.because,
            task=task,
        )

    @strawberry.field(description="Where.")
    async def unit(self, info: Info) -> Unit:
        return cast("Unit", await Unit.find(info, self.task.unit_id))

    @strawberry.field(description="All of whom it is asked; one of them is enough.")
    async def people(self, info: Info) -> list[Person]:
        return [await known(info, id) for id in sorted(self.task.people)]

    @strawberry.field(description="The indicator, goal or activity; null for a report.")
    async def node(self, info: Info) -> PlanNode | None:
        id = getattr(self.task.payload, "node_id", None)
        return await PlanNode.find(info, id) if id else None

    @strawberry.field(description="The section to write; null for all else.")
    async def section(self, info: Info) -> Section | None:
        id = getattr(self.task.payload, "section_id", None)
        return await Section.find(info, id) if id else None

    @strawberry.field(description="The report to write, end or approve; null for all else.")
    async def report(self, info: Info) -> Report | None:
        id = getattr(self.task.payload, "report_id", None)
        return await Report.find(info, id) if id else None

    @strawberry.field(description="The planned action to finish; null for all else.")
    async def action(self, info: Info) -> PlannedAction | None:
        id = getattr(self.task.payload, "action_id", None)
        return await PlannedAction.find(info, id) if id else None

    @strawberry.field(description="What to fill in; null unless it is a value.")
    def values(self) -> ValuesToEnter | None:
        given = self.task.payload
        if not isinstance(given, tasks.ValuesToEnter):
            return None
        return ValuesToEnter(
            measure_unit=given.measure_unit,
            decimals=given.decimals,
            by_sex=given.by_sex,
            total=given.total,
            women=given.women,
            men=given.men,
            target=given.target,
            version=given.version,
        )


@strawberry.type(description="Something with a page of its own, of a unit and a year.")
class PageWorkedOn:
    kind: lately.PageKind = strawberry.field(description="Which page.")
    year: int = strawberry.field(description="The year of the page.")
    at: datetime = strawberry.field(description="When one worked on it last.")
    spot: strawberry.Private[lately.Spot]

    @strawberry.field(description="The unit of the page.")
    async def unit(self, info: Info) -> Unit:
        return cast("Unit", await Unit.find(info, self.spot.unit_id))

    @strawberry.field(description="The report; null for a goal analysis.")
    async def report(self, info: Info) -> Report | None:
        id = self.spot.report_id
        return await Report.find(info, id) if id else None


@strawberry.type(description="What somebody else did in what is one's own.")
class Act:
    kind: lately.ActKind = strawberry.field(description="What was done.")
    title: str = strawberry.field(description="Of what it was done to.")
    more: int = strawberry.field(description="To how many more there, before that one.")
    year: int = strawberry.field(description="Of what year it is.")
    at: datetime = strawberry.field(description="When, the last of it.")
    act: strawberry.Private[lately.Act]

    @strawberry.field(description="Who did it.")
    async def person(self, info: Info) -> Person:
        return await known(info, self.act.person_id)

    @strawberry.field(description="Where.")
    async def unit(self, info: Info) -> Unit:
        return cast("Unit", await Unit.find(info, self.act.spot.unit_id))

    @strawberry.field(description="What was commented on or got a value; null for a report.")
    async def node(self, info: Info) -> PlanNode | None:
        id = self.act.node_id
        return await PlanNode.find(info, id) if id else None

    @strawberry.field(description="The section that was marked as done; null for all else.")
    async def section(self, info: Info) -> Section | None:
        id = self.act.section_id
        return await Section.find(info, id) if id else None

    @strawberry.field(description="The report it was done in; null for what is in no report.")
    async def report(self, info: Info) -> Report | None:
        id = self.act.spot.report_id
        return await Report.find(info, id) if id else None


@strawberry.type(description="The last 30 days, at most five of each, the latest first.")
class Lately:
    worked_on: list[PageWorkedOn] = strawberry.field(description="Where one worked.")
    news: list[Act] = strawberry.field(description="What others did in what is one's own.")

    @classmethod
    def of(cls, found: lately.Lately) -> "Lately":
        return cls(
            worked_on=[
                PageWorkedOn(kind=each.kind, year=each.spot.year, at=each.at, spot=each.spot)
                for each in found.worked
            ],
            news=[
                Act(
                    kind=act.kind,
                    title=act.title,
                    more=act.more,
                    year=act.spot.year,
                    at=act.at,
                    act=act,
                )
                for act in found.acts
            ],
        )


def _choice(column: InstrumentedAttribute[bool]) -> Value:
    """What someone has chosen; without a row, as `choices.Choices` says."""

    def chosen(place: Place) -> ColumnElement[bool]:
        choice = aliased(NotificationChoice)
        own = (choice.tenant_id == place.given.tenant) & (choice.person_id == place.row.id)
        stored = place.alone(select(getattr(choice, column.key)).where(own))
        return func.coalesce(stored, literal(getattr(service.Choices(), column.key)))

    return Value(chosen)


@strawberry.type(description="What someone wants by mail.")
class NotificationChoices:
    model: ClassVar = models.Person

    reminders: bool = strawberry.field(
        description="Some days before something is due.",
        metadata=planned(_choice(NotificationChoice.reminders)),
    )
    digest: bool = strawberry.field(
        description="All of it, once a week.",
        metadata=planned(_choice(NotificationChoice.digest)),
    )

    @classmethod
    def of(cls, choices: service.Choices) -> "NotificationChoices":
        return cls(reminders=choices.reminders, digest=choices.digest)


@strawberry.type(description="A secret address that shows one's last days in a calendar.")
class CalendarFeed:
    model: ClassVar = models.CalendarFeed

    created_at: datetime = strawberry.field(description="When it was made.")

    @classmethod
    def maybe(cls, row: models.CalendarFeed | None) -> "CalendarFeed | None":
        return None if row is None else cls(created_at=row.created_at)


@strawberry.type(description="A calendar address that was just made.")
class CalendarFeedMade:
    address: str = strawberry.field(description="To subscribe to. It is shown only now.")


@strawberry.type(description="The calendar address is shut.")
class CalendarFeedRevoked:
    there_was_one: bool = strawberry.field(description="Whether there was one to shut.")


@strawberry.type(description="Who was reminded of reports that are not done.")
class Reminded:
    nobody_ids: strawberry.Private[tuple[UUID, ...]]
    people_ids: strawberry.Private[tuple[UUID, ...]]
    already_ids: strawberry.Private[tuple[UUID, ...]]

    @strawberry.field(description="Those who get a mail now.")
    async def people(self, info: Info) -> list[Person]:
        return [await known(info, id) for id in self.people_ids]

    @strawberry.field(description="Those who have had one about the same today.")
    async def already(self, info: Info) -> list[Person]:
        return [await known(info, id) for id in self.already_ids]

    @strawberry.field(description="Reports that nobody can be asked to finish.")
    async def without_anyone(self, info: Info) -> list[Report]:
        found = [await Report.find(info, id) for id in self.nobody_ids]
        return [report for report in found if report is not None]


ChangeNotificationChoicesResult = Annotated[
    NotificationChoices | Problem,
    strawberry.union("ChangeNotificationChoicesResult", description=ANSWER),
]
MakeCalendarFeedResult = Annotated[
    CalendarFeedMade | Problem, strawberry.union("MakeCalendarFeedResult", description=ANSWER)
]
RevokeCalendarFeedResult = Annotated[
    CalendarFeedRevoked | Problem,
    strawberry.union("RevokeCalendarFeedResult", description=ANSWER),
]
RemindResponsibleResult = Annotated[
    Reminded | Problem, strawberry.union("RemindResponsibleResult", description=ANSWER)
]


@strawberry.input(description="Reports to remind of.")
class RemindResponsibleInput:
    report_ids: list[strawberry.ID] = strawberry.field(description="The reports.")
    message: str = strawberry.field(default="", description="A few words of one's own.")


CHOICES = Related(lambda row, place: row.id == place.given.actor, asks=("mywork.read",))
FEED = Related(
    lambda row, place: (row.person_id == place.given.actor) & row.revoked_at.is_(None),
    asks=("mywork.read",),
)


@strawberry.type
class MyWorkQuery:
    @strawberry.field(description="What is asked of the one who asks, the first due first.")
    async def my_tasks(self, info: Info) -> list[Task]:
        found = await service.my_tasks(info.context.work)
        info.context.take(len(found))
        return [Task.of(task) for task in found]

    @strawberry.field(
        description="Where the one who asks worked lately, and what others did there."
    )
    async def my_lately(self, info: Info) -> Lately:
        found = await service.my_lately(info.context.work)
        info.context.take(len(found.worked) + len(found.acts))
        return Lately.of(found)

    @strawberry.field(description="What the one who asks wants by mail.", metadata=planned(CHOICES))
    async def my_notification_choices(self, info: Info) -> NotificationChoices:
        return NotificationChoices.of(await service.my_choices(info.context.work))

    @strawberry.field(
        description="One's own calendar address, without its secret.", metadata=planned(FEED)
    )
    async def my_calendar_feed(self, info: Info) -> CalendarFeed | None:
        return CalendarFeed.maybe(await service.calendar_feed(info.context.work))


@strawberry.type
class MyWorkMutation:
    @mutation("Choose what to get by mail; what is left out stays.")
    async def change_notification_choices(
        self, info: Info, reminders: bool | None = None, digest: bool | None = None
    ) -> ChangeNotificationChoicesResult:
        return NotificationChoices.of(
            await service.change_choices(info.context.work, reminders=reminders, digest=digest)
        )

    @mutation("Make a calendar address for oneself; the one before stops working.")
    async def make_calendar_feed(self, info: Info) -> MakeCalendarFeedResult:
        made = await service.make_calendar_feed(info.context.work)
        return CalendarFeedMade(address=made.address)

    @mutation("Shut one's calendar address.")
    async def revoke_calendar_feed(self, info: Info) -> RevokeCalendarFeedResult:
        ended = await service.revoke_calendar_feed(info.context.work)
        return CalendarFeedRevoked(there_was_one=ended)

    @mutation("Mail those who can finish reports that are not done, at most once a day for each.")
    async def remind_responsible(
        self, info: Info, input: RemindResponsibleInput
    ) -> RemindResponsibleResult:
        found = await service.remind_now(
            info.context.work,
            [local_id(id, Report, field="reportIds") for id in input.report_ids],
            message=input.message,
        )
        return Reminded(nobody_ids=found.nobody, people_ids=found.people, already_ids=found.already)
