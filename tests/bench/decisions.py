"""Authorization: what one decision costs each role, and how many a list takes."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from boards import Boards
from contestants import PLAIN, PRODUCT, Asked, looked_at, queried
from report import at_most, markdown
from statements import Counted
from town import Question, Towns
from within import ask, run, service_within

from roder.authz import permit
from roder.tenants.actors import Actor, Grant

ACTORS = 40
GOAL_US = 20
UNIT, ELSEWHERE = UUID(int=1), UUID(int=2)


def print_decisions() -> None:
    """Each role at a unit, beside being employed, is asked every permission there is: anywhere, at
    its unit, at another."""
    roles = sorted({line[0] for line in permit.policy()})
    permit.allowed(_actor(roles[0]), "goals.read")  # the rules are read
    rows = []
    for role in roles:
        permit._decided.cache_clear()
        first = _each([_actor(role)])
        actors = [_actor(role) for _ in range(ACTORS)]
        remembered = _each(actors)
        again = _each(actors)
        rows.append([role, f"{first:.1f} µs", at_most(remembered, GOAL_US, "µs"), f"{again:.2f}"])
    count = len(permit.permissions()) * 3
    print(f"\nOne decision, the mean of {count}: µs on the processor\n")
    head = ["role", "Casbin, once a process", "somebody new", "asked again"]
    print(markdown(head, rows), flush=True)


def _actor(role: str) -> Actor:
    unit = Grant(role, UNIT, frozenset({UNIT}))
    return Actor(id=UUID(int=7), name="", grants=(Grant("employee"), unit))


def _each(actors: list[Actor]) -> float:
    permissions, count = sorted(permit.permissions()), 0
    begun = time.process_time()
    for actor in actors:
        for permission in permissions:
            for unit in (None, UNIT, ELSEWHERE):
                permit.allowed(actor, permission, at=unit)
                count += 1
    return (time.process_time() - begun) / count * 1e6


LISTS = """query ($many: Int!) { planNodes(year: 2026, kind: INDICATOR, first: $many) { nodes {
  id title unit { id name } responsible { id name }
  ... on Indicator { outcomes(first: 4) { nodes { period total enteredBy { name } } } } } } }"""


def print_lists(towns: Towns, boards: Boards) -> None:
    """The same lists, short and long: what is told to PostgreSQL and asked of Casbin is the
    same."""
    rows = [*run(_lists(towns)), *run(_pages(boards))]
    print("\nWhat a list takes: statements, decisions asked for, and those made anew\n")
    head = ["", "records", "statements", "reads", "asked", "made", "kB"]
    print(markdown(head, rows), flush=True)


async def _lists(towns: Towns) -> list[list[object]]:
    rows = []
    for way in (PRODUCT, PLAIN):
        async with service_within(towns, way) as app:
            for many in (10, 1_000):
                body = {"query": LISTS, "variables": {"many": many}}
                asked = queried("town-0", Question("C", 0).token, body)
                rows.append([f"`planNodes`, {way}", many, *await _taken(app, towns, asked)])
            if way == PRODUCT:
                page = looked_at("/town-0/personer", towns.sign_in())
                rows.append(["page of the register", 100, *await _taken(app, towns, page)])
    return rows


async def _pages(boards: Boards) -> list[list[object]]:
    async with service_within(boards.towns) as app:
        return [
            [
                "page of a goal analysis",
                rows,
                *await _taken(app, boards.towns, looked_at(board.page, board.session)),
            ]
            for rows, board in boards.by_rows.items()
        ]


async def _taken(app: Any, towns: Towns, asked: Asked) -> list[object]:
    """Of the second time that it is asked: plans, and who asks, are known by then."""
    await ask(app, asked)
    with towns.told() as told, _decisions() as counts:
        body = await ask(app, asked)
    found = Counted(told, 1)
    size = f"{len(body) / 1000:,.0f}"
    return [f"{found.all:.0f}", f"{found.reads:.0f}", counts["asked"], counts["made"], size]


@contextmanager
def _decisions() -> Iterator[Counter[str]]:
    """Count what is asked of `permit.allowed` wherever it has been imported, and what of that was
    not remembered with the actor."""
    counts: Counter[str] = Counter()
    allowed, covered = permit.allowed, permit._covered
    holders = [
        module
        for name, module in list(sys.modules.items())
        if name.startswith("roder.") and vars(module).get("allowed") is allowed
    ]
    counted = _counted(allowed, counts, "asked")
    for module in holders:
        module.allowed = counted  # type: ignore[attr-defined]
    permit._covered = _counted(covered, counts, "made")
    try:
        yield counts
    finally:
        permit._covered = covered
        for module in holders:
            module.allowed = allowed  # type: ignore[attr-defined]


def _counted(call: Callable[..., Any], counts: Counter[str], name: str) -> Callable[..., Any]:
    def counted(*given: Any, **named: Any) -> Any:
        counts[name] += 1
        return call(*given, **named)

    return counted
