"""A series survives a reorganisation: a unit's values follow those of the units it carries on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from roder.platform.modules.goals.values.outcomes import set_outcome
from roder.tenants.models import UnitKind
from roder.tenants.tree.reorganising import NewUnit, merge_units
from roder.tenants.tree.units import add_unit

SERIES = """
query($id: ID!, $unit: ID!) {
  node(id: $id) { ... on Indicator { outcomes(unitId: $unit) { nodes { period total } } } }
}
"""


async def test_the_values_of_merged_units_stand_in_the_series_of_the_new_one(ask, thread, town):
    indicator = thread.nodes["own_indicator"]
    committee, home_care = town.units["committee"], town.units["home_care"]
    async with await town.work() as work:
        other = await add_unit(
            work,
            code="west",
            name="Hemtjänst Väst",
            kind=UnitKind.UNIT,
            parent_id=committee.id,
            valid_from=date(2018, 1, 1),
        )
        await set_outcome(
            work, indicator, unit_id=committee.id, period="2025", values={"total": Decimal(20000)}
        )
        merged = await merge_units(
            work,
            [committee.id, other.id],
            into=NewUnit("social", "Sociala nämnden", UnitKind.COMMITTEE, town.units["council"].id),
            from_date=date(2026, 1, 1),
        )

    def series(unit) -> dict[str, str]:
        return {"id": f"Indicator:{indicator}", "unit": f"Unit:{unit.id}"}

    after = (await ask(SERIES, **series(merged)))["node"]["outcomes"]["nodes"]
    elsewhere = (await ask(SERIES, **series(home_care)))["node"]["outcomes"]["nodes"]

    assert after == [{"period": "2025", "total": "20000"}]
    assert elsewhere == []
