"""Asking what is live: only those who may read it get an answer, and beats say who is here."""

import pytest
from goal_plan import make_plan
from live_client import STREAM, ask, change, make_report, where
from sqlalchemy import select

from roder.infra.periods import Period
from roder.platform.modules.goals.live import goals_topic
from roder.platform.modules.goals.values.comments import write_comment
from roder.platform.modules.reports.live import report_topic
from roder.tenants.municipality import switch_module
from roder.tenants.presence import Presence
from roder.tenants.rows import uuid7
from roder.tenants.tokens.tokens import create_token
from roder.workers.models import Job


async def test_a_unit_hears_of_units_above_and_below_but_not_beside(http, town, signed_in):
    reader = await signed_in(town)
    topics = {key: goals_topic(unit.id, 2026) for key, unit in town.units.items()}
    cursor = (await ask(http, town, reader, topics["committee"])).json()["cursor"]
    for topic in topics.values():
        await change(town, topic, uuid7())
    await change(town, goals_topic(town.units["committee"].id, 2025), uuid7())

    found = (await ask(http, town, reader, topics["committee"], after=cursor)).json()["changes"]

    assert {seen["topic"] for seen in found} == {topics["committee"]}
    assert [seen["source"] for seen in found] == [
        topics["council"],
        topics["committee"],
        topics["home_care"],
    ]


async def test_what_is_saved_in_the_goals_is_told(http, town, signed_in):
    reader = await signed_in(town)
    async with await town.work() as work:
        plan = await make_plan(work, town.units)
        goal = await plan.node("committee_goal", "Trygg vård")
    topic = goals_topic(town.units["committee"].id, 2026)
    cursor = (await ask(http, town, reader, topic)).json()["cursor"]
    async with await town.work() as work:
        await write_comment(
            work, goal.id, unit_id=goal.unit_id, period=str(Period(2026)), text="Går bra"
        )

    [seen] = (await ask(http, town, reader, topic, after=cursor)).json()["changes"]

    assert (seen["ids"], seen["by"]["name"]) == ([str(goal.id)], "Asta Admin")


@pytest.mark.parametrize("headers", [{}, STREAM])
async def test_a_foreign_topic_is_answered_as_an_absent_one(
    http, town, other_town, signed_in, headers
):
    reader = await signed_in(town)
    async with await other_town.work() as work:
        theirs = Job(kind="organisation.prov", queue="x", arguments={}, locale="sv")
        work.add(theirs)
    foreign = (
        await make_report(other_town),
        goals_topic(other_town.units["committee"].id, 2026),
        f"job:{theirs.id}",
    )
    absent = (report_topic(uuid7()), goals_topic(uuid7(), 2026), f"job:{uuid7()}")

    for one, other in zip(foreign, absent, strict=True):
        answers = [await ask(http, town, reader, topic, **headers) for topic in (one, other)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content


@pytest.mark.parametrize(
    "topic", ["x", "secrets:1", "goals:x:2026", "report:", "report:x", "job:x", "goals:{unit}:26"]
)
async def test_a_topic_that_is_none_is_not_found(http, town, signed_in, topic):
    reader = await signed_in(town)

    answer = await ask(http, town, reader, topic.format(unit=town.units["committee"].id))

    assert answer.status_code == 404


async def test_only_those_who_may_read_may_follow(http, town, report):
    async with await town.work() as work:
        key = (
            await create_token(
                work, name="p", person_id=town.people["manager"].id, scopes=["read:goals"]
            )
        ).key
    token = {"authorization": f"Bearer {key}"}
    goals = goals_topic(town.units["committee"].id, 2026)

    assert (await ask(http, town, token, goals)).status_code == 200
    assert (await ask(http, town, token, report)).status_code == 403
    assert (await ask(http, town, {}, goals)).status_code == 401
    async with await town.work() as work:
        await switch_module(work, "goals", on=False)
    assert (await ask(http, town, token, goals)).status_code == 404


async def test_topics_are_one_to_twenty_and_a_cursor_is_one_of_ours(http, town, signed_in, report):
    reader = await signed_in(town)

    for topics, after in (([], None), ([f"report:{n}" for n in range(21)], None), ([report], "x")):
        for accept in ({}, STREAM):
            answer = await ask(http, town, reader, *topics, after=after, **accept)
            assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    ("beat", "status"),
    [
        ({"topic": "report:x", "place": "2.5"}, 404),
        ({"topic": "{report}", "place": ""}, 422),
        ({"topic": "{report}"}, 422),
        ({"place": "2.5"}, 422),
        ({"topic": "{report}", "place": "a\0"}, 422),
        ([], 422),
    ],
)
async def test_a_beat_that_is_none_is_refused_and_nothing_is_written(
    http, town, signed_in, report, beat, status
):
    writer = await signed_in(town, "manager")
    if isinstance(beat, dict) and "topic" in beat:
        beat = beat | {"topic": beat["topic"].format(report=report)}
    path, _query = where(town)

    assert (await http.post(path, json=beat, headers=writer)).status_code == status

    async with await town.work(write=False) as work:
        assert await work.scalars(select(Presence.id)) == []


async def test_a_beat_of_another_sites_page_is_refused(http, town, signed_in, report):
    writer = await signed_in(town, "manager")
    path, _query = where(town)
    beat = {"topic": report, "place": "2.5"}

    strange = {"origin": "https://strange.example"}
    answer = await http.post(path, json=beat, headers=writer | strange)
    form = await http.post(path, data=beat, headers=writer)

    assert (answer.status_code, form.status_code) == (403, 415)
