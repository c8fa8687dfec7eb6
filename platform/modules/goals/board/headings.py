"""What the columns of a goal analysis mean, told by their headings.

The tenant's own names of its levels count first, then the usual words of their kind. The year of
the values stands in the headings; all that name one must agree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from .....infra.i18n import _
from .....infra.periods import FIRST_YEAR, LAST_YEAR
from .....infra.tabular import RowFault, column_letter
from ..models import NodeKind


class Part(StrEnum):
    """What a column may say of the node on its row, beside the title."""

    COMMENT = "comment"
    OUTCOME = "outcome"
    OUTCOME_WOMEN = "outcome_women"
    OUTCOME_MEN = "outcome_men"
    TARGET = "target"
    FORECAST = "forecast"


@dataclass(frozen=True, slots=True)
class BoardLevel:
    """A level of the tenant's steering model, with every name a heading may give it."""

    key: str
    kind: NodeKind
    names: tuple[str, ...]


@dataclass(slots=True)
class Columns:
    """Which column holds what, by the key of the level it belongs to."""

    row: int
    headings: tuple[str, ...]
    levels: dict[str, int] = field(default_factory=dict)
    parts: dict[tuple[str, Part], int] = field(default_factory=dict)
    year: int | None = None
    errors: list[RowFault] = field(default_factory=list)

    def title(self, index: int) -> str:
        """The heading, or the place of a column that has none."""
        return self.headings[index] or _("{column} (no heading)", column=column_letter(index))

    def refuse(self, index: int, message: str) -> None:
        self.errors.append(RowFault(self.row, self.title(index), message))


YEAR = re.compile("[0-9]{4}")
KIND_WORDS = {
    NodeKind.GOAL: {"mål", "målet", "nämndmål", "goal"},
    NodeKind.INDICATOR: {
        *("styrtal", "styrtalet", "nyckeltal", "nyckeltalet", "indikator", "indikatorer"),
        *("indikatorn", "mått", "måttet", "indicator"),
    },
    NodeKind.ASSIGNMENT: {"uppdrag", "uppdraget", "assignment"},
    NodeKind.ACTIVITY: {"aktivitet", "aktiviteter", "aktiviteten", "activity"},
}
COMMENT_WORDS = {"kommentar", "kommentarer", "comment"}
OUTCOME_WORDS = {"utfall", "utfallet", "resultat", "outcome"}
TARGET_WORDS = {"måltal", "måltalet", "målvärde", "målvärdet", "target"}
FORECAST_WORDS = {"prognos", "prognosen", "forecast"}
TOTAL_WORDS = {"", "totalt", "total", "alla"}
WOMEN_WORDS = {"kvinna", "kvinnor", "women"}
MEN_WORDS = {"man", "män", "men"}


def read_headings(row: int, cells: Sequence[str], levels: Sequence[BoardLevel]) -> Columns:
    """The meaning of every column; everything that is wrong is collected in `errors`."""
    columns = Columns(row, tuple(fold(cell) for cell in cells))
    of_levels = _find_levels(columns, levels)
    for index, heading in enumerate(columns.headings):
        if heading and index not in of_levels:
            _place_column(columns, index, levels)
    _refuse_missing(columns, levels)
    return columns


def fold(text: str) -> str:
    """Trimmed, with every run of white space as one space."""
    return " ".join(text.split())


def _find_levels(columns: Columns, levels: Sequence[BoardLevel]) -> set[int]:
    found: set[int] = set()
    for index, heading in enumerate(columns.headings):
        level = _level_of(heading.casefold(), levels)
        if not level:
            continue
        found.add(index)
        if level.key in columns.levels:
            other = columns.title(columns.levels[level.key])
            columns.refuse(index, _('"{other}" says the same. Keep one of them.', other=other))
        else:
            columns.levels[level.key] = index
    return found


def _level_of(heading: str, levels: Sequence[BoardLevel]) -> BoardLevel | None:
    """By the tenant's names, or by the usual words where the model has one level of that kind."""
    for level in levels:
        if heading in {fold(name).casefold() for name in level.names}:
            return level
    for kind, words in KIND_WORDS.items():
        of_kind = [level for level in levels if level.kind is kind]
        if heading in words and len(of_kind) == 1:
            return of_kind[0]
    return None


def _place_column(columns: Columns, index: int, levels: Sequence[BoardLevel]) -> None:
    heading = columns.headings[index]
    years = [word for word in re.findall(r"\w+", heading) if YEAR.fullmatch(word)]
    part = _part_of(_words(heading))
    if not part or len(years) > 1:
        columns.refuse(
            index,
            _(
                "The heading is not known. Known are {levels}, comment, outcome (women, men), "
                "target and forecast.",
                levels=", ".join(level.names[0] for level in levels),
            ),
        )
        return
    for year in years:
        _agree_on_year(columns, index, int(year))
    indicators = [level for level in levels if level.kind is NodeKind.INDICATOR]
    placed = _placed(columns, levels if part is Part.COMMENT else indicators)
    key = _nearest(columns, index, placed)
    if not key and part is not Part.COMMENT and len(placed) == 1:
        key = placed[0]
    if not placed:
        names = _either(levels if part is Part.COMMENT else indicators)
        columns.refuse(index, _("The column that it tells of is missing: {names}.", names=names))
    elif not key:
        columns.refuse(index, _("Place the column to the right of the level that it tells of."))
    elif (key, part) in columns.parts:
        other = columns.title(columns.parts[key, part])
        columns.refuse(index, _('"{other}" says the same. Keep one of them.', other=other))
    else:
        columns.parts[key, part] = index


def _part_of(words: list[str]) -> Part | None:
    name, detail = (words or [""])[0], " ".join(words[1:])
    if name in COMMENT_WORDS and not detail:
        return Part.COMMENT
    if name in OUTCOME_WORDS and detail in TOTAL_WORDS:
        return Part.OUTCOME
    if name in OUTCOME_WORDS and detail in WOMEN_WORDS:
        return Part.OUTCOME_WOMEN
    if name in OUTCOME_WORDS and detail in MEN_WORDS:
        return Part.OUTCOME_MEN
    if name in TARGET_WORDS and not detail:
        return Part.TARGET
    if name in FORECAST_WORDS and not detail:
        return Part.FORECAST
    return None


def _agree_on_year(columns: Columns, index: int, year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        columns.refuse(
            index, _("The year must be from {first} to {last}.", first=FIRST_YEAR, last=LAST_YEAR)
        )
    elif columns.year in (None, year):
        columns.year = year
    else:
        other = next(heading for heading in columns.headings if str(columns.year) in heading)
        columns.refuse(
            index, _('"{other}" names another year. Send one year at a time.', other=other)
        )


def _nearest(columns: Columns, index: int, keys: Sequence[str]) -> str | None:
    """The level among `keys` whose column is the nearest to the left."""
    left = {at: key for key, at in columns.levels.items() if at < index and key in keys}
    return left[max(left)] if left else None


def _refuse_missing(columns: Columns, levels: Sequence[BoardLevel]) -> None:
    goals = [level for level in levels if level.kind is NodeKind.GOAL]
    if not _placed(columns, goals):
        names = _either(goals)
        columns.refuse(0, _("The table lacks a column for the goals: {names}.", names=names))


def _placed(columns: Columns, levels: Sequence[BoardLevel]) -> list[str]:
    return [level.key for level in levels if level.key in columns.levels]


def _words(heading: str) -> list[str]:
    return [word for word in re.findall(r"\w+", heading.casefold()) if not YEAR.fullmatch(word)]


def _either(levels: Sequence[BoardLevel]) -> str:
    return f" {_('or')} ".join(f'"{level.names[0]}"' for level in levels)
