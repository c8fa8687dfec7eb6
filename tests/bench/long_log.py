"""How long an access log of a million entries takes to be searched, anchored, proven and checked.

    .venv/bin/python tests/bench/long_log.py [--entries 1000000]

The entries are written by the service itself, 5,000 a transaction, so that the chain is a real one;
they are of 3,000 people, over ten years.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from roder.infra.embedded.objectstore import start_objectstore
from roder.infra.embedded.postgres import start_postgres
from roder.infra.migrate import migrate
from roder.infra.runtime import open_runtime
from roder.infra.settings import Settings
from roder.tenants import anchors, verify_log
from roder.tenants.access_log import MOMENT, Action, noted
from roder.tenants.actors import Actor, Source, Way, operator, service
from roder.tenants.entry import load_tenant
from roder.tenants.log_search import Wanted, search_log
from roder.tenants.municipality import create_tenant
from roder.tenants.noting import write_noted
from roder.tenants.work import Tenancy, open_work

PEOPLE = [UUID(int=number + 1) for number in range(3_000)]
AT_ONCE = 5_000
SPAN = timedelta(days=3_650)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    count = parser.parse_args().entries
    home = Path(tempfile.mkdtemp(prefix="roder-log-"))
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
        asyncio.run(measure(settings, home, count))
    finally:
        store.stop()
        postgres.stop()
        shutil.rmtree(home, ignore_errors=True)


async def measure(settings: Settings, home: Path, count: int) -> None:
    async with open_runtime(settings) as runtime:
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

        def looking(wanted: Wanted) -> Callable[[], Awaitable[object]]:
            async def look() -> object:
                async with open_work(runtime, tenant, operator(), write=False) as work:
                    return await search_log(work, wanted)

            return look

        seconds = await once(write)
        print(f"{count:,} entries written: {seconds:6.1f} s, {seconds / count * 1e6:.0f} µs each")
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
            print(f"{name:34} {middle:8.1f} ms, first {first:.1f}")

        async def fasten() -> None:
            async with open_work(runtime, tenant, service(), write=True) as work:
                await anchors.anchor(work, years=10)

        async def prove() -> object:
            async with open_work(runtime, tenant, operator(), write=False) as work:
                return await anchors.prove(work, count // 3)

        print(f"{'anchored the first time':34} {await once(fasten):8.1f} s")
        print(f"{'anchored the next night':34} {await once(fasten) * 1000:8.1f} ms")
        print(f"{'an entry proven':34} {await once(prove) * 1000:8.1f} ms")
        await check(runtime, tenant, home)


async def check(runtime: object, tenant: Tenancy, home: Path) -> None:
    async with open_work(runtime, tenant, operator(), write=False) as work:  # type: ignore[arg-type]
        begun = time.perf_counter()
        with (home / "log.jsonl").open("wb") as file:
            async for lines in anchors.log_lines(work):
                file.write(lines)
        print(f"{'taken out':34} {time.perf_counter() - begun:8.1f} s")
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
    print(f"{'checked by the verifier':34} {time.perf_counter() - begun:8.1f} s: {said.stdout}")


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


if __name__ == "__main__":
    main()
