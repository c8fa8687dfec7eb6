"""The organisation tree by date: what was called what, and stood where, on any day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from uuid import UUID

from sqlalchemy import Select, and_, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from ...authz.permit import NOWHERE, permit
from ...infra.errors import Conflict
from ...infra.i18n import _
from ..models import Unit, UnitKind, UnitVersion
from ..prepared import DAY, TENANT, among, given, read
from ..work import Work
from .addresses import new_slugs
from .versions import (
    ending_sentence,
    hold_unit,
    on_day,
    plain_code,
    plain_name,
    refuse_faults,
    refuse_later_change,
    take_tree,
    version_on,
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit as it was on one day."""

    id: UUID
    code: str
    slug: str
    kind: UnitKind
    name: str
    parent_id: UUID | None
    valid_from: date
    valid_to: date | None
    day: date = field(compare=False)
    """The day that was asked for. The unit may have ended before it, or begin after it."""

    @property
    def stands(self) -> bool:
        """Whether the unit is there on that day."""
        return self.valid_from <= self.day and (self.valid_to is None or self.day < self.valid_to)


@permit("organisation.read")
async def tree(work: Work, *, on: date | None = None) -> list[Placed]:
    """All units on a day (today when None), parents before children, names in Swedish order."""
    day = on or work.today
    rows = await work.rows(_placed().where(on_day(day)).order_by(func.sv_key(UnitVersion.name)))
    placed = [Placed(*row, day=day) for row in rows]
    children: dict[UUID | None, list[Placed]] = {}
    known = {unit.id for unit in placed}
    for unit in placed:
        # A parent that has ended leaves its children at the top rather than out of sight.
        above = unit.parent_id if unit.parent_id in known else None
        children.setdefault(above, []).append(unit)
    ordered: list[Placed] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        unit = waiting.pop()
        ordered.append(unit)
        waiting.extend(reversed(children.get(unit.id, [])))
    return ordered


@permit("organisation.read")
async def placed(work: Work, ids: Sequence[UUID], *, on: date | None = None) -> list[Placed]:
    """Each unit as it is on a day (today when None), in the order asked for.

    One that has ended is told of as it last was, one to come as it will be. Ids that have no unit
    are left out.
    """
    day = on or work.today
    rows = await read(work, _nearest(), day=day, ids=list(ids))
    found = {row[0]: Placed(*row, day=day) for row in rows}
    return [found[id] for id in ids if id in found]


@permit("organisation.read")
async def by_slug(work: Work, slug: str, *, on: date | None = None) -> Placed | None:
    """The unit that addresses call `slug`, as it is on a day; like `placed` when it is not."""
    day = on or work.today
    rows = await read(work, _nearest_by_slug(), day=day, slug=slug.replace("\0", ""))
    return Placed(*rows[0], day=day) if rows else None


@permit("organisation.read")
async def topmost(work: Work) -> Placed | None:
    """The first unit that stands below no other today; None when there is no unit."""
    top = _placed().where(UnitVersion.parent_id.is_(None), on_day(work.today))
    rows = await work.rows(top.order_by(func.sv_key(UnitVersion.name), Unit.id).limit(1))
    return Placed(*rows[0], day=work.today) if rows else None


@permit("organisation.read")
async def children(
    work: Work, ids: Sequence[UUID], *, on: date | None = None
) -> list[list[Placed]]:
    """The units right below each unit on a day, names in Swedish order."""
    day = on or work.today
    below = _placed().where(UnitVersion.parent_id.in_(ids), on_day(day))
    found: dict[UUID | None, list[Placed]] = {id: [] for id in ids}
    for row in await work.rows(below.order_by(func.sv_key(UnitVersion.name), Unit.id)):
        unit = Placed(*row, day=day)
        found[unit.parent_id].append(unit)
    return [found[id] for id in ids]


@permit("organisation.read")
async def ancestors(work: Work, unit_id: UUID, *, on: date | None = None) -> list[UUID]:
    """The unit itself and all above it on a day, nearest first."""
    return [row[0] for row in await read(work, _above(), unit=unit_id, day=on or work.today)]


@permit("organisation.edit")
async def add_unit(
    work: Work,
    *,
    code: str,
    name: str,
    kind: UnitKind,
    parent_id: UUID | None = None,
    valid_from: date | None = None,
) -> Unit:
    """A new unit below `parent_id` (or at the top) from a day on. The code stays its own for ever.

    Raises InvalidInput, NotFound for the parent, Conflict for a code that is taken or a parent
    that is not there on every day from then on.
    """
    work.require("organisation.edit", at=parent_id or NOWHERE)
    code, name = plain_code(code), plain_name(name)
    from_day = valid_from or date(work.today.year, 1, 1)
    await hold_unit(work, parent_id)
    if parent_id is not None:
        await _refuse_ending(work, parent_id, from_day)
    if await work.first(select(Unit).where(Unit.code == code)):
        raise Conflict(_("There is already a unit with the code {code}.", code=code), field="code")
    (slug,) = await new_slugs(work, [name])
    unit = Unit(code=code, slug=slug, kind=kind)
    work.add(unit)
    await work.flush()
    work.add(UnitVersion(unit_id=unit.id, parent_id=parent_id, name=name, valid_from=from_day))
    await work.flush()
    return unit


@permit("organisation.edit")
async def change_unit(
    work: Work,
    unit_id: UUID,
    *,
    from_date: date,
    name: str | None = None,
    parent_id: UUID | None = None,
    to_top: bool = False,
) -> UnitVersion:
    """Rename or move a unit from a day on; the days before keep what they had.

    Moving takes the right at both parents. Raises Conflict when a unit would come to stand below
    itself on some day, or has a later change already.
    """
    await take_tree(work)
    current = await version_on(work, unit_id, from_date)
    work.require("organisation.edit", at=unit_id)
    above = None if to_top else parent_id or current.parent_id
    moves = above != current.parent_id
    if moves:
        work.require("organisation.edit", at=current.parent_id or NOWHERE)
        work.require("organisation.edit", at=above or NOWHERE)
    if moves and above is not None:
        await hold_unit(work, above)
        await version_on(work, above, from_date)
    await refuse_later_change(work, [unit_id], from_date)
    name = current.name if name is None else plain_name(name)
    if (name, above) == (current.name, current.parent_id):
        return current
    async with work.attempt():
        changed = await _write_change(work, current, from_date, name, above)
        if moves:
            await refuse_faults(work, [unit_id], field="parentId")
    return changed


async def _write_change(
    work: Work, current: UnitVersion, from_date: date, name: str, above: UUID | None
) -> UnitVersion:
    if current.valid_from == from_date:
        current.name, current.parent_id = name, above
        await work.flush()
        return current
    changed = UnitVersion(
        unit_id=current.unit_id,
        parent_id=above,
        name=name,
        valid_from=from_date,
        valid_to=current.valid_to,
    )
    current.valid_to = from_date
    await work.flush()
    work.add(changed)
    await work.flush()
    return changed


async def _refuse_ending(work: Work, parent_id: UUID, day: date) -> None:
    """A unit that is to stay cannot be put below one that is to end."""
    await version_on(work, parent_id, day)
    last = select(UnitVersion).where(UnitVersion.unit_id == parent_id)
    version = await work.first(last.order_by(UnitVersion.valid_from.desc()).limit(1))
    if version is not None and version.valid_to is not None:
        raise Conflict(ending_sentence(version.name, version.valid_to), field="parentId")


def _placed() -> Select[UUID, str, str, UnitKind, str, UUID | None, date, date | None]:
    return select(
        Unit.id,
        Unit.code,
        Unit.slug,
        Unit.kind,
        UnitVersion.name,
        UnitVersion.parent_id,
        UnitVersion.valid_from,
        UnitVersion.valid_to,
    ).join(
        UnitVersion,
        and_(UnitVersion.unit_id == Unit.id, UnitVersion.tenant_id == Unit.tenant_id),
    )


@cache
def _nearest() -> Select[UUID, str, str, UnitKind, str, UUID | None, date, date | None]:
    return (
        _named()
        .where(among(Unit.id, "ids"))
        .order_by(Unit.id, on_day(DAY).desc(), UnitVersion.valid_from.desc())
        .ext(distinct_on(Unit.id))
    )


@cache
def _nearest_by_slug() -> Select[UUID, str, str, UnitKind, str, UUID | None, date, date | None]:
    return (
        _named()
        .where(given(Unit.slug, "slug"))
        .order_by(on_day(DAY).desc(), UnitVersion.valid_from.desc())
        .limit(1)
    )


def _named() -> Select[UUID, str, str, UnitKind, str, UUID | None, date, date | None]:
    return _placed().where(Unit.tenant_id == TENANT, UnitVersion.tenant_id == TENANT)


@cache
def _above() -> Select[UUID]:
    above = (
        select(UnitVersion.unit_id, UnitVersion.parent_id, literal(0).label("steps"))
        .where(given(UnitVersion.unit_id, "unit"), UnitVersion.tenant_id == TENANT, on_day(DAY))
        .cte("above", recursive=True)
    )
    version = aliased(UnitVersion)
    above = above.union_all(
        select(version.unit_id, version.parent_id, above.c.steps + 1)
        .join(above, above.c.parent_id == version.unit_id)
        .where(version.tenant_id == TENANT, on_day(DAY, version))
    )
    return select(above.c.unit_id).order_by(above.c.steps)
