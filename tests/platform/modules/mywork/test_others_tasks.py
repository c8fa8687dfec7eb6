"""Keys that stop, purges to decide and an erasure to confirm are asked of those who can do it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from planned import clients, words
from sqlalchemy import update

from roder.platform.modules.leavers import runs
from roder.platform.modules.leavers.models import Because
from roder.platform.modules.mywork.asking import tasks_for
from roder.platform.modules.mywork.words import wording
from roder.platform.modules.transfer import erasing
from roder.platform.modules.transfer.models import TenantErasure
from roder.tenants.models import ApiToken, Person, RoleGrant
from roder.tenants.rows import uuid7
from roder.tenants.tokens.tokens import change_token, create_token, revoke_token
from roder.tenants.work import STOCKHOLM

KINDS = ("renew_key", "decide_purge", "confirm_erasure")


async def asked(town, who: str) -> list[tuple[str, str, str]]:
    """Kind, title and last day of what is asked of somebody."""
    async with await town.work() as work:
        found = await tasks_for(work, [town.people[who].id])
    return [(t.kind.value, t.title, str(t.due_on or "")) for t in found if t.kind in KINDS]


async def add_person(town, name: str, role: str = "", unit: str | None = None) -> Person:
    async with await town.work() as work:
        person = Person(id=uuid7(), name=name, email=f"{name.lower()}@{town.tenant.slug}.example")
        work.add(person)
        await work.flush()
        if role:
            at = town.units[unit].id if unit else None
            work.add(RoleGrant(person_id=person.id, role=role, unit_id=at))
    town.people[name.lower()] = person
    return person


@pytest.fixture
def key(town):
    """`await key("administrator", days=14)`: the id of a key that is somebody's."""

    async def make(who: str, days: int):
        async with await town.work() as work:
            owner = town.people[who].id
            token = (await create_token(work, name="Kolada", person_id=owner, days=days)).token
        return token.id

    return make


@pytest.mark.parametrize(("days", "count"), [(14, 1), (16, 0)])
async def test_a_key_of_ones_own_is_asked_for_in_its_last_two_weeks(town, key, days, count):
    await key("administrator", days)
    async with await town.work(write=False) as work:
        ends = (work.now + timedelta(days=days)).astimezone(STOCKHOLM).date()

    assert await asked(town, "administrator") == [("renew_key", "Kolada", str(ends))] * count
    assert await asked(town, "manager") == []


async def test_a_key_is_not_asked_of_who_can_do_nothing_about_it(town, key):
    await key("manager", 10)

    assert await asked(town, "manager") == await asked(town, "administrator") == []


async def test_a_key_that_is_renewed_revoked_or_over_asks_for_nothing(town, key):
    renewed, revoked, over = [await key("administrator", 10) for _each in range(3)]
    async with await town.work() as work:
        await change_token(work, renewed, days=90)
        await revoke_token(work, revoked)
        past = update(ApiToken).where(ApiToken.id == over)
        await work.execute(past.values(expires_at=work.now - timedelta(seconds=1)))

    assert await asked(town, "administrator") == []


async def test_an_open_purge_is_asked_of_who_prepared_it_until_it_is_decided(town):
    await add_person(town, "Annan", "full_administrator")
    gone = await add_person(town, "Borta")
    async with await town.work() as work:
        run = await runs.open_run(work, [gone.id])
        day = work.now.astimezone(STOCKHOLM).date().isoformat()

    assert await asked(town, "administrator") == [("decide_purge", day, "")]
    assert await asked(town, "annan") == await asked(town, "manager") == []

    async with await town.work() as work:
        await runs.decide_run(work, run.id)
    assert await asked(town, "administrator") == []


async def test_a_purge_that_nobody_prepared_is_asked_of_all_who_may_decide_it(town):
    await add_person(town, "Annan", "full_administrator")
    async with await town.work() as work:
        run = await runs.start(work, Because.TIMETABLE, [])
        run.opened_by = None

    for who in ("administrator", "annan"):
        assert [kind for kind, *_rest in await asked(town, who)] == ["decide_purge"]
    assert await asked(town, "local") == await asked(town, "auditor") == []


async def test_a_local_administrator_is_asked_to_decide_the_own_purge(town):
    gone = await add_person(town, "Borta", "contributor", "home_care")
    async with await town.work("local") as work:
        await runs.open_run(work, [gone.id])

    assert [kind for kind, *_rest in await asked(town, "local")] == ["decide_purge"]
    assert await asked(town, "administrator") == []


async def test_an_erasure_is_asked_of_the_second_pair_of_eyes_until_it_is_confirmed(town):
    await add_person(town, "Annan", "full_administrator")
    async with await town.work() as work:
        erasure = await erasing.ask_for_erasure(work, reason="Vi byter tjänst")
        last = (work.now + timedelta(days=7)).astimezone(STOCKHOLM).date()
    await add_person(town, "Ny", "full_administrator")

    assert await asked(town, "annan") == [("confirm_erasure", "Vi byter tjänst", str(last))]
    assert await asked(town, "administrator") == await asked(town, "ny") == []

    async with await town.work("annan") as work:
        await erasing.confirm_erasure(work, erasure.id)
    assert await asked(town, "annan") == []


async def test_an_erasure_that_is_too_late_to_confirm_is_asked_of_nobody(town):
    await add_person(town, "Annan", "full_administrator")
    async with await town.work() as work:
        erasure = await erasing.ask_for_erasure(work, reason="Vi byter tjänst")
        then = update(TenantErasure).where(TenantErasure.id == erasure.id)
        await work.execute(then.values(created_at=work.now - timedelta(days=8)))
        grants = update(RoleGrant).where(RoleGrant.person_id == town.people["annan"].id)
        await work.execute(grants.values(created_at=work.now - timedelta(days=9)))

    assert await asked(town, "annan") == []


async def test_the_page_says_what_to_do_and_links_to_where_it_is_done(runtime, settings, town, key):
    await add_person(town, "Annan", "full_administrator")
    gone = await add_person(town, "Borta")
    await key("annan", 10)
    async with await town.work() as work:
        await erasing.ask_for_erasure(work, reason="Vi byter tjänst")
    async with await town.work("annan") as work:
        run = await runs.open_run(work, [gone.id])

    async with clients(runtime, settings, town) as enter:
        client = await enter("annan")
        page = await client.get("mitt-arbete")
        text = words(page)
        links = {
            end: f'href="/{town.tenant.slug}/{end}"' in page.text
            for end in (
                "installningar/nycklar",
                f"personuppgifter/gallring/{run.id}",
                "installningar/hela-kommunen/bekrafta",
            )
        }
        answers = [(await client.get(end)).status_code for end in links]

    assert all(links.values()), links
    assert answers == [200, 200, 200]
    for said in ("Kolada", "API-nyckel", "Gallring att besluta om", "Vi byter tjänst"):
        assert said in text


@pytest.mark.parametrize("locale", ["sv", "en"])
async def test_mails_say_them_in_both_languages(town, key, locale):
    from roder.infra.i18n import use_locale

    await key("administrator", 10)
    async with await town.work() as work:
        found = await tasks_for(work, [town.people["administrator"].id])
    with use_locale(locale):
        told = [wording(task) for task in found if task.kind in KINDS]

    said = {
        "sv": "Förnya API-nyckeln, eller låt den sluta gälla: Kolada",
        "en": "Renew the API key, or let it end: Kolada",
    }
    assert told == [said[locale]]
