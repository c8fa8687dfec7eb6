"""Moments as a client sends them: with an offset from UTC, or refused."""

from __future__ import annotations

from datetime import datetime

from ....infra.errors import InvalidInput
from ....infra.i18n import _


def aware(moment: datetime | None, *, field: str) -> datetime | None:
    if moment is not None and moment.tzinfo is None:
        raise InvalidInput(
            _("Say the time zone too, such as 2026-01-31T12:00:00+01:00."), field=field
        )
    return moment
