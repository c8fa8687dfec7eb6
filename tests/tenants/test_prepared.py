"""A statement that is made once names its municipality, and leaves out what a key may not see."""

import pytest
from sqlalchemy import select

from roder.platform.modules.goals.models import Level, PlanNode, SteeringModel
from roder.tenants.entry import enter
from roder.tenants.prepared import TENANT, among, read
from roder.tenants.rows import uuid7
from roder.tenants.tokens.tokens import create_token
from roder.tenants.work import open_work

TITLES = select(PlanNode.title).where(
    PlanNode.tenant_id == TENANT, among(PlanNode.unit_id, "units")
)
ALL = {"council", "committee", "home_care", "school_board"}


@pytest.fixture
async def filled(town):
    """A goal at each unit."""
    async with await town.work() as work:
        model = SteeringModel(id=uuid7(), name="Modell", year=2026, lights=[])
        work.add(model)
        await work.flush()
        lists = {"parents": [], "unit_kinds": [], "hand_lights": []}
        named = {"key": "goal", "kind": "goal", "name": {"sv": "Mål"}, "spread": "visible"}
        level = Level(id=uuid7(), model_id=model.id, position=1, **named, **lists)
        work.add(level)
        await work.flush()
        placed = {"model_id": model.id, "level_id": level.id, "kind": "goal", "position": 1}
        for key, unit in town.units.items():
            work.add(PlanNode(id=uuid7(), unit_id=unit.id, title=key, **placed))
    return town


async def titles(work, town):
    units = [unit.id for unit in town.units.values()]
    return {row.title for row in await read(work, TITLES, units=units)}


@pytest.mark.parametrize(
    ("units", "seen"),
    [([], ALL), (["school_board"], {"school_board", "council"}), (["council"], ALL)],
)
async def test_a_key_for_some_units_gets_what_its_session_would_give(filled, units, seen):
    async with await filled.work() as work:
        made = await create_token(
            work,
            name="Prov",
            person_id=filled.people["administrator"].id,
            scopes=("read",),
            unit_ids=[filled.units[unit].id for unit in units],
        )
    entered = await enter(filled.runtime, filled.tenant.slug, bearer=made.key)
    async with open_work(filled.runtime, entered.tenant, entered.actor, write=False) as work:
        assert await titles(work, filled) == seen


async def test_another_municipality_has_none_of_it(filled, other_town):
    async with await other_town.work(write=False) as work:
        assert await titles(work, filled) == set()


async def test_what_was_added_to_the_session_before_is_read(filled):
    async with await filled.work() as work:
        row = (await work.scalars(select(PlanNode).where(PlanNode.title == "council")))[0]
        row.title = "Fullmäktige"
        assert await titles(work, filled) == {*ALL - {"council"}, "Fullmäktige"}
