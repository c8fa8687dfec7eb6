"""Whom to ask, and courses, in the API."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from ....graphql.context import Info
from ....graphql.inputs import sent
from ....graphql.nodes import Node, local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....graphql.stored import Related, one, planned
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import contacts, models, training

CourseKind = models.CourseKind
strawberry.enum(CourseKind, description="How one takes a course.")

READ = "support.read"
IDS = {"unit_id": Unit, "person_id": Person}


@strawberry.type(description="Whom to ask at a unit and below it.")
class SupportContact(Node):
    model = models.SupportContact
    permission = READ
    change = "support.write"

    row: strawberry.Private[models.SupportContact]
    area: str = strawberry.field(description="About which module; empty for all of it.")
    role: str = strawberry.field(description="What they are there for.")
    name: str = strawberry.field(description="A name such as that of a group.")
    phone: str = strawberry.field(description="Phone number.")
    email: str = strawberry.field(description="E-mail address.")
    hours: str = strawberry.field(description="When they can be reached.")

    unit: Unit | None = one(models.SupportContact.unit_id, "Where.")
    person: Person | None = one(models.SupportContact.person_id, "Who, if it is one person.")


@strawberry.type(description="Something to read, watch or take part in.")
class Course(Node):
    model = models.Course
    permission = READ
    change = "support.design"

    row: strawberry.Private[models.Course]
    area: str = strawberry.field(description="About which module; empty for all of it.")
    title: str = strawberry.field(description="What it is called.")
    kind: CourseKind = strawberry.field(description="How one takes it.")
    address: str = strawberry.field(description="Where it is; empty for our own manual.")
    minutes: int = strawberry.field(description="How long it takes; 0 when nobody has said.")
    audience: str = strawberry.field(description="Whom it is for.")
    for_trainers: bool = strawberry.field(description="Whether those who took it may confirm.")
    ended_at: datetime | None = strawberry.field(description="When it was no longer offered.")


@strawberry.type(description="Somebody has completed a course.")
class CourseCompletion(Node):
    model = models.CourseCompletion
    permission = READ

    row: strawberry.Private[models.CourseCompletion]
    completed_at: datetime = strawberry.field(description="When.")

    course: Course | None = one(models.CourseCompletion.course_id, "Which.")
    person: Person | None = one(models.CourseCompletion.person_id, "Who.")
    confirmed_by: Person | None = one(
        models.CourseCompletion.confirmed_by, "The trainer who confirmed it, if one did."
    )

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "CourseCompletion | None":
        work = info.context.work
        work.require(cls.permission)
        row = await info.context.by_id(models.CourseCompletion, id)
        if row is None or not training.may_see(work, row):
            return None
        training.note_read(work, [row])
        return cls.of(row)


@strawberry.input(description="Whom to ask at a unit and below it.")
class SupportContactInput:
    id: strawberry.ID | None = strawberry.field(default=None, description="Null for a new one.")
    unit_id: strawberry.ID = strawberry.field(description="Where.")
    role: str = strawberry.field(description="What they are there for.")
    area: str = strawberry.field(default="", description="About which module.")
    person_id: strawberry.ID | None = strawberry.field(default=None, description="Who.")
    name: str = strawberry.field(default="", description="A name such as that of a group.")
    phone: str = strawberry.field(default="", description="Phone number.")
    email: str = strawberry.field(default="", description="E-mail address.")
    hours: str = strawberry.field(default="", description="When they can be reached.")


@strawberry.input(description="Something to read, watch or take part in.")
class CourseInput:
    id: strawberry.ID | None = strawberry.field(default=None, description="Null for a new one.")
    title: str = strawberry.field(description="What it is called.")
    kind: CourseKind = strawberry.field(description="How one takes it.")
    area: str = strawberry.field(default="", description="About which module.")
    address: str = strawberry.field(default="", description="Where it is, https.")
    minutes: int = strawberry.field(default=0, description="How long it takes.")
    audience: str = strawberry.field(default="", description="Whom it is for.")
    for_trainers: bool = strawberry.field(default=False, description="Whether it makes trainers.")


@strawberry.input(description="Those who took part in a course.")
class ConfirmCompletionsInput:
    course_id: strawberry.ID = strawberry.field(description="The course.")
    person_ids: list[strawberry.ID] = strawberry.field(description="Who took part.")


@strawberry.type(description="How many have completed a course now.")
class Confirmed:
    completions: int = strawberry.field(description="Of those who were named.")


SaveSupportContactResult = Annotated[
    SupportContact | Problem, strawberry.union("SaveSupportContactResult", description=ANSWER)
]
RemoveSupportContactResult = Annotated[
    SupportContact | Problem, strawberry.union("RemoveSupportContactResult", description=ANSWER)
]
SaveCourseResult = Annotated[
    Course | Problem, strawberry.union("SaveCourseResult", description=ANSWER)
]
EndCourseResult = Annotated[
    Course | Problem, strawberry.union("EndCourseResult", description=ANSWER)
]
CompleteCourseResult = Annotated[
    CourseCompletion | Problem, strawberry.union("CompleteCourseResult", description=ANSWER)
]
ConfirmCompletionsResult = Annotated[
    Confirmed | Problem, strawberry.union("ConfirmCompletionsResult", description=ANSWER)
]

CONTACTS = Related(
    lambda row, place: row.tenant_id == place.given.tenant,
    lambda row, _place: [row.id],
    asks=(READ,),
)
COURSES = Related(
    lambda row, place: (row.tenant_id == place.given.tenant) & row.ended_at.is_(None),
    lambda row, _place: [row.area, row.for_trainers, row.title],
    asks=(READ,),
)


@strawberry.type
class TrainingQuery:
    @strawberry.field(
        description="Whom to ask, in the order they were added.", metadata=planned(CONTACTS)
    )
    async def support_contacts(self, info: Info) -> list[SupportContact]:
        return [SupportContact.of(row) for row in await contacts.contacts(info.context.work)]

    @strawberry.field(
        description="Whom somebody at a unit asks about a module: those for it, then those for "
        "everything, each from the nearest unit that has any."
    )
    async def support_contacts_for(
        self,
        info: Info,
        unit_id: strawberry.ID,
        area: Annotated[
            str, strawberry.argument(description="The module; empty for the whole service.")
        ] = "",
    ) -> list[SupportContact]:
        unit = local_id(unit_id, Unit, field="unitId")
        found = await contacts.contacts_for(info.context.work, unit, area=area)
        return [SupportContact.of(row) for row in found]

    @strawberry.field(description="What there is to learn now.", metadata=planned(COURSES))
    async def courses(self, info: Info) -> list[Course]:
        return [Course.of(row) for row in await training.courses(info.context.work)]

    @strawberry.field(description="What you have completed yourself.")
    async def my_completions(self, info: Info) -> list[CourseCompletion]:
        found = await training.own_completions(info.context.work)
        return [CourseCompletion.of(row) for row in found.values()]

    @strawberry.field(description="Who has completed a course, of those whom you administer.")
    async def course_completions(
        self, info: Info, course_id: strawberry.ID
    ) -> list[CourseCompletion]:
        found = await training.learned(
            info.context.work, local_id(course_id, Course, field="courseId")
        )
        return [CourseCompletion.of(each.completion) for each in found if each.completion]


@strawberry.type
class TrainingMutation:
    @mutation("Add somebody to ask, or change one.")
    async def save_support_contact(
        self, info: Info, input: SupportContactInput
    ) -> SaveSupportContactResult:
        values = sent(input, IDS, but=("id",))
        id = local_id(input.id, SupportContact) if input.id else None
        return SupportContact.of(await contacts.save_contact(info.context.work, id, **values))

    @mutation("Take away somebody to ask.")
    async def remove_support_contact(
        self, info: Info, id: strawberry.ID
    ) -> RemoveSupportContactResult:
        row = await contacts.remove_contact(info.context.work, local_id(id, SupportContact))
        return SupportContact.of(row)

    @mutation("Add something to learn, or change it.")
    async def save_course(self, info: Info, input: CourseInput) -> SaveCourseResult:
        id = local_id(input.id, Course) if input.id else None
        return Course.of(
            await training.save_course(info.context.work, id, **sent(input, IDS, but=("id",)))
        )

    @mutation("No longer offer a course.")
    async def end_course(self, info: Info, id: strawberry.ID) -> EndCourseResult:
        return Course.of(await training.end_course(info.context.work, local_id(id, Course)))

    @mutation("Tell that you have completed a course.")
    async def complete_course(self, info: Info, id: strawberry.ID) -> CompleteCourseResult:
        row = await training.complete_course(info.context.work, local_id(id, Course))
        return CourseCompletion.of(row)

    @mutation("Confirm those who took part in a course that you gave.")
    async def confirm_completions(
        self, info: Info, input: ConfirmCompletionsInput
    ) -> ConfirmCompletionsResult:
        people = [local_id(id, Person, field="personIds") for id in input.person_ids]
        course = local_id(input.course_id, Course, field="courseId")
        made = await training.confirm_completions(info.context.work, course, person_ids=people)
        return Confirmed(completions=len(made))
