"""An access log with a past: entries put into the chain as if they had been noted then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID

from roder.tenants.actors import Actor, Source, Way
from roder.tenants.log.access_log import Action, Noted, append, noted
from roder.tenants.models import ModuleSwitch, Person, RoleGrant
from roder.tenants.rows import uuid7
from roder.tenants.work import STOCKHOLM, Tenancy, Work, open_work

NOBODY = Actor(id=None, name="")


@dataclass(frozen=True)
class Did:
    """What somebody did, and when on the clock in Sweden, or at an exact moment."""

    at: datetime
    who: UUID | None = None
    unit: UUID | None = None
    about: tuple[UUID, ...] = ()
    records: tuple[UUID, ...] = ()
    behind: UUID | None = None
    way: Way = Way.PAGE
    action: Action = Action.READ
    kind: str = "person"


async def log(town: Any, done: Iterable[Did]) -> list[UUID]:
    """Add entries to the log of a town, in the order given. The answer is their ids."""
    entries = [entry_of(did) for did in done]
    async with open_work(town.runtime, town.tenant, NOBODY, write=True) as work:
        await append(await work.session.connection(), town.tenant.id, entries)
    return [UUID(str(entry.content["id"])) for entry in entries]


def entry_of(did: Did) -> Noted:
    source = Source(did.way, "people", "192.0.2.7")
    actor = Actor(id=did.who, name="", behind=did.behind, source=source)
    made = noted(
        actor, did.action, did.kind, records=did.records, about=did.about, unit_id=did.unit
    )
    at = did.at if did.at.tzinfo else did.at.replace(tzinfo=STOCKHOLM)
    then = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return Noted(made.action, made.content | {"at": then})


async def switch_on(town: Any) -> None:
    """The module, for a town that has the others only."""
    async with open_work(town.runtime, town.tenant, NOBODY, write=True) as work:
        work.add(ModuleSwitch(module="log_review"))
    tenant: Tenancy = town.tenant
    town.tenant = replace(tenant, modules=tenant.modules | {"log_review"})


async def add_reviewer(town: Any, unit: str | None = "home_care", who: str = "reviewer") -> Person:
    async with open_work(town.runtime, town.tenant, NOBODY, write=True) as work:
        person = Person(
            id=uuid7(), name="Rakel Granskare", email=f"{who}@{town.tenant.slug}.example"
        )
        work.add(person)
        await work.flush()
        unit_id = town.units[unit].id if unit else None
        work.add(RoleGrant(person_id=person.id, role="reviewer", unit_id=unit_id))
    town.people[who] = person
    return person


def on(work: Work, day: date, hour: int = 4) -> Work:
    """The work as it would be at that hour of that day in Sweden."""
    work.now = datetime(day.year, day.month, day.day, hour, tzinfo=STOCKHOLM).astimezone(UTC)
    return work


async def add_colleagues(town: Any, count: int = 30) -> list[UUID]:
    """People at the home care, and (the last of them) one at the school board."""
    async with open_work(town.runtime, town.tenant, NOBODY, write=True) as work:
        people = [
            Person(
                id=uuid7(),
                name=f"{FIRST[at % len(FIRST)]} {LAST[at % len(LAST)]}",
                email=f"p{at}@{town.tenant.slug}.example",
                protected=at == 3,
            )
            for at in range(count)
        ]
        work.add(*people)
        await work.flush()
        home, school = town.units["home_care"].id, town.units["school_board"].id
        work.add(
            *(
                RoleGrant(
                    person_id=person.id,
                    role="contributor",
                    unit_id=school if person is people[-1] else home,
                )
                for person in people
            )
        )
    return [person.id for person in people]


FIRST = ("Alva", "Bo", "Cilla", "Doris", "Ebbe", "Frans", "Greta")
LAST = ("Alm", "Björk", "Ceder", "Druva", "Ek")


def a_month(
    town: Any, people: list[UUID], count: int, *, year: int, month: int, seed: int = 1
) -> list[Did]:
    """Ordinary reading at a unit in office hours on weekdays, with a deviation here and there."""
    random = Random(seed)
    unit = town.units["home_care"].id
    weekdays = [day for day in range(1, 29) if date(year, month, day).weekday() < 5]
    found = []
    for number in range(count):
        hour = 23 if number % 97 == 0 else random.randrange(8, 16)
        minute, second = random.randrange(60), random.randrange(60)
        day = weekdays[number * len(weekdays) // count]
        reader = people[4 + number % 20]
        about = people[-1] if number % 89 == 0 else people[random.choice((0, 1, 2, 24, 25, 26))]
        if number % 101 == 0:
            about = people[3]
        found.append(
            Did(
                datetime(year, month, day, hour, minute, second, tzinfo=STOCKHOLM),
                reader,
                unit,
                about=(about,),
            )
        )
    return found
