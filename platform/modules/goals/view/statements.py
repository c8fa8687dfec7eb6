"""What a unit's view of the red thread is read by. The statements are made once, and name the
municipality on every relation; each reads one table, see `view._entered`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Select, and_, bindparam, func, inspect, literal, or_, select
from sqlalchemy.orm import aliased

from .....tenants.prepared import TENANT, among, given
from .....tenants.rows import TenantRow
from ..models import (
    JUDGED,
    Activity,
    HandLight,
    Indicator,
    NodeComment,
    Outcome,
    PlanNode,
)

M = TypeVar("M", bound=TenantRow)
S = TypeVar("S", NodeComment, HandLight)


@cache
def rows_of(make: Callable[[], Select[M]]) -> Select[*tuple[Any, ...]]:
    """The same as rows with the columns of the entity."""
    statement = make()
    mapper = inspect(statement.column_descriptions[0]["entity"])
    columns = [getattr(mapper.class_, column.key) for column in mapper.column_attrs]
    return statement.with_only_columns(*columns)


@cache
def in_view() -> Select[PlanNode]:
    """Nodes of the `model` that the `unit` owns, or sees of those `above`, on visible `levels`."""
    seen = and_(among(PlanNode.unit_id, "above"), among(PlanNode.level_id, "levels"))
    return (
        select(PlanNode)
        .where(
            PlanNode.tenant_id == TENANT,
            given(PlanNode.model_id, "model"),
            or_(given(PlanNode.unit_id, "unit"), seen),
        )
        .order_by(PlanNode.position, func.sv_key(PlanNode.title), PlanNode.id)
    )


@cache
def below() -> Select[PlanNode]:
    """What other units than the `unit` have put under the `parents`, those nearest first."""
    counted = and_(
        PlanNode.tenant_id == TENANT, PlanNode.kind.in_(JUDGED), PlanNode.origin_id.is_(None)
    )
    found = (
        select(PlanNode.id, literal(1).label("steps"))
        .where(
            counted,
            among(PlanNode.parent_id, "parents"),
            PlanNode.unit_id != bindparam("unit", type_=PlanNode.unit_id.type),
        )
        .cte("below", recursive=True)
    )
    node = aliased(PlanNode)
    found = found.union_all(
        select(node.id, found.c.steps + 1)
        .join(found, node.parent_id == found.c.id)
        .where(node.tenant_id == TENANT, node.kind.in_(JUDGED), node.origin_id.is_(None))
    )
    return (
        select(PlanNode)
        .join(found, found.c.id == PlanNode.id)
        .where(PlanNode.tenant_id == TENANT)
        .order_by(found.c.steps, PlanNode.position, func.sv_key(PlanNode.title), PlanNode.id)
    )


@cache
def indicators() -> Select[Indicator]:
    return select(Indicator).where(Indicator.tenant_id == TENANT, among(Indicator.id, "ids"))


@cache
def activities() -> Select[Activity]:
    return select(Activity).where(Activity.tenant_id == TENANT, among(Activity.id, "ids"))


@cache
def outcomes() -> Select[Outcome]:
    return select(Outcome).where(
        Outcome.tenant_id == TENANT,
        among(Outcome.node_id, "nodes"),
        among(Outcome.unit_id, "units"),
        among(Outcome.period, "periods"),
    )


@cache
def comments() -> Select[NodeComment]:
    return _said(NodeComment)


@cache
def hands() -> Select[HandLight]:
    """Those that stand."""
    return _said(HandLight).where(HandLight.taken_back_at.is_(None))


def _said(model: type[S]) -> Select[S]:
    """What stands on the `nodes` for the `period`, at any of the `units`."""
    return select(model).where(
        model.tenant_id == TENANT,
        among(model.node_id, "nodes"),
        among(model.unit_id, "units"),
        given(model.period, "period"),
    )
