"""What there is to learn, who has learned it, and trainers who confirm others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, select

from ....authz.permit import NOWHERE, permit
from ....infra.errors import Conflict, Forbidden, InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most, one_line
from ....tenants.grants import stands
from ....tenants.log.access_log import Action
from ....tenants.models import Person, RoleGrant
from ....tenants.work import Work
from .models import Course, CourseCompletion, CourseKind

SHORT: Final = 200
LONGEST_MINUTES: Final = 2_400


@dataclass(frozen=True, slots=True)
class Learned:
    """Somebody in the register, and when they completed a course; None when they have not."""

    person: Person
    completion: CourseCompletion | None


@permit("support.read")
async def courses(work: Work, *, area: str | None = None) -> Sequence[Course]:
    """What is offered now, by module."""
    chosen = [] if area is None else [Course.area == area]
    return await work.scalars(
        select(Course)
        .where(Course.ended_at.is_(None), *chosen)
        .order_by(Course.area, Course.for_trainers, Course.title, Course.id)
    )


@permit("support.read")
async def own_completions(work: Work) -> dict[UUID, CourseCompletion]:
    """What the actor has completed, by course."""
    found = await work.scalars(
        select(CourseCompletion).where(CourseCompletion.person_id == work.actor.id)
    )
    note_read(work, found)
    return {row.course_id: row for row in found}


@permit("support.design")
async def save_course(
    work: Work,
    course_id: UUID | None = None,
    *,
    title: str,
    kind: CourseKind,
    area: str = "",
    address: str = "",
    minutes: int = 0,
    audience: str = "",
    for_trainers: bool = False,
) -> Course:
    """A new course, or another content of one. Raises InvalidInput for an address that is not
    https, or a film without one."""
    row = Course() if course_id is None else await work.get(Course, course_id)
    address = at_most(address, field="address", most=1_000)
    if address and not address.startswith("https://"):
        raise InvalidInput(_("An address begins with https://."), field="address")
    if kind is CourseKind.FILM and not address:
        raise InvalidInput(_("Write where the film is."), field="address")
    if not 0 <= minutes <= LONGEST_MINUTES:
        raise InvalidInput(
            _("Write how many minutes it takes, at most {most}.", most=LONGEST_MINUTES),
            field="minutes",
        )
    row.title, row.kind = one_line(title, field="title", most=SHORT), kind
    row.area, row.address, row.minutes = at_most(area, field="area", most=40), address, minutes
    row.audience = at_most(audience, field="audience", most=SHORT)
    row.for_trainers = for_trainers
    row.changed_by, row.changed_at = work.actor.id, work.now
    if course_id is None:
        work.add(row)
    await work.flush()
    return row


@permit("support.design")
async def end_course(work: Work, course_id: UUID) -> Course:
    """It is no longer offered; who completed it stays known. Raises Conflict the second time."""
    row = await work.get(Course, course_id)
    if row.ended_at is not None:
        raise Conflict(_("The course has ended already."))
    row.ended_at, row.changed_by, row.changed_at = work.now, work.actor.id, work.now
    await work.flush()
    return row


@permit("support.report")
async def complete_course(work: Work, course_id: UUID) -> CourseCompletion:
    """The actor has completed it. Nothing happens the second time."""
    course = await _offered(work, course_id)
    if course.for_trainers:
        raise Forbidden(_("A course for trainers is confirmed by somebody who gives it."))
    if work.actor.id is None:
        raise Forbidden(_("Only people take courses."))
    return (await _complete(work, course, [work.actor.id], confirmed_by=None))[0]


@permit("support.read")
async def confirm_completions(
    work: Work, course_id: UUID, *, person_ids: Sequence[UUID]
) -> list[CourseCompletion]:
    """Those who took part have completed it, says somebody who gives the course.

    That is who administers at a place of theirs, or has completed the course for trainers of the
    same module (train the trainer, source 001); who gives one for trainers administers the whole.
    Raises Forbidden, InvalidInput.
    """
    course = await _offered(work, course_id)
    if not await may_confirm(work, course):
        raise Forbidden(_("Only those who have taken the course for trainers can confirm others."))
    if not person_ids:
        raise InvalidInput(_("Choose at least one person."), field="personIds")
    people = await work.scalars(select(Person.id).where(Person.id.in_(set(person_ids))))
    for missing in set(person_ids) - set(people):
        await work.get(Person, missing, field="personIds")
    return await _complete(work, course, people, confirmed_by=work.actor.id)


async def may_confirm(work: Work, course: Course) -> bool:
    if work.allows("support.write", at=NOWHERE):
        return True
    if course.for_trainers:
        return False
    trained = (
        select(CourseCompletion.id)
        .join(
            Course,
            and_(
                Course.id == CourseCompletion.course_id,
                Course.tenant_id == CourseCompletion.tenant_id,
            ),
        )
        .where(
            CourseCompletion.person_id == work.actor.id,
            Course.for_trainers,
            Course.area.in_({course.area, ""}),
        )
    )
    return await work.first(trained) is not None


@permit("support.write")
async def learned(work: Work, course_id: UUID) -> list[Learned]:
    """Who has completed a course and who has not, by name: of everybody for the administrators of
    the whole municipality, else of those with a role at the actor's units or below."""
    course = await work.get(Course, course_id)
    reach = work.reach("support.write")
    people = select(Person, CourseCompletion).outerjoin(
        CourseCompletion,
        and_(
            CourseCompletion.person_id == Person.id,
            CourseCompletion.tenant_id == Person.tenant_id,
            CourseCompletion.course_id == course.id,
        ),
    )
    people = people.where(Person.here(work.today))
    if reach is not None:
        holds = select(RoleGrant.person_id).where(
            RoleGrant.tenant_id == work.tenant.id,
            stands(work.now, tenant=work.tenant.id),
            RoleGrant.unit_id.in_(reach),
        )
        people = people.where(Person.id.in_(holds))
    rows = await work.rows(people.order_by(func.sv_key(Person.name), Person.id))
    work.note(
        Action.READ, "course_completion", records=[course.id], about=[row[0].id for row in rows]
    )
    return [Learned(row[0], row[1]) for row in rows]


def may_see(work: Work, row: CourseCompletion) -> bool:
    return row.person_id == work.actor.id or work.allows("support.write", at=NOWHERE)


def note_read(work: Work, rows: Sequence[CourseCompletion]) -> None:
    if rows:
        about = [row.person_id for row in rows]
        work.note(Action.READ, "course_completion", records=[row.id for row in rows], about=about)


async def _offered(work: Work, course_id: UUID) -> Course:
    course = await work.get(Course, course_id)
    if course.ended_at is not None:
        raise Conflict(_("The course has ended."))
    return course


async def _complete(
    work: Work, course: Course, people: Sequence[UUID], *, confirmed_by: UUID | None
) -> list[CourseCompletion]:
    """Of those who have completed it already, what stands."""
    standing = {
        row.person_id: row
        for row in await work.scalars(
            select(CourseCompletion).where(
                CourseCompletion.course_id == course.id, CourseCompletion.person_id.in_(people)
            )
        )
    }
    new = [
        CourseCompletion(
            course_id=course.id, person_id=id, completed_at=work.now, confirmed_by=confirmed_by
        )
        for id in people
        if id not in standing
    ]
    work.add(*new)
    await work.flush()
    if new:
        about = [row.person_id for row in new]
        work.note(Action.ADD, "course_completion", records=[row.id for row in new], about=about)
    made = standing | {row.person_id: row for row in new}
    return [made[id] for id in people]
