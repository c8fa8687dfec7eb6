from datetime import timedelta

import pytest
from sqlalchemy import func, select

from roder.infra.errors import Unauthenticated
from roder.tenants.actors import service
from roder.tenants.entry import enter
from roder.tenants.models import UserSession
from roder.tenants.people import end_person
from roder.tenants.sessions import end_session, start_session
from roder.tenants.work import open_work


async def signed_in(town, who="manager"):
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        return await start_session(work, town.people[who].id)


async def sessions(town):
    async with await town.work(write=False) as work:
        return await work.first(select(func.count(UserSession.id)))


async def test_a_session_lets_its_person_in(town):
    key = await signed_in(town)

    entered = await enter(town.runtime, town.tenant.slug, session=key)

    assert entered.actor.id == town.people["manager"].id
    assert entered.actor.scopes is None


async def test_the_key_of_a_session_is_kept_as_a_hash_only(town):
    key = await signed_in(town)

    async with await town.work(write=False) as work:
        [session] = await work.scalars(select(UserSession))
    assert key.encode() not in session.digest
    assert len(session.digest) == 32


async def test_nobody_comes_in_with_a_session_that_has_ended(town):
    key = await signed_in(town)
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        await end_session(work, key)
        await end_session(work, key)
        await end_session(work, "session_unknown")

    with pytest.raises(Unauthenticated, match="inte inloggad längre"):
        await enter(town.runtime, town.tenant.slug, session=key)


async def test_nobody_comes_in_with_a_session_of_yesterday(town):
    key = await signed_in(town)
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        [session] = await work.scalars(select(UserSession))
        session.expires_at = work.now - timedelta(seconds=1)

    with pytest.raises(Unauthenticated):
        await enter(town.runtime, town.tenant.slug, session=key)


async def test_a_session_holds_in_its_own_municipality_only(town, other_town):
    key = await signed_in(town)

    with pytest.raises(Unauthenticated):
        await enter(other_town.runtime, other_town.tenant.slug, session=key)


async def test_nobody_is_signed_in_in_a_municipality_that_is_not_theirs(town, other_town):
    with pytest.raises(Unauthenticated):
        async with open_work(town.runtime, town.tenant, service(), write=True) as work:
            await start_session(work, other_town.people["manager"].id)

    assert await sessions(town) == 0


async def test_someone_who_has_left_is_neither_signed_in_nor_stays_so(town):
    key = await signed_in(town)
    async with await town.work() as work:
        await end_person(work, town.people["manager"].id)

    with pytest.raises(Unauthenticated):
        await signed_in(town)
    with pytest.raises(Unauthenticated):
        await enter(town.runtime, town.tenant.slug, session=key)
    assert await sessions(town) == 1
