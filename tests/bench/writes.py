"""What writing costs: 10,000 outcomes in one mutation, one outcome, one field of a page.

The service answers in this process, with sign-in, Casbin, row-level security, history and news to
those who follow.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from boards import Board, Boards
from client import Clock
from contestants import Asked, looked_at
from report import at_most, markdown
from statements import Counted
from within import Spent, ask, run, service_within, watched

ROWS, EDITS = 10_000, 200
YEARS = (2026, 2025, 2024)
"""Each is written for the first time once."""
BULK_MS, EDIT_MS = 1_000, 5
MANY = """mutation ($input: [SetOutcomeInput!]!) { setOutcomes(input: $input) {
  __typename ... on OutcomesSet { count } ... on Problem { message } } }"""
ONE = """mutation ($input: SetOutcomeInput!) { setOutcome(input: $input) {
  ... on Outcome { id total version } __typename ... on Problem { message } } }"""

GOALS = "roder.platform.modules.goals"
# Each holds those further in.
WATCHED = (
    ("roder.infra.telemetry", "RequestLog.__call__"),
    ("roder.graphql.endpoint", "answer"),
    ("roder.graphql.endpoint", "enter_by_request"),
    ("roder.graphql.http", "read_request"),
    ("roder.graphql.endpoint", "prepare"),
    ("roder.graphql.endpoint", "_execute"),
    ("strawberry", "Schema.execute"),
    (f"{GOALS}.values.outcomes", "set_outcomes"),
    (f"{GOALS}.values.outcomes", "measured_by"),
    (f"{GOALS}.values.outcomes", "hold_outcomes"),
    (f"{GOALS}.values.outcomes", "_checked"),
    (f"{GOALS}.values.outcomes", "_filled"),
    (f"{GOALS}.values.outcomes", "keep_outcomes"),
    (f"{GOALS}.values.outcomes", "tell_at"),
    ("sqlalchemy.ext.asyncio", "AsyncConnection.execute"),
    ("roder.infra.database", "begin"),
    ("roder.infra.database", "end"),
    ("roder.graphql.http", "answered"),
)


def print_writes(boards: Boards) -> None:
    run(_print_writes(boards))


async def _print_writes(boards: Boards) -> None:
    async with service_within(boards.towns) as app:
        taken = _Taking(app, boards)
        bulk: dict[str, list[Asked]] = {"first": [], "changed": [], "the same again": []}
        for year in YEARS:
            rows = _rows(boards.wide, year)
            for told, more in zip(bulk, (0, 1, 1), strict=True):
                bulk[told].append(_many(boards.wide, rows, more))
        table = [
            await taken.row(f"{ROWS:,} outcomes, {told}", sends, BULK_MS, clock=True)
            for told, sends in bulk.items()
        ]
        # As autovacuum would, which is off here: plans made for an empty table read all of it.
        boards.towns.execute("analyze outcomes, outcome_versions, changes")
        edits = [
            _mutation(boards.wide, ONE, row | {"total": str(turn + 7)})
            for turn, row in enumerate(rows[: EDITS * 2 + 1])
        ]
        await ask(app, edits.pop())
        table.append(await taken.row("`setOutcome`", edits[:EDITS], EDIT_MS))
        fields = [_field(boards.wide, turn) for turn in range(EDITS + 1)]
        await ask(app, fields.pop(0))
        table.append(await taken.row("a field of the page", fields))
        with watched(*WATCHED) as many:
            await ask(app, _many(boards.wide, rows, 2))
        with watched(*WATCHED) as one:
            for each in edits[EDITS:]:
                await ask(app, each)
    print("\nWriting: ms on the processor and by the clock, the median\n")
    head = ["", "service", "PostgreSQL", "clock"]
    print(markdown([*head, "statements", "others’ cores"], table))
    print("\nWhere the service's time goes (watched, so each part costs some µs more)\n")
    head = ["part", f"{ROWS:,} at once", "by the clock", "one edit", "by the clock"]
    print(markdown(head, _parts(many, one)), flush=True)


class _Taking:
    """What requests take of the service and of PostgreSQL."""

    def __init__(self, app: Any, boards: Boards) -> None:
        self.app, self.towns = app, boards.towns

    async def row(
        self, name: str, sends: Sequence[Asked], limit: float | None = None, *, clock: bool = False
    ) -> list[object]:
        """The goal, if there is one, is for the clock, or for the processor."""
        found = []
        with self.towns.told() as told:
            both = Clock(self.towns, None)
            for each in sends:
                begun, used = time.perf_counter(), time.process_time()
                body = await ask(self.app, each)
                now = time.perf_counter(), time.process_time()
                found.append(((now[0] - begun) * 1000, (now[1] - used) * 1000))
                if b"Problem" in body:
                    raise RuntimeError(body.decode())
            measured = both.measured(len(found), sum(wall for wall, _cpu in found) / 1000)
        walls, cpus = (statistics.median(each) for each in zip(*found, strict=True))
        own, wall = f"{cpus:,.2f} ms", f"{walls:,.2f} ms"
        if limit and clock:
            wall = at_most(walls, limit, "ms")
        elif limit:
            own = at_most(cpus, limit, "ms")
        statements = f"{Counted(told, len(found)).all:.1f}"
        postgres = f"{measured.postgres_ms:,.2f} ms"
        return [name, own, postgres, wall, statements, f"{measured.others:.1f}"]


def _rows(board: Board, year: int) -> list[dict[str, str]]:
    return [
        {
            "indicatorId": f"Indicator:{node}",
            "unitId": f"Unit:{board.unit_id}",
            "period": f"{year}-{month:02}",
        }
        for month in range(1, ROWS // len(board.indicators) + 1)
        for node in board.indicators
    ]


def _many(board: Board, rows: Sequence[dict[str, str]], more: int) -> Asked:
    sent = [row | {"total": str(place + more)} for place, row in enumerate(rows)]
    return _mutation(board, MANY, sent)


def _mutation(board: Board, document: str, value: object) -> Asked:
    body = orjson.dumps({"query": document, "variables": {"input": value}})
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    signed = looked_at("", board.session).headers
    return Asked(f"/{board.slug}/graphql", signed | headers, body)


def _field(board: Board, turn: int) -> Asked:
    """As a browser saves the field of a goal analysis that was just saved."""
    node: UUID = board.few[0]
    form = {"total": f"{turn + 1}", "was": f"{turn}" if turn else ""}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
    signed = looked_at("", board.session).headers
    return Asked(f"{board.page}/rad/{node}", signed | headers, urlencode(form).encode())


def _parts(many: Spent, one: Spent) -> list[list[object]]:
    rows: list[list[object]] = []
    for place, name in WATCHED:
        key = f"{place}.{name}"
        shown: list[object] = [f"`{name}`"]
        for spent, times in ((many, 1), (one, EDITS)):
            calls, used, clock = spent[key]
            took = [f"{each / times * 1000:,.2f} ms" for each in (used, clock)]
            shown += took if calls else ["–", "–"]
        rows.append(shown)
    return rows
