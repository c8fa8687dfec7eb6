"""Which node of the plan a line of a board is: one that the unit sees, or a new one of its own.

Pure: nothing is read or written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from .....infra.errors import AppError, InvalidInput
from .....infra.i18n import _, in_language
from .....infra.periods import PeriodKind
from .....infra.tabular import RowFault
from .....infra.texts import one_line
from .....tenants.rows import uuid7
from .....tenants.tree.units import Placed
from ..models import Level, NodeKind
from ..planning.indicators import IndicatorChanges
from ..texts import COMMENT, TITLE, rich
from ..values.outcomes import VALUES, OutcomeValues, period_word
from ..view.view import Seen
from .board import Board, BoardNode
from .headings import Columns, Part, fold

PARTS = {
    "total": Part.OUTCOME,
    "women": Part.OUTCOME_WOMEN,
    "men": Part.OUTCOME_MEN,
    "target": Part.TARGET,
    "forecast": Part.FORECAST,
}


@dataclass(frozen=True, slots=True)
class Matched:
    """A line of the board with its node. `seen` is None for a new one.

    `values` and `comment` are what the line says, empty where it says nothing. `measured` is how a
    new indicator is measured, or what a known one has to be changed to for its values to fit.
    """

    line: BoardNode
    level: Level
    id: UUID
    parent_id: UUID | None
    seen: Seen | None
    values: OutcomeValues
    comment: str
    measured: IndicatorChanges

    @property
    def changed(self) -> bool:
        return bool(self.seen is None or self.new_values or self.new_comment or self.measured)

    @property
    def new_values(self) -> bool:
        outcome = self.seen.outcome if self.seen else None
        return any(
            outcome is None or getattr(outcome, name) != value
            for name, value in self.values.items()
        )

    @property
    def new_comment(self) -> bool:
        comment = self.seen.comment if self.seen else None
        return bool(self.comment) and (comment is None or comment.text != self.comment)


@dataclass(frozen=True, slots=True)
class Matching:
    """Parents before children. With errors the nodes are of no use."""

    nodes: tuple[Matched, ...]
    errors: tuple[RowFault, ...]
    notices: tuple[str, ...]


def match_board(
    board: Board, seen: Sequence[Seen], *, levels: Sequence[Level], unit: Placed, columns: Columns
) -> Matching:
    """Every error is collected, none is raised."""
    search = _Search({level.key: level for level in levels}, unit)
    # What the unit owns goes before what it only sees.
    for item in sorted(seen, key=lambda item: not item.inherited):
        title = alike(item.node.title)
        search.known[item.node.level_id, item.parent_id, title] = item
        search.titled.setdefault((item.node.level_id, title), []).append(item)
    errors = []
    for line in board.nodes:
        try:
            search.found.append(_matched(search, line))
        except AppError as error:
            errors.append(RowFault(line.row, column_of(columns, line, error), error.message))
    return Matching(tuple(search.found), tuple(errors), tuple(_notices(search.found)))


def alike(title: str) -> str:
    """A title without what does not tell two apart: capitals, spaces, a full stop at its end."""
    return fold(title).casefold().rstrip(" .")


def column_of(columns: Columns, line: BoardNode, error: AppError) -> str:
    """The heading of the column that an error is about."""
    part = Part.COMMENT if error.field == "text" else PARTS.get(error.field or "")
    at = columns.parts.get((line.level_key, part)) if part else None
    return columns.title(columns.levels[line.level_key] if at is None else at)


@dataclass(slots=True)
class _Search:
    levels: Mapping[str, Level]
    unit: Placed
    known: dict[tuple[UUID, UUID | None, str], Seen] = field(default_factory=dict)
    titled: dict[tuple[UUID, str], list[Seen]] = field(default_factory=dict)
    placed: dict[tuple[str, ...], dict[str, UUID]] = field(default_factory=dict)
    """By the titles from the top: the nodes of the board so far, by level."""
    taken: set[tuple[UUID, UUID | None, str]] = field(default_factory=set)
    found: list[Matched] = field(default_factory=list)


def _matched(search: _Search, line: BoardNode) -> Matched:
    level = search.levels[line.level_key]
    title = one_line(line.title, field="title", most=TITLE)
    parent_id = _parent(search, level, line)
    key = (level.id, parent_id, alike(title))
    seen = search.known.get(key)
    id = seen.node.id if seen else uuid7()
    search.placed.setdefault((*line.path, line.title), {})[level.key] = id
    if key in search.taken:
        raise InvalidInput(
            _(
                '"{title}" stands on an earlier row too, with something else here. '
                "Keep one of them.",
                title=title,
            )
        )
    search.taken.add(key)
    if seen is None:
        _check_owner(search, level, title)
    values = _values(line)
    return Matched(
        line=line,
        level=level,
        id=id,
        parent_id=parent_id,
        seen=seen,
        values=values,
        comment=rich(line.comment, field="text", most=COMMENT),
        measured=_measured(line, seen, values) if level.kind is NodeKind.INDICATOR else {},
    )


def _parent(search: _Search, level: Level, line: BoardNode) -> UUID | None:
    """The nearest node above on the board that the level may stand below.

    Where the board lacks the columns above, the one that a node of this title stands below.
    """
    if not level.parents:
        return None
    for length in range(len(line.path), 0, -1):
        above = search.placed.get(line.path[:length], {})
        for key in level.parents:
            if key in above:
                return above[key]
    parents = {item.parent_id for item in search.titled.get((level.id, alike(line.title)), ())}
    if not line.path and len(parents) == 1:
        return parents.pop()
    names = f" {_('or')} ".join(
        f'"{in_language(search.levels[key].name)}"' for key in level.parents
    )
    raise InvalidInput(
        _('"{title}" has to stand below {names}. Fill that in too.', title=line.title, names=names)
    )


def _check_owner(search: _Search, level: Level, title: str) -> None:
    if level.unit_kinds and search.unit.kind.value not in level.unit_kinds:
        raise InvalidInput(
            _(
                'The unit sees no "{level}" called "{title}", and cannot own one itself. '
                "Check the spelling.",
                level=in_language(level.name),
                title=title,
            )
        )


def _values(line: BoardNode) -> OutcomeValues:
    told = line.values
    values: OutcomeValues = {}
    if told.outcome is not None:
        values["total"] = told.outcome
    if told.outcome_women is not None:
        values["women"] = told.outcome_women
    if told.outcome_men is not None:
        values["men"] = told.outcome_men
    if told.target is not None:
        values["target"] = told.target
    if told.forecast is not None:
        values["forecast"] = told.forecast
    return values


def _measured(line: BoardNode, seen: Seen | None, values: OutcomeValues) -> IndicatorChanges:
    """What the values ask of an indicator: their unit, decimals and split by sex.

    One that another unit owns is left as it is; values that do not fit it are then refused.
    """
    decimals = _decimals(values)
    by_sex = "women" in values or "men" in values
    measured: IndicatorChanges = {}
    if seen is None or seen.indicator is None:
        if line.percent:
            measured["measure_unit"] = "%"
        if decimals:
            measured["decimals"] = decimals
        if by_sex:
            measured["by_sex"] = True
        return measured
    if seen.inherited:
        return measured
    if decimals > seen.indicator.decimals:
        measured["decimals"] = decimals
    if by_sex and not seen.indicator.by_sex:
        measured["by_sex"] = True
    return measured


def _decimals(values: OutcomeValues) -> int:
    given = [values[name] for name in VALUES if name in values]
    exponents = [value.as_tuple().exponent for value in given if value is not None]
    return max((-exponent for exponent in exponents if isinstance(exponent, int)), default=0)


def _notices(found: Sequence[Matched]) -> list[str]:
    notices = []
    new = sum(node.seen is None and node.level.kind is NodeKind.INDICATOR for node in found)
    if new:
        notices.append(
            _(
                "New indicators: {count}. For each, higher is taken as better. "
                "Change it where lower is better.",
                count=new,
            )
        )
    for node in found:
        indicator = node.seen.indicator if node.seen else None
        if indicator is None:
            continue
        title = node.line.title
        if "decimals" in node.measured:
            decimals = node.measured["decimals"]
            notices.append(
                _(
                    '"{title}": the number of decimals is {count} now.',
                    title=title,
                    count=decimals,
                )
            )
        if "by_sex" in node.measured:
            notices.append(_('"{title}" is split by sex now.', title=title))
        if node.values and indicator.periodicity != PeriodKind.YEAR:
            kind = period_word(PeriodKind(indicator.periodicity))
            notices.append(
                _(
                    '"{title}" is followed up per {kind}: the values go to the last of the year.',
                    title=title,
                    kind=kind,
                )
            )
    return notices
