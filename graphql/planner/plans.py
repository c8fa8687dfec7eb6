"""Plans: made once for a document and a profile, and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from graphql import (
    GraphQLNamedType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
)
from graphql.execution.values import VariableValues
from sqlalchemy import ARRAY, Boolean, ColumnElement, Date, Text, Uuid, any_, bindparam

from ...authz.permit import NOBODY, allowed, reach
from ...tenants.actors import Actor
from ..documents import Document
from ..given import Given
from ..stored import Place
from .compiling import Compiler, origin_of
from .filling import Holes
from .places import joined_to, rows_of
from .selecting import Selecting
from .texts import Unplannable
from .writing import Read, Writing

IDS: Final = " ids"
"""A variable that no document can have."""

_GIVEN: Final = Given(
    tenant=bindparam("tenant", type_=Uuid()),
    actor=bindparam("actor", type_=Uuid()),
    today=bindparam("today", type_=Date()),
    locale=bindparam("locale", type_=Text()),
    session=bindparam("session", type_=Uuid()),
    units=lambda permission: _of_right("units", permission, ARRAY(Uuid())),
    others=lambda permission: _of_right("others", permission, Boolean()),
)


class Asking(NamedTuple):
    """What an answer depends on beside the document and its variables."""

    tenant: UUID
    actor: UUID | None
    today: date
    locale: str
    rights: int
    """The version of the municipality's rights that the asker is known by."""
    session: UUID | None = None
    who: Actor | None = None
    """Whose rights at units, and for what is others', count; None for nobody's."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A statement that sets its tenant by itself, the same without, and where the parameters
    come from."""

    sql: str
    body: str
    reads: tuple[Callable[[Asking, Mapping[str, Any]], Any], ...]
    holes: Holes
    """What Python has to fill in; nothing for most."""
    unused: tuple[Read, ...] = ()
    """What is asked for and not needed, such as the cursor of a page whose total alone is shown:
    a resolver would refuse it all the same."""
    shortest: int = 1
    """Signs that each record of the answer has at least."""

    def parameters(self, asking: Asking, variables: Mapping[str, Any]) -> list[Any]:
        """Raises Unplannable, or the AppError of a resolver, for a value that is refused."""
        for check in self.unused:
            check(variables)
        return [read(asking, variables) for read in self.reads]


def make_plan(
    schema: GraphQLSchema,
    document: Document,
    operation: OperationDefinitionNode,
    variables: VariableValues,
    allows: Callable[[str], bool],
    modules: frozenset[str],
) -> Planned:
    """The plan of a query, for those whom `allows` tells of, with the modules that are open to
    them. Raises Unplannable."""
    selecting = Selecting.of(schema, document.ast, variables)
    compiler = Compiler(schema, selecting, variables.coerced, allows, modules)
    answer, writing = compiler.operation(operation, _GIVEN).sql(), compiler.writing
    selected, names = writing.numbered(f"SELECT {answer}")
    if "tenant" not in names:
        raise Unplannable("nothing of a municipality is read")
    tenant = f"${names.index('tenant') + 1}"
    held = _RIGHTS.format(tenant=tenant, rights=f"${len(names) + 1}")
    entered = _ENTERED.format(tenant=tenant, held=held)
    names = [*names, "rights"]
    reads = tuple(_reader(name, writing) for name in names)
    holes: Holes = {"data": compiler.holes} if compiler.holes else {}
    unused = tuple(read for name, read in writing.reads.items() if name not in names)
    sql, body = (f"{selected}\nWHERE {condition}" for condition in (entered, held))
    return Planned(sql, body, reads, holes, unused, writing.shortest)


def plan_records(
    schema: GraphQLSchema,
    document: Document,
    variables: VariableValues,
    allows: Callable[[str], bool],
    modules: frozenset[str],
    type_: GraphQLNamedType,
    sets: list[SelectionSetNode],
) -> Planned:
    """The plan of `id` and JSON of records whose ids are the variable IDS. It runs where the
    tenant is set already. Raises Unplannable."""
    if not hasattr(origin_of(type_), "model"):
        raise Unplannable(f"{type_} has no table")
    selecting = Selecting.of(schema, document.ast, variables)
    compiler = Compiler(schema, selecting, variables.coerced, allows, modules)
    writing = compiler.writing
    row = writing.row(origin_of(type_).model)
    place = Place(row, _GIVEN, allows, modules)
    shown = compiler.record(type_, sets, place).sql()
    ids = writing.parameter(lambda variables: variables[IDS], ARRAY(Uuid()))
    chosen = writing.sql((row.tenant_id == _GIVEN.tenant) & (row.id == any_(ids)))
    rows = joined_to(place, rows_of(row), writing.sql)
    found = f"SELECT {writing.sql(row.id)}, {shown} FROM {rows} WHERE {chosen}"
    sql, names = writing.numbered(found)
    reads = tuple(_reader(name, writing) for name in names)
    return Planned(sql, sql, reads, compiler.holes)


_RIGHTS: Final = (
    "{rights}::bigint = coalesce((SELECT rights_versions.version FROM rights_versions "
    "WHERE rights_versions.tenant_id = {tenant}::uuid), 0)"
)
"""No row for one who is known by what is no longer true."""

_ENTERED: Final = (
    "CASE WHEN set_config('roder.tenant', {tenant}::uuid::text, true) IS NOT NULL THEN {held} END"
)
"""The statement sets its tenant before anything is read: a CASE goes in order, and what is selected
is computed for the one row that the condition leaves, after it."""


def _reader(name: str, writing: Writing) -> Callable[[Asking, Mapping[str, Any]], Any]:
    if name in Asking._fields:
        return lambda asking, _variables: getattr(asking, name)
    kind, _, permission = name.partition("__")
    if kind in _RIGHT:
        of_right, right = _RIGHT[kind], permission.replace("__", ".")
        return lambda asking, _variables: of_right(asking.who, right)
    read, process = writing.reads[name], writing.processor(name)
    if process is None:
        return lambda _asking, variables: read(variables)
    return lambda _asking, variables: process(read(variables))


def _of_right(kind: str, permission: str, type_: Any) -> ColumnElement[Any]:
    return bindparam(f"{kind}__{permission.replace('.', '__')}", type_=type_)


def _units(who: Actor | None, permission: str) -> list[UUID] | None:
    found = reach(who, permission) if who else frozenset()
    return None if found is None else list(found)


def _others(who: Actor | None, permission: str) -> bool:
    return who is not None and allowed(who, permission, owner=NOBODY)


_RIGHT: Final = {"units": _units, "others": _others}
"""What is known of the rights of who asks, by the first word of the parameter's name."""
