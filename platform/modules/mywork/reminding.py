"""Who is told what and when: each mail is a row first, which keeps it from being sent twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ....authz.permit import permit
from ....infra.errors import NotFound
from ....infra.texts import at_most
from ....tenants.log.access_log import Action
from ....tenants.rows import uuid7
from ....tenants.work import Work
from ...tasks import Task, TaskKind
from ..reports.models import Report
from ..reports.service import open_reports
from .asking import asked_of, tasks_for
from .choices import choices_of
from .models import Mail
from .settings import MyWorkSettings, my_work_settings

MESSAGE = 1000
OF_A_REPORT = (TaskKind.CHAPTER, TaskKind.COMPLETE_REPORT)


class MailKind(StrEnum):
    TASKS = "tasks"
    """The one that comes by itself: a digest or a reminder, at most one a day."""
    NUDGE = "nudge"
    """The one that a controller sends for a report, at most one a day for each."""


@dataclass(frozen=True, slots=True)
class Reminded:
    """Whom a controller has reminded now, who had been reminded of the same report today already,
    and the reports that nobody can be asked to finish."""

    people: tuple[UUID, ...]
    already: tuple[UUID, ...]
    nobody: tuple[UUID, ...]


@permit("mywork.send")
async def plan_digests(work: Work) -> list[UUID]:
    """Rows of the mails to send: to all with something to do who have not said no."""
    chosen = await my_work_settings(work)
    people = sorted(_by_person(await tasks_for(work, None))) if chosen.digest else []
    choices = await choices_of(work, people)
    wanted = [person for person, choice in zip(people, choices, strict=True) if choice.digest]
    return list((await keep_mails(work, MailKind.TASKS, _keys(wanted, work.today))).values())


@permit("mywork.send")
async def plan_reminders(work: Work) -> list[UUID]:
    """Rows of the mails to send: to those with a task whose last day is as far off as chosen.

    On the day of the digest those who get that one get no other.
    """
    chosen = await my_work_settings(work)
    if not chosen.reminders:
        return []
    near = due_soon(await tasks_for(work, None), work.today, chosen)
    people = sorted(_by_person(near))
    choices = await choices_of(work, people)
    today_digest = chosen.digest and work.today.weekday() == chosen.digest_weekday
    wanted = [
        person
        for person, choice in zip(people, choices, strict=True)
        if choice.reminders and not (today_digest and choice.digest)
    ]
    return list((await keep_mails(work, MailKind.TASKS, _keys(wanted, work.today))).values())


@permit("reports.remind")
async def remind_now(work: Work, report_ids: Collection[UUID], *, message: str = "") -> Reminded:
    """Mail those who can finish these reports, with what is left to do; done ones are passed over.

    Raises NotFound, Forbidden where one may not remind, InvalidInput for a message too long.
    """
    from .jobs import send_nudge

    message = at_most(message, field="message", most=MESSAGE)
    ids = set(report_ids)
    reports = await work.scalars(select(Report).where(Report.id.in_(ids)).order_by(Report.id))
    if len(reports) < len(ids):
        raise NotFound(field="reportIds")
    for report in reports:
        work.require("reports.remind", at=report.unit_id)
    asked = await asked_of(work, None)
    keys: dict[tuple[UUID, str], UUID] = {}
    nobody = []
    for report in await open_reports(work, reports):
        people = asked.nearest("reports.complete", report.unit_id)
        if not people:
            nobody.append(report.id)
        keys |= {(person, f"{report.id} {work.today}"): report.id for person in people}
    made = await keep_mails(work, MailKind.NUDGE, list(keys))
    said = {"message": message, "sender": work.actor.name}
    await send_nudge.later_each(
        work,
        [
            {"mail_id": str(mail_id), "report_id": str(keys[key]), **said}
            for key, mail_id in made.items()
        ],
    )
    now = {person for person, _key in made}
    if made:
        work.note(Action.ADD, "mail", records=made.values(), about=sorted(now))
    already = {person for person, _key in keys} - now
    return Reminded(tuple(sorted(now)), tuple(sorted(already)), tuple(nobody))


def due_soon(tasks: Sequence[Task], day: date, chosen: MyWorkSettings) -> list[Task]:
    return [task for task in tasks if task.days_left(day) in chosen.reminder_days]


def unfinished(tasks: Sequence[Task], report_id: UUID) -> list[Task]:
    """Those of the tasks that belong to the writing of a report."""
    return [
        task
        for task in tasks
        if task.kind in OF_A_REPORT and getattr(task.payload, "report_id", None) == report_id
    ]


async def keep_mails(
    work: Work, kind: MailKind, keys: Collection[tuple[UUID, str]]
) -> Mapping[tuple[UUID, str], UUID]:
    """The new rows by person and key; those that were there already are left out."""
    if not keys:
        return {}
    made = await work.execute(
        insert(Mail)
        .values(
            [
                {
                    "tenant_id": work.tenant.id,
                    "id": uuid7(),
                    "person_id": person_id,
                    "kind": kind.value,
                    "key": key,
                }
                for person_id, key in keys
            ]
        )
        .on_conflict_do_nothing()
        .returning(Mail.person_id, Mail.key, Mail.id)
    )
    return {(row.person_id, row.key): row.id for row in made.all()}


def _keys(people: Sequence[UUID], day: date) -> list[tuple[UUID, str]]:
    return [(person, day.isoformat()) for person in people]


def _by_person(tasks: Sequence[Task]) -> set[UUID]:
    return {person for task in tasks for person in task.people}
