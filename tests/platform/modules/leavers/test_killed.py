"""A purge that is killed, wherever that happens, and run again ends in the same, byte for byte."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from io import BytesIO
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


async def test_killed_at_any_statement_it_ends_in_the_same(town, leaver, killing, superuser):
    run_id = await decided(town, leaver)
    before = await snapshot(town, superuser)
    with killing(None) as counted:
        await attempt(town, run_id)
    whole = await end_state(town, superuser)
    assert whole["state"] == "done"
    assert counted.seen > 100

    for nth in range(1, counted.seen + 1):
        await put_back(town, before, superuser)
        with killing(nth), pytest.raises(Killed):
            await attempt(town, run_id)
        with killing(None):
            await attempt(town, run_id)
        assert await end_state(town, superuser) == whole, f"killed at {nth}"


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


async def attempt(town, run_id) -> None:
    """One run of the job, in this process."""
    actor = await town.actor("administrator")
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
