"""Roles with an end and a history, handed on for a while, and the auditor who has no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from roder.infra.errors import Conflict, InvalidInput, NotFound
from roder.platform.asked import who_is_asked
from roder.tenants.delegations import (
    delegate_roles,
    delegations_of,
    end_delegation,
    own_delegations,
    own_roles,
)
from roder.tenants.entry import enter
from roder.tenants.grants import GrantSource, give
from roder.tenants.loading import load_actor
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.models import Person, RoleGrant
from roder.tenants.people import end_person, grant_role, return_person, withdraw_role
from roder.tenants.sign_in.sessions import start_session

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


async def roles_at(town, who, moment):
    async with await town.work(write=False) as work:
        work.now = moment
        actor = await load_actor(work, town.people[who].id)
        return {grant.role for grant in actor.grants} - {"employee"}, actor.until


async def test_a_role_counts_from_its_first_moment_up_to_its_last(town):
    begins, ends = datetime.now(UTC) + DAY, datetime.now(UTC) + 3 * DAY
    async with await town.work() as work:
        await grant_role(
            work,
            town.people["employee"].id,
            role="contributor",
            unit_id=town.units["home_care"].id,
            valid_from=begins,
            valid_to=ends,
        )

    assert await roles_at(town, "employee", begins - TICK) == (set(), begins)
    assert await roles_at(town, "employee", begins) == ({"contributor"}, ends)
    assert await roles_at(town, "employee", ends - TICK) == ({"contributor"}, ends)
    assert await roles_at(town, "employee", ends) == (set(), None)


async def test_whoever_is_remembered_is_asked_anew_when_a_role_ends(town):
    ends = datetime.now(UTC) + timedelta(seconds=50)
    async with await town.work() as work:
        await grant_role(work, town.people["employee"].id, role="contributor", valid_to=ends)
        key = await start_session(work, town.people["employee"].id)

    entered = await enter(town.runtime, town.tenant.slug, session=key)

    assert entered.until == ends


async def test_a_role_that_is_taken_back_stays_as_history_and_in_the_log(town):
    person, administrator = town.people["employee"].id, town.people["administrator"].id
    async with await town.work() as work:
        grant = await grant_role(work, person, role="contributor", reason="Vikariat")
    async with await town.work() as work:
        await withdraw_role(work, grant.id)

    async with await town.work() as work:
        kept = await work.get(RoleGrant, grant.id)
        assert (kept.granted_by, kept.ended_by) == (administrator, administrator)
        assert kept.created_at < kept.ended_at
        assert (kept.source, kept.reason) == ("hand", "Vikariat")
        with pytest.raises(NotFound):
            await withdraw_role(work, grant.id)
        logged = await work.scalars(
            select(LogEntry).where(LogEntry.kind == "role_grant").order_by(LogEntry.seq)
        )
    assert [(e.action, e.person_id, e.about, e.records, e.detail) for e in logged] == [
        (action, administrator, [person], [grant.id], {"role": "contributor", "source": "hand"})
        for action in (Action.GRANT, Action.WITHDRAW)
    ]


async def test_other_times_replace_those_that_stood(town):
    person = town.people["employee"].id
    ends = datetime.now(UTC) + DAY
    async with await town.work() as work:
        first = await grant_role(work, person, role="contributor")
        again = await grant_role(work, person, role="contributor")
        other = await grant_role(work, person, role="contributor", valid_to=ends)
        assert first.id == again.id != other.id

    async with await town.work(write=False) as work:
        standing = await work.scalars(
            select(RoleGrant.id).where(RoleGrant.person_id == person, RoleGrant.ended_at.is_(None))
        )
        assert list(standing) == [other.id]


async def test_the_database_holds_one_role_of_a_kind_at_a_time(town):
    person = town.people["employee"].id
    with pytest.raises((IntegrityError, Conflict)):
        async with await town.work() as work:
            work.add(*(RoleGrant(person_id=person, role="contributor") for _twice in range(2)))

    async with await town.work() as work:
        for source in GrantSource.HAND, GrantSource.SCIM, GrantSource.CLAIMS:
            await give(work, person, role="contributor", source=source)


@pytest.mark.parametrize("ends", [-DAY, timedelta(0)])
async def test_a_role_ends_after_now(town, ends):
    async with await town.work() as work:
        with pytest.raises(InvalidInput) as refused:
            await grant_role(
                work, town.people["employee"].id, role="contributor", valid_to=work.now + ends
            )
    assert refused.value.field == "to"


async def test_the_last_full_administrator_is_one_who_stays(town):
    own = town.people["administrator"].id
    async with await town.work() as work:
        ending = work.now + DAY
        with pytest.raises(Conflict):
            await grant_role(work, own, role="full_administrator", valid_to=ending)
        await grant_role(
            work, town.people["manager"].id, role="full_administrator", valid_to=ending
        )
        held = await work.first(
            select(RoleGrant).where(
                RoleGrant.person_id == own, RoleGrant.role == "full_administrator"
            )
        )
        with pytest.raises(Conflict):
            await withdraw_role(work, held.id)


async def test_an_auditor_has_no_other_role(town):
    async with await town.work() as work:
        with pytest.raises(Conflict):
            await grant_role(work, town.people["auditor"].id, role="contributor")
        with pytest.raises(Conflict):
            await grant_role(work, town.people["manager"].id, role="auditor")


async def hand_on(town, *, days=7, begins=None, giver="manager", taker="employee"):
    async with await town.work(giver) as work:
        roles = [grant.id for grant in await own_roles(work)]
        return await delegate_roles(
            work,
            grant_ids=roles,
            colleague_id=town.people[taker].id,
            valid_from=begins,
            valid_to=work.now + days * DAY,
            reason="Semester",
        )


async def test_a_role_is_handed_on_for_a_while_and_ends_by_itself(town):
    (grant,) = await hand_on(town)
    home_care = town.units["home_care"].id

    actor = await town.actor("employee")

    assert [(g.role, g.unit_id) for g in actor.grants[1:]] == [("contributor", home_care)]
    assert actor.until == grant.valid_to
    assert await roles_at(town, "employee", grant.valid_to) == (set(), None)
    assert (await roles_at(town, "manager", grant.valid_to))[0] == {"contributor"}
    for who, shown in (("manager", own_delegations), ("employee", own_delegations)):
        async with await town.work(who, write=False) as work:
            (told,) = await shown(work)
            assert (told.giver, told.taker, told.counts) == ("Mona Chef", "Elis Anställd", True)


async def test_what_is_handed_on_falls_with_the_role_at_once(town):
    await hand_on(town)
    async with await town.work() as work:
        held = await work.first(
            select(RoleGrant).where(RoleGrant.person_id == town.people["manager"].id)
        )
        await withdraw_role(work, held.id)

    assert (await town.actor("employee")).grants[1:] == ()


async def test_what_is_handed_on_ends_no_later_than_the_role(town):
    ends = datetime.now(UTC) + 2 * DAY
    async with await town.work() as work:
        await grant_role(
            work,
            town.people["manager"].id,
            role="contributor",
            unit_id=town.units["home_care"].id,
            valid_to=ends,
        )
    await hand_on(town, days=30)

    assert await roles_at(town, "employee", ends - TICK) == ({"contributor"}, ends)
    assert (await roles_at(town, "employee", ends))[0] == set()


async def test_what_is_handed_on_rests_while_the_giver_is_gone(town):
    await hand_on(town)
    async with await town.work() as work:
        await end_person(work, town.people["manager"].id)
    assert (await town.actor("employee")).grants[1:] == ()

    async with await town.work() as work:
        await return_person(work, town.people["manager"].id)
    assert len((await town.actor("employee")).grants) == 2


async def test_what_was_handed_to_one_cannot_be_handed_further(town):
    (handed,) = await hand_on(town)
    async with await town.work("employee") as work:
        assert await own_roles(work) == []
        with pytest.raises(NotFound):
            await delegate_roles(
                work,
                grant_ids=[handed.id],
                colleague_id=town.people["local"].id,
                valid_from=None,
                valid_to=work.now + DAY,
            )


@pytest.mark.parametrize("who", ["manager", "employee", "administrator", "local"])
async def test_giver_taker_and_administrators_can_end_it(town, who):
    (handed,) = await hand_on(town)
    async with await town.work(who) as work:
        ended = await end_delegation(work, handed.id)

    assert ended.ended_by == town.people[who].id
    assert (await town.actor("employee")).grants[1:] == ()


async def test_it_is_nobody_elses(town):
    (handed,) = await hand_on(town)
    async with await town.work("administrator") as work:
        work.add(other := Person(name="Ola Annan", email="ola@a.example"))
        await work.flush()
        own = await work.first(
            select(RoleGrant).where(RoleGrant.person_id == town.people["manager"].id)
        )
        assert [d.grant.id for d in await delegations_of(work, town.people["manager"].id)] == [
            handed.id
        ]
    town.people["other"] = other
    async with await town.work("other") as work:
        for id in (handed.id, own.id):
            with pytest.raises(NotFound):
                await end_delegation(work, id)
        assert await own_delegations(work) == []
    assert len((await town.actor("employee")).grants) == 2


async def test_bad_delegations_are_refused_and_nothing_is_given(town):
    async with await town.work("manager") as work:
        (own,) = await own_roles(work)
        good = {
            "grant_ids": [own.id],
            "colleague_id": town.people["employee"].id,
            "valid_from": None,
            "valid_to": work.now + DAY,
        }
        for bad, kind in (
            ({"grant_ids": []}, InvalidInput),
            ({"colleague_id": town.people["manager"].id}, InvalidInput),
            ({"colleague_id": own.id}, NotFound),
            ({"colleague_id": town.people["auditor"].id}, Conflict),
            ({"valid_to": work.now - DAY}, InvalidInput),
            ({"valid_to": work.now + 400 * DAY}, InvalidInput),
        ):
            with pytest.raises(kind):
                await delegate_roles(work, **{**good, **bad})
    async with await town.work(write=False) as work:
        assert await work.first(select(RoleGrant).where(RoleGrant.source == "delegated")) is None


async def test_tasks_of_the_one_who_is_away_are_also_the_colleagues(town):
    home_care = town.units["home_care"].id
    manager, employee = town.people["manager"].id, town.people["employee"].id
    await hand_on(town)

    async with await town.work(write=False) as work:
        asked = await who_is_asked(work, people=[employee], outcome_days=0, ahead_days=0)
    people, _because = asked.whose("goals.edit", home_care, responsible_id=manager)

    assert people == {manager, employee}
    assert asked.answering_for(frozenset({employee})) == {manager, employee}
    local = town.people["local"].id
    assert asked.nearest("goals.edit", home_care) == {manager, employee, local}
