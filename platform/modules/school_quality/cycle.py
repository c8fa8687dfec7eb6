"""How far the schools have come in a school year: computed from what stands, kept nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, cast, func, select

from ....authz.permit import permit
from ....tenants.models import UnitVersion
from ....tenants.tree import units
from ....tenants.work import Work
from . import years
from .models import SchoolForm, SchoolParticipation, SchoolPrincipal, SchoolUnit, Step, TakingPart
from .schools import in_charge
from .settings import school_settings
from .stands import Stage, Stands, Taken, taken, what_stands


class Standing(StrEnum):
    """How a school stands in its whole year."""

    LATE = "late"
    UNDER_WAY = "under_way"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """A school's year: its steps in order, and how many times each group took part."""

    school: SchoolUnit
    name: str
    slug: str
    principal_id: UUID | None
    steps: tuple[Taken, ...]
    took_part: Mapping[TakingPart, int]

    @property
    def missing(self) -> tuple[TakingPart, ...]:
        return tuple(who for who in TakingPart if not self.took_part.get(who))

    @property
    def standing(self) -> Standing:
        if any(step.late for step in self.steps):
            return Standing.LATE
        return Standing.DONE if all(step.done for step in self.steps) else Standing.UNDER_WAY


@dataclass(frozen=True, slots=True)
class OrganiserYear:
    """What a committee reports for its schools; None where the step is not taken."""

    unit: units.Placed
    schools: int
    step: Taken | None


@dataclass(frozen=True, slots=True)
class StepTotal:
    """The schools of a step by how far they have come, each once; `done_before` and `count_before`
    are those of the year before."""

    step: Step
    due_on: date
    done: int
    begun: int
    not_begun: int
    late: int
    done_before: int
    count_before: int

    @property
    def count(self) -> int:
        return sum(self.parts)

    @property
    def parts(self) -> tuple[int, int, int, int]:
        return self.done, self.begun, self.not_begun, self.late


@dataclass(frozen=True, slots=True)
class Overview:
    year: int
    schools: tuple[SchoolYear, ...]
    organisers: tuple[OrganiserYear, ...]
    totals: tuple[StepTotal, ...]


@permit("school_quality.read")
async def overview(
    work: Work,
    *,
    year: int,
    form: SchoolForm | None = None,
    standing: Standing | None = None,
    organiser_id: UUID | None = None,
) -> Overview:
    """All schools of a year that fit, in the order of their names; the totals are of these, and
    the year before of the same choice but for `standing`. A fixed number of statements."""
    years.checked(year)
    chosen = [] if form is None else [runs(SchoolUnit.forms, form.value)]
    if organiser_id is not None:
        chosen.append(SchoolUnit.organiser_id == organiser_id)
    rows = await work.scalars(by_name(work).where(*chosen))
    ids = {id for row in rows for id in (row.unit_id, row.organiser_id)}
    stands = await what_stands(work, ids, school_years={year - 1, year})
    now = await years_of(work, followed(rows, year), year=year, stands=stands)
    before = await years_of(work, followed(rows, year - 1), year=year - 1, stands=stands)
    shown = [row for row in now if standing is None or row.standing is standing]
    return Overview(
        year,
        tuple(shown),
        tuple(await _organisers(work, now, year, stands)),
        tuple(_totals(shown, before, await _steps(work, year))),
    )


@permit("school_quality.read")
async def school_year(work: Work, school: SchoolUnit, *, year: int) -> SchoolYear:
    years.checked(year)
    stands = await what_stands(work, {school.unit_id}, school_years={year})
    (row,) = await years_of(work, [school], year=year, stands=stands)
    return row


async def years_of(
    work: Work, schools: Sequence[SchoolUnit], *, year: int, stands: Stands
) -> list[SchoolYear]:
    """In the order asked for, as they stood in the year; four statements."""
    day = years.nearest(year, work.today)
    ids = [row.id for row in schools]
    wanted = [row.unit_id for row in schools]
    places = {each.id: each for each in await units.placed(work, wanted, on=day)}
    principals = await work.rows(
        select(SchoolPrincipal.school_id, SchoolPrincipal.person_id).where(
            SchoolPrincipal.school_id.in_(ids), in_charge(day)
        )
    )
    leads = dict(list(principals))
    counted = await work.rows(
        select(SchoolParticipation.school_id, SchoolParticipation.who, func.count())
        .where(SchoolParticipation.school_id.in_(ids), SchoolParticipation.year == year)
        .group_by(SchoolParticipation.school_id, SchoolParticipation.who)
    )
    took_part: dict[UUID, dict[TakingPart, int]] = {}
    for school_id, who, count in counted:
        took_part.setdefault(school_id, {})[who] = count
    last_days = await _steps(work, year)
    return [
        SchoolYear(
            school=row,
            name=places[row.unit_id].name,
            slug=places[row.unit_id].slug,
            principal_id=leads.get(row.id),
            steps=tuple(
                taken(work, row.unit_id, step, day, year, stands)
                for step, day in last_days.items()
                if step is not Step.ORGANISER_REPORT
            ),
            took_part=took_part.get(row.id, {}),
        )
        for row in schools
    ]


async def organiser_steps(
    work: Work, rows: Sequence[SchoolYear], year: int, stands: Stands
) -> list[tuple[UUID, Taken]]:
    """Of each that organises one of the schools; nothing where the step is not taken."""
    day = (await _steps(work, year)).get(Step.ORGANISER_REPORT)
    if day is None:
        return []
    ids = dict.fromkeys(row.school.organiser_id for row in rows)
    step = Step.ORGANISER_REPORT
    return [(id, taken(work, id, step, day, year, stands)) for id in ids]


def followed(schools: Sequence[SchoolUnit], year: int) -> list[SchoolUnit]:
    """Those of the schools that are followed in a year."""
    return [
        row
        for row in schools
        if row.first_year <= year and (row.last_year is None or row.last_year >= year)
    ]


def runs(forms: Any, form: Any) -> ColumnElement[bool]:
    """Whether a form, by its value, is among those of a column."""
    return func.array_position(forms, cast(form, Text)).is_not(None)


def by_name(work: Work) -> Select[SchoolUnit]:
    """Schools in the order of what their units were called last."""
    name = (
        select(UnitVersion.name)
        .where(UnitVersion.unit_id == SchoolUnit.unit_id, UnitVersion.tenant_id == work.tenant.id)
        .order_by(UnitVersion.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(SchoolUnit).order_by(func.sv_key(name), SchoolUnit.id)


async def _steps(work: Work, year: int) -> dict[Step, date]:
    return (await school_settings(work)).last_days(year)


async def _organisers(
    work: Work, rows: Sequence[SchoolYear], year: int, stands: Stands
) -> list[OrganiserYear]:
    counts = Counter(row.school.organiser_id for row in rows)
    steps = dict(await organiser_steps(work, rows, year, stands))
    return [
        OrganiserYear(unit, counts[unit.id], steps.get(unit.id))
        for unit in await units.placed(work, list(counts))
    ]


def _totals(
    now: Sequence[SchoolYear], before: Sequence[SchoolYear], last_days: Mapping[Step, date]
) -> list[StepTotal]:
    def of(rows: Sequence[SchoolYear], step: Step) -> list[Taken]:
        return [each for row in rows for each in row.steps if each.step is step]

    totals = []
    for step, day in last_days.items():
        if step is Step.ORGANISER_REPORT:
            continue
        current, earlier = of(now, step), of(before, step)
        waiting = [each for each in current if not each.late and not each.done]
        begun = sum(each.stage is Stage.BEGUN for each in waiting)
        totals.append(
            StepTotal(
                step=step,
                due_on=day,
                done=sum(each.done for each in current),
                begun=begun,
                not_begun=len(waiting) - begun,
                late=sum(each.late for each in current),
                done_before=sum(each.done for each in earlier),
                count_before=len(earlier),
            )
        )
    return totals
