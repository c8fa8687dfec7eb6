"""Tasks in words, as mails and calendars say them, in the current language."""

from __future__ import annotations

from datetime import date

from ....infra.i18n import _, current_locale
from ....infra.periods import parse_period
from ....tenants.work import STOCKHOLM, Work
from ...tasks import ChapterToWrite, Task, TaskKind
from ...telling import task_words


def wording(task: Task) -> str:
    """What is to be done, on one line."""
    name = " ".join(task.title.split())
    if isinstance(task.payload, ChapterToWrite):
        name = f"{task.payload.number} {name}".strip()
    return task_words()[task.kind].sentence(name)


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
    return {kind: words.short for kind, words in task_words().items()}


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
