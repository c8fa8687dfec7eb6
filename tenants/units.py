"""The organisation tree by date: what was called what, and stood where, on any day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from ..authz.permit import NOWHERE, permit
from ..infra.errors import Conflict, InvalidInput
from ..infra.i18n import _
from .models import Unit, UnitKind, UnitVersion
from .work import Work


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit as it was on one day."""

    id: UUID
    code: str
    kind: UnitKind
    name: str
    parent_id: UUID | None
    valid_from: date
    valid_to: date | None


@permit("organisation.read")
async def tree(work: Work, *, on: date | None = None) -> list[Placed]:
    """All units on a day (today when None), parents before children, names in Swedish order."""
    rows = await work.rows(
        _placed().where(_on(on or work.today)).order_by(func.sv_key(UnitVersion.name))
    )
    placed = [Placed(*row) for row in rows]
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
async def placed(work: Work, ids: Sequence[UUID]) -> list[Placed]:
    """Each unit as it is today; one that has ended as it last was, one to come as it will be."""
    latest = (
        _placed()
        .where(Unit.id.in_(ids))
        .order_by(Unit.id, _on(work.today).desc(), UnitVersion.valid_from.desc())
        .distinct(Unit.id)
    )
    found = {row[0]: Placed(*row) for row in await work.rows(latest)}
    return [found[id] for id in ids]


@permit("organisation.read")
async def ancestors(work: Work, unit_id: UUID, *, on: date | None = None) -> list[UUID]:
    """The unit itself and all above it on a day, nearest first."""
    day = on or work.today
    above = (
        select(UnitVersion.unit_id, UnitVersion.parent_id, literal(0).label("steps"))
        .where(UnitVersion.unit_id == unit_id, UnitVersion.tenant_id == work.tenant.id, _on(day))
        .cte("above", recursive=True)
    )
    version = aliased(UnitVersion)
    above = above.union_all(
        select(version.unit_id, version.parent_id, above.c.steps + 1)
        .join(above, above.c.parent_id == version.unit_id)
        .where(version.tenant_id == work.tenant.id, _on(day, version))
    )
    return list(await work.scalars(select(above.c.unit_id).order_by(above.c.steps)))


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

    Raises InvalidInput, NotFound for the parent, Conflict for a code that is taken.
    """
    work.require("organisation.edit", at=parent_id or NOWHERE)
    code, name = _code(code), _name(name)
    from_day = valid_from or date(work.today.year, 1, 1)
    if parent_id is not None:
        await _placed_then(work, parent_id, from_day)
    if await work.first(select(Unit).where(Unit.code == code)):
        raise Conflict(_("There is already a unit with the code {code}.", code=code), field="code")
    unit = Unit(code=code, kind=kind)
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

    Raises Conflict when a unit would come to stand below itself, or has a later change already.
    """
    work.require("organisation.edit", at=unit_id)
    current = await _placed_then(work, unit_id, from_date)
    above = None if to_top else parent_id or current.parent_id
    if above != current.parent_id:
        work.require("organisation.edit", at=above or NOWHERE)
        await _may_stand_below(work, unit_id, above, from_date)
    later = select(UnitVersion).where(
        UnitVersion.unit_id == unit_id, UnitVersion.valid_from > from_date
    )
    if await work.first(later):
        raise Conflict(_("The unit has a change on a later day already. Undo that one first."))
    name = current.name if name is None else _name(name)
    if current.valid_from == from_date:
        current.name, current.parent_id = name, above
        await work.flush()
        return current
    changed = UnitVersion(
        unit_id=unit_id,
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


async def _may_stand_below(work: Work, unit_id: UUID, parent_id: UUID | None, day: date) -> None:
    if parent_id is None:
        return
    await _placed_then(work, parent_id, day)
    if unit_id in await ancestors(work, parent_id, on=day):
        raise Conflict(_("A unit cannot be moved in under itself."), field="parentId")


async def _placed_then(work: Work, unit_id: UUID, day: date) -> UnitVersion:
    """The version of a unit on a day. NotFound if there is no such unit, Conflict if not then."""
    await work.get(Unit, unit_id)
    version = await work.first(select(UnitVersion).where(UnitVersion.unit_id == unit_id, _on(day)))
    if version is None:
        raise Conflict(_("The unit does not exist on {day}.", day=day.isoformat()))
    return version


def _placed() -> Select[UUID, str, UnitKind, str, UUID | None, date, date | None]:
    return select(
        Unit.id,
        Unit.code,
        Unit.kind,
        UnitVersion.name,
        UnitVersion.parent_id,
        UnitVersion.valid_from,
        UnitVersion.valid_to,
    ).join(
        UnitVersion,
        and_(UnitVersion.unit_id == Unit.id, UnitVersion.tenant_id == Unit.tenant_id),
    )


def _on(day: date, version: type[UnitVersion] = UnitVersion) -> ColumnElement[bool]:
    return and_(version.valid_from <= day, or_(version.valid_to.is_(None), version.valid_to > day))


def _code(text: str) -> str:
    code = text.strip()
    if not 1 <= len(code) <= 40:
        raise InvalidInput(_("A unit needs a code of 1 to 40 signs."), field="code")
    return code


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 1 <= len(name) <= 200:
        raise InvalidInput(_("A unit needs a name of 1 to 200 signs."), field="name")
    return name
