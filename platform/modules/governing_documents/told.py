"""How other modules tell of this one: its settings, its tasks, and its tables in an extract."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import ModuleWords, SettingWords, TableWords, TaskWords
from ...tasks import TaskKind
from .words import aim_words

KIND = "governing_documents"


def document_words() -> ModuleWords:
    return ModuleWords(
        kinds={KIND: _("Governing documents")},
        says=_("What governs us: who decided it, for whom, how long, and how far we have come."),
        settings=_settings(),
        tasks={
            TaskKind.REVIEW_DOCUMENT: TaskWords(
                _("Governing document"), lambda name: _("See to the document: {name}", name=name)
            ),
            TaskKind.ANSWER_ASSIGNMENT: TaskWords(
                _("Assignment to tell of"), lambda name: _("Tell how far it is: {name}", name=name)
            ),
        },
        tables=_tables(),
    )


def _settings() -> dict[str, SettingWords]:
    aims = [(aim.value, word) for aim, word in aim_words().items()]
    return {
        "types": SettingWords(_("Types of documents")),
        "types.key": SettingWords(_("Key"), _("Small letters a–z; it cannot be changed later.")),
        "types.name": SettingWords(_("What the type is called")),
        "types.aim": SettingWords(_("What documents of the type do"), "", aims),
        "types.rank": SettingWords(
            _("Rank"), _("1 is highest. A document cannot stand below one of a lower rank.")
        ),
        "types.governs_all": SettingWords(
            _("The council's is superior to all other documents"), _("Such as the budget.")
        ),
        "ahead_days": SettingWords(
            _("Days ahead that a review or an assignment is asked for"),
            _("It then stands in My work."),
        ),
        "number_prefix": SettingWords(
            _("What numbers begin with"), _("Capital letters: SD gives SD-2026-01.")
        ),
    }


def _tables() -> dict[str, TableWords]:
    return {
        "governing_documents": TableWords(
            KIND,
            _("Governing documents"),
            _("Documents that you answer for, have changed, or are named in."),
        ),
        "governing_document_units": TableWords(KIND, _("Whom documents are for"), ""),
        "governing_document_versions": TableWords(
            KIND, _("Versions of documents"), _("Versions that you have written or decided on.")
        ),
        "governing_document_files": TableWords(
            KIND, _("Files of governing documents"), _("Where you are named.")
        ),
        "document_assignments": TableWords(
            KIND, _("Assignments of documents"), _("What you have asked, or are named in.")
        ),
        "document_assignment_nodes": TableWords(KIND, _("Goals that carry assignments out"), ""),
        "document_answers": TableWords(
            KIND, _("What units have told of assignments"), _("What you have told.")
        ),
        "document_answer_steps": TableWords(
            KIND, _("What was told of assignments before"), _("What you have told.")
        ),
    }
