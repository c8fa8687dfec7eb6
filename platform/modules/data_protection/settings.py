"""What a municipality chooses about its data protection."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ....tenants.municipality import settings_of
from ....tenants.work import Work


class DataProtectionSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ahead_days: int = Field(default=90, ge=1, le=365)
    """How long before its day an agreement or a record is asked for."""
    breach_hours: int = Field(default=72, ge=1, le=72)
    """How long after it was found a breach has to be with the authority: 72 by article 33.1."""
    authority: Annotated[str, Field(max_length=200)] = "Integritetsskyddsmyndigheten (IMY)"
    officer: Annotated[str, Field(max_length=300)] = ""
    """The data protection officer and how to reach them, as the notice to the authority says."""


async def data_protection_settings(work: Work) -> DataProtectionSettings:
    return await settings_of(work, "data_protection", DataProtectionSettings)
