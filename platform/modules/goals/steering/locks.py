"""A year that is closed for changes. Every write of the module asks here first."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from .....authz.permit import permit
from .....infra.errors import Conflict
from .....infra.i18n import _, current_locale
from .....infra.periods import check_year
from .....infra.texts import at_most
from .....tenants.work import STOCKHOLM, Work
from ..models import YearLock
from ..texts import REASON


@permit("goals.read")
async def locked_years(work: Work) -> Sequence[YearLock]:
    return await work.scalars(select(YearLock).order_by(YearLock.year))


@permit("goals.lock")
async def lock_year(work: Work, year: int, *, reason: str = "") -> YearLock:
    """From now nothing of the year can be changed. Raises Conflict when it is locked already.

    A write that began before the lock may still be committed just after it.
    """
    check_year(year)
    reason = at_most(reason, field="reason", most=REASON)
    standing = await _find_lock(work, year)
    if standing is not None:
        raise Conflict(
            _("{year} has been locked since {day} already.", year=year, day=since(work, standing)),
            field="year",
        )
    lock = YearLock(year=year, locked_by=work.actor.id, reason=reason)
    work.add(lock)
    await work.flush()
    return lock


@permit("goals.lock")
async def unlock_year(work: Work, year: int) -> YearLock:
    """Let the year be changed again; the answer is the lock that stood."""
    lock = await _find_lock(work, year)
    if lock is None:
        raise Conflict(_("{year} is not locked.", year=year), field="year")
    await work.delete(lock)
    await work.flush()
    return lock


async def require_open(work: Work, *years: int) -> None:
    """Raises Conflict if any of the years is locked."""
    lock = await work.first(
        select(YearLock).where(YearLock.year.in_(set(years))).order_by(YearLock.year)
    )
    if lock is not None:
        raise year_is_locked(work, lock)


def year_is_locked(work: Work, lock: YearLock) -> Conflict:
    return Conflict(
        _(
            "{year} has been locked since {day}. "
            "Ask the controller to unlock it if something is wrong.",
            year=lock.year,
            day=since(work, lock),
        )
    )


def since(work: Work, lock: YearLock) -> str:
    """The day of the lock in words, with its year unless it is this one."""
    from babel.dates import format_date

    day = lock.created_at.astimezone(STOCKHOLM).date()
    shape = "d MMMM" if day.year == work.today.year else "d MMMM y"
    return format_date(day, shape, locale=current_locale())


async def _find_lock(work: Work, year: int) -> YearLock | None:
    return await work.first(select(YearLock).where(YearLock.year == year))
