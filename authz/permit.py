"""May they: one decision for every edge, from the rule table beside this file."""

from __future__ import annotations

import csv
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import cache, lru_cache, wraps
from importlib.resources import files
from typing import Any, Concatenate, NamedTuple, ParamSpec, Protocol, TypeVar
from uuid import UUID

OPEN, CONFIDENTIAL = "open", "confidential"

READING = ("read", "export")
"""Actions that a scope `read` is enough for."""

AUDITOR = "auditor"

MOST_DECISIONS = 20_000
"""Decisions of a process that are remembered, those asked for last."""


class Grant(Protocol):
    @property
    def role(self) -> str: ...
    @property
    def reach(self) -> frozenset[UUID] | None: ...


class Actor(Protocol):
    @property
    def id(self) -> UUID | None: ...
    @property
    def grants(self) -> Sequence[Grant]: ...
    @property
    def scopes(self) -> frozenset[str] | None: ...
    @property
    def within(self) -> frozenset[UUID] | None: ...
    @property
    def memo(self) -> dict[tuple[object, ...], bool]: ...


class Guarded(Protocol):
    """What `permit` needs of a `Work`."""

    def require(self, permission: str, *, at: UUID | None = None) -> None: ...


class Standing(NamedTuple):
    """How an actor stands to what a request is about: all that the rules look at.

    It tells neither who nor where, so what is decided for one is decided for every other like it.
    """

    held: frozenset[str]
    """The roles that the actor has anywhere."""
    reaching: frozenset[str]
    """Those that reach the unit; all of them where the request is about no unit."""
    own: bool
    """Whether the record is the actor's, or nobody's in particular."""
    wide: frozenset[str]
    """The roles that count for the whole municipality."""


P = ParamSpec("P")
W = TypeVar("W", bound=Guarded)
R = TypeVar("R")


def permit(
    permission: str,
) -> Callable[
    [Callable[Concatenate[W, P], Awaitable[R]]],
    Callable[Concatenate[W, P], Coroutine[Any, Any, R]],
]:
    """Refuse a service function to an actor who may do `permission` nowhere at all.

    Where it matters at which unit, the function itself narrows with `work.require(…, at=unit)`.
    """
    if permission not in permissions():
        raise LookupError(f"{permission} stands in no line of authz/policy.csv")

    def decorate(
        function: Callable[Concatenate[W, P], Awaitable[R]],
    ) -> Callable[Concatenate[W, P], Coroutine[Any, Any, R]]:
        @wraps(function)
        async def guarded(work: W, /, *args: P.args, **kwargs: P.kwargs) -> R:
            work.require(permission)
            return await function(work, *args, **kwargs)

        return guarded

    return decorate


def allowed(
    actor: Actor,
    permission: str,
    *,
    at: UUID | None = None,
    owner: UUID | None = None,
    level: str = OPEN,
) -> bool:
    """Whether `actor` may do `permission` (`type.action`) at a unit, or anywhere when None."""
    key = (permission, at, owner, level)
    known = actor.memo.get(key)
    if known is None:
        kind, _, action = permission.partition(".")
        known = _covered(actor, kind, action) and _decided(
            _standing(actor, at, owner, anywhere=_by_unit(kind, action)), kind, action, level
        )
        actor.memo[key] = known
    return known


def reach(actor: Actor, permission: str, *, level: str = OPEN) -> frozenset[UUID] | None:
    """The units where `actor` may do `permission`, for lists; None is every unit."""
    if allowed_everywhere(actor, permission, level=level):
        return None
    return frozenset(
        unit
        for grant in actor.grants
        for unit in grant.reach or ()
        if allowed(actor, permission, at=unit, level=level)
    )


def allowed_everywhere(actor: Actor, permission: str, *, level: str = OPEN) -> bool:
    return allowed(actor, permission, at=NOWHERE, level=level)


NOWHERE = UUID(int=0)
"""No unit has this id, so only a grant that reaches every unit holds there."""

NOBODY = UUID(int=0)
"""No person has this id, so what is theirs is nobody's own."""

BY_UNIT = frozenset({"goals", "reports", "files"})
"""Kinds whose records the session itself narrows to the units of a token, as
`tenants/tokens/narrowing.py` says, so that such a token may be let in to read them without being
asked where. A kind that is not among them is closed to it, save at a unit of its own."""

NEVER_BY_UNIT = frozenset({"people.read", "people.edit", "people.provision", "roles.delegate"})
"""What is done at no unit, and so is closed to a token for some units whatever its owner may: a
person belongs to none, and a role that is handed on reaches as far as the owner's own."""


@cache
def policy() -> tuple[tuple[str, str, str, str, str], ...]:
    """The rule table: role, type, action, scope, level."""
    text = (files(__package__) / "policy.csv").read_text("utf-8")
    lines = (
        [cell.strip() for cell in line]
        for line in csv.reader(text.splitlines())
        if line and not line[0].startswith("#")
    )
    return tuple((line[1], line[2], line[3], line[4], line[5]) for line in lines)


@cache
def permissions() -> frozenset[str]:
    return frozenset(f"{kind}.{action}" for _, kind, action, _, _ in policy())


@cache
def for_own_only(permission: str) -> bool:
    """Whether everybody who holds it does so for what is their own."""
    scopes = {scope for _, kind, action, scope, _ in policy() if f"{kind}.{action}" == permission}
    return scopes == {"own"}


def holds(standing: Standing, role: str, scope: str) -> bool:
    """Whether the role reaches what the request is about, within the rule's scope."""
    if scope == "own":
        return standing.own and role in standing.held
    return role in (standing.wide if scope == "tenant" else standing.reaching)


def clear(asked: str, granted: str) -> bool:
    """Whether a rule for `granted` records covers one that is `asked`."""
    return asked == OPEN or granted == CONFIDENTIAL


def _standing(
    actor: Actor, at: UUID | None, owner: UUID | None, *, anywhere: bool = False
) -> Standing:
    """A token for some units has no role in the whole municipality: what others may do everywhere,
    it may do in its units. `anywhere` says that it may do it without naming one."""
    held = frozenset([grant.role for grant in actor.grants])
    reaching = frozenset(
        [
            grant.role
            for grant in actor.grants
            if at is None or grant.reach is None or at in grant.reach
        ]
    )
    wide = held
    if actor.within is not None:
        wide = reaching if at is not None or anywhere else frozenset()
    return Standing(held, reaching, owner is None or owner == actor.id, wide)


def _by_unit(kind: str, action: str) -> bool:
    return action in READING and (kind in BY_UNIT or kind == "organisation")


@lru_cache(MOST_DECISIONS)
def _decided(standing: Standing, kind: str, action: str, level: str) -> bool:
    """What Casbin says. Asking it takes 70 µs, and people of few kinds ask the same over and over;
    nothing of a person, a unit or a municipality is in the key."""
    return bool(_enforcer().enforce(standing, kind, action, level))


def _covered(actor: Actor, kind: str, action: str) -> bool:
    """A token's scopes: `read`, `write`, `read:goals`, `write:goals`, and `scim` alone for handing
    in people and groups.

    Whoever may read anything may read the organisation that it is about. Whoever is an auditor
    writes nothing, whatever other roles they have, but what an auditor's own rules say.
    """
    if actor.within is not None and f"{kind}.{action}" in NEVER_BY_UNIT:
        return False
    writes = action not in READING and (kind, action) not in _auditing()
    if writes and any(grant.role == AUDITOR for grant in actor.grants):
        return False
    if actor.scopes is None:
        return True
    if (kind, action) == ("people", "provision"):
        return "scim" in actor.scopes
    verb = "read" if action in READING else "write"
    if (kind, action) == ("organisation", "read"):
        return any(scope.startswith("read") for scope in actor.scopes)
    return verb in actor.scopes or f"{verb}:{kind}" in actor.scopes


@cache
def _auditing() -> frozenset[tuple[str, str]]:
    return frozenset((kind, action) for role, kind, action, *_ in policy() if role == AUDITOR)


_threads = threading.local()


def _enforcer() -> Any:
    # pycasbin has no types. FastEnforcer narrows its rules in place while it decides, so threads
    # that share one get each other's answers: each has its own.
    if not hasattr(_threads, "enforcer"):
        _threads.enforcer = _new_enforcer()
    return _threads.enforcer


def _new_enforcer() -> Any:
    import casbin

    folder = files(__package__)
    enforcer = casbin.FastEnforcer(
        str(folder / "model.conf"), str(folder / "policy.csv"), cache_key_order=[1, 2]
    )
    enforcer.add_function("holds", holds)
    enforcer.add_function("clear", clear)
    return enforcer
