"""The last days of a meeting: from what the law said that day, else from the settings.

A day is the one that the law's days give. That it is a Saturday, Sunday or holiday is told beside
it and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from ....infra.holidays import holidays
from ....tenants.legal import LegalReference, law
from ....tenants.work import STOCKHOLM, Work
from .models import Meeting, MeetingKind, MeetingSeries
from .settings import meeting_settings

Step = Literal["summon", "write", "adjust", "announce", "appeal"]
SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class LastDay:
    """By when a step is taken, or in `appeal` until when a decision can be appealed against.

    `law` is what sets it; None where the municipality has chosen the time itself.
    """

    step: Step
    day: date
    law: LegalReference | None

    @property
    def free(self) -> bool:
        """Whether it is a Saturday, a Sunday or a holiday."""
        return self.day.weekday() >= SATURDAY or self.day in holidays(self.day.year)


async def last_days(work: Work, meeting: Meeting, series: MeetingSeries) -> dict[Step, LastDay]:
    """All that can be told by now: a notice has its day first when the minutes are adjusted, and
    the time to appeal when the notice is up. A step that no law knows of is left out."""
    chosen = await meeting_settings(work)
    held = day_of(meeting.starts_at)
    found: dict[Step, LastDay | None] = {
        "summon": await _summon(work, series.kind, held, chosen.summon_days),
        "write": LastDay("write", held + timedelta(chosen.write_days), None),
    }
    if series.kind.formal:
        found |= {
            "adjust": await _by_law(work, "adjust", held),
            "announce": await _by_law(work, "announce", meeting.adjusted_on),
            "appeal": await _by_law(work, "appeal", meeting.announced_on),
        }
    return {last.step: last for last in found.values() if last is not None}


def day_of(moment: datetime) -> date:
    return moment.astimezone(STOCKHOLM).date()


async def _summon(work: Work, kind: MeetingKind, held: date, own: int) -> LastDay:
    if kind is MeetingKind.COUNCIL:
        rule = await law(work, "summons.council", on=held)
        if rule is not None and rule.days is not None:
            return LastDay("summon", held - timedelta(rule.days), rule)
    return LastDay("summon", held - timedelta(own), None)


KEYS: Final[dict[Step, str]] = {
    "adjust": "minutes.adjust",
    "announce": "minutes.notice",
    "appeal": "minutes.appeal",
}


async def _by_law(work: Work, step: Step, since: date | None) -> LastDay | None:
    if since is None:
        return None
    rule = await law(work, KEYS[step], on=since)
    if rule is None or rule.days is None:
        return None
    return LastDay(step, since + timedelta(rule.days), rule)
