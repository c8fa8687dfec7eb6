"""How long an access log of a million entries takes to be searched, anchored, proven and checked.

The entries are written by the service itself, 5,000 a transaction, so that the chain is a real one;
they are of 3,000 people, over ten years.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from report import markdown
from town import Towns
from within import run, service_within

from roder.tenants.actors import Actor, Source, Way, operator, service
from roder.tenants.entry import load_tenant
from roder.tenants.log import anchors, verify_log
from roder.tenants.log.access_log import MOMENT, Action, noted
from roder.tenants.log.noting import write_noted
from roder.tenants.log.search import Wanted, search_log
from roder.tenants.municipality import create_tenant
from roder.tenants.work import Tenancy, open_work

PEOPLE = [UUID(int=number + 1) for number in range(3_000)]
AT_ONCE = 5_000
SPAN = timedelta(days=3_650)


def print_long_log(towns: Towns, options: argparse.Namespace) -> None:
    own = towns.fresh("bench_log")
    run(measure(own, options.long_log))


async def measure(towns: Towns, count: int) -> None:
    async with service_within(towns) as app:
        runtime = app.state.runtime
        made = await create_tenant(
            runtime,
            slug="long",
            name="Långa loggen",
            administrator=("Asta Admin", "asta@long.example"),
        )
        tenant = await load_tenant(runtime, made.id)

        async def write() -> None:
            for start in range(0, count, AT_ONCE):
                await write_noted(runtime, tenant.id, entries(start, min(AT_ONCE, count - start)))

        async def fasten() -> None:
            async with open_work(runtime, tenant, service(), write=True) as work:
                await anchors.anchor(work, years=10)

        async def prove() -> object:
            async with open_work(runtime, tenant, operator(), write=False) as work:
                return await anchors.prove(work, count // 3)

        rows = [["written", f"{await once(write) / count * 1e6:.0f} µs each"]]
        await asyncio.to_thread(towns.execute, "vacuum analyze")
        rows += await searched(runtime, tenant)
        rows.append(["anchored the first time", f"{await once(fasten):.1f} s"])
        rows.append(["anchored the next night", f"{await once(fasten) * 1000:.1f} ms"])
        rows.append(["an entry proven", f"{await once(prove) * 1000:.1f} ms"])
        with tempfile.TemporaryDirectory() as folder:
            rows += await check(runtime, tenant, Path(folder))
    print(f"\nAn access log of {count:,} entries, by the clock\n\n{markdown(['', 'takes'], rows)}")


async def searched(runtime: Any, tenant: Tenancy) -> list[list[str]]:
    def looking(wanted: Wanted) -> Callable[[], Awaitable[object]]:
        async def look() -> object:
            async with open_work(runtime, tenant, operator(), write=False) as work:
                return await search_log(work, wanted)

        return look

    rows = []
    begin = datetime(2020, 6, 1, tzinfo=UTC)
    month = {"since": begin, "until": begin + timedelta(days=30)}
    for name, wanted in (
        ("who saw this person, ever", Wanted(about=PEOPLE[17])),
        ("who saw this person, in a month", Wanted(about=PEOPLE[17], **month)),
        ("who saw somebody nobody saw", Wanted(about=UUID(int=10**9))),
        ("what this person did, in a month", Wanted(by=PEOPLE[99], **month)),
        ("all exports, in a month", Wanted(action=Action.EXPORT, **month)),
        ("anything, in a month", Wanted(**month)),
        ("a kind that there is none of", Wanted(kind="nothing")),
    ):
        times = [await once(looking(wanted)) for _turn in range(5)]
        middle, first = statistics.median(times) * 1000, times[0] * 1000
        rows.append([name, f"{middle:.1f} ms, first {first:.1f}"])
    return rows


async def check(runtime: Any, tenant: Tenancy, home: Path) -> list[list[str]]:
    async with open_work(runtime, tenant, operator(), write=False) as work:
        begun = time.perf_counter()
        with (home / "log.jsonl").open("wb") as file:
            async for lines in anchors.log_lines(work):
                file.write(lines)
        out = f"{time.perf_counter() - begun:.1f} s"
        names = []
        for number, kept in enumerate(await anchors.anchors(work)):
            names.append(home / f"anchor-{number}.json")
            names[-1].write_bytes(anchors.anchor_text(kept, tenant.id))
    begun = time.perf_counter()
    said = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-I", verify_log.__file__, home / "log.jsonl", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    checked = f"{time.perf_counter() - begun:.1f} s: {' '.join(said.stdout.split())}"
    return [["taken out", out], ["checked by the verifier", checked]]


def entries(start: int, count: int) -> list[object]:
    chance = random.Random(start)
    made = []
    for number in range(start, start + count):
        actor = Actor(
            id=chance.choice(PEOPLE), name="", source=Source(Way.PAGE, "person", "10.0.0.7")
        )
        about = chance.sample(PEOPLE, 1 if number % 10 else 20)
        action = Action.EXPORT if number % 100 == 0 else Action.READ
        entry = noted(actor, action, "person", records=about, about=about)
        at = datetime(2016, 11, 1, tzinfo=UTC) + SPAN * (number / 1_000_000)
        entry.content["at"] = at.strftime(MOMENT)
        made.append(entry)
    return made  # type: ignore[return-value]


async def once(call: Callable[[], Awaitable[object]]) -> float:
    begun = time.perf_counter()
    await call()
    return time.perf_counter() - begun
