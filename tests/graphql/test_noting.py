"""Reads by the API are told to the access log, the same by a plan and by the resolvers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette

from roder.graphql.context import Context, SubscriptionContext
from roder.graphql.documents import core_schema
from roder.graphql.endpoint import _results, graphql_routes
from roder.graphql.planner.answering import Plans
from roder.platform.modules.organisation.people.schema import REGISTERED
from roder.platform.schema import product_schema
from roder.tenants.actors import Source, Way, operator
from roder.tenants.feedback import tell_fault
from roder.tenants.log import access_log
from roder.tenants.log.access_log import LogEntry
from roder.tenants.models import ApiToken, Feedback, RoleGrant
from roder.tenants.tokens.tokens import create_token
from roder.tenants.work import open_work

pytestmark = pytest.mark.usefixtures("one_way")

REGISTER = "query Register { people { nodes { id email grants { role } } } }"
NAMES = "query Names { people { nodes { id name } } }"


@dataclass
class Asking:
    town: Any
    ways: dict[str, httpx.AsyncClient]
    keys: dict[str, str]

    async def ask(self, way: str, query: str, who: str = "administrator") -> httpx.Response:
        if who not in self.keys:
            # By the operator, since no administrator makes a key of an auditor.
            town = self.town
            async with open_work(town.runtime, town.tenant, operator(), write=True) as work:
                owner, scopes = self.town.people[who].id, ["read", "write"]
                made = await create_token(work, name=who, person_id=owner, scopes=scopes)
            self.keys[who] = made.key
        client = self.ways[way]
        return await client.post(
            f"/{self.town.tenant.slug}/graphql",
            json={"query": query},
            headers={"authorization": f"Bearer {self.keys[who]}", "roder-plan": "1"},
        )

    async def log(self) -> list[LogEntry]:
        """What reads by the API have left."""
        async with await self.town.work(write=False) as work:
            read = LogEntry.way == Way.API, LogEntry.action == "read"
            return list(await work.scalars(select(LogEntry).where(*read).order_by(LogEntry.seq)))


def told(entry: LogEntry) -> tuple[Any, ...]:
    said = (entry.action, entry.kind, entry.process, entry.way, entry.address, entry.person_id)
    return (*said, entry.token_id, sorted(entry.records), sorted(entry.about))


@pytest.fixture
async def asking(town: Any) -> AsyncIterator[Asking]:
    ways, schema = {}, product_schema()
    for way in ("statement", "resolvers"):
        app = Starlette(routes=graphql_routes())
        app.state.runtime, app.state.schema = town.runtime, schema
        app.state.plans = Plans(core_schema(schema)) if way == "statement" else None
        transport = httpx.ASGITransport(app, client=("192.0.2.7", 40_000))
        ways[way] = httpx.AsyncClient(transport=transport, base_url="http://roder.test")
    yield Asking(town, ways, {})
    for client in ways.values():
        await client.aclose()


@pytest.fixture
async def faults(town: Any) -> list[Feedback]:
    async with await town.work("employee") as work:
        return [await tell_fault(work, page="/a", text=text) for text in ("Ett", "Två")]


async def test_the_register_asked_for_both_ways_leaves_the_same_entries(asking):
    by_plan = await asking.ask("statement", REGISTER)
    first = await asking.log()
    by_resolvers = await asking.ask("resolvers", REGISTER)
    both = await asking.log()

    plan = by_plan.json().pop("extensions")["plan"]
    assert (plan, by_plan.json()["data"]) == ("statement", by_resolvers.json()["data"])
    assert [told(entry) for entry in both[len(first) :]] == [told(entry) for entry in first]


async def test_an_entry_tells_whose_rows_of_the_register_were_shown(asking):
    await asking.ask("statement", REGISTER)
    people, grants = await asking.log()

    others = {one.id for who, one in asking.town.people.items() if who != "administrator"}
    assert (people.kind, set(people.records), set(people.about)) == ("person", others, others)
    assert (people.process, people.way, people.address) == ("Register", "api", "192.0.2.7")
    assert people.person_id == asking.town.people["administrator"].id
    assert people.token_id is not None
    with_roles = {asking.town.people[who].id for who in ("local", "manager", "auditor")}
    assert (grants.kind, set(grants.about), len(grants.records)) == ("role_grant", with_roles, 3)


@pytest.mark.parametrize("way", ["statement", "resolvers"])
async def test_a_name_alone_is_no_read_of_the_register(asking, way):
    assert (await asking.ask(way, NAMES)).status_code == 200

    assert await asking.log() == []


@pytest.mark.parametrize("way", ["statement", "resolvers"])
async def test_what_is_ones_own_or_not_shown_is_not_told(asking, way):
    id = asking.town.people["manager"].id
    query = f'{{ me {{ email grants {{ role }} }} person(id: "Person:{id}") {{ email }} }}'

    answer = await asking.ask(way, query, "employee")

    assert answer.json()["data"]["person"] == {"email": None}
    assert await asking.log() == []


@pytest.mark.parametrize("way", ["statement", "resolvers"])
async def test_somebody_asked_for_twice_stands_in_one_entry(asking, way):
    id = asking.town.people["manager"].id
    query = (
        f'{{ a: person(id: "Person:{id}") {{ email }} b: person(id: "Person:{id}") {{ email }} }}'
    )

    await asking.ask(way, query)

    [entry] = await asking.log()
    assert (entry.records, entry.about) == ([id], [id])


@pytest.mark.parametrize("way", ["statement", "resolvers"])
async def test_faults_and_keys_are_told_once_whoever_reads_them(asking, faults, way):
    answer = await asking.ask(way, "{ faultsTold { text } apiTokens { name } }")
    assert answer.json()["data"], answer.text

    keys, told = sorted(await asking.log(), key=lambda entry: entry.kind)
    async with await asking.town.work(write=False) as work:
        assert keys.records == list(await work.scalars(select(ApiToken.id)))
    assert (keys.kind, told.kind) == ("api_token", "feedback")
    assert sorted(told.records) == sorted(row.id for row in faults)
    assert set(told.about) == {asking.town.people["employee"].id}


@pytest.mark.parametrize("way", ["statement", "resolvers"])
async def test_records_that_a_service_finds_are_told_of(asking, way):
    """By `node`, whose record the planner fetches as text where it answers in parts."""
    manager = asking.town.people["manager"].id
    async with await asking.town.work(write=False) as work:
        [held] = await work.scalars(select(RoleGrant).where(RoleGrant.person_id == manager))

    await asking.ask(
        way, f'{{ node(id: "RoleGrant:{held.id}") {{ ... on RoleGrant {{ role }} }} }}'
    )

    [entry] = await asking.log()
    assert (entry.kind, entry.records, entry.about) == ("role_grant", [held.id], [manager])


@pytest.mark.parametrize("way", ["statement", "resolvers"])
async def test_without_its_entry_a_query_is_not_answered(asking, way, monkeypatch):
    def fail(*_args: object) -> None:
        raise OSError("no room left")

    assert (await asking.ask(way, REGISTER)).status_code == 200
    before = await asking.log()
    monkeypatch.setattr(access_log, "_unnumbered", fail)
    refused, names = await asking.ask(way, REGISTER), await asking.ask(way, NAMES)
    monkeypatch.undo()

    assert refused.status_code == 503
    assert refused.json()["errors"][0]["extensions"]["code"] == "NOT_LOGGED"
    assert "@" not in refused.text
    assert names.json()["data"]["people"]["nodes"]
    assert len(await asking.log()) == len(before)


async def test_no_mark_is_left_in_an_answer(asking):
    answer = await asking.ask("statement", REGISTER)

    assert not {1, 2} & set(answer.content)


async def test_what_somebody_changes_is_told_as_a_change_and_not_as_a_read_too(asking):
    id = asking.town.people["manager"].id
    query = f"""mutation Mend {{ changePerson(input: {{id: "Person:{id}", name: "Mona Mo"}}) {{
        ... on Person {{ name email }} }} }}"""

    answer = await asking.ask("resolvers", query)

    assert answer.json()["data"]["changePerson"]["name"] == "Mona Mo"
    assert await asking.log() == []
    async with await asking.town.work(write=False) as work:
        own = select(LogEntry).where(LogEntry.process == "Mend")
        [entry] = await work.scalars(own)
    assert (entry.action, entry.kind, entry.records) == ("change", "person", [id])
    assert entry.detail == {"fields": "name"}


async def test_a_stream_tells_of_a_record_once_and_before_it_is_sent(town):
    """However often it shows it: the results below are what a subscription yields."""
    actor = await town.actor("administrator")
    person = town.people["manager"]
    context = SubscriptionContext(town.runtime, town.tenant, actor)
    entries = []

    async def results() -> AsyncIterator[Any]:
        for _beat in range(3):
            async with context.look():
                context.saw(REGISTERED, person)
                yield Result()

    async for _result in _results(results(), context):  # type: ignore[arg-type]
        async with await town.work(write=False) as work:
            found = select(LogEntry).where(LogEntry.kind == "person", LogEntry.action == "read")
            entries.append(len(await work.scalars(found)))

    assert entries == [1, 1, 1]


class Result:
    data: None = None
    errors = ()


async def test_who_sees_as_somebody_else_is_told_to_read_what_is_theirs(town):
    anna = await town.actor("local")
    seen = replace(anna, behind=town.people["administrator"].id, source=Source(Way.API))
    async with open_work(town.runtime, town.tenant, seen, write=False) as work:
        context = Context(work)
        context.saw(REGISTERED, town.people["local"])
        context.tell()

    async with await town.work(write=False) as work:
        [entry] = await work.scalars(select(LogEntry).where(LogEntry.way == "api"))
    assert (entry.person_id, entry.behind_id) == (anna.id, town.people["administrator"].id)
