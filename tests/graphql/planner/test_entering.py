"""A plan sees one municipality, and only for whom has the right at this very moment."""

from uuid import UUID

import asyncpg
import httpx
import pytest
from graphql import get_variable_values
from sqlalchemy import select, update
from starlette.applications import Starlette
from structlog.testing import capture_logs
from third_fence import not_named

from roder.graphql.documents import core_schema, find_operation, parse_document
from roder.graphql.endpoint import graphql_routes
from roder.graphql.planner.answering import Plans
from roder.graphql.planner.plans import Asking, make_plan
from roder.infra.database import Base
from roder.infra.fences import GLOBAL
from roder.infra.i18n import _, use_locale
from roder.platform.schema import product_schema
from roder.tenants.models import ModuleSwitch, Person
from roder.tenants.people import end_person, grant_role, withdraw_role
from roder.tenants.tokens.tokens import create_token, revoke_token

CORE = core_schema(product_schema())
NAMES = "{ people(first: 100) { nodes { name grants { unit { name parent { name } } } } } }"


def plan(text):
    document = parse_document(text)
    operation = find_operation(document, None)
    variables = get_variable_values(CORE, operation.variable_definitions or (), {})
    return make_plan(CORE, document, operation, variables, lambda _permission: True, frozenset())


@pytest.fixture
async def connection(settings):
    """One as the service has it, in no transaction and with no tenant."""
    opened = await asyncpg.connect(settings.database_url)
    yield opened
    await opened.close()


async def asked_as(town, connection):
    """What a plan answers on the connection to the administrator of a town."""
    made = plan(NAMES)
    async with await town.work() as work:
        version = await work.raw(
            "select version from rights_versions where tenant_id = $1", [town.tenant.id]
        )
    asking = Asking(
        town.tenant.id,
        town.people["administrator"].id,
        work.today,
        "sv",
        version[0][0] if version else 0,
    )
    return await connection.fetchval(made.sql, *made.parameters(asking, {}))


async def test_the_tenant_is_set_before_anything_is_read(town, connection):
    assert (await asked_as(town, connection)).count("Asta Admin") == 1


@pytest.mark.parametrize("before", ["", "other"])
async def test_what_a_connection_was_left_with_is_not_read(town, other_town, connection, before):
    """A setting that outlives its transaction is the worst that a pool can hand on."""
    left = str(other_town.tenant.id) if before else ""
    await connection.execute(f"set roder.tenant = '{left}'")
    async with await other_town.work() as work:
        work.add(Person(name="Fia Främmande", email="fia@elsewhere.example"))

    answer = await asked_as(town, connection)

    assert "Asta Admin" in answer
    assert "Fia Främmande" not in answer


async def test_a_plan_leaves_no_tenant_behind(town, connection):
    await asked_as(town, connection)

    assert await connection.fetchval("select current_setting('roder.tenant', true)") in (None, "")
    assert await connection.fetchval("select count(*) from people") == 0


async def test_each_relation_of_a_plan_names_its_tenant():
    text = """{
      people { nodes { id grants { unit { name parent { name } versions { name } } } } }
      planNodes(year: 2026) { totalCount pageInfo { endCursor } nodes {
        title children { title } comments { nodes { text } }
        ... on Indicator { measureUnit outcomes { nodes { history { total } } } } } }
      reports { nodes { sections { key completion { completedBy { name } } } } }
    }"""
    made = plan(text)

    tables = frozenset(Base.metadata.tables) - set(GLOBAL)
    assert not_named(made.sql, tables) == []
    assert made.sql.count("tenant_id = $") > 15


async def test_whoever_has_chosen_another_language_is_told_in_it_at_once(ask, town):
    """The process knows them from before, with the language they had."""
    strange = '{ unit(id: "x") { name } }'
    before = (await ask(strange)).json()["errors"][0]["message"]
    async with await town.work() as work:
        person = await work.get(Person, town.people["manager"].id)
        person.locale = "en"

    now = (await ask(strange)).json()["errors"][0]["message"]
    with use_locale("sv"):
        assert before == _("This is not an id of the API. Ids look like Unit:0192f0c4-…")
    with use_locale("en"):
        assert now == _("This is not an id of the API. Ids look like Unit:0192f0c4-…")
    assert before != now


async def test_a_plan_writes_nothing(runtime):
    sql = "delete from people where people.tenant_id = $1 returning id"
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await runtime.reading.row(sql, [UUID(int=0)])


@pytest.fixture
async def ask(runtime, town):
    """Ask by a token of the manager, of two processes in turn."""
    async with await town.work("administrator") as work:
        made = await create_token(
            work, name="Prov", person_id=town.people["manager"].id, scopes=["read"]
        )
    clients = []
    for _process in range(2):
        app = Starlette(routes=graphql_routes())
        app.state.runtime, app.state.schema = runtime, product_schema()
        app.state.plans = Plans(core_schema(app.state.schema))
        transport = httpx.ASGITransport(app)
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000"))

    async def asked(text):
        headers = {"Authorization": f"Bearer {made.key}", "Roder-Plan": "1"}
        path = f"/{town.tenant.slug}/graphql"
        answers = [
            (await client.post(path, json={"query": text}, headers=headers)) for client in clients
        ]
        assert answers[0].content == answers[1].content
        return answers[0]

    asked.token = made.token
    yield asked
    for client in clients:
        await client.aclose()


ME = "{ me { name grants { role } } }"
REGISTER = "{ people { totalCount } }"


async def test_who_is_known_is_answered_by_one_statement(ask):
    answer = (await ask(ME)).json()

    assert answer["extensions"] == {"plan": "statement"}
    assert answer["data"]["me"]["name"] == "Mona Chef"


async def test_the_ways_that_queries_take_are_counted(ask, runtime):
    runtime.measures.tell()
    for text in (ME, ME, "{ __schema { queryType { name } } }"):
        await ask(text)

    with capture_logs() as told:
        runtime.measures.tell()

    [line] = [line for line in told if line["event"] == "measures"]
    ways = {name: count for name, count in line.items() if name.startswith("query.")}
    assert ways == {"query.statement": 4, "query.resolvers": 2}  # each of the two processes


async def test_a_revoked_token_is_refused_at_once_in_every_process(town, ask):
    assert (await ask(ME)).status_code == 200

    async with await town.work() as work:
        await revoke_token(work, ask.token.id)

    assert (await ask(ME)).status_code == 401


async def test_who_has_left_is_refused_at_once_in_every_process(town, ask):
    assert (await ask(ME)).status_code == 200

    async with await town.work() as work:
        await end_person(work, town.people["manager"].id)

    assert (await ask(ME)).status_code == 401


async def test_a_role_counts_from_the_moment_it_is_given_until_it_is_taken(town, ask):
    assert "data" in (await ask(ME)).json()
    refused = (await ask(REGISTER)).json()
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"

    async with await town.work() as work:
        person = town.people["manager"].id
        grant = await grant_role(work, person, role="full_administrator", unit_id=None)
    seen = (await ask(REGISTER)).json()
    assert seen["data"]["people"]["totalCount"] > 1
    assert (await ask(REGISTER)).json()["extensions"] == {"plan": "statement"}

    async with await town.work() as work:
        await withdraw_role(work, grant.id)
    assert (await ask(REGISTER)).json()["errors"] == refused["errors"]


async def test_a_module_that_is_switched_off_is_gone_at_once(town, ask):
    text = "{ steeringModels { totalCount } }"
    assert "data" in (await ask(text)).json()

    async with await town.work() as work:
        for switch in await work.scalars(select(ModuleSwitch)):
            if switch.module == "goals":
                await work.delete(switch)

    assert (await ask(text)).json()["errors"][0]["extensions"]["code"] == "MODULE_OFF"


async def test_a_name_that_is_changed_is_not_remembered(town, ask):
    await ask(ME)

    async with await town.work() as work:
        own = update(Person).where(Person.id == town.people["manager"].id)
        await work.execute(own.values(name="Mona Ny"))

    assert (await ask(ME)).json()["data"]["me"]["name"] == "Mona Ny"
