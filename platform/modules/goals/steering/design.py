"""How a municipality steers a year: its levels, their names, and what its lights are called."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from .....authz.permit import permit
from .....infra.colour import check_colour
from .....infra.errors import Conflict, InvalidInput
from .....infra.i18n import _
from .....infra.periods import check_year
from .....infra.texts import in_languages, one_line
from .....tenants.models import Unit, UnitKind
from .....tenants.work import Work
from ..models import ABOVE, Indicator, Level, NodeKind, PlanNode, Spread, SteeringModel
from ..rules import Light, LightRule, colour_word
from ..texts import NAME
from .locks import require_open

MOST_LEVELS = 30


@dataclass(frozen=True, slots=True)
class LightWord:
    """What a municipality calls a light, and the colour `#rrggbb` it is shown in."""

    light: Light
    colour: str
    word: Mapping[str, str]
    """By language, Swedish always."""


DEFAULT_LIGHTS = (
    LightWord(Light.GREEN, "#2e7d32", {"sv": "Uppnått", "en": "Achieved"}),
    LightWord(Light.YELLOW, "#f9a825", {"sv": "Delvis uppnått", "en": "Partly achieved"}),
    LightWord(Light.RED, "#c62828", {"sv": "Ej uppnått", "en": "Not achieved"}),
)
DEFAULT_HAND_LIGHTS = (Light.GREEN, Light.RED)


@dataclass(frozen=True, slots=True)
class LevelDesign:
    """One level as it shall be; `key` tells which one it is and never changes.

    `hand_lights` None means green and red for goals and none for the other kinds, which have no
    light that can be set.
    """

    key: str
    kind: NodeKind
    name: Mapping[str, str]
    parents: Sequence[str] = ()
    unit_kinds: Sequence[UnitKind] = ()
    spread: Spread = Spread.VISIBLE
    light_rule: LightRule = LightRule.WORST_CHILD
    hand_lights: Sequence[Light] | None = field(default=None)


@permit("goals.design")
async def create_model(
    work: Work,
    *,
    year: int,
    name: str,
    levels: Sequence[LevelDesign],
    lights: Sequence[LightWord] = DEFAULT_LIGHTS,
) -> SteeringModel:
    """A new steering model with its levels in order. Raises InvalidInput, or Conflict for a name
    that the year has already or a year that is locked."""
    check_year(year)
    await require_open(work, year)
    model = SteeringModel(year=year, name=await free_name(work, name, year), lights=[])
    model.lights = _checked_lights(lights)
    _check_levels(levels, {light.light for light in lights})
    work.add(model)
    await work.flush()
    for position, design in enumerate(levels):
        work.add(_filled(Level(model_id=model.id, key=design.key), design, position))
    await work.flush()
    return model


@permit("goals.design")
async def change_model(
    work: Work,
    model_id: UUID,
    *,
    name: str | None = None,
    lights: Sequence[LightWord] | None = None,
    levels: Sequence[LevelDesign] | None = None,
) -> SteeringModel:
    """Change what is given. `levels` are all levels as they shall be, in order, known by their
    keys: a new key adds a level, a missing one removes it.

    Raises InvalidInput, or Conflict where something stands that would no longer fit.
    """
    model = await _lock_model(work, model_id)
    await require_open(work, model.year)
    if name is not None:
        model.name = await free_name(work, name, model.year, but=model.id)
    if lights is not None:
        model.lights = _checked_lights(lights)
    standing = await levels_of(work, model.id)
    burning = {Light(str(light["light"])) for light in model.lights}
    wanted = [_design(level) for level in standing] if levels is None else levels
    _check_levels(wanted, burning)
    if Light.YELLOW not in burning:
        await _refuse_yellow_limits(work, model.id)
    if levels is not None:
        await _replace_levels(work, model, standing, levels)
    await work.flush()
    return model


@permit("goals.design")
async def delete_model(work: Work, model_id: UUID) -> SteeringModel:
    """Take away a model on which nothing stands. Raises Conflict otherwise."""
    model = await _lock_model(work, model_id)
    await require_open(work, model.year)
    if await work.first(select(PlanNode.id).where(PlanNode.model_id == model.id).limit(1)):
        raise Conflict(_("The model is in use. Remove what stands in it first."))
    for level in await levels_of(work, model.id):
        await work.delete(level)
    await work.flush()
    await work.delete(model)
    await work.flush()
    return model


async def levels_of(work: Work, model_id: UUID) -> Sequence[Level]:
    """The levels of a model, in order."""
    return await work.scalars(
        select(Level).where(Level.model_id == model_id).order_by(Level.position)
    )


async def free_name(work: Work, name: str, year: int, *, but: UUID | None = None) -> str:
    """The name, if no other model of the year has it; else Conflict."""
    name = one_line(name, field="name", most=NAME)
    same = select(SteeringModel.id).where(SteeringModel.year == year, SteeringModel.name == name)
    if await work.first(same.where(SteeringModel.id != but) if but else same):
        raise Conflict(
            _('{year} has a steering model called "{name}" already.', year=year, name=name),
            field="name",
        )
    return name


def has_light(model: SteeringModel, light: Light) -> bool:
    return any(shown["light"] == light for shown in model.lights)


async def _lock_model(work: Work, model_id: UUID) -> SteeringModel:
    await work.get(SteeringModel, model_id)
    lock = select(SteeringModel).where(SteeringModel.id == model_id).with_for_update()
    model = await work.first(lock.execution_options(populate_existing=True))
    assert model is not None
    return model


def _checked_lights(lights: Sequence[LightWord]) -> list[dict[str, object]]:
    chosen = {light.light: light for light in lights}
    if len(chosen) < len(lights):
        raise InvalidInput(_("Each light can stand only once."), field="lights")
    if not {Light.GREEN, Light.RED} <= set(chosen):
        raise InvalidInput(_("A model needs at least green and red."), field="lights")
    for light in lights:
        check_colour(light.colour, field="lights")
    return [
        {
            "light": light.value,
            "colour": chosen[light].colour.lower(),
            "word": in_languages(chosen[light].word, field="lights", most=NAME),
        }
        for light in Light
        if light in chosen
    ]


def _check_levels(levels: Sequence[LevelDesign], lights: set[Light]) -> None:
    if not 1 <= len(levels) <= MOST_LEVELS:
        raise InvalidInput(_("A model has 1 to {most} levels.", most=MOST_LEVELS), field="levels")
    earlier: dict[str, LevelDesign] = {}
    for level in levels:
        _check_level(level, earlier, lights)
        earlier[level.key] = level


def _check_level(
    level: LevelDesign, earlier: Mapping[str, LevelDesign], lights: set[Light]
) -> None:
    def refuse(message: str) -> InvalidInput:
        return InvalidInput(message, field="levels")

    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", level.key):
        raise refuse(
            _(
                "A level's key has 1 to 40 small letters a-z, digits and _, "
                "and begins with a letter."
            )
        )
    if level.key in earlier:
        raise refuse(_('The key "{key}" stands twice.', key=level.key))
    in_languages(level.name, field="levels", most=NAME)
    for key in level.parents:
        if key not in earlier:
            raise refuse(
                _(
                    '"{key}" is to stand below "{parent}", which is no earlier level.',
                    key=level.key,
                    parent=key[:40],
                )
            )
        if earlier[key].kind not in ABOVE[level.kind]:
            raise refuse(_cannot_stand_below(level.kind, earlier[key].kind))
    if len(set(level.parents)) < len(level.parents):
        raise refuse(_('The key "{key}" stands twice.', key=level.parents[0]))
    hand = _hand_lights(level)
    if hand and level.kind is not NodeKind.GOAL:
        raise refuse(_("Only the light of a goal can be set by hand."))
    for light in hand:
        if light not in lights:
            raise refuse(_("The model has no {colour} light.", colour=colour_word(light)))


def _cannot_stand_below(kind: NodeKind, above: NodeKind) -> str:
    words = {
        NodeKind.GOAL: _("a goal"),
        NodeKind.INDICATOR: _("an indicator"),
        NodeKind.ASSIGNMENT: _("an assignment"),
        NodeKind.ACTIVITY: _("an activity"),
    }
    return _(
        "{what} cannot stand below {above}.", what=words[kind].capitalize(), above=words[above]
    )


def _hand_lights(level: LevelDesign) -> tuple[Light, ...]:
    if level.hand_lights is None:
        return DEFAULT_HAND_LIGHTS if level.kind is NodeKind.GOAL else ()
    return tuple(light for light in Light if light in level.hand_lights)


async def _refuse_yellow_limits(work: Work, model_id: UUID) -> None:
    title = await work.first(
        select(PlanNode.title)
        .join(
            Indicator,
            (Indicator.id == PlanNode.id) & (Indicator.tenant_id == PlanNode.tenant_id),
        )
        .where(PlanNode.model_id == model_id, Indicator.yellow_limit.is_not(None))
        .limit(1)
    )
    if title is not None:
        raise Conflict(
            _('"{title}" has a limit for yellow. Take it away first.', title=title), field="lights"
        )


async def _replace_levels(
    work: Work, model: SteeringModel, standing: Sequence[Level], wanted: Sequence[LevelDesign]
) -> None:
    known = {level.key: level for level in standing}
    uses = await _uses(work, model.id)
    for key, level in known.items():
        if key not in {design.key for design in wanted}:
            if key in uses:
                raise _in_use(level)
            await work.delete(level)
    for position, design in enumerate(wanted):
        level = known.get(design.key) or Level(model_id=model.id, key=design.key)
        if use := uses.get(design.key):
            _check_use(level, design, use)
        work.add(_filled(level, design, position))


@dataclass(slots=True)
class _Use:
    """What stands on a level: below which levels, and at which kinds of unit."""

    parents: set[str | None]
    unit_kinds: set[UnitKind]


async def _uses(work: Work, model_id: UUID) -> dict[str, _Use]:
    above, above_level = aliased(PlanNode), aliased(Level)
    rows = await work.rows(
        select(
            Level.key,
            func.array_agg(above_level.key.distinct()),
            func.array_agg(Unit.kind.distinct()),
        )
        .select_from(PlanNode)
        .join(Level, (Level.id == PlanNode.level_id) & (Level.tenant_id == PlanNode.tenant_id))
        .join(Unit, (Unit.id == PlanNode.unit_id) & (Unit.tenant_id == PlanNode.tenant_id))
        .outerjoin(
            above, (above.id == PlanNode.parent_id) & (above.tenant_id == PlanNode.tenant_id)
        )
        .outerjoin(
            above_level,
            (above_level.id == above.level_id) & (above_level.tenant_id == above.tenant_id),
        )
        .where(PlanNode.model_id == model_id)
        .group_by(Level.key)
    )
    return {
        key: _Use(set(parents), {UnitKind(kind) for kind in kinds}) for key, parents, kinds in rows
    }


def _check_use(level: Level, design: LevelDesign, use: _Use) -> None:
    parents: set[str | None] = set(design.parents) or {None}
    kinds_fit = not design.unit_kinds or use.unit_kinds <= set(design.unit_kinds)
    same = level.kind is design.kind and level.spread is design.spread
    if not (same and kinds_fit and use.parents <= parents):
        raise _in_use(level)


def _in_use(level: Level) -> Conflict:
    return Conflict(
        _(
            'Something stands on the level "{name}" and would no longer fit. '
            "Move or remove that first.",
            name=level.name["sv"],
        ),
        field="levels",
    )


def _filled(level: Level, design: LevelDesign, position: int) -> Level:
    level.position = position
    level.kind = design.kind
    level.name = in_languages(design.name, field="levels", most=NAME)
    level.parents = list(design.parents)
    level.unit_kinds = [kind.value for kind in dict.fromkeys(design.unit_kinds)]
    level.spread = design.spread
    level.light_rule = design.light_rule.value
    level.hand_lights = [light.value for light in _hand_lights(design)]
    return level


def _design(level: Level) -> LevelDesign:
    return LevelDesign(
        key=level.key,
        kind=level.kind,
        name=level.name,
        parents=level.parents,
        unit_kinds=[UnitKind(kind) for kind in level.unit_kinds],
        spread=level.spread,
        light_rule=LightRule(level.light_rule),
        hand_lights=[Light(light) for light in level.hand_lights],
    )
