"""Beside the race: what row-level security costs, and many tenants."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from client import Measured, measure_count, pace, pgbench
from contestants import FLOOR, PGBENCH, PRODUCT, Asked, Server, serve
from report import at_most, markdown
from town import Question, Towns


def print_fences(towns: Towns, servers: Mapping[str, Server], options: argparse.Namespace) -> None:
    """The same reads with and without row-level security, in turn."""
    rows = []
    tables = [
        str(name)
        for (name,) in towns.rows("select oid::regclass from pg_class where relrowsecurity")
    ]
    for query in options.queries:
        with_, without = [], []
        for _ in range(max(2, options.rounds // 2)):
            given = {"connections": 16, "seconds": options.seconds, "one": True}
            with_.append(pgbench(towns, query, role="roder_app", **given))
            without.append(pgbench(towns, query, **given))
        rows.append(_compared(f"{query} {PGBENCH}, the statement by hand", with_, without))
        if PRODUCT not in servers:
            continue
        with_, without = [], []
        asked = [servers[PRODUCT].asked(Question(query, town)) for town in range(towns.count)]
        given = {"connections": 16, "count": _count(servers[PRODUCT], asked, options)}
        for _ in range(max(2, options.rounds // 2)):
            with_.append(measure_count(towns, servers[PRODUCT], asked, **given))
            try:
                towns.execute(
                    *(f"alter table {table} disable row level security" for table in tables)
                )
                without.append(measure_count(towns, servers[PRODUCT], asked, **given))
            finally:
                towns.execute(
                    *(f"alter table {table} enable row level security" for table in tables)
                )
        rows.append(_compared(f"{query} {PRODUCT}", with_, without))
    print("\nRow-level security: ms on the processor for a request\n")
    print(markdown(["", "with it", "without", "what it adds"], rows), flush=True)


def _count(server: Server, asked: Sequence[Asked], options: argparse.Namespace) -> int:
    """Requests that take as many seconds as are asked for, when nothing else is done."""
    return max(20, round(options.seconds / pace(server, asked)))


def _compared(words: str, with_: Sequence[Measured], without: Sequence[Measured]) -> list[object]:
    one = statistics.median(run.cpu_ms for run in with_)
    other = statistics.median(run.cpu_ms for run in without)
    return [words, f"{one:.3f}", f"{other:.3f}", f"{one / other - 1:+.1%}"]


FLAT = 1.15
"""Issue 4: B with 290 municipalities may take this much of B with one."""


def print_growth(towns: Towns, options: argparse.Namespace) -> None:
    """B in databases with ever more towns, in turn: all of them are asked, or only the first."""
    with ExitStack() as stack:
        grown: dict[int, tuple[Towns, dict[str, Server]]] = {}
        for count in options.sizes:
            own = towns if count == towns.count else towns.beside(f"bench_{count}")
            own.grow(count)
            grown[count] = own, stack.enter_context(serve(own, (FLOOR, PRODUCT)))
        rows = []
        for name in (FLOOR, PRODUCT):
            for words in ("all in turn", "the first"):
                rows += _grown(grown, name, words, options)
    print("\nB as municipalities become more: ms a request\n")
    head = ["", "municipalities", "server", "PostgreSQL", "against the fewest", "clock"]
    print(markdown(head, rows), flush=True)


def _grown(
    grown: Mapping[int, tuple[Towns, dict[str, Server]]],
    name: str,
    words: str,
    options: argparse.Namespace,
) -> list[list[object]]:
    runs: dict[int, list[Measured]] = {count: [] for count in grown}
    asked = {
        count: [
            servers[name].asked(Question("B", town))
            for town in range(1 if words == "the first" else count)
        ]
        for count, (_towns, servers) in grown.items()
    }
    some = min(grown)
    requests = _count(grown[some][1][name], asked[some], options)
    for _ in range(max(3, options.rounds)):
        for count, (towns, servers) in grown.items():
            given = {"connections": 1, "count": requests}
            runs[count].append(measure_count(towns, servers[name], asked[count], **given))
    rows: list[list[object]] = []
    for count, found in runs.items():
        server = statistics.median(run.server_ms for run in found)
        postgres = statistics.median(run.postgres_ms for run in found)
        clock = 1000 / statistics.median(run.rate for run in found)
        beside = zip(found, runs[some], strict=True)
        times = at_most(statistics.median(a.cpu_ms / b.cpu_ms for a, b in beside), FLAT, "×")
        shown = [f"{server:.2f} ms", f"{postgres:.2f} ms", times, f"{clock:.2f} ms"]
        rows.append([f"{name}, {words}", count, *shown])
    return rows
