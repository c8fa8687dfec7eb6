"""A red thread for one test: a model of 2026 with something on each of its levels."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from goal_plan import Plan, make_plan
from sqlalchemy import func, select

from roder.graphql.context import Context
from roder.graphql.schema import build_schema
from roder.infra.periods import PeriodKind
from roder.platform.modules import MODULES
from roder.platform.modules.goals.models import NodeKind, Spread
from roder.platform.modules.goals.planning.adding import NewNode, add_nodes
from roder.platform.modules.goals.steering.design import LevelDesign, create_model, levels_of
from roder.tenants.models import UnitKind
from roder.tenants.rows import TenantRow, uuid7
from roder.tenants.work import Work

COMMITTEE = (UnitKind.COMMITTEE,)
LEVELS = (
    LevelDesign("committee_goal", NodeKind.GOAL, {"sv": "Nämndmål"}, unit_kinds=COMMITTEE),
    LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål", "en": "Goal"}, ("committee_goal",)),
    LevelDesign("indicator", NodeKind.INDICATOR, {"sv": "Styrtal"}, ("goal",)),
    LevelDesign("assignment", NodeKind.ASSIGNMENT, {"sv": "Uppdrag"}, ("goal",)),
    LevelDesign("activity", NodeKind.ACTIVITY, {"sv": "Aktivitet"}, ("goal", "assignment")),
    LevelDesign("own_goal", NodeKind.GOAL, {"sv": "Åtagande"}, spread=Spread.DISTRIBUTED),
    LevelDesign(
        "own_indicator",
        NodeKind.INDICATOR,
        {"sv": "Nyckeltal"},
        ("own_goal",),
        spread=Spread.DISTRIBUTED,
    ),
)


@dataclass
class Thread:
    """`nodes` by the key of their level, all at the committee; `levels` are ids by key."""

    model_id: UUID
    levels: dict[str, UUID]
    nodes: dict[str, UUID]
    units: dict[str, UUID]

    def new(self, key: str, *, at: str = "committee", **given: Any) -> NewNode:
        """A node for a level, below the one that stands there."""
        above = {"goal": "committee_goal", "own_indicator": "own_goal"}
        tops = ("committee_goal", "own_goal")
        parent = None if key in tops else self.nodes[above.get(key, "goal")]
        return NewNode(
            **{
                "level_id": self.levels[key],
                "unit_id": self.units[at],
                "title": f"Nytt {key}",
                "parent_id": parent,
                **given,
            }
        )


async def make_thread(town) -> Thread:
    async with await town.work() as work:
        model = await create_model(work, year=2026, name="Mål", levels=LEVELS)
        levels = {level.key: level.id for level in await levels_of(work, model.id)}
        ids = {key: uuid7() for key in levels}
        thread = Thread(model.id, levels, ids, {key: u.id for key, u in town.units.items()})
        measured = {
            "measure_unit": "%",
            "decimals": 1,
            "by_sex": True,
            "periodicity": PeriodKind.TERTIAL,
        }
        await add_nodes(
            work,
            [
                thread.new("committee_goal", id=ids["committee_goal"], title="God arbetsgivare"),
                thread.new("goal", id=ids["goal"], title="Minska sjukfrånvaro"),
                thread.new(
                    "indicator", id=ids["indicator"], title="Sjukfrånvaro", indicator=measured
                ),
                thread.new("assignment", id=ids["assignment"], title="Se över scheman"),
                thread.new("activity", id=ids["activity"], title="Hälsosamtal"),
                thread.new("own_goal", id=ids["own_goal"], title="Nöjda brukare"),
                thread.new(
                    "own_indicator",
                    id=ids["own_indicator"],
                    title="Nöjdhet",
                    indicator={"green_limit": Decimal(2), "yellow_limit": Decimal(5)},
                ),
            ],
        )
    return thread


@pytest.fixture
async def thread(town) -> Thread:
    return await make_thread(town)


async def count(work: Work, model: type[TenantRow]) -> int:
    return (await work.rows(select(func.count()).select_from(model)))[0][0]


@pytest.fixture
def counted(town):
    """How many rows of a table the municipality has, as its administrator sees them."""
    return town.count


@pytest.fixture
def stored(town):
    """A row as it stands, or None."""

    async def ask(model: type[TenantRow], id: UUID):
        async with await town.work(write=False) as work:
            return await work.find(model, id)

    return ask


@pytest.fixture(scope="session")
def schema():
    return build_schema(MODULES)


class Client:
    def __init__(self, schema, town):
        self.schema, self.town = schema, town

    async def __call__(self, document, *, who="administrator", write=None, **variables):
        """The data of an answer without errors."""
        result = await self.answer(document, who=who, write=write, **variables)
        assert result.errors is None, result.errors
        return result.data

    async def answer(self, document, *, who="administrator", write=None, **variables):
        write = document.lstrip().startswith("mutation") if write is None else write
        async with await self.town.work(who, write=write) as work:
            return await self.schema.execute(
                document, variable_values=variables, context_value=Context(work)
            )


@pytest.fixture
def ask(schema, town):
    return Client(schema, town)


@pytest.fixture
def ask_other(schema, other_town):
    return Client(schema, other_town)


@pytest.fixture
def ids(thread):
    """Global ids by the names of levels and units, and `model`."""
    types = {"assignment": "Assignment", "activity": "Activity"}
    found = {
        key: f"{types.get(key, 'Indicator' if 'indicator' in key else 'Goal')}:{id}"
        for key, id in thread.nodes.items()
    }
    units = {key: f"Unit:{id}" for key, id in thread.units.items()}
    levels = {f"{key}_level": f"Level:{id}" for key, id in thread.levels.items()}
    return found | units | levels | {"model": f"SteeringModel:{thread.model_id}"}


@pytest.fixture
async def plan(town, work: Work) -> Plan:
    return await make_plan(work, town.units)
