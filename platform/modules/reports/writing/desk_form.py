"""What the form of a section holds: the text from editor or plain field, and the table's cells."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from .....infra.documents.richplain import from_plain, to_plain
from .....infra.errors import AppError, TooLarge
from .....infra.i18n import _
from ....web.forms import Form
from ..designs.columns import (
    Column,
    ColumnKind,
    FixedRow,
    TableRow,
    cell_of,
    checked_rows,
    columns_of,
    filled,
    fixed_rows_of,
)
from ..models import ChapterKind, Section
from ..words import rich
from .sections import TEXT

MOST_ROWS = 500
WAS = "was-"


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of the table: its name in the form, and what stands in it."""

    name: str
    column: Column
    value: Any


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table; `title` is that of a fixed row, empty for a free one."""

    number: int
    title: str
    cells: tuple[Cell, ...]


def table_lines(section: Section, *, spare: int = 0) -> list[Line]:
    """The rows to fill in; a free table has `spare` empty ones at its end."""
    columns, fixed = columns_of(section.columns), fixed_rows_of(section.fixed_rows)
    if fixed:
        kept = {row["row"]: row for row in section.rows}
        return [
            _line(number, columns, kept.get(each.key), each) for number, each in enumerate(fixed)
        ]
    rows: list[dict[str, object] | None] = [*section.rows, *[None] * spare]
    return [_line(number, columns, row, None) for number, row in enumerate(rows)]


def sent_lines(form: Form, section: Section) -> list[Line]:
    """The rows as they were sent, to be shown again when they were refused."""
    columns, fixed = columns_of(section.columns), fixed_rows_of(section.fixed_rows)
    count = len(fixed) or min(_count(form.get("rows")), MOST_ROWS)
    return [
        Line(
            number,
            fixed[number].title if fixed else "",
            tuple(
                Cell(_name(number, column), column, _cell(form, number, column))
                for column in columns
            ),
        )
        for number in range(count)
    ]


def sent_text(form: Form) -> str | None:
    """The text as HTML; None when the form has no text, or a plain field that nobody has touched:
    what is typed there has fewer ways to say things than what may have been there."""
    if max(len(form.get("text")), len(form.get("plain"))) > 2 * TEXT:
        raise TooLarge(_("The text is too long to be read. Divide it into several sections."))
    if "text" in form:
        return form.get("text")
    if "plain" not in form or ("was" in form and form.get("was") == form.get("plain")):
        return None
    return from_plain(form.get("plain"))


def stands_as_seen(form: Form, section: Section) -> bool:
    """Whether the text is still what its writer began from, or has become the same already."""
    if "plain" in form:
        sides = form.get("was"), form.get("plain")
        return to_plain(section.text).strip() in [side.strip() for side in sides]
    return section.text in [
        rich(side, field="text", most=TEXT, illustrated=True)
        for side in (form.get("was"), form.get("text"))
    ]


def sent_rows(form: Form, section: Section) -> list[TableRow] | None:
    """The rows of a table; None when the section has none, or the form not, or when it is only the
    text that is saved by itself: then it is the first in the form, and the cells are none of it."""
    alone = next(iter(form.fields), "") in ("text", "plain")
    if section.kind is not ChapterKind.TABLE or "rows" not in form or alone:
        return None
    return _rows(form, section, gone=form.all("remove"))


def rows_stand_as_seen(form: Form, section: Section) -> bool:
    """Whether the table is still what its writer knows, or has become the same already.

    A cell that is not known to be saved comes with what stood there before, `was-<name>`. It may
    have arrived all the same, but for the one that is saved now: the first in the form.
    """
    unsaved = [name for name in form.fields if name.startswith(WAS)]
    first = WAS + next(iter(form.fields), "")
    stands = [row for row in section.rows if filled(row)]
    return any(_kept(form, section, back) == stands for back in ((), unsaved, (first,)))


def _kept(form: Form, section: Section, back: Collection[str]) -> list[dict[str, object]] | None:
    """The rows that hold something, as they would be kept, with some cells as they were before."""
    columns, fixed = columns_of(section.columns), fixed_rows_of(section.fixed_rows)
    before = {name.removeprefix(WAS): form.all(name) for name in back if name in form}
    try:
        rows = _rows(replace(form, fields=form.fields | before), section)
        kept = checked_rows(rows, columns=columns, fixed_rows=fixed)
        return [row for row in kept if filled(row)]
    except AppError:
        return None


def _rows(form: Form, section: Section, *, gone: Collection[str] = ()) -> list[TableRow]:
    columns, fixed = columns_of(section.columns), fixed_rows_of(section.fixed_rows)
    count = len(fixed) or min(_count(form.get("rows")), MOST_ROWS)
    return [
        TableRow(
            {column.key: _cell(form, number, column) for column in columns},
            fixed[number].key if fixed else None,
        )
        for number in range(count)
        if str(number) not in gone
    ]


def _count(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else 0


def _cell(form: Form, number: int, column: Column) -> object:
    given = form.get(_name(number, column))
    if column.kind is ColumnKind.YES_NO:
        return {"yes": True, "no": False}.get(given)
    return given


def _line(
    number: int, columns: tuple[Column, ...], row: dict[str, object] | None, fixed: FixedRow | None
) -> Line:
    cells = tuple(
        Cell(_name(number, column), column, cell_of(row, column.key) if row else None)
        for column in columns
    )
    return Line(number, fixed.title if fixed else "", cells)


def _name(number: int, column: Column) -> str:
    return f"cell-{number}-{column.key}"
