"""A unit with all below it, as a part of other statements."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Uuid, cast, literal, select
from sqlalchemy.orm import aliased

from ....tenants.models import UnitVersion
from ....tenants.unit_versions import on_day

MOST_LEVELS = 30


def below(unit_id: Any, *, tenant_id: Any, today: Any) -> Select[UUID]:
    """The unit and those that stand below it today."""
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
