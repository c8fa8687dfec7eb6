"""What a document costs: known, new, and by its id. Measured within the process of the service."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from contestants import Asked, queried
from report import at_most, markdown
from town import Question, Towns, graphql
from within import repeat, run, service_within, watched

from roder.graphql.http import Asked as Request
from roder.graphql.operations import prepare
from roder.graphql.planner import answering
from roder.tenants.actors import Source, Way
from roder.tenants.entry import Entered, enter

LOOKUPS, NEW, PERSISTED = 2_000, 40, 60
LOOKUP_US, NEW_MS = 15, 4
STEPS = {
    "parse": ("roder.graphql.operations", "parse_document"),
    "count": ("roder.graphql.operations", "check_limits"),
    "validate": ("roder.graphql.documents", "validate"),
    "plan": ("roder.graphql.planner.answering", "make_plan"),
    "write SQL": ("roder.graphql.planner.writing", "Writing.sql"),
}


def print_plans(towns: Towns, options: argparse.Namespace) -> None:
    run(_print_plans(towns, options))


async def _print_plans(towns: Towns, options: argparse.Namespace) -> None:
    async with service_within(towns) as app:
        source = Source(Way.API, address="127.0.0.1")
        entered = await enter(
            app.state.runtime, "town-0", bearer=Question("A", 0).token, source=source
        )
        known, new, kept = [], [], []
        for name in options.queries:
            question = Question(name, 0)
            plan, row = await _known(app, entered, question)
            known.append(row)
            new.append(await _new(app, question, plan, towns))
            kept.append(await _persisted(app, question, options.rounds))
    print("\nA known document: µs on the processor from the request as sent to what is read\n")
    head = ["", "document, limits, rules", "plan: variables, key, look-up", "parameters"]
    print(markdown(head, known))
    print("\nA new document, once: ms on the processor, and of PostgreSQL once a connection\n")
    head = ["", *STEPS, "all of them", "request, new − known", "signs of SQL", "PostgreSQL plans"]
    print(markdown(head, new))
    print("\nA known document by its id, and sent as text: µs on the processor for a request\n")
    print(markdown(["", "as text", "by its id", "spared", "bytes sent"], kept), flush=True)


async def _known(
    app: Any, entered: Entered, question: Question
) -> tuple[answering.Planned, list[object]]:
    runtime, schema, plans = app.state.runtime, app.state.schema, app.state.plans
    asked = Request(graphql(question.name), variables=dict(question.variables))
    operation = await prepare(runtime, schema, entered, asked)
    with _unread() as read:
        if await plans.answer(runtime, entered, *operation.of) is None:
            raise RuntimeError(f"{question.name} has no plan")
        whole = await _each(lambda: plans.answer(runtime, entered, *operation.of))
    plan: answering.Planned = read[0]
    asking, variables = answering._asking(entered), dict(question.variables)

    async def parameters() -> object:
        return plan.parameters(asking, variables)

    ready, values = (
        await _each(lambda: prepare(runtime, schema, entered, asked)),
        await _each(parameters),
    )
    lookup = at_most(whole - values, LOOKUP_US, "µs")
    return plan, [question.name, f"{ready:.1f}", lookup, f"{values:.1f}"]


@contextmanager
def _unread() -> Iterator[list[Any]]:
    """Nothing is read from the database: what is left is the plan, and its parameters."""
    read, plans = answering._read, []

    async def nothing(_runtime: object, _entered: object, plan: object, *_given: object) -> Any:
        plans[:] = [plan]
        return [b'{"data":{}}']

    answering._read = nothing
    try:
        yield plans
    finally:
        answering._read = read


async def _each(call: Callable[[], Awaitable[object]]) -> float:
    """µs on the processor, the median of five."""
    found = []
    for _turn in range(5):
        begun = time.process_time()
        for _ in range(LOOKUPS):
            await call()
        found.append((time.process_time() - begun) / LOOKUPS * 1e6)
    return statistics.median(found)


async def _new(app: Any, question: Question, plan: answering.Planned, towns: Towns) -> list[object]:
    """Every text is another, by a comment at its end: nothing of it is known."""

    def sent(*marks: object) -> list[Asked]:
        texts = (f"{graphql(question.name)}# {mark}" for mark in marks)
        return [_sent({"query": t, "variables": question.variables}, question) for t in texts]

    await repeat(app, sent("a", "b", "c"))
    plain = await repeat(app, sent(*range(NEW)))
    known = await repeat(app, sent(*range(NEW)))
    with watched(*STEPS.values()) as spent:
        await repeat(app, sent(*(f"once more {number}" for number in range(NEW))))
    took = {name: spent[".".join(place)][1] / NEW * 1000 for name, place in STEPS.items()}
    took["plan"] -= took["write SQL"]
    whole = at_most(sum(took.values()), NEW_MS, "ms")
    # Read as the superuser, who passes row-level security: its conditions are few.
    [[[told]]] = towns.rows("explain (generic_plan, summary, format json) " + plan.sql)
    shown = [f"{each:.2f}" for each in took.values()]
    more = f"{(plain - known) * 1000:.2f}"
    planning = f"{told['Planning Time']:.1f} ms"
    return [question.name, *shown, whole, more, f"{len(plan.sql):,}", planning]


async def _persisted(app: Any, question: Question, rounds: int) -> list[object]:
    """In turn. The document is kept by sending it once with its id."""
    text = graphql(question.name)
    id = f"sha256:{sha256(text.encode()).hexdigest()}"
    rest = {"variables": question.variables}
    plain = _sent({"query": text} | rest, question)
    by_id = _sent({"documentId": id} | rest, question)
    await repeat(app, [_sent({"query": text, "documentId": id} | rest, question), plain, by_id])
    runs = [
        [await repeat(app, [each] * PERSISTED) * 1e6 for each in (plain, by_id)]
        for _round in range(max(4, rounds * 2))
    ]
    texts, ids = (statistics.median(each) for each in zip(*runs, strict=True))
    spared = statistics.median(a - b for a, b in runs)
    sizes = f"{len(plain.body):,} and {len(by_id.body):,}"
    return [question.name, f"{texts:,.0f}", f"{ids:,.0f}", f"{spared:+.0f}", sizes]


def _sent(body: dict[str, object], question: Question) -> Asked:
    return queried("town-0", question.token, body)
