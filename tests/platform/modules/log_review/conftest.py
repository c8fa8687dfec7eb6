from __future__ import annotations

import pytest
from reviewed_log import add_reviewer, switch_on


@pytest.fixture
async def reviewed(town):
    """A town with the module on, and somebody who reviews the log of the home care."""
    await switch_on(town)
    await add_reviewer(town)
    return town
