from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from roder.platform.modules.actions.models import PlannedAction
from roder.platform.modules.actions.service import plan_action
from roder.tenants.work import Work


@pytest.fixture
def plan(town: Any) -> Callable[..., Awaitable[PlannedAction]]:
    """Plan an action at home care, about a report; `owner` is a key of the town's people."""

    async def make(work: Work, *, owner: str = "", **values: Any) -> PlannedAction:
        given = {
            "unit_id": town.units["home_care"].id,
            "module": "reports",
            "about": "Kvalitetsberättelse 2026",
            "page": "reports",
            "params": {"unit": town.units["home_care"].slug, "year": 2026},
            "title": "Gå igenom rutinen för nycklar",
        }
        if owner:
            given["owner_id"] = town.people[owner].id
        return await plan_action(work, **given | values)

    return make
