"""How other modules tell of the review of the log."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import ModuleWords, SettingWords, TableWords, TaskWords
from ...tasks import TaskKind
from ...web.words import weekdays


def review_words() -> ModuleWords:
    return ModuleWords(
        says=_("The monthly review of the log of who has read and done what."),
        kinds={"log_reviews": _("Reviews of the log")},
        settings=_settings(),
        tasks=_tasks(),
        tables=_tables(),
        logged={"log_review": _("the review of the log"), "journal": _("a journal")},
    )


def _settings() -> dict[str, SettingWords]:
    hour = _("0 to 24.")
    email = _("E-mail of somebody in the register.")
    return {
        "every_unit": SettingWords(
            _("Every unit gets a list of its own"), _("Else those that have a log reviewer.")
        ),
        "unit_codes": SettingWords(
            _("Units that get a list though nobody is their reviewer"), _("By the unit's code.")
        ),
        "days_to_review": SettingWords(
            _("Days to review a list"), _("1 to 90 days, from the day that it is made.")
        ),
        "mark_no_relation": SettingWords(_("Mark: the reader's units and the person's never meet")),
        "mark_odd_hours": SettingWords(_("Mark: unusual hours")),
        "first_hour": SettingWords(_("Usual hours begin at"), hour),
        "last_hour": SettingWords(_("Usual hours end at"), hour),
        "first_weekday": SettingWords(_("First usual weekday"), choices=weekdays()),
        "last_weekday": SettingWords(_("Last usual weekday"), choices=weekdays()),
        "holidays": SettingWords(_("Swedish holidays are unusual")),
        "mark_many": SettingWords(_("Mark: many in a row")),
        "many": SettingWords(_("How many people or records are many"), _("2 to 10,000.")),
        "many_minutes": SettingWords(_("Within how many minutes"), _("1 to 1,440.")),
        "mark_protected": SettingWords(_("Mark: somebody with protected identity")),
        "mark_behind": SettingWords(_("Mark: seen as another, or support")),
        "mark_own": SettingWords(_("Mark: one's own record")),
        "mark_colleague": SettingWords(_("Mark: a colleague at the same unit")),
        "health_officer": SettingWords(
            _("Who is told of an intrusion into a health record"), email
        ),
        "archive_responsible": SettingWords(_("Who is told when a list is archived"), email),
    }


def _tasks() -> dict[TaskKind, TaskWords]:
    return {
        TaskKind.REVIEW_LOG: TaskWords(
            _("Review the log"), lambda name: _("Review the log: {name}", name=name)
        ),
        TaskKind.ARCHIVE_LOG: TaskWords(
            _("Archive the reviewed log"),
            lambda name: _("Archive the reviewed log: {name}", name=name),
        ),
        TaskKind.MAKE_EXTRACT: TaskWords(
            _("Extended extract of the log"),
            lambda name: _("Make the extended extract of the log: {name}", name=name),
        ),
        TaskKind.SEE_HEALTH: TaskWords(
            _("Intrusion into a health record"),
            lambda name: _("See the intrusion into a health record: {name}", name=name),
        ),
        TaskKind.SEE_ARCHIVED: TaskWords(
            _("Archived log list"),
            lambda name: _("See the log list that was archived: {name}", name=name),
        ),
    }


def _tables() -> dict[str, TableWords]:
    return {
        "review_heads": TableWords(
            "log_reviews", _("Reviews of the log"), _("How far the review has come.")
        ),
        "reviews": TableWords(
            "log_reviews", _("Lists for review"), _("Lists of the log that you have reviewed.")
        ),
        "review_events": TableWords(
            "log_reviews",
            _("Rows for review"),
            _("Rows of the log about you that somebody has reviewed."),
        ),
        "review_imports": TableWords(
            "log_reviews", _("Lists of other systems"), _("Lists that were read in for review.")
        ),
        "review_investigations": TableWords(
            "log_reviews",
            _("Investigations"),
            _("Investigations that you take part in or that are about you."),
        ),
        "review_notices": TableWords(
            "log_reviews", _("Notices of reviews"), _("Who was told of a review.")
        ),
        "review_files": TableWords(
            "log_reviews", _("Archived reviews"), _("Files of reviews that are signed.")
        ),
        "review_retention_rules": TableWords(
            "log_reviews", _("How long reviews are kept"), _("Who decided how long.")
        ),
        "review_disposals": TableWords(
            "log_reviews", _("Disposals of reviews"), _("Reviews that have been disposed of.")
        ),
    }
