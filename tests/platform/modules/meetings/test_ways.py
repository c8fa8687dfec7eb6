"""What the planner answers of meetings: those that are open to all. Who sees one that is for its
participants only, and that it was read, is told by the resolver."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette

from roder.graphql.documents import core_schema
from roder.graphql.endpoint import graphql_routes
from roder.graphql.planner.answering import Plans
from roder.platform.modules.meetings import design
from roder.platform.modules.meetings.models import MeetingRole
from roder.platform.schema import product_schema
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.tokens.tokens import create_token

SHOWN = """query ($id: ID!) { meeting(id: $id) { place unit { name } participants { name }
  steps { state }
  agenda { title votes { participant { name } } meeting { id } actions { id } } } }"""


@pytest.fixture
async def post(runtime, town):
    """Ask for a meeting over HTTP, with a token of one of the town's people."""
    app = Starlette(routes=graphql_routes())
    app.state.runtime, app.state.schema = runtime, product_schema()
    app.state.plans = Plans(core_schema(app.state.schema))
    transport = httpx.ASGITransport(app)

    async def send(who, meeting):
        async with await town.work() as work:
            person = town.people[who].id
            made = await create_token(work, name="Prov", person_id=person, scopes=["read"])
        headers = {"authorization": f"Bearer {made.key}", "roder-plan": "1"}
        body = {"query": SHOWN, "variables": {"id": f"Meeting:{meeting.id}"}}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8000", headers=headers
        ) as client:
            answer = (await client.post(f"/{town.tenant.slug}/graphql", json=body)).json()
        return answer["data"]["meeting"], answer["extensions"]["plan"], await read(town)

    return send


async def read(town) -> int:
    """How often the access log has been told that a meeting was read."""
    async with await town.work(write=False) as work:
        told = (LogEntry.kind == "meeting") & (LogEntry.action == Action.READ)
        found = await work.first(select(func.count()).select_from(LogEntry).where(told))
    return found or 0


async def test_an_open_meeting_is_one_statement(town, plan, post, one_way):
    async with await town.work() as work:
        meeting = await plan(work)

    shown, way, told = await post("employee", meeting)

    assert (way, told) == ("statement", 0)
    assert shown["place"] == "Stora salen"
    assert [item["title"] for item in shown["agenda"]] == [
        "Val av justerare",
        "Budgetuppföljning",
    ]
    assert {item["meeting"]["id"] for item in shown["agenda"]} == {f"Meeting:{meeting.id}"}
    assert len(shown["participants"]) == 4


async def test_a_private_one_is_shown_by_the_resolver_to_those_in_it_and_the_log_is_told(
    town, plan, post, one_way
):
    async with await town.work() as work:
        board = town.units["school_board"].id
        series = await design.save_series(work, name="Löneöversyn", unit_id=board, private=True)
        person = town.people["employee"].id
        await design.add_member(work, series.id, role=MeetingRole.MEMBER, person_id=person)
        meeting = await plan(work, of=series.id)
    before = await read(town)

    shown, way, told = await post("employee", meeting)
    assert (shown is None, way, told) == (False, "assembled", before + 1)
    assert await post("local", meeting) == (None, "assembled", before + 1)


async def test_one_that_is_not_there_is_null(town, plan, post, one_way):
    shown, way, _told = await post("employee", town.units["committee"])

    assert (shown, way) == (None, "statement")
