"""Reorganisation by date: units end, merge and split, and leave links for series to follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, cast, func, literal, select
from sqlalchemy.orm import aliased

from ...authz.permit import permit
from ...infra.errors import Conflict, InvalidInput
from ...infra.i18n import _
from ..models import Unit, UnitKind, UnitSuccession, UnitVersion
from ..prepared import TENANT, read
from ..work import Work
from .units import add_unit
from .versions import (
    refuse_below,
    refuse_faults,
    refuse_later_change,
    require_whole,
    still_on,
    take_tree,
    version_on,
    versions_on,
)


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A successor that is not there yet; it begins on the day of the reorganisation."""

    code: str
    name: str
    kind: UnitKind
    parent_id: UUID | None


@dataclass(frozen=True, slots=True)
class Part:
    """One of the units that a split leads to, and the units below the old one that go there."""

    into: UUID | NewUnit
    children: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """A unit that came before or after another, `steps` reorganisations away, from a day on."""

    unit_id: UUID
    from_date: date
    steps: int


@permit("organisation.edit")
async def end_unit(work: Work, unit_id: UUID, *, on: date) -> UnitVersion:
    """The unit is there for the last time on the day before `on`.

    Raises Conflict, with their names, while units stand below it on that day or later.
    """
    await take_tree(work)
    await _hold(work, [unit_id])
    current = await version_on(work, unit_id, on)
    require_whole(work, [current])
    _refuse_first_day([current], on)
    await refuse_later_change(work, [unit_id], on)
    if await work.first(select(UnitSuccession.id).where(UnitSuccession.predecessor_id == unit_id)):
        raise Conflict(_("The unit is to be merged or split already. Undo that first."))
    refuse_below(version.name for version in await _below(work, [unit_id], on))
    current.valid_to = on
    await work.flush()
    return current


@permit("organisation.edit")
async def merge_units(
    work: Work, predecessor_ids: Sequence[UUID], *, into: UUID | NewUnit, from_date: date
) -> Unit:
    """The predecessors go up in one unit, new or standing, which gets what stood below them.

    Needs the right at each predecessor and its parent, and at the successor. Raises InvalidInput,
    NotFound, Conflict; then nothing is changed.
    """
    gone = list(dict.fromkeys(predecessor_ids))
    least = 2 if isinstance(into, NewUnit) else 1
    if len(gone) < least:
        raise InvalidInput(
            _("Name at least {count} units to merge.", count=least), field="predecessorIds"
        )
    async with work.attempt():
        current = await _begin(work, gone, from_date)
        successor = await _successor(work, into, gone, from_date)
        below = await _below(work, gone, from_date)
        heirs = {version.unit_id: successor.id for version in below}
        await _succeed(work, current, below, heirs, from_date)
        await _link(work, gone, [successor.id], from_date)
        await refuse_faults(work, [successor.id, *heirs], field="into")
    return successor


@permit("organisation.edit")
async def split_unit(
    work: Work, unit_id: UUID, *, into: Sequence[Part], from_date: date
) -> list[Unit]:
    """The unit goes up in several, new or standing; each unit below it is told where to go.

    Raises Conflict, with their names, when units below are left out. Otherwise as `merge_units`.
    """
    if len(into) < 2:
        raise InvalidInput(_("Name at least two units to split it into."), field="into")
    async with work.attempt():
        current = await _begin(work, [unit_id], from_date)
        successors = [await _successor(work, part.into, [unit_id], from_date) for part in into]
        if len({successor.id for successor in successors}) < len(successors):
            raise InvalidInput(_("Name each successor once."), field="into")
        below = await _below(work, [unit_id], from_date)
        heirs = _heirs(into, successors, below)
        await _succeed(work, current, below, heirs, from_date)
        await _link(work, [unit_id], [successor.id for successor in successors], from_date)
        await refuse_faults(
            work, [*(successor.id for successor in successors), *heirs], field="into"
        )
    return successors


@permit("organisation.read")
async def predecessors(work: Work, unit_id: UUID) -> list[Related]:
    """All units that the unit carries on, nearest first, so that a series can be followed back."""
    return await _related(work, unit_id, back=True)


@permit("organisation.read")
async def successors(work: Work, unit_id: UUID) -> list[Related]:
    """All units that carry the unit on, nearest first."""
    return await _related(work, unit_id, back=False)


async def _begin(work: Work, gone: Sequence[UUID], day: date) -> list[UnitVersion]:
    """The versions that end, once all that can be said against their ending has been asked."""
    await take_tree(work)
    await _hold(work, gone)
    current = await versions_on(work, gone, day)
    require_whole(work, current)
    _refuse_first_day(current, day)
    await refuse_later_change(work, gone, day)
    if any(version.valid_to is not None for version in current):
        raise Conflict(_("The unit is to end already. Undo that first."))
    return current


async def _hold(work: Work, unit_ids: Iterable[UUID]) -> None:
    """Wait for those who add something below the units, so that it is seen."""
    held = select(Unit.id).where(Unit.id.in_(unit_ids)).order_by(Unit.id)
    await work.scalars(held.with_for_update())


def _refuse_first_day(versions: Iterable[UnitVersion], day: date) -> None:
    for version in versions:
        if version.valid_from == day:
            raise Conflict(
                _(
                    "{name} begins or changes on {day} itself. Choose a later day.",
                    name=version.name,
                    day=day,
                )
            )


async def _successor(work: Work, into: UUID | NewUnit, gone: Sequence[UUID], day: date) -> Unit:
    above = into.parent_id if isinstance(into, NewUnit) else into
    if above in gone:
        raise InvalidInput(
            _("A unit that ends cannot be, or stand above, the one that carries it on."),
            field="into",
        )
    if isinstance(into, NewUnit):
        return await add_unit(
            work,
            code=into.code,
            name=into.name,
            kind=into.kind,
            parent_id=into.parent_id,
            valid_from=day,
        )
    unit = await work.get(Unit, into)
    work.require("organisation.edit", at=unit.id)
    await version_on(work, unit.id, day)
    return unit


async def _below(work: Work, unit_ids: Sequence[UUID], day: date) -> Sequence[UnitVersion]:
    """What stands right below the units on the day or later, apart from the units themselves."""
    return await work.scalars(
        select(UnitVersion)
        .where(
            UnitVersion.parent_id.in_(unit_ids),
            UnitVersion.unit_id.not_in(unit_ids),
            still_on(day),
        )
        .order_by(UnitVersion.valid_from, UnitVersion.id)
    )


def _heirs(
    into: Sequence[Part], successors: Sequence[Unit], below: Sequence[UnitVersion]
) -> dict[UUID, UUID]:
    """Which successor each unit below goes to. Refuses one left out, named twice, or not below."""
    pairs = [
        (child, successor.id)
        for part, successor in zip(into, successors, strict=True)
        for child in part.children
    ]
    heirs = dict(pairs)
    names = {version.unit_id: version.name for version in below}
    if len(heirs) < len(pairs) or heirs.keys() - names.keys():
        raise InvalidInput(
            _("Name each unit below it once, and no other unit."), field="into.childIds"
        )
    left_out = sorted(name for child, name in names.items() if child not in heirs)
    if left_out:
        raise Conflict(
            _("Say where these units go: {names}.", names=", ".join(left_out)),
            field="into.childIds",
        )
    return heirs


async def _succeed(
    work: Work,
    current: Iterable[UnitVersion],
    below: Iterable[UnitVersion],
    heirs: Mapping[UUID, UUID],
    day: date,
) -> None:
    """End the old ones on the day, and let what stood below them stand below their heirs."""
    for version in current:
        version.valid_to = day
    moved = []
    for version in below:
        heir = heirs[version.unit_id]
        if version.valid_from >= day:
            version.parent_id = heir
            continue
        moved.append(
            UnitVersion(
                unit_id=version.unit_id,
                parent_id=heir,
                name=version.name,
                valid_from=day,
                valid_to=version.valid_to,
            )
        )
        version.valid_to = day
    await work.flush()
    work.add(*moved)
    await work.flush()


async def _link(work: Work, old: Iterable[UUID], new: Sequence[UUID], day: date) -> None:
    work.add(
        *(
            UnitSuccession(predecessor_id=one, successor_id=other, from_date=day)
            for one in old
            for other in new
        )
    )
    await work.flush()


async def _related(work: Work, unit_id: UUID, *, back: bool) -> list[Related]:
    return [Related(*row) for row in await read(work, _chain(back=back), unit=unit_id)]


@cache
def _chain(*, back: bool) -> Select[UUID, date, int]:
    link = aliased(UnitSuccession)
    near, far = _ends(UnitSuccession, back=back)
    chain = (
        select(far.label("unit_id"), UnitSuccession.from_date, literal(1).label("steps"))
        .where(near == bindparam("unit", type_=Uuid), UnitSuccession.tenant_id == TENANT)
        .cte("chain", recursive=True)
    )
    near, far = _ends(link, back=back)
    chain = chain.union(
        select(far, link.from_date, chain.c.steps + 1)
        .join(chain, chain.c.unit_id == near)
        .where(link.tenant_id == TENANT, chain.c.steps < MOST_STEPS)
    )
    steps = func.min(chain.c.steps)
    return (
        select(chain.c.unit_id, func.max(chain.c.from_date), steps)
        .group_by(chain.c.unit_id)
        .order_by(steps, chain.c.unit_id)
    )


def line_of(unit_id: Any, tenant_id: Any) -> Select[UUID]:
    """The unit and all that it carries on, as a part of another statement."""
    chain = select(cast(unit_id, Uuid).label("unit_id"), literal(0).label("steps"))
    line = chain.cte(recursive=True)
    link = aliased(UnitSuccession)
    line = line.union(
        select(link.predecessor_id, line.c.steps + 1)
        .join(line, line.c.unit_id == link.successor_id)
        .where(link.tenant_id == tenant_id, line.c.steps < MOST_STEPS)
    )
    return select(line.c.unit_id)


MOST_STEPS = 50
"""Reorganisations that a series is followed through; units may merge back and forth."""


def _ends(
    link: type[UnitSuccession], *, back: bool
) -> tuple[ColumnElement[UUID], ColumnElement[UUID]]:
    ends = (link.successor_id, link.predecessor_id)
    near, far = ends if back else ends[::-1]
    return near.expression, far.expression
