"""Days in forms as the moments between which something holds."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from ....tenants.work import STOCKHOLM
from ...web.forms import Form
from .stepping import day_in


def times_in(form: Form) -> tuple[datetime | None, datetime | None]:
    """From the beginning of `from` to the end of `to`, each None when left empty."""
    begins, last = day_in(form.get("from"), field="from"), day_in(form.get("to"), field="to")
    return (
        beginning(begins) if begins else None,
        beginning(last + timedelta(days=1)) if last else None,
    )


def beginning(day: date) -> datetime:
    return datetime.combine(day, time.min, STOCKHOLM)


def last_day(moment: datetime) -> date:
    """The last day of something that holds up to a moment."""
    return (moment.astimezone(STOCKHOLM) - timedelta(microseconds=1)).date()
