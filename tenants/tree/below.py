"""Units with all that stand below them: of a tree that was read, and as a part of a statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Uuid, cast, literal, select
from sqlalchemy.orm import aliased

from ..models import UnitVersion
from .spans import MOST_LEVELS
from .units import Placed
from .versions import on_day


def below(tree: Iterable[Placed], ids: Collection[UUID]) -> set[UUID]:
    """The units and all below them, of a tree that has every unit after the one it stands below."""
    found = set(ids)
    for unit in tree:
        if unit.parent_id in found:
            found.add(unit.id)
    return found


def below_sql(unit_id: Any, *, tenant_id: Any, today: Any) -> Select[UUID]:
    """The same of one unit on a day, as a part of another statement."""
    day = cast(today, Date)
    first = select(cast(unit_id, Uuid).label("unit_id"), literal(0).label("steps"))
    tree = first.cte(recursive=True)
    version = aliased(UnitVersion)
    tree = tree.union(
        select(version.unit_id, tree.c.steps + 1)
        .join(tree, tree.c.unit_id == version.parent_id)
        .where(version.tenant_id == tenant_id, on_day(day, version), tree.c.steps < MOST_LEVELS)
    )
    return select(tree.c.unit_id)
