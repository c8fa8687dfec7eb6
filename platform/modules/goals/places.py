"""Where something stands in the organisation in a year, and who saved it last."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from ....infra.errors import Conflict, NotFound
from ....infra.i18n import _, current_locale
from ....infra.periods import Period
from ....tenants.models import Person, Unit, UnitVersion
from ....tenants.tree.versions import on_day
from ....tenants.work import STOCKHOLM, Work


def day_of(work: Work, year: int) -> date:
    """The day whose tree holds for a year: today, or the day of the year nearest to today."""
    return Period(year).nearest(work.today)


async def lineages(work: Work, ids: Collection[UUID], *, on: date) -> dict[UUID, tuple[UUID, ...]]:
    """For each unit that exists on the day: itself and all above it, nearest first."""
    start = (
        select(UnitVersion.unit_id, UnitVersion.unit_id.label("at"), UnitVersion.parent_id)
        .where(UnitVersion.unit_id.in_(set(ids)), UnitVersion.tenant_id == work.tenant.id)
        .where(on_day(on))
        .cte("lineage", recursive=True)
    )
    above = aliased(UnitVersion)
    lineage = start.union_all(
        select(start.c.unit_id, above.unit_id, above.parent_id)
        .join(start, start.c.parent_id == above.unit_id)
        .where(above.tenant_id == work.tenant.id, on_day(on, above))
    )
    found: dict[UUID, dict[UUID, UUID | None]] = {}
    for unit_id, at, parent_id in await work.rows(select(lineage)):
        found.setdefault(unit_id, {})[at] = parent_id
    return {unit_id: _climb(unit_id, parents) for unit_id, parents in found.items()}


def _climb(unit_id: UUID, parents: dict[UUID, UUID | None]) -> tuple[UUID, ...]:
    steps: list[UUID] = []
    at: UUID | None = unit_id
    while at in parents:
        steps.append(at)
        at = parents[at]
    return tuple(steps)


async def units_by_id(work: Work, ids: Collection[UUID]) -> dict[UUID, Unit]:
    """The units; NotFound if any of them is absent or another municipality's."""
    units = await work.scalars(select(Unit).where(Unit.id.in_(set(ids))))
    found = {unit.id: unit for unit in units}
    if set(ids) - set(found):
        raise NotFound(field="unitId")
    return found


async def saved_meanwhile(work: Work, *, by: UUID | None, at: datetime) -> Conflict:
    """The refusal of an older version, with who saved in between and when."""
    name = await work.first(select(Person.name).where(Person.id == by)) if by else None
    return saved_by(name, at=at)


def saved_by(name: str | None, *, at: datetime) -> Conflict:
    from babel.dates import format_datetime

    when = format_datetime(at.astimezone(STOCKHOLM), "d MMMM y HH:mm", locale=current_locale())
    return Conflict(
        _(
            "{name} saved this on {time}, after you opened it. "
            "Load it again and make your change there.",
            name=name or _("Someone"),
            time=when,
        ),
        field="version",
    )
