"""Who acts: a person with their role grants, or the service itself in a job."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

EMPLOYEE = "employee"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role and the units it reaches: `reach` None is the whole municipality. It ends by itself at
    `until`, and is `handed_on` where somebody has it from a colleague for a while."""

    role: str
    unit_id: UUID | None = None
    reach: frozenset[UUID] | None = None
    until: datetime | None = None
    handed_on: bool = False


class Way(StrEnum):
    """By which of the edges somebody came."""

    PAGE = "page"
    API = "api"
    EXPORT = "export"
    JOB = "job"
    SEARCH = "search"
    SUPPORT = "support"
    COMMAND = "command"
    SCIM = "scim"


@dataclass(frozen=True, slots=True)
class Source:
    """Where somebody came from: the way, the page, operation or job there, and the address."""

    way: Way = Way.COMMAND
    process: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone in one municipality. `scopes` narrows a token: None is all that the owner may.

    `behind` is the administrator who sees the service as this person, `support_id` the consent
    that the operator's support acts by. One who `looks_only` begins no work that writes: see
    `open_work`. At `until`, time alone changes what the actor may.
    """

    id: UUID | None
    name: str
    locale: str = "sv"
    grants: tuple[Grant, ...] = ()
    scopes: frozenset[str] | None = None
    token_id: UUID | None = None
    session_id: UUID | None = None
    behind: UUID | None = None
    support_id: UUID | None = None
    source: Source = Source()
    looks_only: bool = False
    until: datetime | None = None
    level: int = 0
    """How sure it is who they are, 1 to 4 (see `sign_in.assurance`); 0 for a program."""
    within: frozenset[UUID] | None = None
    """The units whose records a token for some units sees; None is all of the municipality."""

    memo: dict[tuple[object, ...], bool] = field(
        default_factory=dict, repr=False, compare=False, hash=False
    )


def lasting(actor: Actor, until: datetime | None, *, role: str = "") -> Actor:
    """The actor with those roles only that what stands up to `until` (None: without an end) may
    rest on: none that ends before, and none that was handed on where it is that `role` itself."""
    grants = tuple(
        grant
        for grant in actor.grants
        if (grant.until is None or (until is not None and until <= grant.until))
        and not (grant.handed_on and grant.role == role)
    )
    return replace(actor, grants=grants, memo={})


SERVICE_ROLE = "service"


def service() -> Actor:
    """The service itself, for the timetable: what it may do stands in the policy like the rest."""
    return Actor(id=None, name="Roder", grants=(Grant(SERVICE_ROLE),))


def operator() -> Actor:
    """Whoever runs the service, in a command they gave about one municipality."""
    return Actor(id=None, name="Roder", grants=(Grant(EMPLOYEE), Grant("full_administrator")))
