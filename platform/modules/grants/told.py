"""How other modules tell of this one: its settings, its tasks, and its tables in an extract."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import ModuleWords, SettingWords, TableWords, TaskWords
from ...tasks import TaskKind

KIND = "grants"
"""Its own rule of erasure: see `leavers/retention.json`."""


def grant_words() -> ModuleWords:
    return ModuleWords(
        kinds={KIND: _("Government grants")},
        says=_("Government grants: money, deadlines and what must be reported when."),
        settings={
            "ahead_days": SettingWords(
                _("Days ahead that a deadline is asked for"),
                _("It then stands in My work of whoever answers for the grant."),
            ),
            "code_prefix": SettingWords(
                _("What codes begin with"), _("Capital letters: SB gives SB-2026-01.")
            ),
        },
        tasks={
            TaskKind.GRANT_DEADLINE: TaskWords(
                _("Deadline of a grant"), lambda name: _("Grant: {name}", name=name)
            )
        },
        tables=_tables(),
    )


def _tables() -> dict[str, TableWords]:
    return {
        "grants": TableWords(
            KIND,
            _("Government grants"),
            _("Grants that you answer for, have changed, or are named in."),
        ),
        "grant_givers": TableWords(
            KIND, _("Givers of grants"), _("Givers that you have put on the list.")
        ),
        "grant_steps": TableWords(
            KIND, _("Steps of grants"), _("Steps that you have taken with a grant.")
        ),
        "grant_money": TableWords(
            KIND, _("Money of grants"), _("Payments and uses that you have entered.")
        ),
        "grant_deadlines": TableWords(
            KIND, _("Deadlines of grants"), _("Deadlines that you have set or ticked off.")
        ),
        "grant_nodes": TableWords(KIND, _("Goals that grants are for"), ""),
        "grant_files": TableWords(KIND, _("Documents of grants"), _("Where you are named.")),
    }
