"""How other modules tell of the log."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import ModuleWords, SettingWords, TableWords


def log_words() -> ModuleWords:
    return ModuleWords(
        says=_("Who has read and changed what is personal, in a log that can be proven."),
        kinds={"access_log": _("The access log")},
        settings=_settings(),
        tables=_tables(),
        logged={"access_log": _("the access log")},
    )


def _settings() -> dict[str, SettingWords]:
    return {
        "years": SettingWords(_("Years that the log is kept"), _("Five at least, by law.")),
        "registrar": SettingWords(
            _("The registrar's e-mail address"),
            _("Gets the end of the log each night, to register. Nobody does when it is empty."),
        ),
    }


def _tables() -> dict[str, TableWords]:
    return {
        "log_disposals": TableWords(
            "decisions",
            _("Disposals of the log"),
            _("Which parts of the log have been disposed of."),
        ),
        "access_log": TableWords(
            "access_log",
            _("The access log"),
            _(
                "What you have read and changed, and who has seen what is held about you, "
                "by role and unit."
            ),
        ),
        "log_blocks": TableWords("access_log", _("Blocks of the log"), _("Checksums of the log.")),
        "log_anchors": TableWords(
            "access_log", _("Anchors of the log"), _("Where checksums of the log are kept.")
        ),
    }
