"""Numbers of complaints, without persons: how many by unit, kind and outcome, and how long it took
to confirm and to answer them. No small number is shown, nor one that would tell of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from ....authz.permit import permit
from ....infra.i18n import _, in_language
from ....tenants.log.access_log import Action
from ....tenants.masking import Line, masked, tree_counts, tree_lines
from ....tenants.models import Unit
from ....tenants.tree import units
from ....tenants.work import Work
from .complaint_kinds import EXPORT, all_kinds
from .complaint_models import Complaint
from .complaint_words import outcome_words
from .complaints import within
from .settings import school_settings

SUM: Final = ""
NUMBER: Final = "school_complaint_number"
"""What the access log calls numbers of complaints."""


@dataclass(frozen=True, slots=True)
class ComplaintCount:
    """`count` is None where it is too small to be shown, or would tell of one that is."""

    key: str
    label: str
    count: int | None


@dataclass(frozen=True, slots=True)
class ComplaintNumbers:
    """Those received in a school year at the units where the actor may take numbers out.

    The medians are days from when a complaint came in; None where too few have come so far.
    """

    year: int
    total: int | None
    by_unit: Sequence[ComplaintCount]
    by_kind: Sequence[ComplaintCount]
    by_outcome: Sequence[ComplaintCount]
    days_to_confirm: float | None
    days_to_answer: float | None
    smallest: int


@permit(EXPORT)
async def complaint_numbers(work: Work, *, year: int) -> ComplaintNumbers:
    """Of the school year that begins in `year`."""
    smallest = (await school_settings(work)).complaint_smallest
    rows = await work.rows(
        select(
            Complaint.kind_id,
            Complaint.outcome,
            Complaint.received_on,
            Complaint.confirmed_on,
            Complaint.answered_on,
        ).where(Complaint.year == year, within(work, EXPORT))
    )
    work.note(Action.EXPORT, NUMBER, detail={"year": str(year)})
    kinds = {str(row.id): in_language(row.name) for row in await all_kinds(work)}
    outcomes = {each.value: word for each, word in outcome_words().items()}
    by_unit, total = await _by_unit(work, year, smallest)
    return ComplaintNumbers(
        year=year,
        total=total,
        by_unit=by_unit,
        by_kind=_counted(kinds, [str(row[0]) for row in rows], smallest),
        by_outcome=_counted(
            {**outcomes, "none": _("None yet")},
            [row[1].value if row[1] else "none" for row in rows],
            smallest,
        ),
        days_to_confirm=_median([(row[2], row[3]) for row in rows], smallest),
        days_to_answer=_median([(row[2], row[4]) for row in rows], smallest),
        smallest=smallest,
    )


async def complaints_at(work: Work, unit_id: UUID, *, year: int) -> int | None:
    """How many came in at a unit and below it in a school year, for its quality report: None where
    the number is too small to be shown to everybody. Raises NotFound."""
    await work.get(Unit, unit_id, field="unitId")
    smallest = (await school_settings(work)).complaint_smallest
    work.note(Action.READ, NUMBER, unit_id=unit_id)
    return (await _masked_tree(work, year, smallest)).get(("below", unit_id), 0)


async def _masked_tree(work: Work, year: int, smallest: int) -> dict[tuple[str, UUID], int | None]:
    """Of every unit its `own` and what is there and `below`, masked for the whole municipality at
    once, so that whoever asks, and for whichever unit, gets the same."""
    rows = await work.rows(
        select(Complaint.unit_id, func.count())
        .where(Complaint.year == year)
        .group_by(Complaint.unit_id)
    )
    own: dict[UUID, int] = {row[0]: row[1] for row in rows}
    parents: dict[UUID, UUID | None] = {unit.id: unit.parent_id for unit in await units.tree(work)}
    return masked(tree_counts(parents, own), tree_lines(parents), smallest=smallest)


async def _by_unit(work: Work, year: int, smallest: int) -> tuple[list[ComplaintCount], int | None]:
    """What is at each unit itself, and in all at the topmost one that the actor reaches."""
    found = await _masked_tree(work, year, smallest)
    reach = work.reach(EXPORT)
    mine = [unit for unit in await units.tree(work) if reach is None or unit.id in reach]
    ids = {unit.id for unit in mine}
    tops = [unit for unit in mine if unit.parent_id not in ids]
    counts = [
        ComplaintCount(str(unit.id), unit.name, found["own", unit.id])
        for unit in mine
        if found["own", unit.id] != 0
    ]
    return counts, found["below", tops[0].id] if len(tops) == 1 else None


def _counted(labels: Mapping[str, str], keys: Sequence[str], smallest: int) -> list[ComplaintCount]:
    numbers = {key: keys.count(key) for key in labels}
    sums = {**numbers, SUM: len(keys)}
    found = masked(sums, [Line(tuple(numbers), SUM)], smallest=smallest)
    return [ComplaintCount(key, labels[key], found[key]) for key in numbers if found[key] != 0]


def _median(times: Sequence[tuple[date, date | None]], smallest: int) -> float | None:
    days = [(end - begin).days for begin, end in times if end is not None]
    return float(median(days)) if len(days) >= smallest else None
