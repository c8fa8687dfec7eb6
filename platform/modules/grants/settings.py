"""What a municipality chooses about its grants."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ....tenants.municipality import settings_of
from ....tenants.work import Work


class GrantSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ahead_days: int = Field(default=30, ge=1, le=365)
    """How long before its day a deadline is asked for in My work."""
    code_prefix: Annotated[str, Field(pattern="^[A-ZÅÄÖ]{1,6}$")] = "SB"
    """What the codes of new grants begin with: SB-2026-01."""


async def grant_settings(work: Work) -> GrantSettings:
    return await settings_of(work, "grants", GrantSettings)
