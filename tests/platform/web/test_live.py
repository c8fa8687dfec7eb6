"""What is live over HTTP: the same asked for and streamed, and only to those who may read it."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx
import pytest
from goal_plan import make_plan
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.requests import Request

from roder.infra.listening import listener
from roder.infra.periods import Period
from roder.platform.following import follow
from roder.platform.modules.goals.comments import write_comment
from roder.platform.modules.goals.live import goals_topic
from roder.platform.modules.organisation.upload import routes as file_routes
from roder.platform.modules.reports.live import report_topic
from roder.platform.modules.reports.models import Report, ReportTemplate
from roder.platform.web import live_stream
from roder.platform.web.live import live_routes
from roder.tenants.changes import tell_changed
from roder.tenants.entry import Entered
from roder.tenants.municipality import switch_module
from roder.tenants.presence import Presence, here
from roder.tenants.rows import uuid7
from roder.tenants.sessions import end_session, start_session
from roder.tenants.tokens import create_token
from roder.tenants.work import open_work
from roder.workers.exports import keep_file
from roder.workers.jobs import Run, job, tell
from roder.workers.models import Job, JobState

STREAM = {"accept": "text/event-stream"}


@pytest.fixture
def app(runtime):
    app = Starlette(routes=[*live_routes, *file_routes])
    app.state.runtime = runtime
    return app


@pytest.fixture
async def http(app):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.fixture
def signed_in(runtime):
    """`await signed_in(town, who)`: headers with the cookie of a new session."""

    async def sign_in(town, who="employee"):
        async with await town.work() as work:
            key = await start_session(work, town.people[who].id)
        return {"cookie": f"roder_session={key}"}

    return sign_in


@pytest.fixture
async def report(town):
    return await make_report(town)


async def make_report(town):
    async with await town.work() as work:
        template = ReportTemplate(id=uuid7(), key="prov", title={"sv": "Prov"})
        work.add(template)
        await work.flush()
        made = Report(
            id=uuid7(),
            template_id=template.id,
            unit_id=town.units["committee"].id,
            period="2026",
            title="Prov 2026",
        )
        work.add(made)
    return report_topic(made.id)


@dataclass
class Listening:
    """The events of one stream as they come: name, data and id."""

    app: Starlette
    path: str
    query: str
    headers: dict[str, str]
    status: int = 0
    events: list[tuple[str, object, str]] = field(default_factory=list)
    body: bytes = b""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self):
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        if message["type"] == "http.response.start":
            self.status = message["status"]
        self.body += message.get("body", b"")
        *whole, _rest = self.body.decode().split("\n\n")
        self.events = [read for text in whole if (read := read_event(text))]
        self.came.set()

    async def run(self):
        raw = [(key.encode(), value.encode()) for key, value in self.headers.items()]
        scope = {
            "type": "http",
            "method": "GET",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query.encode(),
            "headers": raw,
            "http_version": "1.1",
            "scheme": "http",
            "server": ("127.0.0.1", 8000),
        }
        await self.app(scope, self.receive, self.send)

    def named(self, name):
        return [data for kind, data, _id in self.events if kind == name]

    async def until(self, name, count=1):
        """The data of the events of a name, once there are so many."""
        async with asyncio.timeout(10):
            while len(self.named(name)) < count:
                self.came.clear()
                await self.came.wait()
        return self.named(name)


def read_event(text):
    lines = dict(line.split(": ", 1) for line in text.split("\n") if ": " in line)
    if "data" not in lines:
        return None
    return lines["event"], json.loads(lines["data"]), lines.get("id", "")


def where(town, *topics, after=None):
    asked = [("topic", topic) for topic in topics] + ([("after", after)] if after else [])
    return f"/{town.tenant.slug}/live", urlencode(asked)


@asynccontextmanager
async def stream(app, town, headers, *topics, after=None, **more):
    path, query = where(town, *topics, after=after)
    listening = Listening(app, path, query, headers | STREAM | more)
    running = asyncio.create_task(listening.run())
    try:
        yield listening
    finally:
        listening.left.set()
        await asyncio.wait_for(running, 5)


async def ask(http, town, headers, *topics, after=None, **more):
    path, query = where(town, *topics, after=after)
    return await http.get(f"{path}?{query}", headers=headers | more)


async def change(town, topic, *ids, who="manager"):
    async with await town.work(who) as work:
        await tell_changed(work, topic, *ids)


async def test_a_change_is_streamed_as_it_is_answered_when_asked_for(
    app, http, town, signed_in, report
):
    reader = await signed_in(town)
    what = uuid7()
    async with stream(app, town, reader, report) as listening:
        [cursor] = await listening.until("cursor")
        await change(town, report, what)
        [streamed] = await listening.until("change")
        cursors = await listening.until("cursor", 2)

    asked = (await ask(http, town, reader, report, after=cursor)).json()
    assert asked["changes"] == [streamed]
    assert streamed | {"at": None} == {
        "topic": report,
        "source": report,
        "ids": [str(what)],
        "by": {"id": str(town.people["manager"].id), "name": "Mona Chef"},
        "mine": False,
        "at": None,
    }
    later = (await ask(http, town, reader, report, after=cursors[-1])).json()
    assert later["changes"] == []


async def test_one_who_comes_back_gets_what_was_missed(app, town, signed_in, report):
    reader = await signed_in(town)
    async with stream(app, town, reader, report) as listening:
        await listening.until("cursor")
    [(_name, _data, cursor)] = [event for event in listening.events if event[0] == "cursor"]
    what = uuid7()
    await change(town, report, what)

    stale = {"after": "1-1:1:", "last-event-id": cursor}  # the header is the newer one
    async with stream(app, town, reader, report, **stale) as listening:
        [missed] = await listening.until("change")

    assert missed["ids"] == [str(what)]


async def test_two_who_follow_are_told_and_one_knows_their_own(app, town, signed_in, report):
    reader, writer = await signed_in(town), await signed_in(town, "manager")
    async with (
        stream(app, town, reader, report) as one,
        stream(app, town, writer, report) as other,
    ):
        await asyncio.gather(one.until("cursor"), other.until("cursor"))
        await change(town, report)

        assert [seen["mine"] for seen in await one.until("change")] == [False]
        assert [seen["mine"] for seen in await other.until("change")] == [True]


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


async def test_an_idle_stream_holds_no_connection(app, town, signed_in, report, runtime):
    readers = [await signed_in(town, who) for who in ("employee", "manager", "local")]
    async with (
        stream(app, town, readers[0], report) as one,
        stream(app, town, readers[1], report) as two,
        stream(app, town, readers[2], report) as three,
    ):
        await asyncio.gather(*(s.until("cursor") for s in (one, two, three)))

        assert runtime.engine.pool.checkedout() == 0
        assert len(listener(runtime).waiting) == 1

    assert listener(runtime).task is None


async def test_someone_elses_presence_is_streamed_and_asked_for(
    app, http, town, signed_in, report, monkeypatch
):
    monkeypatch.setattr(live_stream, "AGAIN", 0.5)
    reader, writer = await signed_in(town), await signed_in(town, "manager")
    beat = {"topic": report, "place": "2.5"}
    path, _query = where(town)
    async with stream(app, town, reader, report) as listening:
        [nobody] = await listening.until("presence")
        assert (await http.post(path, json=beat, headers=writer)).status_code == 204
        _nobody, eva = await listening.until("presence", 2)
        asked = (await ask(http, town, reader, report)).json()
        own = (await ask(http, town, writer, report)).json()
        await http.post(path, json=beat | {"writing": False}, headers=writer)
        _nobody, _eva, gone = await listening.until("presence", 3)

    assert nobody == gone == {"topic": report, "people": []}
    [person] = eva["people"]
    assert person | {"since": None} == {
        "id": str(town.people["manager"].id),
        "name": "Mona Chef",
        "place": "2.5",
        "since": None,
    }
    assert asked["presence"] == [eva]
    assert own["presence"] == [gone]


async def test_a_presence_that_is_not_renewed_ends_in_the_stream(
    app, town, signed_in, report, monkeypatch
):
    monkeypatch.setattr(live_stream, "TICK", 0.1)
    reader = await signed_in(town)
    async with await town.work("manager") as work:
        await here(work, report, "2.5")
        row = (await work.scalars(select(Presence)))[0]
        row.seen_at = row.seen_at - func.make_interval(0, 0, 0, 0, 0, 0, 44)
    async with stream(app, town, reader, report) as listening:
        first, then = await listening.until("presence", 2)

    assert ([p["place"] for p in first["people"]], then["people"]) == (["2.5"], [])


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


@job(name="organisation.prov")
async def prov(work, run: Run) -> None:
    pass


async def test_an_export_is_followed_until_its_file_is_there(app, http, town, signed_in):
    reader = await signed_in(town, "manager")
    async with await town.work("manager") as work:
        row = Job(
            id=uuid7(),
            kind=prov.name,
            queue="x",
            arguments={},
            locale="sv",
            created_by=work.actor.id,
        )
        work.add(row)
    topic = f"job:{row.id}"
    async with stream(app, town, reader, topic) as listening:
        [queued] = await listening.until("job")
        async with await town.work("manager") as work:
            made = await work.get(Job, row.id)
            made.state, made.done, made.total, made.step = JobState.RUNNING, 1, 2, "1 av 2"
            await tell(work, row.id)
        _queued, running = await listening.until("job", 2)
        async with await town.work("manager") as work:
            await keep_file(work, Run(row.id, 1), name="a.txt", media_type="text/plain", data=b"a")
            (await work.get(Job, row.id)).state = JobState.DONE
            await tell(work, row.id)
        *_earlier, done = await listening.until("job", 3)

    assert (queued["state"], queued["file"]) == ("queued", None)
    assert [running[key] for key in ("state", "done", "total", "step")] == [
        "running",
        1,
        2,
        "1 av 2",
    ]
    assert done["state"] == "done"
    assert (await http.get(done["file"], headers=reader)).status_code == 303
    assert (await ask(http, town, reader, topic)).json()["jobs"] == [done]
    stranger = await signed_in(town, "employee")
    assert (await ask(http, town, stranger, topic)).status_code == 404


async def test_a_session_that_has_ended_ends_the_stream(
    app, http, town, signed_in, report, monkeypatch
):
    monkeypatch.setattr(live_stream, "AGAIN", 0.3)
    monkeypatch.setattr(live_stream, "TICK", 0.1)
    reader = await signed_in(town)
    path, query = where(town, report)
    listening = Listening(app, path, query, reader | STREAM)
    running = asyncio.create_task(listening.run())
    await listening.until("cursor", 2)
    async with await town.work() as work:
        await end_session(work, reader["cookie"].partition("=")[2])

    await asyncio.wait_for(running, 5)

    await change(town, report)
    assert listening.named("change") == []
    assert (await ask(http, town, reader, report)).status_code == 401


async def test_a_stream_ends_after_its_time_and_when_the_service_does(
    app, town, signed_in, report, monkeypatch
):
    monkeypatch.setattr(live_stream, "TICK", 0.1)
    reader = await signed_in(town)
    path, query = where(town, report)
    for _reason in ("stopping", "life"):
        listening = Listening(app, path, query, reader | STREAM)
        running = asyncio.create_task(listening.run())
        await listening.until("cursor")
        assert not running.done()
        app.state.stopping = lambda: True
        await asyncio.wait_for(running, 2)
        del app.state.stopping
    monkeypatch.setattr(live_stream, "LIFE", 0.3)
    await asyncio.wait_for(Listening(app, path, query, reader | STREAM).run(), 3)


async def test_silence_is_filled_with_comments(app, town, signed_in, report, monkeypatch):
    monkeypatch.setattr(live_stream, "TICK", 0.05)
    reader = await signed_in(town)
    async with open_work(
        town.runtime, town.tenant, await town.actor("employee"), write=False
    ) as work:
        followed = await follow(work, [report])
        entered = Entered(work.tenant, work.actor)
    raw = [(key.encode(), value.encode()) for key, value in reader.items()]
    request = Request({"type": "http", "app": app, "headers": raw, "path_params": {}})
    made = live_stream.Stream(request, entered, followed, None)
    said = b""
    async with asyncio.timeout(5):
        async for event in made.events(keep_alive=0.2):
            said += event
            if said.endswith(b":\n\n:\n\n"):
                break
    await made.stop()
    assert said.startswith(b"retry: 3000\n\n")


async def test_a_person_has_so_many_streams_and_no_more(
    app, http, town, signed_in, report, monkeypatch
):
    monkeypatch.setattr(live_stream, "MOST_STREAMS", 1)
    reader, other = await signed_in(town), await signed_in(town, "manager")
    async with stream(app, town, reader, report) as one:
        await one.until("cursor")
        refused = await ask(http, town, reader, report, **STREAM)
        polled = await ask(http, town, reader, report)
        async with stream(app, town, other, report) as theirs:
            await theirs.until("cursor")
    async with stream(app, town, reader, report) as again:
        await again.until("cursor")

    assert (refused.status_code, polled.status_code) == (429, 200)
