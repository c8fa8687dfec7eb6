"""Whom to ask for what: today's units, and who may do what at each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from ..authz.permit import policy
from ..tenants.actors import EMPLOYEE, SERVICE_ROLE
from ..tenants.grants import stands
from ..tenants.models import Person, RoleGrant, Unit, UnitVersion
from ..tenants.tree.versions import on_day
from ..tenants.work import Work
from .tasks import Because, PageToOpen, Payload, Task, TaskKind


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as it stands today."""

    name: str
    slug: str
    parent_id: UUID | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to ask for what at which unit, as things stand today.

    `people` are those whose tasks are wanted, None for everyone's. An outcome is due
    `outcome_days` after its period; an activity is asked for from `ahead_days` before its end.
    """

    today: date
    people: frozenset[UUID] | None
    outcome_days: int
    ahead_days: int
    places: Mapping[UUID, Place]
    grants: Mapping[UUID | None, Mapping[UUID, frozenset[str]]]
    """By unit (None: the whole municipality) who holds which roles there."""
    stand_ins: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    """Those who hold roles of somebody for a while, by whose they are."""
    _memo: dict[tuple[str, UUID], frozenset[UUID]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def lineage(self, unit_id: UUID) -> list[UUID]:
        """The unit itself and all above it, nearest first; nothing for one that has ended."""
        found: list[UUID] = []
        at: UUID | None = unit_id
        while at is not None and at in self.places and at not in found:
            found.append(at)
            at = self.places[at].parent_id
        return found

    def nearest(self, permission: str, unit_id: UUID) -> frozenset[UUID]:
        """Those who may do `permission` at the unit by the roles held closest to it."""
        key = (permission, unit_id)
        if key not in self._memo:
            held: Sequence[UUID | None] = (*self.lineage(unit_id), None)
            holders = (self._holders(permission, place) for place in held)
            self._memo[key] = next((people for people in holders if people), frozenset())
        return self._memo[key]

    def may(self, permission: str, unit_id: UUID, person_id: UUID) -> bool:
        held: Sequence[UUID | None] = (*self.lineage(unit_id), None)
        return any(person_id in self._holders(permission, place) for place in held)

    def units(self, *permissions: str) -> frozenset[UUID]:
        """Where one of the wanted people is asked for something without a name on it."""
        if self.people is None:
            return frozenset(self.places)
        return frozenset(
            unit_id
            for unit_id in self.places
            for permission in permissions
            if self.people & self.nearest(permission, unit_id)
        )

    def whose(
        self, permission: str, unit_id: UUID, *, responsible_id: UUID | None = None
    ) -> tuple[frozenset[UUID], Because] | None:
        """Whom to ask; None when it is none of the wanted people, or nobody at all."""
        if unit_id not in self.places:
            return None
        if responsible_id is not None and self.may(permission, unit_id, responsible_id):
            people, because = self._with_stand_ins(permission, unit_id, responsible_id)
        else:
            people, because = self.nearest(permission, unit_id), Because.UNIT
        return (people, because) if self.wants(people) else None

    def task(
        self,
        kind: TaskKind,
        id: UUID,
        title: str,
        unit_id: UUID,
        whom: tuple[frozenset[UUID], Because] | None,
        payload: Payload,
        *,
        due_on: date | None = None,
        about: str = "",
        year: int | None = None,
    ) -> list[Task]:
        """One at the unit, of this year unless another is named; none for a unit that has ended,
        or when it is asked of none of the wanted people."""
        place = self.places.get(unit_id)
        if place is None or whom is None or not self.wants(whom[0]):
            return []
        people, because = whom
        task = Task(
            key=f"{kind.value}:{id}",
            kind=kind,
            title=title,
            about=about,
            unit_id=unit_id,
            unit_name=place.name,
            unit_slug=place.slug,
            period=str(year or self.today.year),
            year=year or self.today.year,
            due_on=due_on,
            late=due_on is not None and due_on < self.today,
            people=people,
            because=because,
            payload=payload,
        )
        return [task]

    def wants(self, people: frozenset[UUID]) -> bool:
        """Whether one of the wanted people is among them."""
        return bool(people if self.people is None else people & self.people)

    @property
    def top(self) -> UUID | None:
        """The unit above all others."""
        return next((id for id, place in self.places.items() if place.parent_id is None), None)

    def answering_for(self, people: frozenset[UUID]) -> frozenset[UUID]:
        """The people and those whom they stand in for."""
        away = {id for id, stand_ins in self.stand_ins.items() if stand_ins & people}
        return people | away

    def _with_stand_ins(
        self, permission: str, unit_id: UUID, person_id: UUID
    ) -> tuple[frozenset[UUID], Because]:
        """While somebody is away, also whoever they have handed the right to."""
        able = {
            stand_in
            for stand_in in self.stand_ins.get(person_id, ())
            if self.may(permission, unit_id, stand_in)
        }
        return frozenset({person_id, *able}), Because.RESPONSIBLE

    def _holders(self, permission: str, place: UUID | None) -> frozenset[UUID]:
        wanted = _roles_with(permission)
        return frozenset(
            person_id for person_id, roles in self.grants.get(place, {}).items() if roles & wanted
        )


TaskSource = Callable[[Work, Asked], Awaitable[Sequence[Task]]]
"""What a module asks of people, in a few statements whatever the number of units and people."""


def for_the_whole(
    asked: Asked,
    kind: TaskKind,
    id: UUID,
    title: str,
    people: frozenset[UUID],
    payload: PageToOpen,
    *,
    due_on: date | None = None,
    about: str = "",
    because: Because = Because.UNIT,
) -> list[Task]:
    """What concerns all of the municipality, at its topmost unit; nothing if of nobody wanted."""
    if asked.top is None:
        return []
    whom = (people, because)
    return asked.task(kind, id, title, asked.top, whom, payload, due_on=due_on, about=about)


async def who_is_asked(
    work: Work, *, people: Iterable[UUID] | None, outcome_days: int, ahead_days: int
) -> Asked:
    """Today's tree and the roles of all who can come in, in two statements."""
    units = await work.rows(
        select(Unit.id, UnitVersion.name, Unit.slug, UnitVersion.parent_id)
        .join(
            UnitVersion,
            and_(UnitVersion.unit_id == Unit.id, UnitVersion.tenant_id == Unit.tenant_id),
        )
        .where(on_day(work.today))
    )
    origin = aliased(RoleGrant)
    held = await work.rows(
        select(RoleGrant.unit_id, RoleGrant.person_id, RoleGrant.role, origin.person_id)
        .join(
            Person, and_(Person.id == RoleGrant.person_id, Person.tenant_id == RoleGrant.tenant_id)
        )
        .outerjoin(
            origin,
            and_(origin.id == RoleGrant.delegated_from, origin.tenant_id == RoleGrant.tenant_id),
        )
        .where(Person.here(work.today), stands(work.now))
    )
    grants: dict[UUID | None, dict[UUID, frozenset[str]]] = {}
    stand_ins: dict[UUID, frozenset[UUID]] = {}
    for unit_id, person_id, role, away in held:
        at = grants.setdefault(unit_id, {})
        at[person_id] = at.get(person_id, frozenset()) | {role}
        if away is not None:
            stand_ins[away] = stand_ins.get(away, frozenset()) | {person_id}
    return Asked(
        today=work.today,
        people=None if people is None else frozenset(people),
        outcome_days=outcome_days,
        ahead_days=ahead_days,
        places={id: Place(name, slug, parent_id) for id, name, slug, parent_id in units},
        grants=grants,
        stand_ins=stand_ins,
    )


def _roles_with(permission: str) -> frozenset[str]:
    """Roles that somebody is given and that may do it at other things than their own."""
    kind, _dot, action = permission.partition(".")
    return frozenset(
        role
        for role, type_, act, scope, _level in policy()
        if (type_, act) == (kind, action)
        and scope != "own"
        and role not in (EMPLOYEE, SERVICE_ROLE)
    )
