"""The fourth fence, held over every work and every plan that any test runs: who reads what is
declared as personal or confidential (`tenants/log/logged.py`), or changes it, notes it in the
access log.

A pytest plugin (see `conftest.py`). It looks at work whose actor came by a page, the API, search,
SCIM or as support: at the declared columns that its statements select, at the declared attributes
that are read off its rows, and at the rows it writes. One's own rows may be read unnoted, and so
may what only decides (`REASONS`).
"""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from fourth_fence_reasons import REASONS
from sqlalchemy import Column, event, inspect
from sqlalchemy.orm import InstrumentedAttribute, ORMExecuteState, Session, object_session
from sqlalchemy.sql.visitors import iterate

from roder.graphql.planner import answering, assembling, compiling
from roder.graphql.planner.marks import START
from roder.infra.database import Base
from roder.infra.errors import AppError
from roder.tenants import work as works
from roder.tenants.actors import Actor, Way
from roder.tenants.log import logged
from roder.tenants.log.access_log import LASTING
from roder.tenants.tenant_session import TenantSession
from roder.tenants.work import Work

HELD = frozenset({Way.PAGE, Way.API, Way.SEARCH, Way.SCIM, Way.SUPPORT})
ALSO = {"role_grants": {"person"}, "people": {"leaver", "leaver_run"}}
"""What else tells that a row was read: somebody's roles stand in their row of the register, and
who waits for a purge or is in one is logged by that name, with whom it is about."""

LEAKS: list[str] = []
_CALLERS: ContextVar[tuple[str, ...]] = ContextVar("callers", default=())


@dataclass
class Held:
    """What one work has read and written of what is declared, and by which functions."""

    actor: Actor
    read: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    written: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def reads(self, table: str, column: str) -> None:
        self.read.append((table, column, _callers() or _CALLERS.get()))

    def writes(self, table: str) -> None:
        self.written.append((table, _callers() or _CALLERS.get()))

    def leaks(self, work: Work) -> Iterator[str]:
        """In words, what of it the work has not noted."""
        seen = {str(entry.content["kind"]) for entry in work._noted}
        done = {str(e.content["kind"]) for e in work._noted if e.action not in LASTING}
        where = f"{self.actor.source.way} {self.actor.source.process or '?'}"
        for table, column, callers in self.read:
            kinds = {logged.kind_of(table), *ALSO.get(table, ())}
            if not kinds & seen and not _excused(callers):
                yield f"{where} read {table}.{column} unnoted, by {_told(callers)}"
        for table, callers in self.written:
            if logged.kind_of(table) not in done and not _excused(callers):
                yield f"{where} changed {table} unnoted, by {_told(callers)}"


def _excused(callers: tuple[str, ...]) -> bool:
    return any(name in REASONS for name in callers)


def _told(callers: tuple[str, ...]) -> str:
    return " < ".join(callers[:6])


def _callers() -> tuple[str, ...]:
    """The functions of ours that are under way, innermost first; of a greenlet or a task, none of
    those outside of it."""
    frame, names = sys._getframe(1), []
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith("roder."):
            names.append(f"{module.removeprefix('roder.')}.{frame.f_code.co_name}")
        frame = frame.f_back  # type: ignore[assignment]
    return tuple(name for name in names if not name.startswith("tenants.work."))


# Work: begun, and what it runs.


def _hold_works() -> None:
    begins, undivided, attempts = works._transaction, Work._undivided, Work.attempt

    @asynccontextmanager
    async def held(runtime: Any, tenant: Any, actor: Actor, **named: Any) -> AsyncIterator[Work]:
        async with begins(runtime, tenant, actor, **named) as work:
            if actor.source.way not in HELD:
                yield work
                return
            watched = work.session.sync_session.info["held"] = Held(actor)
            yield work
            await work.flush()
            LEAKS.extend(watched.leaks(work))

    async def told(self: Work, call: Any) -> Any:
        token = _CALLERS.set(_callers())
        try:
            return await undivided(self, call)
        finally:
            _CALLERS.reset(token)

    @asynccontextmanager
    async def attempt(self: Work) -> AsyncIterator[None]:
        """What is undone has not been written, and what is refused not shown."""
        watched = self.session.sync_session.info.get("held") or Held(self.actor)
        written, read = len(watched.written), len(watched.read)
        try:
            async with attempts(self):
                yield
        except BaseException as error:
            del watched.written[written:]
            if isinstance(error, AppError):
                del watched.read[read:]
            raise

    works._transaction = held
    Work.attempt = attempt  # type: ignore[method-assign]
    Work._undivided = told  # type: ignore[method-assign]
    for name in ("run", "raw"):
        setattr(Work, name, _watched(getattr(Work, name)))


def _watched(runs: Any) -> Any:
    """A statement that goes past the session."""

    async def run(self: Work, statement: Any, *given: Any) -> Any:
        held = self.session.sync_session.info.get("held")
        if held and isinstance(statement, str):
            for table, column in unmarked_in(statement, *given, held.actor.id):
                held.reads(table, column)
        elif held and not isinstance(statement, str):
            for table, column in _selected(statement):
                held.reads(table, column)
        return await runs(self, statement, *given)

    return run


@event.listens_for(TenantSession, "do_orm_execute")
def _hold_statement(state: ORMExecuteState) -> Any:
    held = state.session.info.get("held")
    if held is None:
        return None
    if state.is_update or state.is_delete or state.is_insert:
        return _changed(state, held)
    found = list(_selected(state.statement))
    if not state.is_select or not found or _own(state, held.actor):
        return None
    kept = state.invoke_statement().freeze()
    if kept.data:
        for table, column in found:
            held.reads(table, column)
    return kept()


def _changed(state: ORMExecuteState, held: Held) -> Any:
    """What a statement that writes gives; it is looked at where it has come to any row."""
    result: Any = state.invoke_statement()
    kept = result.freeze() if getattr(result, "returns_rows", True) else None
    if state.is_insert and _is_own_new(state, held.actor):
        return kept() if kept else result
    if kept.data if kept else result.rowcount:
        _written(held, state.statement.table.name, None)  # type: ignore[attr-defined]
    return kept() if kept else result


def _is_own_new(state: ORMExecuteState, actor: Actor) -> bool:
    """Whether an insert is of one row, which is about the actor."""
    if actor.id is None or actor.behind is not None:
        return False
    return bool(state.statement.compile().params.get("person_id") == actor.id)


@event.listens_for(TenantSession, "after_flush")
def _hold_flush(session: Session, _context: object) -> None:
    held = session.info.get("held")
    if held is not None:
        for row in (*session.new, *session.dirty, *session.deleted):
            if row not in session.dirty or session.is_modified(row):
                _written(held, inspect(type(row)).local_table.name, row)


def _written(held: Held, table: str, row: object | None) -> None:
    own = row is not None and _is_own(row, held.actor)
    if table in logged.change_logged() or (table in logged.change_of_others_logged() and not own):
        held.writes(table)


def _selected(statement: Any) -> Iterator[tuple[str, str]]:
    """The declared columns that a statement selects as such, not within an entity."""
    for one in getattr(statement, "column_descriptions", ()):
        expression = one["expr"]
        if hasattr(expression, "__mapper__") or getattr(expression, "_aliased_insp", None):
            continue
        for part in iterate(expression.__clause_element__() if _orm(expression) else expression):
            for base in getattr(part, "base_columns", ()):
                yield from _declared(base)


def _orm(expression: object) -> bool:
    return hasattr(expression, "__clause_element__")


def _declared(column: Any) -> Iterator[tuple[str, str]]:
    if isinstance(column, Column) and column.table is not None:
        table = getattr(column.table, "name", "")
        if column.name in logged.read_logged().get(table, ()):
            yield table, column.name


def _own(state: ORMExecuteState, actor: Actor) -> bool:
    """Whether the statement is for one person's rows, who is the actor."""
    if actor.id is None or actor.behind is not None:
        return False
    compiled = state.statement.compile()
    own = [name for name, value in compiled.params.items() if value == actor.id]
    text = str(compiled)
    return any(re.search(rf"\b(person_id|created_by|id) = :{name}\b", text) for name in own)


# Attributes, as they are read off the rows.


class _Watched(InstrumentedAttribute):  # type: ignore[type-arg]
    __slots__ = ()

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is not None:
            session = object_session(instance)
            held = session.info.get("held") if session else None
            new = session is not None and instance in session.new
            if held is not None and not new and not _is_own(instance, held.actor):
                held.reads(self.class_.__tablename__, self.key)
        return super().__get__(instance, owner)


def _is_own(row: Any, actor: Actor) -> bool:
    if actor.id is None or actor.behind is not None:
        return False
    values = row.__dict__
    whose = values.get("person_id", values.get("created_by", values.get("id")))
    return bool(whose == actor.id)


def watch_attributes() -> None:
    for mapper in Base.registry.mappers:
        for name in logged.read_logged().get(mapper.local_table.name, ()):  # type: ignore[attr-defined]
            attribute = mapper.class_.__dict__[
                mapper.get_property_by_column(mapper.local_table.c[name]).key
            ]
            if type(attribute) is InstrumentedAttribute:
                attribute.__class__ = _Watched


# Plans.

SHOWN: dict[str, frozenset[tuple[str, str]]] = {}
"""By the text of a plan's statement, the declared columns that its answer shows."""
_WRITTEN: ContextVar[set[tuple[str, str]] | None] = ContextVar("written", default=None)


def unmarked_in(sql: str, parameters: Any, actor_id: UUID | None) -> list[tuple[str, str]]:
    """What a plan shows of what is declared, without a mark for the log nor only of one's own."""
    own = [f"${n}" for n, value in enumerate(parameters, 1) if value == actor_id]
    marked = set(re.findall(rf"{START}(\w+):", sql))
    if any(re.search(rf"\.(person_id|created_by|id) = \{n}\b", sql) for n in own):
        return []
    return [
        (table, column)
        for table, column in sorted(SHOWN.get(sql, ()))
        if not marked & {logged.kind_of(table), *ALSO.get(table, ())}
    ]


def _hold_plans() -> None:
    reads, writes, fetches = answering._read, compiling.value_of, compiling.fetched

    async def read(runtime: Any, entered: Any, plan: Any, parameters: Any) -> Any:
        found = await reads(runtime, entered, plan, parameters)
        faults = unmarked_in(plan.body, parameters, entered.actor.id)
        if found is not None and faults:
            shown = ", ".join(".".join(each) for each in faults)
            LEAKS.append(f"a plan shows {shown} unmarked: {plan.body[:300]}")
        return found

    def value_of(value: Any, *given: Any) -> Any:
        _shows(value)
        return writes(value, *given)

    def fetched(plan: Any, place: Any, write: Any) -> Any:
        for column in plan.columns:
            _shows(plan.sql(column, place))
        return fetches(plan, place, write)

    answering._read, compiling.value_of, compiling.fetched = read, value_of, fetched
    answering.make_plan = _telling(answering.make_plan)
    assembling.plan_records = _telling(assembling.plan_records)


def _shows(value: Any) -> None:
    shown = _WRITTEN.get()
    if shown is not None:
        for part in iterate(value.__clause_element__() if _orm(value) else value):
            for base in getattr(part, "base_columns", ()):
                shown.update(_declared(base))


def _telling(makes: Any) -> Any:
    def make(*given: Any) -> Any:
        token = _WRITTEN.set(shown := set())
        try:
            plan = makes(*given)
        finally:
            _WRITTEN.reset(token)
        SHOWN[plan.body] = frozenset(shown)
        return plan

    return make


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    watch_attributes()
    LEAKS.clear()
    yield
    if LEAKS:
        told = "\n".join(dict.fromkeys(LEAKS))
        pytest.fail(f"The access log is not told.\n{told}", pytrace=False)


_hold_works()
_hold_plans()
