"""The register of people, and who may do what to whom in it."""

import asyncio

import pytest
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from roder.tenants.actors import Actor
from roder.tenants.entry import load_actor
from roder.tenants.models import Person, RoleGrant
from roder.tenants.people import (
    Permitted,
    add_person,
    change_person,
    end_people,
    end_person,
    grant_role,
    own_permissions,
    return_person,
    withdraw_role,
)
from roder.tenants.rows import uuid7

CALLS = {
    "add": lambda work, id: add_person(work, name="Ny", email="ny@a.example"),
    "change": lambda work, id: change_person(work, id, name="Ny"),
    "end": lambda work, id: end_person(work, id),
    "return": lambda work, id: return_person(work, id),
    "grant": lambda work, id: grant_role(work, id, role="contributor"),
}


async def register(town):
    """Everything that the register and the roles say."""
    async with await town.work(write=False) as work:
        people = await work.scalars(select(Person))
        grants = await work.scalars(select(RoleGrant).where(RoleGrant.ended_at.is_(None)))
    return (
        {(p.id, p.name, p.email, p.locale, p.left_on) for p in people},
        {(g.person_id, g.role, g.unit_id) for g in grants},
    )


async def test_someone_new_has_a_name_an_address_and_a_language(town):
    async with await town.work() as work:
        person = await add_person(work, name="  Åke   Öberg ", email=" Ake@lund.example ")

    assert (person.name, person.email, person.locale) == ("Åke Öberg", "Ake@lund.example", "sv")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"email": "ake"}, "email"),
        ({"email": "ake@lund"}, "email"),
        ({"email": "a b@lund.example"}, "email"),
        ({"email": f"{'x' * 250}@a.se"}, "email"),
        ({"locale": "de"}, "locale"),
    ],
)
async def test_what_cannot_stand_in_the_register_is_refused_by_its_field(town, values, field):
    before = await register(town)
    async with await town.work() as work:
        with pytest.raises(InvalidInput) as added:
            await add_person(work, **({"name": "Åke", "email": "ake@lund.example"} | values))
        with pytest.raises(InvalidInput) as changed:
            await change_person(work, town.people["employee"].id, **values)

    assert (added.value.field, changed.value.field) == (field, field)
    assert await register(town) == before


async def test_an_address_is_one_persons_only_whatever_its_capitals(town):
    before = await register(town)
    taken = town.people["manager"].email.upper()
    async with await town.work() as work:
        with pytest.raises(Conflict) as added:
            await add_person(work, name="Åke", email=taken)
        with pytest.raises(Conflict) as changed:
            await change_person(work, town.people["employee"].id, email=taken)

    assert (added.value.field, changed.value.field) == ("email", "email")
    assert await register(town) == before


async def test_of_two_who_add_the_same_address_at_once_one_is_refused(town):
    async def add():
        async with await town.work() as work:
            await add_person(work, name="Åke", email="ake@lund.example")

    outcomes = await asyncio.gather(add(), add(), return_exceptions=True)

    assert sorted(type(outcome) for outcome in outcomes if outcome) == [Conflict]


async def test_what_is_left_out_of_a_change_stays(town):
    own = town.people["employee"]
    async with await town.work() as work:
        person = await change_person(work, own.id, email=own.email.upper(), locale="en")

    assert (person.name, person.email, person.locale) == (own.name, own.email.upper(), "en")


async def test_who_has_left_cannot_come_in_until_they_are_back(town):
    manager = town.people["manager"].id
    async with await town.work() as work:
        assert (await end_person(work, manager)).left_on == work.today
    async with await town.work() as work:
        with pytest.raises(Unauthenticated):
            await load_actor(work, manager)
        assert (await return_person(work, manager)).left_on is None
    async with await town.work("manager") as work:
        assert work.allows("goals.edit", at=town.units["home_care"].id)


async def test_ending_someone_twice_keeps_the_first_day(town):
    async with await town.work() as work:
        person = await end_person(work, town.people["manager"].id)
        first = person.left_on
        assert (await end_person(work, person.id)).left_on == first


async def test_the_last_full_administrator_stays(town):
    before = await register(town)
    own = town.people["administrator"].id
    async with await town.work() as work:
        [grant] = await work.scalars(select(RoleGrant).where(RoleGrant.person_id == own))
        with pytest.raises(Conflict, match="sista"):
            await end_person(work, own)
        with pytest.raises(Conflict, match="sista"):
            await withdraw_role(work, grant.id)

    assert await register(town) == before


async def test_one_who_has_left_does_not_count_as_a_full_administrator(town):
    own, other = town.people["administrator"].id, town.people["employee"].id
    async with await town.work() as work:
        await grant_role(work, other, role="full_administrator")
        await end_person(work, other)
        with pytest.raises(Conflict, match="sista"):
            await end_person(work, own)
        await return_person(work, other)
        assert (await end_person(work, own)).left_on == work.today


async def test_two_full_administrators_cannot_end_each_other_at_once(town):
    async with await town.work() as work:
        await grant_role(work, town.people["employee"].id, role="full_administrator")

    async def end(who, whom):
        async with await town.work(who) as work:
            await end_person(work, town.people[whom].id)

    outcomes = await asyncio.gather(
        end("administrator", "employee"), end("employee", "administrator"), return_exceptions=True
    )

    assert sorted(type(outcome) for outcome in outcomes if outcome) == [Conflict]


async def test_a_local_administrator_does_not_touch_those_who_may_do_more(town):
    before = await register(town)
    async with await town.work("local") as work:
        for who in ("administrator", "auditor"):
            person = town.people[who].id
            for attempt in (
                change_person(work, person, email="taken.over@a.example"),
                end_person(work, person),
                return_person(work, person),
            ):
                with pytest.raises(Forbidden):
                    await attempt
    assert await register(town) == before

    async with await town.work("local") as work:
        assert (await change_person(work, town.people["manager"].id, name="Mo")).name == "Mo"
        await add_person(work, name="Ny", email="ny@a.example")


async def test_a_local_administrator_does_not_choose_who_reviews_the_log(town):
    """Neither oneself, nor somebody else: what is done in the own units is in that log."""
    home_care, employee = town.units["home_care"].id, town.people["employee"].id
    async with await town.work("local") as work:
        for id in (town.people["local"].id, employee):
            with pytest.raises(Forbidden):
                await grant_role(work, id, role="reviewer", unit_id=home_care)
            await grant_role(work, id, role="contributor", unit_id=home_care)
    async with await town.work() as work:
        given = await grant_role(work, employee, role="reviewer", unit_id=home_care)
    async with await town.work("local") as work:
        with pytest.raises(Forbidden):
            await withdraw_role(work, given.id)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("who", ["employee", "manager", "auditor"])
async def test_others_do_not_touch_the_register(town, who, call):
    before = await register(town)
    async with await town.work(who) as work:
        with pytest.raises(Forbidden):
            await CALLS[call](work, town.people[who].id)

    assert await register(town) == before


@pytest.mark.parametrize("call", [name for name in CALLS if name != "add"])
async def test_another_municipality_cannot_tell_the_person_exists(town, other_town, call):
    before = await register(town)
    async with await other_town.work() as work:
        with pytest.raises(NotFound) as foreign:
            await CALLS[call](work, town.people["manager"].id)
        with pytest.raises(NotFound) as absent:
            await CALLS[call](work, uuid7())

    assert str(foreign.value) == str(absent.value)
    assert await register(town) == before


async def test_nobody_gives_away_more_than_they_hold(town):
    before = await register(town)
    person, home_care = town.people["employee"].id, town.units["home_care"].id
    async with await town.work("local") as work:
        for role, unit in (
            ("contributor", None),
            ("contributor", town.units["committee"].id),
            ("full_administrator", None),
            ("auditor", None),
        ):
            with pytest.raises(Forbidden):
                await grant_role(work, person, role=role, unit_id=unit)
        for role, unit in (("nonsense", home_care), ("auditor", home_care), ("employee", None)):
            with pytest.raises(InvalidInput):
                await grant_role(work, person, role=role, unit_id=unit)
        with pytest.raises(NotFound):
            await grant_role(work, person, role="contributor", unit_id=uuid7())
    assert await register(town) == before

    async with await town.work("local") as work:
        first = await grant_role(work, person, role="contributor", unit_id=home_care)
        again = await grant_role(work, person, role="contributor", unit_id=home_care)
        assert first.id == again.id
        assert await withdraw_role(work, first.id) == person
    assert await register(town) == before


async def test_permissions_are_told_with_where_they_hold(town):
    home_care = town.units["home_care"].id

    async def told(who):
        async with await town.work(who, write=False) as work:
            return {own.name: own for own in own_permissions(work)}

    manager = await told("manager")
    assert manager["goals.edit"] == Permitted("goals.edit", False, (home_care,))
    assert manager["goals.read"] == Permitted("goals.read", True, ())
    assert manager["jobs.read"] == Permitted("jobs.read", False, ())
    assert "organisation.edit" not in manager
    administrator = await told("administrator")
    assert administrator["organisation.edit"] == Permitted("organisation.edit", True, ())
    assert (await told("auditor"))["jobs.read"] == Permitted("jobs.read", True, ())


async def test_no_role_gives_no_permission(town):
    async with await town.work() as work:
        work.actor = Actor(id=uuid7(), name="")
        assert own_permissions(work) == []


async def test_the_last_full_administrators_cannot_leave_together(town):
    async with await town.work() as work:
        await grant_role(work, town.people["employee"].id, role="full_administrator")
        both = select(Person).where(
            Person.id.in_([town.people[who].id for who in ("administrator", "employee")])
        )
        with pytest.raises(Conflict, match="sista"):
            await end_people(work, await work.scalars(both))
        assert {person.left_on for person in await work.scalars(both)} == {None}
