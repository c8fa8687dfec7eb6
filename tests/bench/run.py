"""`make bench`: how quickly the API reads, beside others who read the same data, and what it costs.

    make bench BENCH='--rounds 5 --seconds 5'
    make bench BENCH=--everything
    .venv/bin/python tests/bench/run.py --help

Six contestants are asked the same three questions in turn, round after round, on the same
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
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from answers import check_answers
from boards import make_boards
from client import Measured, measure, pace, pgbench
from contestants import ALL, PGBENCH, PRODUCT, ROOT, Server, serve
from decisions import print_decisions, print_lists
from extras import print_fences, print_growth
from long_log import print_long_log
from noting import print_log
from page import print_page
from parts import print_parts
from plans import print_plans
from report import Results, chart, ratios, table
from statements import print_statements
from town import Question, Towns, open_towns
from writes import print_writes

TITLES = {
    "A": "A: a goal with five key figures, 35 fields, 1 kB",
    "B": "B: the goals of a unit with all below them, 3,300 fields, 94 kB",
    "C": "C: 1,000 key figures with four outcomes each, 25,000 fields, 464 kB",
}


PARTS = {
    "race": "A, B and C beside the others; it and --pages are run when no part is named",
    "statements": "statements a request",
    "fences": "cost of row-level security",
    "parts": "what a request spends its time on",
    "plans": "a document that is known, new, or asked for by its id",
    "decisions": "authorization, and how many decisions and statements a list takes",
    "writes": "10,000 outcomes at once, one outcome, one field of a page",
    "log": "cost of the access log",
    "analysis": "the page of a goal analysis with 300 rows",
    "growth": "B as municipalities become more, see --sizes",
    "pages": "pages in a browser, and large files: pytest -m bench",
}


def main() -> None:
    options = read_options()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))  # end what was started
    if shutil.which("wrk") is None:
        sys.exit("The load comes from wrk, which is not on the path: apt-get install wrk")
    chosen = options.chosen
    if chosen - {"pages"}:
        with open_towns(keep=options.keep) as towns:
            print(f"Making {options.tenants} municipalities …", flush=True)
            towns.grow(options.tenants)
            print(machine(towns), flush=True)
            run_beside(towns, options)
            run_alone(towns, options)
    if "pages" in chosen:
        marked = [sys.executable, "-m", "pytest", "-m", "bench", "-s", "tests"]
        sys.exit(subprocess.call(marked, cwd=ROOT))


def run_beside(towns: Towns, options: argparse.Namespace) -> None:
    """The parts for which the contestants are served."""
    results, chosen = Results(), options.chosen
    if not chosen & {"race", "statements", "fences"}:
        return
    with serve(towns, options.only) as servers:
        for query in options.queries:
            print(check_answers(servers, Question(query, 1 % towns.count)), flush=True)
        if "race" in chosen:
            run_rounds(towns, servers, options, results)
            write(results, options)
        if "statements" in chosen:
            print_statements(towns, servers, options)
        if "fences" in chosen:
            print_fences(towns, servers, options)


def run_alone(towns: Towns, options: argparse.Namespace) -> None:
    """Those of the service alone."""
    chosen = options.chosen
    if "parts" in chosen:
        print_parts(towns, options)
    if "plans" in chosen:
        print_plans(towns, options)
    if chosen & {"decisions", "writes", "analysis"}:
        boards = make_boards(towns)
        if "decisions" in chosen:
            print_decisions()
            print_lists(towns, boards)
        if "writes" in chosen:
            print_writes(boards)
        if "analysis" in chosen:
            print_page(boards, options)
    if "log" in chosen:
        print_log(towns, options)
    if "long log" in chosen:
        print_long_log(towns, options)
    if "growth" in chosen:
        print_growth(towns, options)


def read_options() -> argparse.Namespace:
    about = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    about.add_argument("--rounds", type=int, default=5)
    about.add_argument("--seconds", type=float, default=3, help="of each run in a round")
    about.add_argument("--tenants", type=int, default=50)
    about.add_argument("--queries", default="ABC", type=lambda text: tuple(text.upper()))
    about.add_argument("--connections", default=(1, 16), type=_numbers, help="1,16")
    about.add_argument("--only", default=ALL, type=lambda text: tuple(text.split(",")))
    about.add_argument("--sizes", default=(1, 50, 290), type=_numbers, help="1,50,290")
    for part, words in PARTS.items():
        about.add_argument(
            f"--{part}", action="append_const", const=part, dest="chosen", help=words
        )
    about.add_argument("--everything", action="store_true", help="all of these")
    about.add_argument(
        "--long-log", type=int, metavar="ENTRIES", help="search and check so long a log; a million?"
    )
    about.add_argument("--chart", type=Path, help="write the picture, for the README")
    about.add_argument("--json", type=Path, help="write every run")
    about.add_argument("--keep", type=Path, help="folder of the data, kept for the next time")
    options = about.parse_args()
    chosen = set(PARTS) if options.everything else set(options.chosen or ())
    if options.long_log:
        chosen.add("long log")
    options.chosen = chosen or {"race", "pages"}
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
        (name, query): [server.asked(Question(query, town)) for town in range(towns.count)]
        for name, server in servers.items()
        for query in options.queries
    }
    paces = {}
    for name, server in servers.items():
        for query in options.queries:
            paces[name, query] = pace(server, questions[name, query])
            if paces[name, query] < 0.1:  # so that caches, pools and compilers are warm
                measure(
                    towns,
                    server,
                    questions[name, query],
                    connections=max(options.connections),
                    seconds=1,
                    took=paces[name, query],
                )
                paces[name, query] = pace(server, questions[name, query])
    for number in range(options.rounds):
        turn = number % len(options.only)
        order = (*options.only[turn:], *options.only[:turn])
        for query in options.queries:
            for connections in options.connections:
                for name in order:
                    given = {"connections": connections, "seconds": options.seconds}
                    if name == PGBENCH:
                        run = pgbench(towns, query, **given)
                    else:
                        took, asked = paces[name, query], questions[name, query]
                        run = measure(towns, servers[name], asked, took=took, **given)
                    results.runs[query, name, connections].append(run)
                    print(_line(number, query, connections, name, run), file=sys.stderr, flush=True)
    results.peaks |= {name: server.peak() for name, server in servers.items()}


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
