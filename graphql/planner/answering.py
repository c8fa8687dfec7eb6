"""Answering a query by its plan: the bytes of the body, or None for Strawberry to answer."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped]
import orjson
import structlog
from graphql import GraphQLSchema, OperationDefinitionNode, get_variable_values

from ...authz.permit import allowed
from ...infra.errors import AppError
from ...infra.runtime import Runtime
from ...tenants.entry import Entered
from ...tenants.known import Known
from ...tenants.work import STOCKHOLM, module_is_on
from ..context import MOST_RECORDS
from ..documents import Bounded, Document
from .filling import Holes, filled
from .plans import Asking, Planned, make_plan
from .texts import Unplannable

log = structlog.get_logger()

KEPT: Final = 20_000_000
"""Signs of SQL that are kept, of all plans together."""


class Outdated(Exception):
    """Who asks has to enter anew: the municipality's rights have changed."""


class Plans:
    """The plans of a process, those used last. They hold no data of any municipality."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.known = Known()
        self._kept: Bounded[Planned | Unplannable] = Bounded(KEPT)

    async def answer(
        self,
        runtime: Runtime,
        entered: Entered,
        document: Document,
        operation: OperationDefinitionNode,
        sent: dict[str, Any],
    ) -> bytes | None:
        """What is refused or strange is left to Strawberry, which tells it in its own words.

        Raises Outdated when rights have changed since `entered` was found out.
        """
        variables = get_variable_values(self.schema, operation.variable_definitions or (), sent)
        if isinstance(variables, list):
            return None
        name = operation.name.value if operation.name else None
        key = (document.text, name, _profile(entered), _pattern(variables.coerced))
        plan = self._kept.get(key)
        if plan is None:
            plan = self._make(key, entered, document, operation, variables)
        if isinstance(plan, Unplannable):
            return None
        today = datetime.now(STOCKHOLM).date()
        actor = entered.actor
        asking = Asking(entered.tenant.id, actor.id, today, actor.locale, entered.rights)
        try:
            parameters = plan.parameters(asking, variables.coerced)
            row = await _read(runtime, entered, plan, parameters)
        except (Unplannable, AppError, asyncpg.DataError):
            return None
        except asyncpg.PostgresError:
            log.exception("plan_failed", document=document.text)
            return None
        if row is None:
            raise Outdated
        found: bytes | None = row[0]
        # Every record has a brace, so what has fewer is not too much.
        if found is None or found.count(b"{") > MOST_RECORDS:
            return None
        return _filled(found, plan.holes) if plan.holes else found

    def _make(
        self,
        key: Hashable,
        entered: Entered,
        document: Document,
        operation: OperationDefinitionNode,
        variables: Any,
    ) -> Planned | Unplannable:
        def allows(permission: str) -> bool:
            on = module_is_on(entered.tenant, permission)
            return on and allowed(entered.actor, permission)

        plan: Planned | Unplannable
        try:
            plan = make_plan(self.schema, document, operation, variables, allows)
        except Unplannable as reason:
            plan = reason
        weight = len(plan.sql) * 2 if isinstance(plan, Planned) else 200
        self._kept.keep(key, plan, weight=weight + len(document.text))
        return plan


async def _read(
    runtime: Runtime, entered: Entered, plan: Planned, parameters: list[Any]
) -> Sequence[Any] | None:
    if runtime.settings.distributed:
        return await runtime.reading.row_of(entered.tenant.id, plan.body, parameters)
    return await runtime.reading.row(plan.sql, parameters)


def _filled(found: bytes, holes: Holes) -> bytes:
    answer = orjson.loads(found)
    filled(answer, holes)
    return orjson.dumps(answer)


def _profile(entered: Entered) -> Hashable:
    """All that a permission somewhere depends on: see `authz/permit.allowed`."""
    roles = frozenset(grant.role for grant in entered.actor.grants)
    return roles, entered.actor.scopes, entered.tenant.modules


def _pattern(variables: Mapping[str, Any]) -> Hashable:
    """What of the variables decides the shape of an answer: which are there, and conditions."""
    return tuple(
        (name, value if value is None or isinstance(value, bool) else "given")
        for name, value in variables.items()
    )
