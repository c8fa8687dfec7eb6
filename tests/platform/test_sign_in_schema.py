"""Sessions and the sign-in provider in the API, over HTTP with a browser's cookie."""

import httpx
import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType
from sqlalchemy import select

from roder.platform.app import create_app
from roder.platform.schema import product_schema
from roder.tenants.actors import service
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.sign_in.sessions import start_session
from roder.tenants.work import open_work

SECRET = "mycket-hemligt"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"
SESSIONS = "{ mySessions { id device current level person { name } endedAt } }"
SET = """mutation ($input: SetSignInProviderInput!) { setSignInProvider(input: $input) {
  __typename ... on Problem { code field }
  ... on SignInProvider { issuer clientId hasSecret answerAddress changedBy { name } } } }"""
PROVIDER = """{ signInProviders {
  issuer clientId hasSecret scopes claim vouches label answerAddress levels { acr level } } }"""


@pytest.fixture(scope="module")
async def app(settings):
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
def ask(app, settings, town):
    async def ask(who, query, **variables):
        """`who` is a person of the town, or the key of a session."""
        key = who if who.startswith("session_") else await signed_in(town, who)
        transport = httpx.ASGITransport(app)
        cookies = {"roder_session": key}
        base = settings.base_url
        async with httpx.AsyncClient(transport=transport, base_url=base, cookies=cookies) as http:
            asked = {"query": query, "variables": variables}
            return await http.post(f"/{town.tenant.slug}/graphql", json=asked)

    return ask


async def signed_in(town, who):
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        return await start_session(work, town.people[who].id, agent=FIREFOX)


async def test_one_sees_the_own_sessions_and_which_of_them_asks(ask, town):
    own = await signed_in(town, "employee")
    await signed_in(town, "employee")
    await signed_in(town, "manager")

    found = (await ask(own, SESSIONS)).json()["data"]["mySessions"]

    assert sorted(session["current"] for session in found) == [False, True]
    assert {session["device"] for session in found} == {"Firefox på Linux"}
    assert {session["level"] for session in found} == {1}
    assert {session["person"]["name"] for session in found} == {"Elis Anställd"}


async def test_a_session_that_is_ended_in_the_api_lets_nobody_in(ask, town):
    own, lost = await signed_in(town, "employee"), await signed_in(town, "employee")
    found = (await ask(own, SESSIONS)).json()["data"]["mySessions"]
    [other] = [session["id"] for session in found if not session["current"]]
    end = "mutation ($id: ID!) { endSession(id: $id) { __typename ... on Session { endedAt } } }"

    ended = (await ask(own, end, id=other)).json()["data"]["endSession"]

    assert ended["__typename"] == "Session"
    assert ended["endedAt"]
    refused = await ask(lost, "{ me { name } }")
    assert refused.json()["errors"][0]["extensions"]["code"] == "SESSION_ENDED"
    assert (await ask(own, "{ me { name } }")).status_code == 200


async def test_whoever_looks_up_the_session_of_someone_else_is_noted(ask, town):
    key, own = await signed_in(town, "employee"), await signed_in(town, "administrator")
    [looked_up] = (await ask(key, SESSIONS)).json()["data"]["mySessions"]
    [ones_own] = (await ask(own, SESSIONS)).json()["data"]["mySessions"]
    see = "query ($id: ID!) { node(id: $id) { ... on Session { device } } }"

    for session in (looked_up, ones_own):
        seen = (await ask(own, see, id=session["id"])).json()["data"]["node"]
        assert seen == {"device": "Firefox på Linux"}

    read = select(LogEntry).where(LogEntry.action == Action.READ, LogEntry.kind == "session")
    async with await town.work(write=False) as work:
        [noted] = await work.scalars(read)
    assert [f"Session:{id}" for id in noted.records] == [looked_up["id"]]
    assert noted.about == [town.people["employee"].id]


async def test_an_administrator_sees_and_ends_the_sessions_of_someone(ask, town):
    lost = await signed_in(town, "employee")
    person = f"Person:{town.people['employee'].id}"
    see = "query ($id: ID!) { personSessions(personId: $id) { device } }"
    end = "mutation ($id: ID!) { endSessions(personId: $id) { ... on Person { name } } }"

    seen = (await ask("administrator", see, id=person)).json()["data"]["personSessions"]
    ended = (await ask("administrator", end, id=person)).json()["data"]["endSessions"]

    assert (seen, ended) == ([{"device": "Firefox på Linux"}], {"name": "Elis Anställd"})
    assert (await ask(lost, "{ me { name } }")).status_code == 401


async def test_the_provider_is_set_and_read_by_a_full_administrator_without_its_secret(ask, town):
    wanted = {
        "issuer": "https://inloggning.kommun.example",
        "clientId": "roder",
        "clientSecret": SECRET,
    }

    answer = await ask("administrator", SET, input=wanted)
    read = await ask("administrator", PROVIDER)

    place = f"http://127.0.0.1:8000/{town.tenant.slug}/logga-in/svar"
    assert answer.json()["data"]["setSignInProvider"] == {
        "__typename": "SignInProvider",
        "issuer": "https://inloggning.kommun.example",
        "clientId": "roder",
        "hasSecret": True,
        "answerAddress": place,
        "changedBy": {"name": "Asta Admin"},
    }
    [provider] = read.json()["data"]["signInProviders"]
    assert provider["scopes"] == ["openid", "email", "profile"]
    assert {"acr": "http://id.elegnamnden.se/loa/1.0/loa3", "level": 3} in provider["levels"]
    assert SECRET not in answer.text + read.text


async def test_nobody_else_sets_the_provider_and_only_auditors_read_it(ask):
    for who in ("local", "employee", "auditor"):
        if who != "auditor":
            read = (await ask(who, PROVIDER)).json()
            assert read["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        written = (
            await ask(who, SET, input={"issuer": "https://evil.example", "clientId": "x"})
        ).json()
        assert written["data"]["setSignInProvider"]["code"] == "FORBIDDEN"

    assert (await ask("administrator", PROVIDER)).json() == {"data": {"signInProviders": []}}


def test_a_secret_goes_into_the_api_and_never_out():
    types = product_schema()._schema.type_map.values()
    fields = {
        (type(type_), f"{type_.name}.{name}")
        for type_ in types
        if isinstance(type_, GraphQLObjectType | GraphQLInputObjectType)
        for name in type_.fields
        if "secret" in name.lower() or "sealed" in name.lower()
    }

    assert fields == {
        (GraphQLInputObjectType, "SetSignInProviderInput.clientSecret"),
        (GraphQLObjectType, "Query.sealedTexts"),  # how many there are
        (GraphQLObjectType, "SignInProvider.hasSecret"),
    }
