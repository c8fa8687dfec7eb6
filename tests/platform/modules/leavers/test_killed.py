"""A purge that is killed, wherever that happens, and run again ends in the same, byte for byte."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import wraps
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from roder.infra import database as connections
from roder.infra.database import Base
from roder.infra.storage import Storage
from roder.platform.modules.leavers.jobs import decide_and_purge, purge
from roder.platform.modules.leavers.runs import open_run
from roder.tenants.rows import uuid7
from roder.tenants.work import open_work
from roder.workers.jobs import Run

LOGGED = "select action, kind, records, about, detail from access_log where tenant_id = %s"
APART = {"jobs", "access_log", "log_heads", "changes"}
"""Tables whose rows tell of the attempts themselves; the log is compared by what it tells."""
TABLES = [table.name for table in Base.metadata.sorted_tables if "tenant_id" in table.c]


class Killed(BaseException):
    """As if the process had gone."""


@dataclass
class Killer:
    """Counts what goes to the database and to the store, and kills at one of them."""

    at: int | None = None
    seen: int = 0
    dead: bool = field(default=False, repr=False)

    def meet(self) -> None:
        if self.dead:
            return
        self.seen += 1
        if self.seen == self.at:
            self.dead = True
            raise Killed


class Watched:
    """The driver's connection, of which each call is met before it is made, a commit after too."""

    def __init__(self, driver: Any, killer: Killer) -> None:
        self._driver, self._killer = driver, killer

    async def execute(self, sql: str) -> str:
        self._killer.meet()
        done: str = await self._driver.execute(sql)
        if sql == "commit":
            self._killer.meet()
        return done

    async def fetch(self, sql: str, *parameters: Any) -> Any:
        self._killer.meet()
        return await self._driver.fetch(sql, *parameters)


@pytest.fixture
def killing(runtime, monkeypatch):
    killer = Killer()
    driver = connections.driver

    async def watched(connection):
        return Watched(await driver(connection), killer)

    def met(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @wraps(method)
        async def call(*args: Any, **kwargs: Any) -> Any:
            killer.meet()
            done = await method(*args, **kwargs)
            killer.meet()
            return done

        return call

    monkeypatch.setattr(connections, "driver", watched)
    for name in ("put", "delete_each"):
        monkeypatch.setattr(Storage, name, met(getattr(Storage, name)))

    @contextmanager
    def kill(at: int | None) -> Iterator[Killer]:
        killer.at, killer.seen, killer.dead = at, 0, False
        listen = (runtime.engine.sync_engine, "before_cursor_execute", meet)
        event.listen(*listen)
        try:
            yield killer
        finally:
            event.remove(*listen)

    def meet(*_given: Any) -> None:
        killer.meet()

    return kill


@dataclass
class Snapshot:
    """All rows of a municipality, and what lies in the store for it."""

    tenant_id: Any
    rows: dict[str, str]
    files: dict[str, bytes]

    def put_back(self, connection: psycopg.Connection) -> None:
        with connection.transaction():
            connection.execute("set local session_replication_role = replica")
            for table, rows in self.rows.items():
                connection.execute(f"delete from {table} where tenant_id = %s", [self.tenant_id])
                connection.execute(
                    f"insert into {table} select * from "
                    f"jsonb_populate_recordset(null::{table}, %s::jsonb)",
                    [rows],
                )


async def test_killed_at_every_statement_it_ends_in_the_same(town, leaver, killing, superuser):
    """Killed at its first statement, run again and killed at the second, and so on until a piece
    is done, then the same within the next piece: what a kill leaves behind is what was before."""
    run_id = await decided(town, leaver)
    before = await snapshot(town, superuser)
    actor = await town.actor("administrator")
    await attempt(town, run_id, actor)
    whole = await end_state(town, superuser)
    assert whole["state"] == "done"

    await put_back(town, before, superuser)
    kills, nth, at = 0, 0, stands_at(town, superuser)
    while stands_at(town, superuser)[0] == "decided":
        nth += 1
        with killing(nth), suppress(Killed):
            await attempt(town, run_id, actor)
        kills += 1
        if stands_at(town, superuser) != at:
            nth, at = 0, stands_at(town, superuser)
    assert kills > 100
    assert await end_state(town, superuser) == whole


async def test_a_worker_process_that_is_killed_leaves_it_to_the_next(
    town, leaver, superuser, start_worker
):
    run_id = await decided(town, leaver)
    before = await snapshot(town, superuser)
    await attempt(town, run_id, await town.actor("administrator"))
    whole = await end_state(town, superuser)
    await put_back(town, before, superuser)

    worker = start_worker()
    await until(lambda: stands_at(town, superuser)[1] > 0)
    worker.kill()
    worker.wait()
    state, stage, _after = stands_at(town, superuser)
    assert (state, 0 < stage < 6) == ("decided", True)

    start_worker()
    await until(lambda: stands_at(town, superuser)[0] == "done")
    assert await end_state(town, superuser) == whole


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - what is waited for stands in the database
            await asyncio.sleep(0.002)


@pytest.fixture
def start_worker(settings):
    """Start worker processes; what still runs at the end of the test is killed."""
    environment = os.environ | {
        "RODER_DATABASE_URL": settings.database_url,
        "RODER_S3_BUCKET": settings.s3_bucket,
        "RODER_WORKER_THREADS": "2",
    }
    with ExitStack() as stack:

        def start() -> subprocess.Popen[bytes]:
            program = str(Path(__file__).with_name("worker.py"))
            process = subprocess.Popen([sys.executable, program], env=environment)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        yield start


@pytest.fixture
def superuser(database):
    with psycopg.connect(superuser_address(database("app")), autocommit=True) as connection:
        yield connection


def superuser_address(app: str) -> str:
    return os.environ["RODER_TEST_SUPERUSER"].rpartition("/")[0] + "/" + app.rpartition("/")[2]


async def decided(town, leaver) -> Any:
    person = await leaver(town)
    async with await town.work() as work:
        run = await open_run(work, [person.id])
        await decide_and_purge(work, run.id)
    return run.id


def stands_at(town, superuser) -> tuple[str, int, str]:
    """How far the run has come: what is committed."""
    query = "select state, stage, after from leaver_runs where tenant_id = %s"
    return superuser.execute(query, [town.tenant.id]).fetchone()


async def attempt(town, run_id, actor) -> None:
    """One run of the job, in this process."""
    async with open_work(town.runtime, town.tenant, actor, write=True) as work:
        await purge.function(work, Run(uuid7(), 1), run_id=str(run_id))


async def snapshot(town, superuser) -> Snapshot:
    files = {}
    async for keys in town.runtime.storage.keys(f"{town.tenant.id}/"):
        for key in keys:
            files[key] = await town.runtime.storage.get(key)
    return Snapshot(
        town.tenant.id, {name: rows_of(town, superuser, name) for name in TABLES}, files
    )


def rows_of(town, superuser, table: str) -> str:
    query = (
        f"select coalesce(jsonb_agg(to_jsonb(t) order by t.id), '[]')::text from {table} t "
        "where tenant_id = %s"
    )
    [text] = superuser.execute(query, [town.tenant.id]).fetchone()
    return text


async def put_back(town, before: Snapshot, superuser) -> None:
    before.put_back(superuser)
    storage = town.runtime.storage
    async for keys in storage.keys(f"{town.tenant.id}/"):
        await storage.delete_each([key for key in keys if key not in before.files])
    for key, data in before.files.items():
        await storage.put(key, BytesIO(data), media_type="application/octet-stream")


async def end_state(town, superuser) -> dict[str, Any]:
    """All that is left, but for when the last step was taken and what tells of the attempts."""
    rows = {name: rows_of(town, superuser, name) for name in TABLES if name not in APART}
    runs = json.loads(rows["leaver_runs"])
    for run in runs:
        run.pop("done_at")
    rows["leaver_runs"] = json.dumps(runs)
    logged = superuser.execute(f"{LOGGED} order by seq", [town.tenant.id]).fetchall()
    keys = [key async for some in town.runtime.storage.keys(f"{town.tenant.id}/") for key in some]
    return rows | {"log": str(logged), "keys": sorted(keys), "state": runs[0]["state"]}
