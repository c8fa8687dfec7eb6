"""Steering models and locked years in the API."""

from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import ColumnElement, true

from .....graphql.context import Info
from .....graphql.nodes import Node, global_id, local_id
from .....graphql.paging import Connection
from .....graphql.problems import ANSWER, Problem, mutation
from .....graphql.stored import (
    Place,
    Related,
    Row,
    by_id,
    computed,
    many,
    one,
    page_of,
    planned,
    shown,
    word,
)
from .....infra.i18n import in_language
from ...organisation.people.schema import Person
from ...organisation.units.schema import UnitKind
from .. import models, rules
from ..words_schema import Light, LightRule, NodeKind, Spread, Words, WordsInput
from . import design, locks, next_year


@strawberry.type(description="A level of a steering model, such as committee goal or indicator.")
class Level(Node):
    model = models.Level
    permission = "goals.read"
    change = "goals.design"

    row: strawberry.Private[models.Level]
    key: str = strawberry.field(description="Short name for programs, the same every year.")
    position: int = strawberry.field(description="Place in the order, from 0.")
    kind: NodeKind = strawberry.field(description="What stands here.")
    spread: Spread = strawberry.field(description="How it reaches the units below.")
    parents: list[str] = strawberry.field(
        description="Keys of the levels it may stand below; none at the top."
    )

    name: str = word(models.Level.name, "Name in the reader's language.")
    unit_kinds: list[UnitKind] = shown(
        models.Level.unit_kinds, "Kinds of unit that may own what stands here; none means any."
    )
    light_rule: LightRule = shown(
        models.Level.light_rule, "How a light here follows from what stands below."
    )
    hand_lights: list[Light] = shown(
        models.Level.hand_lights, "The lights that may be set by hand; none forbids it."
    )

    @computed(models.Level.name, description="Name by language.")
    def names(name: dict[str, str]) -> Words:
        return Words.of(name)


@strawberry.type(description="What a municipality calls a light, and its colour.")
class LightColour:
    light: Light = strawberry.field(description="Which light.")
    colour: str = strawberry.field(description="Colour as #rrggbb.")
    word: str = strawberry.field(description="Word in the reader's language.")
    words: Words = strawberry.field(description="Word by language.")


@strawberry.type(description="How a municipality steers one year: its levels and its lights.")
class SteeringModel(Node):
    model = models.SteeringModel
    permission = "goals.read"
    change = "goals.design"

    row: strawberry.Private[models.SteeringModel]
    year: int = strawberry.field(description="Calendar year.")
    name: str = strawberry.field(description="Name, one of its own within the year.")

    levels: list[Level] = many(
        models.Level.model_id, "The levels, in order.", order=lambda level: (level.position,)
    )

    @computed(models.SteeringModel.lights, description="The lights, best first.")
    def lights(lights: list[dict[str, object]]) -> list[LightColour]:
        return [_light_colour(light) for light in lights]


@strawberry.type(description="A year that is closed for changes.")
class YearLock(Node):
    model = models.YearLock
    permission = "goals.read"
    change = "goals.lock"

    row: strawberry.Private[models.YearLock]
    year: int = strawberry.field(description="Calendar year.")
    reason: str = strawberry.field(description="Why it was locked.")
    locked_at: datetime = shown(models.YearLock.created_at, "Since when.")
    locked_by: Person | None = one(models.YearLock.locked_by, "Who locked it.")


@strawberry.type(description="A model carried on to another year.")
class CopiedModel:
    model: SteeringModel = strawberry.field(description="The new model.")
    copied: int = strawberry.field(description="How many goals, indicators and so on came along.")
    left_behind: int = strawberry.field(
        description="How many did not: closed activities, and what units of the old year only had."
    )


@strawberry.type(description="The steering model was taken away.")
class SteeringModelDeleted:
    id: strawberry.ID = strawberry.field(description="Its global id.")


@strawberry.type(description="The year can be changed again.")
class YearUnlocked:
    year: int = strawberry.field(description="Calendar year.")


CreateSteeringModelResult = Annotated[
    SteeringModel | Problem, strawberry.union("CreateSteeringModelResult", description=ANSWER)
]
ChangeSteeringModelResult = Annotated[
    SteeringModel | Problem, strawberry.union("ChangeSteeringModelResult", description=ANSWER)
]
CopySteeringModelResult = Annotated[
    CopiedModel | Problem, strawberry.union("CopySteeringModelResult", description=ANSWER)
]
DeleteSteeringModelResult = Annotated[
    SteeringModelDeleted | Problem,
    strawberry.union("DeleteSteeringModelResult", description=ANSWER),
]
LockYearResult = Annotated[
    YearLock | Problem, strawberry.union("LockYearResult", description=ANSWER)
]
UnlockYearResult = Annotated[
    YearUnlocked | Problem, strawberry.union("UnlockYearResult", description=ANSWER)
]


@strawberry.input(description="One level as it shall be.")
class LevelInput:
    key: str = strawberry.field(description="Which level: 1 to 40 signs a-z, 0-9 and _.")
    kind: NodeKind = strawberry.field(description="What stands here.")
    name: WordsInput = strawberry.field(description="Name, Swedish required.")
    parents: list[str] = strawberry.field(
        default_factory=list, description="Keys of earlier levels that it may stand below."
    )
    unit_kinds: list[UnitKind] = strawberry.field(
        default_factory=list, description="Kinds of unit that may own it; none means any."
    )
    spread: Spread = strawberry.field(
        default=models.Spread.VISIBLE, description="How it reaches the units below."
    )
    light_rule: LightRule = strawberry.field(
        default=rules.LightRule.WORST_CHILD, description="How a light follows from those below."
    )
    hand_lights: list[Light] | None = strawberry.field(
        default=None, description="Lights that may be set by hand; green and red for goals."
    )

    def design(self) -> design.LevelDesign:
        return design.LevelDesign(
            key=self.key,
            kind=self.kind,
            name=self.name.words(),
            parents=self.parents,
            unit_kinds=self.unit_kinds,
            spread=self.spread,
            light_rule=self.light_rule,
            hand_lights=self.hand_lights,
        )


@strawberry.input(description="What a light is called.")
class LightInput:
    light: Light = strawberry.field(description="Which light.")
    colour: str = strawberry.field(description="Colour as #rrggbb.")
    word: WordsInput = strawberry.field(description="Word, Swedish required.")

    def design(self) -> design.LightWord:
        return design.LightWord(self.light, self.colour, self.word.words())


@strawberry.input(description="A new steering model.")
class CreateSteeringModelInput:
    year: int = strawberry.field(description="Calendar year, 1990 to 2100.")
    name: str = strawberry.field(description="Name, 1 to 200 signs.")
    levels: list[LevelInput] = strawberry.field(description="1 to 30 levels, in order.")
    lights: list[LightInput] | None = strawberry.field(
        default=None, description="Its lights; green, yellow and red if left out."
    )


@strawberry.input(description="Changes to a steering model; what is left out stays.")
class ChangeSteeringModelInput:
    id: strawberry.ID = strawberry.field(description="Which model.")
    name: str | None = strawberry.field(default=None, description="Name, 1 to 200 signs.")
    levels: list[LevelInput] | None = strawberry.field(
        default=None,
        description="All levels as they shall be: a new key adds one, a missing one removes it.",
    )
    lights: list[LightInput] | None = strawberry.field(default=None, description="All its lights.")


@strawberry.input(description="A model for another year.")
class CopySteeringModelInput:
    id: strawberry.ID = strawberry.field(description="Which model.")
    year: int | None = strawberry.field(default=None, description="The next year if left out.")
    with_nodes: bool = strawberry.field(
        default=True,
        description="Whether goals, indicators, assignments and open activities come along.",
    )


def _models(row: Row, place: Place) -> ColumnElement[bool]:
    year = place.arguments["year"]
    return true() if year is None else row.year == year


MODELS = Related(_models, lambda model, _place: (model.year, model.name), asks=("goals.read",))
LOCKS = Related(
    lambda _row, _place: true(), lambda lock, _place: (lock.year,), asks=("goals.read",)
)


@strawberry.type
class DesignQuery:
    @strawberry.field(
        description="One steering model; null when there is none.", metadata=by_id(SteeringModel)
    )
    async def steering_model(self, info: Info, id: strawberry.ID) -> SteeringModel | None:
        return await SteeringModel.find(info, local_id(id, SteeringModel))

    @strawberry.field(description="Steering models by year and name.", metadata=planned(MODELS))
    async def steering_models(
        self,
        info: Info,
        year: int | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[SteeringModel]:
        return await page_of(MODELS, info, SteeringModel, year=year, first=first, after=after)

    @strawberry.field(description="Years that are closed for changes.", metadata=planned(LOCKS))
    async def locked_years(self, info: Info) -> list[YearLock]:
        return [YearLock.of(lock) for lock in await locks.locked_years(info.context.work)]


@strawberry.type
class DesignMutation:
    @mutation("Create a steering model with its levels.")
    async def create_steering_model(
        self, info: Info, input: CreateSteeringModelInput
    ) -> CreateSteeringModelResult:
        lights = input.lights
        model = await design.create_model(
            info.context.work,
            year=input.year,
            name=input.name,
            levels=[level.design() for level in input.levels],
            lights=design.DEFAULT_LIGHTS if lights is None else [one.design() for one in lights],
        )
        return SteeringModel.of(model)

    @mutation("Change a steering model's name, lights or levels.")
    async def change_steering_model(
        self, info: Info, input: ChangeSteeringModelInput
    ) -> ChangeSteeringModelResult:
        lights, levels = input.lights, input.levels
        model = await design.change_model(
            info.context.work,
            local_id(input.id, SteeringModel),
            name=input.name,
            lights=None if lights is None else [light.design() for light in lights],
            levels=None if levels is None else [level.design() for level in levels],
        )
        return SteeringModel.of(model)

    @mutation("Carry a steering model on to another year; no values come along.")
    async def copy_steering_model(
        self, info: Info, input: CopySteeringModelInput
    ) -> CopySteeringModelResult:
        made = await next_year.copy_model(
            info.context.work,
            local_id(input.id, SteeringModel),
            year=input.year,
            with_nodes=input.with_nodes,
        )
        return CopiedModel(
            model=SteeringModel.of(made.model), copied=made.copied, left_behind=made.left_behind
        )

    @mutation("Take away a steering model on which nothing stands.")
    async def delete_steering_model(
        self, info: Info, id: strawberry.ID
    ) -> DeleteSteeringModelResult:
        model = await design.delete_model(info.context.work, local_id(id, SteeringModel))
        return SteeringModelDeleted(id=global_id(SteeringModel, model.id))

    @mutation("Close a year for changes.")
    async def lock_year(self, info: Info, year: int, reason: str = "") -> LockYearResult:
        return YearLock.of(await locks.lock_year(info.context.work, year, reason=reason))

    @mutation("Open a locked year again.")
    async def unlock_year(self, info: Info, year: int) -> UnlockYearResult:
        lock = await locks.unlock_year(info.context.work, year)
        return YearUnlocked(year=lock.year)


def _light_colour(light: dict[str, object]) -> LightColour:
    word = light["word"]
    assert isinstance(word, dict)
    return LightColour(
        light=rules.Light(str(light["light"])),
        colour=str(light["colour"]),
        word=in_language(word),
        words=Words.of(word),
    )
