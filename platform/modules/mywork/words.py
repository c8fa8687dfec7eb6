"""Tasks in words, as mails and calendars say them, in the current language."""

from __future__ import annotations

from datetime import date

from ....infra.i18n import _, current_locale
from ....infra.periods import parse_period
from ....tenants.work import STOCKHOLM, Work
from ...module import TaskWords
from ...tasks import ChapterToWrite, Task, TaskKind


def wording(task: Task) -> str:
    """What is to be done, on one line."""
    name = " ".join(task.title.split())
    if isinstance(task.payload, ChapterToWrite):
        name = f"{task.payload.number} {name}".strip()
    sentences = {
        TaskKind.OUTCOME: _("Enter the outcome: {name}", name=name),
        TaskKind.TARGET: _("Enter the target: {name}", name=name),
        TaskKind.COMMENT: _("Comment on: {name}", name=name),
        TaskKind.ACTIVITY: _("Close the activity: {name}", name=name),
        TaskKind.CHAPTER: _("Write the section: {name}", name=name),
        TaskKind.COMPLETE_REPORT: _("Mark as done: {name}", name=name),
        TaskKind.APPROVE_REPORT: _("Approve: {name}", name=name),
        TaskKind.CONSENT: _("Renew the consent or take the picture away: {name}", name=name),
        TaskKind.REVIEW_LOG: _("Review the log: {name}", name=name),
        TaskKind.ARCHIVE_LOG: _("Archive the reviewed log: {name}", name=name),
        TaskKind.MAKE_EXTRACT: _("Make the extended extract of the log: {name}", name=name),
        TaskKind.SEE_HEALTH: _("See the intrusion into a health record: {name}", name=name),
        TaskKind.SEE_ARCHIVED: _("See the log list that was archived: {name}", name=name),
        TaskKind.RENEW_AGREEMENT: _("Look over the agreement: {name}", name=name),
        TaskKind.ANSWER_SUB_PROCESSOR: _("Accept the sub-processor or object: {name}", name=name),
        TaskKind.REVIEW_PROCESSING: _("Look over the treatment: {name}", name=name),
        TaskKind.NOTIFY_BREACH: _("Decide on the breach: {name}", name=name),
        TaskKind.RENEW_KEY: _("Renew the API key, or let it end: {name}", name=name),
        TaskKind.DECIDE_PURGE: _("Decide on the purge that was prepared {day}", day=name),
        TaskKind.CONFIRM_ERASURE: _(
            "Confirm that the whole municipality is erased, or withdraw it: {name}", name=name
        ),
    }
    if task.kind in sentences:
        return sentences[task.kind]
    return _task_words()[task.kind].sentence(name)


def place(task: Task) -> str:
    """Where it belongs: the report, if it is part of one, and the unit."""
    return f"{task.about}, {task.unit_name}" if task.about else task.unit_name


def deadline(task: Task, today: date) -> str:
    """Its last day in words; empty without one."""
    from babel.dates import format_date

    if task.due_on is None:
        return ""
    day, left = format_date(task.due_on, "d MMMM y", locale=current_locale()), task.days_left(today)
    if task.late:
        return _("should have been done by {day}", day=day)
    if left == 0:
        return _("today is the last day")
    if left == 1:
        return _("tomorrow is the last day")
    return _("last day {day}, in {count} days", day=day, count=left)


def kind_words() -> dict[str, str]:
    """What is asked for, in a word or two, by the kind of task."""
    own: dict[str, str] = {
        TaskKind.OUTCOME: _("Enter the outcome"),
        TaskKind.TARGET: _("Enter the target"),
        TaskKind.COMMENT: _("Comment"),
        TaskKind.ACTIVITY: _("Activity"),
        TaskKind.CHAPTER: _("Section"),
        TaskKind.COMPLETE_REPORT: _("Mark as done"),
        TaskKind.APPROVE_REPORT: _("Approve"),
        TaskKind.CONSENT: _("Consent for a picture"),
        TaskKind.REVIEW_LOG: _("Review the log"),
        TaskKind.ARCHIVE_LOG: _("Archive the reviewed log"),
        TaskKind.MAKE_EXTRACT: _("Extended extract of the log"),
        TaskKind.SEE_HEALTH: _("Intrusion into a health record"),
        TaskKind.SEE_ARCHIVED: _("Archived log list"),
        TaskKind.RENEW_AGREEMENT: _("Processor agreement"),
        TaskKind.ANSWER_SUB_PROCESSOR: _("Sub-processor"),
        TaskKind.REVIEW_PROCESSING: _("Record of treatments"),
        TaskKind.NOTIFY_BREACH: _("Breach"),
        TaskKind.RENEW_KEY: _("API key"),
        TaskKind.DECIDE_PURGE: _("Purge to decide on, prepared"),
        TaskKind.CONFIRM_ERASURE: _("Erasure of the whole municipality"),
    }
    return own | {kind: words.short for kind, words in _task_words().items()}


def when(task: Task, today: date) -> str:
    """How near its last day is, in few words; empty without one."""
    return days_left(task.due_on, today) if task.due_on else ""


def days_left(due_on: date, today: date) -> str:
    left = (due_on - today).days
    words = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    if left in words:
        return words[left]
    if left < 0:
        return _("{count} days late", count=-left)
    return _("{count} days left", count=left)


def coming(following: tuple[date, Task] | None) -> str:
    """What comes next and when; empty with nothing to come."""
    from babel.dates import format_date

    if following is None:
        return ""
    opens, task = following
    day = format_date(opens, "d MMMM", locale=current_locale())
    if task.kind is TaskKind.ACTIVITY:
        return _("Next is to close the activity {name}, from {day}.", name=task.title, day=day)
    period = parse_period(task.period).label(current_locale())
    return _("Next are the outcomes for {period}, which open on {day}.", period=period, day=day)


def greeting(work: Work) -> str:
    """A word for the hour, and the first name."""
    hour, name = work.now.astimezone(STOCKHOLM).hour, work.actor.name.split()[0]
    if 5 <= hour < 10:
        return _("Good morning, {name}", name=name)
    if 18 <= hour < 24:
        return _("Good evening, {name}", name=name)
    return _("Hello, {name}", name=name)


def link(work: Work, task: Task) -> str:
    return f"{own_page(work)}#{anchor(task)}"


def anchor(task: Task) -> str:
    """The id that the task has on the page."""
    return task.key.replace(":", "-")


def own_page(work: Work) -> str:
    return f"{work.runtime.settings.base_url}/{work.tenant.slug}/mitt-arbete"


def choices_page(work: Work) -> str:
    return f"{own_page(work)}/paminnelser"


def _task_words() -> dict[TaskKind, TaskWords]:
    """As the modules that ask say themselves."""
    from ... import modules  # read when called, since this module is among them

    return {
        kind: words for module in modules.MODULES for kind, words in module.words().tasks.items()
    }
