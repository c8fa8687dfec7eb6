"""`make bench`: how quickly the API reads, beside others who read the same data.

    make bench BENCH='--rounds 5 --seconds 5'
    .venv/bin/python tests/bench/run.py --help

Five contestants are asked the same three questions in turn, round after round, on the same
PostgreSQL: so whatever else the machine does falls on all of them, and ratios hold where numbers
do not. Nothing here is a test: no figure of it makes a suite red.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

from answers import check_answers
from client import Measured, measure, pace, pgbench
from contestants import ALL, PRODUCT, Server, serve
from extras import print_fences, print_growth, print_statements
from parts import print_parts
from report import Results, chart, ratios, table
from town import Question, Towns, open_towns

TITLES = {
    "A": "A: a goal with five key figures, 35 fields, 1 kB",
    "B": "B: the goals of a unit with all below them, 3,300 fields, 94 kB",
    "C": "C: 1,000 key figures with four outcomes each, 25,000 fields, 464 kB",
}


def main() -> None:
    options = read_options()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))  # end what was started
    if shutil.which("wrk") is None:
        sys.exit("The load comes from wrk, which is not on the path: apt-get install wrk")
    results = Results()
    with open_towns(keep=options.keep) as towns:
        print(f"Making {options.tenants} municipalities …", flush=True)
        towns.grow(options.tenants)
        print(machine(towns))
        with serve(towns, options.only) as servers:
            for query in options.queries:
                print(check_answers(servers, Question(query, 1 % towns.count)), flush=True)
            run_rounds(towns, servers, options, results)
            if options.statements:
                print_statements(towns, servers, options.queries)
            if options.fences:
                print_fences(towns, servers, options)
        if options.parts:
            print_parts(towns, options.queries)
        if options.growth:
            print_growth(towns, options)
    write(results, options)


def read_options() -> argparse.Namespace:
    about = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    about.add_argument("--rounds", type=int, default=5)
    about.add_argument("--seconds", type=float, default=3, help="of each run in a round")
    about.add_argument("--tenants", type=int, default=50)
    about.add_argument("--queries", default="ABC", type=lambda text: tuple(text.upper()))
    about.add_argument("--connections", default=(1, 16), type=_numbers, help="1,16")
    about.add_argument("--only", default=ALL, type=lambda text: tuple(text.split(",")))
    about.add_argument("--statements", action="store_true", help="count statements a request")
    about.add_argument("--fences", action="store_true", help="cost of row-level security")
    about.add_argument("--parts", action="store_true", help="what a request spends its time on")
    about.add_argument("--growth", action="store_true", help="B with 1, 50 and 290 tenants")
    about.add_argument("--everything", action="store_true", help="all four of these")
    about.add_argument("--chart", type=Path, help="write the picture, for the README")
    about.add_argument("--json", type=Path, help="write every run")
    about.add_argument("--keep", type=Path, help="folder of the data, kept for the next time")
    options = about.parse_args()
    if options.everything:
        options.statements = options.fences = options.parts = options.growth = True
    return options


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(","))


def machine(towns: Towns) -> str:
    parts = [name for name in ("uvloop", "httptools") if find_spec(name)]
    (version,) = towns.rows("select current_setting('server_version')")[0]
    return (
        f"{towns.count} municipalities; {os.cpu_count()} cores; PostgreSQL {version}; Python "
        f"{platform.python_version()}; {' and '.join(parts) or 'neither uvloop nor httptools'}\n"
    )


def run_rounds(
    towns: Towns, servers: dict[str, Server], options: argparse.Namespace, results: Results
) -> None:
    """One round asks everything of everybody; who begins changes from round to round."""
    questions = {
        query: [Question(query, town) for town in range(towns.count)] for query in options.queries
    }
    paces = {}
    for name, server in servers.items():
        for query in options.queries:
            paces[name, query] = pace(server, questions[query])
            if paces[name, query] < 0.1:  # so that caches, pools and compilers are warm
                measure(
                    towns,
                    server,
                    questions[query],
                    connections=max(options.connections),
                    seconds=1,
                    took=paces[name, query],
                )
                paces[name, query] = pace(server, questions[query])
    for number in range(options.rounds):
        turn = number % len(options.only)
        order = (*options.only[turn:], *options.only[:turn])
        for query in options.queries:
            for connections in options.connections:
                for name in order:
                    run = _run(
                        towns,
                        servers.get(name),
                        questions[query],
                        connections=connections,
                        seconds=options.seconds,
                        took=paces.get((name, query), 0),
                    )
                    results.runs[query, name, connections].append(run)
                    print(_line(number, query, connections, name, run), file=sys.stderr, flush=True)
    results.peaks |= {name: server.peak() for name, server in servers.items()}


def _run(
    towns: Towns,
    server: Server | None,
    questions: list[Question],
    *,
    connections: int,
    seconds: float,
    took: float,
) -> Measured:
    if server is None:
        name = questions[0].name
        return pgbench(towns, name, connections=connections, seconds=seconds)
    return measure(towns, server, questions, connections=connections, seconds=seconds, took=took)


def _line(number: int, query: str, connections: int, name: str, run: Measured) -> str:
    return (
        f"round {number + 1}  {query}  {connections:2}  {name:12}  {run.rate:9.1f}/s  "
        f"{run.server_ms:8.2f} + {run.postgres_ms:.2f} ms  (others: {run.others:.1f} cores)"
    )


def write(results: Results, options: argparse.Namespace) -> None:
    print()
    print(table(results, options.queries, options.connections))
    if PRODUCT in options.only:
        print(ratios(results, options.queries, options.connections))
    if options.json:
        runs = {
            " ".join(map(str, key)): [vars(run) for run in runs]
            for key, runs in results.runs.items()
        }
        options.json.write_text(json.dumps({"runs": runs, "peaks": results.peaks}, indent=1))
    if options.chart:
        titles = {query: TITLES[query] for query in options.queries}
        options.chart.write_text(chart(results, titles), encoding="utf-8")


if __name__ == "__main__":
    main()
