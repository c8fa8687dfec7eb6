"""Coming in: which municipality, and who."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from roder.infra.errors import NotFound, Unauthenticated
from roder.tenants.actors import EMPLOYEE, Grant
from roder.tenants.entry import all_tenants, enter, find_tenant, load_actor, load_tenant
from roder.tenants.models import Person, UnitKind, UserSession
from roder.tenants.people import end_person, grant_role
from roder.tenants.rows import uuid7
from roder.tenants.sign_in.sessions import end_session, start_session
from roder.tenants.tree.units import add_unit, change_unit


async def sign_in(town, who="employee"):
    async with await town.work() as work:
        return await start_session(work, town.people[who].id)


async def come_in(town, **keys):
    return await enter(town.runtime, town.tenant.slug, **keys)


async def test_a_session_lets_its_person_in_with_the_modules_that_are_on(town):
    entered = await come_in(town, session=await sign_in(town))

    assert entered.actor.id == town.people["employee"].id
    assert entered.actor.scopes is None
    assert entered.tenant.modules == {"goals", "reports"}


async def test_nobody_comes_in_without_a_key(town):
    with pytest.raises(Unauthenticated):
        await come_in(town)


async def test_a_session_that_has_ended_or_expired_lets_nobody_in(town):
    ended, expired = await sign_in(town), await sign_in(town)
    async with await town.work() as work:
        await end_session(work, ended)
        await end_session(work, ended)
        await end_session(work, "nonsense")
    with pytest.raises(Unauthenticated):
        await come_in(town, session=ended)
    await come_in(town, session=expired)
    async with await town.work() as work:
        past = work.now - timedelta(seconds=1)
        await work.execute(update(UserSession).values(expires_at=past))
    with pytest.raises(Unauthenticated):
        await come_in(town, session=expired)


async def test_a_session_of_another_municipality_lets_nobody_in(town, other_town):
    key = await sign_in(town)
    with pytest.raises(Unauthenticated) as foreign:
        await come_in(other_town, session=key)
    with pytest.raises(Unauthenticated) as absent:
        await come_in(other_town, session="nonsense")

    assert str(foreign.value) == str(absent.value)


async def test_a_municipality_that_is_not_here_is_not_found(runtime):
    for attempt in (
        enter(runtime, "finns-inte", bearer="x"),
        find_tenant(runtime, "finns-inte"),
        load_tenant(runtime, uuid7()),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_one_who_has_left_is_out_from_that_day_and_not_before(town):
    key = await sign_in(town)
    person = town.people["employee"].id
    async with await town.work() as work:
        tomorrow = work.today + timedelta(days=1)
        await work.execute(update(Person).where(Person.id == person).values(left_on=tomorrow))
    assert (await come_in(town, session=key)).actor.id == person

    async with await town.work() as work:
        await work.execute(update(Person).where(Person.id == person).values(left_on=work.today))
    with pytest.raises(Unauthenticated):
        await come_in(town, session=key)


async def test_nobody_is_signed_in_who_has_left_or_is_not_of_here(town, other_town):
    async with await town.work() as work:
        await end_person(work, town.people["employee"].id)
        for person in (town.people["employee"].id, other_town.people["employee"].id, uuid7()):
            with pytest.raises(Unauthenticated):
                await start_session(work, person)


async def test_everyone_is_an_employee_and_a_role_reaches_what_is_below_today(town):
    home_care = town.units["home_care"].id
    async with await town.work() as work:
        team = await add_unit(
            work, code="team", name="Team", kind=UnitKind.UNIT, parent_id=home_care
        )
        actor = await load_actor(work, town.people["manager"].id)
        assert actor.grants == (
            Grant(EMPLOYEE),
            Grant("contributor", home_care, frozenset({home_care, team.id})),
        )
        elsewhere = town.units["school_board"].id
        await change_unit(work, team.id, from_date=work.today, parent_id=elsewhere)
        actor = await load_actor(work, town.people["manager"].id)
        assert actor.grants[1].reach == {home_care}


async def test_a_role_for_the_whole_municipality_reaches_every_unit(town):
    async with await town.work() as work:
        await grant_role(work, town.people["employee"].id, role="contributor")
        actor = await load_actor(work, town.people["employee"].id)

    assert actor.grants == (Grant(EMPLOYEE), Grant("contributor", None, None))


async def test_a_language_that_is_gone_becomes_swedish(town):
    person = town.people["employee"].id
    async with await town.work() as work:
        await work.execute(update(Person).where(Person.id == person).values(locale="de"))
        assert (await load_actor(work, person)).locale == "sv"


async def test_all_municipalities_are_told_without_their_modules(town, other_town):
    found = {tenant.id: tenant for tenant in await all_tenants(town.runtime)}

    for one in (town, other_town):
        assert found[one.tenant.id] == replace(one.tenant, modules=frozenset())
