"""The columns of the register as a workbook: the same are written and read in again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ....infra.i18n import LOCALES, _, use_locale
from .models import DeadlineKind

Kind = Literal["line", "text", "day", "money", "year", "state", "unit", "person", "deadline", "sum"]


@dataclass(frozen=True, slots=True)
class Column:
    """`sum` columns are written only: the money has its own sheet."""

    key: str
    title: Callable[[], str]
    kind: Kind = "line"
    width: float = 16

    @property
    def names(self) -> set[str]:
        """Its heading in every language, as it is compared."""
        found = set()
        for locale in LOCALES:
            with use_locale(locale):
                found.add(plain(self.title()))
        return found


COLUMNS: Final[Sequence[Column]] = (
    Column("code", lambda: _("Code")),
    Column("giver", lambda: _("Giver"), width=28),
    Column("name", lambda: _("Grant"), width=36),
    Column("year", lambda: _("Year"), "year", 8),
    Column("unit", lambda: _("Unit"), "unit", 28),
    Column("responsible", lambda: _("Responsible"), "person", 24),
    Column("state", lambda: _("State"), "state"),
    Column("sought", lambda: _("Sought, kr"), "money"),
    Column("granted", lambda: _("Granted, kr"), "money"),
    Column("paid", lambda: _("Paid out, kr"), "sum"),
    Column("used", lambda: _("Used, kr"), "sum"),
    Column("returned", lambda: _("Paid back, kr"), "sum"),
    Column("left", lambda: _("Left, kr"), "sum"),
    Column("apply", lambda: _("Apply by"), "deadline"),
    Column("requisition", lambda: _("Requisition by"), "deadline"),
    Column("interim", lambda: _("Interim report by"), "deadline"),
    Column("final", lambda: _("Final report by"), "deadline"),
    Column("repayment", lambda: _("Pay back by"), "deadline"),
    Column("decided_by", lambda: _("Decided by"), width=24),
    Column("decided_on", lambda: _("Day of the decision"), "day"),
    Column("decided_paragraph", lambda: _("Paragraph in the minutes")),
    Column("registry_number", lambda: _("Registry number")),
    Column("giver_case", lambda: _("The giver's case number")),
    Column("ordinance", lambda: _("Ordinance"), "text", 30),
    Column("purpose", lambda: _("Purpose"), "text", 40),
    Column("signer", lambda: _("Who may sign"), width=24),
    Column("agent", lambda: _("Agent"), width=24),
    Column("agent_on", lambda: _("Agent appointed"), "day"),
    Column("begins_on", lambda: _("Valid from"), "day"),
    Column("ends_on", lambda: _("Valid to"), "day"),
    Column("overpaid_reason", lambda: _("Why more is paid than granted"), "text", 30),
    Column("note", lambda: _("Note"), "text", 40),
)
DEADLINES: Final = {
    column.key: DeadlineKind(column.key) for column in COLUMNS if column.kind == "deadline"
}
NEEDED: Final = ("giver", "name", "year", "unit")
"""What a new grant is not without, beside its code."""


def plain(heading: str) -> str:
    return " ".join(heading.casefold().split())
