"""Connections: pages by key (never by offset), with the total only when it is asked for."""

import base64
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
import strawberry
from sqlalchemy import ColumnElement, Select, func, select, tuple_

from ..infra.errors import InvalidInput
from ..infra.i18n import _
from .context import Info
from .nodes import Node

PAGE = 50
MOST = 1_000

T = TypeVar("T", bound=Node)

Reader = Callable[[Any], Any]


@strawberry.type(description="Where a page ends, and whether there is more.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follows after endCursor.")
    end_cursor: str | None = strawberry.field(description="Pass as `after` for the next page.")


@strawberry.type(description="A record on a page, with its place in the order.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="Place of this record in the order.")
    node: T = strawberry.field(description="The record.")


@strawberry.type(description="A page of records.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The records with their cursors.")
    page_info: PageInfo = strawberry.field(description="Whether there is more.")
    counted: strawberry.Private[Select[Any]]

    @strawberry.field(description="The records of this page.")
    def nodes(self) -> list[T]:
        return [edge.node for edge in self.edges]

    @strawberry.field(description="How many records there are on all pages; costs a count.")
    async def total_count(self, info: Info) -> int:
        rows = await info.context.work.scalars(
            select(func.count()).select_from(self.counted.order_by(None).subquery())
        )
        return int(rows[0])


async def page(
    info: Info,
    type_: type[T],
    statement: Select[Any],
    *,
    order: tuple[ColumnElement[Any] | Any, ...],
    first: int | None,
    after: str | None,
) -> Connection[T]:
    """A page of `statement` (a select of `type_.model`) in ascending `order`, ties by id.

    `first` is 1 to 1,000, 50 when None. Raises InvalidInput for another size or a strange cursor.
    """
    size = PAGE if first is None else first
    if not 1 <= size <= MOST:
        raise InvalidInput(
            _("A page holds 1 to {most} records; you asked for {size}.", most=MOST, size=size),
            field="first",
        )
    keys = (*order, type_.model.id)
    shown = statement.add_columns(*order).order_by(*keys).limit(size + 1)
    if after is not None:
        shown = shown.where(tuple_(*keys) > tuple_(*place_in(after, keys)))
    rows = (await info.context.work.execute(shown)).all()
    info.context.take(len(rows))
    info.context.saw(type_.logged, *(row[0] for row in rows[:size]))
    edges = [
        Edge(cursor=cursor_of((*row[1:], row[0].id)), node=type_.of(row[0])) for row in rows[:size]
    ]
    end = edges[-1].cursor if edges else None
    return Connection(
        edges=edges,
        page_info=PageInfo(has_next_page=len(rows) > size, end_cursor=end),
        counted=statement,
    )


def cursor_of(values: tuple[Any, ...]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(values, default=str)).decode().rstrip("=")


def place_in(cursor: str, keys: Sequence[Any]) -> list[Any]:
    """The values of the keys in a cursor. Raises InvalidInput for one that is not this list's."""
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        readers: list[Reader] = [_READERS.get(key.type.python_type, _text) for key in keys]
        if len(values) != len(keys):
            raise ValueError(cursor)
        return [reader(value) for reader, value in zip(readers, values, strict=True)]
    except (ValueError, TypeError, AttributeError):
        raise InvalidInput(
            _("The cursor is not one that this list has given. Start from the first page."),
            field="after",
        ) from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value


_READERS: dict[type, Reader] = {
    UUID: UUID,
    int: _number,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}
