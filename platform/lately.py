"""What went on lately: the pages somebody worked on, and what others did in what is theirs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from ..authz.permit import policy
from ..tenants.terms import Term
from ..tenants.work import Work

DAYS: Final = timedelta(days=30)
MOST: Final = 5
LOOKED_AT: Final = 100
"""Of what others did: so many of the latest acts, before those that belong together are one."""


class PageKind(StrEnum):
    GOAL_ANALYSIS = "goal_analysis"
    REPORT = "report"


class ActKind(StrEnum):
    VALUES = "values"
    COMMENT = "comment"
    SECTION_DONE = "section_done"
    REPORT_DONE = "report_done"
    REPORT_APPROVED = "report_approved"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands: the route of its page, and the unit and year of its address."""

    page: str
    unit_id: UUID
    unit_name: str
    unit_slug: str
    year: int
    report_id: UUID | None = None
    query: dict[str, str] = field(default_factory=dict)
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Worked:
    """A page that the one who asks worked on, and when last. It is called `title`, or by a word
    of the municipality's."""

    kind: PageKind
    title: str | Term
    at: datetime
    spot: Spot


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody else did with the thing called `title`, and with as many `more` at the place
    before it."""

    kind: ActKind
    title: str
    person_id: UUID
    person: str
    at: datetime
    spot: Spot
    node_id: UUID | None = None
    section_id: UUID | None = None
    more: int = 0


@dataclass(frozen=True, slots=True)
class Lately:
    """Each the latest first."""

    worked: Sequence[Worked] = ()
    acts: Sequence[Act] = ()


LatelySource = Callable[[Work, datetime], Awaitable[Lately]]
"""What a module knows of the actor since a moment, in one statement for each of the two."""


def own_units(work: Work, permission: str) -> frozenset[UUID] | None:
    """The units that are the actor's by a role that may do it there; None is every unit.

    What the key they came in with may do says nothing of whose the unit is.
    """
    kind, _dot, action = permission.partition(".")
    roles = {
        role for role, type_, act, _scope, _level in policy() if (type_, act) == (kind, action)
    }
    reached = [grant.reach for grant in work.actor.grants if grant.role in roles]
    return None if None in reached else frozenset().union(*(units or () for units in reached))


def together(acts: Iterable[Act]) -> list[Act]:
    """What a person did of one kind at one place stands once, as the latest of it."""
    found: dict[tuple[object, ...], Act] = {}
    for act in acts:
        spot = act.spot
        key = (act.kind, act.person_id, spot.unit_id, spot.year, spot.report_id)
        first = found.get(key)
        found[key] = replace(first, more=first.more + 1) if first else act
    return list(found.values())
