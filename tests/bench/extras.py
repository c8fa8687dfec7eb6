"""Beside the race: statements a request, what row-level security costs, and many tenants."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from client import Measured, fetch, measure, pace, pgbench
from contestants import FLOOR, PGBENCH, PRODUCT, Server, serve
from town import Question, Towns

REQUESTS = 20


def print_statements(towns: Towns, servers: Mapping[str, Server], queries: Sequence[str]) -> None:
    """What PostgreSQL is told for one request, counted by pg_stat_statements."""
    print("\nStatements a request (all; those that are not begin, commit, set …)\n")
    towns.execute("alter system set pg_stat_statements.track = 'top'", "select pg_reload_conf()")
    try:
        for query in queries:
            for name, server in servers.items():
                told = _count(towns, server, query)
                counted = sum(calls for calls, _ms, _text in told)
                own = sum(calls for calls, _ms, text in told if _reads(text))
                took = sum(ms for _calls, ms, _text in told)
                print(f"  {query} {name:13} {counted:7.1f}; {own:.1f}; {took:.2f} ms within them")
                if name == PRODUCT:
                    for calls, ms, text in told[:12]:
                        words = " ".join(text.split())[:100]
                        print(f"      {calls:6.1f} × {ms / calls:7.3f} ms  {words}")
    finally:
        towns.execute("alter system reset pg_stat_statements.track", "select pg_reload_conf()")


def _count(towns: Towns, server: Server, query: str) -> list[tuple[float, float, str]]:
    """Calls a request, milliseconds a request, text of the statement; the most called first."""
    question = Question(query, 0)
    requests = REQUESTS if pace(server, [question]) < 0.2 else 2
    towns.execute("select pg_stat_statements_reset()")
    for _ in range(requests):
        fetch(server, question)
    rows = towns.rows(
        "select calls, total_exec_time, query from pg_stat_statements "
        "where query not like '%pg_stat_statements%' order by calls desc, total_exec_time desc"
    )
    return [
        (int(str(calls)) / requests, float(str(ms)) / requests, str(text))
        for calls, ms, text in rows
    ]


def _reads(text: str) -> bool:
    words = text.lstrip("( \n").lower()
    return words.startswith(("select", "with")) and not words.startswith("select set_config")


def print_fences(towns: Towns, servers: Mapping[str, Server], options: argparse.Namespace) -> None:
    """The same reads with and without row-level security, in turn."""
    print("\nRow-level security: CPU ms a request with it, without it, what it adds\n")
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
        _compare(f"{query} {PGBENCH}, the statement by hand", with_, without)
        if PRODUCT not in servers:
            continue
        with_, without = [], []
        for _ in range(max(2, options.rounds // 2)):
            with_.append(_product(towns, servers[PRODUCT], query, options))
            try:
                towns.execute(
                    *(f"alter table {table} disable row level security" for table in tables)
                )
                without.append(_product(towns, servers[PRODUCT], query, options))
            finally:
                towns.execute(
                    *(f"alter table {table} enable row level security" for table in tables)
                )
        _compare(f"{query} {PRODUCT}", with_, without)


def _product(towns: Towns, server: Server, query: str, options: argparse.Namespace) -> Measured:
    questions = [Question(query, town) for town in range(towns.count)]
    took = pace(server, questions)
    return measure(towns, server, questions, connections=16, seconds=options.seconds, took=took)


def _compare(words: str, with_: Sequence[Measured], without: Sequence[Measured]) -> None:
    one = statistics.median(run.cpu_ms for run in with_)
    other = statistics.median(run.cpu_ms for run in without)
    print(f"  {words:40} {one:8.3f} {other:8.3f}  {one / other - 1:+.1%}", flush=True)


GROWN = (1, 50, 290)


def print_growth(towns: Towns, options: argparse.Namespace) -> None:
    """B in databases with ever more towns, in turn: all of them are asked, or only the first."""
    print("\nB as municipalities become more; CPU ms a request, server + PostgreSQL\n")
    with ExitStack() as stack:
        grown: dict[int, tuple[Towns, dict[str, Server]]] = {}
        for count in GROWN:
            own = towns if count == towns.count else towns.beside(f"bench_{count}")
            own.grow(count)
            grown[count] = own, stack.enter_context(serve(own, (FLOOR, PRODUCT)))
        for name in (FLOOR, PRODUCT):
            for words in ("all in turn", "the first"):
                _print_grown(grown, name, words, options)


def _print_grown(
    grown: Mapping[int, tuple[Towns, dict[str, Server]]],
    name: str,
    words: str,
    options: argparse.Namespace,
) -> None:
    runs: dict[int, list[Measured]] = {count: [] for count in grown}
    for _ in range(max(3, options.rounds)):
        for count, (towns, servers) in grown.items():
            asked = [Question("B", town) for town in range(1 if words == "the first" else count)]
            given = {"connections": 1, "seconds": options.seconds, "took": 0.0}
            runs[count].append(measure(towns, servers[name], asked, **given))
    first = statistics.median(run.cpu_ms for run in runs[GROWN[0]])
    for count, found in runs.items():
        server = statistics.median(run.server_ms for run in found)
        postgres = statistics.median(run.postgres_ms for run in found)
        clock = 1000 / statistics.median(run.rate for run in found)
        times = statistics.median(run.cpu_ms for run in found) / first
        print(
            f"  {name:6} {count:4} towns, {words:12} {server:6.2f} + {postgres:.2f} ms "
            f"(× {times:.2f}), {clock:.2f} ms on the clock",
            flush=True,
        )
