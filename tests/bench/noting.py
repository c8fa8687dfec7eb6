"""What the access log costs a request: the service, beside one that notes and never writes.

Both are asked a counted number of the same in turn, round after round, of one municipality, which
is the worst case: all entries of a municipality make one chain. What notes nothing stands beside,
to tell how much two runs of the same differ.

What is told is time on the processor and statements, not the clock: nothing here waits for a disk
(the commits are not forced to it), so requests a second follow whatever else the machine does.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from statistics import median

from client import Measured, measure_count
from contestants import CUT, PRODUCT, Asked, looked_at, queried, serve
from report import markdown
from statements import counted
from town import Question, Towns, bid

REQUESTS, WARM = 500, 40

Runs = dict[tuple[str, int, str], list[Measured]]


def requests(towns: Towns) -> dict[str, Asked]:
    session, person = towns.sign_in(), f"Person:{bid(0, 4, 7)}"
    queries = {
        "query of names": "{ people(first: 50) { nodes { id name } } }",
        "query of the register": "{ people(first: 50) { nodes { id name email leftOn } } }",
        "`person(id)`": f'{{ person(id: "{person}") {{ name email }} }}',
    }
    pages = {"page of terms": "installningar/begrepp", "page of the register": "personer"}
    token = Question("A", 0).token
    return {name: queried("town-0", token, {"query": text}) for name, text in queries.items()} | {
        name: looked_at(f"/town-0/{path}", session) for name, path in pages.items()
    }


def print_log(towns: Towns, options: argparse.Namespace) -> None:
    runs: Runs = defaultdict(list)
    statements = {}
    with serve(towns, (PRODUCT, CUT)) as servers:
        for name, asked in requests(towns).items():
            for server in servers.values():
                measure_count(towns, server, [asked], connections=16, count=WARM)
            both = [counted(towns, servers[way], asked).all for way in (PRODUCT, CUT)]
            statements[name] = f"{both[0]:.1f} and {both[1]:.1f}"
            count = REQUESTS if name.startswith(("query", "`")) else REQUESTS // 5
            for number in range(options.rounds):
                order = list(servers.items())[:: 1 if number % 2 else -1]
                for connections in (1, 16):
                    for way, server in order:
                        given = {"connections": connections, "count": count}
                        run = measure_count(towns, server, [asked], **given)
                        runs[name, connections, way].append(run)
    print("\nThe access log: ms on the processor for a request, server + PostgreSQL\n")
    print(_table(runs, statements), flush=True)


def _table(runs: Runs, statements: dict[str, str]) -> str:
    """Means, and of the cost the median of each round's own difference, with the least and the most
    of them: what else the machine has to do comes and goes."""
    rows = []
    for name, connections in dict.fromkeys((key[0], key[1]) for key in runs):
        kept, cut = (runs[name, connections, way] for way in (PRODUCT, CUT))
        costs = sorted(a.cpu_ms - b.cpu_ms for a, b in zip(kept, cut, strict=True))
        own, postgres = (
            median(getattr(a, part) - getattr(b, part) for a, b in zip(kept, cut, strict=True))
            for part in ("server_ms", "postgres_ms")
        )
        others = median(run.others for run in (*kept, *cut))
        rows.append(
            [
                name,
                connections,
                *(_cpu(of) for of in (kept, cut)),
                f"{own:+.2f} {postgres:+.2f}",
                f"{costs[0]:+.2f} to {costs[-1]:+.2f}",
                statements[name],
                f"{others:.1f}",
            ]
        )
    head = ["asked", "at once", "with the log", "without", "cost", "of rounds", "statements"]
    return markdown([*head, "others’ cores"], rows)


def _cpu(runs: list[Measured]) -> str:
    count = sum(run.requests for run in runs)
    own, postgres = (
        sum(getattr(run, part) * run.requests for run in runs) / count
        for part in ("server_ms", "postgres_ms")
    )
    return f"{own:.2f} + {postgres:.2f}"
