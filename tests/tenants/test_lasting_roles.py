"""Nobody gives a role for longer than the one it rests on, nor on what was only handed to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from roder.infra.errors import Forbidden, InvalidInput
from roder.tenants.delegations import delegate_roles, own_roles
from roder.tenants.models import ApiToken, Person, RoleGrant
from roder.tenants.people import change_person, grant_role
from roder.tenants.scim.groups import add_group, change_group
from roder.tenants.scim.mapping import add_group_role
from roder.tenants.scim.models import ScimGroupRole, ScimMember
from roder.tenants.sign_in.models import ClaimRule
from roder.tenants.sign_in.rules import add_claim_rule
from roder.tenants.sign_in.settings import change_sign_in_settings
from roder.tenants.tokens.tokens import create_token

ALL = "full_administrator"
TWO, FIVE = timedelta(days=2), timedelta(days=5)


@pytest.fixture
async def ending(town):
    """The manager is a full administrator for five days more; the moment it ends."""
    end = datetime.now(UTC) + FIVE
    async with await town.work() as work:
        await grant_role(work, town.people["manager"].id, role=ALL, valid_to=end)
    return end


async def hand_on(town, who, colleague):
    """All that somebody has, to a colleague for five days; the moment it ends."""
    end = datetime.now(UTC) + FIVE
    async with await town.work(who) as work:
        await delegate_roles(
            work,
            grant_ids=[grant.id for grant in await own_roles(work)],
            colleague_id=town.people[colleague].id,
            valid_from=None,
            valid_to=end,
        )
    return end


async def standing(town, who=None):
    async with await town.work(write=False) as work:
        chosen = select(RoleGrant).where(RoleGrant.ended_at.is_(None)).order_by(RoleGrant.id)
        if who is not None:
            chosen = chosen.where(RoleGrant.person_id == town.people[who].id)
        return [(row.person_id, row.role, row.valid_to) for row in await work.scalars(chosen)]


@pytest.mark.parametrize("whom", ["manager", "employee"])
async def test_a_role_for_a_time_gives_none_that_lasts_longer(town, ending, whom):
    person, before = town.people[whom].id, await standing(town)
    for end in (None, ending + TWO, ending + timedelta(microseconds=1)):
        for role in (ALL, "contributor"):
            with pytest.raises(InvalidInput) as refused:
                async with await town.work("manager") as work:
                    await grant_role(work, person, role=role, valid_to=end)
            assert refused.value.field == "to"
    assert await standing(town) == before

    async with await town.work("manager") as work:
        given = await grant_role(work, person, role=ALL, valid_to=ending)
    assert given.valid_to == ending


async def test_a_deputy_gives_the_role_that_was_handed_to_them_to_nobody(town):
    end = await hand_on(town, "administrator", "employee")
    before = await standing(town)
    for whom in ("employee", "manager"):
        for until in (None, end, end - TWO):
            with pytest.raises(Forbidden):
                async with await town.work("employee") as work:
                    await grant_role(work, town.people[whom].id, role=ALL, valid_to=until)
    with pytest.raises(InvalidInput):
        async with await town.work("employee") as work:
            await grant_role(work, town.people["manager"].id, role="contributor")
    assert await standing(town) == before

    async with await town.work("employee") as work:
        given = await grant_role(
            work, town.people["manager"].id, role="contributor", valid_to=end - TWO
        )
    assert given.valid_to == end - TWO


async def test_a_local_deputy_gives_the_local_role_to_nobody(town):
    end = await hand_on(town, "local", "employee")
    home_care = town.units["home_care"].id
    with pytest.raises(Forbidden):
        async with await town.work("employee") as work:
            await grant_role(
                work,
                town.people["employee"].id,
                role="local_administrator",
                unit_id=home_care,
                valid_to=end,
            )
    assert [(role, until) for _id, role, until in await standing(town, "employee")] == [
        ("local_administrator", end)
    ]


async def test_a_delegation_ends_no_later_than_the_role_that_is_handed_on(town, ending):
    async with await town.work("manager") as work:
        grants = [grant.id for grant in await own_roles(work) if grant.role == ALL]
        await delegate_roles(
            work,
            grant_ids=grants,
            colleague_id=town.people["employee"].id,
            valid_from=None,
            valid_to=ending + FIVE,
        )
    async with await town.work("employee", write=False) as work:
        assert {grant.until for grant in work.actor.grants if grant.role == ALL} == {ending}
        assert all(grant.handed_on for grant in work.actor.grants if grant.role == ALL)


async def test_rules_that_give_roles_for_good_are_made_by_those_whose_right_has_no_end(
    town, ending
):
    async with await town.work() as work:
        group = await add_group(work, display_name="IT", external_id=None, members=())
    attempts = (
        lambda work: add_group_role(work, group.id, role=ALL, whole_power=True),
        lambda work: add_group_role(work, group.id, role="contributor"),
        lambda work: add_claim_rule(work, claim="groups", pattern="it", role=ALL),
        lambda work: add_claim_rule(work, claim="groups", pattern="it", role="contributor"),
        lambda work: change_sign_in_settings(work, {"rules_on": True}),
        lambda work: change_sign_in_settings(work, {"full_administrator_by_rules": True}),
    )
    for attempt in attempts:
        with pytest.raises(InvalidInput):
            async with await town.work("manager") as work:
                await attempt(work)
    async with await town.work() as work:
        assert await work.scalars(select(ScimGroupRole)) == []
        assert await work.scalars(select(ClaimRule)) == []
        for attempt in attempts:
            await attempt(work)


async def test_a_right_that_ends_puts_nobody_in_a_group_that_gives_a_role(town, ending):
    own = town.people["manager"].id
    async with await town.work() as work:
        empty = await add_group(work, display_name="Fika", external_id=None, members=())
        group = await add_group(work, display_name="IT", external_id=None, members=())
        await add_group_role(work, group.id, role=ALL, whole_power=True)
    with pytest.raises(Forbidden):
        async with await town.work("manager") as work:
            await change_group(work, group.id, display_name="IT", external_id=None, members=[own])
    async with await town.work("manager") as work:
        assert await work.scalars(select(ScimMember)) == []
        await change_group(work, empty.id, display_name="Fika", external_id=None, members=[own])
    async with await town.work() as work:
        await change_group(work, group.id, display_name="IT", external_id=None, members=[own])
    assert (own, ALL, None) in await standing(town, "manager")


async def test_a_right_that_ends_makes_no_key_of_somebody_else_that_lasts_longer(town, ending):
    for days in (6, 365):
        with pytest.raises(InvalidInput) as refused:
            async with await town.work("manager") as work:
                await create_token(
                    work, name="Nyckel", person_id=town.people["administrator"].id, days=days
                )
        assert refused.value.field == "days"
    async with await town.work("manager") as work:
        assert await work.scalars(select(ApiToken)) == []
        await create_token(work, name="Kort", person_id=town.people["administrator"].id, days=4)
        # One of one's own falls with the role.
        await create_token(work, name="Egen", person_id=town.people["manager"].id)


async def test_nobody_makes_a_key_of_somebody_who_sees_more_than_they(town):
    with pytest.raises(Forbidden):
        async with await town.work() as work:
            await create_token(work, name="Nyckel", person_id=town.people["auditor"].id)
    async with await town.work() as work:
        assert await work.scalars(select(ApiToken)) == []


async def test_a_right_that_ends_does_not_change_the_address_of_who_stays(town, ending):
    """Who comes in by the address comes in for as long as the role lasts."""
    administrator, employee = town.people["administrator"], town.people["employee"].id
    with pytest.raises(Forbidden) as refused:
        async with await town.work("manager") as work:
            await change_person(work, administrator.id, email="tagen@a.example")
    assert refused.value.field == "email"
    async with await town.work("manager") as work:
        assert (await work.get(Person, administrator.id)).email == administrator.email
        await change_person(work, administrator.id, name="Ada Ny")
        await change_person(work, employee, email="ny.adress@a.example")
