"""A workbook to fill in: the unit's indicators of a year as rows, as the import reads them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from .....authz.permit import permit
from .....infra.documents.excel import Sheet, SheetColumn, Value, write_excel
from .....infra.errors import InvalidInput
from .....infra.i18n import _, in_language
from .....infra.periods import Period
from .....tenants.work import Work
from .....workers.exports import file_name
from ..analysis.analysis import GoalAnalysis, Row, goal_analysis
from ..models import Level, NodeKind

NUMBERS = ("total", "women", "men", "target")


@permit("goals.import")
async def import_template(work: Work, *, unit_id: UUID, year: int) -> tuple[str, bytes]:
    """The name and the bytes of an .xlsx with the headings in its first row.

    It has the values that stand, so that read in as it is it changes nothing, and an empty column
    for comments. What is put together from other units is left out: nobody enters it. Raises
    NotFound, Forbidden, InvalidInput for a year without a steering model.
    """
    work.require("goals.import", at=unit_id)
    found = await goal_analysis(work, unit_id=unit_id, period=Period(year))
    if found.model is None:
        raise InvalidInput(no_model(year), field="year")
    sheet = _sheet(found, year)
    data = await asyncio.to_thread(write_excel, [sheet], on=work.today)
    name = f"{_('Goal analysis')} {found.unit_name} {year}"
    return file_name(work.tenant.name, name, ending="xlsx"), data


def no_model(year: int) -> str:
    return _(
        "There is no steering model for {year}. Create it first, or choose another year.",
        year=year,
    )


def _sheet(found: GoalAnalysis, year: int) -> Sheet:
    """Goals to the left, then each level of indicators with its numbers and a comment."""
    goals = [level for level in found.levels if level.kind is NodeKind.GOAL]
    measured = [level for level in found.levels if level.kind is NodeKind.INDICATOR]
    rows = [row for row in found.rows if row.indicator and not _put_together(row)]
    by_sex = any(row.indicator and row.indicator.by_sex for row in rows)
    parts = [name for name in NUMBERS if by_sex or name in ("total", "target")]
    columns = [SheetColumn(in_language(level.name), width=40) for level in goals]
    for level in measured:
        columns.append(SheetColumn(in_language(level.name), width=40))
        columns += [SheetColumn(caption, "number") for caption in _captions(parts, year)]
        columns.append(SheetColumn(_("Comment"), width=40))
    lines = [
        [*_titles(found, row, goals), *_cells(row, measured, parts)]
        for row in _in_order(found, rows, goals)
    ]
    # The title above would be taken for the headings.
    return Sheet(name=str(year), title="", columns=tuple(columns), rows=lines)


def _captions(parts: Sequence[str], year: int) -> list[str]:
    captions = {
        "total": _("Outcome {period}", period=year),
        "women": _("Outcome women {period}", period=year),
        "men": _("Outcome men {period}", period=year),
        "target": _("Target {period}", period=year),
    }
    return [captions[name] for name in parts]


def _above(found: GoalAnalysis, row: Row) -> dict[UUID, Row]:
    """The rows that it stands below, by level."""
    by_id = {other.node.id: other for other in found.rows}
    above: dict[UUID, Row] = {}
    while row.parent_id is not None:
        row = by_id[row.parent_id]
        above[row.level.id] = row
    return above


def _titles(found: GoalAnalysis, row: Row, goals: Sequence[Level]) -> list[Value]:
    above = _above(found, row)
    return [above[level.id].node.title if level.id in above else None for level in goals]


def _in_order(found: GoalAnalysis, rows: Sequence[Row], goals: Sequence[Level]) -> list[Row]:
    """As in the view, but what lacks a goal at a level first: an empty cell means "as above"."""
    places = {row.node.id: place for place, row in enumerate(found.rows, 1)}

    def place(row: Row) -> list[int]:
        above = _above(found, row)
        return [places[above[one.id].node.id] if one.id in above else 0 for one in goals]

    return sorted(rows, key=place)


def _cells(row: Row, measured: Sequence[Level], parts: Sequence[str]) -> list[Value]:
    cells: list[Value] = []
    for level in measured:
        if level.id == row.level.id:
            cells += [row.node.title, *(_number(row, name) for name in parts), None]
        else:
            cells += [None] * (len(parts) + 2)
    return cells


def _number(row: Row, name: str) -> Decimal | None:
    """Without zeros at its end, which would be read as decimals of the indicator."""
    value: Decimal | None = getattr(row.values, name, None)
    return None if value is None else Decimal(f"{value.normalize():f}")


def _put_together(row: Row) -> bool:
    return row.values is not None and row.values.consolidated
