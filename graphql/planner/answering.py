"""Answering a query by its plan: the bytes of the body, or None for Strawberry to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, cast
from uuid import UUID

import asyncpg  # type: ignore[import-untyped]
import orjson
import structlog
from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, get_variable_values
from graphql.execution.values import VariableValues

from ...authz.permit import allowed
from ...infra.database import Outdated as Outdated
from ...infra.database import told_busy
from ...infra.errors import AppError
from ...infra.runtime import Runtime
from ...tenants.actors import Source
from ...tenants.entry import Entered, work_of
from ...tenants.known import Known
from ...tenants.log.access_log import Action, noted
from ...tenants.log.noting import write_noted
from ...tenants.work import STOCKHOLM, module_is_on
from ..context import MOST_RECORDS, Context
from ..documents import Bounded, Document
from ..variables import coerced
from .assembling import Assembler, Assembly
from .filling import Holes, filled
from .marks import is_marked, unmarked
from .plans import Asking, Planned, make_plan
from .texts import Unplannable

log = structlog.get_logger()

KEPT: Final = 20_000_000
"""Signs of SQL that are kept, of all plans together."""


ASSEMBLED: Final = 200_000
"""Signs of documents whose answers are assembled."""

_NOT_ITS_FAULT: Final = (asyncpg.OperatorInterventionError, asyncpg.PostgresConnectionError)
"""What ends a statement without telling anything of it."""


class Plans:
    """The plans of a process, those used last. They hold no data of any municipality."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.known = Known()
        self._kept: Bounded[Planned | Unplannable] = Bounded(KEPT)
        self._assemblies: Bounded[Assembly] = Bounded(ASSEMBLED)

    async def answer(
        self,
        runtime: Runtime,
        entered: Entered,
        document: Document,
        operation: OperationDefinitionNode,
        sent: dict[str, Any],
        *,
        source: Callable[[], Source] | None = None,
    ) -> bytes | None:
        """What is refused or strange is left to Strawberry, which tells it in its own words.

        The access log is told what `source` gives, where it is not the one that `entered` has.
        Raises Outdated when rights have changed since `entered` was found out, TimeoutError when
        no connection has become free: whoever asks has waited long enough then.
        """
        variables = coerced(self.schema, document, operation, sent)
        if variables is None or not _plannable(entered):
            return None
        key = _key(document, operation, entered, variables)
        plan = self._kept.get(key)
        if plan is None:
            plan = await asyncio.to_thread(self._make, key, entered, document, operation, sent)
        if isinstance(plan, Unplannable):
            return None
        try:
            parameters = plan.parameters(_asking(entered), variables)
            row = await _read(runtime, entered, plan, parameters)
        except (Unplannable, AppError, asyncpg.DataError, asyncpg.InterfaceError):
            return None
        except asyncpg.PostgresError as error:
            log.error("plan_failed", fault=type(error).__name__, sql=plan.body[:2_000])
            if not isinstance(error, _NOT_ITS_FAULT):
                self._kept.keep(key, Unplannable("PostgreSQL refused it"), weight=200)
            return None
        if row is None:
            raise Outdated
        found: bytes | None = row[0]
        if found is None or _is_too_much(found, plan.shortest):
            return None
        if is_marked(plan.sql):
            found = await _logged(
                runtime, entered, source() if source else entered.actor.source, found
            )
        return _filled(found, plan.holes) if plan.holes else found

    async def assemble(
        self,
        runtime: Runtime,
        entered: Entered,
        document: Document,
        operation: OperationDefinitionNode,
        sent: dict[str, Any],
    ) -> bytes | None:
        """The body of a query with parts that services make; None when anything is refused, which
        Strawberry comes to as well, and tells with its place in the query.

        Raises what tells that the database is busy, see `told_busy`; Outdated for one who came in
        earlier, when rights have changed since.
        """
        variables = get_variable_values(self.schema, operation.variable_definitions or (), sent)
        if isinstance(variables, list) or not _plannable(entered):
            return None
        key = _key(document, operation, entered, variables.coerced)
        assembly = self._assemblies.get(key) or Assembly(document, operation)
        self._assemblies.keep(key, assembly, weight=len(document.text) + 1)
        try:
            async with work_of(runtime, entered, write=False) as work:
                asking = _asking(entered)
                assembler = Assembler(
                    self.schema,
                    assembly,
                    variables,
                    work.allows,
                    work.tenant.modules,
                    asking,
                    Context(work),
                )
                found = await assembler.body()
                assembler.context.tell()
        except (AppError, GraphQLError, Unplannable):
            return None
        except Exception as error:
            if isinstance(error, Outdated) or told_busy(error):
                raise
            runtime.measures.count("assembly_failed")
            # By its hash: the values of a document are people's.
            digest = sha256(document.text.encode()).hexdigest()
            log.warning("assembly_failed", document=digest, fault=type(error).__name__)
            return None
        return None if _is_too_much(found) else found

    def _make(
        self,
        key: Hashable,
        entered: Entered,
        document: Document,
        operation: OperationDefinitionNode,
        sent: dict[str, Any],
    ) -> Planned | Unplannable:
        def allows(permission: str) -> bool:
            on = module_is_on(entered.tenant, permission)
            return on and allowed(entered.actor, permission)

        plan: Planned | Unplannable
        try:
            modules = entered.tenant.modules
            definitions = operation.variable_definitions or ()
            variables = cast("VariableValues", get_variable_values(self.schema, definitions, sent))
            plan = make_plan(self.schema, document, operation, variables, allows, modules)
        except Unplannable as reason:
            # Not the one that was raised: with it would be kept all that it was raised from.
            plan = Unplannable(str(reason))
        except Exception:
            log.exception("plan_not_made")  # without the document: its values are people's
            plan = Unplannable("a fault of the planner")
        weight = len(plan.sql) * 2 if isinstance(plan, Planned) else 200
        self._kept.keep(key, plan, weight=weight + len(document.text))
        return plan


def _plannable(entered: Entered) -> bool:
    """A plan is one for all who may the same, and its statement is none of the session's: it would
    show a key for some units all of them."""
    return entered.actor.behind is None and entered.actor.within is None


def _asking(entered: Entered) -> Asking:
    actor, today = entered.actor, datetime.now(STOCKHOLM).date()
    tenant, session = entered.tenant.id, actor.session_id
    return Asking(tenant, actor.id, today, actor.locale, entered.rights, session, actor)


async def _read(
    runtime: Runtime, entered: Entered, plan: Planned, parameters: list[Any]
) -> Sequence[Any] | None:
    if runtime.settings.distributed:
        return await runtime.reading.row_of(entered.tenant.id, plan.body, parameters)
    return await runtime.reading.row(plan.sql, parameters)


async def _logged(runtime: Runtime, entered: Entered, source: Source, found: bytes) -> bytes:
    """The answer, once the access log holds which records are in it. Raises NotLogged."""
    seen: dict[str, dict[UUID, UUID | None]] = {}
    answer = unmarked(found, lambda kind, id, about: seen.setdefault(kind, {}).update({id: about}))
    entries, actor = [], replace(entered.actor, source=source)
    for kind, about in sorted(seen.items()):
        people = [about[id] for id in sorted(about)]
        of = [person for person in people if person is not None]
        entries.append(noted(actor, Action.READ, kind, records=sorted(about), about=of))
    if entries:
        await write_noted(runtime, entered.tenant.id, entries)
    return answer


def _is_too_much(found: bytes, shortest: int = 1) -> bool:
    """Every record has a brace, so what has fewer is not too much. To count them takes as long as
    all else that is done for a large answer; most are shorter than so many records can be."""
    return len(found) > shortest * MOST_RECORDS and found.count(b"{") > MOST_RECORDS


def _filled(found: bytes, holes: Holes) -> bytes:
    answer = orjson.loads(found)
    filled(answer, holes)
    return orjson.dumps(answer)


def _key(
    document: Document,
    operation: OperationDefinitionNode,
    entered: Entered,
    variables: Mapping[str, Any],
) -> Hashable:
    """What a plan is kept by."""
    name = operation.name.value if operation.name else None
    return document.text, name, _profile(entered), _pattern(variables)


def _profile(entered: Entered) -> Hashable:
    """All that a permission somewhere depends on: see `authz/permit.allowed`."""
    roles = frozenset(grant.role for grant in entered.actor.grants)
    return roles, entered.actor.scopes, entered.tenant.modules, entered.tenant.locked


def _pattern(variables: Mapping[str, Any]) -> Hashable:
    """What of the variables decides the shape of an answer: which are there, and conditions."""
    return tuple(
        (name, value if value is None or isinstance(value, bool) else "given")
        for name, value in variables.items()
    )
