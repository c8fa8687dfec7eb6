"""Who can see a record: the same as `allowed` says of everyone, one by one."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from roder.authz.permit import CONFIDENTIAL, NOWHERE, OPEN, READING, permissions
from roder.tenants.access import Guard, who_can_see
from roder.tenants.delegations import delegate_roles, own_roles
from roder.tenants.guises import acting
from roder.tenants.loading import load_actor
from roder.tenants.models import ApiToken, Person, RoleGrant
from roder.tenants.people import grant_role, roles
from roder.tenants.rows import uuid7
from roder.tenants.support import open_support
from roder.tenants.tokens.reach import narrow
from roder.tenants.tokens.tokens import create_token
from roder.tenants.work import open_work

DAY = timedelta(days=1)


async def a_crowd(town, *, seed, count=30):
    """People with random roles at random places, some past, some to come, some handed on."""
    chance = random.Random(seed)
    places = [None, *(unit.id for unit in town.units.values())]
    people = [Person(id=uuid7(), name=f"P {n}", email=f"{n}@x.example") for n in range(count)]
    async with await town.work() as work:
        work.add(*people)
        await work.flush()
        now = work.now
        grants = []
        for _n in range(2 * count):
            begins, ends = chance.choice(
                [(None, None), (None, None), (now - DAY, now + DAY), (now + DAY, None), (None, now)]
            )
            grants.append(
                RoleGrant(
                    id=uuid7(),
                    person_id=chance.choice(people).id,
                    role=chance.choice(sorted(roles())),
                    unit_id=chance.choice(places),
                    valid_from=begins,
                    valid_to=ends,
                    ended_at=now if chance.random() < 0.1 else None,
                )
            )
        for grant in grants:
            try:
                async with work.attempt():
                    work.add(grant)
            except Exception:
                continue
        standing = await work.scalars(select(RoleGrant).where(RoleGrant.ended_at.is_(None)))
        for origin in chance.sample(list(standing), 12):
            work.add(
                RoleGrant(
                    person_id=chance.choice(people).id,
                    role=origin.role,
                    unit_id=origin.unit_id,
                    source="delegated",
                    delegated_from=origin.id,
                    valid_to=now + DAY,
                )
            )
        for person in chance.sample(people, 4):
            person.left_on = work.today
    return people


@pytest.mark.parametrize("seed", range(4))
async def test_it_agrees_with_what_each_may(town, seed):
    await a_crowd(town, seed=seed)
    chance = random.Random(seed)
    units = [unit.id for unit in town.units.values()]
    reading = sorted(p for p in permissions() if p.endswith(".read"))
    writing = sorted(p for p in permissions() if p.partition(".")[2] not in READING)
    async with await town.work(write=False) as work:
        here = await work.scalars(
            select(Person).where((Person.left_on.is_(None)) | (Person.left_on > work.today))
        )
        actors = {person.id: await load_actor(work, person.id) for person in here}
        gone = await work.scalars(select(Person.id).where(Person.left_on.is_not(None)))
        for _n in range(25):
            guard = Guard(
                read=chance.choice(reading),
                change=chance.choice(writing),
                places=chance.choice(
                    [(), (NOWHERE,), (chance.choice(units),), tuple(chance.sample(units, 2))]
                ),
                owner=chance.choice([None, chance.choice(sorted(actors))]),
                level=chance.choice([OPEN, CONFIDENTIAL]),
            )
            found = await who_can_see(work, guard)
            told = {someone.id: someone for someone in found.people}
            for id, actor in actors.items():
                as_they = replace(work, actor=actor)
                reads, changes = (
                    all(allowed_in(as_they, name, at, guard) for at in guard.places or (None,))
                    for name in (guard.read, guard.change)
                )
                someone = told.get(id)
                assert reads == (found.everyone or bool(someone and someone.reads)), guard
                auditing = "auditor" in {grant.role for grant in actor.grants}
                by_being_here = found.everyone_changes and (
                    not auditing or guard.change == "sessions.end"
                )
                assert changes == (by_being_here or bool(someone and someone.changes)), guard
            assert not set(told) & set(gone)


def allowed_in(work, name, at, guard):
    from roder.authz.permit import allowed
    from roder.tenants.work import module_is_on

    return module_is_on(work.tenant, name) and allowed(
        work.actor, name, at=at, owner=guard.owner, level=guard.level
    )


async def test_it_tells_role_unit_and_who_handed_it_on(town):
    home_care = town.units["home_care"].id
    async with await town.work("manager") as work:
        (own,) = await own_roles(work)
        (handed,) = await delegate_roles(
            work,
            grant_ids=[own.id],
            colleague_id=town.people["employee"].id,
            valid_from=None,
            valid_to=work.now + DAY,
        )
    async with await town.work(write=False) as work:
        found = await who_can_see(work, Guard("goals.read", "goals.edit", (home_care,)))
        above = await who_can_see(
            work, Guard("goals.read", "goals.edit", (town.units["committee"].id,))
        )

    told = {someone.name: someone for someone in found.people}
    (why,) = told["Elis Anställd"].because
    assert (why.role, why.unit_id) == ("contributor", home_care)
    assert (why.giver_id, why.until) == (town.people["manager"].id, handed.valid_to)
    assert found.everyone
    assert {name for name, someone in told.items() if someone.changes} == {
        "Asta Admin",
        "Elis Anställd",
        "Lo Lokal",
        "Mona Chef",
    }
    assert {someone.name for someone in above.people if someone.changes} == {"Asta Admin"}
    assert ("contributor", "subtree", False, True) in [
        (rule.role, rule.scope, rule.reads, rule.changes) for rule in found.rules
    ]


async def test_it_tells_the_programs_and_the_support(town):
    home_care, school = town.units["home_care"].id, town.units["school_board"].id
    async with await town.work() as work:
        own = town.people["administrator"].id
        await create_token(work, name="Läser", person_id=own, scopes=["read:goals"])
        await create_token(work, name="Skriver", person_id=own, scopes=["read", "write"])
        await create_token(work, name="Annat", person_id=own, scopes=["read:reports"])
        await create_token(
            work, name="Skolan", person_id=own, scopes=["read", "write"], unit_ids=[school]
        )
        await open_support(work, reason="Fel i målen", valid_to=work.now + DAY, modules=["goals"])
        await open_support(
            work, reason="Fel i rapporten", valid_to=work.now + DAY, modules=["reports"]
        )
    async with await town.work(write=False) as work:
        guard = Guard("goals.read", "goals.edit", (home_care,))
        found = await who_can_see(work, guard)
        for token in await work.scalars(select(ApiToken)):
            actor = await load_actor(work, token.person_id)
            actor = replace(actor, scopes=frozenset(token.scopes), memo={})
            actor = await narrow(work, actor, token.unit_ids)
            as_it = replace(work, actor=actor)
            told = {program.id: (program.reads, program.changes) for program in found.programs}
            assert told.get(token.id, (False, False)) == (
                as_it.allows("goals.read", at=home_care),
                as_it.allows("goals.edit", at=home_care),
            ), token.name
    assert {(p.name, p.changes) for p in found.programs} == {("Läser", False), ("Skriver", True)}
    (support,) = found.support
    assert (support.consent.reason, support.reads, support.changes) == ("Fel i målen", True, False)
    async with open_work(town.runtime, town.tenant, acting(support.consent), write=False) as work:
        assert work.allows("goals.read", at=home_care)


async def test_a_module_that_is_off_is_seen_by_nobody(town):
    off = replace(town.tenant, modules=frozenset())
    async with open_work(town.runtime, off, await town.actor("administrator"), write=False) as work:
        found = await who_can_see(work, Guard("goals.read", "goals.edit"))
    assert (found.rules, found.everyone, found.people, found.programs) == ((), False, (), ())


async def test_giving_a_role_shows_at_once(town):
    guard = Guard("goals.read", "goals.edit", (town.units["school_board"].id,))
    async with await town.work() as work:
        before = await who_can_see(work, guard)
        await grant_role(
            work,
            town.people["employee"].id,
            role="contributor",
            unit_id=town.units["council"].id,
        )
        after = await who_can_see(work, guard)
    assert {s.name for s in after.people} - {s.name for s in before.people} == {"Elis Anställd"}
