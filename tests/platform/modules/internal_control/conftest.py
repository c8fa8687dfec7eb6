"""A municipality with internal control on."""

from __future__ import annotations

import pytest


@pytest.fixture
async def town(new_town):
    return await (await new_town("Östhammar")).switch_on("internal_control")
