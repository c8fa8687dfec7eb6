"""The years that the municipality has a plan for or has locked."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Select, false, func, select, true, union_all

from .....authz.permit import permit
from .....tenants.prepared import TENANT, read
from .....tenants.work import Work
from ....module import Year
from ..models import SteeringModel, YearLock


@permit("goals.read")
async def planned_years(work: Work) -> list[Year]:
    """A year has a plan when it has a steering model. It may be locked without one."""
    rows = await read(work, _planned_years())
    return [Year(number, closed, has_plan) for number, closed, has_plan in rows]


@cache
def _planned_years() -> Select[int, bool, bool]:
    planned = select(SteeringModel.year, false().label("locked"), true().label("planned")).where(
        SteeringModel.tenant_id == TENANT
    )
    locked = select(YearLock.year, true(), false()).where(YearLock.tenant_id == TENANT)
    years = union_all(planned, locked).subquery()
    return (
        select(years.c.year, func.bool_or(years.c.locked), func.bool_or(years.c.planned))
        .group_by(years.c.year)
        .order_by(years.c.year)
    )
