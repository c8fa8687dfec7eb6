"""What each module does, and what its choices are called, told to who decides about them."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import SettingWords as Words


def module_words() -> dict[str, str]:
    """By the name of the module."""
    from ... import modules  # read when called, since this module is among them

    told = {module.name: module.words().says for module in modules.MODULES}
    return told | {
        "goals": _("Goals, indicators and activities, planned and followed up with lights."),
        "reports": _("Plans and reports, written chapter by chapter from templates."),
        "mywork": _("What is asked of each person, with reminders and a calendar."),
        "data_protection": _("Processors, the record of treatments, and breaches."),
        "log": _("Who has read and changed what is personal, in a log that can be proven."),
        "log_review": _("The monthly review of the log of who has read and done what."),
        "transfer": _("All of the municipality at once: fetched, or ended."),
        "organisation": _("The units, the people and their roles. Everything else stands on it."),
    }


def setting_words(module: str, path: str) -> Words | None:
    """By the path of the setting without the numbers of rows; None for one that has no words."""
    from ... import modules  # read when called, since this module is among them

    own = next(each for each in modules.MODULES if each.name == module).words().settings
    if path in own:
        return own[path]
    kinds = (
        _of_goals,
        _of_reports,
        _of_my_work,
        _of_organisation,
        _of_log,
        _of_log_review,
        _of_data_protection,
        _of_transfer,
    )
    words = {path: found for kind in kinds for path, found in kind().items()}
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
        "organisation.api_points": Words(
            _("Points that an API key may use in a minute"),
            _(
                "A request takes one, and one more for each thousand fields. Empty: as many as the "
                "service lets any key use."
            ),
        ),
        "organisation.idle_minutes": Words(
            _("Minutes away before one has to sign in again"),
            _("15 to 480 minutes. It holds at once, also for who is signed in already."),
        ),
    }


def _of_transfer() -> dict[str, Words]:
    return {
        "transfer.notice_days": Words(
            _("Days of notice before the municipality is erased"),
            _("30 to 365 days. Everything can be fetched meanwhile."),
        ),
    }


def _of_log_review() -> dict[str, Words]:
    hour = _("0 to 24.")
    email = _("E-mail of somebody in the register.")
    return {
        "log_review.every_unit": Words(
            _("Every unit gets a list of its own"), _("Else those that have a log reviewer.")
        ),
        "log_review.unit_codes": Words(
            _("Units that get a list though nobody is their reviewer"), _("By the unit's code.")
        ),
        "log_review.days_to_review": Words(
            _("Days to review a list"), _("1 to 90 days, from the day that it is made.")
        ),
        "log_review.mark_no_relation": Words(
            _("Mark: the reader's units and the person's never meet")
        ),
        "log_review.mark_odd_hours": Words(_("Mark: unusual hours")),
        "log_review.first_hour": Words(_("Usual hours begin at"), hour),
        "log_review.last_hour": Words(_("Usual hours end at"), hour),
        "log_review.first_weekday": Words(_("First usual weekday"), choices=_weekdays()),
        "log_review.last_weekday": Words(_("Last usual weekday"), choices=_weekdays()),
        "log_review.holidays": Words(_("Swedish holidays are unusual")),
        "log_review.mark_many": Words(_("Mark: many in a row")),
        "log_review.many": Words(_("How many people or records are many"), _("2 to 10,000.")),
        "log_review.many_minutes": Words(_("Within how many minutes"), _("1 to 1,440.")),
        "log_review.mark_protected": Words(_("Mark: somebody with protected identity")),
        "log_review.mark_behind": Words(_("Mark: seen as another, or support")),
        "log_review.mark_own": Words(_("Mark: one's own record")),
        "log_review.mark_colleague": Words(_("Mark: a colleague at the same unit")),
        "log_review.health_officer": Words(
            _("Who is told of an intrusion into a health record"), email
        ),
        "log_review.archive_responsible": Words(_("Who is told when a list is archived"), email),
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


def _of_data_protection() -> dict[str, Words]:
    return {
        "data_protection.ahead_days": Words(
            _("Days ahead that something is asked for"), _("Agreements and treatments.")
        ),
        "data_protection.breach_hours": Words(
            _("Hours until a breach is to be with the authority"), _("At most 72, by law.")
        ),
        "data_protection.authority": Words(_("The authority")),
        "data_protection.officer": Words(
            _("Data protection officer"), _("Name and how to reach them, for the notice.")
        ),
    }


def _of_log() -> dict[str, Words]:
    return {
        "log.years": Words(_("Years that the log is kept"), _("Five at least, by law.")),
        "log.registrar": Words(
            _("The registrar's e-mail address"),
            _("Gets the end of the log each night, to register. Nobody does when it is empty."),
        ),
    }
