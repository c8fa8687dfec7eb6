"""The red thread of a unit and year as its planning page shows it, and one thing in it in full."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select

from .....authz.permit import permit
from .....infra.errors import NotFound
from .....infra.i18n import in_language
from .....infra.periods import Period
from .....tenants.names import names_of
from .....tenants.tree import units
from .....tenants.tree.units import Placed
from .....tenants.work import Work
from ..models import Level, PlanNode, Spread, SteeringModel
from ..places import day_of
from ..view.view import Seen, model_with_levels, nodes_in_view, place_of
from ..who_may import why_not


@dataclass(slots=True)
class Branch:
    """A node with what stands below it in the unit's view.

    `owner` is the unit that it is inherited from, `origin` the one that distributed it here; both
    None otherwise. `copies` of `fitting` units below have a copy of it. `adds` are the levels that
    the unit may add something on below it.
    """

    seen: Seen
    owner: Placed | None
    origin: Placed | None
    responsible: str
    adds: tuple[Level, ...]
    copies: int
    fitting: int
    below: list[Branch] = field(default_factory=list)

    @property
    def node(self) -> PlanNode:
        return self.seen.node

    @property
    def word(self) -> str:
        return in_language(self.seen.level.name)

    @property
    def distributed(self) -> bool:
        """Whether units below get copies of their own, and not one copy to look at."""
        return self.seen.level.spread is Spread.DISTRIBUTED

    @property
    def count(self) -> int:
        return 1 + sum(branch.count for branch in self.below)


@dataclass(frozen=True, slots=True)
class Thread:
    """`why_not` says why nothing can be changed here, "" when it can."""

    unit: Placed
    year: int
    model: SteeringModel | None
    models: tuple[SteeringModel, ...]
    levels: tuple[Level, ...]
    tops: tuple[Branch, ...]
    branches: Mapping[UUID, Branch]
    adds: tuple[Level, ...]
    earlier: SteeringModel | None
    below: tuple[Placed, ...]
    """The units below this one, parents before children."""
    why_not: str

    def branch(self, node_id: UUID) -> Branch:
        """Raises NotFound for what does not stand in this view."""
        found = self.branches.get(node_id)
        if found is None:
            raise NotFound()
        return found

    def above(self, branch: Branch) -> list[Branch]:
        """What it stands below, the topmost first."""
        found: list[Branch] = []
        while branch.seen.parent_id is not None:
            branch = self.branches[branch.seen.parent_id]
            found.insert(0, branch)
        return found

    @property
    def top_words(self) -> str:
        """What stands at the top, in the names of the model."""
        return ", ".join(in_language(level.name) for level in self.levels if not level.parents)

    def columns(self) -> list[tuple[Level, list[Branch]]]:
        """The board: what stands on each level, in the order of the tree."""
        all = self.branches.values()
        return [(level, [b for b in all if b.seen.level.id == level.id]) for level in self.levels]


@permit("goals.read")
async def read_thread(
    work: Work, unit: Placed, year: int, *, model_id: UUID | None = None
) -> Thread:
    """The year's first model, or the one with the id if it is of the year."""
    period = Period(year)
    models = await work.scalars(
        select(SteeringModel)
        .where(SteeringModel.year.in_({year, year - 1}))
        .order_by(SteeringModel.created_at, SteeringModel.id)
    )
    own = tuple(model for model in models if model.year == year)
    chosen = model_id if model_id in {model.id for model in own} else None
    model, levels = await model_with_levels(work, year=year, model_id=chosen)
    tree = await units.tree(work, on=day_of(work, year))
    below = _below(unit.id, tree)
    seen: list[Seen] = []
    if model is not None:
        place = await place_of(work, unit_id=unit.id, period=period)
        seen = await nodes_in_view(work, place=place, period=period, model=model, levels=levels)
    branches = await _branches(work, seen, unit, levels, below)
    return Thread(
        unit=unit,
        year=year,
        model=model,
        models=own,
        levels=levels,
        tops=tuple(b for b in branches.values() if b.seen.parent_id is None),
        branches=branches,
        adds=tuple(level for level in levels if not level.parents and _fits(level, unit)),
        earlier=next((model for model in models if model.year == year - 1), None),
        below=below,
        why_not=await why_not(work, unit_id=unit.id, year=year),
    )


def _below(unit_id: UUID, tree: Sequence[Placed]) -> tuple[Placed, ...]:
    inside, found = {unit_id}, []
    for unit in tree:
        if unit.parent_id in inside:
            inside.add(unit.id)
            found.append(unit)
    return tuple(found)


def _fits(level: Level, unit: Placed) -> bool:
    return not level.unit_kinds or unit.kind.value in level.unit_kinds


async def _branches(
    work: Work,
    seen: Sequence[Seen],
    unit: Placed,
    levels: Sequence[Level],
    below: Sequence[Placed],
) -> dict[UUID, Branch]:
    """By the node's id, depth first."""
    nodes = [item.node for item in seen]
    names = await names_of(work, (node.responsible_id for node in nodes))
    origins = await _units_of_origins(work, nodes)
    owners = {node.unit_id for node in nodes} | set(origins.values())
    placed = {each.id: each for each in await units.placed(work, list(owners))}
    copies = await _copies(work, [item.node.id for item in seen if not item.inherited])
    branches: dict[UUID, Branch] = {}
    for item in seen:
        node, level = item.node, item.level
        origin = origins.get(node.origin_id) if node.origin_id else None
        spreads = level.spread is Spread.DISTRIBUTED and not item.inherited
        branch = branches[node.id] = Branch(
            seen=item,
            owner=placed.get(node.unit_id) if item.inherited else None,
            origin=placed.get(origin) if origin else None,
            responsible=names.get(node.responsible_id, "") if node.responsible_id else "",
            adds=tuple(
                other for other in levels if level.key in other.parents and _fits(other, unit)
            ),
            copies=copies.get(node.id, 0),
            fitting=sum(_fits(level, each) for each in below) if spreads else 0,
        )
        if item.parent_id is not None:
            branches[item.parent_id].below.append(branch)
    return branches


async def _units_of_origins(work: Work, nodes: Iterable[PlanNode]) -> dict[UUID, UUID]:
    wanted = {node.origin_id for node in nodes if node.origin_id is not None}
    if not wanted:
        return {}
    rows = await work.rows(select(PlanNode.id, PlanNode.unit_id).where(PlanNode.id.in_(wanted)))
    return {row.id: row.unit_id for row in rows}


async def _copies(work: Work, ids: Collection[UUID]) -> dict[UUID, int]:
    if not ids:
        return {}
    rows = await work.rows(
        select(PlanNode.origin_id, func.count())
        .where(PlanNode.origin_id.in_(ids))
        .group_by(PlanNode.origin_id)
    )
    return {origin_id: count for origin_id, count in rows if origin_id is not None}
