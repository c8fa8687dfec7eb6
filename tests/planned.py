"""A plan for the pages: a committee with goals and what measures them, a unit with its own."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from uuid import UUID

import httpx
from sqlalchemy import select

from roder.infra.periods import PeriodKind
from roder.platform.app import create_app
from roder.platform.modules import MODULES
from roder.platform.modules.goals.models import NodeKind, PlanNode, Spread
from roder.platform.modules.goals.planning.adding import NewNode, add_nodes
from roder.platform.modules.goals.steering.design import LevelDesign, create_model, levels_of
from roder.tenants.actors import service
from roder.tenants.models import UnitKind
from roder.tenants.rows import uuid7
from roder.tenants.sign_in.sessions import SESSION_COOKIE, start_session
from roder.tenants.work import open_work

LEVELS = (
    LevelDesign(
        "committee_goal", NodeKind.GOAL, {"sv": "Nämndmål"}, unit_kinds=(UnitKind.COMMITTEE,)
    ),
    LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål", "en": "Goal"}, ("committee_goal",)),
    LevelDesign(
        "indicator", NodeKind.INDICATOR, {"sv": "Styrtal"}, ("goal",), spread=Spread.DISTRIBUTED
    ),
    LevelDesign("assignment", NodeKind.ASSIGNMENT, {"sv": "Uppdrag"}, ("goal",)),
    LevelDesign("activity", NodeKind.ACTIVITY, {"sv": "Aktivitet"}, ("goal", "assignment")),
)
NODES = (
    ("employer", "committee_goal", None, "God arbetsgivare", "committee"),
    ("leave", "goal", "employer", "Minska sjukfrånvaro", "committee"),
    ("sick", "indicator", "leave", "Sjukfrånvaro", "committee"),
    ("full_time", "indicator", "leave", "Heltidsanställda", "committee"),
    ("talks", "activity", "leave", "Hälsosamtal", "committee"),
    ("content", "goal", "employer", "Nöjda medarbetare", "committee"),
    ("own", "activity", "content", "Vår egen insats", "home_care"),
)
COMMITTEE, HOME_CARE = "socialnamnden/2026/", "hemtjanst-ost/2026/"


@dataclass
class Planned:
    """Ids by short names: of the nodes, of the levels, and of the model."""

    model_id: UUID
    levels: dict[str, UUID]
    nodes: dict[str, UUID]

    def at(self, name: str, unit: str = COMMITTEE) -> str:
        """The address of a node below the municipality."""
        return f"{unit}planering/{self.nodes[name]}"


async def make_planned(town) -> Planned:
    async with await town.work() as work:
        model = await create_model(work, year=2026, name="Mål", levels=LEVELS)
        levels = {level.key: level.id for level in await levels_of(work, model.id)}
        ids = {name: uuid7() for name, *_rest in NODES}
        await add_nodes(
            work,
            [
                NewNode(
                    id=ids[name],
                    level_id=levels[level],
                    unit_id=town.units[unit].id,
                    title=title,
                    parent_id=ids[above] if above else None,
                    **(
                        {"indicator": {"measure_unit": "%", "periodicity": PeriodKind.TERTIAL}}
                        if level == "indicator"
                        else {}
                    ),
                )
                for name, level, above, title, unit in NODES
            ],
        )
    return Planned(model.id, levels, ids)


@asynccontextmanager
async def clients(runtime, settings, town):
    """A function from who it is to a client that asks below the municipality, signed in."""
    app = create_app(settings)
    app.state.runtime, app.state.modules = runtime, MODULES
    app.state.page_routes = {route.name: route for route in app.routes if hasattr(route, "path")}
    made: list[httpx.AsyncClient] = []

    async def make(who: str = "administrator") -> httpx.AsyncClient:
        async with open_work(runtime, town.tenant, service(), write=True) as work:
            key = await start_session(work, town.people[who].id)
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url=f"http://roder.example/{town.tenant.slug}/",
            cookies={SESSION_COOKIE: key},
            headers={"accept": "text/html", "accept-language": "sv"},
        )
        made.append(client)
        return client

    yield make
    for client in made:
        await client.aclose()


async def standing(town) -> list[tuple[str, str]]:
    """All that stands in the municipality's plans, as it is stored."""
    async with await town.work(write=False) as work:
        rows = await work.rows(
            select(PlanNode.title, PlanNode.parent_id, PlanNode.position, PlanNode.version)
        )
    return sorted((row[0], f"{row[1:]}") for row in rows)


async def node(town, id) -> PlanNode:
    async with await town.work(write=False) as work:
        return await work.get(PlanNode, id)


def words(response: httpx.Response) -> str:
    """The page as it is read."""
    text = re.sub(r"<(script|style).*?</\1>", " ", response.text, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())
