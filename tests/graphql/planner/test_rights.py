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
from roder.platform.modules.meetings import design
from roder.platform.modules.meetings.models import MeetingRole
from roder.platform.modules.support.faults import report_fault
from roder.platform.modules.support.models import Effect, Workaround
from roder.platform.modules.support.rules import Answers
from roder.tenants.actors import Source, Way
from roder.tenants.entry import Entered
from roder.tenants.log.access_log import LogEntry
from roder.tenants.models import UserSession
from roder.tenants.rows import uuid7
from roder.tenants.sign_in.sessions import start_session
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


async def test_faults_are_shown_where_one_answers_for_them_and_told_of(town, ask):
    await town.switch_on("support")
    asked = Answers(True, Effect.BROKEN, False, Workaround.NONE)
    places = ("home_care", "school_board", None)
    faults = []
    for place in places:
        unit_id = town.units[place].id if place else None
        async with await town.work("employee") as work:
            faults.append(
                await report_fault(work, title="Fel", what="Så", asked=asked, unit_id=unit_id)
            )
    employee, at_home = town.people["employee"].id, faults[0].id
    query = '{ faultReports(words: "f") { totalCount nodes { id } } }'

    async def seen_by(who):
        data, told = await ask(who, query)
        found = data["faultReports"]
        assert found["totalCount"] == len(found["nodes"])
        ids = sorted(each["id"].partition(":")[2] for each in found["nodes"])
        assert [str(id) for entry in told for id in entry[2]] == ids
        assert all(entry[3] == [employee] for entry in told)
        return ids

    assert await seen_by("employee") == await seen_by("administrator")
    assert await seen_by("employee") == sorted(str(fault.id) for fault in faults)
    assert await seen_by("local") == [str(at_home)]
    assert await seen_by("manager") == []
    one = f'{{ faultReport(id: "FaultReport:{faults[1].id}") {{ number }} }}'
    assert await ask("local", one) == ({"faultReport": None}, [])


async def test_a_private_series_is_for_those_who_take_part_or_write_at_its_unit(town, ask):
    await town.switch_on("meetings")
    async with await town.work() as work:
        for name, place in (("Hemma", "home_care"), ("Skola", "school_board")):
            at = town.units[place].id
            series = await design.save_series(work, name=name, unit_id=at, private=True)
            for who in ("employee", "administrator")[place == "home_care" :]:
                person_id, role = town.people[who].id, MeetingRole.MEMBER
                await design.add_member(work, series.id, role=role, person_id=person_id)

    async def seen_by(who):
        data, told = await ask(who, "{ meetingSeries { name members { person { name } } } }")
        assert told == []
        return {each["name"]: len(each["members"]) for each in data["meetingSeries"]}

    assert await seen_by("administrator") == {"Hemma": 1, "Skola": 2}
    assert await seen_by("local") == {"Hemma": 1}
    assert await seen_by("employee") == {"Skola": 2}
    assert await seen_by("auditor") == {}
