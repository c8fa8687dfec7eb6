"""The organisation as its page shows it: the tree on a day, and what belongs to one unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from .....authz.permit import permit
from .....infra.i18n import _
from .....tenants.grants import stands
from .....tenants.log.access_log import Action
from .....tenants.models import Person, RoleGrant, Unit, UnitVersion
from .....tenants.tree import reorganising, units
from .....tenants.tree.units import Placed
from .....tenants.work import Work
from ....web.templating import day as in_words
from ...goals.models import NodeKind, PlanNode, SteeringModel

ADMINISTRATORS = ("local_administrator", "full_administrator")


@dataclass(slots=True)
class Branch:
    """A unit with all below it. `movable` needs the right at the unit and where it stands."""

    unit: Placed
    depth: int
    may: bool
    movable: bool
    below: list[Branch] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tree:
    day: date
    tops: tuple[Branch, ...]
    branches: dict[UUID, Branch]

    def above(self, unit_id: UUID) -> list[Placed]:
        """The units that it stands below, the highest first."""
        found: list[Placed] = []
        branch = self.branches.get(unit_id)
        while branch and branch.unit.parent_id and len(found) < len(self.branches):
            branch = self.branches.get(branch.unit.parent_id)
            if branch:
                found.insert(0, branch.unit)
        return found

    def below(self, unit_id: UUID) -> list[Placed]:
        branch = self.branches.get(unit_id)
        return [each.unit for each in _walk(branch.below)] if branch else []


@dataclass(frozen=True, slots=True)
class Holder:
    person_id: UUID
    name: str
    role: str
    unit_id: UUID | None
    unit_name: str


@dataclass(frozen=True, slots=True)
class Version:
    name: str
    above: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Details:
    """`came_of` and `became` are the units before and after it, by reorganisation."""

    versions: tuple[Version, ...]
    holders: tuple[Holder, ...]
    came_of: tuple[tuple[Placed, date], ...]
    became: tuple[tuple[Placed, date], ...]
    planned: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What comes along when units are moved or end: all below them, and what they have planned."""

    below: tuple[Placed, ...]
    goals: int
    roles: int

    def in_words(self, day: date) -> str:
        """`7 underenheter och 42 mål följer med. Gäller från 1 januari 2027.`"""
        count, goals = len(self.below), self.goals
        units = _("1 unit below") if count == 1 else _("{count} units below", count=count)
        words = _("1 goal") if goals == 1 else _("{count} goals", count=goals)
        return _(
            "{units} and {goals} come along. It holds from {day}.",
            units=units,
            goals=words,
            day=in_words(day),
        )


async def read_tree(work: Work, day: date) -> Tree:
    branches: dict[UUID, Branch] = {}
    tops: list[Branch] = []
    for unit in await units.tree(work, on=day):
        above = branches.get(unit.parent_id) if unit.parent_id else None
        may = work.allows("organisation.edit", at=unit.id)
        branch = branches[unit.id] = Branch(
            unit,
            above.depth + 1 if above else 0,
            may,
            may and (above.may if above else everywhere(work)),
        )
        (above.below if above else tops).append(branch)
    return Tree(day, tuple(tops), branches)


def everywhere(work: Work) -> bool:
    """Whether the actor may change the whole organisation, its top included."""
    return work.reach("organisation.edit") is None


async def read_details(work: Work, unit_id: UUID, tree: Tree) -> Details:
    versions = await work.scalars(
        select(UnitVersion)
        .where(UnitVersion.unit_id == unit_id)
        .order_by(UnitVersion.valid_from.desc())
    )
    came = await reorganising.predecessors(work, unit_id)
    became = await reorganising.successors(work, unit_id)
    ids = {version.parent_id for version in versions if version.parent_id}
    ids |= {link.unit_id for link in (*came, *became)}
    known = {unit.id: unit for unit in await units.placed(work, list(ids), on=tree.day)}
    days = [day for version in versions for day in (version.valid_from, version.valid_to) if day]
    days += [link.from_date for link in (*came, *became) if link.steps == 1]
    return Details(
        versions=tuple(
            Version(
                version.name,
                known[version.parent_id].name if version.parent_id else "",
                version.valid_from,
                version.valid_to,
            )
            for version in versions
        ),
        holders=tuple(await _holders(work, unit_id, tree)),
        came_of=tuple((known[link.unit_id], link.from_date) for link in came),
        became=tuple((known[link.unit_id], link.from_date) for link in became),
        planned=any(day > work.today for day in days),
    )


async def effect_of(work: Work, unit_ids: Sequence[UUID], tree: Tree) -> Effect:
    below = {unit.id: unit for id in unit_ids for unit in tree.below(id)}
    ids = [*unit_ids, *below]
    goals = 0
    if work.allows("goals.read"):
        counted = await work.first(
            select(func.count(PlanNode.id))
            .join(
                SteeringModel,
                and_(
                    SteeringModel.id == PlanNode.model_id,
                    SteeringModel.tenant_id == PlanNode.tenant_id,
                ),
            )
            .where(
                PlanNode.unit_id.in_(ids),
                PlanNode.kind == NodeKind.GOAL,
                SteeringModel.year >= min(work.today.year, tree.day.year),
            )
        )
        goals = counted or 0
    roles = await work.first(
        select(func.count(RoleGrant.id)).where(RoleGrant.unit_id.in_(ids), stands(work.now))
    )
    return Effect(
        tuple(unit for id, unit in below.items() if id not in unit_ids), goals, roles or 0
    )


@permit("organisation.read")
async def helper_at(work: Work, above: Sequence[UUID]) -> str:
    """Who can change what the actor may not: an administrator as near as possible."""
    found = await work.rows(
        select(Person.name, RoleGrant.unit_id)
        .join(
            RoleGrant,
            and_(RoleGrant.person_id == Person.id, RoleGrant.tenant_id == Person.tenant_id),
        )
        .where(
            stands(work.now),
            RoleGrant.role.in_(ADMINISTRATORS),
            or_(RoleGrant.unit_id.is_(None), RoleGrant.unit_id.in_(above)),
            Person.here(work.today),
        )
        .order_by(func.sv_key(Person.name), Person.id)
    )
    order = {unit_id: place for place, unit_id in enumerate(reversed(above))}
    nearest = sorted(found, key=lambda row: order.get(row[1], len(order)))  # type: ignore[arg-type]
    return nearest[0][0] if nearest else ""


async def why_not_at(work: Work, above: Sequence[UUID]) -> str:
    """Why the actor cannot change a unit, and who can. `above` has the unit itself last."""
    name = await helper_at(work, above)
    if name:
        return _("You can read here but not change. {name} can help you.", name=name)
    return _("You can read here but not change. An administrator can help you.")


async def _holders(work: Work, unit_id: UUID, tree: Tree) -> list[Holder]:
    """Who holds a role at the unit or above it, the nearest first; nobody without the register."""
    if not work.allows("people.read"):
        return []
    places = [unit_id, *(unit.id for unit in reversed(tree.above(unit_id)))]
    rows = await work.rows(
        select(Person.id, Person.name, RoleGrant.role, RoleGrant.unit_id, RoleGrant.id)
        .join(
            RoleGrant,
            and_(RoleGrant.person_id == Person.id, RoleGrant.tenant_id == Person.tenant_id),
        )
        .where(
            stands(work.now),
            or_(RoleGrant.unit_id.is_(None), RoleGrant.unit_id.in_(places)),
            Person.here(work.today),
        )
        .order_by(func.sv_key(Person.name), Person.id)
    )
    names = {id: branch.unit.name for id, branch in tree.branches.items()}
    order = {id: place for place, id in enumerate(places)}
    holders = [
        Holder(person, name, role, at, names.get(at, "") if at else "")
        for person, name, role, at, _grant in rows
    ]
    grants, people = [row[4] for row in rows], [row[0] for row in rows]
    if rows:
        work.note(Action.READ, "role_grant", records=grants, about=people, unit_id=unit_id)
    return sorted(
        holders, key=lambda held: order[held.unit_id] if held.unit_id in order else len(order)
    )


def _walk(branches: Iterable[Branch]) -> Iterator[Branch]:
    for branch in branches:
        yield branch
        yield from _walk(branch.below)


async def unit_exists(work: Work, unit_id: UUID, day: date) -> Placed:
    """The unit as it is on a day or nearest to it. Raises NotFound, alike for a foreign one."""
    await work.get(Unit, unit_id)
    (found,) = await units.placed(work, [unit_id], on=day)
    return found
