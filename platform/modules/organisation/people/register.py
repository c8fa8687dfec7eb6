"""The register of people as lists show it: searched, narrowed, with the roles of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from .....authz.permit import permit
from .....tenants.grants import GrantSource, not_over, stands
from .....tenants.log.access_log import Action
from .....tenants.models import Person, RoleGrant
from .....tenants.people import may_give
from .....tenants.tree import units
from .....tenants.tree.units import Placed
from .....tenants.work import Work

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
    """A role that someone holds, or will. `may` says whether the actor can take it back; `giver`
    is the colleague who has handed it on."""

    id: UUID
    role: str
    unit: Placed | None
    may: bool
    source: str = GrantSource.HAND
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    giver: str = ""
    counts: bool = True
    reason: str = ""


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
    """The roles of each person, those for the whole municipality first, also those to come."""
    origin, giver = aliased(RoleGrant), aliased(Person)
    rows = await work.rows(
        select(RoleGrant, stands(work.now), giver.name)
        .outerjoin(
            origin,
            and_(origin.id == RoleGrant.delegated_from, origin.tenant_id == RoleGrant.tenant_id),
        )
        .outerjoin(giver, and_(giver.id == origin.person_id, giver.tenant_id == origin.tenant_id))
        .where(RoleGrant.person_id.in_(person_ids), not_over(work.now))
        .order_by(RoleGrant.unit_id.is_not(None), RoleGrant.role, RoleGrant.id)
    )
    ids = list({grant.unit_id for grant, _counts, _giver in rows if grant.unit_id})
    placed = {unit.id: unit for unit in await units.placed(work, ids)}
    found: dict[UUID, list[Held]] = {id: [] for id in person_ids}
    for grant, counts, away in rows:
        may = may_give(work, grant.role, grant.unit_id)
        unit = placed[grant.unit_id] if grant.unit_id else None
        found[grant.person_id].append(
            Held(
                grant.id,
                grant.role,
                unit,
                may,
                source=grant.source,
                valid_from=grant.valid_from,
                valid_to=grant.valid_to,
                giver=away or "",
                counts=counts,
                reason=grant.reason,
            )
        )
    return found


def _narrowed(work: Work, wanted: Wanted) -> list[ColumnElement[bool]]:
    here = Person.here(work.today)
    narrowed = [~here if wanted.left else here, Person.forgotten_at.is_(None)]
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


@dataclass(frozen=True, slots=True)
class Past:
    """A role that was given, and how it ended if it has."""

    role: str
    unit: str
    source: str
    given_at: datetime
    given_by: str
    valid_from: datetime | None
    valid_to: datetime | None
    ended_at: datetime | None
    ended_by: str
    reason: str


@permit("people.read")
async def role_history(work: Work, person_id: UUID) -> list[Past]:
    """Who gave someone what and when, and who took it back; the latest first."""
    by, until = aliased(Person), aliased(Person)
    rows = await work.rows(
        select(RoleGrant, by.name, until.name)
        .outerjoin(by, and_(by.id == RoleGrant.granted_by, by.tenant_id == RoleGrant.tenant_id))
        .outerjoin(
            until, and_(until.id == RoleGrant.ended_by, until.tenant_id == RoleGrant.tenant_id)
        )
        .where(RoleGrant.person_id == person_id)
        .order_by(RoleGrant.created_at.desc(), RoleGrant.id)
        .limit(HISTORY)
    )
    ids = list({grant.unit_id for grant, _by, _until in rows if grant.unit_id})
    names = {unit.id: unit.name for unit in await units.placed(work, ids)}
    return [
        Past(
            grant.role,
            names.get(grant.unit_id, "") if grant.unit_id else "",
            grant.source,
            grant.created_at,
            giver or "",
            grant.valid_from,
            grant.valid_to,
            grant.ended_at,
            taker or "",
            grant.reason,
        )
        for grant, giver, taker in rows
    ]


HISTORY: Final = 200
