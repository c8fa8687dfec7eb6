"""What a municipality chooses about its internal control, beside its matrix (`design.py`)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from ....tenants.municipality import settings_of
from ....tenants.work import Work


class ControlSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    least_items: int = Field(default=3, ge=0, le=100)
    """Controls that a committee's plan is expected to hold, so that plans can be compared."""
    assess_months: int = Field(default=12, ge=1, le=60)
    """How long an assessment of a risk stands before My work asks for a new one."""
    ahead_days: int = Field(default=14, ge=0, le=180)
    """How long before its day a control is asked for."""


async def control_settings(work: Work) -> ControlSettings:
    return await settings_of(work, "internal_control", ControlSettings)
