"""A municipality with support switched on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from roder.tenants.models import ModuleSwitch


@pytest.fixture
async def town(new_town):
    made = await new_town("Östhammar")
    async with await made.work() as work:
        work.add(ModuleSwitch(module="support"))
    made.tenant = replace(made.tenant, modules=made.tenant.modules | {"support"})
    return made
