"""The goal analysis sent in as a file: nodes, values and comments of a unit, all or nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from .....authz.permit import permit
from .....infra.errors import AppError, InvalidInput
from .....infra.i18n import _, in_language
from .....infra.periods import Period, PeriodKind, due_period
from .....infra.tabular import MAX_BYTES, RowFault, TableFile, read_table
from .....tenants.files import load_upload
from .....tenants.work import Work
from ..live import tell_at, tell_nodes
from ..models import Level, NodeComment, SteeringModel
from ..places import units_by_id
from ..planning.adding import NewNode, add_nodes
from ..planning.indicators import choose
from ..rules import Light
from ..steering.design import has_light
from ..steering.locks import require_open
from ..texts import SOURCE
from ..values.outcomes import EntriesRefused, OutcomeEntry, set_outcomes
from ..view.view import model_with_levels, nodes_in_view, place_of
from .board import Board, BoardNode, parse_board
from .headings import BoardLevel, read_headings
from .lines import ImportLine, LineState, lines_of
from .matching import Matched, Matching, column_of, match_board

MAX_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class BoardImport:
    """What a file did, or would do: how many nodes it made, changed and left as they were.

    With `errors` nothing was written. `lines` tell of each node in the order of the file; there are
    none with errors. `notices` are sentences for the sender.
    """

    year: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    lines: tuple[ImportLine, ...] = ()
    errors: tuple[RowFault, ...] = ()
    notices: tuple[str, ...] = ()


class _Rehearsed(Exception):
    """All went well, and nothing shall be kept."""


@permit("goals.import")
async def import_board(
    work: Work,
    *,
    unit_id: UUID,
    year: int | None,
    model_id: UUID | None = None,
    name: str,
    data: bytes,
    dry_run: bool = False,
) -> BoardImport:
    """Read a goal analysis into the unit's plan for a year; the same file again changes nothing.

    A node is known by its level, what it stands below and its title, among what the unit sees.
    `year` None takes the year of the model, or else of the headings. An empty cell changes nothing.
    Raises NotFound, Forbidden, InvalidInput for a file that is no table or a year without a
    steering model, Conflict for a locked year; what is wrong in a row comes back in `errors`.
    """
    work.require("goals.import", at=unit_id)
    table = await asyncio.to_thread(read_table, name, data, max_rows=MAX_ROWS)
    heading = table.rows[0]
    model, levels = await _model(work, table, year, model_id)
    await require_open(work, model.year)
    period = Period(model.year)
    place = await place_of(work, unit_id=unit_id, period=period)
    known = [BoardLevel(level.key, level.kind, _names(level)) for level in levels]
    board = await asyncio.to_thread(parse_board, table, known)
    notices = (*_about_year(board, model.year), *board.notices)
    if board.errors:
        return BoardImport(model.year, errors=board.errors, notices=notices)
    await _wait_for_others(work, model)
    seen = await nodes_in_view(work, place=place, period=period, model=model, levels=levels)
    columns = read_headings(heading.number, heading.cells, known)
    matching = match_board(board, seen, levels=levels, unit=place.unit, columns=columns)
    if matching.errors:
        return BoardImport(model.year, errors=matching.errors, notices=notices)
    # Counted before the writing: a rehearsal that is undone takes the rows with it.
    lines = lines_of(matching, columns)
    result = _counted(lines, model.year, (*notices, *matching.notices))
    errors = await _write(
        work, matching, model=model, unit_id=unit_id, source=name, dry_run=dry_run
    )
    if errors:
        places = [RowFault(line.row, column_of(columns, line, e), e.message) for line, e in errors]
        return BoardImport(model.year, errors=tuple(places), notices=notices)
    return result


@permit("goals.import")
async def import_stored_board(
    work: Work,
    *,
    file_id: UUID,
    unit_id: UUID,
    year: int | None,
    model_id: UUID | None = None,
    dry_run: bool = False,
) -> BoardImport:
    """As `import_board`, for a file that was sent in before. Raises NotFound for an absent one."""
    work.require("goals.import", at=unit_id)
    await units_by_id(work, {unit_id})
    file, data = await load_upload(work, file_id, most=MAX_BYTES)
    return await import_board(
        work,
        unit_id=unit_id,
        year=year,
        model_id=model_id,
        name=file.name,
        data=data,
        dry_run=dry_run,
    )


def _names(level: Level) -> tuple[str, ...]:
    """All are read; the reader's language comes first, since a refusal names one of them."""
    own = in_language(level.name)
    return own, *(name for name in level.name.values() if name != own)


async def _model(
    work: Work, table: TableFile, year: int | None, model_id: UUID | None
) -> tuple[SteeringModel, tuple[Level, ...]]:
    heading = table.rows[0]
    asked = read_headings(heading.number, heading.cells, ()).year if year is None else year
    if asked is None and model_id is None:
        raise InvalidInput(_("No year is named in the headings. Choose one."), field="year")
    model, levels = await model_with_levels(work, year=asked or 0, model_id=model_id)
    if model is None:
        raise InvalidInput(
            _(
                "There is no steering model for {year}. Create it first, or choose another year.",
                year=asked,
            ),
            field="year",
        )
    if year is not None and model.year != year:
        raise InvalidInput(
            _("The steering model is for {year}. Choose that year.", year=model.year), field="year"
        )
    return model, levels


async def _wait_for_others(work: Work, model: SteeringModel) -> None:
    """One board at a time: two at once would both add what neither has seen."""
    held = select(SteeringModel.id).where(SteeringModel.id == model.id)
    await work.execute(held.with_for_update(key_share=True))


def _about_year(board: Board, year: int) -> tuple[str, ...]:
    if board.year in (None, year):
        return ()
    return (_("The headings say {named}; the values go to {year}.", named=board.year, year=year),)


def _counted(lines: tuple[ImportLine, ...], year: int, notices: tuple[str, ...]) -> BoardImport:
    count = Counter(line.state for line in lines)
    return BoardImport(
        year=year,
        created=count[LineState.NEW],
        updated=count[LineState.CHANGED],
        unchanged=count[LineState.SAME],
        lines=lines,
        notices=notices,
    )


async def _write(
    work: Work,
    matching: Matching,
    *,
    model: SteeringModel,
    unit_id: UUID,
    source: str,
    dry_run: bool,
) -> list[tuple[BoardNode, AppError]]:
    """Write it all, or nothing: then the answer is what cannot be kept, and on which line."""
    period = Period(model.year)
    valued = [node for node in matching.nodes if node.values]
    try:
        async with work.attempt():
            await _write_nodes(work, matching.nodes, model=model, unit_id=unit_id)
            await _write_values(work, valued, period=period, unit_id=unit_id, source=source)
            await _write_comments(work, matching.nodes, period=period, unit_id=unit_id)
            if dry_run:
                raise _Rehearsed
    except _Rehearsed:
        pass
    except EntriesRefused as refused:
        return [(valued[at].line, error) for at, error in refused.errors]
    return []


async def _write_nodes(
    work: Work, nodes: Sequence[Matched], *, model: SteeringModel, unit_id: UUID
) -> None:
    """The new nodes, and what known indicators need for their values to fit."""
    new = [
        NewNode(
            id=node.id,
            level_id=node.level.id,
            unit_id=unit_id,
            title=node.line.title,
            parent_id=node.parent_id,
            indicator=node.measured,
        )
        for node in nodes
        if node.seen is None
    ]
    for node in nodes:
        if node.seen and node.seen.indicator and node.measured:
            has_yellow = has_light(model, Light.YELLOW)
            choose(node.seen.indicator, node.measured, has_yellow=has_yellow)
            node.seen.node.version += 1
            node.seen.node.changed_by, node.seen.node.changed_at = work.actor.id, work.now
    await work.flush()
    await tell_nodes(work, *(node.seen.node for node in nodes if node.seen and node.measured))
    if new:
        await add_nodes(work, new)


async def _write_values(
    work: Work, valued: Sequence[Matched], *, period: Period, unit_id: UUID, source: str
) -> None:
    entries = []
    for node in valued:
        indicator = node.seen.indicator if node.seen else None
        kind = PeriodKind(indicator.periodicity) if indicator else PeriodKind.YEAR
        due = due_period(kind, period) or period
        entries.append(OutcomeEntry(node.id, unit_id, str(due), node.values, source[:SOURCE]))
    if entries:
        await set_outcomes(work, entries)


async def _write_comments(
    work: Work, nodes: Sequence[Matched], *, period: Period, unit_id: UUID
) -> None:
    for node in nodes:
        if not node.new_comment:
            continue
        comment = node.seen.comment if node.seen else None
        if comment is None:
            comment = NodeComment(node_id=node.id, unit_id=unit_id, period=str(period), version=0)
            work.add(comment)
        comment.text, comment.in_report = node.comment, True
        comment.version += 1
        comment.written_by, comment.written_at = work.actor.id, work.now
    await work.flush()
    await tell_at(work, ((unit_id, period.year, node.id) for node in nodes if node.new_comment))
