"""How other modules tell of the registers of data protection."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import ModuleWords, SettingWords, TableWords, TaskWords
from ...tasks import TaskKind


def register_words() -> ModuleWords:
    return ModuleWords(
        says=_("Processors, the record of treatments, and breaches."),
        kinds={"data_protection": _("Processors and treatments")},
        settings=_settings(),
        tasks=_tasks(),
        tables=_tables(),
        logged=_logged(),
    )


def _settings() -> dict[str, SettingWords]:
    return {
        "ahead_days": SettingWords(
            _("Days ahead that something is asked for"), _("Agreements and treatments.")
        ),
        "breach_hours": SettingWords(
            _("Hours until a breach is to be with the authority"), _("At most 72, by law.")
        ),
        "authority": SettingWords(_("The authority")),
        "officer": SettingWords(
            _("Data protection officer"), _("Name and how to reach them, for the notice.")
        ),
    }


def _tasks() -> dict[TaskKind, TaskWords]:
    return {
        TaskKind.RENEW_AGREEMENT: TaskWords(
            _("Processor agreement"), lambda name: _("Look over the agreement: {name}", name=name)
        ),
        TaskKind.ANSWER_SUB_PROCESSOR: TaskWords(
            _("Sub-processor"),
            lambda name: _("Accept the sub-processor or object: {name}", name=name),
        ),
        TaskKind.REVIEW_PROCESSING: TaskWords(
            _("Record of treatments"), lambda name: _("Look over the treatment: {name}", name=name)
        ),
        TaskKind.NOTIFY_BREACH: TaskWords(
            _("Breach"), lambda name: _("Decide on the breach: {name}", name=name)
        ),
    }


def _tables() -> dict[str, TableWords]:
    return {
        "processor_agreements": TableWords(
            "data_protection",
            _("Processor agreements"),
            _("Agreements that you keep or that name you as a contact."),
        ),
        "sub_processors": TableWords(
            "data_protection",
            _("Sub-processors"),
            _("Sub-processors that you keep or that name you as a contact."),
        ),
        "processings": TableWords(
            "data_protection",
            _("Record of processing"),
            _("Treatments that you keep or that name you as a contact."),
        ),
        "breaches": TableWords(
            "data_protection", _("Breaches"), _("Breaches that you have reported or dealt with.")
        ),
    }


def _logged() -> dict[str, str]:
    return {
        "processor_agreement": _("an agreement with a processor"),
        "sub_processor": _("a sub-processor"),
        "processing": _("the record of treatments"),
        "breach": _("a breach"),
    }
