"""The mails that remind of tasks: decided by the timetable, sent one a job."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import structlog
from sqlalchemy import select

from ....infra.i18n import use_locale
from ....infra.mail import Letter, MailRefused, send_letter
from ....tenants.models import Person
from ....tenants.work import Work
from ....workers.jobs import Outcome, Run, job
from ....workers.timetable import Every, Times
from ..reports.models import Report
from .asking import tasks_for
from .letters import digest_letter, nudge_letter, reminder_letter
from .models import Mail
from .reminding import due_soon, plan_digests, plan_reminders, unfinished
from .settings import my_work_settings

log = structlog.get_logger()


@job(name="mywork.digest", queue="mail")
async def digest(work: Work, run: Run) -> Outcome:
    """Once a week: all that is asked of each person."""
    planned = await plan_digests(work)
    await send_tasks.later_each(work, [{"mail_id": str(id), "digest": True} for id in planned])
    return {"mails": len(planned)}


@job(name="mywork.remind", queue="mail")
async def remind(work: Work, run: Run) -> Outcome:
    """Every day: what is due in as many days as the municipality has chosen."""
    planned = await plan_reminders(work)
    await send_tasks.later_each(work, [{"mail_id": str(id), "digest": False} for id in planned])
    return {"mails": len(planned)}


@job(name="mywork.send_tasks", queue="mail")
async def send_tasks(work: Work, run: Run, *, mail_id: str, digest: bool) -> Outcome:
    """One mail, with what is asked of the person at this moment; with nothing left, none."""
    mail, person = await _to_send(work, mail_id)
    if person is None:
        return {"sent": False}
    tasks = await tasks_for(work, [person.id])
    if not digest:
        tasks = due_soon(tasks, date.fromisoformat(mail.key), await my_work_settings(work))
    with use_locale(person.locale):
        write = digest_letter if digest else reminder_letter
        letter = write(work, person, tasks, key=str(run.job_id)) if tasks else None
    return await _send(work, mail, letter)


@job(name="mywork.send_nudge", queue="mail")
async def send_nudge(
    work: Work, run: Run, *, mail_id: str, report_id: str, message: str, sender: str
) -> Outcome:
    """One mail about what is left to do in a report; with nothing left, none."""
    mail, person = await _to_send(work, mail_id)
    if person is None:
        return {"sent": False}
    report = await work.get(Report, UUID(report_id))
    tasks = unfinished(await tasks_for(work, [person.id]), report.id)
    with use_locale(person.locale):
        letter = (
            nudge_letter(
                work,
                person,
                tasks,
                key=str(run.job_id),
                report=report.title,
                sender=sender,
                message=message,
            )
            if tasks
            else None
        )
    return await _send(work, mail, letter)


async def digest_times(work: Work) -> Times | None:
    chosen = await my_work_settings(work)
    if not chosen.digest:
        return None
    return Times("week", at=f"{chosen.hour:02}:00", weekday=chosen.digest_weekday)


async def reminder_times(work: Work) -> Times | None:
    chosen = await my_work_settings(work)
    return Times("day", at=f"{chosen.hour:02}:00") if chosen.reminders else None


TIMETABLE = (
    Every("week", at="08:00", weekday=0, job=digest, chosen=digest_times),
    Every("day", at="08:00", job=remind, chosen=reminder_times),
)


async def _to_send(work: Work, mail_id: str) -> tuple[Mail, Person | None]:
    """The mail, and to whom; None when it has been sent, or they have left."""
    mail = await work.get(Mail, UUID(mail_id))
    person = await work.first(select(Person).where(Person.id == mail.person_id))
    gone = person is None or (person.left_on is not None and person.left_on <= work.today)
    return mail, None if gone or mail.sent_at is not None else person


async def _send(work: Work, mail: Mail, letter: Letter | None) -> Outcome:
    try:
        sent = letter is not None and await send_letter(work.runtime.settings, letter)
    except MailRefused as refused:
        log.warning("mail_refused", mail=str(mail.id), reason=str(refused))
        sent = False
    if sent:
        mail.sent_at = work.now
    return {"sent": sent}
