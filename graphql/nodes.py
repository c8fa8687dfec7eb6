"""Global ids, and the types that a client can fetch again by them (as Relay wants it)."""

import dataclasses
from typing import Any, ClassVar, Self
from uuid import UUID

import strawberry
from asyncpg.pgproto import pgproto  # type: ignore[import-untyped]

from ..infra.errors import InvalidInput
from ..infra.i18n import _
from ..tenants.rows import TenantRow
from .context import Info, Logged


@strawberry.interface(description="A record with an id that is unique in the whole service.")
class Node:
    """Plain fields are read off the row by their names; the others are resolvers over `row`.

    A type with a `find` of its own says in `found`, of an alias of the model and a place (see
    `stored.py`), what that asks for beside the id; without it, no plan finds its records.
    """

    model: ClassVar[type[TenantRow]]
    permission: ClassVar[str]
    logged: ClassVar[Logged | None] = None
    """What the access log is told of, where it is shown by whatever way; see `Context.saw`."""

    change: ClassVar[str] = ""
    """What it takes to change a record; empty where nobody does."""
    register: ClassVar[str] = ""
    """What it takes to read all of a record, where `permission` shows a part of it."""

    id: strawberry.ID = strawberry.field(description="Global id: the type and a UUID.")
    row: strawberry.Private[Any]

    @classmethod
    def of(cls, row: Any) -> Self:
        plain = {
            field.name: getattr(row, field.name)
            for field in dataclasses.fields(cls)
            if field.init and field.name not in ("id", "row")
        }
        return cls(id=global_id(cls, row.id), row=row, **plain)

    @classmethod
    def maybe(cls, row: Any) -> Self | None:
        return None if row is None else cls.of(row)

    @classmethod
    async def find(cls, info: Info, id: UUID) -> Self | None:
        """The record in the caller's municipality; None for a foreign id as for an absent one."""
        info.context.work.require(cls.permission)
        row = await info.context.by_id(cls.model, id)
        if row is not None:
            info.context.saw(cls.logged, row)
        return cls.maybe(row)


def global_id(cls: type[Node], id: UUID) -> strawberry.ID:
    return strawberry.ID(f"{cls.__name__}:{id}")


def local_id(id: strawberry.ID, *types: type[Node], field: str = "id") -> UUID:
    """The UUID in a global id of one of `types`.

    An id of another type becomes a UUID that no row has, so that it is answered like an absent
    one. Raises InvalidInput for what is not a global id at all.
    """
    name, uuid = _parts(id, field)
    for cls in types:
        if name == cls.__name__:
            return uuid
    return UUID(int=0)


async def find_node(info: Info, id: strawberry.ID) -> Node | None:
    name, uuid = _parts(id, "id")
    found = info.schema.get_type_by_name(name)
    cls: type | None = getattr(found, "origin", None)
    if cls is None or not issubclass(cls, Node) or not hasattr(cls, "model"):
        return None
    return await cls.find(info, uuid)


def _parts(id: strawberry.ID, field: str) -> tuple[str, UUID]:
    name, _separator, text = id.partition(":")
    try:
        return name, pgproto.UUID(text)  # the driver's own reads five times as quickly
    except ValueError:
        raise InvalidInput(
            _("This is not an id of the API. Ids look like Unit:0192f0c4-…"), field=field
        ) from None
