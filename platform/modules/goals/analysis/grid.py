"""The goal analysis laid out as a table: which columns, and what stands on which line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal
from uuid import UUID

from .....infra.i18n import _, in_language
from ..models import JUDGED, Level, NodeKind
from .analysis import GoalAnalysis, Row

Part = Literal["title", "total", "women", "men", "target", "trend", "light", "comment"]
NUMBERS: Final[tuple[Part, ...]] = ("total", "women", "men", "target")
USUAL: Final[tuple[Part, ...]] = (*NUMBERS, "trend", "light", "comment")
CLASSIC: Final = "klassisk"
MAIN: Final = ""
"""The place on a line of what has figures: the indicator."""


@dataclass(frozen=True, slots=True)
class Column:
    """`level` is the level that has the column for itself, empty for those of all rows."""

    key: str
    part: Part
    level: str
    caption: str
    short: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. `group` is a goal that heads what follows; `fold` are assignments and
    activities behind one summary; else `cells` has rows by the place they take."""

    group: Row | None = None
    fold: tuple[Row, ...] = ()
    cells: Mapping[str, Row] = field(default_factory=dict)
    next_top: UUID | None = None
    """The next goal at the top, for those who want to skip past this one."""


def all_columns(levels: Sequence[Level], words: Mapping[Part, str]) -> tuple[Column, ...]:
    """In the order of the thread; those of the classic table have the level's own name."""
    columns: list[Column] = []
    measured = False
    for level in levels:
        if level.kind is not NodeKind.INDICATOR:
            name = in_language(level.name)
            said = _("{level}: comment", level=name)
            columns.append(Column(level.key, "title", level.key, name, name))
            columns.append(
                Column(f"{level.key}.comment", "comment", level.key, said, words["comment"])
            )
        elif not measured:
            measured = True
            columns += [
                Column(part, part, MAIN, words[part], words[part]) for part in ("title", *USUAL)
            ]
    return tuple(columns)


def chosen_columns(columns: Sequence[Column], keys: Sequence[str]) -> tuple[Column, ...]:
    """Those with the keys; `klassisk` alone is the fourteen of old, nothing is the usual ones."""
    if list(keys) == [CLASSIC]:
        return tuple(column for column in columns if column.part not in ("trend", "light"))
    wanted = {*(keys or USUAL), "title"}
    wanted |= {column.level for column in columns if column.level and column.key in wanted}
    return tuple(column for column in columns if column.key in wanted)


def lines_of(rows: Iterable[Row], columns: Sequence[Column]) -> Iterator[Line]:
    """A goal without a column of its own heads a group; an indicator has its line; assignments and
    activities without columns fold under one summary. What has columns stands beside what it
    stands below, as merged cells would."""
    wide = {column.level for column in columns if column.level}
    cells: dict[str, Row] = {}
    fold: list[Row] = []
    depth = -1
    for row in rows:
        main = row.node.kind is NodeKind.INDICATOR
        place = MAIN if main else row.level.key if row.level.key in wide else None
        beside = place is not None and row.depth == depth + 1 and place not in cells
        if cells and not beside:
            yield Line(cells=cells)
            cells = {}
        if fold and (place is not None or row.node.kind in JUDGED):
            yield Line(fold=tuple(fold))
            fold = []
        if place is not None:
            cells[place] = row
        elif row.node.kind in JUDGED:
            yield Line(group=row)
        else:
            fold.append(row)
        depth = row.depth
    if cells:
        yield Line(cells=cells)
    if fold:
        yield Line(fold=tuple(fold))


def with_skips(lines: Sequence[Line]) -> list[Line]:
    """Each goal at the top knows the next one."""
    tops = [line.group.node.id for line in lines if line.group and line.group.depth == 0]
    after = dict(pairwise(tops))
    return [
        Line(group=line.group, next_top=after.get(line.group.node.id))
        if line.group and line.group.depth == 0
        else line
        for line in lines
    ]


def only_missing(rows: Sequence[Row]) -> list[Row]:
    """The indicators that lack a value, with the goals that they stand below."""
    kept: set[UUID | None] = set()
    for row in reversed(rows):
        if row.missing or row.node.id in kept:
            kept |= {row.node.id, row.parent_id}
    return [row for row in rows if row.node.id in kept and row.node.kind in JUDGED]


def wanted(analysis: GoalAnalysis) -> int:
    """How many values the period asks for in all."""
    measured = [row for row in analysis.rows if row.indicator and row.values]
    return sum(4 if row.indicator and row.indicator.by_sex else 2 for row in measured)


def with_those_above(rows: Sequence[Row], ids: Iterable[UUID]) -> list[Row]:
    """The rows with the ids and the goals above them: those whose light may have changed."""
    by_id = {row.node.id: row for row in rows}
    found: dict[UUID, Row] = {}
    for at in ids:
        row = by_id.get(at)
        while row is not None and row.node.id not in found:
            found[row.node.id] = row
            row = by_id.get(row.parent_id) if row.parent_id else None
    return list(found.values())
