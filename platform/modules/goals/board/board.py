"""The goal analysis as one wide table: a row is read into nodes with their comments and values.

An empty cell of a goal or an assignment means "the same as above", as merged cells come out. A cell
that has slipped to another column, as cells do when a table is copied, is put right where there is
only one place for it, and a notice says so; anything else that does not fit is an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from .....infra.errors import InvalidInput
from .....infra.i18n import _
from .....infra.numbers import parse_number
from .....infra.tabular import RowFault, TableFile, TableRow
from ..models import ABOVE, NodeKind
from .headings import BoardLevel, Columns, Part, fold, read_headings

CARRIED = {NodeKind.GOAL, NodeKind.ASSIGNMENT}
ICON = " N"


@dataclass(frozen=True, slots=True)
class BoardValues:
    """What was reached and aimed at in the year of the board."""

    outcome: Decimal | None = None
    outcome_women: Decimal | None = None
    outcome_men: Decimal | None = None
    target: Decimal | None = None
    forecast: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BoardNode:
    """A node as the table tells of it; `path` holds the titles above it, the topmost first.

    `row` is where it stands first. The path starts at the highest goal column that the table has.
    """

    level_key: str
    title: str
    path: tuple[str, ...]
    row: int
    comment: str = ""
    values: BoardValues = BoardValues()
    percent: bool = False
    """Whether any of the values is written with %."""


@dataclass(frozen=True, slots=True)
class Board:
    """Parents before children, else in the order of the rows. With errors there are no nodes."""

    nodes: tuple[BoardNode, ...]
    year: int | None
    notices: tuple[str, ...]
    errors: tuple[RowFault, ...]


def parse_board(table: TableFile, levels: Sequence[BoardLevel]) -> Board:
    """Read a goal analysis by its headings. `levels` come in the order of the steering model.

    Every error is collected, none is raised.
    """
    heading, *rows = table.rows
    columns = read_headings(heading.number, heading.cells, levels)
    reading = _Reading(columns, levels, list(columns.errors), list(table.notices))
    if not columns.errors:
        _notice_icons(reading, rows)
        for row in rows:
            _read_row(reading, row)
        if not reading.nodes and not reading.errors:
            reading.refuse(heading.number, 0, _("There is nothing below the headings."))
    nodes = () if reading.errors else tuple(reading.nodes.values())
    _notice_parts_without_total(reading)
    return Board(nodes, columns.year, tuple(reading.notices), tuple(reading.errors))


Identity = tuple[str, tuple[str, ...], str]


@dataclass(slots=True)
class _Reading:
    """What has been read so far; `current` holds the title in force at each carried level."""

    columns: Columns
    levels: Sequence[BoardLevel]
    errors: list[RowFault]
    notices: list[str]
    nodes: dict[Identity, BoardNode] = field(default_factory=dict)
    current: dict[str, str] = field(default_factory=dict)
    icons: bool = False

    def refuse(self, row: int, index: int, message: str) -> None:
        self.errors.append(RowFault(row, self.columns.title(index), message))

    def notice(self, row: int, index: int, message: str) -> None:
        self.notices.append(str(RowFault(row, self.columns.title(index), message)))

    def path(self, level: BoardLevel) -> tuple[str, ...]:
        """The titles in force above a level."""
        above = self.levels[: self.levels.index(level)]
        return tuple(
            self.current[upper.key]
            for upper in above
            if upper.kind in ABOVE[level.kind] and upper.key in self.current
        )


def _notice_icons(reading: _Reading, rows: Sequence[TableRow]) -> None:
    """An icon after the name of every indicator comes out as the letter N when it is printed."""
    indexes = [
        reading.columns.levels[level.key]
        for level in reading.levels
        if level.kind is NodeKind.INDICATOR and level.key in reading.columns.levels
    ]
    titles = [title for row in rows for index in indexes if (title := fold(row.cells[index]))]
    reading.icons = bool(titles) and all(title.endswith(ICON) for title in titles)
    if reading.icons:
        reading.notices.append(
            _('The letter "N" after the name of every indicator was taken as an icon and removed.')
        )


def _read_row(reading: _Reading, row: TableRow) -> None:
    cells = list(row.cells)
    _put_number_right(reading, row.number, cells)
    _put_title_right(reading, row.number, cells)
    for index, cell in enumerate(cells):
        if cell.strip() and not reading.columns.headings[index]:
            reading.refuse(row.number, index, _("The column has no heading. Write one."))
    for level in reading.levels:
        if level.key in reading.columns.levels:
            _read_level(reading, level, row.number, cells)


def _put_number_right(reading: _Reading, row: int, cells: list[str]) -> None:
    """A lone number in a column of titles, right of an indicator without target, is its target."""
    columns = reading.columns
    for (key, part), target in columns.parts.items():
        if (
            part is not Part.TARGET
            or cells[target].strip()
            or not cells[columns.levels[key]].strip()
        ):
            continue
        titles = {*columns.levels.values(), *_headless(columns)}
        slipped = [index for index in titles if index > target and _is_number(cells[index])]
        if len(slipped) == 1:
            index = slipped[0]
            meant = columns.title(target)
            message = _('{text} was read as "{meant}".', text=cells[index].strip(), meant=meant)
            reading.notice(row, index, message)
            cells[target], cells[index] = cells[index], ""


def _put_title_right(reading: _Reading, row: int, cells: list[str]) -> None:
    """The only text of a row, right of all headings, is an activity if they end with one."""
    columns = reading.columns
    filled = [index for index, cell in enumerate(cells) if cell.strip()]
    last_key, last = max(columns.levels.items(), key=lambda placed: placed[1])
    kind = next(level.kind for level in reading.levels if level.key == last_key)
    if len(filled) != 1 or filled[0] not in _headless(columns) or filled[0] < last:
        return
    index = filled[0]
    if kind is NodeKind.ACTIVITY and not _is_number(cells[index]):
        message = _(
            '"{text}" was read as "{meant}".', text=fold(cells[index]), meant=columns.title(last)
        )
        reading.notice(row, index, message)
        cells[last], cells[index] = cells[index], ""


def _read_level(reading: _Reading, level: BoardLevel, row: int, cells: Sequence[str]) -> None:
    columns = reading.columns
    index = columns.levels[level.key]
    title = fold(cells[index])
    if title and _is_number(title):
        reading.refuse(row, index, _('"{text}" is a number, not a title.', text=title))
        return
    if reading.icons and level.kind is NodeKind.INDICATOR:
        title = title.removesuffix(ICON)
    if title:
        _enter(reading, level, title, row)
    elif level.kind in CARRIED:
        title = reading.current.get(level.key, "")
    for (key, part), at in columns.parts.items():
        if key != level.key or not cells[at].strip():
            continue
        if title:
            _tell(reading, (level.key, reading.path(level), title), part, row, cells[at])
        else:
            name = columns.title(index)
            message = _('The column "{name}" is empty on this row. Fill it in.', name=name)
            reading.refuse(row, at, message)


def _enter(reading: _Reading, level: BoardLevel, title: str, row: int) -> None:
    path = reading.path(level)
    if level.kind is not NodeKind.GOAL and not path:
        index = reading.columns.levels[level.key]
        reading.refuse(row, index, _("There is no goal on this row or above it."))
    if level.kind in CARRIED and reading.current.get(level.key) != title:
        for below in reading.levels[reading.levels.index(level) :]:
            reading.current.pop(below.key, None)
        reading.current[level.key] = title
    node = BoardNode(level.key, title, path, row)
    reading.nodes.setdefault((level.key, path, title), node)


def _tell(reading: _Reading, identity: Identity, part: Part, row: int, text: str) -> None:
    """Write what a cell says into its node, unless the node already says something else."""
    node = reading.nodes[identity]
    index = reading.columns.parts[identity[0], part]
    before: str | Decimal | None
    now: str | Decimal | None
    if part is Part.COMMENT:
        before, now = node.comment or None, text.strip()
        told = replace(node, comment=text.strip())
    else:
        try:
            now = parse_number(text)
        except InvalidInput as error:
            reading.refuse(row, index, error.message)
            return
        before = getattr(node.values, part)
        values = replace(node.values, **{part.value: now})
        told = replace(node, values=values, percent=node.percent or "%" in text)
    if before is not None and before != now:
        message = _(
            '"{title}" stands on an earlier row too, with something else here. Keep one of them.',
            title=node.title,
        )
        reading.refuse(row, index, message)
        return
    reading.nodes[identity] = told


def _notice_parts_without_total(reading: _Reading) -> None:
    for node in reading.nodes.values():
        values = node.values
        parts = (values.outcome_women, values.outcome_men)
        if values.outcome is None and any(part is not None for part in parts):
            index = reading.columns.levels[node.level_key]
            message = _('"{title}" has no outcome in total, so it gets no light.', title=node.title)
            reading.notice(node.row, index, message)


def _headless(columns: Columns) -> set[int]:
    return {index for index, heading in enumerate(columns.headings) if not heading}


def _is_number(text: str) -> bool:
    try:
        return parse_number(text) is not None
    except InvalidInput:
        return False
