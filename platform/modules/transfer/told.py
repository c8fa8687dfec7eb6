"""How other modules tell of the whole municipality, out and in."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import ModuleWords, SettingWords, TableWords, TaskWords
from ...tasks import TaskKind


def transfer_words() -> ModuleWords:
    return ModuleWords(
        says=_("All of the municipality at once: fetched, or ended."),
        settings=_settings(),
        tasks=_tasks(),
        tables=_tables(),
        logged={
            "tenant": _("all of the municipality"),
            "tenant_erasure": _("the erasure of the municipality"),
        },
    )


def _settings() -> dict[str, SettingWords]:
    return {
        "notice_days": SettingWords(
            _("Days of notice before the municipality is erased"),
            _("30 to 365 days. Everything can be fetched meanwhile."),
        ),
    }


def _tasks() -> dict[TaskKind, TaskWords]:
    return {
        TaskKind.CONFIRM_ERASURE: TaskWords(
            _("Erasure of the whole municipality"),
            lambda name: _(
                "Confirm that the whole municipality is erased, or withdraw it: {name}", name=name
            ),
        ),
    }


def _tables() -> dict[str, TableWords]:
    return {
        "tenant_keys": TableWords(
            "service", _("Keys of files"), _("With what files are encrypted.")
        ),
        "tenant_exports": TableWords(
            "decisions",
            _("Exports of the municipality"),
            _("Exports of everything that you asked for, and why."),
        ),
        "tenant_erasures": TableWords(
            "decisions",
            _("Erasure of the municipality"),
            _("That you asked for the municipality to be erased, confirmed it or took it back."),
        ),
    }
