"""What a municipality chooses about the review of its log."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ....tenants.municipality import settings_of
from ....tenants.work import Work

Hour = Annotated[int, Field(ge=0, le=24)]
Weekday = Annotated[int, Field(ge=0, le=6)]


class LogReviewSettings(BaseModel):
    """Which units get a list, what stands out in it, and who is told. Hours are those of Sweden."""

    model_config = ConfigDict(extra="forbid")

    every_unit: bool = False
    """Every unit gets a list of its own; else those that have a reviewer."""
    unit_codes: tuple[str, ...] = Field(default=(), max_length=100)
    """Codes of units that get one though nobody is their reviewer."""
    days_to_review: int = Field(default=14, ge=1, le=90)
    """From the day that the list was made."""
    mark_no_relation: bool = True
    mark_odd_hours: bool = True
    first_hour: Hour = 6
    last_hour: Hour = 20
    first_weekday: Weekday = 0
    last_weekday: Weekday = 4
    holidays: bool = True
    """Whether Swedish holidays are unusual too."""
    mark_many: bool = True
    many: int = Field(default=30, ge=2, le=10_000)
    many_minutes: int = Field(default=10, ge=1, le=1_440)
    mark_protected: bool = True
    mark_behind: bool = True
    """Who has seen as somebody else, or came in to give support."""
    mark_own: bool = True
    mark_colleague: bool = False
    health_officer: str = Field(default="", max_length=254)
    """E-mail of whoever is told of an intrusion into a health record."""
    archive_responsible: str = Field(default="", max_length=254)
    """E-mail of whoever is told when a list has been archived."""


async def review_settings(work: Work) -> LogReviewSettings:
    return await settings_of(work, "log_review", LogReviewSettings)
