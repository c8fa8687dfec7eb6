"""Numbers of deviations, without persons: how many by place, month, law, category and so on.

They are counted where the actor may take numbers out, and no small one is shown (`masking.py`). A
suspected misconduct is counted from when it is decided on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, select

from ....authz.permit import permit
from ....infra.i18n import _, in_language
from ....tenants.log.access_log import Action
from ....tenants.masking import Line, masked, tree_counts, tree_lines
from ....tenants.tree import units
from ....tenants.work import STOCKHOLM, Work
from .categories import all_categories
from .models import Consequence, Deviation, DeviationRisk, DeviationType
from .nils import EXPORT, open_to_place, year_of
from .settings import deviation_settings
from .words import consequence_words, law_words, type_words


class Dimension(StrEnum):
    UNIT = "unit"
    MONTH = "month"
    LAW = "law"
    """A case by several laws counts by each."""
    CATEGORY = "category"
    """Those at the top of the tree, each with what is below it."""
    RISK = "risk"
    TYPE = "type"
    CONSEQUENCE = "consequence"


@dataclass(frozen=True, slots=True)
class Count:
    """`count` is None where it is too small to be shown, or would tell of one that is."""

    key: str
    label: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Statistics:
    dimension: Dimension
    year: int
    counts: tuple[Count, ...]
    total: int | None
    """All that are counted; by law they may be fewer than the sum."""
    smallest: int
    few: bool = False
    """Whether all of them, in all of the municipality, are too few: so is then each of them. Of
    another number that is left out it is never said, since one could reckon out what is small."""


@permit(EXPORT)
async def statistics(work: Work, *, year: int, dimension: Dimension) -> Statistics:
    """The deviations sent in a year at the places where the actor may take numbers out."""
    settings = await deviation_settings(work)
    work.note(
        Action.EXPORT, "deviation_statistics", detail={"year": str(year), "by": dimension.value}
    )
    if dimension is Dimension.UNIT:
        return await _by_unit(work, year, settings.smallest)
    rows = await _rows(work, year, within(work))
    labels, read = await _reading(work, dimension)
    numbers = dict.fromkeys(labels, 0)
    for row in rows:
        for key in read(row):
            numbers[key] = numbers.get(key, 0) + 1
    several = dimension is Dimension.LAW
    sums = {**numbers, SUM: sum(numbers.values())}
    found = masked(sums, [Line(tuple(numbers), SUM)], smallest=settings.smallest)
    all_ = masked({SUM: len(rows)}, (), smallest=settings.smallest)[SUM]
    counts = [Count(key, labels.get(key, key), found[key]) for key in numbers]
    return Statistics(
        dimension,
        year,
        tuple(counts),
        all_ if several else found[SUM],
        settings.smallest,
        _few(work, len(rows), settings.smallest),
    )


def _few(work: Work, count: int, smallest: int) -> bool:
    return work.reach(EXPORT) is None and 0 < count < smallest


def within(work: Work) -> ColumnElement[bool]:
    reach = work.reach(EXPORT)
    if reach is None:
        return and_(True)
    return Deviation.unit_id.in_(reach) if reach else false()


SUM = ""


class Counted(NamedTuple):
    """What of a case is counted."""

    unit_id: UUID | None
    sent_at: datetime | None
    laws: list[str]
    category_id: UUID | None
    type: DeviationType
    consequence: Consequence
    risk: int | None


async def _rows(work: Work, year: int, where: ColumnElement[bool]) -> list[Counted]:
    risk = (
        select(func.max(DeviationRisk.value))
        .where(
            DeviationRisk.tenant_id == work.tenant.id,
            DeviationRisk.deviation_id == Deviation.id,
        )
        .scalar_subquery()
    )
    rows = await work.rows(
        select(
            Deviation.unit_id,
            Deviation.sent_at,
            Deviation.laws,
            Deviation.category_id,
            Deviation.type,
            Deviation.consequence,
            risk,
        ).where(where, open_to_place(), year_of(Deviation.sent_at) == year)
    )
    return [Counted(*row) for row in rows]


async def masked_units(
    work: Work, own: Mapping[UUID, int], *, smallest: int
) -> dict[tuple[str, UUID], int | None]:
    """Of every unit what is there (`own`) and what is there and `below`, masked for the whole
    municipality at once, so that whoever asks, and for whichever unit, gets the same."""
    tree = await units.tree(work)
    parents: dict[UUID, UUID | None] = {unit.id: unit.parent_id for unit in tree}
    counts = tree_counts(parents, own)
    return masked(counts, tree_lines(parents), smallest=smallest)


async def _by_unit(work: Work, year: int, smallest: int) -> Statistics:
    rows = await work.rows(
        select(Deviation.unit_id, func.count())
        .where(open_to_place(), year_of(Deviation.sent_at) == year)
        .group_by(Deviation.unit_id)
    )
    own = {unit_id: count for unit_id, count in rows if unit_id is not None}
    found = await masked_units(work, own, smallest=smallest)
    reach = work.reach(EXPORT)
    tree = await units.tree(work)
    mine = [unit for unit in tree if reach is None or unit.id in reach]
    above = {unit.id for unit in mine}
    tops = [unit for unit in mine if unit.parent_id not in above]
    total = found["below", tops[0].id] if len(tops) == 1 else None
    counts = tuple(
        Count(str(unit.id), unit.name, found["own", unit.id])
        for unit in mine
        if found["own", unit.id] != 0
    )
    few = _few(work, sum(own.values()), smallest)
    return Statistics(Dimension.UNIT, year, counts, total, smallest, few)


Reading = Callable[[Counted], Iterable[str]]


async def _reading(work: Work, dimension: Dimension) -> tuple[dict[str, str], Reading]:
    """The words of a dimension by key, in order, and how the keys of a case are read."""
    if dimension is Dimension.MONTH:
        months = {f"{number:02}": f"{number:02}" for number in range(1, 13)}
        return months, lambda row: [f"{_local(row).month:02}"]
    if dimension is Dimension.LAW:
        return {law.value: word for law, word in law_words().items()}, lambda row: row.laws
    if dimension is Dimension.CATEGORY:
        rows = await all_categories(work)
        top = {row.id: str(row.parent_id or row.id) for row in rows}
        names = {str(row.id): in_language(row.name) for row in rows if row.parent_id is None}
        words = names | {"none": _("None yet")}
        return words, lambda row: [top[row.category_id] if row.category_id else "none"]
    if dimension is Dimension.TYPE:
        words = {type_.value: word for type_, word in type_words().items()}
        return words, lambda row: [row.type.value]
    if dimension is Dimension.CONSEQUENCE:
        words = {each.value: word for each, word in consequence_words().items()}
        return words, lambda row: [row.consequence.value]
    bands = {"none": _("Not assessed"), "1": "1–3", "4": "4–7", "8": "8–11", "12": "12–16"}
    return bands, lambda row: [_band(row.risk)]


def _band(risk: int | None) -> str:
    if risk is None:
        return "none"
    return next(str(low) for low in (12, 8, 4, 1) if risk >= low)


def _local(row: Counted) -> datetime:
    assert row.sent_at is not None
    return row.sent_at.astimezone(STOCKHOLM)
