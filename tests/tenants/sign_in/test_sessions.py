from datetime import timedelta

import pytest
from sqlalchemy import func, select

from roder.infra.errors import Forbidden, NotFound, SessionEnded, Unauthenticated
from roder.tenants.actors import service
from roder.tenants.entry import enter
from roder.tenants.keys import digest
from roder.tenants.models import UserSession
from roder.tenants.municipality import SettingsRefused, save_settings
from roder.tenants.people import end_person
from roder.tenants.rows import uuid7
from roder.tenants.sign_in.session_settings import (
    ORGANISATION,
    SessionSettings,
    session_settings,
)
from roder.tenants.sign_in.sessions import (
    close_session,
    close_sessions_of,
    end_session,
    find_session,
    in_words,
    own_sessions,
    sessions_of,
    start_session,
)
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


async def pass_time(town, **by):
    """As if it were that much later for every session."""
    async with await town.work() as work:
        for session in await work.scalars(select(UserSession)):
            session.last_seen_at -= timedelta(**by)
            session.expires_at -= timedelta(**by)


async def last_seen(town):
    async with await town.work(write=False) as work:
        [session] = await work.scalars(select(UserSession))
    return session.last_seen_at


async def test_a_session_that_nobody_uses_ends_after_an_hour(town):
    key = await signed_in(town)
    await pass_time(town, minutes=59)
    await enter(town.runtime, town.tenant.slug, session=key, by_hand=False)
    await pass_time(town, minutes=1)

    with pytest.raises(SessionEnded, match="Du har varit borta i 60 minuter"):
        await enter(town.runtime, town.tenant.slug, session=key)


async def test_a_municipality_chooses_how_long_one_may_be_away(town, other_town):
    key, foreign = await signed_in(town), await signed_in(other_town)
    async with await town.work() as work:
        await save_settings(work, ORGANISATION, SessionSettings, values={"idle_minutes": 15})
    await pass_time(town, minutes=14)
    await enter(town.runtime, town.tenant.slug, session=key, by_hand=False)
    await pass_time(town, minutes=1)
    await pass_time(other_town, minutes=59)

    with pytest.raises(SessionEnded, match="Du har varit borta i 15 minuter"):
        await enter(town.runtime, town.tenant.slug, session=key)
    async with await town.work("manager", write=False) as work:
        assert await own_sessions(work) == []
    await enter(other_town.runtime, other_town.tenant.slug, session=foreign)


async def test_a_longer_time_away_holds_for_who_is_signed_in_already(town):
    key = await signed_in(town)
    await pass_time(town, minutes=100)
    async with await town.work() as work:
        await save_settings(work, ORGANISATION, SessionSettings, values={"idle_minutes": 480})

    await enter(town.runtime, town.tenant.slug, session=key)

    async with await town.work("manager", write=False) as work:
        assert len(await own_sessions(work)) == 1


@pytest.mark.parametrize("minutes", [14, 481, 0, -60, "alltid", None, 15.5])
async def test_the_time_away_has_bounds(town, minutes):
    async with await town.work() as work:
        with pytest.raises(SettingsRefused) as refused:
            await save_settings(
                work, ORGANISATION, SessionSettings, values={"idle_minutes": minutes}
            )
        assert [fault.field for fault in refused.value.faults] == ["idle_minutes"]

    async with await town.work(write=False) as work:
        assert await session_settings(work) == SessionSettings(idle_minutes=60)


async def test_a_session_that_is_used_ends_after_twelve_hours_all_the_same(town):
    key = await signed_in(town)
    for _ in range(14):
        await pass_time(town, minutes=50)
        await enter(town.runtime, town.tenant.slug, session=key)
    await pass_time(town, minutes=20)

    with pytest.raises(SessionEnded, match="inte inloggad längre"):
        await enter(town.runtime, town.tenant.slug, session=key)


async def test_use_is_noted_once_a_minute_and_what_a_page_asks_by_itself_is_none(town):
    key = await signed_in(town)
    began = await last_seen(town)
    await enter(town.runtime, town.tenant.slug, session=key)
    assert await last_seen(town) == began

    await pass_time(town, seconds=61)
    earlier = await last_seen(town)
    await enter(town.runtime, town.tenant.slug, session=key, by_hand=False)
    assert await last_seen(town) == earlier

    await enter(town.runtime, town.tenant.slug, session=key)
    noted = await last_seen(town)
    assert noted > earlier
    await enter(town.runtime, town.tenant.slug, session=key)
    assert await last_seen(town) == noted


async def test_a_session_that_has_ended_is_not_woken_by_use(town):
    key = await signed_in(town)
    await pass_time(town, minutes=61)
    before = await last_seen(town)

    for _ in range(2):
        with pytest.raises(SessionEnded):
            await enter(town.runtime, town.tenant.slug, session=key)

    assert await last_seen(town) == before


WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"{WINDOWS} Chrome/131.0.0.0 Safari/537.36", "Chrome på Windows"),
        (f"{WINDOWS} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.51", "Edge på Windows"),
        (f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1", "Safari på iOS"),
        (f"{IPHONE} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1", "Chrome på iOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Firefox/132.0", "Firefox på Linux"),
        ("Mozilla/5.0 (Android 14; Mobile; rv:132.0) Firefox/132.0", "Firefox på Android"),
        ("curl/8.5.0", "Okänd webbläsare"),
        ("", "Okänd webbläsare"),
        ("x" * 100_000, "Okänd webbläsare"),
    ],
)
async def test_of_a_browser_two_words_are_kept(town, agent, words):
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        await start_session(work, town.people["manager"].id, agent=agent)

    async with await town.work("manager", write=False) as work:
        [session] = await own_sessions(work)
    assert in_words(session) == words


async def test_one_sees_where_one_is_signed_in_and_ends_it(town):
    first, second = await signed_in(town), await signed_in(town)
    await signed_in(town, "employee")
    async with await town.work("manager") as work:
        seen = await own_sessions(work)
        assert {session.person_id for session in seen} == {town.people["manager"].id}
        [old] = [session for session in seen if session.digest == digest(first)]
        await close_session(work, old.id)
        assert [session.digest for session in await own_sessions(work)] == [digest(second)]

    with pytest.raises(SessionEnded):
        await enter(town.runtime, town.tenant.slug, session=first)
    await enter(town.runtime, town.tenant.slug, session=second)


async def test_the_list_has_no_session_that_is_over(town):
    for minutes, hours in ((61, 0), (0, 13)):
        await signed_in(town)
        await pass_time(town, minutes=minutes, hours=hours)
    ended = await signed_in(town)
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        await end_session(work, ended)

    async with await town.work("manager", write=False) as work:
        assert await own_sessions(work) == []


async def test_a_colleagues_session_is_not_seen_and_not_ended(town):
    key = await signed_in(town, "employee")
    [id] = await ids(town)
    async with await town.work("manager") as work:
        with pytest.raises(NotFound):
            await close_session(work, id)
        with pytest.raises(Forbidden):
            await sessions_of(work, town.people["employee"].id)
        with pytest.raises(Forbidden):
            await close_sessions_of(work, town.people["employee"].id)
        assert await find_session(work, id) is None

    await enter(town.runtime, town.tenant.slug, session=key)


async def test_an_administrator_ends_the_sessions_of_someone(town):
    keys = [await signed_in(town) for _ in range(2)]
    other = await signed_in(town, "employee")
    async with await town.work() as work:
        assert len(await sessions_of(work, town.people["manager"].id)) == 2
        await close_sessions_of(work, town.people["manager"].id)
        assert await sessions_of(work, town.people["manager"].id) == []

    for key in keys:
        with pytest.raises(SessionEnded):
            await enter(town.runtime, town.tenant.slug, session=key)
    await enter(town.runtime, town.tenant.slug, session=other)


async def test_a_local_administrator_ends_sessions_within_the_own_units_only(town):
    key, above = await signed_in(town), await signed_in(town, "administrator")
    async with await town.work("local") as work:
        for_above = await work.first(
            select(UserSession.id).where(UserSession.digest == digest(above))
        )
        await close_sessions_of(work, town.people["manager"].id)
        with pytest.raises(Forbidden):
            await sessions_of(work, town.people["administrator"].id)
        with pytest.raises(Forbidden):
            await close_session(work, for_above)
        assert await find_session(work, for_above) is None

    with pytest.raises(SessionEnded):
        await enter(town.runtime, town.tenant.slug, session=key)
    await enter(town.runtime, town.tenant.slug, session=above)


async def test_a_session_of_another_municipality_is_as_absent(town, other_town):
    key = await signed_in(other_town)
    [foreign] = await ids(other_town)
    async with await town.work() as work:
        with pytest.raises(NotFound) as refused:
            await close_session(work, foreign)
        with pytest.raises(NotFound) as absent:
            await close_session(work, uuid7())
    assert str(refused.value) == str(absent.value)
    await enter(other_town.runtime, other_town.tenant.slug, session=key)


async def ids(town):
    async with await town.work(write=False) as work:
        return await work.scalars(select(UserSession.id))
