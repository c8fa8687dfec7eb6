"""How long somebody stays signed in with a browser that nobody uses: the municipality's choice."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from pydantic import BaseModel, Field

from ..municipality import settings_of
from ..work import Work

ORGANISATION: Final = "organisation"
"""The module whose settings these are; every municipality has it."""


class SessionSettings(BaseModel):
    idle_minutes: int = Field(default=60, ge=15, le=480)
    """After so many minutes in which nothing is asked for, one signs in again."""

    api_points: int | None = Field(default=None, ge=0, le=1_000_000)
    """What one key may ask for in a minute, see graphql/rates.py; None and 0 are what the service
    lets."""

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)


async def session_settings(work: Work) -> SessionSettings:
    return await settings_of(work, ORGANISATION, SessionSettings)
