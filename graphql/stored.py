"""Fields that are read off the database: what each needs is declared beside it, once.

A declaration makes the field's resolver, and is what the planner (`planner/`) writes SQL from. A
field with neither a column of its own name nor a declaration is computed by its resolver alone,
and takes its whole query out of the planner's hands.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, TypeAlias, TypeVar, cast
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, ScalarSelect, Select, any_, false, func, select
from sqlalchemy.orm import InstrumentedAttribute
from strawberry.types.base import StrawberryContainer, StrawberryList, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.lazy_type import LazyType

from ..infra.i18n import in_language
from ..tenants.models import ModuleSettings
from ..tenants.rows import TenantRow
from .context import Info, Logged
from .given import Given, given_by
from .nodes import Node, local_id
from .paging import Connection, page
from .rows import another, beside_of

PLAN: Final = "plan"
"""Where the metadata of a field holds its declaration."""
LOGGED: Final = "logged"
"""Where it holds what the access log is told when the field is shown, if anything."""

N = TypeVar("N", bound=Node)

Row: TypeAlias = Any
"""A row of a model; in SQL one of `rows`, whose attributes are columns."""

Attribute: TypeAlias = InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a statement a field stands."""

    row: Row
    given: Given
    allows: Callable[[str], bool]
    """Whether the caller holds a permission, at some unit at least."""
    modules: frozenset[str]
    """Those that are switched on, and ask for no safer sign-in than the caller's."""
    arguments: Mapping[str, ColumnElement[Any] | None] = field(default_factory=dict)
    """By their names in Python, read as the declaration says; None for null and for left out."""
    path: tuple[str, ...] = ()
    """The response keys that lead here."""
    lists: tuple[bool, ...] = ()
    """Of each level above, whether it is a list."""
    handed: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    """What the fields above handed down, such as the day of an organisation tree."""
    equals: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    """What columns of the row were asked to equal."""
    besides: dict[type[TenantRow], Row] = field(default_factory=dict)
    """Rows of other tables that share the row's id, which is joined to them."""

    def allows_at(
        self, permission: str, unit: ColumnElement[Any] | None = None
    ) -> ColumnElement[bool]:
        """Whether the caller holds a permission at a unit; in the whole municipality without."""
        if not self.allows(permission):
            return false()
        units = self.given.units(permission)
        everywhere: ColumnElement[bool] = units.is_(None)
        return everywhere if unit is None else everywhere | (unit == any_(units))

    def allows_of(self, permission: str, owner: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether the caller holds a permission for what is `owner`'s."""
        if not self.allows(permission):
            return false()
        own: ColumnElement[bool] = owner == self.given.actor
        return self.given.others(permission) | own

    def beside(self, model: type[TenantRow]) -> Row:
        return self.besides.setdefault(model, beside_of(self.row, model))

    def alone(self, statement: Select[Any]) -> ScalarSelect[Any]:
        """The one value of a select, which may name the rows of all levels above."""
        return statement.scalar_subquery()


@dataclass(frozen=True, slots=True)
class Value:
    """A scalar or an enum: an expression of the type that the field shows."""

    sql: Callable[[Place], ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Related:
    """Records of the field's type: one, a list or pages, as its type says.

    One is the first in order. `chosen` tells which, given the alias of the target and the place;
    `order` is completed by the id. `asks` are permissions without which the field is refused;
    `find` asks for that of the target too. `reads` turns arguments into what the statement
    compares with, and raises what the resolver would; `name.part` is another reading of the
    argument `name`.
    """

    chosen: Callable[[Row, Place], ColumnElement[bool]]
    order: Callable[[Row, Place], Sequence[Any]] = lambda _row, _place: ()
    find: bool = False
    asks: tuple[str, ...] = ()
    reads: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    seen: Callable[[Place], bool] = lambda _place: True
    """Whether there is anything to see; else the field is null, or an empty list."""
    hands: Callable[[Row, Place], Mapping[str, ColumnElement[Any]]] = lambda _row, _place: {}
    holds: Callable[[Place], ColumnElement[bool]] | None = None
    """What must be so for the statement to answer, of a field at the root; else its resolver tells
    what is wrong."""


@dataclass(frozen=True, slots=True)
class Computed:
    """What Python makes of columns: they are fetched, and `make` is called with their values.

    Those of another table are of its row whose id stands in `by`; those of ModuleSettings of what
    is chosen in the module `settings`, and null where nothing is.
    """

    columns: tuple[Attribute, ...]
    make: Callable[..., Any]
    by: Attribute | None = None
    settings: str = ""

    def elsewhere(self, column: Attribute) -> bool:
        return self.by is not None and column.class_ is not self.by.class_

    def sql(self, column: Attribute, place: Place) -> ColumnElement[Any]:
        row = another(_model(column))
        if column.class_ is ModuleSettings:
            named = row.module == self.settings
        elif self.by is not None and self.elsewhere(column):
            named = row.id == getattr(place.row, self.by.key)
        else:
            return getattr(place.row, column.key)  # type: ignore[no-any-return]
        found = select(getattr(row, column.key)).where(row.tenant_id == place.given.tenant, named)
        return place.alone(found)


Plan: TypeAlias = Value | Related | Computed


def one(column: Attribute, description: str) -> Any:
    """The record of the field's type whose id stands in `column`; null where that is null."""

    async def resolve(root: Any, info: Info):  # type: ignore[no-untyped-def]
        id = getattr(root.row, column.key)
        return None if id is None else await _target(info).find(info, id)

    def chosen(row: Row, place: Place) -> ColumnElement[bool]:
        return row.id == getattr(place.row, column.key)  # type: ignore[no-any-return]

    return _field(resolve, description, Related(chosen, find=True))


def seen_with(column: Attribute, description: str) -> Any:
    """As `one`, of a record that whoever sees this one sees too: nothing is asked or told again."""

    async def resolve(root: Any, info: Info):  # type: ignore[no-untyped-def]
        target, id = _target(info), getattr(root.row, column.key)
        return target.maybe(id and await info.context.by_id(target.model, id))

    def chosen(row: Row, place: Place) -> ColumnElement[bool]:
        return row.id == getattr(place.row, column.key)  # type: ignore[no-any-return]

    return _field(resolve, description, Related(chosen))


def many(
    column: Attribute,
    description: str,
    *,
    order: Callable[[Row], Sequence[Any]] = lambda _row: (),
    where: Callable[[Row], ColumnElement[bool]] | None = None,
) -> Any:
    """The records of which `column` is the id of this one: all in order, or the first of them
    where the field's type is no list."""
    model = _model(column)

    async def resolve(root: Any, info: Info):  # type: ignore[no-untyped-def]
        target = _target(info)
        condition = where(model) if where else None
        found = await info.context.children(
            model, column, root.row.id, order=order(model), where=condition, name=resolve
        )
        shown = found if isinstance(_bare(info.return_type), StrawberryList) else found[:1]
        info.context.saw(getattr(target, "logged", None), *shown)
        if shown is found:
            return [target.of(row) for row in found]
        return target.maybe(found[0]) if found else None

    def chosen(row: Row, place: Place) -> ColumnElement[bool]:
        below: ColumnElement[bool] = getattr(row, column.key) == place.row.id
        return below & where(row) if where else below

    return _field(resolve, description, Related(chosen, lambda row, _place: order(row)))


def shown(column: Attribute, description: str) -> Any:
    """The value of a column that is called otherwise, or shown as an enum."""

    def resolve(root: Any, info: Info):  # type: ignore[no-untyped-def]
        return _as_enum(getattr(root.row, column.key), info.return_type)

    return _field(resolve, description, Value(lambda place: getattr(place.row, column.key)))


def beside(column: Attribute, description: str) -> Any:
    """The value of a column in the row of another table that shares this one's id."""
    model = _model(column)

    async def resolve(root: Any, info: Info):  # type: ignore[no-untyped-def]
        row = await info.context.by_id(model, root.row.id)
        return _as_enum(getattr(row, column.key), info.return_type)

    return _field(resolve, description, Value(lambda place: beside_sql(column, place)))


def one_beside(column: Attribute, description: str) -> Any:
    """The record whose id stands in a column of another table that shares this one's id."""
    model = _model(column)

    async def resolve(root: Any, info: Info):  # type: ignore[no-untyped-def]
        id = getattr(await info.context.by_id(model, root.row.id), column.key)
        return None if id is None else await _target(info).find(info, id)

    def chosen(row: Row, place: Place) -> ColumnElement[bool]:
        return row.id == beside_sql(column, place)  # type: ignore[no-any-return]

    return _field(resolve, description, Related(chosen, find=True))


def word(column: Attribute, description: str) -> Any:
    """A word kept by language, in the reader's: see `infra/i18n.in_language`."""

    def resolve(root: Any) -> str:
        return in_language(getattr(root.row, column.key))

    return _field(resolve, description, Value(lambda place: word_sql(column, place)))


def computed(
    *columns: Attribute, description: str, by: Attribute | None = None
) -> Callable[[Callable[..., Any]], Any]:
    """A field made by a plain function of the values of `columns`, whose annotation is its type.

    It must follow from them, the reader's language and nothing else. Columns of another table are
    of its row whose id stands in `by`.
    """

    def declare(make: Callable[..., Any]) -> Any:
        plan = Computed(columns, make, by)

        def here(root: Any):  # type: ignore[no-untyped-def]
            return make(*(getattr(root.row, column.key) for column in columns))

        async def there(root: Any, info: Info):  # type: ignore[no-untyped-def]
            async def row_of(column: Attribute) -> Any:
                if by is None or not plan.elsewhere(column):
                    return root.row
                return await info.context.by_id(_model(column), getattr(root.row, by.key))

            return make(*[getattr(await row_of(column), column.key) for column in columns])

        resolve = here if by is None else there
        resolve.__annotations__["return"] = make.__annotations__["return"]
        resolve.__module__ = make.__module__
        return _field(resolve, description, plan)

    return declare


def by_id(*types: type[Node]) -> Mapping[str, Plan | Logged]:
    """Metadata for a field that gives the record which its argument `id` names."""

    def read(id: strawberry.ID) -> UUID:
        return local_id(id, *types)

    return planned(
        Related(lambda row, place: row.id == place.arguments["id"], find=True, reads={"id": read})
    )


def latest(
    type_: type[Node], most: int, seen: Callable[[Row, Place], ColumnElement[bool]]
) -> Related:
    """The last ones that were added of those that are seen, the latest first."""

    def chosen(row: Row, place: Place) -> ColumnElement[bool]:
        one = another(type_.model)
        its = (one.tenant_id == place.given.tenant) & seen(one, place)
        return row.id.in_(select(one.id).where(its).order_by(one.id.desc()).limit(most))  # type: ignore[no-any-return]

    return Related(chosen, lambda row, _place: (row.id.desc(),), asks=(type_.permission,))


def planned(plan: Plan, *, logged: Logged | None = None) -> Mapping[str, Plan | Logged]:
    """Metadata for a field whose resolver does the same in its own words, also where the access log
    is told that it shows something of the record it belongs to."""
    return {PLAN: plan} if logged is None else {PLAN: plan, LOGGED: logged}


async def page_of(
    plan: Related,
    info: Info,
    type_: type[N],
    root: Any = None,
    *,
    first: int | None,
    after: str | None,
    **arguments: Any,
) -> Connection[N]:
    """A page of what a declaration chooses, for the resolver of its connection."""
    work = info.context.work
    for permission in plan.asks:
        work.require(permission)
    given = given_by(work)
    sent = {name: _read(plan, name, arguments) for name in {**arguments, **plan.reads}}
    place = Place(root and root.row, given, work.allows, work.tenant.modules, sent)
    chosen = select(type_.model).where(plan.chosen(type_.model, place))
    order = tuple(plan.order(type_.model, place))
    return await page(info, type_, chosen, order=order, first=first, after=after)


def _read(plan: Related, name: str, arguments: Mapping[str, Any]) -> Any:
    value = arguments[name.partition(".")[0]]
    return value if value is None or name not in plan.reads else plan.reads[name](value)


def beside_sql(column: Attribute, place: Place) -> ColumnElement[Any]:
    return getattr(place.beside(_model(column)), column.key)  # type: ignore[no-any-return]


def word_sql(column: Attribute, place: Place) -> ColumnElement[str]:
    words = getattr(place.row, column.key)
    own = func.nullif(words.op("->>")(place.given.locale), "")
    return func.coalesce(own, words.op("->>")("sv"))


def _field(resolve: Callable[..., Any], description: str, plan: Plan) -> Any:
    return strawberry.field(resolver=resolve, description=description, metadata=planned(plan))


def _model(column: Attribute) -> type[TenantRow]:
    return cast("type[TenantRow]", column.class_)


def _target(info: Info) -> Any:
    """The class of the records that a field shows."""
    type_ = _bare(info.return_type)
    while isinstance(type_, StrawberryContainer | LazyType):
        type_ = type_.resolve_type() if isinstance(type_, LazyType) else type_.of_type
    return type_


def _bare(type_: object) -> object:
    return type_.of_type if isinstance(type_, StrawberryOptional) else type_


def _as_enum(value: Any, type_: object) -> Any:
    type_ = _bare(type_)
    if isinstance(type_, StrawberryList):
        return [_as_enum(part, type_.of_type) for part in value]
    if isinstance(type_, StrawberryEnumDefinition) and value is not None:
        return value if isinstance(value, Enum) else type_.wrapped_cls(value)
    return value
