"""What is live in the API: the same as for the pages, and refused alike."""

import asyncio
import json

import httpx
import pytest
from live_client import STREAM, Listening, change, make_report
from starlette.applications import Starlette

from roder.graphql.endpoint import graphql_routes
from roder.infra.listening import listener
from roder.platform.schema import product_schema
from roder.tenants.actors import operator
from roder.tenants.rows import uuid7
from roder.tenants.tokens.tokens import create_token
from roder.tenants.work import open_work

NEWS = "cursor changes { topic ids mine by { name } } presence { place person { name } }"
ASKED = f"""
query ($topics: [String!]!, $after: String) {{
  live(topics: $topics, after: $after) {{ {NEWS} }}
}}
"""
FOLLOWED = f"subscription ($topics: [String!]!) {{ live(topics: $topics) {{ {NEWS} }} }}"
WRITE = """
mutation ($input: WriteHereInput!) {
  writeHere(input: $input) { ... on Writing { writing } ... on Problem { code } }
}
"""


@pytest.fixture
def app(runtime):
    app = Starlette(routes=graphql_routes())
    app.state.runtime, app.state.schema = runtime, product_schema()
    return app


@pytest.fixture
def post(app):
    """`await post(town, who, document, **variables)`: the response to someone with a token."""

    async def post(town, who, document, **variables):
        headers = {"authorization": f"Bearer {await token(town, who)}"}
        sent = {"query": document, "variables": variables}
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://a.example") as client:
            return await client.post(f"/{town.tenant.slug}/graphql", json=sent, headers=headers)

    return post


async def token(town, who):
    # By the operator, since no administrator makes a key of an auditor.
    async with open_work(town.runtime, town.tenant, operator(), write=True) as work:
        person_id = town.people[who].id
        return (
            await create_token(work, name="p", person_id=person_id, scopes=["read", "write"])
        ).key


async def test_changes_and_presence_are_asked_for(town, post):
    report = await make_report(town)
    what = uuid7()
    first = (await post(town, "employee", ASKED, topics=[report])).json()["data"]["live"]
    await change(town, report, what)
    place = {"topic": report, "place": "2.5"}
    said = await post(town, "manager", WRITE, input=place)

    then = await post(town, "employee", ASKED, topics=[report], after=first["cursor"])

    assert said.json()["data"] == {"writeHere": {"writing": True}}
    live = then.json()["data"]["live"]
    assert live["changes"] == [
        {"topic": report, "ids": [str(what)], "mine": False, "by": {"name": "Mona Chef"}}
    ]
    assert live["presence"] == [{"place": "2.5", "person": {"name": "Mona Chef"}}]
    await post(town, "manager", WRITE, input=place | {"writing": False})
    last = await post(town, "employee", ASKED, topics=[report], after=live["cursor"])
    assert last.json()["data"]["live"] | {"cursor": ""} == {
        "cursor": "",
        "changes": [],
        "presence": [],
    }


async def test_they_are_followed_and_nothing_is_held_meanwhile(town, app, runtime):
    report = await make_report(town)
    what = uuid7()
    sent = json.dumps({"query": FOLLOWED, "variables": {"topics": [report]}}).encode()
    headers = STREAM | {
        "authorization": f"Bearer {await token(town, 'employee')}",
        "content-type": "application/json",
    }
    listening = Listening(app, f"/{town.tenant.slug}/graphql", "", headers, sends=sent)
    running = asyncio.create_task(listening.run())
    await listening.until("next")
    await asyncio.sleep(0.2)
    assert runtime.engine.pool.checkedout() == 0
    await change(town, report, what)
    _first, news = await listening.until("next", 2)
    listening.left.set()
    await asyncio.wait_for(running, 60)

    [seen] = news["data"]["live"]["changes"]
    assert seen["ids"] == [str(what)]
    assert listener(runtime).task is None


async def test_a_key_has_so_many_subscriptions_open_and_no_more(town, app, runtime, monkeypatch):
    monkeypatch.setattr(runtime.settings, "max_streams", 2)
    report = await make_report(town)
    sent = {"query": FOLLOWED, "variables": {"topics": [report]}}
    path = f"/{town.tenant.slug}/graphql"
    one, another = [
        {
            "authorization": f"Bearer {await token(town, 'manager')}",
            "content-type": "application/json",
        }
        | STREAM
        for _key in range(2)
    ]
    body, absent = (
        json.dumps(sent).encode(),
        {"query": FOLLOWED, "variables": {"topics": ["report:x"]}},
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://a.example") as http:
        for _time in range(3):  # what is refused at once takes no place
            assert (await http.post(path, json=absent, headers=one)).status_code == 404

        followed = [Listening(app, path, "", one, sends=body) for _number in range(2)]
        followed += [Listening(app, path, "", another, sends=body)]
        running = [asyncio.create_task(each.run()) for each in followed]
        for each in followed:
            await each.until("next")
        refused = await http.post(path, json=sent, headers=one)
        followed[0].left.set()
        await asyncio.wait_for(running[0], 60)
        again = Listening(app, path, "", one, sends=body)
        running.append(asyncio.create_task(again.run()))
        await again.until("next")

    for each in [*followed, again]:
        each.left.set()
    await asyncio.gather(*running)
    assert refused.status_code == 429
    assert refused.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_STREAMS"
    assert [len(each.named("next")) for each in [*followed, again]] == [1, 1, 1, 1]


async def test_another_municipalitys_topic_is_answered_as_an_absent_one(town, other_town, post):
    foreign, absent = await make_report(other_town), f"report:{uuid7()}"
    answers = []
    for topic in (foreign, absent):
        asked = await post(town, "employee", ASKED, topics=[topic])
        said = await post(town, "manager", WRITE, input={"topic": topic, "place": "2.5"})
        assert said.json()["data"]["writeHere"] == {"code": "NOT_FOUND"}
        answers.append(asked.json()["errors"])

    assert answers[0] == answers[1]
    assert answers[0][0]["extensions"]["code"] == "NOT_FOUND"
