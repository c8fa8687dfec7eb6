"""The risk matrix of a unit: what lies in which cell, today or as it was on a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from ....authz.permit import permit
from ....tenants.work import STOCKHOLM, Work
from .design import Design, design_of
from .models import ControlLight, Process, Risk, RiskAssessment
from .places import below


@dataclass(frozen=True, slots=True)
class Dot:
    """A risk in the matrix, where it was, and where it was before that (None for its first)."""

    risk: Risk
    probability: int
    consequence: int
    before: tuple[int, int] | None

    @property
    def value(self) -> int:
        return self.probability * self.consequence


@dataclass(frozen=True, slots=True)
class MatrixCell:
    probability: int
    consequence: int
    light: ControlLight
    dots: tuple[Dot, ...]

    @property
    def value(self) -> int:
        return self.probability * self.consequence


@dataclass(frozen=True, slots=True)
class Matrix:
    """`size` is that of the municipality's matrix, or of a larger one that it had on the day."""

    design: Design
    size: int
    on: date
    cells: Mapping[tuple[int, int], MatrixCell]
    """By probability and consequence."""
    unassessed: tuple[Risk, ...]

    def rows(self) -> Iterator[list[MatrixCell]]:
        """As it is drawn: the highest consequence at the top, probability from left to right."""
        for consequence in range(self.size, 0, -1):
            yield [self.cells[step, consequence] for step in range(1, self.size + 1)]


@permit("internal_control.read")
async def risk_matrix(
    work: Work,
    *,
    unit_id: UUID | None = None,
    on: date | None = None,
    category: str | None = None,
    process_id: UUID | None = None,
) -> Matrix:
    """The risks that lived at the end of a day (now when None) of a unit and the units below it,
    as they had been assessed then. Two statements beside the tree."""
    until = _end_of(on) if on is not None else None
    design = await design_of(work)
    chosen = select(Risk)
    if unit_id is not None:
        chosen = chosen.where(Risk.unit_id.in_(await below(work, unit_id)))
    if category is not None:
        chosen = chosen.where(Risk.category == category)
    if process_id is not None:
        await work.get(Process, process_id, field="processId")
        chosen = chosen.where(Risk.process_id == process_id)
    if until is None:
        chosen = chosen.where(Risk.closed_at.is_(None))
    else:
        chosen = chosen.where(
            Risk.created_at < until, or_(Risk.closed_at.is_(None), Risk.closed_at >= until)
        )
    found = await work.scalars(chosen.order_by(Risk.number))
    latest = await _latest(work, [risk.id for risk in found], until)
    dots: dict[tuple[int, int], list[Dot]] = {}
    for risk in found:
        if row := latest.get(risk.id):
            before = _pair(row.before_probability, row.before_consequence)
            dot = Dot(risk, row.probability, row.consequence, before)
            dots.setdefault((dot.probability, dot.consequence), []).append(dot)
    size = max([design.size, *(step for place in dots for step in place)])
    sides = range(1, size + 1)
    return Matrix(
        design=design,
        size=size,
        on=on or work.today,
        cells={
            (p, c): MatrixCell(p, c, design.colour(p, c), tuple(dots.get((p, c), ())))
            for p in sides
            for c in sides
        },
        unassessed=tuple(risk for risk in found if risk.id not in latest),
    )


async def _latest(
    work: Work, ids: Sequence[UUID], until: datetime | None
) -> dict[UUID, RiskAssessment]:
    """The last assessment of each risk; of one that has none now, none either."""
    chosen = select(RiskAssessment).where(RiskAssessment.risk_id.in_(ids))
    if until is not None:
        chosen = chosen.where(RiskAssessment.assessed_at <= until)
    else:
        standing = and_(Risk.id == RiskAssessment.risk_id, Risk.tenant_id == work.tenant.id)
        chosen = chosen.join(Risk, standing).where(Risk.value.is_not(None))
    rows = await work.scalars(
        chosen.ext(distinct_on(RiskAssessment.risk_id)).order_by(
            RiskAssessment.risk_id, RiskAssessment.assessed_at.desc(), RiskAssessment.id.desc()
        )
    )
    return {row.risk_id: row for row in rows}


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, tzinfo=STOCKHOLM)


def _pair(probability: int | None, consequence: int | None) -> tuple[int, int] | None:
    if probability is None or consequence is None:
        return None
    return probability, consequence
