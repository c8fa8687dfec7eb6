"""What the pages of the log review share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from ....authz.permit import NOWHERE
from ....infra.errors import InvalidInput, NotFound
from ....infra.i18n import _
from ....tenants.terms import Term
from ....tenants.work import Work
from ...web.forms import Form
from ...web.page import View
from .models import Review, ReviewEvent, ReviewState
from .own import is_own
from .reviews import PAGE, REVIEW, Filter, Show, names_wanted, person_names
from .words import (
    NAMED,
    decision_words,
    deed,
    mark_words,
    on_the_clock,
    reader_of,
    state_words,
    title_of,
    where,
    whom,
)

LOG_REVIEW = Term("log_review.reviews", lambda: _("Log review"))
BASE = "/loggranskning"


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is shown."""

    event: ReviewEvent
    at: str
    reader: str
    deed: str
    whom: str
    where: str
    marks: tuple[str, ...]
    decided: str
    own: bool
    """Whoever looks did it, and decides nothing about it."""


async def lines_of(work: Work, rows: Sequence[ReviewEvent]) -> list[Line]:
    names = await person_names(work, names_wanted(rows, NAMED))
    marks, decisions = mark_words(), decision_words()
    return [
        Line(
            event=row,
            at=on_the_clock(row.at),
            reader=reader_of(row, names),
            deed=deed(row),
            whom=whom(row, names),
            where=where(row),
            marks=tuple(marks.get(mark, mark) for mark in row.marks),
            decided=decisions[row.decision] if row.decision else "",
            own=is_own(work, row),
        )
        for row in rows
    ]


def show_words() -> dict[str, str]:
    return {
        Show.ALL.value: _("All, what stands out first"),
        Show.LEFT.value: _("Stands out, undecided"),
        Show.MARKED.value: _("Stands out"),
        Show.UNDECIDED.value: _("Undecided"),
        Show.FOLLOWED.value: _("To be investigated, or intrusion"),
    }


def common(review: Review, unit: str) -> dict[str, Any]:
    """Values that every page of one list has."""
    return {
        "review": review,
        "unit_name": unit,
        "title": title_of(review),
        "state_word": state_words()[review.state],
        "open": review.state is ReviewState.OPEN,
    }


def may_review(work: Work, review: Review) -> bool:
    return work.allows(REVIEW, at=review.unit_id or NOWHERE)


def asked_of(chosen: Filter, **more: object) -> dict[str, object]:
    """The filter as it stands in an address."""
    given: Mapping[str, object] = {
        "visa": "" if chosen.show is Show.ALL else chosen.show.value,
        "avvikelse": chosen.mark.value if chosen.mark else "",
        "vem": chosen.reader,
        "q": chosen.words,
        **more,
    }
    return {name: value for name, value in given.items() if value}


def filter_from(given: Mapping[str, str]) -> dict[str, str]:
    return {
        "show": given.get("visa", ""),
        "mark": given.get("avvikelse", ""),
        "reader": given.get("vem", ""),
        "words": given.get("q", ""),
    }


def plain(form: Form) -> dict[str, str]:
    return {name: values[0] for name, values in form.fields.items() if values}


def page_number(view: View) -> int:
    text = view.query("sida", "1")
    return int(text[:5]) if text.isdecimal() and int(text[:5]) >= 1 else 1


def pages_in(count: int) -> int:
    return max(1, -(-count // PAGE))


def day_of(form: Form, name: str) -> date:
    try:
        return date.fromisoformat(form.get(name).strip())
    except ValueError:
        raise InvalidInput(_("Write the day as 2026-01-31."), field=name) from None


def read_uuid(text: str, *, field: str) -> UUID | None:
    if not text.strip():
        return None
    try:
        return UUID(text.strip())
    except ValueError:
        raise NotFound(field=field) from None
