"""What a municipality chooses about its governing documents, the types of them first of all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from ....infra.i18n import _
from ....tenants.municipality import settings_of
from ....tenants.work import Work
from .models import Aim


class DocumentType(BaseModel):
    """A kind of document. One stands below those of a lower `rank` number, or beside its own.

    The council's document of a type that `governs_all` is superior to every other.
    """

    model_config = ConfigDict(extra="forbid")

    key: str = Field(pattern="^[a-z][a-z0-9_]{0,39}$")
    name: Annotated[str, Field(min_length=1, max_length=60)]
    aim: Aim = Aim.NEITHER
    rank: int = Field(default=5, ge=1, le=20)
    governs_all: bool = False


def _type(key: str, name: str, aim: Aim, rank: int, *, governs_all: bool = False) -> DocumentType:
    return DocumentType(key=key, name=name, aim=aim, rank=rank, governs_all=governs_all)


TYPES = (
    _type("budget", "Budget", Aim.GOALS, 1, governs_all=True),
    _type("vision", "Vision", Aim.GOALS, 2),
    _type("program", "Program", Aim.GOALS, 3),
    _type("strategi", "Strategi", Aim.GOALS, 3),
    _type("plan", "Plan", Aim.GOALS, 4),
    _type("reglemente", "Reglemente", Aim.NEITHER, 2),
    _type("foreskrift", "Föreskrift", Aim.NEITHER, 2),
    _type("taxa", "Taxa", Aim.NEITHER, 3),
    _type("policy", "Policy", Aim.CONDUCT, 3),
    _type("riktlinje", "Riktlinje", Aim.CONDUCT, 4),
    _type("regler", "Regler", Aim.CONDUCT, 5),
    _type("rutin", "Rutin", Aim.CONDUCT, 6),
    _type("anvisning", "Anvisning", Aim.CONDUCT, 6),
)


class DocumentSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    types: tuple[DocumentType, ...] = Field(default=TYPES, min_length=1, max_length=60)
    ahead_days: int = Field(default=60, ge=0, le=365)
    """How long before a review, an end or a last day My work asks."""
    number_prefix: Annotated[str, Field(pattern="^[A-ZÅÄÖ]{1,6}$")] = "SD"
    """What the numbers of new documents begin with: SD-2026-01."""

    def type(self, key: str) -> DocumentType | None:
        return next((each for each in self.types if each.key == key), None)

    def name_of(self, key: str) -> str:
        """The type in a word; its key once it has been taken off the list."""
        found = self.type(key)
        return found.name if found else key

    @property
    def governing(self) -> list[str]:
        return [each.key for each in self.types if each.governs_all]

    @field_validator("types")
    @classmethod
    def _differ(cls, types: Sequence[DocumentType]) -> Sequence[DocumentType]:
        if len({each.key for each in types}) < len(types):
            raise PydanticCustomError("types", _("two types have the same key"))
        return types


async def document_settings(work: Work) -> DocumentSettings:
    return await settings_of(work, "governing_documents", DocumentSettings)
