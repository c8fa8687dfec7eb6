"""What a municipality chooses about its access log."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ....tenants.municipality import settings_of
from ....tenants.work import Work


class LogSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    years: int = Field(default=10, ge=5, le=100)
    """How long entries are kept; the law's least is five (HSLF-FS 2016:40, 4 kap. 9 §)."""
    registrar: Annotated[str, Field(max_length=254, pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")] = ""
    """Who gets the head of the log by mail each night, and registers it; nobody when empty."""


async def log_settings(work: Work) -> LogSettings:
    return await settings_of(work, "log", LogSettings)
