"""A register of grants read in from a file, keyed on codes: all of it or nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....infra.errors import AppError, Forbidden, InvalidInput
from ....infra.i18n import _
from ....infra.tabular import MAX_BYTES, RowFault, read_table
from ....tenants.files import load_upload
from ....tenants.models import Person
from ....tenants.names import names_of
from ....tenants.tree import units
from ....tenants.work import Work
from .columns import COLUMNS, DEADLINES
from .deadlines import add_deadline, deadlines_of, move_deadline
from .exporting import next_of, unit_words
from .givers import givers
from .holding import WRITE
from .import_rows import BY_KEY, Known, ReadRow, ReadTable, by_name, missing, read_rows
from .models import Grant, GrantDeadline, GrantState
from .rules import PATH
from .service import add_grant, change_grant
from .steps import apply_for_grant, begin_use, decide_grant
from .words import state_words

MAX_ROWS: Final = 2_000
RENAMED: Final = {"unit": "unit_id", "responsible": "responsible_id"}
DECISION: Final = ("decided_by", "decided_on", "decided_paragraph", "registry_number", "granted")


class LineState(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class LineChange:
    """A cell that says something else than what stands."""

    column: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class ImportLine:
    row: int
    code: str
    name: str
    state: LineState
    changes: tuple[LineChange, ...] = ()


@dataclass(frozen=True, slots=True)
class GrantImport:
    """What a file did, or would do. With `faults` nothing was written."""

    lines: tuple[ImportLine, ...] = ()
    faults: tuple[RowFault, ...] = ()
    notices: tuple[str, ...] = ()

    def count(self, state: LineState) -> int:
        return Counter(line.state for line in self.lines)[state]


class _Undone(Exception):
    """Nothing of it shall be kept."""


@permit(WRITE)
async def import_stored(work: Work, *, file_id: UUID, dry_run: bool = False) -> GrantImport:
    """As `import_grants`, for a file that was sent in before. Raises NotFound for an absent one."""
    file, data = await load_upload(work, file_id, most=MAX_BYTES)
    return await import_grants(work, name=file.name, data=data, dry_run=dry_run)


@permit(WRITE)
async def import_grants(
    work: Work, *, name: str, data: bytes, dry_run: bool = False
) -> GrantImport:
    """An empty cell changes nothing, so that the same file again changes nothing either.

    A new grant can be taken over in any state up to that it is used; a known one changes its state
    by its steps only. Raises InvalidInput for a file that is no table of grants.
    """
    table = await asyncio.to_thread(read_table, name, data, max_rows=MAX_ROWS)
    read = read_rows(table, await _known(work))
    standing = await _standing(work, read)
    faults = [*read.faults]
    for row in read.rows:
        if row.code and row.code not in standing.grants:
            faults += missing(row, read.headings)
    if faults:
        return GrantImport(faults=tuple(sorted(faults)), notices=read.notices)
    lines = tuple(_line(row, read, standing) for row in read.rows)
    try:
        async with work.attempt():
            faults = await _write(work, read, standing)
            if faults or dry_run:
                raise _Undone
    except _Undone:
        pass
    return GrantImport(() if faults else lines, tuple(faults), read.notices)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the file is compared with: grants by code with their values as they were."""

    grants: Mapping[str, UUID]
    values: Mapping[str, Mapping[str, Any]]
    words: Mapping[str, Mapping[str, str]]
    due: Mapping[tuple[str, str], UUID]
    """The deadline of a grant's code and a column."""


async def _known(work: Work) -> Known:
    tree = await units.tree(work)
    named = by_name([(unit.name, unit.id) for unit in tree])
    # Somebody else may have the code of one as the name of another: the code comes first.
    coded = {unit.code.casefold(): unit.id for unit in tree}
    here = Person.here(work.today)
    people = await work.rows(select(Person.name, Person.id).where(here))
    return Known({**named, **coded}, by_name([(row[0], row[1]) for row in people]))


async def _standing(work: Work, read: ReadTable) -> _Standing:
    codes = {row.code for row in read.rows}
    rows = await work.scalars(select(Grant).where(Grant.code.in_(codes)))
    called = {row.id: row.name for row in await givers(work)}
    placed = await unit_words(work, {row.unit_id for row in rows})
    named = await names_of(work, (row.responsible_id for row in rows))
    due = await _due_of(work, rows)
    values: dict[str, dict[str, Any]] = {}
    words: dict[str, dict[str, str]] = {}
    for row in rows:
        own = {column.key: getattr(row, column.key, None) for column in COLUMNS}
        own |= {"giver": called[row.giver_id], "unit": row.unit_id}
        own["responsible"] = row.responsible_id
        own |= {key: each.due_on for (code, key), each in due.items() if code == row.code}
        values[row.code] = own
        words[row.code] = {key: _word(value) for key, value in own.items()} | {
            "unit": placed[row.unit_id],
            "responsible": named.get(row.responsible_id, "") if row.responsible_id else "",
            "state": state_words()[row.state],
        }
    return _Standing(
        grants={row.code: row.id for row in rows},
        values=values,
        words=words,
        due={place: each.id for place, each in due.items()},
    )


async def _due_of(work: Work, rows: Sequence[Grant]) -> dict[tuple[str, str], GrantDeadline]:
    """The first open deadline of each kind that has a column, by code and column."""
    deadlines = await deadlines_of(work, [row.id for row in rows])
    return {
        (row.code, key): found
        for row in rows
        for key, kind in DEADLINES.items()
        if (found := next_of(kind, row.id, deadlines))
    }


def _line(row: ReadRow, read: ReadTable, standing: _Standing) -> ImportLine:
    if row.code not in standing.grants:
        name = str(row.values["name"])
        return ImportLine(row.number, row.code, name, LineState.NEW)
    words = standing.words[row.code]
    changes = tuple(
        LineChange(read.headings[key], words[key], row.shown[key])
        for key in _changed(row, standing)
    )
    state = LineState.CHANGED if changes else LineState.SAME
    return ImportLine(row.number, row.code, words["name"], state, changes)


def _changed(row: ReadRow, standing: _Standing) -> list[str]:
    """The columns whose cells say something else than what stands."""
    own = standing.values[row.code]
    return [key for key, value in row.values.items() if not _same(own.get(key), value)]


def _same(was: Any, now: Any) -> bool:
    if isinstance(was, str) and isinstance(now, str):
        return " ".join(was.split()) == " ".join(now.split())
    return bool(was == now)


async def _write(work: Work, read: ReadTable, standing: _Standing) -> list[RowFault]:
    faults = []
    for row in read.rows:
        try:
            async with work.attempt():
                if row.code in standing.grants:
                    await _change(work, row, standing)
                else:
                    await _add(work, row)
        except AppError as problem:
            field = "unitId" if isinstance(problem, Forbidden) else problem.field
            faults.append(RowFault(row.number, _column(field, read), problem.message))
    return faults


async def _change(work: Work, row: ReadRow, standing: _Standing) -> None:
    id = standing.grants[row.code]
    changed = _changed(row, standing)
    if "state" in changed:
        raise InvalidInput(
            _("A grant that is known changes its state on its own page."), field="state"
        )
    values = {key: row.values[key] for key in changed if key not in DEADLINES}
    if values:
        await change_grant(work, id, **_renamed(values))
    for key in changed:
        if key in DEADLINES:
            await _due(work, id, key, row, standing.due.get((row.code, key)))


async def _add(work: Work, row: ReadRow) -> None:
    state = row.values.get("state", GrantState.SEARCH)
    path = PATH.get(state)
    if path is None:
        raise InvalidInput(
            _("A new grant is read in as “{state}” at the latest.", state=_latest()), field="state"
        )
    decided = {GrantState.GRANTED, GrantState.REFUSED} & set(path)
    kept = {
        key: value
        for key, value in row.values.items()
        if key not in DEADLINES and key != "state" and not (decided and key in DECISION)
    }
    grant = await add_grant(work, code=row.code, **_renamed(kept))
    for step in path:
        if step is GrantState.APPLIED:
            await apply_for_grant(work, grant.id)
        elif step is GrantState.IN_USE:
            await begin_use(work, grant.id)
        else:
            decision = {key: row.values[key] for key in DECISION if key in row.values}
            await decide_grant(work, grant.id, approved=step is GrantState.GRANTED, **decision)
    for key in DEADLINES:
        if key in row.values:
            await _due(work, grant.id, key, row, None)


async def _due(
    work: Work, grant_id: UUID, key: str, row: ReadRow, deadline_id: UUID | None
) -> None:
    day = row.values[key]
    if deadline_id is None:
        await add_deadline(work, grant_id, kind=DEADLINES[key], due_on=day)
    else:
        await move_deadline(work, deadline_id, due_on=day)


def _renamed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {RENAMED.get(key, key): value for key, value in values.items()}


def _column(field: str | None, read: ReadTable) -> str:
    """The heading of what a refusal is about."""
    known = {_told(RENAMED.get(column.key, column.key)): column.key for column in COLUMNS}
    key = known.get(field or "", "code")
    return read.headings.get(key, BY_KEY[key].title())


def _told(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _word(value: object) -> str:
    return "" if value is None else str(value)


def _latest() -> str:
    return state_words()[GrantState.IN_USE]
