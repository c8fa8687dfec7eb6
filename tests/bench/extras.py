"""Beside the race: statements a request, what row-level security costs, and many tenants."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Mapping, Sequence

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
    return text.lstrip("( \n").lower().startswith(("select", "with")) and "set_config" not in text


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


def print_growth(towns: Towns, counts: Sequence[int], options: argparse.Namespace) -> None:
    """B asked of all towns in turn, and of the first alone, as towns become more."""
    for count in counts:
        towns.grow(count)
        with serve(towns, (FLOOR, PRODUCT)) as servers:
            for name, server in servers.items():
                for words, asked in (("all", count), ("one", 1)):
                    questions = [Question("B", town) for town in range(asked)]
                    took = pace(server, questions)
                    runs = [
                        measure(
                            towns,
                            server,
                            questions,
                            connections=1,
                            seconds=options.seconds,
                            took=took,
                        )
                        for _ in range(3)
                    ]
                    best = min(runs, key=lambda run: run.cpu_ms)
                    print(
                        f"B with {count:3} tenants, {words} asked: {name:6} "
                        f"{1000 / best.rate:8.2f} ms; CPU {best.server_ms:.2f} + "
                        f"{best.postgres_ms:.2f} ms",
                        flush=True,
                    )
