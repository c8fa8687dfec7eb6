"""Connections as SQL: a page by key, its cursors, and the total where it is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from graphql import FieldNode, GraphQLField, GraphQLObjectType, SelectionSetNode, get_named_type
from sqlalchemy import Integer, tuple_

from ..paging import MOST, PAGE, place_in
from ..rows import name_of
from ..stored import Place, Related
from .places import below, equals, joined_to, rows_of
from .texts import (
    Fixed,
    Made,
    Selected,
    SqlText,
    Unplannable,
    day,
    gathered,
    joined,
    listed,
    literal,
    moment,
    or_null,
    plain,
    quoted,
    text_of,
)
from .writing import Write

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
    write = compiler.writing.sql
    chosen = f" FROM {rows_of(row)} WHERE {write(condition)}"
    after = _after(compiler, definition, nodes[0], keys)
    limited = chosen if after is None else f"{chosen} AND {write(tuple_(*keys) > after)}"
    limited += f" ORDER BY {_order(keys, write)} LIMIT {size}{' + 1' if peeks else ''}"
    at = below(plan, row, place, equals(row, condition))
    page = _Page(compiler, record, at, keys, chosen, limited, size if peeks else None)
    return page.connection(connection, fields)


class _Page:
    """The rows of a page as one level of a statement: their texts below, the connection above."""

    def __init__(
        self,
        compiler: Compiler,
        record: Any,
        below: Place,
        keys: tuple[Any, ...],
        chosen: str,
        limited: str,
        size: str | None,
    ) -> None:
        """`chosen` are all rows, `limited` those of the page; `size` is given where there may be a
        row more than the page holds."""
        self.compiler, self.record, self.below, self.keys = compiler, record, below, keys
        self.chosen, self.limited, self.size, self.gathers = chosen, limited, size, False
        self.write, self.name = compiler.writing.sql, name_of(below.row)
        self.page = f"{self.name}_page"
        self.made: dict[str, SqlText] = {}

    def connection(self, type_: GraphQLObjectType, fields: dict[str, list[FieldNode]]) -> SqlText:
        """Written in two steps, since the level above can name only what is below it already."""
        for number, (key, nodes) in enumerate(fields.items()):
            inner = [node.selection_set for node in nodes if node.selection_set]
            if nodes[0].name.value == "nodes":
                self.made[_label(number)] = self.compiler.record(self.record, inner, self._at(key))
            elif nodes[0].name.value == "edges":
                edge = get_named_type(type_.fields["edges"].type)
                self.made[_label(number)] = self._edge(edge, inner, key)
        pieces, separator = [], "{"
        for number, (key, nodes) in enumerate(fields.items()):
            part = self._part(type_, _label(number), nodes)
            pieces += [Fixed(f'{separator}"{key}":'), part]
            separator = ","
        whole = joined([*pieces, Fixed("}")]) if pieces else Fixed("{}")
        if not self.gathers:  # what gathers no rows, such as the total alone, reads none
            return whole
        return Selected(whole, self._of_page if self.size is None else self._of_numbered)

    def _of_numbered(self, _made: str) -> str:
        """The texts with their numbers, one more than the page holds."""
        numbers = f"row_number() OVER (ORDER BY {_order(self.keys, self.write)})"
        columns = {label: text.sql() for label, text in self.made.items()}
        columns |= {"n": numbers, "cursor": _cursor(self.keys, self.write).sql()}
        rows = ", ".join(f"{text} AS {label}" for label, text in columns.items())
        return f" FROM (SELECT {rows}{self._of_page(rows)}) AS {self.page}"

    def _of_page(self, made: str) -> str:
        """The page, whose rows hold what is named in what is made of it: no more is sorted."""
        named = re.findall(rf'\b{self.name}\.(\w+|"[^"]+")', made)
        columns = ", ".join(f"{self.name}.{column}" for column in dict.fromkeys(["id", *named]))
        page = f"(SELECT {columns}{self.limited}) AS {self.name}"
        return f" FROM {joined_to(self.below, page, self.write)}"

    def _part(self, type_: GraphQLObjectType, label: str, nodes: list[FieldNode]) -> SqlText:
        name = nodes[0].name.value
        if name in ("nodes", "edges"):
            self.gathers = True
            if self.size is None:
                # A page by itself keeps its order; what is joined to it does not.
                order = [self.write(key) for key in self.keys] if self.below.besides else ()
                return listed(gathered(self.made[label], *order))
            items = gathered(Made(f"{self.page}.{label}"), f"{self.page}.n").sql()
            return listed(Made(f"{items} FILTER (WHERE {self.page}.n <= {self.size})"))
        if name == "totalCount":
            return Selected(plain("count(*)"), lambda _made: self.chosen)
        if name == "__typename":
            return Fixed(f'"{type_.name}"')
        info = get_named_type(type_.fields["pageInfo"].type)
        return self._info(info, [node.selection_set for node in nodes if node.selection_set])

    def _info(self, type_: GraphQLObjectType, sets: list[SelectionSetNode]) -> SqlText:
        held = f"FILTER (WHERE {self.page}.n <= {self.size})"
        last = f"(array_agg({self.page}.cursor ORDER BY {self.page}.n DESC) {held})[1]"
        written = {
            "hasNextPage": plain(f"count(*) > {self.size}"),
            "endCursor": or_null(quoted(Made(last))),
            "__typename": Fixed('"PageInfo"'),
        }
        pieces, separator = [], "{"
        for key, nodes in self.compiler.selecting.fields(sets, type_).items():
            pieces += [Fixed(f'{separator}"{key}":'), written[nodes[0].name.value]]
            separator = ","
            self.gathers = self.gathers or nodes[0].name.value != "__typename"
        return joined([*pieces, Fixed("}")]) if pieces else Fixed("{}")

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
                made = quoted(_cursor(self.keys, self.write))
            else:
                made = Fixed(f'"{type_.name}"')
            pieces += [Fixed(f'{separator}"{key}":'), made]
            separator = ","
        return joined([*pieces, Fixed("}")]) if pieces else Fixed("{}")


def _label(number: int) -> str:
    """Never the key itself: PostgreSQL looks at the first 63 signs of a name."""
    return f"_{number}"


def _order(keys: tuple[Any, ...], write: Write) -> str:
    return ", ".join(map(write, keys))


def _size(compiler: Compiler, definition: GraphQLField, node: FieldNode) -> str:
    value = _argument(compiler, definition, node, "first")
    if not callable(value):
        return str(_checked(PAGE if value is None else value))
    writing = compiler.writing
    return writing.sql(writing.parameter(lambda variables: _checked(value(variables)), Integer()))


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

        return compiler.writing.parameter(place, keys[index].type)

    return tuple_(*(read(index) for index in range(len(keys))))


def _argument(compiler: Compiler, definition: GraphQLField, node: FieldNode, name: str) -> Any:
    sent = {argument.name.value: argument.value for argument in node.arguments or ()}
    return compiler.constant(sent.get(name), definition.args[name])


def _cursor(keys: tuple[Any, ...], write: Write) -> SqlText:
    """The text that `paging.cursor_of` makes of the same keys."""
    pieces, separator = [], "["
    for key in keys:
        writer = _KEYS.get(key.type.python_type)
        if writer is None:
            raise Unplannable(f"no cursor is made of {key.type}")
        pieces += [Fixed(separator), writer(write(key))]
        separator = ","
    place = joined([*pieces, Fixed("]")]).sql()
    encoded = f"replace(encode(convert_to({place}, 'UTF8'), 'base64'), {literal(NEWLINE)}, '')"
    return Made(f"rtrim(translate({encoded}, '+/', '-_'), '=')")


NEWLINE: Final = "\n"

_KEYS: Final[Mapping[type, Callable[[str], SqlText]]] = {
    str: text_of,
    int: plain,
    UUID: lambda key: quoted(plain(key)),
    date: lambda key: quoted(day(key)),
    datetime: lambda key: quoted(moment(key)),
}
