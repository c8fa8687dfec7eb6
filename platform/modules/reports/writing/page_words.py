"""Figures and words of a report as its pages show them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from markupsafe import Markup

from .....infra.documents.richtext import clean
from .....infra.i18n import _, current_locale, in_language
from .....infra.numbers import format_number
from ...goals.service import ShownRow, Snapshot, read_snapshot
from ..designs.columns import ColumnKind, Value, shown
from ..fetching.fetched import shown_of
from .desk_form import Cell
from .pieces import pieces_of


def page_words() -> dict[str, Any]:
    """What the templates of reports call."""
    return {
        "shown_number": _shown_number,
        "cell_text": _cell_text,
        "goal_number": _goal_number,
        "light_word": _light_word,
        "pieces_of": pieces_of,
        "shown_of": shown_of,
        "safe_comment": lambda text: Markup(clean(text)),
    }


def shown_goals(document: object) -> Snapshot | None:
    return None if document is None else read_snapshot(document)


def _shown_number(value: Value) -> str:
    """A number, or what was written in place of one and refused."""
    return value if isinstance(value, str) else shown(value, ColumnKind.NUMBER, current_locale())


def _cell_text(cell: Cell) -> str:
    return shown(cell.value, cell.column.kind, current_locale())


def _goal_number(row: ShownRow, name: str) -> str:
    value = getattr(row.values, name) if row.values else None
    if value is None:
        return "–" if row.values else ""
    return format_number(Decimal(value), row.decimals, current_locale())


def _light_word(goals: Snapshot, light: str | None) -> str:
    words = next((each.word for each in goals.lights if each.light == light), None)
    return in_language(words) if words else _("Value missing")
