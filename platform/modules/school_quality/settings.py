"""What a municipality has chosen for the quality work of its schools."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field

from ....tenants.municipality import settings_of
from ....tenants.work import Work
from .complaint_settings import ComplaintSettings
from .models import Step

DAYS = r"(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31"
DayOfYear = Annotated[str, Field(pattern=f"^({DAYS})?$")]


class SchoolQualitySettings(ComplaintSettings):
    """The last day of each step, as month and day; without one, the step is not taken.

    No law gives the days. A step comes after the one before it, so `01-31` is in the spring.
    """

    model_config = ConfigDict(extra="forbid")

    plan: DayOfYear = "09-30"
    follow_up: DayOfYear = "01-31"
    analysis: DayOfYear = "06-15"
    report: DayOfYear = "06-30"
    organiser_report: DayOfYear = "09-30"
    ahead_days: int = Field(default=30, ge=1, le=365)
    """How long before its last day a step is asked for in My work."""

    def last_days(self, year: int) -> dict[Step, date]:
        """Of a school year, which begins on 1 July; of the steps that are taken, in order."""
        found: dict[Step, date] = {}
        earliest = date(year, 7, 1)
        for step in Step:
            chosen = str(getattr(self, step.value))
            if not chosen:
                continue
            month, day = (int(part) for part in chosen.split("-"))
            found[step] = min(
                each
                for each in (date(earliest.year, month, day), date(earliest.year + 1, month, day))
                if each >= earliest
            )
            earliest = found[step]
        return found


async def school_settings(work: Work) -> SchoolQualitySettings:
    return await settings_of(work, "school_quality", SchoolQualitySettings)
