"""A municipality with internal control on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from roder.tenants.models import ModuleSwitch


@pytest.fixture
async def town(new_town):
    made = await new_town("Östhammar")
    async with await made.work() as work:
        work.add(ModuleSwitch(module="internal_control"))
    made.tenant = replace(made.tenant, modules=made.tenant.modules | {"internal_control"})
    return made
