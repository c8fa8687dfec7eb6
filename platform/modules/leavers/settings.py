"""What a municipality chooses about those who have left."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ....tenants.municipality import settings_of
from ....tenants.work import Work

MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$")]
"""A day of every year, such as 02-01; one that every February has."""


APPEAL = (
    "Du kan överklaga beslutet till förvaltningsrätten. Skicka överklagandet till kommunen inom "
    "tre veckor från den dag du fick beslutet.\n"
    "Du kan också klaga hos Integritetsskyddsmyndigheten (IMY)."
)
"""Lag (2018:218) 7 kap., förvaltningslagen (2017:900) 43–44 §§; the municipality can change it."""


class LeaverSettings(BaseModel):
    """When those who have left are purged, and when somebody counts as silent."""

    model_config = ConfigDict(extra="forbid")

    days: tuple[MonthDay, ...] = Field(default=("02-01", "08-01"), min_length=2, max_length=12)
    """At least twice a year (the routine of Helsingborg, source 000)."""
    appeal: str = Field(default=APPEAL, max_length=2000)
    """What a decision on erasure says of how it can be appealed against."""
    silent_months: int = Field(default=12, ge=0, le=60)
    """How long without a sign-in until somebody is proposed; 0 proposes nobody."""

    @field_validator("days")
    @classmethod
    def _differ(cls, days: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(days)) < len(days):
            raise ValueError("each day once")
        return days


async def leaver_settings(work: Work) -> LeaverSettings:
    return await settings_of(work, "leavers", LeaverSettings)


def last_due(days: tuple[str, ...], today: date) -> date:
    """The latest day of the timetable, today or before."""
    near = [
        date.fromisoformat(f"{year}-{day}") for year in (today.year - 1, today.year) for day in days
    ]
    return max(day for day in near if day <= today)


def next_due(days: tuple[str, ...], today: date) -> date:
    near = [
        date.fromisoformat(f"{year}-{day}") for year in (today.year, today.year + 1) for day in days
    ]
    return min(day for day in near if day > today)
