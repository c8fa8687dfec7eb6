"""Search among the goals, indicators and activities of a year."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, and_, case, func, or_, select

from ....authz.permit import permit
from ....infra.i18n import _
from ....tenants.models import Unit, UnitVersion
from ....tenants.tree.versions import on_day
from ....tenants.work import Work
from ...finding import LIKENESS, MOST, Found
from .models import NodeKind, PlanNode, SteeringModel


@permit("goals.read")
async def find_nodes(work: Work, words: str, year: int) -> Sequence[Found]:
    """Those whose title holds the words, else those whose title resembles them. Best first.

    What a unit has been given stands at its origin only.
    """
    holds = PlanNode.title.icontains(words, autoescape=True)
    alike = func.word_similarity(words, PlanNode.title)
    rows = await work.rows(
        _found(work, year)
        .add_columns(holds)
        .where(or_(holds, alike >= LIKENESS))
        .order_by(case((holds, 0), else_=1), alike.desc(), func.sv_key(PlanNode.title), PlanNode.id)
        .limit(MOST)
    )
    exact = any(row[-1] for row in rows)
    return [
        Found(
            title=title,
            kind=kind_words()[kind],
            page="indicator" if kind is NodeKind.INDICATOR else "planning_node",
            params={"unit": slug, "year": year, "node": id},
            detail=unit_name,
            near=not held,
        )
        for id, title, kind, slug, unit_name, held in rows
        if held or not exact
    ]


def kind_words() -> dict[NodeKind, str]:
    return {
        NodeKind.GOAL: _("Goal"),
        NodeKind.INDICATOR: _("Indicator"),
        NodeKind.ASSIGNMENT: _("Assignment"),
        NodeKind.ACTIVITY: _("Activity"),
    }


def _found(work: Work, year: int) -> Select[*tuple[object, ...]]:
    return (
        select(PlanNode.id, PlanNode.title, PlanNode.kind, Unit.slug, UnitVersion.name)
        .join(
            SteeringModel,
            and_(
                SteeringModel.id == PlanNode.model_id,
                SteeringModel.tenant_id == PlanNode.tenant_id,
            ),
        )
        .join(Unit, and_(Unit.id == PlanNode.unit_id, Unit.tenant_id == PlanNode.tenant_id))
        .join(
            UnitVersion,
            and_(UnitVersion.unit_id == Unit.id, UnitVersion.tenant_id == Unit.tenant_id),
        )
        .where(
            SteeringModel.year == year,
            PlanNode.origin_id.is_(None),
            on_day(work.today),
        )
    )
