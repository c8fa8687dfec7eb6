"""How other modules tell of reports."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import ModuleWords, SettingWords, TableWords, TaskWords
from ...tasks import TaskKind


def report_words() -> ModuleWords:
    return ModuleWords(
        says=_("Plans and reports, written chapter by chapter from templates."),
        kinds={"reports": _("Reports and their history")},
        settings=_settings(),
        tasks=_tasks(),
        tables=_tables(),
    )


def _settings() -> dict[str, SettingWords]:
    return {
        "show_instructions": SettingWords(
            _("New reports show their instructions"), _("Each report can be switched on its own.")
        ),
        "mark_open_activities": SettingWords(
            _("Finished reports mark activities that are open or without a comment")
        ),
    }


def _tasks() -> dict[TaskKind, TaskWords]:
    return {
        TaskKind.CHAPTER: TaskWords(
            _("Section"), lambda name: _("Write the section: {name}", name=name)
        ),
        TaskKind.COMPLETE_REPORT: TaskWords(
            _("Mark as done"), lambda name: _("Mark as done: {name}", name=name)
        ),
        TaskKind.APPROVE_REPORT: TaskWords(
            _("Approve"), lambda name: _("Approve: {name}", name=name)
        ),
        TaskKind.CONSENT: TaskWords(
            _("Consent for a picture"),
            lambda name: _("Renew the consent or take the picture away: {name}", name=name),
        ),
    }


def _tables() -> dict[str, TableWords]:
    return {
        "report_templates": TableWords(
            "reports", _("Report templates"), _("Which reports there are.")
        ),
        "chapters": TableWords("reports", _("Chapters of templates"), _("What reports hold.")),
        "reports": TableWords("reports", _("Reports"), _("Reports that you have started.")),
        "report_completions": TableWords(
            "reports",
            _("Reports marked as done"),
            _("When you marked a report as done or opened it again."),
        ),
        "report_approvals": TableWords(
            "reports", _("Approved reports"), _("When you approved a report or took it back.")
        ),
        "report_images": TableWords(
            "reports", _("Pictures in reports"), _("Pictures that you have added.")
        ),
        "sections": TableWords(
            "reports", _("Chapters of reports"), _("Chapters that you wrote in last.")
        ),
        "section_versions": TableWords(
            "reports", _("History of chapters"), _("What you have written in chapters earlier.")
        ),
        "section_completions": TableWords(
            "reports", _("Chapters marked as done"), _("When you marked a chapter as done.")
        ),
        "section_files": TableWords(
            "reports", _("Attachments of reports"), _("Files that are attached to chapters.")
        ),
    }
