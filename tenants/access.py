"""Who may read and change a record, and why: the rules asked about everyone who has a role.

A few statements whatever the number of people; each is judged by `permit.allowed`, with what their
roles reach of the record's own places. tests/tenants/test_access.py holds it to what they may.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from ..authz.permit import CONFIDENTIAL, NOWHERE, OPEN, allowed, policy
from ..infra.errors import Unauthenticated
from .actors import EMPLOYEE, SERVICE_ROLE, Actor, Grant
from .grants import stands
from .guises import acting, consent_stands
from .loading import load_actor
from .log.access_log import Action
from .models import ApiToken, Person, RoleGrant
from .seeing_models import SupportConsent
from .tokens.reach import narrow
from .tree import units
from .work import Work, module_is_on

SOMEBODY = UUID(int=1)
"""Anyone at all: nobody has this id."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What a record is kept by. It lies at each of `places`: none is no unit in particular, and
    `NOWHERE` the whole municipality. With an empty `change` nobody changes it."""

    read: str
    change: str = ""
    places: tuple[UUID, ...] = ()
    owner: UUID | None = None
    level: str = OPEN


@dataclass(frozen=True, slots=True)
class Rule:
    """What a role may do with the record: with scope tenant wherever it is held, with subtree if
    it is held there or above, with own if it is theirs."""

    role: str
    scope: str
    reads: bool
    changes: bool


@dataclass(frozen=True, slots=True)
class Because:
    """A role that somebody holds, where, and from whom and until when if it was handed to them."""

    role: str
    unit_id: UUID | None
    reads: bool
    changes: bool
    giver_id: UUID | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Someone:
    id: UUID
    name: str
    reads: bool
    changes: bool
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A key that reaches the record, with the rights of its owner."""

    id: UUID
    name: str
    owner_id: UUID
    reads: bool
    changes: bool


@dataclass(frozen=True, slots=True)
class Supporters:
    """The operator's support, by a consent that stands."""

    consent: SupportConsent
    reads: bool
    changes: bool


@dataclass(frozen=True, slots=True)
class Access:
    """Who reads and changes a record. `people` are those who do so by more than being here."""

    rules: tuple[Rule, ...]
    everyone: bool
    """Whether all who are here read it, and whether they change it."""
    everyone_changes: bool
    people: tuple[Someone, ...]
    programs: tuple[Program, ...]
    support: tuple[Supporters, ...]


async def who_can_see(work: Work, guard: Guard, *, named: bool = True) -> Access:
    """As things stand now, with people and programs if they are to be `named`, which is noted."""
    judge = await _judge(work, guard)
    held = [*await _held(work), *await _owner(work, guard)] if named else []
    people = list(judge.people(held))
    programs = [program async for program in _programs(work, judge)] if named else []
    if named:
        work.note(Action.READ, "role_grant", about=[someone.id for someone in people])
        work.note(
            Action.READ,
            "api_token",
            records=[program.id for program in programs],
            about=[program.owner_id for program in programs],
        )
    reads, changes = judge.anyone
    return Access(
        rules=rules_of(work, guard),
        everyone=reads,
        everyone_changes=changes,
        people=tuple(people),
        programs=tuple(programs),
        support=tuple(await _support(work, judge)),
    )


def rules_of(work: Work, guard: Guard) -> tuple[Rule, ...]:
    """The lines of the rule table that let somebody at it, in its order."""
    found: dict[tuple[str, str], set[str]] = {}
    for role, kind, action, scope, level in policy():
        name = f"{kind}.{action}"
        clear = guard.level == OPEN or level == CONFIDENTIAL
        if name in (guard.read, guard.change) and clear and module_is_on(work.tenant, name):
            found.setdefault((role, scope), set()).add(name)
    return tuple(
        Rule(role, scope, guard.read in names, guard.change in names)
        for (role, scope), names in found.items()
        if role != SERVICE_ROLE
    )


class Held(NamedTuple):
    """A role that counts, of whom, and who handed it on until when."""

    person_id: UUID
    name: str
    role: str
    unit_id: UUID | None = None
    giver_id: UUID | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Judge:
    """What the rules say of an actor and the record."""

    guard: Guard
    on: frozenset[str]
    lineages: Mapping[UUID, frozenset[UUID]]
    at: tuple[UUID | None, ...] = field(default=(None,))

    @property
    def anyone(self) -> tuple[bool, bool]:
        return self.does(Actor(SOMEBODY, "", grants=(Grant(EMPLOYEE),)))

    def does(self, actor: Actor) -> tuple[bool, bool]:
        """Whether they read it, and whether they change it."""
        return self._may(actor, self.guard.read), self._may(actor, self.guard.change)

    def reach(self, unit_id: UUID | None) -> frozenset[UUID] | None:
        """Of the record's places, those that a role held at the unit reaches."""
        if unit_id is None:
            return None
        return frozenset(place for place, above in self.lineages.items() if unit_id in above)

    def actor(self, person_id: UUID, roles: Iterable[tuple[str, UUID | None]]) -> Actor:
        held = [Grant(role, unit_id, self.reach(unit_id)) for role, unit_id in roles]
        return Actor(person_id, "", grants=(Grant(EMPLOYEE), *held))

    def people(self, held: Sequence[Held]) -> Iterable[Someone]:
        grouped: dict[UUID, list[Held]] = {}
        for row in held:
            grouped.setdefault(row.person_id, []).append(row)
        for person_id, rows in grouped.items():
            reads, changes = self.does(
                self.actor(person_id, [(held.role, held.unit_id) for held in rows])
            )
            because = tuple(self._because(person_id, rows, changes=changes))
            if because and (reads or changes):
                yield Someone(person_id, rows[0].name, reads, changes, because)

    def _because(
        self, person_id: UUID, rows: Sequence[Held], *, changes: bool
    ) -> Iterable[Because]:
        for _id, _name, role, unit_id, giver_id, until in rows:
            held = Actor(person_id, "", grants=(Grant(role, unit_id, self.reach(unit_id)),))
            reads, may = self.does(held)
            if role == EMPLOYEE and (reads, may) == self.anyone:
                continue
            if reads or (may and changes):
                yield Because(role, unit_id, reads, may and changes, giver_id, until)

    def _may(self, actor: Actor, permission: str) -> bool:
        guard = self.guard
        return permission in self.on and all(
            allowed(actor, permission, at=at, owner=guard.owner, level=guard.level)
            for at in self.at
        )


async def _judge(work: Work, guard: Guard) -> _Judge:
    on = frozenset(n for n in (guard.read, guard.change) if n and module_is_on(work.tenant, n))
    places = [place for place in guard.places if place != NOWHERE]
    lineages = {place: frozenset(await units.ancestors(work, place)) for place in places}
    return _Judge(guard, on, lineages, guard.places or (None,))


async def _held(work: Work) -> list[Held]:
    """The roles that count of all who are here, by name."""
    origin = aliased(RoleGrant)
    rows = await work.rows(
        select(
            Person.id,
            Person.name,
            RoleGrant.role,
            RoleGrant.unit_id,
            origin.person_id,
            RoleGrant.valid_to,
        )
        .join(
            RoleGrant,
            and_(RoleGrant.person_id == Person.id, RoleGrant.tenant_id == Person.tenant_id),
        )
        .outerjoin(
            origin,
            and_(origin.id == RoleGrant.delegated_from, origin.tenant_id == RoleGrant.tenant_id),
        )
        .where(Person.here(work.today), stands(work.now))
        .order_by(func.sv_key(Person.name), Person.id, RoleGrant.id)
    )
    return [Held(*row) for row in rows]


async def _owner(work: Work, guard: Guard) -> list[Held]:
    """Whose the record is, as somebody who is here."""
    rows = await work.rows(
        select(Person.id, Person.name).where(Person.id == guard.owner, Person.here(work.today))
    )
    return [Held(id, name, EMPLOYEE) for id, name in rows]


async def _programs(work: Work, judge: _Judge) -> AsyncIterator[Program]:
    tokens = await work.scalars(
        select(ApiToken)
        .where(ApiToken.revoked_at.is_(None), ApiToken.expires_at > work.now)
        .order_by(ApiToken.name, ApiToken.id)
    )
    owners: dict[UUID, Actor] = {}
    for token in tokens:
        try:
            owner = owners.get(token.person_id) or await load_actor(work, token.person_id)
        except Unauthenticated:
            continue
        owners[token.person_id] = owner
        scoped = replace(owner, scopes=frozenset(token.scopes), token_id=token.id, memo={})
        reads, changes = judge.does(await narrow(work, scoped, token.unit_ids))
        if reads or changes:
            yield Program(token.id, token.name, token.person_id, reads, changes)


async def _support(work: Work, judge: _Judge) -> Iterable[Supporters]:
    standing = await work.scalars(
        select(SupportConsent).where(consent_stands(work.now)).order_by(SupportConsent.id)
    )
    found = [Supporters(consent, *judge.does(acting(consent))) for consent in standing]
    return [
        replace(each, changes=each.changes and each.consent.may_write)
        for each in found
        if each.reads or each.changes
    ]
