"""A municipality with hostile records, asked both ways by people with every kind of role."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
import orjson
import pytest
from full_town import CORE, SCHEMA, Full, full
from hostile_town import ELSEWHERE, WHO, make_hostile
from random_queries import Query
from random_values import CURSORS, Pool
from sqlalchemy import select
from starlette.applications import Starlette

from roder.graphql.endpoint import graphql_routes
from roder.graphql.planner.answering import Plans
from roder.infra.runtime import Runtime
from roder.tenants.actors import operator
from roder.tenants.models import ModuleSwitch, Person
from roder.tenants.tokens.tokens import create_token
from roder.tenants.work import open_work


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


class Watched(Plans):
    """A planner that remembers which way the last answer took."""

    way = ""

    async def answer(self, *given: Any, **named: Any) -> bytes | None:
        found = await super().answer(*given, **named)
        self.way = "resolvers" if found is None else "planned"
        return found

    async def assemble(self, *given: Any) -> bytes | None:
        found = await super().assemble(*given)
        self.way = "resolvers" if found is None else "assembled"
        return found


Ways = tuple[httpx.AsyncClient, httpx.AsyncClient, Watched]


class Asker:
    """Someone with a token, asking both ways."""

    def __init__(self, town: Full, key: str, pool: Pool, ways: Ways) -> None:
        self.slug, self.key, self.pool = town.tenant.slug, key, pool
        self.planned, self.plain, self.plans = ways

    async def ask(self, query: Query, *, planned: bool) -> Answer:
        client = self.planned if planned else self.plain
        response = await client.post(
            f"/{self.slug}/graphql",
            content=orjson.dumps(self.sent(query)),
            headers={"authorization": f"Bearer {self.key}", "content-type": "application/json"},
        )
        return Answer(response.status_code, response.content)

    def sent(self, query: Query) -> dict[str, object]:
        """The request with the town's own ids in it."""
        variables = orjson.loads(self.pool.fill(orjson.dumps(query.variables).decode()))
        asked = {"query": self.pool.fill(query.text), "variables": variables}
        return asked | ({"operationName": query.operation} if query.operation else {})


@pytest.fixture(scope="session")
async def towns(runtime: Runtime) -> tuple[Full, Full]:
    town, other = await full(runtime), await full(runtime)
    for one in (town, other):
        await make_hostile(one)
        async with open_work(runtime, one.tenant, one.administrator, write=True) as work:
            people = {
                row.email.partition("@")[0]: row for row in await work.scalars(select(Person))
            }
            people["revald.raknelund"].locale = "en"
            people["petronella.plommon"].left_on = date(1, 1, 1)
    async with open_work(runtime, other.tenant, other.administrator, write=True) as work:
        off = select(ModuleSwitch).where(ModuleSwitch.module == "reports")
        for switch in await work.scalars(off):
            await work.delete(switch)
    return town, other


@pytest.fixture(scope="session")
async def ways(runtime: Runtime) -> AsyncIterator[Ways]:
    """Clients of two applications that differ in nothing but the planner, which one has."""
    clients = []
    watched = Watched(CORE)
    for plans in (watched, None):
        app = Starlette(routes=graphql_routes())
        app.state.runtime, app.state.schema, app.state.plans = runtime, SCHEMA, plans
        transport = httpx.ASGITransport(app)
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000"))
    yield clients[0], clients[1], watched
    for client in clients:
        await client.aclose()


@pytest.fixture(scope="session")
async def askers(towns: tuple[Full, Full], ways: Ways) -> dict[str, Asker]:
    town, other = towns
    cursors = await _cursors(town, ways)
    made = {}
    for who, (name, scopes) in WHO.items():
        own, foreign = (other, town) if who == ELSEWHERE else (town, other)
        pool = Pool(own.ids, foreign.ids, cursors)
        made[who] = Asker(own, await _key(own, name, scopes), pool, ways)
    return made


async def _key(town: Full, name: str, scopes: list[str]) -> str:
    # By the operator, since no administrator makes a key of an auditor.
    async with open_work(town.runtime, town.tenant, operator(), write=True) as work:
        found = select(Person).where(Person.email.startswith(f"{name}@"))
        [person] = await work.scalars(found)
        return (await create_token(work, name="Prov", person_id=person.id, scopes=scopes)).key


async def _cursors(town: Full, ways: Ways) -> dict[str, list[str]]:
    """Cursors that each list has given."""
    key = await _key(town, "gunvor.grindslant", ["read"])
    asker = Asker(town, key, Pool(town.ids, town.ids, {}), ways)
    found: dict[str, list[str]] = {name: [] for name in CURSORS}
    within = "nodes { ... on PlanNode { comments { edges { cursor } } } %s }"
    outcomes = "... on Indicator { outcomes(first: 5) { edges { cursor } } }"
    roots = " ".join(f"{name} {{ edges {{ cursor }} %s }}" for name in CURSORS[:4])
    inner = within % outcomes
    text = "{ " + roots % (inner, "", "", "") + " }"
    answer = orjson.loads((await asker.ask(Query(text, {}), planned=False)).body)
    _collect(answer["data"], found)
    assert all(found.values()), found
    return found


def _collect(value: object, found: dict[str, list[str]]) -> None:
    if isinstance(value, list):
        for one in value:
            _collect(one, found)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name in found and isinstance(inner, dict):
                found[name] += [edge["cursor"] for edge in inner["edges"]]
            _collect(inner, found)
