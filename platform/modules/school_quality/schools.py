"""Which units are preschools and schools, and who is the principal of each."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....tenants.models import Person, Unit, UnitKind
from ....tenants.tree import units
from ....tenants.tree.responsible import may_answer
from ....tenants.turns import take_turn
from ....tenants.work import Work
from . import years
from .models import SchoolForm, SchoolPrincipal, SchoolUnit
from .preloaded import plant_templates

WRITE: Final = "school_quality.write"
DESIGN: Final = "school_quality.design"
CODE: Final = re.compile(r"\d{8}")
BODIES: Final = (UnitKind.BOARD, UnitKind.COMMITTEE, UnitKind.COMPANY)


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """What is told of a preschool or school; see `models.SchoolUnit`."""

    forms: Collection[SchoolForm]
    organiser_id: UUID
    code: str = ""
    first_year: int
    last_year: int | None = None


@permit(DESIGN)
async def add_school(work: Work, unit_id: UUID, given: School) -> SchoolUnit:
    """The unit is a preschool or school from now on. Raises NotFound, InvalidInput, Conflict for a
    unit that is one already."""
    await work.get(Unit, unit_id, field="unitId")
    work.require(DESIGN, at=unit_id)
    await take_turn(work, "school_quality.schools")
    await plant_templates(work)
    if await work.first(select(SchoolUnit.id).where(SchoolUnit.unit_id == unit_id)):
        raise Conflict(_("The unit is a preschool or school already."), field="unitId")
    row = SchoolUnit(unit_id=unit_id, version=0)
    await _fill(work, row, given)
    work.add(row)
    await work.flush()
    return row


@permit(DESIGN)
async def change_school(work: Work, school_id: UUID, given: School, *, version: int) -> SchoolUnit:
    """Raises NotFound, InvalidInput, Conflict when `version` is not what stands."""
    held = select(SchoolUnit).where(SchoolUnit.id == school_id).with_for_update()
    row = await work.first(held.execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    work.require(DESIGN, at=row.unit_id)
    if row.version != version:
        raise Conflict(_("Somebody else has changed this meanwhile. Load the page again."))
    await _fill(work, row, given)
    await work.flush()
    return row


@permit(DESIGN)
async def appoint_principal(
    work: Work, school_id: UUID, *, person_id: UUID, from_on: date, until_on: date | None = None
) -> SchoolPrincipal:
    """Somebody is the principal from a day on. Whoever was until then, without a last day, was so
    until the day before. Raises NotFound, InvalidInput for somebody who cannot answer for the unit
    or for days in the wrong order, Conflict when a school would have two at once."""
    school = await work.get(SchoolUnit, school_id, field="schoolId")
    work.require(DESIGN, at=school.unit_id)
    await work.get(Person, person_id, field="personId")
    if person_id not in {row.id for row in await may_answer(work, school.unit_id, on=work.today)}:
        raise InvalidInput(
            _("A principal is somebody with a role near the school, who has not left."),
            field="personId",
        )
    await take_turn(work, f"school_quality.principal.{school.id}")
    _check_days(from_on, until_on)
    for earlier in await principals_of(work, school.id):
        if earlier.until_on is None and earlier.from_on < from_on:
            earlier.until_on = date.fromordinal(from_on.toordinal() - 1)
            earlier.changed_by, earlier.changed_at = work.actor.id, work.now
    row = SchoolPrincipal(school_id=school.id, person_id=person_id)
    return await _set_days(work, row, from_on, until_on)


@permit(DESIGN)
async def change_principal(
    work: Work, principal_id: UUID, *, from_on: date, until_on: date | None
) -> SchoolPrincipal:
    """Other days. Raises NotFound, InvalidInput, Conflict when a school would have two at once."""
    row = await work.get(SchoolPrincipal, principal_id)
    school = await work.get(SchoolUnit, row.school_id)
    work.require(DESIGN, at=school.unit_id)
    await take_turn(work, f"school_quality.principal.{school.id}")
    _check_days(from_on, until_on)
    return await _set_days(work, row, from_on, until_on)


@permit("school_quality.read")
async def school_at(work: Work, unit_id: UUID) -> SchoolUnit | None:
    """None where the unit is neither a preschool nor a school."""
    return await work.first(select(SchoolUnit).where(SchoolUnit.unit_id == unit_id))


@permit("school_quality.read")
async def principals_of(work: Work, school_id: UUID) -> Sequence[SchoolPrincipal]:
    """All of a school, the latest first."""
    return await work.scalars(
        select(SchoolPrincipal)
        .where(SchoolPrincipal.school_id == school_id)
        .order_by(SchoolPrincipal.from_on.desc())
    )


async def organisers(work: Work) -> list[units.Placed]:
    """Committees, boards and companies of today, any of which can organise schools."""
    return [unit for unit in await units.tree(work) if unit.kind in BODIES]


async def _fill(work: Work, row: SchoolUnit, given: School) -> None:
    await work.get(Unit, given.organiser_id, field="organiserId")
    if given.organiser_id not in {unit.id for unit in await organisers(work)}:
        raise InvalidInput(
            _("The organiser is a committee, a board or a company."), field="organiserId"
        )
    if not given.forms:
        raise InvalidInput(_("Choose what the unit runs."), field="forms")
    code = given.code.strip()
    if code and not CODE.fullmatch(code):
        raise InvalidInput(_("A school unit code has eight digits."), field="code")
    other = SchoolUnit.unit_id != row.unit_id
    used = select(SchoolUnit.id).where(SchoolUnit.code == code, other)
    if code and await work.first(used) is not None:
        raise Conflict(_("Another unit has that school unit code."), field="code")
    first = years.checked(given.first_year, field="firstYear")
    if given.last_year is not None and years.checked(given.last_year, field="lastYear") < first:
        raise InvalidInput(_("The last year comes before the first."), field="lastYear")
    row.forms = [form.value for form in SchoolForm if form in given.forms]
    row.organiser_id, row.code = given.organiser_id, code
    row.first_year, row.last_year = first, given.last_year
    row.version += 1
    row.changed_by, row.changed_at = work.actor.id, work.now


async def _set_days(
    work: Work, row: SchoolPrincipal, from_on: date, until_on: date | None
) -> SchoolPrincipal:
    await work.flush()
    overlaps = select(SchoolPrincipal.id).where(
        SchoolPrincipal.school_id == row.school_id,
        or_(SchoolPrincipal.until_on.is_(None), SchoolPrincipal.until_on >= from_on),
        SchoolPrincipal.from_on <= (until_on or date.max),
    )
    if row.id is not None:
        overlaps = overlaps.where(SchoolPrincipal.id != row.id)
    if await work.first(overlaps):
        raise Conflict(_("The school has another principal in those days."), field="fromOn")
    row.from_on, row.until_on = from_on, until_on
    row.changed_by, row.changed_at = work.actor.id, work.now
    work.add(row)
    await work.flush()
    return row


def _check_days(from_on: date, until_on: date | None) -> None:
    if until_on is not None and until_on < from_on:
        raise InvalidInput(_("The last day comes before the first."), field="untilOn")


def in_charge(day: date) -> ColumnElement[bool]:
    """Of the principals, those of a day."""
    still = or_(SchoolPrincipal.until_on.is_(None), SchoolPrincipal.until_on >= day)
    return (SchoolPrincipal.from_on <= day) & still
