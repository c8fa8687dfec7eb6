"""What a request of the service spends its time on, measured within its process."""

from __future__ import annotations

import argparse
import time

from contestants import PLAIN, PRODUCT, Server
from report import markdown
from town import Question, Towns
from within import repeat, run, service_within, watched

REQUESTS = 60

# Each holds those further in.
WATCHED = (
    ("roder.infra.telemetry", "RequestLog.__call__"),
    ("roder.platform.web.answers", "SafeHeaders.__call__"),
    ("roder.platform.web.answers", "Faults.__call__"),
    ("starlette_compress", "CompressMiddleware.__call__"),
    ("starlette.routing", "Router.__call__"),
    ("roder.graphql.endpoint", "answer"),
    ("roder.graphql.endpoint", "enter_by_request"),
    ("roder.tenants.entry", "find_tenant"),
    ("roder.tenants.entry", "load_actor"),
    ("roder.graphql.http", "read_request"),
    ("roder.graphql.endpoint", "prepare"),
    ("roder.graphql.operations", "find_text"),
    ("roder.graphql.operations", "parse_document"),
    ("roder.graphql.operations", "check_limits"),
    ("roder.graphql.operations", "validate_aside"),
    ("roder.graphql.planner.answering", "Plans.answer"),
    ("roder.graphql.endpoint", "_execute"),
    ("roder.infra.database", "begin"),
    ("roder.infra.database", "end"),
    ("strawberry", "Schema.execute"),
    ("sqlalchemy.ext.asyncio", "AsyncSession.execute"),
    ("roder.tenants.work", "allowed"),
    ("roder.graphql.http", "answered"),
)


def print_parts(towns: Towns, options: argparse.Namespace) -> None:
    for way in (PRODUCT, PLAIN):
        for query in options.queries:
            run(_print_one(towns, way, query))


async def _print_one(towns: Towns, way: str, query: str) -> None:
    asked = Server(PRODUCT, 0, None).asked(Question(query, 0))  # type: ignore[arg-type]
    async with service_within(towns, way) as app:
        begun = time.perf_counter()
        await repeat(app, [asked] * 3)
        count = REQUESTS if time.perf_counter() - begun < 0.5 else 5
        await repeat(app, [asked] * count)
        unwatched = await repeat(app, [asked] * count)
        with watched(*WATCHED) as spent:
            whole = await repeat(app, [asked] * count)
    print(
        f"\n{query}, {way}: {unwatched * 1e6:,.0f} µs on the processor for a request; watched "
        f"{whole * 1e6:,.0f}, of which\n"
    )
    rows = [
        [name, f"{calls / count:.1f}", f"{used / count * 1e6:,.0f}", f"{clock / count * 1e6:,.0f}"]
        for place, name in WATCHED
        for calls, used, clock in [spent[f"{place}.{name}"]]
        if calls
    ]
    print(markdown(["part", "times", "µs on the processor", "on the clock"], rows), flush=True)
