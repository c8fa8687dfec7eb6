"""Where things stand: units, and the committees among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from ....infra.errors import Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....tenants.models import Person, Unit, UnitKind
from ....tenants.tree import units
from ....tenants.tree.below import below as units_below
from ....tenants.tree.units import Placed
from ....tenants.work import Work

BODIES = (UnitKind.BOARD, UnitKind.COMMITTEE, UnitKind.COMPANY)
"""Those that answer for an internal control of their own."""

RISK_PAGE, PLAN_PAGE, ITEM_PAGE = "control_risk", "control_plan", "control_item"
"""The pages of a risk, a plan and an item, by `risk`, `plan` and `item` in their addresses."""


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
    here = Person.here(work.today)
    if await work.first(select(Person.id).where(Person.id == person_id, here)) is None:
        if await work.first(select(Person.id).where(Person.id == person_id)) is None:
            raise NotFound(field=field)
        raise InvalidInput(_("This person has left. Choose somebody else."), field=field)


async def below(work: Work, unit_id: UUID) -> set[UUID]:
    """The unit and all units below it today."""
    return units_below(await units.tree(work), [unit_id])


def bodies_of(tree: Sequence[Placed]) -> Mapping[UUID, UUID]:
    """Which committee, board or company each unit belongs to: the nearest above, or itself."""
    found: dict[UUID, UUID] = {}
    for unit in tree:
        if unit.kind in BODIES:
            found[unit.id] = unit.id
        elif unit.parent_id in found:
            found[unit.id] = found[unit.parent_id]
    return found
