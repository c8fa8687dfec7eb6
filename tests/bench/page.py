"""What the page of a goal analysis takes, with 30 and with 300 rows, of server and PostgreSQL."""

from __future__ import annotations

import argparse
import statistics

from boards import Boards
from client import Measured, fetch, measure_count, pace
from contestants import PRODUCT, looked_at, serve
from report import at_most, markdown
from statements import counted

GOAL_MS = 60
REQUESTS = 20


def print_page(boards: Boards, options: argparse.Namespace) -> None:
    """Counted requests, one at a time and in turn."""
    runs: dict[int, list[Measured]] = {rows: [] for rows in boards.by_rows}
    asked = {rows: [looked_at(b.page, b.session)] for rows, b in boards.by_rows.items()}
    rows = []
    with serve(boards.towns, (PRODUCT,)) as servers:
        server = servers[PRODUCT]
        for _round in range(options.rounds + 1):  # the first is to warm up
            for size, each in asked.items():
                run = measure_count(boards.towns, server, each, connections=1, count=REQUESTS)
                runs[size].append(run)
        for size, each in asked.items():
            kilobytes = len(fetch(server, each[0])[1]) / 1000
            told = counted(boards.towns, server, each[0])
            own, postgres, clock = (
                statistics.median(values)
                for values in zip(
                    *((run.server_ms, run.postgres_ms, 1000 / run.rate) for run in runs[size][1:]),
                    strict=True,
                )
            )
            whole = at_most(own + postgres, GOAL_MS, "ms")
            shown = [f"{own:.1f} ms", f"{postgres:.1f} ms", whole, f"{clock:.1f} ms"]
            best = f"{pace(server, each) * 1000:.1f} ms"
            others = f"{statistics.median(run.others for run in runs[size][1:]):.1f}"
            rows.append([size, *shown, best, f"{told.reads:.0f}", f"{kilobytes:,.0f} kB", others])
    head = ["rows", "server", "PostgreSQL", "both", "clock", "best", "reads", "HTML"]
    print("\nThe page of a goal analysis: time on the processor for one\n")
    print(markdown([*head, "others’ cores"], rows), flush=True)
