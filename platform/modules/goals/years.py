"""The years that the municipality has a plan for, and which of them are closed."""

from __future__ import annotations

from sqlalchemy import and_, select

from ....authz.permit import permit
from ....tenants.work import Work
from ...module import Year
from .models import SteeringModel, YearLock


@permit("goals.read")
async def planned_years(work: Work) -> list[Year]:
    rows = await work.rows(
        select(SteeringModel.year, YearLock.id)
        .outerjoin(
            YearLock,
            and_(
                YearLock.year == SteeringModel.year,
                YearLock.tenant_id == SteeringModel.tenant_id,
            ),
        )
        .distinct()
        .order_by(SteeringModel.year)
    )
    return [Year(year, lock is not None) for year, lock in rows]
