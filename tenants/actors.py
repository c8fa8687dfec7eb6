"""Who acts: a person with their role grants, or the service itself in a job."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

EMPLOYEE = "employee"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role and the units it reaches: `reach` None is the whole municipality."""

    role: str
    unit_id: UUID | None = None
    reach: frozenset[UUID] | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone in one municipality. `scopes` narrows a token: None is all that the owner may."""

    id: UUID | None
    name: str
    locale: str = "sv"
    grants: tuple[Grant, ...] = ()
    scopes: frozenset[str] | None = None
    token_id: UUID | None = None
    session_id: UUID | None = None

    memo: dict[tuple[object, ...], bool] = field(
        default_factory=dict, repr=False, compare=False, hash=False
    )


SERVICE_ROLE = "service"


def service() -> Actor:
    """The service itself, for the timetable: what it may do stands in the policy like the rest."""
    return Actor(id=None, name="Roder", grants=(Grant(SERVICE_ROLE),))


def operator() -> Actor:
    """Whoever runs the service, in a command they gave about one municipality."""
    return Actor(id=None, name="Roder", grants=(Grant(EMPLOYEE), Grant("full_administrator")))
