"""What a municipality chooses about tasks and reminders."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ....tenants.municipality import settings_of
from ....tenants.work import Work

Days = Annotated[int, Field(ge=0, le=365)]


class MyWorkSettings(BaseModel):
    """When things are due, and when people are told. Hours and days are those of Sweden."""

    model_config = ConfigDict(extra="forbid")

    outcome_days: Days = 30
    """How long after its period an outcome is due."""
    ahead_days: Days = 28
    """How long before its end an open activity is asked for."""
    reminders: bool = True
    reminder_days: tuple[Days, ...] = Field(default=(28, 7), max_length=10)
    """How long before its last day a task is reminded of, once for each."""
    digest: bool = True
    digest_weekday: int = Field(default=0, ge=0, le=6)
    """0 is Monday."""
    hour: int = Field(default=8, ge=0, le=23)
    """At which reminders and digests are sent."""


async def my_work_settings(work: Work) -> MyWorkSettings:
    return await settings_of(work, "mywork", MyWorkSettings)
