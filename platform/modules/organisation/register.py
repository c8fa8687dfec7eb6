"""The register of people as lists show it: searched, narrowed, with the roles of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from ....authz.permit import NOWHERE, permit
from ....tenants import units
from ....tenants.access_log import Action
from ....tenants.grants import stands
from ....tenants.models import Person, RoleGrant
from ....tenants.units import Placed
from ....tenants.work import Work

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is empty narrows nothing. `number` is the page, from 1."""

    words: str = ""
    role: str = ""
    unit_id: UUID | None = None
    left: bool = False
    number: int = 1


@dataclass(frozen=True, slots=True)
class Held:
    """A role that someone holds. `may` says whether the actor can take it back."""

    id: UUID
    role: str
    unit: Placed | None
    may: bool


@dataclass(frozen=True, slots=True)
class Listed:
    id: UUID
    name: str
    email: str
    left_on: date | None
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Register:
    people: tuple[Listed, ...]
    count: int
    pages: int


@permit("people.read")
async def list_people(work: Work, wanted: Wanted) -> Register:
    """A page of those who are here (or have left), by name in Swedish order."""
    narrowed = _narrowed(work, wanted)
    count = await work.first(select(func.count(Person.id)).where(*narrowed)) or 0
    pages = max(1, -(-count // PAGE))
    start = (min(max(wanted.number, 1), pages) - 1) * PAGE
    rows = await work.rows(
        select(Person.id, Person.name, Person.email, Person.left_on)
        .where(*narrowed)
        .order_by(func.sv_key(Person.name), Person.id)
        .offset(start)
        .limit(PAGE)
    )
    ids = [row[0] for row in rows]
    work.note(Action.SEARCH if wanted.words else Action.READ, "person", records=ids, about=ids)
    held = await held_by(work, ids)
    people = tuple(Listed(*row, held=tuple(held[row[0]])) for row in rows)
    return Register(people, count, pages)


@permit("people.read")
async def look_up(work: Work, person_id: UUID) -> Person:
    """All that the register says of someone. Raises NotFound."""
    person = await work.get(Person, person_id)
    if person_id not in work.noted("person"):
        work.note(Action.READ, "person", records=[person_id], about=[person_id])
    return person


@permit("people.read")
async def held_by(work: Work, person_ids: list[UUID]) -> dict[UUID, list[Held]]:
    """The roles of each person, those for the whole municipality first."""
    grants = await work.scalars(
        select(RoleGrant)
        .where(RoleGrant.person_id.in_(person_ids))
        .order_by(RoleGrant.unit_id.is_not(None), RoleGrant.role, RoleGrant.id)
    )
    ids = list({grant.unit_id for grant in grants if grant.unit_id})
    placed = {unit.id: unit for unit in await units.placed(work, ids)}
    found: dict[UUID, list[Held]] = {id: [] for id in person_ids}
    for grant in grants:
        may = work.allows("roles.grant", at=grant.unit_id or NOWHERE)
        unit = placed[grant.unit_id] if grant.unit_id else None
        found[grant.person_id].append(Held(grant.id, grant.role, unit, may))
    return found


def _narrowed(work: Work, wanted: Wanted) -> list[ColumnElement[bool]]:
    here = or_(Person.left_on.is_(None), Person.left_on > work.today)
    narrowed = [~here if wanted.left else here]
    for word in wanted.words.lower().split()[:5]:
        part = f"%{word.translate(LITERAL)}%"
        narrowed.append(
            or_(func.lower(Person.name).like(part), func.lower(Person.email).like(part))
        )
    if wanted.role or wanted.unit_id:
        grant = aliased(RoleGrant)
        held = [grant.person_id == Person.id, grant.tenant_id == work.tenant.id]
        held.append(stands(work.now, grant, tenant=work.tenant.id))
        if wanted.role:
            held.append(grant.role == wanted.role)
        if wanted.unit_id:
            held.append(grant.unit_id == wanted.unit_id)
        narrowed.append(exists(select(grant.id).where(and_(*held))))
    return narrowed


LITERAL: Final = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})
"""Signs that `like` would take for more than themselves."""
