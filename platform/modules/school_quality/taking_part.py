"""Who took part in the quality work of a school's year: groups, how and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most
from ....tenants.work import Work
from . import years
from .models import SchoolParticipation, SchoolUnit, Step, TakingPart
from .schools import WRITE

LONG: Final = 2_000


@permit(WRITE)
async def add_participation(
    work: Work,
    school_id: UUID,
    *,
    year: int,
    step: Step,
    who: TakingPart,
    how: str,
    held_on: date,
) -> SchoolParticipation:
    """Raises NotFound, InvalidInput for a text that is missing or a day that has not come."""
    school = await work.get(SchoolUnit, school_id, field="schoolId")
    work.require(WRITE, at=school.unit_id)
    told = at_most(how, field="how", most=LONG)
    if not told:
        raise InvalidInput(_("Write something here: it cannot be empty."), field="how")
    if held_on > work.today:
        raise InvalidInput(_("Write what has been, not what is to come."), field="heldOn")
    row = SchoolParticipation(
        school_id=school.id,
        year=years.checked(year),
        step=step,
        who=who,
        how=told,
        held_on=held_on,
        written_by=work.actor.id,
        written_at=work.now,
    )
    work.add(row)
    await work.flush()
    return row


@permit(WRITE)
async def remove_participation(work: Work, participation_id: UUID) -> SchoolParticipation:
    row = await work.get(SchoolParticipation, participation_id)
    school = await work.get(SchoolUnit, row.school_id)
    work.require(WRITE, at=school.unit_id)
    await work.delete(row)
    await work.flush()
    return row


@permit("school_quality.read")
async def participations_of(
    work: Work, school_id: UUID, *, year: int
) -> Sequence[SchoolParticipation]:
    """Those of a school's year, the first first."""
    return await work.scalars(
        select(SchoolParticipation)
        .where(SchoolParticipation.school_id == school_id, SchoolParticipation.year == year)
        .order_by(SchoolParticipation.held_on, SchoolParticipation.id)
    )
