"""Workers for tests: in this process, on the loop of the tests, or as processes of their own."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol
from uuid import UUID

import pytest
from dramatiq import Broker
from sqlalchemy import select

from roder.infra.runtime import Runtime
from roder.infra.settings import Settings
from roder.tenants.actors import Actor, service
from roder.tenants.models import Unit, UnitVersion
from roder.tenants.work import Tenancy, Work, open_work
from roder.workers.broker import open_broker
from roder.workers.jobs import JobKind
from roder.workers.models import Job
from roder.workers.serve import running_worker
from roder.workers.watch import watch_job

KINDS = Path(__file__).with_name("kinds.py")


class Town(Protocol):
    runtime: Runtime
    tenant: Tenancy
    people: dict[str, Any]

    async def actor(self, who: str) -> Actor: ...
    async def work(self, who: str = ..., *, write: bool = ...) -> Any: ...


@pytest.fixture(scope="session")
def kinds() -> ModuleType:
    """The jobs of `kinds.py`, which a worker process reads too."""
    spec = importlib.util.spec_from_file_location("kinds_for_tests", KINDS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def broker(settings: Settings) -> Iterator[Broker]:
    with open_broker(settings) as broker:
        yield broker


@pytest.fixture(scope="module")
async def worker(runtime: Runtime, settings: Settings, kinds: ModuleType) -> AsyncIterator[None]:
    """A queue, and a worker in this process, for all tests of one file."""
    with open_broker(settings) as broker:
        pace = replace(kinds.QUICK, stale=60)  # nothing kills it here
        async with running_worker(runtime, broker, kinds.KINDS, pace=pace):
            yield


@pytest.fixture
def start_worker(settings: Settings) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start worker processes; what still runs at the end of the test is killed."""
    environment = os.environ | {
        "RODER_DATABASE_URL": settings.database_url,
        "RODER_S3_BUCKET": settings.s3_bucket,
        "RODER_WORKER_THREADS": "2",
    }
    with ExitStack() as stack:

        def start() -> subprocess.Popen[bytes]:
            process = subprocess.Popen([sys.executable, str(KINDS)], env=environment)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        yield start


@pytest.fixture
def ask() -> Callable[..., Any]:
    """`await ask(town, kind, **arguments)`: the job that `who` starts, committed."""

    async def ask(
        town: Town, kind: JobKind[...], who: str = "administrator", **arguments: object
    ) -> Job:
        async with await town.work(who) as work:
            return await kind.later(work, **arguments)

    return ask


@pytest.fixture
def ended() -> Callable[..., Any]:
    """`await ended(town, job)`: the row of the job once it has ended."""

    async def ended(town: Town, job: Job) -> Job:
        async for seen in watch_job(town.runtime, town.tenant, service(), job.id):
            last = seen
        return last

    return ended


@pytest.fixture
def row() -> Callable[..., Any]:
    """`await row(town, job)`: the row of the job as it is."""

    async def row(town: Town, job: Job) -> Job:
        async with open_work(town.runtime, town.tenant, service(), write=False) as work:
            return await work.get(Job, job.id)

    return row


@pytest.fixture
def marked() -> Callable[..., Any]:
    """`await marked(town, mark)`: how many units carry the mark, which is how often it was done."""

    async def marked(town: Town, mark: str) -> int:
        async with open_work(town.runtime, town.tenant, service(), write=False) as work:
            return len(await _with_name(work, mark))

    return marked


async def _with_name(work: Work, mark: str) -> list[UUID]:
    named = select(Unit.id).join(UnitVersion, UnitVersion.unit_id == Unit.id)
    return list(await work.scalars(named.where(UnitVersion.name == mark)))
