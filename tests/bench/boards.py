"""Municipalities that are made by the service itself, to be looked at and written in."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from town import HERE, Towns
from within import run, service_within

from roder.infra.periods import PeriodKind
from roder.infra.runtime import Runtime
from roder.platform.modules.goals.models import Indicator
from roder.platform.modules.goals.planning.adding import NewNode, add_nodes
from roder.platform.modules.goals.steering.design import create_model, levels_of
from roder.tenants.actors import service
from roder.tenants.sign_in.sessions import start_session
from roder.tenants.work import Work, open_work

sys.path.append(str(HERE.parent))
from conftest import Town, make_town
from goal_grid import LEVELS, PATH, YEAR, make_large_board

ROWS = (30, 300)
WIDE = 1_000
"""Indicators of the municipality to write in."""


@dataclass(frozen=True)
class Board:
    """A municipality with somebody who is signed in and may write, and indicators of a unit."""

    slug: str
    session: str
    unit_id: UUID
    indicators: list[UUID]
    few: list[UUID]
    """Those of the unit whose goal analysis is `page`."""

    @property
    def page(self) -> str:
        return f"/{self.slug}/{PATH}"


@dataclass(frozen=True)
class Boards:
    towns: Towns
    wide: Board
    by_rows: dict[int, Board]
    """Goal analyses with that many rows."""


def make_boards(towns: Towns) -> Boards:
    own = towns.fresh("bench_boards")
    wide, by_rows = run(_made(own))
    own.execute("vacuum analyze")
    return Boards(own, wide, by_rows)


async def _made(towns: Towns) -> tuple[Board, dict[int, Board]]:
    async with service_within(towns) as app:
        runtime: Runtime = app.state.runtime
        by_rows = {}
        for rows in ROWS:
            town = await make_town(runtime, f"Tavla {rows}")
            await make_large_board(town, rows=rows)
            async with await town.work() as work:
                few = list(await work.scalars(select(Indicator.id)))
            by_rows[rows] = await _board(runtime, town, "manager", "home_care", few, few)
        town = await make_town(runtime, "Skrivtorp")
        async with await town.work() as work:
            model = await create_model(work, year=YEAR, name="Mål", levels=LEVELS)
            levels = {level.key: level.id for level in await levels_of(work, model.id)}
            many = await _plan(work, levels, town.units["council"].id, WIDE)
            few = await _plan(work, levels, town.units["home_care"].id, 30)
        return await _board(runtime, town, "administrator", "council", many, few), by_rows


async def _board(
    runtime: Runtime, town: Town, who: str, unit: str, indicators: list[UUID], few: list[UUID]
) -> Board:
    async with open_work(runtime, town.tenant, service(), write=True) as work:
        session = await start_session(work, town.people[who].id)
    return Board(town.tenant.slug, session, town.units[unit].id, indicators, few)


async def _plan(work: Work, levels: dict[str, UUID], unit_id: UUID, count: int) -> list[UUID]:
    [top] = await add_nodes(work, [NewNode(levels["committee_goal"], unit_id, "Arbetsgivare")])
    [goal] = await add_nodes(
        work, [NewNode(levels["goal"], unit_id, "God arbetsgivare", parent_id=top.id)]
    )
    indicators = [
        NewNode(
            levels["indicator"],
            unit_id,
            f"Styrtal {number}",
            parent_id=goal.id,
            indicator={"periodicity": PeriodKind.MONTH},
        )
        for number in range(count)
    ]
    return [node.id for node in await add_nodes(work, indicators)]
