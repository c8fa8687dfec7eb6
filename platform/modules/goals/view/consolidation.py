"""Values of an indicator that was distributed, added up from the copies that others fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, case, select
from sqlalchemy.orm import aliased

from .....infra.periods import Period
from .....tenants.work import Work
from ..models import Indicator, Outcome, PlanNode
from ..rules import Consolidation, consolidate
from .view import due_codes


class Figures(NamedTuple):
    """What was reached and aimed at."""

    total: Decimal | None = None
    women: Decimal | None = None
    men: Decimal | None = None
    target: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """A node that was distributed from another one, with what its own unit has entered."""

    id: UUID
    origin_id: UUID
    how: Consolidation
    own: Figures


async def copies_below(
    work: Work, origins: Sequence[UUID], *, period: Period
) -> dict[UUID, list[Copy]]:
    """All copies of these nodes, and copies of copies, by the node they were made from.

    One statement, whatever the number. Each has the values of its own unit for the period of its
    own that was due last.
    """
    tree = (
        select(PlanNode.id, PlanNode.origin_id, PlanNode.unit_id)
        .where(PlanNode.tenant_id == work.tenant.id, PlanNode.origin_id.in_(origins))
        .cte("copies", recursive=True)
    )
    deeper = aliased(PlanNode)
    tree = tree.union_all(
        select(deeper.id, deeper.origin_id, deeper.unit_id)
        .join(tree, tree.c.id == deeper.origin_id)
        .where(deeper.tenant_id == work.tenant.id)
    )
    rows = await work.rows(
        select(
            tree.c.id,
            tree.c.origin_id,
            Indicator.consolidation,
            Outcome.total,
            Outcome.women,
            Outcome.men,
            Outcome.target,
        )
        .join(Indicator, and_(Indicator.id == tree.c.id, Indicator.tenant_id == work.tenant.id))
        .outerjoin(
            Outcome,
            and_(
                Outcome.tenant_id == Indicator.tenant_id,
                Outcome.node_id == tree.c.id,
                Outcome.unit_id == tree.c.unit_id,
                Outcome.period == case(due_codes(period), value=Indicator.periodicity),
            ),
        )
    )
    below: dict[UUID, list[Copy]] = {}
    for id, origin_id, how, *figures in rows:
        below.setdefault(origin_id, []).append(
            Copy(id, origin_id, Consolidation(how), Figures(*figures))
        )
    return below


def consolidated(
    id: UUID, own: Figures, how: Consolidation, below: Mapping[UUID, Sequence[Copy]]
) -> Figures | None:
    """The figures of a node from its copies; None when it has a total of its own or lacks some.

    Each figure is taken by itself: women and men are known only when all copies have them. A
    target of its own goes before that of the copies.
    """
    copies = below.get(id, ())
    if own.total is not None or not copies or how is Consolidation.NONE:
        return None
    parts = [consolidated(copy.id, copy.own, copy.how, below) or copy.own for copy in copies]
    total = consolidate([part.total for part in parts], how)
    if total is None:
        return None
    target = consolidate([part.target for part in parts], how)
    return Figures(
        total=total,
        women=consolidate([part.women for part in parts], how),
        men=consolidate([part.men for part in parts], how),
        target=own.target if own.target is not None else target,
    )
