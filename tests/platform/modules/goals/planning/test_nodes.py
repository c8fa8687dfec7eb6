import asyncio
from datetime import date

import pytest
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.modules.goals.models import Activity, Indicator, PlanNode
from roder.platform.modules.goals.planning.adding import add_node, add_nodes
from roder.platform.modules.goals.planning.distribute import distribute_node
from roder.platform.modules.goals.planning.nodes import (
    change_indicator,
    change_node,
    hand_over,
    move_node,
    remove_node,
)
from roder.platform.modules.goals.steering.locks import lock_year
from roder.platform.modules.goals.values.comments import write_comment
from roder.tenants.people import end_person
from roder.tenants.rows import uuid7


async def test_a_node_is_added_last_below_its_parent(town, thread, stored):
    async with await town.work() as work:
        first = await add_node(work, thread.new("indicator", title=" Antal \n boenden "))
        second = await add_node(work, thread.new("indicator"))

    node = await stored(PlanNode, first.id)
    assert (node.title, node.position, node.version, node.local) == ("Antal boenden", 3, 1, False)
    assert node.kind == "indicator"
    assert node.changed_by == town.people["administrator"].id
    assert second.position == 4
    assert (await stored(Indicator, first.id)).periodicity == "year"


async def test_a_whole_board_is_added_at_once_with_parents_in_the_same_list(town, thread, counted):
    async with await town.work() as work:
        top = thread.new("committee_goal")
        goal = thread.new("goal", parent_id=top.id)
        activity = thread.new("activity", parent_id=goal.id, starts_on=date(2026, 2, 1))
        added = await add_nodes(work, [top, goal, activity])

    assert [node.parent_id for node in added] == [None, top.id, goal.id]
    assert await counted(PlanNode) == 10
    assert await counted(Activity) == 2


@pytest.mark.parametrize(
    ("key", "given", "sentence"),
    [
        ("goal", {"title": "  "}, "kan inte vara tomt"),
        ("goal", {"title": "x" * 501}, "501 tecken"),
        ("goal", {"description": "x" * 20_001}, "20001 tecken"),
        ("goal", {"parent_id": None}, "står under något annat"),
        ("goal", {"indicator": {"decimals": 1}}, "Bara ett styrtal"),
        ("goal", {"ends_on": date(2026, 1, 1)}, "Bara en aktivitet"),
        (
            "activity",
            {"starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)},
            "sluta innan den börjar",
        ),
        ("indicator", {"indicator": {"decimals": 7}}, "0 till 6 decimaler"),
        ("indicator", {"indicator": {"measure_unit": "x" * 41}}, "41 tecken"),
    ],
)
async def test_a_node_that_does_not_fit_is_refused(town, thread, counted, key, given, sentence):
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match=sentence):
            await add_node(work, thread.new(key, **given))

    assert await counted(PlanNode) == 7


async def test_a_node_stands_only_below_the_levels_its_own_allows(town, thread, counted):
    async with await town.work() as work:
        for parent in ("indicator", "committee_goal", "own_goal"):
            with pytest.raises(InvalidInput, match="kan inte stå under"):
                await add_node(work, thread.new("indicator", parent_id=thread.nodes[parent]))

    assert await counted(PlanNode) == 7


async def test_only_the_kinds_of_unit_that_the_level_names_own_it(town, thread, counted):
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match='inte äga "Nämndmål"'):
            await add_node(work, thread.new("committee_goal", at="home_care"))

    assert await counted(PlanNode) == 7


async def test_a_unit_builds_on_what_is_visible_from_above_and_on_nothing_else(
    town, thread, counted
):
    async with await town.work() as work:
        await add_node(work, thread.new("indicator", at="home_care"))
        with pytest.raises(InvalidInput, match="ser inte"):
            await add_node(work, thread.new("indicator", at="school_board"))
        with pytest.raises(InvalidInput, match="ser inte"):
            await add_node(work, thread.new("own_indicator", at="home_care"))

    assert await counted(PlanNode) == 8


@pytest.mark.parametrize("who", ["local", "manager"])
async def test_a_contributor_adds_only_at_own_units_and_what_is_added_is_local(
    town, thread, counted, who
):
    async with await town.work(who) as work:
        node = await add_node(work, thread.new("indicator", at="home_care"))
        for unit in ("committee", "school_board"):
            with pytest.raises(Forbidden):
                await add_node(work, thread.new("indicator", at=unit))
        with pytest.raises(Forbidden):
            await change_node(work, thread.nodes["goal"], changes={"title": "Mitt"})

    assert node.local
    assert await counted(PlanNode) == 8


@pytest.mark.parametrize("who", ["employee", "auditor"])
async def test_who_only_reads_writes_nothing(town, thread, counted, stored, who):
    node = thread.nodes["goal"]
    async with await town.work(who) as work:
        for attempt in (
            add_node(work, thread.new("indicator")),
            change_node(work, node, changes={"title": "Mitt"}),
            move_node(work, node, parent_id=None),
            remove_node(work, node),
            distribute_node(work, thread.nodes["own_goal"], unit_ids=[thread.units["home_care"]]),
            hand_over(work, from_id=uuid7(), to_id=uuid7()),
            change_indicator(work, thread.nodes["indicator"], changes={"decimals": 2}),
        ):
            with pytest.raises(Forbidden):
                await attempt

    assert await counted(PlanNode) == 7
    assert (await stored(PlanNode, node)).title == "Minska sjukfrånvaro"


async def test_a_later_save_is_told_who_saved_in_between(town, thread, stored):
    node = thread.nodes["goal"]
    async with await town.work() as work:
        await change_node(work, node, changes={"title": "Min titel"}, version=1)
    async with await town.work() as work:
        with pytest.raises(Conflict, match=r"Asta Admin sparade det här \d+ \w+ \d{4} \d\d:\d\d"):
            await change_node(work, node, changes={"title": "Din titel"}, version=1)

    after = await stored(PlanNode, node)
    assert (after.title, after.version) == ("Min titel", 2)


async def test_of_two_writers_at_once_the_second_is_refused(town, thread, stored):
    node = thread.nodes["goal"]
    held, outcome = asyncio.Event(), []

    async def write(title: str, *, first: bool) -> None:
        async with await town.work() as work:
            if not first:
                await held.wait()
            try:
                await change_node(work, node, changes={"title": title}, version=1)
            except Conflict:
                outcome.append(title)
            if first:
                held.set()
                await asyncio.sleep(0.2)

    await asyncio.gather(write("Ett", first=True), write("Två", first=False))

    assert outcome == ["Två"]
    assert (await stored(PlanNode, node)).title == "Ett"


async def test_a_node_moves_among_its_siblings(town, thread):
    async with await town.work() as work:
        extra = await add_node(work, thread.new("indicator", title="Ny"))
        await move_node(work, extra.id, parent_id=thread.nodes["goal"], position=0)
        with pytest.raises(InvalidInput, match="mellan 0 och 3"):
            await move_node(work, extra.id, parent_id=thread.nodes["goal"], position=4)

    async with await town.work(write=False) as work:
        below = await work.scalars(
            select(PlanNode.title)
            .where(PlanNode.parent_id == thread.nodes["goal"])
            .order_by(PlanNode.position)
        )
    assert list(below) == ["Ny", "Sjukfrånvaro", "Se över scheman", "Hälsosamtal"]


async def test_a_node_moves_only_where_it_may_stand(town, thread, stored):
    activity = thread.nodes["activity"]
    async with await town.work() as work:
        await move_node(work, activity, parent_id=thread.nodes["assignment"])
        for parent in (thread.nodes["committee_goal"], None):
            with pytest.raises(InvalidInput):
                await move_node(work, activity, parent_id=parent)
        with pytest.raises(NotFound):
            await move_node(work, activity, parent_id=uuid7())

    assert (await stored(PlanNode, activity)).parent_id == thread.nodes["assignment"]


async def test_a_node_that_something_hangs_on_is_kept(town, thread, counted, stored):
    async with await town.work() as work:
        with pytest.raises(Conflict, match="3 under sig"):
            await remove_node(work, thread.nodes["goal"])
        await write_comment(
            work,
            thread.nodes["activity"],
            unit_id=thread.units["committee"],
            period="2026",
            text="Klart.",
        )
        with pytest.raises(Conflict, match="1 kommentarer"):
            await remove_node(work, thread.nodes["activity"])
        await remove_node(work, thread.nodes["indicator"])

    assert await counted(PlanNode) == 6
    assert await stored(Indicator, thread.nodes["indicator"]) is None


async def test_someone_who_has_left_answers_for_nothing_new(town, thread, stored):
    person = town.people["employee"]
    async with await town.work() as work:
        await end_person(work, person.id)
        with pytest.raises(InvalidInput, match="har slutat"):
            await change_node(work, thread.nodes["goal"], changes={"responsible_id": person.id})
        with pytest.raises(NotFound):
            await change_node(work, thread.nodes["goal"], changes={"responsible_id": uuid7()})

    assert (await stored(PlanNode, thread.nodes["goal"])).responsible_id is None


async def test_what_a_person_answers_for_is_handed_over(town, thread, stored):
    manager, local = town.people["manager"], town.people["local"]
    async with await town.work() as work:
        for key in ("goal", "indicator"):
            await change_node(work, thread.nodes[key], changes={"responsible_id": manager.id})
        own = await add_node(
            work, thread.new("activity", at="home_care", responsible_id=manager.id)
        )
    async with await town.work("local") as work:
        assert await hand_over(work, from_id=manager.id, to_id=local.id) == 1
        with pytest.raises(InvalidInput, match="två olika"):
            await hand_over(work, from_id=local.id, to_id=local.id)

    assert (await stored(PlanNode, own.id)).responsible_id == local.id
    assert (await stored(PlanNode, thread.nodes["goal"])).responsible_id == manager.id


async def test_a_distributed_goal_gets_one_copy_a_unit_however_often(town, thread, counted):
    units = [thread.units["home_care"]]
    async with await town.work() as work:
        once = await distribute_node(work, thread.nodes["own_goal"], unit_ids=units)
        twice = await distribute_node(work, thread.nodes["own_goal"], unit_ids=units * 2)
        below = await distribute_node(work, thread.nodes["own_indicator"], unit_ids=units)

    assert [node.id for node in once] == [node.id for node in twice]
    assert (once[0].origin_id, once[0].title) == (thread.nodes["own_goal"], "Nöjda brukare")
    assert below[0].parent_id == once[0].id
    assert await counted(PlanNode) == 9


async def test_what_cannot_be_distributed_is_refused(town, thread, counted):
    home_care, school = thread.units["home_care"], thread.units["school_board"]
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match="har inga kopior"):
            await distribute_node(work, thread.nodes["goal"], unit_ids=[home_care])
        with pytest.raises(InvalidInput, match="school_board ligger inte under"):
            await distribute_node(work, thread.nodes["own_goal"], unit_ids=[home_care, school])
        with pytest.raises(Conflict, match='Fördela "Nöjda brukare"'):
            await distribute_node(work, thread.nodes["own_indicator"], unit_ids=[home_care])
        with pytest.raises(InvalidInput, match="1 till"):
            await distribute_node(work, thread.nodes["own_goal"], unit_ids=[])
        with pytest.raises(NotFound):
            await distribute_node(work, thread.nodes["own_goal"], unit_ids=[uuid7()])

    assert await counted(PlanNode) == 7


async def test_a_locked_year_refuses_every_change_of_the_plan(town, thread, counted):
    node = thread.nodes["goal"]
    async with await town.work() as work:
        await lock_year(work, 2026, reason="Bokslut")
        for attempt in (
            add_node(work, thread.new("indicator")),
            change_node(work, node, changes={"title": "Mitt"}),
            move_node(work, node, parent_id=thread.nodes["committee_goal"]),
            remove_node(work, node),
            distribute_node(work, thread.nodes["own_goal"], unit_ids=[thread.units["home_care"]]),
            change_indicator(work, thread.nodes["indicator"], changes={"decimals": 2}),
        ):
            with pytest.raises(Conflict, match="2026 är låst sedan"):
                await attempt
        people = town.people
        assert await hand_over(work, from_id=people["local"].id, to_id=people["manager"].id) == 0

    assert await counted(PlanNode) == 7


async def test_another_municipality_cannot_tell_the_node_exists(town, thread, other_town, counted):
    unit = other_town.units["committee"].id
    async with await other_town.work() as work:
        for id in (thread.nodes["goal"], uuid7()):
            for attempt in (
                change_node(work, id, changes={"title": "Vårt"}),
                move_node(work, id, parent_id=None),
                remove_node(work, id),
                distribute_node(work, id, unit_ids=[unit]),
                change_indicator(work, id, changes={"decimals": 2}),
            ):
                with pytest.raises(NotFound, match=r"^Det finns inte, eller så får du inte se det"):
                    await attempt
        for new in (
            thread.new("goal", unit_id=unit),
            thread.new("committee_goal", unit_id=unit),
        ):
            with pytest.raises(NotFound):
                await add_node(work, new)

    assert await counted(PlanNode) == 7


async def test_a_foreign_unit_or_person_is_like_an_absent_one(town, thread, other_town, counted):
    async with await town.work() as work:
        for unit in (other_town.units["committee"].id, uuid7()):
            with pytest.raises(NotFound):
                await add_node(work, thread.new("indicator", unit_id=unit))
        with pytest.raises(NotFound):
            await add_node(
                work, thread.new("indicator", responsible_id=other_town.people["local"].id)
            )

    assert await counted(PlanNode) == 7


async def test_an_indicator_keeps_to_what_its_values_need(town, thread, stored):
    from decimal import Decimal

    from roder.infra.periods import PeriodKind
    from roder.platform.modules.goals.values.outcomes import set_outcome

    node = thread.nodes["indicator"]
    async with await town.work() as work:
        await set_outcome(
            work,
            node,
            unit_id=thread.units["committee"],
            period="2026-T1",
            values={"total": Decimal("8.5"), "women": Decimal(9)},
        )
        for changes, field in (
            ({"decimals": 0}, "decimals"),
            ({"by_sex": False}, "bySex"),
            ({"periodicity": PeriodKind.YEAR}, "periodicity"),
        ):
            with pytest.raises(Conflict) as refused:
                await change_indicator(work, node, changes=changes)
            assert refused.value.field == field
        with pytest.raises(InvalidInput, match="under 0"):
            await change_indicator(work, node, changes={"green_limit": Decimal(-1)})
        with pytest.raises(InvalidInput, match="minst lika vid"):
            await change_indicator(
                work, node, changes={"green_limit": Decimal(2), "yellow_limit": Decimal(1)}
            )
        with pytest.raises(NotFound):
            await change_indicator(work, thread.nodes["goal"], changes={"decimals": 2})
        await change_indicator(work, node, changes={"decimals": 2, "direction": "lower"})

    indicator = await stored(Indicator, node)
    assert (indicator.decimals, indicator.direction, indicator.by_sex) == (2, "lower", True)
    assert indicator.periodicity == "tertial"


async def test_work_is_handed_over_only_to_someone_of_the_municipality(
    town, thread, other_town, stored
):
    manager = town.people["manager"]
    async with await town.work() as work:
        await change_node(work, thread.nodes["goal"], changes={"responsible_id": manager.id})
        for to_id in (other_town.people["manager"].id, uuid7()):
            with pytest.raises(NotFound) as refused:
                await hand_over(work, from_id=manager.id, to_id=to_id)
            assert refused.value.field == "toId"

    assert (await stored(PlanNode, thread.nodes["goal"])).responsible_id == manager.id
