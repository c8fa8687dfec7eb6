"""How other modules tell of My work."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import ModuleWords, SettingWords, TableWords
from ...web.words import weekdays


def my_work_words() -> ModuleWords:
    return ModuleWords(
        says=_("What is asked of each person, with reminders and a calendar."),
        settings=_settings(),
        tables=_tables(),
        logged=_logged(),
    )


def _settings() -> dict[str, SettingWords]:
    return {
        "outcome_days": SettingWords(
            _("Days after its period that an outcome is due"), _("0 to 365 days.")
        ),
        "ahead_days": SettingWords(
            _("Days before its end that an open activity is asked for"), _("0 to 365 days.")
        ),
        "reminders": SettingWords(_("Remind people by mail")),
        "reminder_days": SettingWords(
            _("Days before the last day that a reminder is sent"), _("At most 10 reminders.")
        ),
        "digest": SettingWords(_("Send a list of what is to do once a week")),
        "digest_weekday": SettingWords(_("Weekday of the list"), choices=weekdays()),
        "hour": SettingWords(_("Hour at which mails are sent"), _("0 to 23.")),
    }


def _tables() -> dict[str, TableWords]:
    return {
        "calendar_feeds": TableWords(
            "sign_in",
            _("Calendar addresses"),
            _("That you have an address for your calendar, never the address."),
        ),
        "mails": TableWords("service", _("Mails"), _("Which reminders the service has sent you.")),
        "notification_choices": TableWords(
            "service", _("Choices of mail"), _("What you want to be told by mail.")
        ),
    }


def _logged() -> dict[str, str]:
    return {
        "calendar_feed": _("a calendar of tasks"),
        "notification_choice": _("what somebody wants to be reminded of"),
        "mail": _("a mail"),
    }
