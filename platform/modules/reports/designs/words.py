"""What kinds of chapters, columns and periods are called on the pages of templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from .....infra.i18n import _
from .....infra.periods import PeriodKind
from ..models import ChapterKind
from .columns import ColumnKind

KINDS: Final[Mapping[ChapterKind, Callable[[], str]]] = {
    ChapterKind.TEXT: lambda: _("Text"),
    ChapterKind.TABLE: lambda: _("Table, with text"),
    ChapterKind.NIL_STATEMENT: lambda: _("Text, or that there was nothing"),
    ChapterKind.GOAL_ANALYSIS: lambda: _("Made of the goal analysis"),
    ChapterKind.ATTACHMENTS: lambda: _("Files"),
    ChapterKind.HEADING: lambda: _("Only a heading"),
}
COLUMN_KINDS: Final[Mapping[ColumnKind, Callable[[], str]]] = {
    ColumnKind.TEXT: lambda: _("Text"),
    ColumnKind.NUMBER: lambda: _("Number"),
    ColumnKind.DATE: lambda: _("Date"),
    ColumnKind.CHOICE: lambda: _("Choice"),
    ColumnKind.YES_NO: lambda: _("Yes or no"),
}
PERIODS: Final[Mapping[PeriodKind, Callable[[], str]]] = {
    PeriodKind.YEAR: lambda: _("Year"),
    PeriodKind.HALF_YEAR: lambda: _("Half-year"),
    PeriodKind.TERTIAL: lambda: _("Tertial"),
    PeriodKind.QUARTER: lambda: _("Quarter"),
    PeriodKind.MONTH: lambda: _("Month"),
}
