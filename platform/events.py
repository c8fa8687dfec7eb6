"""Events: what is at a time and a place, in the calendars of those who take part in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ..tenants.work import Work


@dataclass(frozen=True, slots=True)
class Event:
    """`id` stays the same and `version` grows, so that a calendar moves the event; `path` is its
    page below the municipality's address."""

    id: UUID
    version: int
    title: str
    starts_at: datetime
    ends_at: datetime
    path: str
    place: str = ""
    detail: str = ""
    cancelled: bool = False


EventSource = Callable[[Work, datetime], Awaitable[Sequence[Event]]]
"""Those that the actor takes part in from a moment on, in one statement."""
