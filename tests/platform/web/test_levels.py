"""Levels of assurance: what a part of the service asks for holds by every way into it."""

from dataclasses import replace
from io import BytesIO

import httpx
import pytest
from oidc_steps import at_provider, go, use
from sqlalchemy import select

from roder.infra.errors import Forbidden, InvalidInput, StepUp
from roder.tenants.actors import service
from roder.tenants.entry import enter, load_tenant
from roder.tenants.files import keep_upload
from roder.tenants.models import ModuleSettings, UserSession
from roder.tenants.sign_in.assurance import SIGN_IN
from roder.tenants.sign_in.sessions import SESSION_COOKIE, start_session
from roder.tenants.sign_in.settings import change_sign_in_settings, lockable, sign_in_settings
from roder.tenants.tokens.tokens import create_token
from roder.tenants.work import open_work
from roder.workers.jobs import job
from roder.workers.models import Job, JobState
from roder.workers.run import PACE, run_job

LOA3 = "http://id.elegnamnden.se/loa/1.0/loa3"
MODELS = "{ steeringModels { nodes { id } } }"
PEOPLE = "{ people(first: 5) { nodes { name } } }"


async def demand(town, programs=(), **levels):
    async with await town.work() as work:
        await change_sign_in_settings(work, {"levels": levels, "programs": list(programs)})


async def signed_in(client, town, who="manager", level=1):
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        key = await start_session(work, town.people[who].id, level=level)
    client.cookies.set(SESSION_COOKIE, key, path=f"/{town.tenant.slug}")
    return key


async def ask(client, town, query, **headers):
    answer = await client.post(
        f"/{town.tenant.slug}/graphql",
        json={"query": query},
        headers={"roder-plan": "1", **headers},
    )
    told = answer.json()
    if "errors" in told:
        return told["errors"][0]["extensions"]["code"]
    return told["extensions"]["plan"]


async def page(client, town, path, **headers):
    return await client.get(
        f"/{town.tenant.slug}/{path}", headers={"accept": "text/html", **headers}
    )


PLANNING = "hemtjanst-ost/2026/planering"


async def test_a_page_says_what_is_needed_and_lets_one_sign_in_again(client, town, provider):
    await use(provider, town, label="Freja")
    await demand(town, goals=3)
    await signed_in(client, town)

    refused = await page(client, town, PLANNING)

    assert refused.status_code == 403
    assert "Det här kräver en säkrare inloggning, med nivå 3." in refused.text
    assert "Du är inloggad med nivå 1." in refused.text
    assert "Logga in igen: Freja" in refused.text
    assert f'name="till" value="/{town.tenant.slug}/{PLANNING}"' in refused.text
    home = await page(client, town, "organisation")
    assert f"/{town.tenant.slug}/hemtjanst-ost/2026/planering" in home.text

    address = await go(client, town, niva="3", till=f"/{town.tenant.slug}/{PLANNING}")
    provider.sign, provider.claims = "RS256", {"acr": LOA3}
    back = await client.get(await at_provider(address, town.people["manager"].email))

    assert back.headers["location"].endswith(PLANNING)
    assert (await page(client, town, PLANNING)).status_code == 200
    async with await town.work(write=False) as work:
        rows = await work.scalars(select(UserSession).order_by(UserSession.id))
    assert [(row.level, row.ended_at is None) for row in rows] == [(1, False), (3, True)]


async def test_who_may_not_is_told_that_and_not_to_sign_in_again(client, town):
    await demand(town, tokens=3)
    await signed_in(client, town, "employee")

    refused = await page(client, town, "installningar/nycklar")

    assert refused.status_code == 403
    assert "säkrare inloggning" not in refused.text


async def test_a_plan_never_answers_for_what_the_session_is_too_low_for(client, town):
    await signed_in(client, town, level=2)
    assert await ask(client, town, MODELS) == "statement"

    await demand(town, goals=3)  # while the plan and the session are known
    assert await ask(client, town, MODELS) == "STEP_UP"
    await demand(town, goals=2)
    assert await ask(client, town, MODELS) == "statement"  # what was known is asked for anew
    await demand(town, goals=3)
    await signed_in(client, town, level=3)
    assert await ask(client, town, MODELS) == "statement"
    await signed_in(client, town, level=2)
    assert await ask(client, town, MODELS) == "STEP_UP"


async def test_what_every_municipality_has_can_ask_for_a_level_too(client, town):
    await signed_in(client, town, "administrator", level=2)
    assert await ask(client, town, PEOPLE) != "STEP_UP"

    await demand(town, people=3)

    assert await ask(client, town, PEOPLE) == "STEP_UP"
    assert (await page(client, town, "personer")).status_code == 403
    await signed_in(client, town, "administrator", level=3)
    assert (await page(client, town, "personer")).status_code == 200


async def test_a_program_is_let_in_only_where_the_municipality_says_so(client, town):
    async with await town.work() as work:
        made = await create_token(
            work, name="Prov", person_id=town.people["administrator"].id, scopes=["read", "write"]
        )
    bearer = {"authorization": f"Bearer {made.key}"}
    assert await ask(client, town, MODELS, **bearer) == "statement"

    await demand(town, goals=2)
    assert await ask(client, town, MODELS, **bearer) == "STEP_UP"
    await demand(town, goals=2, programs=["goals"])
    assert await ask(client, town, MODELS, **bearer) == "statement"


@job(name="goals.prov")
async def reads(work, run):
    work.require("goals.read")


@pytest.mark.parametrize(("level", "state"), [(1, JobState.FAILED), (3, JobState.DONE)])
async def test_a_job_is_held_to_the_level_of_the_session_that_began_it(town, level, state):
    actor = replace(await town.actor("manager"), level=level)
    async with open_work(town.runtime, town.tenant, actor, write=True) as work:
        begun = await reads.later(work)
    await demand(town, goals=3)

    kinds = {reads.name: reads}
    await run_job(town.runtime, kinds, tenant_id=town.tenant.id, job_id=begun.id, pace=PACE)

    async with await town.work(write=False) as work:
        done = await work.get(Job, begun.id)
    assert done.state == state
    assert ("nivå 3" in (done.problem or "")) is (state == JobState.FAILED)


@pytest.mark.parametrize(("level", "name"), [(1, None), (3, "mål.pdf")])
async def test_what_a_module_made_is_not_even_named_to_those_below_its_level(
    client, town, level, name
):
    """The both ways of answering a query are compared too, see `both_ways`."""
    async with await town.work("manager") as work:
        made = Job(kind="goals.export_plan", queue="exports", arguments={}, locale="sv")
        made.created_by = work.actor.id
        work.add(made)
        body = BytesIO(b"%PDF")
        file = await keep_upload(work, name="mål.pdf", media_type="application/pdf", body=body)
        file.job_id = made.id
    await demand(town, goals=3)
    await signed_in(client, town, level=level)

    answer = await client.post(
        f"/{town.tenant.slug}/graphql",
        json={"query": f'{{ file(id: "StoredFile:{file.id}") {{ name }} }}'},
        headers={"roder-plan": "1"},
    )
    fetched = await client.get(f"/{town.tenant.slug}/files/StoredFile:{file.id}")

    found = answer.json()
    assert found["extensions"]["plan"] == "statement"
    assert found["data"] == {"file": name and {"name": name}}
    assert fetched.status_code == (200 if name else 404)


async def test_the_service_itself_is_held_to_no_level(town):
    await demand(town, goals=4)
    tenant = await load_tenant(town.runtime, town.tenant.id)

    async with open_work(town.runtime, tenant, service(), write=False) as work:
        work.require("goals.read")
        assert work.tenant.locked == frozenset()


async def test_a_lock_is_one_for_rights_lists_and_searches(town):
    await demand(town, goals=3)
    key = None
    async with await town.work() as work:
        key = await start_session(work, town.people["manager"].id, level=2)
    entered = await enter(town.runtime, town.tenant.slug, session=key)

    async with open_work(town.runtime, entered.tenant, entered.actor, write=False) as work:
        assert work.allows("goals.read") is False
        assert work.allows("reports.read") is True
        assert work.tenant.modules == {"reports"}
        with pytest.raises(StepUp) as refused:
            work.require("goals.read")
    assert (refused.value.module, refused.value.level, refused.value.status) == ("goals", 3, 403)


async def test_nobody_asks_for_more_than_they_have_of_the_settings(client, town):
    key = await signed_in(client, town, "administrator", level=2)
    entered = await enter(town.runtime, town.tenant.slug, session=key)
    async with open_work(town.runtime, entered.tenant, entered.actor, write=True) as work:
        with pytest.raises(InvalidInput, match="stänga ute dig själv"):
            await change_sign_in_settings(work, {"levels": {"tenant": 3}})
        await change_sign_in_settings(work, {"levels": {"tenant": 2}})

    async with await town.work() as work:
        assert (await sign_in_settings(work)).levels == {"tenant": 2}


@pytest.mark.parametrize(
    "values",
    [
        {"levels": {"organisation": 3}},
        {"levels": {"finns_inte": 3}},
        {"levels": {"goals": 0}},
        {"levels": {"goals": 5}},
        {"levels": {"goals": "tre"}},
        {"programs": ["finns_inte"]},
        {"name_claims": [""]},
        {"name_claims": ["a"] * 6},
    ],
)
async def test_a_demand_that_cannot_be_is_refused(town, values):
    async with await town.work() as work:
        with pytest.raises(InvalidInput):
            await change_sign_in_settings(work, values)
        kept = select(ModuleSettings).where(ModuleSettings.module == SIGN_IN)
        assert await work.scalars(kept) == []


async def test_what_has_to_stay_open_cannot_ask_for_a_level(town):
    found = lockable(town.tenant)

    assert {"goals", "reports", "people", "tenant", "tokens"} <= set(found)
    assert not {"organisation", "sessions", "mywork", "files", "jobs"} & set(found)


@pytest.mark.parametrize("who", ["local", "manager", "employee", "auditor"])
async def test_only_full_administrators_ask_for_levels(town, who):
    async with await town.work(who) as work:
        with pytest.raises(Forbidden):
            await change_sign_in_settings(work, {"levels": {"goals": 3}})


async def test_a_level_of_one_municipality_asks_nothing_of_another(client, town, other_town):
    await demand(town, goals=4)
    await signed_in(client, other_town)

    assert await ask(client, other_town, MODELS) == "statement"


async def test_a_part_of_a_page_is_refused_in_words_too(client, town):
    await demand(town, goals=3)
    await signed_in(client, town)

    answer: httpx.Response = await page(client, town, PLANNING, **{"hx-request": "true"})

    assert answer.status_code == 403
    assert "säkrare inloggning" in answer.text
