"""How other modules tell of what laws say."""

from __future__ import annotations

from ....infra.i18n import _
from ...module import ModuleWords, TableWords


def organisation_words() -> ModuleWords:
    return ModuleWords(
        tables={
            "legal_references": TableWords(
                "organisation",
                _("Legal references"),
                _("What laws say, where you have written it."),
            )
        },
        logged={"legal_reference": _("a legal reference")},
    )
