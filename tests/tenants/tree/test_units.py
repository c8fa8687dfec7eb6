from datetime import date

import pytest

from roder.infra.errors import Conflict, NotFound
from roder.tenants.models import UnitKind
from roder.tenants.rows import uuid7
from roder.tenants.tree.units import add_unit, ancestors, change_unit, tree


async def test_last_years_tree_can_still_be_seen_after_a_rename(town):
    unit = town.units["home_care"]
    async with await town.work() as work:
        await change_unit(work, unit.id, from_date=date(2027, 1, 1), name="Hemvård Öst")

    async with await town.work("employee", write=False) as work:
        before = {u.id: u.name for u in await tree(work, on=date(2026, 12, 31))}
        after = {u.id: u.name for u in await tree(work, on=date(2027, 1, 1))}

    assert before[unit.id] == "Hemtjänst Öst"
    assert after[unit.id] == "Hemvård Öst"


async def test_a_unit_cannot_be_moved_in_under_itself(town):
    async with await town.work() as work:
        with pytest.raises(Conflict, match="under sig själv"):
            await change_unit(
                work,
                town.units["committee"].id,
                from_date=date(2027, 1, 1),
                parent_id=town.units["home_care"].id,
            )

    async with await town.work(write=False) as work:
        found = await ancestors(work, town.units["home_care"].id, on=date(2027, 6, 1))
    assert found == [town.units[key].id for key in ("home_care", "committee", "council")]


async def test_another_municipality_cannot_tell_the_unit_exists(town, other_town):
    day = date(2027, 1, 1)
    async with await other_town.work() as work:
        with pytest.raises(NotFound) as foreign:
            await change_unit(work, town.units["committee"].id, from_date=day, name="X")
        with pytest.raises(NotFound) as absent:
            await change_unit(work, uuid7(), from_date=day, name="X")

    assert str(foreign.value) == str(absent.value)


async def test_the_tree_lists_parents_first_and_names_in_swedish_order(town):
    async with await town.work() as work:
        for code, name in (("a", "Äldreboendet"), ("b", "Ängens skola"), ("c", "Åsens skola")):
            await add_unit(
                work, code=code, name=name, kind=UnitKind.UNIT, parent_id=town.units["council"].id
            )
        names = [unit.name for unit in await tree(work)]

    assert names == [
        "Kommunfullmäktige",
        "Barn- och utbildningsnämnden",
        "Socialnämnden",
        "Hemtjänst Öst",
        "Åsens skola",
        "Äldreboendet",
        "Ängens skola",
    ]
