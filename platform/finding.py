"""Search: what the modules find for a few words, wherever in the municipality it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MOST: Final = 8
"""How much a source gives; whoever wants more writes more."""

LIKENESS: Final = 0.45
"""From which word similarity (pg_trgm, 0 to 1) a title is what somebody may have meant."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that was found: its title, what it is in words, and the page that shows it.

    `near` says that it only resembles what was asked for.
    """

    title: str
    kind: str
    page: str
    params: Mapping[str, Any] = field(default_factory=dict)
    detail: str = ""
    near: bool = False
