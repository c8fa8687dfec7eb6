"""What is live as a stream: the same as when asked for, cheap to wait on, and over in time."""

import asyncio

from live_client import STREAM, Listening, ask, change, stream, where
from sqlalchemy import func, select
from starlette.requests import Request

from roder.infra.listening import listener
from roder.platform.following import follow
from roder.platform.web import live_stream
from roder.tenants.entry import Entered
from roder.tenants.presence import Presence, here
from roder.tenants.rows import uuid7
from roder.tenants.sign_in.sessions import end_session
from roder.tenants.work import open_work
from roder.workers.exports import keep_file
from roder.workers.jobs import Run, job, tell
from roder.workers.models import Job, JobState


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


async def test_an_idle_stream_holds_no_connection(app, town, signed_in, report, runtime):
    readers = [await signed_in(town, who) for who in ("employee", "manager", "local")]
    async with (
        stream(app, town, readers[0], report) as one,
        stream(app, town, readers[1], report) as two,
        stream(app, town, readers[2], report) as three,
    ):
        await asyncio.gather(*(s.until("cursor") for s in (one, two, three)))

        assert runtime.engine.pool.checkedout() == 0
        assert len(listener(runtime).waiting) == 2  # the report, and who may what

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
    assert (await http.get(done["file"], headers=reader)).status_code == 200
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

    await asyncio.wait_for(running, 60)

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
        await asyncio.wait_for(running, 60)
        del app.state.stopping
    monkeypatch.setattr(live_stream, "LIFE", 0.3)
    await asyncio.wait_for(Listening(app, path, query, reader | STREAM).run(), 60)


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
    async with asyncio.timeout(60):
        async for event in made.events(keep_alive=0.2):
            said += event
            if said.endswith(b":\n\n:\n\n"):
                break
    await made.stop()
    assert said.startswith(b"retry: 3000\n\n")


async def test_a_person_has_so_many_streams_and_no_more(
    app, http, town, signed_in, report, monkeypatch
):
    monkeypatch.setattr(app.state.runtime.settings, "max_streams", 1)
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
