"""New nodes in the plan: one, or a whole board at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select

from .....authz.permit import permit
from .....infra.errors import InvalidInput, NotFound
from .....infra.i18n import _, in_language
from .....infra.texts import one_line
from .....tenants.models import Person, Unit
from .....tenants.rows import uuid7
from .....tenants.work import Work
from ..live import tell_nodes
from ..models import Activity, Indicator, Level, NodeKind, PlanNode, Spread, SteeringModel
from ..places import day_of, lineages, units_by_id
from ..rules import Light
from ..settings import goal_settings
from ..steering.design import has_light
from ..steering.locks import require_open
from ..texts import DESCRIPTION, TITLE, rich
from .indicators import IndicatorChanges, new_indicator

MOST_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class NewNode:
    """A node to be added. `parent_id` may be the `id` of an earlier one in the same list."""

    level_id: UUID
    unit_id: UUID
    title: str
    description: str = ""
    parent_id: UUID | None = None
    responsible_id: UUID | None = None
    indicator: IndicatorChanges = field(default_factory=IndicatorChanges)
    """How it is measured, if it stands on a level of indicators."""
    starts_on: date | None = None
    ends_on: date | None = None
    id: UUID = field(default_factory=uuid7)


@permit("goals.edit")
async def add_node(work: Work, node: NewNode) -> PlanNode:
    """Add one node, last among those below the same parent.

    Raises NotFound, Forbidden, InvalidInput, or Conflict when the year is locked.
    """
    return (await add_nodes(work, [node]))[0]


@permit("goals.edit")
async def add_nodes(work: Work, nodes: Sequence[NewNode]) -> list[PlanNode]:
    """Add up to 10,000 nodes in a handful of statements, all or none. Raises as `add_node`.

    What someone adds who may not edit the whole municipality's plan is marked local.
    """
    if len(nodes) > MOST_AT_ONCE:
        raise InvalidInput(_("At most {most} can be added at once.", most=MOST_AT_ONCE))
    ground = await _ground(work, nodes)
    first_state = (await goal_settings(work)).activity_states[0].key
    added: list[PlanNode] = []
    details: list[Indicator | Activity] = []
    for new in nodes:
        node = _checked(work, ground, new)
        ground.nodes[node.id] = node
        added.append(node)
        if node.kind is NodeKind.INDICATOR:
            has_yellow = has_light(ground.models[node.model_id], Light.YELLOW)
            details.append(new_indicator(node.id, new.indicator, has_yellow=has_yellow))
        elif node.kind is NodeKind.ACTIVITY:
            check_dates(new.starts_on, new.ends_on)
            details.append(
                Activity(
                    id=node.id, state=first_state, starts_on=new.starts_on, ends_on=new.ends_on
                )
            )
    work.add(*added)
    await work.flush()
    work.add(*details)
    await work.flush()
    await tell_nodes(work, *added)
    return added


async def check_people(
    work: Work, ids: Collection[UUID | None], *, field: str = "responsibleId"
) -> None:
    """Raises NotFound for someone unknown, InvalidInput for someone who has left."""
    wanted = {id for id in ids if id is not None}
    if not wanted:
        return
    people = await work.scalars(select(Person).where(Person.id.in_(wanted)))
    if len(people) < len(wanted):
        raise NotFound(field=field)
    for person in people:
        if person.left_on is not None and person.left_on <= work.today:
            raise InvalidInput(
                _("{name} has left. Choose someone else.", name=person.name),
                field=field,
            )


def check_dates(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise InvalidInput(
            _("An activity cannot end before it starts. Change one of the days."), field="endsOn"
        )


@dataclass(slots=True)
class _Ground:
    """What new nodes are checked against, by id."""

    levels: dict[UUID, Level]
    models: dict[UUID, SteeringModel]
    units: dict[UUID, Unit]
    nodes: dict[UUID, PlanNode]
    lineages: dict[int, dict[UUID, tuple[UUID, ...]]]
    """By year: a unit and all above it."""
    last: dict[tuple[UUID, UUID | None], int]
    """The highest position below a parent, in a model."""


async def _ground(work: Work, nodes: Sequence[NewNode]) -> _Ground:
    levels = await _levels(work, {new.level_id for new in nodes})
    model_ids = {level.model_id for level in levels.values()}
    models = {
        model.id: model
        for model in await work.scalars(
            select(SteeringModel).where(SteeringModel.id.in_(model_ids))
        )
    }
    units = await units_by_id(work, {new.unit_id for new in nodes})
    for unit_id in units:
        work.require("goals.edit", at=unit_id)
    years = {model.year for model in models.values()}
    await require_open(work, *years)
    await check_people(work, {new.responsible_id for new in nodes})
    above = {new.parent_id for new in nodes if new.parent_id} - {new.id for new in nodes}
    return _Ground(
        levels=levels,
        models=models,
        units=units,
        nodes=await _parents(work, above),
        lineages={year: await lineages(work, list(units), on=day_of(work, year)) for year in years},
        last=await _last_positions(work, model_ids, above),
    )


async def _levels(work: Work, ids: set[UUID]) -> dict[UUID, Level]:
    """All levels of the models that these belong to."""
    models = select(Level.model_id).where(Level.id.in_(ids), Level.tenant_id == work.tenant.id)
    levels = await work.scalars(select(Level).where(Level.model_id.in_(models)))
    found = {level.id: level for level in levels}
    if ids - set(found):
        raise NotFound(field="levelId")
    return found


async def _parents(work: Work, ids: set[UUID]) -> dict[UUID, PlanNode]:
    nodes = await work.scalars(select(PlanNode).where(PlanNode.id.in_(ids)))
    found = {node.id: node for node in nodes}
    if ids - set(found):
        raise NotFound(field="parentId")
    return found


async def _last_positions(
    work: Work, model_ids: set[UUID], above: set[UUID]
) -> dict[tuple[UUID, UUID | None], int]:
    rows = await work.rows(
        select(PlanNode.model_id, PlanNode.parent_id, func.max(PlanNode.position))
        .where(PlanNode.model_id.in_(model_ids))
        .where(or_(PlanNode.parent_id.is_(None), PlanNode.parent_id.in_(above)))
        .group_by(PlanNode.model_id, PlanNode.parent_id)
    )
    return {(model_id, parent_id): last for model_id, parent_id, last in rows}


def _checked(work: Work, ground: _Ground, new: NewNode) -> PlanNode:
    level = ground.levels[new.level_id]
    year = ground.models[level.model_id].year
    unit = ground.units[new.unit_id]
    if unit.id not in ground.lineages[year]:
        raise InvalidInput(_("The unit does not exist in {year}.", year=year), field="unitId")
    check_unit_kind(level, unit)
    if new.indicator and level.kind is not NodeKind.INDICATOR:
        raise InvalidInput(_("Only an indicator is measured."), field="indicator")
    if (new.starts_on or new.ends_on) and level.kind is not NodeKind.ACTIVITY:
        raise InvalidInput(_("Only an activity has days."), field="startsOn")
    parent = ground.nodes.get(new.parent_id) if new.parent_id else None
    if parent is None and new.parent_id is not None:
        raise NotFound(field="parentId")
    check_parent(
        level,
        parent,
        ground.levels.get(parent.level_id) if parent else None,
        unit_id=unit.id,
        lineage=ground.lineages[year][unit.id],
    )
    place = (level.model_id, new.parent_id)
    ground.last[place] = ground.last.get(place, -1) + 1
    return PlanNode(
        id=new.id,
        model_id=level.model_id,
        level_id=level.id,
        kind=level.kind,
        unit_id=unit.id,
        parent_id=new.parent_id,
        title=one_line(new.title, field="title", most=TITLE),
        description=rich(new.description, field="description", most=DESCRIPTION),
        position=ground.last[place],
        responsible_id=new.responsible_id,
        local=work.reach("goals.edit") is not None,
        version=1,
        changed_by=work.actor.id,
        changed_at=work.now,
    )


def check_unit_kind(level: Level, unit: Unit) -> None:
    if level.unit_kinds and unit.kind.value not in level.unit_kinds:
        raise InvalidInput(
            _('A unit of this kind cannot own a "{level}".', level=in_language(level.name)),
            field="unitId",
        )


def check_parent(
    level: Level,
    parent: PlanNode | None,
    parent_level: Level | None,
    *,
    unit_id: UUID,
    lineage: Collection[UUID],
) -> None:
    """Raises InvalidInput unless something on `level`, owned by the unit, may stand there.

    `lineage` is the unit and all above it. What a unit above has decided can be built on only
    where its level is visible downwards.
    """
    if parent is None or parent_level is None:
        if level.parents:
            raise InvalidInput(
                _(
                    'A "{level}" stands below something. Choose what.',
                    level=in_language(level.name),
                ),
                field="parentId",
            )
        return
    if parent.model_id != level.model_id or parent_level.key not in level.parents:
        raise InvalidInput(
            _(
                'A "{level}" cannot stand below "{title}".',
                level=in_language(level.name),
                title=parent.title,
            ),
            field="parentId",
        )
    inherited = parent.unit_id in lineage and parent_level.spread is Spread.VISIBLE
    if parent.unit_id != unit_id and not inherited:
        raise InvalidInput(
            _('"{title}" cannot be seen by the unit.', title=parent.title), field="parentId"
        )
