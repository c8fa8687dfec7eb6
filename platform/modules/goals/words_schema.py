"""Words and choices that the types of the module share."""

from enum import StrEnum
from typing import Any

import strawberry

from .models import NodeKind, Spread
from .rules import Consolidation, Direction, Light, LightRule

__all__ = [
    "Consolidation",
    "Direction",
    "Light",
    "LightRule",
    "NodeKind",
    "Periodicity",
    "Spread",
    "Words",
    "WordsInput",
    "given",
]


@strawberry.enum(description="How often an indicator has values.")
class Periodicity(StrEnum):
    YEAR = "year"
    HALF_YEAR = "half_year"
    TERTIAL = "tertial"
    QUARTER = "quarter"
    MONTH = "month"


for choices, description in (
    (NodeKind, "What stands on a level of the red thread."),
    (
        Spread,
        "How it reaches units below: one copy for all, or own copies whose values consolidate.",
    ),
    (Light, "A light, from best to worst."),
    (LightRule, "How a goal's light follows from what stands below it."),
    (
        Direction,
        "Where a good outcome lies: at the target or above, at or below, or close to it.",
    ),
    (Consolidation, "How the values of copies become one value at the origin."),
):
    strawberry.enum(choices, description=description)


@strawberry.type(description="A name by language.")
class Words:
    sv: str = strawberry.field(description="In Swedish.")
    en: str | None = strawberry.field(description="In English, if there is one.")

    @classmethod
    def of(cls, words: Any) -> "Words":
        return cls(sv=words["sv"], en=words.get("en"))


@strawberry.input(description="A name by language.")
class WordsInput:
    sv: str = strawberry.field(description="In Swedish.")
    en: str | None = strawberry.field(default=None, description="In English.")

    def words(self) -> dict[str, str]:
        return {"sv": self.sv} | ({"en": self.en} if self.en else {})


def given(**fields: "strawberry.Some[Any] | None") -> dict[str, Any]:
    """The fields that the client has sent, null included."""
    return {name: field.value for name, field in fields.items() if field is not None}
