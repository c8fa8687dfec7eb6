"""The complaints of a school year in its quality report, as a number and nothing more: everybody
reads the report."""

from __future__ import annotations

from uuid import UUID

from ....infra.i18n import _
from ....tenants.work import Work
from ...filling import ChapterSource, Filling
from .complaint_kinds import EXPORT
from .complaint_numbers import NUMBER, complaints_at
from .complaint_words import year_word
from .settings import school_settings


def complaint_chapters() -> tuple[ChapterSource, ...]:
    return (
        ChapterSource(
            key="school_quality.complaints",
            title=lambda: _("Complaints of the school year"),
            permission=EXPORT,
            give=complaint_chapter,
            logged=NUMBER,
        ),
    )


async def complaint_chapter(work: Work, unit_id: UUID, year: int) -> Filling:
    """Those of the school year that ends in `year`, the year of the quality report."""
    school_year = year_word(year - 1)
    title = _("Complaints {year}", year=school_year)
    count = await complaints_at(work, unit_id, year=year - 1)
    if count == 0:
        said = _("No complaints have come in during the school year {year}.", year=school_year)
        return Filling(title, (said,), nothing=True)
    if count is None:
        smallest = (await school_settings(work)).complaint_smallest
        said = _(
            "Complaints have come in during the school year {year}. The number is not shown, so "
            "that nobody can be recognised: it is smaller than {smallest}, or would tell of one.",
            year=school_year,
            smallest=smallest,
        )
        return Filling(title, (said,))
    said = _(
        "Complaints that have come in during the school year {year}: {count}.",
        year=school_year,
        count=count,
    )
    return Filling(title, (said,))
