"""A right that is taken is gone within two seconds, in every process: requests, streams, jobs."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from roder.infra.i18n import _
from roder.tenants.entry import enter
from roder.tenants.files import keep_upload
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.models import ModuleSwitch, StoredFile
from roder.tenants.people import end_person, grant_role, withdraw_role
from roder.tenants.sign_in.sessions import (
    SESSION_COOKIE,
    close_sessions_of,
    own_sessions,
    start_session,
)
from roder.tenants.tokens.tokens import create_token, revoke_token
from roder.tenants.work import open_work
from roder.workers.models import Job

SERVER = Path(__file__).parents[1] / "bench" / "product_server.py"
MOST = 2.0
LIVE = "subscription($topics: [String!]!) { live(topics: $topics) { cursor } }"
REGISTER = "{ people { totalCount } }"
SMALL = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)]
"""So that a download that is not read is not on this side already."""
PLAN = "{ steeringModels { totalCount } }"


@pytest.fixture(scope="module")
def servers(settings):
    """Two processes of the service, on the database of this test worker."""
    with ExitStack() as stack:
        addresses = []
        for _process in range(2):
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            environment = os.environ | {
                "RODER_PORT": str(port),
                "RODER_DATABASE_URL": settings.database_url,
                "RODER_S3_BUCKET": settings.s3_bucket,
            }
            process = subprocess.Popen([sys.executable, str(SERVER)], env=environment)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            addresses.append(f"http://127.0.0.1:{port}")
        last = time.monotonic() + 60
        for address in addresses:
            while not answers(address):
                assert time.monotonic() < last, "a process of the service did not begin"
                time.sleep(0.1)
        yield addresses


def answers(address):
    try:
        return httpx.get(f"{address}/healthz").status_code == 200
    except httpx.TransportError:
        return False


class Held:
    """What somebody has open when the right is taken, and when each of it was refused."""

    def __init__(self, town, servers):
        self.town, self.servers, self.took = town, servers, {}
        self.ready = []
        self.taken_at = None
        self.ended = {}

    async def asks(self, http, name, address, query, headers):
        """The same request again and again until it is refused."""
        path = f"{address}/{self.town.tenant.slug}/graphql"
        first = await http.post(path, json={"query": query}, headers=headers)
        assert first.status_code == 200, first.text
        self.ready.append(name)
        while True:
            answer = await http.post(path, json={"query": query}, headers=headers)
            if answer.status_code != 200:
                return self.note(name)
            await asyncio.sleep(0.02)

    async def follows(self, http, name, address, topic, headers):
        """A subscription, to the event that refuses it."""
        path = f"{address}/{self.town.tenant.slug}/graphql"
        sent = {"query": LIVE, "variables": {"topics": [topic]}}
        accept = headers | {"accept": "text/event-stream"}
        async with http.stream("POST", path, json=sent, headers=accept, timeout=30) as answer:
            last = ""
            async for line in answer.aiter_lines():
                if line.startswith("data: ") and name not in self.ready:
                    assert "cursor" in line
                    self.ready.append(name)
                last = line if line.startswith("data: ") else last
        assert '"errors"' in last
        self.note(name)

    async def watches(self, http, name, address, topic, headers):
        """A page's stream, to its end."""
        path = f"{address}/{self.town.tenant.slug}/live?topic={topic}"
        accept = headers | {"accept": "text/event-stream"}
        async with http.stream("GET", path, headers=accept, timeout=30) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("event: cursor") and name not in self.ready:
                    self.ready.append(name)
        self.note(name)

    async def fetches(self, http, name, address, file, headers):
        """A download that is not read any more once it has begun, and breaks off there."""
        path = f"{address}/{self.town.tenant.slug}/files/StoredFile:{file.id}"
        async with http.stream("GET", path, headers=headers, timeout=30) as answer:
            assert answer.headers["content-length"] == str(file.size)
            blocks = answer.aiter_raw()
            came = len(await anext(blocks))
            self.ready.append(name)
            while await refused_downloads(self.town) < len(self.servers):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            self.note(name)
            with suppress(httpx.RemoteProtocolError):
                async for block in blocks:
                    came += len(block)
        assert 0 < came < file.size

    async def waits(self, name, job, row, folder):
        """A running export, to its end."""
        while not (Path(folder) / str(job.id)).exists():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        self.ready.append(name)
        while (found := await row(self.town, job)).state == "running":  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        self.ended[name] = found
        self.note(name)

    def note(self, name):
        assert self.taken_at is not None, f"{name} was refused before anything was taken"
        self.took[name] = time.monotonic() - self.taken_at


async def take_left(town, given):
    async with await town.work() as work:
        await end_person(work, given["person"])


async def take_role(town, given):
    async with await town.work() as work:
        await withdraw_role(work, given["grant"])


async def take_token(town, given):
    async with await town.work() as work:
        await revoke_token(work, given["token"])


async def take_session(town, given):
    async with await town.work() as work:
        await close_sessions_of(work, given["person"])


async def take_module(town, given):
    async with await town.work() as work:
        for switch in await work.scalars(select(ModuleSwitch)):
            if switch.module == "goals":
                await work.delete(switch)


CASES = [
    (take_left, "token", REGISTER, "people.read", "job"),
    (take_left, "session", REGISTER, "people.read", "job"),
    (take_role, "token", REGISTER, "people.read", "job"),
    (take_role, "session", REGISTER, "people.read", "job"),
    (take_token, "token", REGISTER, "people.read", "job"),
    (take_session, "session", REGISTER, "people.read", "job"),
    (take_module, "token", PLAN, "goals.read", "goals"),
    (take_module, "session", PLAN, "goals.read", "goals"),
]


@pytest.fixture
async def open_at(town, servers, broker, kinds, row, start_worker, tmp_path):
    """All that somebody has open by a key or a session, on both processes and at a worker; then it
    is taken from them, and the answer is when each of it was refused, and the job."""

    async def opened(take, by, query, permission, topic):
        given, headers, key = await come_in(town, by)
        entered = await enter(town.runtime, town.tenant.slug, **key)
        async with open_work(town.runtime, entered.tenant, entered.actor, write=True) as work:
            job = await kinds.hold.later(
                work, permission=permission, folder=str(tmp_path), seconds=60
            )
        follows, file = await followed(town, topic), await large_file(town, permission)
        start_worker()
        held = Held(town, servers)
        async with (
            httpx.AsyncClient() as http,
            httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(socket_options=SMALL)) as slow,
            asyncio.TaskGroup() as group,
        ):
            group.create_task(held.waits("running export", job, row, tmp_path))
            for number, at in enumerate(servers, 1):
                for name, call, what in (
                    ("request", held.asks, query),
                    ("subscription", held.follows, follows),
                    ("page stream", held.watches, follows),
                ):
                    group.create_task(call(http, f"{name} {number}", at, what, headers))
                group.create_task(held.fetches(slow, f"download {number}", at, file, headers))
            async with asyncio.timeout(60):
                while len(held.ready) < 9:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            held.taken_at = time.monotonic()
            await take(town, given)
            await asyncio.sleep(2 * MOST)
            late = {*held.ready} - {*held.took}
            assert not late, f"not refused: {late}"
        return held, job

    return opened


async def come_in(town, by):
    """Somebody with the role, a key and a session; what names them, and how they come in."""
    person = town.people["employee"].id
    async with await town.work() as work:
        grant = await grant_role(work, person, role="full_administrator")
        made = await create_token(work, name="Prov", person_id=person, scopes=["read", "write"])
        cookie = await start_session(work, person)
    given = {"person": person, "grant": grant.id, "token": made.token.id}
    if by == "token":
        return given, {"authorization": f"Bearer {made.key}"}, {"bearer": made.key}
    return given, {"cookie": f"{SESSION_COOKIE}={cookie}"}, {"session": cookie}


async def refused_downloads(town):
    async with await town.work(write=False) as work:
        refused = select(LogEntry.id).where(LogEntry.action == Action.REFUSED)
        return len(await work.scalars(refused.where(LogEntry.kind == "file")))


async def large_file(town, permission):
    """More than lies on the way to a reader who does not read, for those only who may."""
    async with await town.work() as work:
        body = BytesIO(bytes(24_000_000))
        file = await keep_upload(work, name="stor", media_type="image/png", body=body)
        file.needs = permission
    return file


async def followed(town, topic):
    """The goals of a unit, which everybody may follow, or somebody else's job."""
    if topic == "goals":
        return f"goals:{town.units['council'].id}:2026"
    async with await town.work() as work:
        job = Job(kind="organisation.export_units", queue="exports", arguments={}, locale="sv")
        job.created_by = work.actor.id
        work.add(job)
        await work.flush()
    return f"job:{job.id}"


@pytest.mark.parametrize("case", CASES, ids=[f"{case[0].__name__}-{case[1]}" for case in CASES])
async def test_what_is_open_is_refused_within_two_seconds_in_every_process(town, open_at, case):
    held, job = await open_at(*case)

    tell(f"{case[0].__name__} {case[1]}", held.took)
    assert len(held.took) == 9
    assert max(held.took.values()) < MOST, held.took
    ended = held.ended["running export"]
    assert ended.state == "failed"
    assert ended.problem in SENTENCES
    async with await town.work(write=False) as work:
        assert await work.scalars(select(StoredFile).where(StoredFile.job_id == job.id)) == []
        refused = select(LogEntry.records).where(LogEntry.action == Action.REFUSED)
        assert [job.id] in await work.scalars(refused.where(LogEntry.kind == "job"))


def tell(name, took):
    """Where the figures go that the documentation quotes."""
    place = os.environ.get("RODER_TIMES")
    if place:
        with Path(place).open("a") as file:
            times = ", ".join(f"{what} {seconds:.2f}" for what, seconds in sorted(took.items()))
            file.write(f"{name}: {times}\n")


SENTENCES = {
    _("The person is not here any more."),
    _("You had the right to do this when you began, and have it no longer."),
    _("The key that asked for this has been revoked."),
    _("The session that asked for this has been ended."),
    _("The municipality has switched this part off meanwhile."),
}


async def test_signing_out_breaks_nothing_off_that_was_begun(
    town, broker, kinds, ended, start_worker, tmp_path
):
    from roder.tenants.sign_in.sessions import end_session

    person = town.people["employee"].id
    async with await town.work() as work:
        cookie = await start_session(work, person)
    entered = await enter(town.runtime, town.tenant.slug, session=cookie)
    async with open_work(town.runtime, entered.tenant, entered.actor, write=True) as work:
        assert len(await own_sessions(work)) == 1
        job = await kinds.hold.later(work, permission="goals.read", folder=str(tmp_path), seconds=2)
    start_worker()
    async with asyncio.timeout(60):
        while not (tmp_path / str(job.id)).exists():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    async with await town.work() as work:
        await end_session(work, cookie)

    assert (await ended(town, job)).state == "done"
