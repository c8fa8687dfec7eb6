"""What a municipality chooses about its actions."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from ....tenants.municipality import settings_of
from ....tenants.work import Work


class ActionSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    soon_days: int = Field(default=14, ge=1, le=180)
    """How long before its last day an action is shown as due soon."""


async def action_settings(work: Work) -> ActionSettings:
    return await settings_of(work, "actions", ActionSettings)
