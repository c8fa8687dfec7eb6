from datetime import date

import pytest
from sqlalchemy import select

from roder.infra.errors import Conflict
from roder.tenants.models import Unit, UnitKind, UnitSuccession, UnitVersion
from roder.tenants.tree.reorganising import NewUnit, Part, end_unit, merge_units, split_unit
from roder.tenants.tree.undoing import cancel_change
from roder.tenants.tree.units import add_unit, change_unit

# Far enough away to be planned on every day that the tests run.
YEAR = date(2100, 1, 1)


async def rows(town):
    """The whole tree as it is written down, with its links."""
    async with await town.work(write=False) as work:
        versions = await work.scalars(select(UnitVersion))
        links = await work.scalars(select(UnitSuccession))
        units = await work.scalars(select(Unit))
    return (
        {unit.code for unit in units},
        {(v.unit_id, v.parent_id, v.name, v.valid_from, v.valid_to) for v in versions},
        {(link.predecessor_id, link.successor_id, link.from_date) for link in links},
    )


async def test_a_planned_rename_is_undone(town):
    before = await rows(town)
    unit = town.units["home_care"].id
    async with await town.work() as work:
        await change_unit(work, unit, from_date=YEAR, name="Hemvård Öst")
    async with await town.work() as work:
        assert await cancel_change(work, unit) == YEAR

    assert await rows(town) == before


async def test_a_planned_ending_is_undone(town):
    before = await rows(town)
    unit = town.units["home_care"].id
    async with await town.work() as work:
        await end_unit(work, unit, on=YEAR)
    async with await town.work() as work:
        assert await cancel_change(work, unit) == YEAR

    assert await rows(town) == before


async def test_a_unit_that_was_to_begin_is_removed(town):
    before = await rows(town)
    async with await town.work() as work:
        unit = await add_unit(
            work,
            code="new",
            name="Ny",
            kind=UnitKind.UNIT,
            parent_id=town.units["council"].id,
            valid_from=YEAR,
        )
    async with await town.work() as work:
        assert await cancel_change(work, unit.id) == YEAR

    assert await rows(town) == before


async def test_what_has_begun_is_not_undone(town):
    unit = town.units["home_care"].id
    async with await town.work() as work:
        await change_unit(work, unit, from_date=work.today, name="Hemvård Öst")
    before = await rows(town)
    async with await town.work() as work:
        with pytest.raises(Conflict, match="inget att ångra"):
            await cancel_change(work, unit)

    assert await rows(town) == before


async def test_a_later_change_has_to_be_undone_before_an_earlier_one_is_made(town):
    unit = town.units["home_care"].id
    async with await town.work() as work:
        await change_unit(work, unit, from_date=YEAR, name="Hemvård Öst")
    before = await rows(town)
    async with await town.work() as work:
        with pytest.raises(Conflict, match="Ta bort den först"):
            await change_unit(work, unit, from_date=date(2099, 1, 1), name="Öst")
    assert await rows(town) == before

    async with await town.work() as work:
        await cancel_change(work, unit)
        await change_unit(work, unit, from_date=date(2099, 1, 1), name="Öst")
    _codes, versions, _links = await rows(town)
    names = {(name, since, until) for id, _above, name, since, until in versions if id == unit}
    assert names == {
        ("Hemtjänst Öst", date(2018, 1, 1), date(2099, 1, 1)),
        ("Öst", date(2099, 1, 1), None),
    }


@pytest.mark.parametrize("whose", ["predecessor", "successor"])
async def test_a_planned_merging_is_undone_as_a_whole(town, whose):
    before = await rows(town)
    old = [town.units["committee"].id, town.units["school_board"].id]
    new = NewUnit("welfare", "Välfärdsnämnden", UnitKind.COMMITTEE, town.units["council"].id)
    async with await town.work() as work:
        welfare = await merge_units(work, old, into=new, from_date=YEAR)
    async with await town.work() as work:
        await cancel_change(work, welfare.id if whose == "successor" else old[1])

    assert await rows(town) == before


async def test_a_planned_merging_into_a_standing_unit_leaves_that_unit(town):
    before = await rows(town)
    old, standing = town.units["committee"].id, town.units["school_board"].id
    async with await town.work() as work:
        await merge_units(work, [old], into=standing, from_date=YEAR)
    async with await town.work() as work:
        await cancel_change(work, standing)

    assert await rows(town) == before


async def test_a_planned_split_is_undone_as_a_whole(town):
    before = await rows(town)
    council = town.units["council"].id
    parts = [
        Part(NewUnit("a", "A", UnitKind.COMMITTEE, council), [town.units["home_care"].id]),
        Part(NewUnit("b", "B", UnitKind.COMMITTEE, council)),
    ]
    async with await town.work() as work:
        await split_unit(work, town.units["committee"].id, into=parts, from_date=YEAR)
    async with await town.work() as work:
        await cancel_change(work, town.units["committee"].id)

    assert await rows(town) == before


async def test_a_reorganisation_is_not_undone_under_what_was_built_on_it(town):
    new = NewUnit("welfare", "Välfärdsnämnden", UnitKind.COMMITTEE, town.units["council"].id)
    old = [town.units["committee"].id, town.units["school_board"].id]
    async with await town.work() as work:
        welfare = await merge_units(work, old, into=new, from_date=YEAR)
        await add_unit(
            work,
            code="office",
            name="Kansliet",
            kind=UnitKind.UNIT,
            parent_id=welfare.id,
            valid_from=YEAR,
        )
    before = await rows(town)
    async with await town.work() as work:
        with pytest.raises(Conflict, match="Kansliet"):
            await cancel_change(work, welfare.id)

    assert await rows(town) == before


async def test_a_unit_that_was_moved_by_a_merging_does_not_go_back_alone(town):
    async with await town.work() as work:
        await merge_units(
            work,
            [town.units["committee"].id],
            into=town.units["school_board"].id,
            from_date=YEAR,
        )
    before = await rows(town)
    async with await town.work() as work:
        with pytest.raises(Conflict, match="Socialnämnden, upphör 2100-01-01"):
            await cancel_change(work, town.units["home_care"].id)

    assert await rows(town) == before


async def test_no_move_makes_a_loop_on_a_later_day(town):
    committee, school_board = town.units["committee"].id, town.units["school_board"].id
    async with await town.work() as work:
        await change_unit(work, school_board, from_date=YEAR, parent_id=committee)
    before = await rows(town)
    async with await town.work() as work:
        with pytest.raises(Conflict, match="under sig själv"):
            await change_unit(work, committee, from_date=date(2099, 1, 1), parent_id=school_board)

    assert await rows(town) == before
