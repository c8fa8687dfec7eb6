from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.modules.goals.models import (
    Activity,
    Indicator,
    Level,
    NodeKind,
    Outcome,
    PlanNode,
    Spread,
    SteeringModel,
)
from roder.platform.modules.goals.planning.activities import change_activity
from roder.platform.modules.goals.planning.distribute import distribute_node
from roder.platform.modules.goals.rules import Light
from roder.platform.modules.goals.steering.design import (
    DEFAULT_LIGHTS,
    LevelDesign,
    LightWord,
    change_model,
    create_model,
    delete_model,
    levels_of,
)
from roder.platform.modules.goals.steering.locks import lock_year
from roder.platform.modules.goals.steering.next_year import copy_model
from roder.platform.modules.goals.values.outcomes import set_outcome
from roder.tenants.models import UnitKind
from roder.tenants.rows import uuid7
from roder.tenants.tree.units import add_unit

TOP = LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål"})
BELOW = LevelDesign("indicator", NodeKind.INDICATOR, {"sv": "Styrtal"}, ("goal",))
GREEN, YELLOW, RED = DEFAULT_LIGHTS


async def design_of(work, model_id):
    return [
        LevelDesign(
            level.key,
            level.kind,
            level.name,
            level.parents,
            [UnitKind(kind) for kind in level.unit_kinds],
            level.spread,
            hand_lights=[Light(light) for light in level.hand_lights],
        )
        for level in await levels_of(work, model_id)
    ]


async def test_a_model_has_its_levels_in_order_and_the_default_lights(work):
    model = await create_model(work, year=2026, name="  Mål  2026 ", levels=(TOP, BELOW))

    levels = await levels_of(work, model.id)
    assert model.name == "Mål 2026"
    assert [(lev.key, lev.position, lev.parents) for lev in levels] == [
        ("goal", 0, []),
        ("indicator", 1, ["goal"]),
    ]
    assert levels[0].hand_lights == ["green", "red"]
    assert levels[1].hand_lights == []
    assert [light["light"] for light in model.lights] == ["green", "yellow", "red"]
    assert model.lights[0]["word"] == {"sv": "Uppnått", "en": "Achieved"}


@pytest.mark.parametrize(
    ("levels", "sentence"),
    [
        ((), "1 till 30 nivåer"),
        ((replace(TOP, key="Mål"),), "små bokstäver"),
        ((TOP, replace(TOP, name={"sv": "Annat"})), "står två gånger"),
        ((BELOW, TOP), "ingen tidigare nivå"),
        ((replace(TOP, parents=("goal",)),), "ingen tidigare nivå"),
        ((TOP, replace(BELOW, parents=("goal", "goal"))), "står två gånger"),
        ((replace(TOP, name={"en": "Goal"}),), "på svenska"),
        ((replace(TOP, name={"sv": "Mål", "fi": "Tavoite"}),), "sv och en"),
        (
            (TOP, BELOW, replace(TOP, key="sub", parents=("indicator",))),
            "Ett mål kan inte stå under ett styrtal",
        ),
        (
            (TOP, BELOW, LevelDesign("act", NodeKind.ACTIVITY, {"sv": "A"}, ("indicator",))),
            "En aktivitet kan inte stå under ett styrtal",
        ),
        ((TOP, replace(BELOW, hand_lights=(Light.RED,))), "Bara färgen på ett mål"),
    ],
)
async def test_levels_that_do_not_hang_together_are_refused(town, counted, levels, sentence):
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match=sentence):
            await create_model(work, year=2026, name="Mål", levels=levels)

    assert await counted(SteeringModel) == 0
    assert await counted(Level) == 0


@pytest.mark.parametrize(
    ("lights", "sentence"),
    [
        ((GREEN, YELLOW), "minst grönt och rött"),
        ((GREEN, GREEN, RED), "bara stå en gång"),
        ((GREEN, replace(RED, colour="red")), "# och sex tecken"),
        ((GREEN, LightWord(Light.RED, "#c62828", {"en": "No"})), "på svenska"),
    ],
)
async def test_lights_that_cannot_be_shown_are_refused(town, counted, lights, sentence):
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match=sentence):
            await create_model(work, year=2026, name="Mål", levels=(TOP,), lights=lights)

    assert await counted(SteeringModel) == 0


async def test_a_light_the_model_lacks_cannot_be_set_by_hand(work):
    level = replace(TOP, hand_lights=(Light.YELLOW,))
    with pytest.raises(InvalidInput, match="saknar färgen"):
        await create_model(work, year=2026, name="M", levels=(level,), lights=(GREEN, RED))


async def test_two_models_of_a_year_have_different_names(town, counted):
    async with await town.work() as work:
        await create_model(work, year=2026, name="Mål", levels=(TOP,))
        await create_model(work, year=2026, name="Budget", levels=(TOP,))
        with pytest.raises(Conflict, match="redan en styrmodell"):
            await create_model(work, year=2026, name="Mål", levels=(TOP,))

    assert await counted(SteeringModel) == 2


@pytest.mark.parametrize("who", ["local", "manager", "employee", "auditor"])
async def test_only_a_full_administrator_designs(town, thread, counted, who):
    async with await town.work(who) as work:
        with pytest.raises(Forbidden):
            await create_model(work, year=2026, name="Eget", levels=(TOP,))
        with pytest.raises(Forbidden):
            await change_model(work, thread.model_id, name="Eget")
        with pytest.raises(Forbidden):
            await copy_model(work, thread.model_id)
        with pytest.raises(Forbidden):
            await delete_model(work, thread.model_id)

    assert await counted(SteeringModel) == 1


async def test_levels_can_be_added_renamed_reordered_and_removed_while_empty(town, thread):
    async with await town.work() as work:
        levels = await design_of(work, thread.model_id)
        extra = LevelDesign("vision", NodeKind.GOAL, {"sv": "Vision"})
        await change_model(work, thread.model_id, levels=[extra, *levels])
    async with await town.work() as work:
        levels = await design_of(work, thread.model_id)
        assert [level.key for level in levels[:2]] == ["vision", "committee_goal"]
        renamed = replace(levels[1], name={"sv": "Nämndens mål"})
        await change_model(work, thread.model_id, levels=[renamed, *levels[2:]])

    async with await town.work(write=False) as work:
        after = await levels_of(work, thread.model_id)
    assert [level.key for level in after][:2] == ["committee_goal", "goal"]
    assert [level.position for level in after] == list(range(7))
    assert after[0].name == {"sv": "Nämndens mål"}
    assert after[0].id == thread.levels["committee_goal"]


@pytest.mark.parametrize(
    "change",
    [
        lambda levels: levels[:-1],
        lambda levels: [replace(levels[0], spread=Spread.DISTRIBUTED), *levels[1:]],
        lambda levels: [replace(levels[0], unit_kinds=[UnitKind.SCHOOL]), *levels[1:]],
        lambda levels: [levels[0], replace(levels[1], parents=[]), *levels[2:]],
        lambda levels: [*levels[:-1], replace(levels[-1], parents=["goal"])],
    ],
)
async def test_what_stands_on_a_level_has_to_fit_after_a_change(town, thread, change):
    async with await town.work() as work:
        before = await design_of(work, thread.model_id)
        with pytest.raises(Conflict, match="inte längre skulle passa"):
            async with work.attempt():
                await change_model(work, thread.model_id, levels=change(before))

    async with await town.work(write=False) as work:
        assert await design_of(work, thread.model_id) == before


async def test_yellow_stays_while_an_indicator_has_a_limit_for_it(town, thread, stored):
    async with await town.work() as work:
        with pytest.raises(Conflict, match="Nöjdhet"):
            async with work.attempt():
                await change_model(work, thread.model_id, lights=(GREEN, RED))

    assert len((await stored(SteeringModel, thread.model_id)).lights) == 3


async def test_a_model_in_use_is_not_deleted(town, thread, counted):
    async with await town.work() as work:
        with pytest.raises(Conflict, match="används"):
            await delete_model(work, thread.model_id)
        empty = await create_model(work, year=2026, name="Tom", levels=(TOP, BELOW))
        await delete_model(work, empty.id)

    assert await counted(SteeringModel) == 1
    assert await counted(Level) == 7


async def test_next_year_gets_what_is_open_with_no_values(town, thread):
    units, nodes = thread.units, thread.nodes
    async with await town.work() as work:
        await set_outcome(
            work,
            nodes["own_indicator"],
            unit_id=units["committee"],
            period="2026",
            values={"target": Decimal(80)},
        )
        copies = await distribute_node(work, nodes["own_goal"], unit_ids=[units["home_care"]])
        await change_activity(work, nodes["activity"], changes={"state": "done"})
        await lock_year(work, 2026)
    async with await town.work() as work:
        made = await copy_model(work, thread.model_id)

    async with await town.work(write=False) as work:
        new = list(
            await work.scalars(
                select(PlanNode).where(PlanNode.model_id == made.model.id).order_by(PlanNode.id)
            )
        )
        by_title = {(node.title, node.unit_id): node for node in new}
        keys = {level.id: level.key for level in await levels_of(work, made.model.id)}
        assert (made.model.year, made.model.name) == (2027, "Mål")
        assert (made.copied, made.left_behind) == (7, 1)
        assert len(new) == 7
        assert not any(node.title == "Hälsosamtal" for node in new)
        goal = by_title["Minska sjukfrånvaro", units["committee"]]
        measured = by_title["Sjukfrånvaro", units["committee"]]
        assert measured.parent_id == goal.id
        assert keys[measured.level_id] == "indicator"
        indicator = await work.get(Indicator, measured.id)
        assert (indicator.measure_unit, indicator.decimals, indicator.by_sex) == ("%", 1, True)
        copy = by_title["Nöjda brukare", units["home_care"]]
        assert copy.origin_id == by_title["Nöjda brukare", units["committee"]].id
        assert copy.origin_id != copies[0].origin_id
        assert len(await work.scalars(select(Outcome))) == 1
        assert len(await work.scalars(select(Activity))) == 1


async def test_what_belongs_to_a_unit_of_later_stays_behind(town, thread):
    async with await town.work() as work:
        late = await add_unit(
            work,
            code="new",
            name="Ny enhet",
            kind=UnitKind.UNIT,
            parent_id=thread.units["committee"],
            valid_from=date(2026, 1, 1),
        )
        await distribute_node(work, thread.nodes["own_goal"], unit_ids=[late.id])
        made = await copy_model(work, thread.model_id, year=2025)

    assert (made.copied, made.left_behind) == (7, 1)


async def test_a_copy_without_nodes_has_only_the_levels(town, thread, counted):
    async with await town.work() as work:
        made = await copy_model(work, thread.model_id, year=2030, with_nodes=False)
        with pytest.raises(Conflict, match="redan en styrmodell"):
            await copy_model(work, thread.model_id, year=2030)

    assert (made.model.year, made.copied) == (2030, 0)
    assert await counted(Level) == 14
    assert await counted(PlanNode) == 7


async def test_a_locked_year_has_no_new_design(town, thread, counted, stored):
    async with await town.work() as work:
        await lock_year(work, 2026)
        for attempt in (
            create_model(work, year=2026, name="Annan", levels=(TOP,)),
            change_model(work, thread.model_id, name="Annat"),
            copy_model(work, thread.model_id, year=2026),
            delete_model(work, thread.model_id),
        ):
            with pytest.raises(Conflict, match="2026 är låst sedan"):
                await attempt

    assert (await stored(SteeringModel, thread.model_id)).name == "Mål"
    assert await counted(SteeringModel) == 1


async def test_another_municipality_cannot_tell_the_model_exists(thread, other_town):
    async with await other_town.work() as work:
        for call in (change_model, copy_model, delete_model):
            with pytest.raises(NotFound) as foreign:
                await call(work, thread.model_id)
            with pytest.raises(NotFound) as absent:
                await call(work, uuid7())
            assert str(foreign.value) == str(absent.value)
