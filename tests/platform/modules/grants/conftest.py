"""Municipalities with the module on, and a grant to begin with."""

from datetime import date
from decimal import Decimal

import pytest

from roder.platform.modules.grants import deadlines, service, steps
from roder.platform.modules.grants.models import DeadlineKind


@pytest.fixture
async def town(new_town):
    return await (await new_town("Östhammar")).switch_on("grants")


@pytest.fixture
async def lund(new_town):
    return await (await new_town("Lund")).switch_on("grants")


@pytest.fixture
def add(town):
    """Adds a grant of the home care for 2026, as the administrator."""

    async def add(work, **values):
        given = {
            "unit_id": town.units["home_care"].id,
            "giver": "Socialstyrelsen",
            "name": "Äldreomsorgslyftet",
            "year": 2026,
        }
        return await service.add_grant(work, **given | values)

    return add


@pytest.fixture
def grant_of(add):
    """A grant that has come as far as is asked: 1,000 kr are sought and 800 kr granted."""

    async def come(work, state="granted", **values):
        grant = await add(work, sought=Decimal(1000), **values)
        await deadlines.add_deadline(
            work, grant.id, kind=DeadlineKind.FINAL, due_on=date(2026, 12, 31)
        )
        if state != "search":
            await steps.apply_for_grant(work, grant.id)
        if state in ("granted", "in_use", "reported"):
            await steps.decide_grant(work, grant.id, **decision())
        if state in ("in_use", "reported"):
            await steps.begin_use(work, grant.id)
        if state == "reported":
            await steps.report_grant(work, grant.id, note="Inget användes")
        return grant

    return come


def decision(**values):
    return {
        "approved": True,
        "granted": Decimal(800),
        "decided_by": "Socialstyrelsen",
        "decided_on": date(2026, 2, 3),
        "registry_number": "SN-2026-12",
    } | values


@pytest.fixture(name="decision")
def _decision():
    return decision
