"""What the forms and the facets offer: units, people and givers."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, func, or_, select

from ....tenants.grants import stands
from ....tenants.models import Person, RoleGrant
from ....tenants.tree import units
from ....tenants.work import Work
from .givers import giver_names, givers
from .holding import WRITE
from .models import Grant

Options = list[tuple[str, str]]
INDENT = "\u2002"


async def units_to_write_at(work: Work) -> Options:
    """Where the actor may write, as they stand below one another."""
    tree = await units.tree(work)
    return _indented([unit for unit in tree if work.allows(WRITE, at=unit.id)])


async def units_with_grants(work: Work) -> Options:
    """Those that have grants, with all above them."""
    tree = {unit.id: unit for unit in await units.tree(work)}
    wanted: set[UUID] = set()
    for id in await work.scalars(select(Grant.unit_id).distinct()):
        at: UUID | None = id
        while at is not None and at in tree and at not in wanted:
            wanted.add(at)
            at = tree[at].parent_id
    return _indented([unit for unit in tree.values() if unit.id in wanted])


async def people_to_answer(work: Work, *, beside: UUID | None = None) -> Options:
    """Those who hold a role, and whoever answers already."""
    holds = exists().where(
        RoleGrant.tenant_id == work.tenant.id, RoleGrant.person_id == Person.id, stands(work.now)
    )
    here = Person.here(work.today)
    rows = await work.rows(
        select(Person.id, Person.name)
        .where(or_(holds & here, Person.id == beside))
        .order_by(func.sv_key(Person.name), Person.id)
    )
    return [(str(row[0]), row[1]) for row in rows]


async def givers_to_choose(work: Work, *, beside: str = "") -> Options:
    """The list and the well known, and the one that stands."""
    names = await giver_names(work)
    if beside and beside not in names:
        names.insert(0, beside)
    return [(name, name) for name in names]


async def givers_with_grants(work: Work) -> Options:
    used = set(await work.scalars(select(Grant.giver_id).distinct()))
    return [(str(row.id), row.name) for row in await givers(work) if row.id in used]


def _indented(found: list[units.Placed]) -> Options:
    depth: dict[UUID, int] = {}
    options = []
    for unit in found:
        depth[unit.id] = depth.get(unit.parent_id, -1) + 1 if unit.parent_id else 0
        options.append((str(unit.id), f"{INDENT * 2 * depth[unit.id]}{unit.name}"))
    return options
