"""How grave a fault is, and when it is to be answered and solved. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from ....infra.holidays import holidays
from ....tenants.work import STOCKHOLM
from .models import Effect, FaultClass, Workaround

SATURDAY: Final = 5
MOST_DAYS: Final = 400
"""Beyond which no time is looked for: a service without a single open day has none."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What whoever reports a fault is asked."""

    in_production: bool
    effect: Effect
    critical: bool
    """Whether people whose work the municipality cannot do without are held up."""
    workaround: Workaround


def fault_class(asked: Answers) -> FaultClass:
    """The class of a fault, as source 003 (Göteborgs Stad, error classes A to D) has them.

    A: down, or normal work is gravely harmed, for people with critical duties. B: available, but
    functions fail in a way that holds such people up. C: in production, but daily work goes on.
    D: not grave, or not in production. An A or B with a workaround becomes C, or D where the
    other way costs hardly anything; a C stays one. What is down for people without critical
    duties is not told of there; it is taken as B.
    """
    if not asked.in_production or asked.effect is Effect.BLEMISH:
        return FaultClass.D
    found = _without_workaround(asked)
    if asked.workaround is Workaround.NONE or found is FaultClass.C:
        return found
    return FaultClass.C if asked.workaround is Workaround.CUMBERSOME else FaultClass.D


def _without_workaround(asked: Answers) -> FaultClass:
    if asked.effect is Effect.DOWN:
        return FaultClass.A if asked.critical else FaultClass.B
    if asked.effect is Effect.BROKEN and asked.critical:
        return FaultClass.B
    return FaultClass.C


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """From one hour up to another, Monday to Friday, but for holidays and their eves."""

    opens: int
    closes: int

    def after(self, moment: datetime, hours: int) -> datetime:
        """The moment when so many open hours have passed since `moment`, in Swedish time."""
        at = moment.astimezone(STOCKHOLM)
        left = timedelta(hours=hours)
        for _day in range(MOST_DAYS):
            begin = datetime.combine(at, time(self.opens), STOCKHOLM)
            end = datetime.combine(at, time(0), STOCKHOLM) + timedelta(hours=self.closes)
            if self._open(at):
                begin = max(begin, at)
                if begin < end and left <= end - begin:
                    return begin + left
                left -= max(end - begin, timedelta())
            at = datetime.combine(at.date() + timedelta(days=1), time(), STOCKHOLM)
        return at

    def _open(self, at: datetime) -> bool:
        return at.weekday() < SATURDAY and at.date() not in holidays(at.year)
