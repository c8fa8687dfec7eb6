"""How a municipality of the demonstration is described, and made from its description."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from ...infra.errors import NotFound
from ...infra.runtime import Runtime
from ...tenants.actors import operator
from ...tenants.entry import find_tenant, load_actor, load_tenant
from ...tenants.models import ModuleSettings, ModuleSwitch, Person, Unit, UnitKind
from ...tenants.municipality import create_tenant
from ...tenants.people import add_person, grant_role
from ...tenants.tree.units import add_unit
from ...tenants.work import Tenancy, Work, open_work
from ..modules.goals.models import SteeringModel

FOUNDED = date(2019, 1, 1)
NOTE = "demonstration"
"""Key among the settings of the municipality, under which the steps taken are noted."""


@dataclass(frozen=True, slots=True)
class Place:
    """A unit with those below it; `code` is its own in the municipality."""

    code: str
    kind: UnitKind
    name: str
    below: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Someone:
    """A person with one role at most, at a unit (its code) or in the whole municipality."""

    name: str
    email: str
    role: str | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Town:
    """A municipality; the first of its people is the full administrator.

    `steps` come after the tree and the people, in order: goals, values, reports.
    """

    slug: str
    name: str
    scb_code: str
    accent: str
    tree: Place
    people: tuple[Someone, ...]
    modules: tuple[str, ...] = ("goals", "reports")
    steps: tuple[Step, ...] = ()

    @property
    def all_steps(self) -> tuple[Step, ...]:
        return (plant_tree, move_in, *self.steps)


@dataclass(slots=True)
class Filling:
    """A step's view of the municipality: its units by code, its people by e-mail."""

    runtime: Runtime
    town: Town
    tenant: Tenancy
    work: Work
    units: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)

    async def acting(self, email: str) -> Work:
        """This step's own work, with what is done in it done by one of the people."""
        actor = await load_actor(self.work, self.people[email])
        return replace(self.work, actor=actor)

    async def model(self, year: int) -> SteeringModel:
        """The steering model of a year, which an earlier step has designed."""
        model = await self.work.first(select(SteeringModel).where(SteeringModel.year == year))
        assert model is not None
        return model


Step = Callable[[Filling], Awaitable[None]]


async def build_town(runtime: Runtime, town: Town, *, taken: Callable[[], None]) -> Tenancy:
    """Make the municipality, or what is missing of it; `taken` is called after each step taken.

    A step and the note that it is taken are one transaction, so a start that was broken off is
    taken up where it was.
    """
    tenant = await _switched_on(runtime, town, await _tenant(runtime, town))
    for step in town.all_steps:
        async with open_work(runtime, tenant, operator(), write=True) as work:
            note = await _note(work)
            before = note.values.get("taken", [])
            assert isinstance(before, list)
            if step.__name__ in before:
                continue
            await step(await _look(runtime, town, tenant, work))
            note.values = {"taken": [*before, step.__name__]}
        taken()
    return tenant


async def plant_tree(filling: Filling) -> None:
    async def plant(place: Place, parent_id: UUID | None) -> None:
        unit = await add_unit(
            filling.work,
            code=place.code,
            name=place.name,
            kind=place.kind,
            parent_id=parent_id,
            valid_from=FOUNDED,
        )
        for child in place.below:
            await plant(child, unit.id)

    await plant(filling.town.tree, None)


async def move_in(filling: Filling) -> None:
    """The people with their roles; the administrator came with the municipality."""
    for someone in filling.town.people[1:]:
        person = await add_person(filling.work, name=someone.name, email=someone.email)
        if someone.role:
            at = filling.units[someone.at] if someone.at else None
            await grant_role(filling.work, person.id, role=someone.role, unit_id=at)


async def _tenant(runtime: Runtime, town: Town) -> Tenancy:
    try:
        found = await find_tenant(runtime, town.slug)
    except NotFound:
        found = await create_tenant(
            runtime,
            slug=town.slug,
            name=town.name,
            administrator=(town.people[0].name, town.people[0].email),
            scb_code=town.scb_code,
            accent=town.accent,
            modules=town.modules,
        )
    return await load_tenant(runtime, found.id)


async def _switched_on(runtime: Runtime, town: Town, tenant: Tenancy) -> Tenancy:
    """One that an older version made has the modules that came since, with the steps for them."""
    async with open_work(runtime, tenant, operator(), write=True) as work:
        taken = (await _note(work)).values.get("taken", [])
        on = set(await work.scalars(select(ModuleSwitch.module)))
        assert isinstance(taken, list)
        new = {step.__name__ for step in town.all_steps} - set(taken)
        missing = sorted(set(town.modules) - on) if new else []
        work.add(*(ModuleSwitch(module=name) for name in missing))
    return await load_tenant(runtime, tenant.id) if missing else tenant


async def _note(work: Work) -> ModuleSettings:
    note = await work.first(select(ModuleSettings).where(ModuleSettings.module == NOTE))
    if note is None:
        note = ModuleSettings(module=NOTE, values={})
        work.add(note)
    return note


async def _look(runtime: Runtime, town: Town, tenant: Tenancy, work: Work) -> Filling:
    units = await work.scalars(select(Unit))
    people = await work.scalars(select(Person))
    return Filling(
        runtime,
        town,
        tenant,
        work,
        {unit.code: unit.id for unit in units},
        {person.email: person.id for person in people},
    )
