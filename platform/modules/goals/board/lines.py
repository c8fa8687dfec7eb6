"""What a file would do, line by line, to be looked through before it is read in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .....infra.documents.richtext import plain_text
from .....infra.i18n import current_locale, in_language
from .....infra.numbers import format_number
from .headings import Columns, Part
from .matching import PARTS, Matched, Matching


class LineState(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class LineChange:
    """A cell that says something else than what stands. `column` is its heading."""

    column: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A node of the file: the row that it stands on first, and its level by name.

    A node whose indicator only gets more decimals or a split by sex has no `changes` of its own.
    """

    row: int
    level: str
    title: str
    state: LineState
    changes: tuple[LineChange, ...]


def lines_of(matching: Matching, columns: Columns) -> tuple[ImportLine, ...]:
    return tuple(
        ImportLine(
            row=node.line.row,
            level=in_language(node.level.name),
            title=node.line.title,
            state=_state(node),
            changes=(*_values(node, columns), *_comment(node, columns)),
        )
        for node in matching.nodes
    )


def _state(node: Matched) -> LineState:
    if node.seen is None:
        return LineState.NEW
    return LineState.CHANGED if node.changed else LineState.SAME


def _values(node: Matched, columns: Columns) -> list[LineChange]:
    outcome = node.seen.outcome if node.seen else None
    found = []
    for name, now in node.values.items():
        was: Decimal | None = getattr(outcome, name, None)
        assert now is None or isinstance(now, Decimal)
        if was != now:
            column = columns.title(columns.parts[node.level.key, PARTS[name]])
            found.append(LineChange(column, _number(was), _number(now)))
    return found


def _comment(node: Matched, columns: Columns) -> list[LineChange]:
    if not node.new_comment:
        return []
    was = node.seen.comment.text if node.seen and node.seen.comment else ""
    column = columns.title(columns.parts[node.level.key, Part.COMMENT])
    return [LineChange(column, plain_text(was), plain_text(node.comment))]


def _number(value: Decimal | None) -> str:
    if value is None:
        return ""
    decimals = max(0, -int(value.normalize().as_tuple().exponent))
    return format_number(value, decimals, current_locale())
