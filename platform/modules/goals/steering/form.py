"""The form of a steering model: read into a design, changed by its buttons, and the standards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .....infra.errors import InvalidInput
from .....infra.i18n import _
from .....tenants.models import UnitKind
from .....tenants.tree.addresses import free_slug
from ....web.forms import Form
from ..models import ABOVE, Level, NodeKind, Spread, SteeringModel
from ..rules import Light, LightRule
from .design import DEFAULT_LIGHTS, MOST_LEVELS, LevelDesign, LightWord


@dataclass(frozen=True, slots=True)
class Draft:
    """A level as it stands in the form; a new one gets its `key` once it has a name."""

    key: str
    kind: str = NodeKind.GOAL.value
    sv: str = ""
    en: str = ""
    parents: tuple[str, ...] = ()
    unit_kinds: tuple[str, ...] = ()
    spread: str = Spread.VISIBLE.value
    light_rule: str = LightRule.WORST_CHILD.value
    hand_lights: tuple[str, ...] = ()

    def may_stand_below(self, other: Draft) -> bool:
        return other.kind in {kind.value for kind in ABOVE[NodeKind(self.kind)]}


@dataclass(frozen=True, slots=True)
class Sketch:
    """A steering model as it stands in the form. `lights` are colour, sv and en by light."""

    name: str
    levels: tuple[Draft, ...]
    lights: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    yellow: bool = True


def sketch_of(model: SteeringModel, levels: Sequence[Level]) -> Sketch:
    """The model as it is."""
    usual = {light.light.value: light for light in DEFAULT_LIGHTS}
    lights = {
        key: (light.colour, light.word["sv"], light.word.get("en", ""))
        for key, light in usual.items()
    }
    standing = set()
    for shown in model.lights:
        word = shown["word"]
        assert isinstance(word, dict)
        key = str(shown["light"])
        standing.add(key)
        lights[key] = (str(shown["colour"]), word["sv"], word.get("en", ""))
    return Sketch(
        name=model.name,
        levels=tuple(_draft(level) for level in levels),
        lights=lights,
        yellow=Light.YELLOW.value in standing,
    )


def read_sketch(form: Form) -> Sketch:
    """What the form holds, right or wrong. Raises InvalidInput for what no form of ours sends."""
    numbers = form.all("level")
    if len(numbers) > MOST_LEVELS or not all(re.fullmatch("[0-9]{1,3}", n) for n in numbers):
        raise InvalidInput(_("A model has 1 to {most} levels.", most=MOST_LEVELS), field="levels")
    drafts = _keyed([_read_level(form, number) for number in numbers])
    lights = {
        light.value: (
            form.get(f"{light.value}-colour"),
            form.get(f"{light.value}-sv"),
            form.get(f"{light.value}-en"),
        )
        for light in Light
    }
    return Sketch(form.get("name"), drafts, lights, "yellow" in form)


def pressed(sketch: Sketch, button: str) -> Sketch | None:
    """The sketch after one of its buttons, None when the button is no such one.

    `up-2`, `down-2` and `drop-2` are for the third level; `add` puts one last.
    """
    levels = list(sketch.levels)
    if button == "add":
        return replace(sketch, levels=(*levels, Draft(key="", kind=NodeKind.INDICATOR.value)))
    found = re.fullmatch(r"(up|down|drop)-([0-9]{1,3})", button)
    if not found or int(found[2]) >= len(levels):
        return None
    place = int(found[2])
    level = levels.pop(place)
    if found[1] != "drop":
        other = place - 1 if found[1] == "up" else place + 1
        levels.insert(min(max(other, 0), len(levels)), level)
    return replace(sketch, levels=tuple(_above_only(levels)))


def designs_of(sketch: Sketch) -> list[LevelDesign]:
    """The levels as the service takes them."""
    return [
        LevelDesign(
            key=level.key or f"level_{number}",
            kind=NodeKind(level.kind),
            name=_words(level.sv, level.en),
            parents=level.parents,
            unit_kinds=tuple(UnitKind(kind) for kind in level.unit_kinds),
            spread=Spread(level.spread),
            light_rule=LightRule(level.light_rule),
            hand_lights=tuple(Light(light) for light in level.hand_lights)
            if level.kind == NodeKind.GOAL.value
            else (),
        )
        for number, level in enumerate(sketch.levels)
    ]


def lights_of(sketch: Sketch) -> list[LightWord]:
    return [
        LightWord(Light(key), colour, _words(sv, en))
        for key, (colour, sv, en) in sketch.lights.items()
        if key != Light.YELLOW.value or sketch.yellow
    ]


def standards() -> list[tuple[str, str, tuple[LevelDesign, ...]]]:
    """What a first model may begin as: its key, what it is, and its levels."""
    hand = (Light.GREEN, Light.RED)
    whole = (
        _standard("council_goal", NodeKind.GOAL, "Övergripande mål", "Overall goal", hand=hand),
        _standard("goal", NodeKind.GOAL, "Nämndmål", "Committee goal", "council_goal", hand=hand),
        _standard("indicator", NodeKind.INDICATOR, "Styrtal", "Indicator", "goal"),
        _standard("assignment", NodeKind.ASSIGNMENT, "Uppdrag", "Assignment", "goal"),
        _standard("activity", NodeKind.ACTIVITY, "Aktivitet", "Activity", "goal", "assignment"),
    )
    board = (
        _standard("committee_goal", NodeKind.GOAL, "Nämndmål", "Committee goal", hand=hand),
        _standard("goal", NodeKind.GOAL, "Mål", "Goal", "committee_goal", hand=hand),
        _standard("indicator", NodeKind.INDICATOR, "Styrtal", "Indicator", "goal"),
        _standard("assignment", NodeKind.ASSIGNMENT, "Uppdrag", "Assignment", "goal"),
        _standard("activity", NodeKind.ACTIVITY, "Aktivitet", "Activity", "goal", "assignment"),
    )
    small = (
        _standard("goal", NodeKind.GOAL, "Mål", "Goal", hand=hand),
        _standard("measure", NodeKind.INDICATOR, "Mått", "Measure", "goal"),
        _standard("activity", NodeKind.ACTIVITY, "Aktivitet", "Activity", "goal"),
    )
    return [
        ("namnd", _("The committee steers"), board),
        ("kommun", _("The council steers, committees build on it"), whole),
        ("liten", _("Small: goals, measures and activities"), small),
    ]


def _standard(
    key: str, kind: NodeKind, sv: str, en: str, *parents: str, hand: Sequence[Light] = ()
) -> LevelDesign:
    return LevelDesign(key, kind, {"sv": sv, "en": en}, parents, hand_lights=hand)


def _draft(level: Level) -> Draft:
    return Draft(
        key=level.key,
        kind=level.kind.value,
        sv=level.name["sv"],
        en=level.name.get("en", ""),
        parents=tuple(level.parents),
        unit_kinds=tuple(level.unit_kinds),
        spread=level.spread.value,
        light_rule=level.light_rule,
        hand_lights=tuple(level.hand_lights),
    )


def _read_level(form: Form, number: str) -> Draft:
    def get(name: str) -> str:
        return form.get(f"{name}-{number}")

    def known(name: str, kind: type[NodeKind | Spread | LightRule], usual: str) -> str:
        return get(name) if get(name) in {each.value for each in kind} else usual

    kinds = {kind.value for kind in UnitKind}
    lights = {light.value for light in Light}
    return Draft(
        key=get("key"),
        kind=known("kind", NodeKind, NodeKind.GOAL.value),
        sv=get("sv"),
        en=get("en"),
        parents=tuple(form.all(f"parents-{number}")),
        unit_kinds=tuple(kind for kind in form.all(f"kinds-{number}") if kind in kinds),
        spread=known("spread", Spread, Spread.VISIBLE.value),
        light_rule=known("rule", LightRule, LightRule.WORST_CHILD.value),
        hand_lights=tuple(light for light in form.all(f"hand-{number}") if light in lights),
    )


def _keyed(levels: Sequence[Draft]) -> tuple[Draft, ...]:
    """New levels that have been given a name get a key of it."""
    keys = {level.key for level in levels if level.key}
    keyed = []
    for level in levels:
        key = level.key or (_free_key(level.sv, keys) if level.sv.strip() else "")
        keys.add(key)
        keyed.append(replace(level, key=key))
    return tuple(keyed)


def _above_only(levels: Sequence[Draft]) -> list[Draft]:
    """The levels without parents that no longer stand above them."""
    above: set[str] = set()
    kept = []
    for level in levels:
        parents = tuple(key for key in level.parents if key in above)
        kept.append(replace(level, parents=parents))
        above.add(level.key)
    return kept


def _free_key(name: str, taken: set[str]) -> str:
    slug = free_slug(name, {key.replace("_", "-") for key in taken}).replace("-", "_")[:40]
    return slug if slug[:1].isalpha() else f"level_{slug}"[:40]


def _words(sv: str, en: str) -> dict[str, str]:
    return {"sv": sv} | ({"en": en} if en.strip() else {})
