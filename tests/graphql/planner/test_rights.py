"""What depends on whose session asks, whose record it is, and where somebody holds a right: one
plan is for all who may the same, so who they are comes with each request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from full_town import CORE, SCHEMA
from sqlalchemy import select

from roder.graphql.context import Context
from roder.graphql.documents import find_operation, parse_document
from roder.graphql.planner.answering import Plans
from roder.tenants.access_log import LogEntry
from roder.tenants.actors import Source, Way
from roder.tenants.entry import Entered
from roder.tenants.models import UserSession
from roder.tenants.rows import uuid7
from roder.tenants.sessions import start_session
from roder.tenants.work import open_work
from roder.workers.models import Job

pytestmark = pytest.mark.usefixtures("one_way")


@pytest.fixture
def ask(town):
    """The data that somebody is given, the same by a statement and by the resolvers, with the same
    told to the access log; the statement is one for all who ask."""
    plans = Plans(CORE)

    async def by_both(who: str, query: str, **of_actor: Any) -> Any:
        actor = replace(await town.actor(who), source=Source(Way.API, "", uuid7().hex), **of_actor)
        document = parse_document(query)
        operation = find_operation(document, None)
        async with open_work(town.runtime, town.tenant, actor, write=False) as work:
            rights = "select coalesce(max(version), 0) from rights_versions where tenant_id = $1"
            [[version]] = await work.raw(rights, [town.tenant.id])
        entered = Entered(town.tenant, actor, version)
        text = await plans.answer(town.runtime, entered, document, operation, {})
        told = await entries(actor.source)
        async with open_work(town.runtime, town.tenant, actor, write=False) as work:
            context = Context(work)
            result = await SCHEMA.execute(query, context_value=context)
            context.tell()
        assert text is not None, result
        assert result.errors is None
        assert orjson.loads(text)["data"] == result.data
        assert (await entries(actor.source))[len(told) :] == told
        return result.data, told

    async def entries(source: Source) -> list[tuple[Any, ...]]:
        async with await town.work(write=False) as work:
            own = select(LogEntry).where(LogEntry.address == source.address)
            found = await work.scalars(own.order_by(LogEntry.seq))
            return [
                (e.action, e.kind, sorted(e.records), sorted(e.about), e.unit_id, e.detail)
                for e in found
            ]

    return by_both


async def test_each_session_is_told_that_it_is_the_one_that_asks(town, ask):
    async with await town.work("employee") as work:
        for _number in range(2):
            await start_session(work, town.people["employee"].id)
        ids = await work.scalars(select(UserSession.id))

    for id in [*ids, None]:
        data, _told = await ask("employee", "{ mySessions { id current } }", session_id=id)
        assert {each["id"]: each["current"] for each in data["mySessions"]} == {
            f"Session:{one}": one == id for one in ids
        }


async def test_anothers_job_is_for_those_who_read_all_and_the_log_is_told(town, ask):
    asker = town.people["employee"].id
    async with await town.work() as work:
        made = {"queue": "default", "arguments": {}, "locale": "sv", "created_by": asker}
        job = Job(id=uuid7(), kind="organisation.test", **made)
        work.add(job)
        await work.flush()
    query = f'{{ job(id: "Job:{job.id}") {{ kind }} }}'
    shown = {"job": {"kind": "organisation.test"}}
    entry = ("read", "job", [job.id], [asker], None, {})

    assert await ask("employee", query) == (shown, [])
    assert await ask("manager", query) == ({"job": None}, [])
    assert await ask("administrator", query) == (shown, [entry])
