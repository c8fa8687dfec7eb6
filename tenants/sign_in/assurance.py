"""How sure it has to be who somebody is: levels of assurance, and what the municipality demands.

The levels are those of the Swedish framework for electronic identification (Digg): 1 is a name and
a password, 3 an e-identification that was handed out to the person.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, NamedTuple

from pydantic import BaseModel, Field

from ...infra.errors import StepUp
from ...infra.i18n import _

LOWEST: Final = 1
HIGHEST: Final = 4

SIGN_IN: Final = "sign_in"
"""Where the settings lie, among those of the modules."""

Level = Annotated[int, Field(ge=LOWEST, le=HIGHEST)]
Word = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\w.:/ -]+$")]


class Demand(NamedTuple):
    """A part of the service is open from this level on; to programs only where it says so."""

    module: str
    level: int
    programs: bool = False


class SignInSettings(BaseModel):
    """What the municipality has chosen of how its people come in."""

    rules_on: bool = False
    """Whether rules give roles from claims at each sign-in."""
    full_administrator_by_rules: bool = False
    make_people: bool = False
    """Whether somebody the register does not know is put into it at the first sign-in."""
    name_claims: list[Word] = Field(default=["name", "given_name family_name"], max_length=5)
    """Where the name of such a person stands, the first that is there; with spaces, joined."""
    levels: dict[str, Level] = {}
    """The lowest level by module; one that is not named asks for its usual one, if it has any."""
    programs: list[str] = []
    """Modules that ask for a level and let programs in all the same."""

    def level_of(self, module: str) -> int | None:
        return self.levels.get(module, usual_demands().get(module))

    def demands(self, modules: Iterable[str]) -> frozenset[Demand]:
        """Of these modules and those that the municipality has named."""
        levels = {module: self.level_of(module) for module in {*modules, *self.levels}}
        return frozenset(
            Demand(module, level, module in self.programs)
            for module, level in levels.items()
            if level
        )


def demands_in(values: dict[str, object] | None, modules: Iterable[str]) -> frozenset[Demand]:
    """What is demanded where these modules are on, by the settings as they are stored."""
    return SignInSettings.model_validate(values or {}).demands(modules)


def unmet(demands: frozenset[Demand], *, level: int, program: bool) -> frozenset[Demand]:
    """The demands that a session of this level, or a program, does not meet."""
    return frozenset(
        demand for demand in demands if (not demand.programs if program else demand.level > level)
    )


def step_up(demand: Demand, *, program: bool) -> StepUp:
    """What to tell those who do not meet it."""
    if program:
        message = _("This part of the service is not open to programs. An administrator decides.")
    else:
        message = _("This takes a safer sign-in, of level {level}.", level=demand.level)
    return StepUp(message, module=demand.module, level=demand.level, program=program)


@cache
def usual_levels() -> tuple[tuple[str, int], ...]:
    """What values of `acr` mean at most Swedish providers; a new provider begins with them."""
    return tuple((row["acr"], int(row["level"])) for row in _read("assurance.csv"))


@cache
def usual_demands() -> Mapping[str, int]:
    """The lowest level of modules that ask for one unless the municipality says otherwise."""
    return {row["module"]: int(row["level"]) for row in _read("module_levels.csv")}


def _read(name: str) -> list[dict[str, str]]:
    text = (files(__package__) / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
