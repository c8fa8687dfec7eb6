"""How other modules tell of meetings."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import ModuleWords, SettingWords, TableWords, TaskWords
from ...tasks import TaskKind

KIND = "organisation"
"""The kind of records that rules of erasure know meetings as."""


def meeting_words() -> ModuleWords:
    return ModuleWords(
        says=_("Agendas, notes and decisions, with minutes as the law wants them."),
        settings={
            "summon_days": SettingWords(
                _("A meeting is summoned, days before"),
                _("The council has the day that the law sets."),
            ),
            "write_days": SettingWords(_("Minutes are written, days after the meeting")),
            "carry_open_items": SettingWords(_("The next meeting begins with what was left open")),
        },
        tasks={
            TaskKind.SUMMON_MEETING: TaskWords(
                _("Summons to send"), lambda name: _("Send the summons: {name}", name=name)
            ),
            TaskKind.WRITE_MINUTES: TaskWords(
                _("Minutes to write"), lambda name: _("Write the minutes: {name}", name=name)
            ),
            TaskKind.ADJUST_MINUTES: TaskWords(
                _("Minutes to adjust"),
                lambda name: _("Have the minutes adjusted: {name}", name=name),
            ),
            TaskKind.ANNOUNCE_MINUTES: TaskWords(
                _("Minutes to announce"),
                lambda name: _("Announce that the minutes are adjusted: {name}", name=name),
            ),
        },
        tables=_table_words(),
        logged={"meeting": _("a meeting for its participants only")},
    )


def _table_words() -> dict[str, TableWords]:
    told = {
        "meeting_templates": (_("Templates of agendas"), _("Templates that you have changed.")),
        "meeting_template_items": (_("Items of templates"), _("Where you are named.")),
        "meeting_series": (_("Series of meetings"), _("Series that you have changed.")),
        "meeting_members": (_("Members of series"), _("Series that you take part in.")),
        "meetings": (_("Meetings"), _("Meetings that you have changed.")),
        "meeting_steps": (_("Steps of meetings"), _("Steps that you have taken with a meeting.")),
        "meeting_participants": (_("Participants"), _("Meetings that you were called to.")),
        "agenda_items": (_("Items of agendas"), _("What you have written at meetings.")),
        "agenda_reservations": (_("Reservations"), _("Where you are named.")),
        "agenda_links": (_("Links of agendas"), _("Where you are named.")),
    }
    return {table: TableWords(KIND, *words) for table, words in told.items()}
