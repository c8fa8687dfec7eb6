"""Where things stand: units, the committees among them, and one writer at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Uuid, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from ....infra.errors import Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....tenants import units
from ....tenants.models import Person, Unit, UnitKind, UnitVersion
from ....tenants.unit_versions import on_day
from ....tenants.units import Placed
from ....tenants.work import Work

BODIES = (UnitKind.BOARD, UnitKind.COMMITTEE, UnitKind.COMPANY)
"""Those that answer for an internal control of their own."""

MOST_LEVELS = 30

RISK_PAGE, PLAN_PAGE, ITEM_PAGE = "control_risk", "control_plan", "control_item"
"""The pages of a risk, a plan and an item, by `risk`, `plan` and `item` in their addresses."""


async def take_turn(work: Work, what: str) -> None:
    """Wait until nobody else of this municipality does the same thing, until the work ends."""
    digest = hashlib.sha256(work.tenant.id.bytes + what.encode()).digest()
    key = int.from_bytes(digest[:8], signed=True)
    await work.execute(select(func.pg_advisory_xact_lock(key)))


async def check_unit(work: Work, unit_id: UUID) -> Placed:
    """The unit as it stands today. Raises NotFound, or Conflict for one that has ended."""
    await work.get(Unit, unit_id, field="unitId")
    (placed,) = await units.placed(work, [unit_id])
    if not placed.stands:
        raise Conflict(_("The unit does not exist on {day}.", day=work.today.isoformat()))
    return placed


async def check_person(work: Work, person_id: UUID | None, *, field: str) -> None:
    """Raises NotFound, or InvalidInput for one who has left."""
    if person_id is None:
        return
    here = or_(Person.left_on.is_(None), Person.left_on > work.today)
    if await work.first(select(Person.id).where(Person.id == person_id, here)) is None:
        if await work.first(select(Person.id).where(Person.id == person_id)) is None:
            raise NotFound(field=field)
        raise InvalidInput(_("This person has left. Choose somebody else."), field=field)


async def below(work: Work, unit_id: UUID) -> list[UUID]:
    """The unit and all units below it today."""
    return subtree(await units.tree(work), unit_id)


def subtree(tree: Sequence[Placed], unit_id: UUID) -> list[UUID]:
    """As `below`, of a tree whose parents come before their children."""
    found = {unit_id}
    for unit in tree:
        if unit.parent_id in found:
            found.add(unit.id)
    return sorted(found)


def bodies_of(tree: Sequence[Placed]) -> Mapping[UUID, UUID]:
    """Which committee, board or company each unit belongs to: the nearest above, or itself."""
    found: dict[UUID, UUID] = {}
    for unit in tree:
        if unit.kind in BODIES:
            found[unit.id] = unit.id
        elif unit.parent_id in found:
            found[unit.id] = found[unit.parent_id]
    return found


def below_sql(unit_id: Any, *, tenant_id: Any, today: Any) -> Select[UUID]:
    """As `below`, as a part of another statement."""
    day = cast(today, Date)
    first = select(cast(unit_id, Uuid).label("unit_id"), literal(0).label("steps"))
    tree = first.cte(recursive=True)
    version = aliased(UnitVersion)
    tree = tree.union(
        select(version.unit_id, tree.c.steps + 1)
        .join(tree, tree.c.unit_id == version.parent_id)
        .where(version.tenant_id == tenant_id, on_day(day, version), tree.c.steps < MOST_LEVELS)
    )
    return select(tree.c.unit_id)
