"""Seeing as somebody else: with a reason, reading only, no more than one's own, and told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from roder.infra.errors import Conflict, Forbidden, InvalidInput
from roder.tenants.entry import enter
from roder.tenants.feedback import tell_fault
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.models import Feedback, RoleGrant
from roder.tenants.people import end_person, grant_role, withdraw_role
from roder.tenants.seeing import begin_seeing, end_seeing, who_saw_as, who_saw_as_me
from roder.tenants.seeing_models import SeeAs
from roder.tenants.sign_in.sessions import start_session
from roder.tenants.work import open_work

WHY = "Elis ser inte sitt mål"


@pytest.fixture
async def key(town):
    async with await town.work() as work:
        return await start_session(work, town.people["administrator"].id)


async def come(town, key):
    return await enter(town.runtime, town.tenant.slug, session=key)


async def see_as(town, key, who="employee", reason=WHY):
    entered = await come(town, key)
    async with open_work(town.runtime, entered.tenant, entered.actor, write=True) as work:
        return await begin_seeing(work, town.people[who].id, reason=reason)


async def test_an_administrator_sees_as_somebody_and_reads_only(town, key):
    seeing = await see_as(town, key)

    entered = await come(town, key)

    actor = entered.actor
    assert actor.id == town.people["employee"].id
    assert actor.behind == town.people["administrator"].id
    assert [grant.role for grant in actor.grants] == ["employee"]
    assert entered.until <= seeing.until
    assert actor.until == seeing.until
    with pytest.raises(Forbidden, match="Du ser tjänsten som Elis Anställd"):
        async with open_work(town.runtime, entered.tenant, actor, write=True) as work:
            await tell_fault(work, page="/", text="x")
    async with await town.work(write=False) as work:
        assert await work.first(select(func.count(Feedback.id))) == 0


async def test_what_is_read_and_refused_meanwhile_carries_both(town, key):
    await see_as(town, key)
    entered = await come(town, key)
    async with open_work(town.runtime, entered.tenant, entered.actor, write=False) as work:
        work.note(Action.READ, "person", about=[town.people["manager"].id])
    with pytest.raises(Forbidden):
        async with open_work(town.runtime, entered.tenant, entered.actor, write=True):
            pass

    async with await town.work(write=False) as work:
        logged = await work.scalars(
            select(LogEntry).where(LogEntry.behind_id.is_not(None)).order_by(LogEntry.seq)
        )
    both = (town.people["employee"].id, town.people["administrator"].id)
    assert [(e.action, e.person_id, e.behind_id) for e in logged] == [
        (Action.READ, *both),
        (Action.REFUSED, *both),
    ]


async def test_it_ends_by_hand_and_after_half_an_hour(town, key):
    seeing = await see_as(town, key)
    assert seeing.until - seeing.created_at <= timedelta(minutes=30)
    entered = await come(town, key)
    async with await town.work() as work:
        await end_seeing(work, entered.actor.session_id)
    assert (await come(town, key)).actor.id == town.people["administrator"].id

    again = await see_as(town, key)
    async with await town.work() as work:
        (await work.get(SeeAs, again.id)).until = work.now - timedelta(seconds=1)
    actor = (await come(town, key)).actor
    assert (actor.id, actor.behind, actor.looks_only) == (
        town.people["administrator"].id,
        None,
        False,
    )


async def test_it_falls_with_the_role_and_with_the_person(town, key):
    await see_as(town, key)
    async with await town.work() as work:
        await end_person(work, town.people["employee"].id)
    assert (await come(town, key)).actor.behind is None

    await see_as(town, key, "manager")
    async with await town.work() as work:
        await grant_role(work, town.people["local"].id, role="full_administrator")
    async with await town.work("local") as work:
        own = await work.first(
            select(RoleGrant).where(
                RoleGrant.person_id == town.people["administrator"].id,
                RoleGrant.ended_at.is_(None),
            )
        )
        await withdraw_role(work, own.id)
    actor = (await come(town, key)).actor
    assert (actor.id, actor.behind) == (town.people["administrator"].id, None)


async def test_nobody_sees_as_one_who_may_more_with_what_is_confidential(town, key):
    with pytest.raises(Forbidden, match="Rut Revisor"):
        await see_as(town, key, "auditor")

    await see_as(town, key, "employee")
    async with await town.work() as work:
        await grant_role(work, town.people["employee"].id, role="auditor")
    assert (await come(town, key)).actor.behind is None


async def test_it_takes_a_reason_a_browser_and_somebody_else(town, key):
    for reason in ("", "  ", "x"):
        with pytest.raises(InvalidInput):
            await see_as(town, key, reason=reason)
    with pytest.raises(Conflict):
        await see_as(town, key, "administrator")
    async with await town.work() as work:
        with pytest.raises(Forbidden):
            await begin_seeing(work, town.people["employee"].id, reason=WHY)
    for who in ("local", "manager", "auditor"):
        async with await town.work(who, write=False) as work:
            with pytest.raises(Forbidden):
                await begin_seeing(work, town.people["employee"].id, reason=WHY)
    async with await town.work(write=False) as work:
        assert await work.first(select(func.count(SeeAs.id))) == 0


async def test_whoever_was_seen_as_reads_by_whom_and_why(town, key):
    await see_as(town, key)

    async with await town.work("employee", write=False) as work:
        (told,) = await who_saw_as_me(work)
    assert (told.administrator, told.reason) == ("Asta Admin", WHY)
    async with await town.work("manager", write=False) as work:
        assert await who_saw_as_me(work) == []
        with pytest.raises(Forbidden):
            await who_saw_as(work, town.people["employee"].id)
