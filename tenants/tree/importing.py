"""The organisation from a file and to one: planned as a whole, then written in a few statements."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import select

from ...authz.permit import permit
from ...infra.i18n import _
from ...infra.tabular import RowFault, read_table
from ..models import Unit, UnitVersion
from ..rows import uuid7
from ..work import Work
from .addresses import new_slugs
from .spans import FaultKind, Span, faults
from .table import Column, UnitFile, UnitLine, kind_word, read_unit_file
from .units import tree
from .versions import fault_sentence, take_tree


@dataclass(frozen=True, slots=True)
class UnitImport:
    """What a file brought, or would bring in a dry run. With faults nothing is written.

    `left_alone` counts the units of today that the file says nothing of.
    """

    created: int
    changed: int
    unchanged: int
    left_alone: int
    faults: tuple[RowFault, ...]
    notices: tuple[str, ...]


@permit("organisation.import")
async def import_units(
    work: Work, *, name: str, data: bytes, from_date: date | None = None, dry_run: bool = False
) -> UnitImport:
    """Bring the tree in line with a table of units (columns as in `table.py`).

    A new unit begins on the day in its row, else on `from_date`, else on the first of January. A
    new name or parent holds from `from_date` (today when None), or from the day in the row when
    that is later. Raises InvalidInput for what is no table; all other faults are in the answer.
    """
    table = await asyncio.to_thread(read_table, name, data)
    file = await asyncio.to_thread(read_unit_file, table)
    await take_tree(work)
    units = await work.scalars(select(Unit))
    versions = await work.scalars(select(UnitVersion).order_by(UnitVersion.valid_from))
    plan = _Plan(file, from_date, work.today)
    await asyncio.to_thread(plan.make, units, versions)
    if not file.faults and not dry_run:
        await _write(work, plan)
    standing = {
        version.unit_id
        for version in versions
        if version.valid_to is None or version.valid_to > work.today
    }
    return UnitImport(
        created=len(plan.new),
        changed=len(plan.changes),
        unchanged=plan.unchanged,
        left_alone=sum(unit.id in standing and unit.code not in file.codes for unit in units),
        faults=tuple(sorted(file.faults, key=lambda fault: fault.row)),
        notices=table.notices,
    )


@permit("organisation.export")
async def unit_table(work: Work, *, on: date | None = None) -> list[tuple[str | date, ...]]:
    """The columns of `table.py` for each unit on a day, parents before children."""
    placed = await tree(work, on=on)
    codes = {unit.id: unit.code for unit in placed}
    return [
        (
            unit.code,
            unit.name,
            kind_word(unit.kind),
            codes.get(unit.parent_id, "") if unit.parent_id else "",
            unit.valid_from,
        )
        for unit in placed
    ]


@dataclass(frozen=True, slots=True)
class _New:
    id: UUID
    line: UnitLine
    parent_id: UUID | None
    since: date


@dataclass(frozen=True, slots=True)
class _Change:
    version: UnitVersion
    line: UnitLine
    parent_id: UUID | None
    day: date


@dataclass(slots=True)
class _Plan:
    """What the file asks for, against what stands. Faults go to the file's own list."""

    file: UnitFile
    from_date: date | None
    today: date
    new: list[_New] = field(default_factory=list)
    changes: list[_Change] = field(default_factory=list)
    unchanged: int = 0

    def make(self, units: Sequence[Unit], versions: Sequence[UnitVersion]) -> None:
        standing = {unit.code: unit for unit in units}
        history: dict[UUID, list[UnitVersion]] = {}
        for version in versions:
            history.setdefault(version.unit_id, []).append(version)
        ids = {unit.code: unit.id for unit in units}
        for code in self.file.codes:
            ids.setdefault(code, uuid7())
        for line in self.file.lines:
            if line.parent and line.parent not in ids:
                message = _(
                    "There is no unit with the code {code}, here or in the file.", code=line.parent
                )
                self.file.refuse(line.row, Column.PARENT, message)
                continue
            above = ids[line.parent] if line.parent else None
            unit = standing.get(line.code)
            if unit is None:
                since = line.since or self.from_date or date(self.today.year, 1, 1)
                self.new.append(_New(ids[line.code], line, above, since))
            else:
                self._compare(line, unit, history.get(unit.id, []), above)
        self._refuse_places(versions, {id: code for code, id in ids.items()})

    def _compare(
        self, line: UnitLine, unit: Unit, history: list[UnitVersion], above: UUID | None
    ) -> None:
        if line.kind is not unit.kind:
            message = _(
                "The unit is of the kind {kind}, which does not change. End it and add a new one.",
                kind=kind_word(unit.kind),
            )
            self.file.refuse(line.row, Column.KIND, message)
            return
        day = max(line.since or date.min, self.from_date or self.today)
        current = next((version for version in history if _stands(version, day)), None)
        if current is None:
            message = _("The unit does not exist on {day}.", day=day)
            self.file.refuse(line.row, Column.CODE, message)
        elif (current.name, current.parent_id) == (line.name, above):
            self.unchanged += 1
        elif current is not history[-1]:
            column = Column.PARENT if current.name == line.name else Column.NAME
            message = _("The unit has a change on a later day already. Undo that one first.")
            self.file.refuse(line.row, column, message)
        else:
            self.changes.append(_Change(current, line, above, day))

    def _refuse_places(self, versions: Sequence[UnitVersion], codes: dict[UUID, str]) -> None:
        """No loops, and no unit below one that is not there, on any day."""
        rows = {change.version.unit_id: change.line.row for change in self.changes}
        rows |= {new.id: new.line.row for new in self.new}
        for fault in faults(self._spans(versions), rows):
            if fault.kind is FaultKind.LOOP:
                path = " › ".join(codes[id] for id in fault.path)
                message = _("The unit would stand below itself: {path}.", path=path)
            else:
                message = fault_sentence(fault, codes[fault.path[1]])
            self.file.refuse(rows[fault.unit_id], Column.PARENT, message)

    def _spans(self, versions: Sequence[UnitVersion]) -> Iterator[Span]:
        """The tree as it would be. A row with a fault of its own counts as it stood."""
        changes = {change.version.id: change for change in self.changes}
        for version in versions:
            since, until = version.valid_from, version.valid_to or date.max
            change = changes.get(version.id)
            if change is None or since < change.day:
                cut = until if change is None else change.day
                yield Span(version.unit_id, version.parent_id, since, cut)
            if change is not None:
                yield Span(version.unit_id, change.parent_id, change.day, until)
        for new in self.new:
            yield Span(new.id, new.parent_id, new.since)


def _stands(version: UnitVersion, day: date) -> bool:
    return version.valid_from <= day and (version.valid_to is None or day < version.valid_to)


async def _write(work: Work, plan: _Plan) -> None:
    slugs = await new_slugs(work, [new.line.name for new in plan.new])
    work.add(
        *(
            Unit(id=new.id, code=new.line.code, slug=slug, kind=new.line.kind)
            for new, slug in zip(plan.new, slugs, strict=True)
        )
    )
    await work.flush()
    begun = [
        UnitVersion(
            unit_id=new.id, parent_id=new.parent_id, name=new.line.name, valid_from=new.since
        )
        for new in plan.new
    ]
    for change in plan.changes:
        version = change.version
        if version.valid_from == change.day:
            version.name, version.parent_id = change.line.name, change.parent_id
            continue
        begun.append(
            UnitVersion(
                unit_id=version.unit_id,
                parent_id=change.parent_id,
                name=change.line.name,
                valid_from=change.day,
                valid_to=version.valid_to,
            )
        )
        version.valid_to = change.day
    # What ends has to be written before what begins: versions of a unit never overlap.
    await work.flush()
    work.add(*begun)
    await work.flush()
