from datetime import date

import pytest
from sqlalchemy import func, select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.tenants.models import RoleGrant, Unit, UnitKind, UnitSuccession, UnitVersion
from roder.tenants.rows import uuid7
from roder.tenants.tree.reorganising import (
    NewUnit,
    Part,
    Related,
    end_unit,
    merge_units,
    predecessors,
    split_unit,
    successors,
)
from roder.tenants.tree.undoing import cancel_change
from roder.tenants.tree.units import add_unit, change_unit, tree

# Far enough away to be planned on every day that the tests run.
YEAR = date(2100, 1, 1)
EVE = date(2099, 12, 31)


async def shape(town, on):
    """The tree on a day, as code → code of the unit above."""
    async with await town.work("employee", write=False) as work:
        units = await tree(work, on=on)
    codes = {unit.id: unit.code for unit in units}
    return {unit.code: codes.get(unit.parent_id) for unit in units}


async def count(work, model):
    return (await work.execute(select(func.count(model.id)))).scalar_one()


async def stock(town):
    """How many rows the tree is made of."""
    async with await town.work(write=False) as work:
        return [await count(work, model) for model in (Unit, UnitVersion, UnitSuccession)]


TODAY_SHAPE = {
    "council": None,
    "committee": "council",
    "home_care": "committee",
    "school_board": "council",
}


async def test_a_unit_is_there_for_the_last_time_on_the_day_before_it_ends(town):
    async with await town.work() as work:
        await end_unit(work, town.units["home_care"].id, on=YEAR)

    assert await shape(town, EVE) == TODAY_SHAPE
    assert "home_care" not in await shape(town, YEAR)


async def test_a_unit_cannot_end_while_units_stand_below_it_then_or_later(town):
    async with await town.work() as work:
        await change_unit(
            work, town.units["home_care"].id, from_date=YEAR, parent_id=town.units["council"].id
        )
        with pytest.raises(Conflict, match=r"Hemtjänst Öst"):
            await end_unit(work, town.units["committee"].id, on=date(2026, 12, 1))
        await change_unit(
            work,
            town.units["school_board"].id,
            from_date=date(2101, 1, 1),
            parent_id=town.units["committee"].id,
        )
        with pytest.raises(Conflict, match=r"Barn- och utbildningsnämnden"):
            await end_unit(work, town.units["committee"].id, on=date(2100, 6, 1))

    assert "committee" in await shape(town, date(2102, 1, 1))


async def test_nothing_can_be_put_below_a_unit_that_is_to_end(town):
    async with await town.work() as work:
        await end_unit(work, town.units["home_care"].id, on=YEAR)
    before = await stock(town)

    async with await town.work() as work:
        with pytest.raises(Conflict, match="upphör 2100-01-01"):
            await add_unit(
                work,
                code="team",
                name="Team Norr",
                kind=UnitKind.UNIT,
                parent_id=town.units["home_care"].id,
            )
        with pytest.raises(Conflict, match="upphör 2100-01-01"):
            await change_unit(
                work,
                town.units["school_board"].id,
                from_date=date(2026, 12, 1),
                parent_id=town.units["home_care"].id,
            )

    assert await stock(town) == before


async def test_two_units_merge_into_a_new_one_that_gets_what_stood_below_them(town):
    new = NewUnit("welfare", "Välfärdsnämnden", UnitKind.COMMITTEE, town.units["council"].id)
    old = [town.units["committee"].id, town.units["school_board"].id]
    async with await town.work() as work:
        welfare = await merge_units(work, old, into=new, from_date=YEAR)

    assert await shape(town, EVE) == TODAY_SHAPE
    assert await shape(town, YEAR) == {
        "council": None,
        "welfare": "council",
        "home_care": "welfare",
    }
    async with await town.work("employee", write=False) as work:
        assert await predecessors(work, welfare.id) == [Related(id, YEAR, 1) for id in sorted(old)]
        assert await successors(work, old[0]) == [Related(welfare.id, YEAR, 1)]


async def test_a_unit_merges_into_a_standing_one(town):
    async with await town.work() as work:
        await merge_units(
            work,
            [town.units["committee"].id],
            into=town.units["school_board"].id,
            from_date=YEAR,
        )

    assert await shape(town, YEAR) == {
        "council": None,
        "school_board": "council",
        "home_care": "school_board",
    }


async def test_a_unit_cannot_merge_into_itself_or_into_one_below_it(town):
    before = await stock(town)
    committee = town.units["committee"].id
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match="upphör"):
            await merge_units(work, [committee], into=committee, from_date=YEAR)
        with pytest.raises(Conflict, match="under sig själv"):
            await merge_units(work, [committee], into=town.units["home_care"].id, from_date=YEAR)
        below = NewUnit("new", "Ny", UnitKind.UNIT, town.units["home_care"].id)
        with pytest.raises(Conflict, match="under sig själv"):
            await merge_units(
                work, [committee, town.units["school_board"].id], into=below, from_date=YEAR
            )

    assert await stock(town) == before
    assert await shape(town, YEAR) == TODAY_SHAPE


async def test_one_unit_alone_does_not_merge_into_a_new_one(town):
    new = NewUnit("new", "Ny nämnd", UnitKind.COMMITTEE, town.units["council"].id)
    before = await stock(town)
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match="minst 2"):
            await merge_units(work, [town.units["committee"].id] * 2, into=new, from_date=YEAR)

    assert await stock(town) == before


async def test_a_refused_merge_leaves_nothing_behind(town):
    before = await stock(town)
    taken = NewUnit("home_care", "Ny nämnd", UnitKind.COMMITTEE, town.units["council"].id)
    async with await town.work() as work:
        old = [town.units["committee"].id, town.units["school_board"].id]
        with pytest.raises(Conflict, match="home_care"):
            await merge_units(work, old, into=taken, from_date=YEAR)

    assert await stock(town) == before
    assert await shape(town, YEAR) == TODAY_SHAPE


async def test_a_reorganisation_cannot_take_place_on_a_units_first_day(town):
    before = await stock(town)
    async with await town.work() as work:
        with pytest.raises(Conflict, match="2018-01-01"):
            await end_unit(work, town.units["home_care"].id, on=date(2018, 1, 1))

    assert await stock(town) == before


async def split_parts(town, first=(), second=()):
    council = town.units["council"].id
    return [
        Part(NewUnit("elderly", "Äldrenämnden", UnitKind.COMMITTEE, council), first),
        Part(NewUnit("family", "Familjenämnden", UnitKind.COMMITTEE, council), second),
    ]


async def test_a_unit_splits_and_each_unit_below_goes_where_it_is_told(town):
    committee, home_care = town.units["committee"].id, town.units["home_care"].id
    async with await town.work() as work:
        office = await add_unit(
            work, code="office", name="Familjeenheten", kind=UnitKind.UNIT, parent_id=committee
        )
        parts = await split_parts(town, [home_care], [office.id])
        elderly, family = await split_unit(work, committee, into=parts, from_date=YEAR)

    assert await shape(town, YEAR) == {
        "council": None,
        "school_board": "council",
        "elderly": "council",
        "home_care": "elderly",
        "family": "council",
        "office": "family",
    }
    async with await town.work("employee", write=False) as work:
        expected = [Related(id, YEAR, 1) for id in sorted([elderly.id, family.id])]
        assert await successors(work, committee) == expected


async def test_a_split_that_leaves_a_unit_out_is_refused_by_its_name(town):
    before = await stock(town)
    async with await town.work() as work:
        with pytest.raises(Conflict, match="Hemtjänst Öst") as refused:
            await split_unit(
                work, town.units["committee"].id, into=await split_parts(town), from_date=YEAR
            )

    assert refused.value.field == "into.childIds"
    assert await stock(town) == before


async def test_a_split_names_each_unit_below_once_and_no_other(town):
    before = await stock(town)
    committee, home_care = town.units["committee"].id, town.units["home_care"].id
    strange = town.units["school_board"].id
    async with await town.work() as work:
        for first, second in (([home_care], [home_care]), ([home_care], [strange])):
            parts = await split_parts(town, first, second)
            with pytest.raises(InvalidInput):
                await split_unit(work, committee, into=parts, from_date=YEAR)
        with pytest.raises(InvalidInput, match="minst två"):
            await split_unit(work, committee, into=parts[:1], from_date=YEAR)

    assert await stock(town) == before


async def test_a_series_is_followed_through_several_reorganisations(town):
    council = town.units["council"].id
    old = [town.units["committee"].id, town.units["school_board"].id]
    async with await town.work() as work:
        one = await merge_units(
            work, old, into=NewUnit("one", "Ett", UnitKind.COMMITTEE, council), from_date=YEAR
        )
        parts = [
            Part(NewUnit("a", "A", UnitKind.COMMITTEE, council), [town.units["home_care"].id]),
            Part(NewUnit("b", "B", UnitKind.COMMITTEE, council)),
        ]
        later = date(2101, 1, 1)
        first, _second = await split_unit(work, one.id, into=parts, from_date=later)
        found = await predecessors(work, first.id)

    assert found == [Related(one.id, later, 1), *(Related(id, YEAR, 2) for id in sorted(old))]


async def test_a_local_administrator_reorganises_below_the_own_unit_only(town):
    home_care = town.units["home_care"].id
    async with await town.work() as work:
        teams = [
            await add_unit(work, code=c, name=c, kind=UnitKind.UNIT, parent_id=home_care)
            for c in ("north", "south")
        ]
    before = await stock(town)

    async with await town.work("local") as work:
        with pytest.raises(Forbidden):
            await end_unit(work, home_care, on=YEAR)
        with pytest.raises(Forbidden):
            await merge_units(
                work, [teams[0].id], into=town.units["school_board"].id, from_date=YEAR
            )
        outside = NewUnit("team", "Team", UnitKind.UNIT, town.units["committee"].id)
        with pytest.raises(Forbidden):
            await merge_units(work, [team.id for team in teams], into=outside, from_date=YEAR)
        with pytest.raises(Forbidden):
            await change_unit(
                work, teams[0].id, from_date=YEAR, parent_id=town.units["committee"].id
            )
    assert await stock(town) == before

    async with await town.work("local") as work:
        inside = NewUnit("team", "Team", UnitKind.UNIT, home_care)
        await merge_units(work, [team.id for team in teams], into=inside, from_date=YEAR)
    async with await town.work("local") as work:
        await cancel_change(work, teams[0].id)
    assert await stock(town) == before


@pytest.mark.parametrize("who", ["manager", "employee", "auditor"])
async def test_others_do_not_touch_the_tree(town, who):
    before = await stock(town)
    unit = town.units["home_care"].id
    async with await town.work(who) as work:
        for attempt in (
            end_unit(work, unit, on=YEAR),
            change_unit(work, unit, from_date=YEAR, name="X"),
            cancel_change(work, unit),
            merge_units(work, [unit], into=town.units["school_board"].id, from_date=YEAR),
            split_unit(work, unit, into=await split_parts(town), from_date=YEAR),
            add_unit(work, code="x", name="X", kind=UnitKind.UNIT, parent_id=unit),
        ):
            with pytest.raises(Forbidden):
                await attempt

    assert await stock(town) == before


async def test_a_foreign_unit_and_an_absent_one_are_refused_alike(town, other_town):
    foreign, own = other_town.units["home_care"].id, town.units["school_board"].id
    async with await town.work() as work:
        told = set()
        for unit in (foreign, uuid7()):
            for attempt in (
                end_unit(work, unit, on=YEAR),
                cancel_change(work, unit),
                merge_units(work, [unit], into=own, from_date=YEAR),
                merge_units(work, [own], into=unit, from_date=YEAR),
                split_unit(work, unit, into=await split_parts(town), from_date=YEAR),
            ):
                with pytest.raises(NotFound) as refused:
                    await attempt
                told.add(str(refused.value))
        assert len(told) == 1


async def test_a_role_at_a_unit_that_has_ended_can_still_be_seen(town):
    """So that an administrator sees who has to be given a new place."""
    async with await town.work() as work:
        await end_unit(work, town.units["home_care"].id, on=date(2026, 11, 1))
        held = select(RoleGrant).where(RoleGrant.unit_id == town.units["home_care"].id)
        assert len(await work.scalars(held)) == 2
