"""Connections as SQL: a page by key, its cursors, and the total where it is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from graphql import FieldNode, GraphQLField, GraphQLObjectType, SelectionSetNode, get_named_type
from sqlalchemy import (
    ARRAY,
    ColumnClause,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    Text,
    cast,
    func,
    inspect,
    literal,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased
from sqlalchemy.sql.visitors import iterate

from ..paging import MOST, PAGE, place_in
from ..stored import Place, Related
from .places import below, equals
from .texts import (
    SqlText,
    Unplannable,
    day,
    fixed,
    gathered,
    joined,
    listed,
    moment,
    or_null,
    quoted,
    text_of,
)

if TYPE_CHECKING:
    from .compiling import Compiler


def paged(
    compiler: Compiler,
    plan: Related,
    definition: GraphQLField,
    nodes: list[FieldNode],
    place: Place,
) -> SqlText:
    """The JSON of a connection. The rows are limited first, one more than the page holds, and
    only those are written."""
    connection = get_named_type(definition.type)
    assert isinstance(connection, GraphQLObjectType)
    record = get_named_type(connection.fields["nodes"].type)
    compiler.ask(plan, record)
    sets = [node.selection_set for node in nodes if node.selection_set]
    fields = compiler.selecting.fields(sets, connection)
    # Only who asks whether there is more needs the row that tells it.
    peeks = any(same[0].name.value == "pageInfo" for same in fields.values())
    row, condition, keys = compiler.rows(plan, record, place)
    size = _size(compiler, definition, nodes[0])
    limited = select(*inspect(row).selectable.c).where(condition).order_by(*keys)
    limited = place.within(limited.limit(size + ONE if peeks else size))
    after = _after(compiler, definition, nodes[0], keys)
    if after is not None:
        limited = limited.where(tuple_(*keys) > after)
    on_page = aliased(inspect(row).mapper.class_, limited.subquery())
    at = below(plan, on_page, place, equals(row, condition))
    page = _Page(compiler, plan, record, place, at, size if peeks else None)
    return page.connection(connection, fields)


class _Page:
    """The rows of a page as one level of a statement: their texts below, the connection above."""

    def __init__(
        self,
        compiler: Compiler,
        plan: Related,
        record: Any,
        place: Place,
        below: Place,
        size: ColumnElement[int] | None,
    ) -> None:
        """`size` is given where there may be a row more than the page holds."""
        self.compiler, self.plan, self.record, self.place = compiler, plan, record, place
        self.size, self.gathers = size, False
        self.below = below
        self.keys = (*plan.order(below.row, below), below.row.id)
        self.columns: dict[str, ColumnElement[Any]] = {}

    def connection(self, type_: GraphQLObjectType, fields: dict[str, list[FieldNode]]) -> SqlText:
        """Written in two steps, since the level above can name only what is below it already."""
        for number, (key, nodes) in enumerate(fields.items()):
            inner = [node.selection_set for node in nodes if node.selection_set]
            if nodes[0].name.value == "nodes":
                self.columns[_label(number)] = self.compiler.record(
                    self.record, inner, self._at(key)
                )
            elif nodes[0].name.value == "edges":
                edge = get_named_type(type_.fields["edges"].type)
                self.columns[_label(number)] = self._edge(edge, inner, key)
        page = None if self.size is None else self._numbered()
        pieces, separator = [], "{"
        for number, (key, nodes) in enumerate(fields.items()):
            part = self._part(type_, _label(number), nodes, page)
            pieces += [fixed(f'{separator}"{key}":'), part]
            separator = ","
        whole = select(joined([*pieces, fixed("}")]) if pieces else fixed("{}"))
        if self.gathers:  # what gathers no rows, such as the total alone, reads none
            whole = self._of_page(whole) if page is None else whole.select_from(page)
        return self.place.alone(whole)

    def _numbered(self) -> Subquery:
        """The texts with their numbers, one more than the page holds."""
        self.columns["n"] = func.row_number().over(order_by=self.keys)
        self.columns["cursor"] = _cursor(self.keys)
        rows = select(*(made.label(name) for name, made in self.columns.items()))
        return self.place.within(self._of_page(rows)).subquery()

    def _of_page(self, made: Select[Any]) -> Select[Any]:
        """Made of the page, whose rows then hold what is named here, and no more to be sorted."""
        page = inspect(self.below.row).selectable
        made, rows = made.select_from(self.below.from_()), page.element
        parts = (part for part in iterate(made) if isinstance(part, ColumnClause))
        named = {"id", *(part.key for part in parts if part.table == page)}
        page.element = rows.with_only_columns(*(c for c in rows.selected_columns if c.key in named))
        return made

    def _part(
        self, type_: GraphQLObjectType, label: str, nodes: list[FieldNode], page: Any
    ) -> SqlText:
        name = nodes[0].name.value
        if name in ("nodes", "edges"):
            self.gathers = True
            if self.size is None:
                # A page by itself keeps its order; what is joined to it does not.
                order = self.keys if self.below.besides else ()
                return listed(gathered(self.columns[label], *order))
            return listed(gathered(page.c[label], page.c.n).filter(page.c.n <= self.size))
        if name == "totalCount":
            return self._total()
        if name == "__typename":
            return fixed(f'"{type_.name}"')
        info = get_named_type(type_.fields["pageInfo"].type)
        return self._info(info, [node.selection_set for node in nodes if node.selection_set], page)

    def _info(self, type_: GraphQLObjectType, sets: list[SelectionSetNode], page: Any) -> SqlText:
        assert self.size is not None
        last = func.array_agg(aggregate_order_by(page.c.cursor, page.c.n.desc()), type_=ARRAY(Text))
        written = {
            "hasNextPage": cast(func.count() > self.size, Text),
            "endCursor": or_null(quoted(last.filter(page.c.n <= self.size)[ONE])),
            "__typename": fixed('"PageInfo"'),
        }
        pieces, separator = [], "{"
        for key, nodes in self.compiler.selecting.fields(sets, type_).items():
            pieces += [fixed(f'{separator}"{key}":'), written[nodes[0].name.value]]
            separator = ","
            self.gathers = self.gathers or nodes[0].name.value != "__typename"
        return joined([*pieces, fixed("}")]) if pieces else fixed("{}")

    def _at(self, *keys: str) -> Place:
        return replace(self.below, path=(*self.below.path, *keys))

    def _edge(self, type_: GraphQLObjectType, sets: list[SelectionSetNode], above: str) -> SqlText:
        pieces, separator = [], "{"
        for key, nodes in self.compiler.selecting.fields(sets, type_).items():
            inner = [node.selection_set for node in nodes if node.selection_set]
            name = nodes[0].name.value
            if name == "node":
                made = self.compiler.record(self.record, inner, self._at(above, key))
            elif name == "cursor":
                made = quoted(_cursor(self.keys))
            else:
                made = fixed(f'"{type_.name}"')
            pieces += [fixed(f'{separator}"{key}":'), made]
            separator = ","
        return joined([*pieces, fixed("}")]) if pieces else fixed("{}")

    def _total(self) -> SqlText:
        row, condition, _keys = self.compiler.rows(self.plan, self.record, self.place)
        counted = select(func.count()).select_from(row).where(condition)
        return cast(self.place.alone(counted), Text)


def _label(number: int) -> str:
    """Never the key itself: PostgreSQL looks at the first 63 signs of a name."""
    return f"_{number}"


def _size(compiler: Compiler, definition: GraphQLField, node: FieldNode) -> ColumnElement[int]:
    value = _argument(compiler, definition, node, "first")
    if callable(value):
        return compiler.parameters.add(lambda variables: _checked(value(variables)), Integer())
    return literal(_checked(PAGE if value is None else value), Integer())


def _checked(size: int) -> int:
    if not 1 <= size <= MOST:
        raise Unplannable("the size of a page is refused by its resolver")
    return size


def _after(
    compiler: Compiler, definition: GraphQLField, node: FieldNode, keys: tuple[Any, ...]
) -> Any:
    value = _argument(compiler, definition, node, "after")
    if value is None:
        return None

    def read(index: int) -> Any:
        def place(variables: Any) -> Any:
            return place_in(value(variables) if callable(value) else value, keys)[index]

        return compiler.parameters.add(place, keys[index].type)

    return tuple_(*(read(index) for index in range(len(keys))))


def _argument(compiler: Compiler, definition: GraphQLField, node: FieldNode, name: str) -> Any:
    sent = {argument.name.value: argument.value for argument in node.arguments or ()}
    return compiler.constant(sent.get(name), definition.args[name])


def _cursor(keys: tuple[Any, ...]) -> SqlText:
    """The text that `paging.cursor_of` makes of the same keys."""
    pieces, separator = [], "["
    for key in keys:
        writer = _KEYS.get(key.type.python_type)
        if writer is None:
            raise Unplannable(f"no cursor is made of {key.type}")
        pieces += [fixed(separator), writer(key)]
        separator = ","
    place = func.convert_to(joined([*pieces, fixed("]")]), fixed("UTF8"))
    encoded = func.replace(func.encode(place, fixed("base64")), fixed("\n"), fixed(""))
    translated = func.translate(encoded, fixed("+/"), fixed("-_"))
    return func.rtrim(translated, fixed("="), type_=Text)


ONE: Final = literal_column("1", Integer)

_KEYS: Final[dict[type, Any]] = {
    str: text_of,
    int: lambda key: cast(key, Text),
    UUID: quoted,
    date: lambda key: quoted(day(key)),
    datetime: lambda key: quoted(moment(key)),
}
