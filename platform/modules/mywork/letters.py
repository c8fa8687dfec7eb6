"""What the mails say, in the language of whoever gets them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from ....infra.i18n import _, current_locale
from ....infra.mail import Letter
from ....tenants.models import Person
from ....tenants.work import Work
from ...tasks import Because, Task
from .words import choices_page, deadline, link, own_page, place, wording

MOST = 30
"""Tasks in one mail; the page has them all."""
NAMED = 3
"""Things that the reason names before it says that there are more."""


def digest_letter(work: Work, person: Person, tasks: Sequence[Task], *, key: str) -> Letter:
    subject = _("My work: {count} to do", count=len(tasks))
    opening = _("This is waiting for you in {municipality}.", municipality=work.tenant.name)
    return _letter(work, person, tasks, key=key, subject=subject, opening=opening)


def reminder_letter(work: Work, person: Person, tasks: Sequence[Task], *, key: str) -> Letter:
    subject = _("Reminder: {count} to be done soon", count=len(tasks))
    opening = _("The last day is near for this in {municipality}.", municipality=work.tenant.name)
    return _letter(work, person, tasks, key=key, subject=subject, opening=opening)


def nudge_letter(
    work: Work,
    person: Person,
    tasks: Sequence[Task],
    *,
    key: str,
    report: str,
    sender: str,
    message: str,
) -> Letter:
    """The reminder that a controller sends for a report, with what they wrote."""
    subject = _("{sender} reminds you of {report}", sender=sender, report=report)
    opening = _("{sender} asks you to finish this in {report}.", sender=sender, report=report)
    if message:
        opening = f"{opening}\n\n{message}"
    return _letter(work, person, tasks, key=key, subject=subject, opening=opening)


def reason(tasks: Iterable[Task]) -> str:
    """Why the mail came to this person."""
    answers_for: dict[str, None] = {}
    writes_at: dict[str, None] = {}
    for task in tasks:
        if task.because is Because.RESPONSIBLE:
            answers_for.setdefault(task.title)
        else:
            writes_at.setdefault(task.unit_name)
    sentences = []
    if answers_for:
        names = _named(answers_for)
        sentences.append(_("You get this because you are responsible for {names}.", names=names))
    if writes_at:
        names = _named(writes_at)
        sentences.append(_("You get this because you fill in for {names}.", names=names))
    return " ".join(sentences)


def _letter(
    work: Work, person: Person, tasks: Sequence[Task], *, key: str, subject: str, opening: str
) -> Letter:
    shown, more = tasks[:MOST], len(tasks) - MOST
    greeting = _("Hello {name},", name=person.name)
    rest = _("And {count} more.", count=more) if more > 0 else ""
    change = _("Change this under My work › Reminders")
    why = reason(tasks)
    return Letter(
        key=key,
        name=person.name,
        address=person.email,
        subject=subject,
        text=_text(work, shown, (greeting, opening), (rest, _all(work), why, change)),
        html=_html(work, shown, (greeting, opening), rest, (why, change)),
        settings_url=choices_page(work),
        at=work.now,
    )


def _text(work: Work, tasks: Sequence[Task], before: Sequence[str], after: Sequence[str]) -> str:
    *others, change = after
    lines = [f"- {_line(work, task)}\n  {link(work, task)}" for task in tasks]
    parts = [*before, "\n".join(lines), *others, f"{change}: {choices_page(work)}"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _html(
    work: Work, tasks: Sequence[Task], before: Sequence[str], rest: str, after: Sequence[str]
) -> str:
    why, change = after
    items = "".join(
        f'<li><a href="{escape(link(work, task))}">{escape(wording(task))}</a><br>'
        f"{escape(_where_and_when(work, task))}</li>"
        for task in tasks
    )
    opening = "".join(
        f"<p>{escape(line)}</p>" for part in before for line in part.splitlines() if line
    )
    return (
        f'<!doctype html><html lang="{current_locale()}"><head><meta charset="utf-8">'
        f"<title>{escape(work.tenant.name)}</title></head><body>"
        f"{opening}<ul>{items}</ul>"
        f"{f'<p>{escape(rest)}</p>' if rest else ''}"
        f'<p><a href="{escape(own_page(work))}">{escape(_("Open My work"))}</a></p>'
        f'<p>{escape(why)} <a href="{escape(choices_page(work))}">{escape(change)}</a>.</p>'
        "</body></html>\n"
    )


def _line(work: Work, task: Task) -> str:
    return f"{wording(task)} ({_where_and_when(work, task)})"


def _where_and_when(work: Work, task: Task) -> str:
    return ", ".join(part for part in (place(task), deadline(task, work.today)) if part)


def _all(work: Work) -> str:
    return f"{_('Open My work')}: {own_page(work)}"


def _named(names: Iterable[str]) -> str:
    known = list(names)
    text = ", ".join(known[:NAMED])
    more = len(known) - NAMED
    return _("{names} and {count} more", names=text, count=more) if more > 0 else text
