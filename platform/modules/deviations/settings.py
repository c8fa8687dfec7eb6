"""What a municipality chooses about its deviations."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from ....tenants.municipality import settings_of
from ....tenants.work import Work


class DeviationSettings(BaseModel):
    """No number of days here stands in a law: they are the municipality's own."""

    model_config = ConfigDict(extra="forbid")

    risk_from: int = Field(default=8, ge=1, le=16)
    """From this risk value on an event analysis is made."""
    severity_from: int = Field(default=3, ge=1, le=4)
    """From this severity on an event analysis is made, whatever the probability."""
    days_to_begin: int = Field(default=3, ge=1, le=60)
    """How soon after it was sent somebody begins with a report."""
    days_to_close: int = Field(default=30, ge=1, le=365)
    """How soon after it was sent the manager of the place is done with it."""
    days_to_decide: int = Field(default=60, ge=1, le=365)
    """How soon after it was sent a suspected misconduct is investigated."""
    days_ahead: int = Field(default=7, ge=0, le=60)
    """How long before such a day My work asks for it."""
    years_kept: int = Field(default=10, ge=1, le=100)
    """How many years after it was closed a case is to be weeded."""
    smallest: int = Field(default=5, ge=2, le=20)
    """Numbers below this, other than 0, are not shown in statistics."""


async def deviation_settings(work: Work) -> DeviationSettings:
    return await settings_of(work, "deviations", DeviationSettings)
