"""Who can see one record. It is found as its type finds it: who may not read it is not told."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast

import strawberry

from .....graphql.context import Context, Info
from .....graphql.nodes import Node, find_node
from .....infra.errors import NotFound
from .....tenants.access import Access, who_can_see
from .....tenants.guards import guard_of
from .....tenants.work import Work


@dataclass(frozen=True, slots=True)
class Told:
    """`people` says whether the reader is told of people and programs, not of roles only."""

    node: Node
    access: Access
    people: bool


async def access_to(info: Info, id: strawberry.ID) -> Told | None:
    """None for an id of nothing that the reader may read. Raises InvalidInput for what is none."""
    node = await find_node(info, id)
    if node is None:
        return None
    work, row = info.context.work, node.row
    row = row if hasattr(row, "__table__") else await work.get(node.model, row.id)
    guard = await guard_of(work, row, read=node.register or node.permission, change=node.change)
    people = work.allows("people.read") or work.allows("log.read")
    return Told(node, await who_can_see(work, guard, named=people), people)


async def access_on_page(work: Work, schema: strawberry.Schema, id: str) -> Told:
    """The same where no query is asked. Raises NotFound."""
    info = cast("Info", SimpleNamespace(context=Context(work), schema=schema))
    told = await access_to(info, strawberry.ID(id))
    if told is None:
        raise NotFound()
    return told
