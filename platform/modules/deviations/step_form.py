"""A step of a case, as its page shows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...web.fields import Field
from ...web.page import View
from .rules import Part
from .service import Case

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """A step as its page shows it. `stands` is what the fields begin with."""

    heading: str
    save: str
    part: Part
    fields: list[Field]
    take: Callable[[View, Case, Values, int], Awaitable[str]]
    stands: Mapping[str, Any] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    warning: str = ""
    version: int | None = None
    """Of what is written, where it is not the case."""


Step = Callable[[View, Case], Awaitable[Form]]
Take = Callable[[View, Case, Values, int], Awaitable[str]]
