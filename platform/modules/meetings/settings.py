"""Times that no law sets for the municipality: it chooses them itself."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ....tenants.municipality import settings_of
from ....tenants.work import Work

Days = Annotated[int, Field(ge=0, le=60)]


class MeetingSettings(BaseModel):
    """How many days before a meeting it is summoned, and after it that its minutes are written."""

    model_config = ConfigDict(extra="forbid")

    summon_days: Days = 7
    write_days: Days = 7
    carry_open_items: bool = True


async def meeting_settings(work: Work) -> MeetingSettings:
    return await settings_of(work, "meetings", MeetingSettings)
