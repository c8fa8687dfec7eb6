"""What each module does, and what its choices are called, told to who decides about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ....infra.i18n import _


@dataclass(frozen=True, slots=True)
class Words:
    """What a setting is called. `choices` gives a word for each value it can have."""

    label: str
    hint: str = ""
    choices: Sequence[tuple[str, str]] = ()


def module_words() -> dict[str, str]:
    return {
        "goals": _("Goals, indicators and activities, planned and followed up with lights."),
        "reports": _("Plans and reports, written chapter by chapter from templates."),
        "mywork": _("What is asked of each person, with reminders and a calendar."),
        "log": _("Who has read and changed what is personal, in a log that can be proven."),
        "organisation": _("The units, the people and their roles. Everything else stands on it."),
    }


def setting_words(module: str, path: str) -> Words | None:
    """By the path of the setting without the numbers of rows; None for one that has no words."""
    words = {**_of_goals(), **_of_reports(), **_of_my_work(), **_of_organisation(), **_of_log()}
    return words.get(f"{module}.{path}")


def _of_goals() -> dict[str, Words]:
    return {
        "goals.activity_states": Words(
            _("States of an activity"),
            _(
                "The first is where an activity begins. A key has small letters a–z, and does not "
                "change once it is used."
            ),
        ),
        "goals.activity_states.key": Words(
            _("Key"), _("Small letters a–z, digits and _, beginning with a letter.")
        ),
        "goals.activity_states.word": Words(_("Its word")),
        "goals.activity_states.closed": Words(_("Closed: asks for nothing more")),
        "goals.comments_in_report": Words(
            _("New comments are shown in the report"),
            _("Whoever writes the comment can choose otherwise."),
        ),
    }


def _of_reports() -> dict[str, Words]:
    return {
        "reports.show_instructions": Words(
            _("New reports show their instructions"), _("Each report can be switched on its own.")
        ),
        "reports.mark_open_activities": Words(
            _("Finished reports mark activities that are open or without a comment")
        ),
    }


def _of_my_work() -> dict[str, Words]:
    return {
        "mywork.outcome_days": Words(
            _("Days after its period that an outcome is due"), _("0 to 365 days.")
        ),
        "mywork.ahead_days": Words(
            _("Days before its end that an open activity is asked for"), _("0 to 365 days.")
        ),
        "mywork.reminders": Words(_("Remind people by mail")),
        "mywork.reminder_days": Words(
            _("Days before the last day that a reminder is sent"), _("At most 10 reminders.")
        ),
        "mywork.digest": Words(_("Send a list of what is to do once a week")),
        "mywork.digest_weekday": Words(_("Weekday of the list"), choices=_weekdays()),
        "mywork.hour": Words(_("Hour at which mails are sent"), _("0 to 23.")),
    }


def _of_organisation() -> dict[str, Words]:
    return {
        "organisation.idle_minutes": Words(
            _("Minutes away before one has to sign in again"),
            _("15 to 480 minutes. It holds at once, also for who is signed in already."),
        ),
    }


def _weekdays() -> list[tuple[str, str]]:
    words = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    return [(str(number), word) for number, word in enumerate(words)]


def _of_log() -> dict[str, Words]:
    return {
        "log.years": Words(_("Years that the log is kept"), _("Five at least, by law.")),
        "log.registrar": Words(
            _("The registrar's e-mail address"),
            _("Gets the end of the log each night, to register. Nobody does when it is empty."),
        ),
    }
