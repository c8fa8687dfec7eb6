"""What writing costs: 10,000 outcomes in one mutation, one outcome, one decision of Casbin.

    .venv/bin/python tests/bench/writes.py [--profile]

The service answers in this process, on a PostgreSQL of its own, with sign-in, Casbin, row-level
security, history and news to those who follow. Nothing here is a test.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import pstats
import shutil
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import UUID

import httpx
import orjson
from contestants import postgres_seconds
from sqlalchemy import select
from starlette.applications import Starlette

from roder.authz import permit
from roder.infra.embedded.objectstore import start_objectstore
from roder.infra.embedded.postgres import start_postgres
from roder.infra.migrate import migrate
from roder.infra.periods import PeriodKind
from roder.infra.settings import Settings
from roder.infra.telemetry import set_up_logs
from roder.platform.app import create_app, settle
from roder.platform.modules.goals.adding import NewNode, add_nodes
from roder.platform.modules.goals.design import LevelDesign, create_model, levels_of
from roder.platform.modules.goals.models import NodeKind
from roder.tenants.actors import Actor, Grant, operator, service
from roder.tenants.models import Person, UnitKind
from roder.tenants.municipality import create_tenant
from roder.tenants.sessions import SESSION_COOKIE, start_session
from roder.tenants.units import add_unit
from roder.tenants.work import Work, open_work

ROWS, INDICATORS, EDITS, DECISIONS = 10_000, 1_000, 200, 20_000
LEVELS = (
    LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål"}),
    LevelDesign("indicator", NodeKind.INDICATOR, {"sv": "Styrtal"}, ("goal",)),
)
MANY = """mutation ($input: [SetOutcomeInput!]!) { setOutcomes(input: $input) {
  __typename ... on OutcomesSet { count } ... on Problem { message } } }"""
ONE = """mutation ($input: SetOutcomeInput!) { setOutcome(input: $input) {
  ... on Outcome { id total version } __typename ... on Problem { message } } }"""

Send = Callable[[], Awaitable[httpx.Response]]
Clock = Callable[[], float]
"""Seconds that all of PostgreSQL has been on the processor."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", action="store_true", help="say where the time goes")
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="roder-writes-"))
    home.chmod(0o755)
    postgres, store = start_postgres(home, fast=True), start_objectstore(home)
    try:
        postgres.create_database("roder")
        migrate(postgres.url("roder", user="roder_owner"))
        settings = Settings(
            database_url=postgres.url("roder", user="roder_app"),
            owner_database_url=postgres.url("roder", user="roder_owner"),
            s3_endpoint=store.endpoint,
            s3_access_key=store.access_key,
            s3_secret_key=store.secret_key,
        )
        set_up_logs(settings)
        print_decisions()
        clock = partial(postgres_seconds, postgres.pid)
        asyncio.run(print_writes(settings, clock, profile=options.profile))
    finally:
        store.stop()
        postgres.stop()
        shutil.rmtree(home, ignore_errors=True)


def print_decisions() -> None:
    """A decision that Casbin makes, of actors who were never asked about, and a remembered one."""
    unit = UUID(int=1)
    grants = (Grant("employee"), Grant("contributor", unit, frozenset({unit})))
    actors = [Actor(id=UUID(int=n), name="", grants=grants) for n in range(DECISIONS)]
    asked = {
        "of Casbin": actors[:500],
        "of an actor": actors[500:],
        "the same": actors[:1] * DECISIONS,
    }
    permit.allowed(actors[0], "goals.edit", at=unit)
    for name, them in asked.items():
        begun = time.process_time()
        for actor in them:
            if name == "of Casbin":
                permit._decided.cache_clear()
            permit.allowed(actor, "goals.edit", at=unit)
        each = (time.process_time() - begun) / len(them) * 1e6
        print(f"a decision at a unit, {name:11}: {each:6.2f} µs")


async def print_writes(settings: Settings, clock: Clock, *, profile: bool) -> None:
    app = create_app(settings)
    async with app.router.lifespan_context(app), _client(app) as (client, indicators, unit, few):
        settle()
        at = f"Unit:{unit}"
        rows = [
            {
                "indicatorId": f"Indicator:{node}",
                "unitId": at,
                "period": f"2026-{month:02}",
            }
            for month in range(1, ROWS // INDICATORS + 1)
            for node in indicators
        ]
        for told, more in (("first", 0), ("changed", 1), ("same again", 1)):
            sent = [row | {"total": str(place + more)} for place, row in enumerate(rows)]
            await _print_each(
                f"{ROWS} outcomes, {told}", [_mutation(client, MANY, sent)], clock, profile
            )
        edits = [
            _mutation(client, ONE, row | {"total": str(turn + 7)})
            for turn, row in enumerate(rows[: EDITS + 1])
        ]
        await edits[0]()
        await _print_each("setOutcome", edits[1:], clock, profile)
        fields = [_field(client, few[0], turn) for turn in range(EDITS + 1)]
        await fields[0]()
        await _print_each("a field of the page", fields[1:], clock, profile)


def _mutation(client: httpx.AsyncClient, document: str, value: object) -> Send:
    body = orjson.dumps({"query": document, "variables": {"input": value}})
    kind = {"content-type": "application/json"}
    return lambda: client.post("graphql", content=body, headers=kind)


def _field(client: httpx.AsyncClient, node: UUID, turn: int) -> Send:
    """As a browser saves the field of a goal analysis that was just saved."""
    address = f"enheten/2026/malanalys/rad/{node}"
    form = {"total": f"{turn + 1}", "was": f"{turn}" if turn else ""}
    return lambda: client.post(address, data=form, headers={"HX-Request": "true"})


async def _print_each(name: str, sends: Sequence[Send], clock: Clock, profile: bool) -> None:
    found = []
    profiler = cProfile.Profile()
    if profile:
        profiler.enable()
    postgres = clock()
    for send in sends:
        begun, cpu = time.perf_counter(), time.process_time()
        response = await send()
        found.append((time.perf_counter() - begun, time.process_time() - cpu))
        if response.status_code != 200 or b"Problem" in response.content:
            raise RuntimeError(response.text)
    if profile:
        profiler.disable()
        for order in ("tottime", "cumtime"):
            pstats.Stats(profiler).sort_stats(order).print_stats(60)
    walls, cpus = zip(*found, strict=True)
    print(
        f"{name:26}: {statistics.median(cpus) * 1000:7.2f} ms on the processor in the service, "
        f"{(clock() - postgres) / len(found) * 1000:7.2f} in PostgreSQL, "
        f"{statistics.median(walls) * 1000:7.2f} by the clock"
    )


@asynccontextmanager
async def _client(
    app: Starlette,
) -> AsyncIterator[tuple[httpx.AsyncClient, list[UUID], UUID, list[UUID]]]:
    """Someone who may write, signed in, with the indicators and the unit of their municipality."""
    runtime = app.state.runtime
    tenant = await create_tenant(
        runtime,
        slug="skriv",
        name="Skrivtorp",
        administrator=("Asta Admin", "asta@skriv.example"),
        modules=("goals", "reports"),
    )
    async with open_work(runtime, tenant, operator(), write=True) as work:
        unit = await add_unit(work, code="k", name="Kommunen", kind=UnitKind.COUNCIL)
        model = await create_model(work, year=2026, name="Mål", levels=LEVELS)
        levels = {level.key: level.id for level in await levels_of(work, model.id)}
        small = await add_unit(work, code="s", name="Enheten", kind=UnitKind.COUNCIL)
        nodes = await _plan(work, levels, unit.id, INDICATORS)
        few = await _plan(work, levels, small.id, 30)
        person = (await work.scalars(select(Person)))[0]
    async with open_work(runtime, tenant, service(), write=True) as work:
        key = await start_session(work, person.id)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://roder.example/skriv/",
        cookies={SESSION_COOKIE: key},
        headers={"accept": "application/json, text/html"},
    ) as client:
        yield client, nodes, unit.id, few


async def _plan(work: Work, levels: dict[str, UUID], unit_id: UUID, count: int) -> list[UUID]:
    [goal] = await add_nodes(work, [NewNode(levels["goal"], unit_id, "God arbetsgivare")])
    indicators = [
        NewNode(
            levels["indicator"],
            unit_id,
            f"Styrtal {number}",
            parent_id=goal.id,
            indicator={"periodicity": PeriodKind.MONTH},
        )
        for number in range(count)
    ]
    return [node.id for node in await add_nodes(work, indicators)]


if __name__ == "__main__":
    main()
