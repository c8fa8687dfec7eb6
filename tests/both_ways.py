"""Every query that a test has answered is answered the other way too, and has to be answered alike.

A pytest plugin (see `conftest.py`). What the planner answers is asked of Strawberry as well, and
what Strawberry answers of a planner, also where a test goes past the endpoint to the schema; the
test gets its own answer only. `RODER_ONE_WAY=1` turns it off for a run, and the fixture `one_way`
for a test that counts what a query costs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import asyncpg
import orjson
import pytest
from graphql import OperationDefinitionNode, OperationType

from roder.graphql.context import Context
from roder.graphql.documents import Document, core_schema, find_operation, parse_document
from roder.graphql.http import payload
from roder.graphql.planner import answering
from roder.graphql.planner.answering import Plans
from roder.graphql.reporting import shown
from roder.graphql.schema import Schema
from roder.infra.errors import AppError
from roder.infra.i18n import current_locale, use_locale
from roder.infra.runtime import Runtime
from roder.tenants import work as works
from roder.tenants.entry import Entered
from roder.tenants.work import Work, open_work

TRIES = 3
AROUND = 80
"""Bytes on either side of the first difference that are shown."""


@dataclass
class Heard:
    """How many answers were compared in the test that runs, and what was different in them."""

    on: bool = not os.environ.get("RODER_ONE_WAY")
    compared: int = 0
    differences: list[str] = field(default_factory=list)


HEARD = Heard()
_INSIDE: ContextVar[bool] = ContextVar("inside", default=False)
_INCIDENT = re.compile(rb"\b[0-9A-F]{8}\b")
_MOMENT = re.compile(rb'"\d+-\d+:\d+:[\d,]*"')


def difference(one: bytes, two: bytes, names: tuple[str, str]) -> str | None:
    """The first place where two answers differ, with what stands around it; None if nowhere.

    The number of an incident is drawn anew for each, and the cursor of what is live is the
    database's moment.
    """
    if b'"INTERNAL"' in one and b'"INTERNAL"' in two:
        one, two = _INCIDENT.sub(b"INCIDENT", one), _INCIDENT.sub(b"INCIDENT", two)
    one, two = _MOMENT.sub(b'"NOW"', one), _MOMENT.sub(b'"NOW"', two)
    if one == two:
        return None
    pairs = enumerate(zip(one, two, strict=False))
    at = next((place for place, (a, b) in pairs if a != b), min(len(one), len(two)))
    around = slice(max(at - AROUND, 0), at + AROUND)
    return "\n".join(
        f"  {name:>10}, {len(body)} bytes, at {at}: …{body[around].decode(errors='replace')}…"
        for name, body in zip(names, (one, two), strict=True)
    )


async def told_apart(
    slow: Callable[[], Awaitable[bytes]], fast: Callable[[], Awaitable[bytes | None]]
) -> str | None:
    """How the two ways differ, or None. Both are asked anew before it counts: what is signed with
    the time, or was changed in between, is different only once."""
    told = None
    for _try in range(TRIES):
        one, two = await slow(), await fast()
        if two is None:
            return None
        told = difference(one, two, ("strawberry", "planned"))
        if told is None:
            return None
    return told


@contextmanager
def one_answer() -> Iterator[None]:
    """Within, queries are answered once."""
    token = _INSIDE.set(True)
    try:
        yield
    finally:
        _INSIDE.reset(token)


@pytest.fixture
def one_way() -> Iterator[None]:
    """For a test that counts statements, or stands for itself."""
    HEARD.on, before = False, HEARD.on
    yield
    HEARD.on = before


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    HEARD.compared = 0
    HEARD.differences.clear()
    yield
    if HEARD.differences:
        pytest.fail("The two ways differ.\n" + "\n\n".join(HEARD.differences), pytrace=False)


def _watch() -> None:
    """Listen where every query passes: at the planner, and at Strawberry when that one does not
    answer."""
    executes = Schema.execute

    async def execute(self: Schema, query: str | None, *given: Any, **named: Any) -> Any:
        result = await executes(self, query, *given, **named)
        context = named.get("context_value")
        if HEARD.on and not _INSIDE.get() and query and type(context) is Context:
            asked = _asked(query, named.get("variable_values"), named.get("operation_name"))
            if asked and await _stands_still(context.work):
                with one_answer():
                    await _compare(self, asked, context.work, _bytes(result))
        return result

    Schema.execute = execute  # type: ignore[method-assign]
    for name in ("answer", "assemble"):
        setattr(Plans, name, _compared(getattr(Plans, name)))
    answering.log = _Faults(answering.log)
    for place in (answering, works):
        place.write_noted = _unless_inside(place.write_noted)


def _unless_inside(writes: Any) -> Any:
    """The access log holds what the test has asked, once."""

    async def write_noted(*given: Any) -> None:
        if not _INSIDE.get():
            await writes(*given)

    return write_noted


def _compared(answers: Any) -> Any:
    """A way of the planner's, with Strawberry asked after it."""

    async def answer(
        self: Plans, runtime: Runtime, entered: Entered, *given: Any, **named: Any
    ) -> bytes | None:
        found: bytes | None = await answers(self, runtime, entered, *given, **named)
        if found is not None and HEARD.on and not _INSIDE.get():
            document, operation, variables = given
            name = operation.name.value if operation.name else None
            with one_answer():
                async with open_work(runtime, entered.tenant, entered.actor, write=False) as work:
                    schema = self.schema._strawberry_schema  # type: ignore[attr-defined]
                    asked = _Asked(document, operation, variables, name)
                    await _compare(schema, asked, work, found, by_plan=True)
        return found

    return answer


class _Faults:
    """The planner's log. What it fails at is answered by Strawberry, so that nobody would see."""

    def __init__(self, log: Any) -> None:
        self.log = log

    def __getattr__(self, name: str) -> Any:
        return getattr(self.log, name)

    def error(self, event: str, **told: Any) -> None:
        self._note(event, told)
        self.log.error(event, **told)

    def exception(self, event: str, **told: Any) -> None:
        self._note(event, told)
        self.log.exception(event, **told)

    def warning(self, event: str, **told: Any) -> None:
        self._note(event, told)
        self.log.warning(event, **told)

    def _note(self, event: str, told: dict[str, Any]) -> None:
        if HEARD.on:
            HEARD.differences.append(f"{event}: {told}")


@dataclass(frozen=True, slots=True)
class _Asked:
    document: Document
    operation: OperationDefinitionNode
    variables: dict[str, Any]
    name: str | None


def _asked(query: str, variables: Any, name: str | None) -> _Asked | None:
    """What is asked, if it is a valid query."""
    try:
        document = parse_document(query)
        operation = find_operation(document, name)
    except AppError:
        return None
    if operation.operation is not OperationType.QUERY or any(document.faults.values()):
        return None
    return _Asked(document, operation, variables or {}, name)


async def _stands_still(work: Work) -> bool:
    """Whether another transaction sees the same, and the same day, in the same language."""
    if work.session.new or work.session.dirty or work.session.deleted:
        return False
    if abs(datetime.now(UTC) - work.now) > timedelta(minutes=1):
        return False
    if current_locale() != work.actor.locale:
        return False
    written = "select pg_current_xact_id_if_assigned()::text"
    try:
        return await (await _driver(work)).fetchval(written) is None
    except asyncpg.InFailedSQLTransactionError:
        return False


async def _driver(work: Work) -> Any:
    """Past SQLAlchemy, where tests count statements."""
    raw = await (await work.session.connection()).get_raw_connection()
    return raw.driver_connection


async def _compare(
    schema: Schema, asked: _Asked, work: Work, first: bytes, *, by_plan: bool = False
) -> None:
    """Ask the other way, and each way again where they differ. `first` was Strawberry's, or the
    planner's."""
    rights = "select version from rights_versions where tenant_id = $1"
    stands = await (await _driver(work)).fetchval(rights, work.tenant.id)
    entered = Entered(work.tenant, work.actor, stands or 0)
    plans = _plans(schema)
    known = [first]

    async def slow() -> bytes:
        if known and not by_plan:
            return known.pop()
        context = Context(work)
        result = await schema.execute(
            asked.document.text,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.name,
        )
        if by_plan:
            context.tell()  # as the endpoint does; the fourth fence looks at this work too
        return _bytes(result)

    async def fast() -> bytes | None:
        if known and by_plan:
            return known.pop()
        with use_locale(work.actor.locale):
            given = (work.runtime, entered, asked.document, asked.operation, asked.variables)
            return await plans.answer(*given) or await plans.assemble(*given)

    try:
        told = await told_apart(slow, fast)
    except Exception as error:
        told = f"  {error!r}"
    HEARD.compared += 1
    if told:
        variables = orjson.dumps(asked.variables, default=str, option=orjson.OPT_INDENT_2).decode()
        HEARD.differences.append(f"{work.actor.name}, {variables}\n{asked.document.text}\n{told}")


@cache
def _plans(schema: Schema) -> Plans:
    return Plans(core_schema(schema))


def _bytes(result: Any) -> bytes:
    return orjson.dumps(payload(result.data, [shown(error) for error in result.errors or ()]))


_watch()
