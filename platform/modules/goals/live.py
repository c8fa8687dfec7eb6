"""Goals that are followed while a page is open: what a unit sees of a year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from ....infra.errors import NotFound
from ....tenants.changes import tell_all_changed
from ....tenants.models import Unit, UnitVersion
from ....tenants.tree.versions import on_day
from ....tenants.work import Work
from ...topics import Topic, rest_of
from .models import PlanNode, SteeringModel
from .places import day_of, lineages

_REST = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([12]\d{3})", re.ASCII)


def goals_topic(unit_id: UUID, year: int) -> str:
    return f"goals:{unit_id}:{year}"


async def tell_nodes(work: Work, *nodes: PlanNode) -> None:
    """Nodes were added, changed or taken away at their units."""
    ids = {node.model_id for node in nodes}
    if not ids:
        return
    models = select(SteeringModel.id, SteeringModel.year).where(SteeringModel.id.in_(ids))
    years = {row[0]: row[1] for row in await work.rows(models)}
    await tell_at(work, ((node.unit_id, years[node.model_id], node.id) for node in nodes))


async def tell_at(work: Work, changed: Iterable[tuple[UUID, int, UUID]]) -> None:
    """Something was said about nodes: the unit that said it, the year of the plan, the node."""
    topics: dict[str, list[UUID]] = {}
    for unit_id, year, node_id in changed:
        topics.setdefault(goals_topic(unit_id, year), []).append(node_id)
    await tell_all_changed(work, topics)


async def _heard(work: Work, topic: str) -> list[str]:
    """The unit's own changes, those of units above, which it inherits, and of units below, which
    its goals are judged by."""
    found = _REST.fullmatch(rest_of(topic))
    if found is None:
        raise NotFound()
    unit_id, year = UUID(found[1]), int(found[2])
    await work.get(Unit, unit_id)
    work.require("goals.read", at=unit_id)  # a key for some units does not see all
    day = day_of(work, year)
    above = (await lineages(work, [unit_id], on=day)).get(unit_id, ())
    own = (
        select(UnitVersion.unit_id)
        .where(UnitVersion.unit_id == unit_id, UnitVersion.tenant_id == work.tenant.id)
        .where(on_day(day))
        .cte("below", recursive=True)
    )
    version = aliased(UnitVersion)
    below = own.union_all(
        select(version.unit_id)
        .join(own, version.parent_id == own.c.unit_id)
        .where(version.tenant_id == work.tenant.id, on_day(day, version))
    )
    units = {unit_id, *above, *await work.scalars(select(below.c.unit_id))}
    return [goals_topic(unit, year) for unit in units]


GOALS_OF_A_UNIT = Topic("goals", "goals.read", _heard)
