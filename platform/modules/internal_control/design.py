"""How a municipality judges its risks: the matrix with its words and colours, the categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import func, or_, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import LOCALES, _, in_language
from ....tenants.municipality import save_settings, settings_of
from ....tenants.turns import take_turn
from ....tenants.work import Work
from . import rules
from .models import ControlLight, Risk

STORED: Final = "internal_control.design"
"""The key that it is kept under, beside the settings of the modules: it is changed only here."""
MOST_NAMED: Final = 20

Name = Annotated[dict[str, str], Field(max_length=2)]


def _in_swedish(word: dict[str, str]) -> dict[str, str]:
    if not word.get("sv", "").strip() or set(word) - set(LOCALES):
        raise PydanticCustomError("word", _("each word is written in Swedish, at least"))
    return word


class Step(BaseModel):
    """One step of probability or consequence: what it is called, and what it means."""

    model_config = ConfigDict(extra="forbid")

    word: Name
    description: Name = Field(default_factory=dict)

    @field_validator("word")
    @classmethod
    def _named(cls, word: dict[str, str]) -> dict[str, str]:
        return _in_swedish(word)


class Category(BaseModel):
    """A kind of risk. One that is `ended` is chosen no more, and stays on the risks that have it.

    `law` is the key of the legal reference that asks for it, if one does.
    """

    model_config = ConfigDict(extra="forbid")

    key: str = Field(pattern="^[a-z][a-z0-9_]{0,39}$")
    word: Name
    law: str = Field(default="", max_length=60)
    ended: bool = False

    @field_validator("word")
    @classmethod
    def _named(cls, word: dict[str, str]) -> dict[str, str]:
        return _in_swedish(word)


def _step(sv: str, en: str, sv_more: str, en_more: str) -> Step:
    return Step(word={"sv": sv, "en": en}, description={"sv": sv_more, "en": en_more})


PROBABILITY: Final = (
    _step("Osannolik", "Unlikely", "Inträffar knappast.", "Hardly ever happens."),
    _step("Mindre sannolik", "Less likely", "Kan inträffa någon gång.", "May happen some time."),
    _step("Möjlig", "Possible", "Inträffar då och då.", "Happens now and then."),
    _step("Sannolik", "Likely", "Inträffar ofta.", "Happens often."),
)
CONSEQUENCE: Final = (
    _step("Försumbar", "Negligible", "Märks knappt.", "Hardly noticed."),
    _step("Lindrig", "Slight", "Liten och snart över.", "Small and soon over."),
    _step("Kännbar", "Noticeable", "Besvärar många eller kostar.", "Troubles many, or costs."),
    _step(
        "Allvarlig",
        "Serious",
        "Människor skadas, eller uppdraget kan inte utföras.",
        "People come to harm, or the task cannot be done.",
    ),
)
CATEGORIES: Final = (
    Category(key="environment", word={"sv": "Omvärldsrisk", "en": "External risk"}),
    Category(key="operations", word={"sv": "Verksamhetsrisk", "en": "Operational risk"}),
    Category(key="legal", word={"sv": "Legal risk", "en": "Legal risk"}),
    Category(key="it", word={"sv": "IT-risk", "en": "IT risk"}),
    Category(key="reporting", word={"sv": "Risk i rapportering", "en": "Reporting risk"}),
    Category(
        key="irregularities",
        word={"sv": "Fel och oegentligheter", "en": "Errors and irregularities"},
        law="internal_control.duty",
    ),
)
COLOUR_WORDS: Final = {
    ControlLight.GREEN: {"sv": "Låg", "en": "Low"},
    ControlLight.YELLOW: {"sv": "Medel", "en": "Medium"},
    ControlLight.RED: {"sv": "Hög", "en": "High"},
}


class Design(BaseModel):
    """`cells` are colours of single cells, by `probability,consequence`; the others have theirs
    by their value."""

    model_config = ConfigDict(extra="forbid")

    size: int = Field(default=4, ge=rules.LEAST, le=rules.MOST)
    probability: tuple[Step, ...] = PROBABILITY
    consequence: tuple[Step, ...] = CONSEQUENCE
    yellow_from: int = 4
    red_from: int = 9
    cells: dict[str, ControlLight] = Field(default_factory=dict)
    words: dict[ControlLight, Name] = Field(default_factory=lambda: dict(COLOUR_WORDS))
    categories: tuple[Category, ...] = Field(default=CATEGORIES, min_length=1, max_length=30)

    def colour(self, probability: int, consequence: int) -> ControlLight:
        return rules.colour_of(
            probability * consequence,
            yellow_from=self.yellow_from,
            red_from=self.red_from,
            cell=self.cells.get(f"{probability},{consequence}"),
        )

    def colour_word(self, light: ControlLight) -> str:
        return in_language(self.words[light])

    def category(self, key: str) -> Category | None:
        return next((each for each in self.categories if each.key == key), None)

    def category_word(self, key: str) -> str:
        """Its word in the reader's language; the key of one that is no more."""
        found = self.category(key)
        return in_language(found.word) if found else key

    @model_validator(mode="after")
    def _hang_together(self) -> Design:
        if not len(self.probability) == len(self.consequence) == self.size:
            raise PydanticCustomError(
                "steps", _("write as many steps of each kind as the matrix has")
            )
        if not 1 <= self.yellow_from <= self.red_from <= self.size * self.size + 1:
            raise PydanticCustomError("limits", _("the limits do not fit the matrix"))
        sides = range(1, self.size + 1)
        if not set(self.cells) <= {f"{p},{c}" for p in sides for c in sides}:
            raise PydanticCustomError("cells", _("there is no such cell in the matrix"))
        if set(self.words) != set(ControlLight):
            raise PydanticCustomError("words", _("write a word for each colour"))
        for word in self.words.values():
            _in_swedish(word)
        keys = [each.key for each in self.categories]
        if len(set(keys)) < len(keys):
            raise PydanticCustomError("categories", _("two categories have the same key"))
        return self


async def design_of(work: Work) -> Design:
    return await settings_of(work, STORED, Design)


@permit("internal_control.design")
async def change_matrix(
    work: Work,
    *,
    size: int,
    probability: Sequence[Mapping[str, Any]],
    consequence: Sequence[Mapping[str, Any]],
    yellow_from: int,
    red_from: int,
    cells: Mapping[str, str] | None = None,
    words: Mapping[str, Mapping[str, str]] | None = None,
) -> Design:
    """A matrix of `size` times `size` steps, each `{"word": {"sv", "en"}, "description": …}`.

    Raises InvalidInput, and Conflict that names the living risks which would lie outside it.
    """
    if not rules.LEAST <= size <= rules.MOST:
        raise InvalidInput(
            _(
                "A matrix has {least} to {most} steps on each side.",
                least=rules.LEAST,
                most=rules.MOST,
            ),
            field="size",
        )
    await take_turn(work, "risks")
    design = await design_of(work)
    await _refuse_outside(work, size)
    values = design.model_dump(mode="json") | {
        "size": size,
        "probability": list(probability),
        "consequence": list(consequence),
        "yellow_from": yellow_from,
        "red_from": red_from,
        "cells": dict(cells or {}),
    }
    if words is not None:
        values["words"] = {light: dict(word) for light, word in words.items()}
    return await save_settings(work, STORED, Design, values=values)


@permit("internal_control.design")
async def change_categories(work: Work, categories: Sequence[Mapping[str, Any]]) -> Design:
    """All categories in their order, `{"key", "word", "law", "ended"}`.

    Raises Conflict for taking away one that any risk has: it can be ended instead.
    """
    await take_turn(work, "risks")
    design = await design_of(work)
    gone = {each.key for each in design.categories} - {str(row.get("key")) for row in categories}
    used = await work.first(select(Risk.category).where(Risk.category.in_(gone)).limit(1))
    if used is not None:
        raise Conflict(
            _(
                "There are risks of the category {name}. End it instead of taking it away.",
                name=design.category_word(used),
            ),
            field="categories",
        )
    values = design.model_dump(mode="json") | {"categories": [dict(row) for row in categories]}
    return await save_settings(work, STORED, Design, values=values)


async def _refuse_outside(work: Work, size: int) -> None:
    outside = or_(Risk.probability > size, Risk.consequence > size)
    found = select(Risk.number, Risk.title, func.count().over()).where(
        Risk.closed_at.is_(None), outside
    )
    rows = await work.rows(found.order_by(Risk.number).limit(MOST_NAMED))
    if rows:
        named = ", ".join(f"R{number} {title}" for number, title, _count in rows)
        raise Conflict(
            _(
                "Outside the matrix would lie: {risks} ({count} in all). Assess them anew first.",
                count=rows[0][2],
                risks=named,
            ),
            field="size",
        )
