"""API tokens: shown once, kept as a hash, at most what their owner may."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from ...authz.permit import allowed, permissions, permit
from ...infra.errors import Conflict, Forbidden, InvalidInput
from ...infra.i18n import _
from ...infra.texts import at_most
from ..actors import lasting
from ..guises import sees_more
from ..keys import digest
from ..loading import load_actor
from ..log.access_log import Action
from ..models import ApiToken, Person, Unit
from ..work import STOCKHOLM, Work
from .keys import SHOWN, new_token_key
from .networks import are_within, read_networks

LONGEST: Final = timedelta(days=730)
USUAL: Final = 365
"""Days that a key lives, unless it is said or the key that makes it ends before."""
NAME: Final = 100
MOST_UNITS: Final = 50
SCIM: Final = "scim"
"""The scope of a provisioning client: it hands in people and groups, and does nothing else."""


class TokenState(StrEnum):
    STANDING = "standing"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNUSED = "unused"
    """Stands, and has never been used, or not for ninety days."""


UNUSED: Final = timedelta(days=90)


class NewToken(NamedTuple):
    token: ApiToken
    key: str
    """What the program sends; it is nowhere else and cannot be shown again."""


@permit("tokens.manage")
async def create_token(
    work: Work,
    *,
    name: str,
    person_id: UUID,
    scopes: Sequence[str] = ("read",),
    days: int | None = None,
    unit_ids: Sequence[UUID] = (),
    networks: Sequence[str] = (),
) -> NewToken:
    """A key that acts for a person, within scopes `read`, `write`, `read:goals`, `scim` …, in some
    units and all below them (none: wherever the person may), from some networks (none: anywhere).

    A program with narrowed scopes makes no key beyond them, nor one for somebody else, and no
    program makes a key that is wider than its own in anything or lasts longer. Nor does anybody
    make one for somebody else that lasts longer than their own right, or sees more than they.
    """
    person = await work.get(Person, person_id)
    _refuse_more_than_own(work, person_id, scopes)
    _refuse_strange(scopes)
    units, nets = await _units(work, unit_ids), read_networks(networks)
    own = await _own_key(work)
    end = _end(work, USUAL if days is None else days)
    if days is None and own is not None:
        end = min(end, own.expires_at)
    await _refuse_other_than_own(work, person, end)
    if own is not None:
        _refuse_wider(own, units, nets, end)
    key = new_token_key()
    token = ApiToken(
        name=_name(name),
        person_id=person.id,
        digest=digest(key),
        start=key[:SHOWN],
        scopes=sorted(set(scopes)),
        unit_ids=units,
        networks=nets,
        expires_at=end,
        created_by=work.actor.id,
    )
    work.add(token)
    await work.flush()
    _note(work, Action.GRANT, token, scopes=" ".join(token.scopes))
    return NewToken(token, key)


@permit("tokens.read")
async def list_tokens(
    work: Work,
    *,
    person_id: UUID | None = None,
    state: TokenState | None = None,
    search: str = "",
) -> Sequence[ApiToken]:
    """Oldest first; `search` is part of a name or of how a key begins."""
    chosen = select(ApiToken).order_by(ApiToken.id)
    if person_id is not None:
        chosen = chosen.where(ApiToken.person_id == person_id)
    if state is not None:
        chosen = chosen.where(states(ApiToken, work.now)[state])
    if search.strip():
        chosen = chosen.where(is_called(ApiToken, search.strip()))
    found = await work.scalars(chosen)
    owners = [token.person_id for token in found]
    work.note(Action.READ, "api_token", records=[token.id for token in found], about=owners)
    return found


@permit("tokens.manage")
async def get_token(work: Work, token_id: UUID) -> ApiToken:
    token = await work.get(ApiToken, token_id)
    _note(work, Action.READ, token)
    return token


def is_called(token: Any, search: Any) -> ColumnElement[bool]:
    """Whether a text is part of the name, or the key begins so."""
    named = func.strpos(func.lower(token.name), func.lower(search)) > 0
    return or_(named, func.starts_with(token.start, search))


def states(token: Any, now: Any) -> dict[TokenState, ColumnElement[bool]]:
    """What has to be so of a token for each state."""
    stands = and_(token.revoked_at.is_(None), token.expires_at > now)
    used = func.coalesce(token.last_used_at, token.created_at)
    return {
        TokenState.STANDING: stands,
        TokenState.EXPIRED: and_(token.revoked_at.is_(None), token.expires_at <= now),
        TokenState.REVOKED: token.revoked_at.is_not(None),
        TokenState.UNUSED: and_(stands, used < now - UNUSED),
    }


@permit("tokens.manage")
async def change_token(
    work: Work,
    token_id: UUID,
    *,
    name: str | None = None,
    days: int | None = None,
    networks: Sequence[str] | None = None,
) -> ApiToken:
    """Another name, more or fewer days from now, other networks; what is None stays. What it may
    and where is as it was made: for that, make another. Raises Conflict for one that is over."""
    token = await work.get(ApiToken, token_id)
    _refuse_more_than_own(work, token.person_id, token.scopes)
    if token.revoked_at is not None or token.expires_at <= work.now:
        raise Conflict(_("The key is over. Make a new one."))
    end = token.expires_at if days is None else _end(work, days)
    nets = token.networks if networks is None else read_networks(networks)
    own = await _own_key(work)
    if own is not None and not are_within(nets, token.networks):
        _refuse_wider(own, own.unit_ids, nets, own.expires_at)
    if end > token.expires_at:
        person = await work.get(Person, token.person_id)
        await _refuse_other_than_own(work, person, end)
        if own is not None:
            _refuse_wider(own, own.unit_ids, own.networks, end)
    if name is not None:
        token.name = _name(name)
    if days is not None:
        token.expires_at, token.warned_at = end, None
    token.networks = nets
    await work.flush()
    _note(work, Action.CHANGE, token)
    return token


@permit("tokens.manage")
async def revoke_token(work: Work, token_id: UUID) -> ApiToken:
    token = await work.get(ApiToken, token_id)
    await revoke(work, token)
    return token


async def revoke(work: Work, token: ApiToken, *, leaked: bool = False) -> bool:
    """Shut it in every process, whoever asks; False when it was shut already. Not for an edge."""
    if _is_shut(token):
        return False
    token.revoked_at, token.revoked_by, token.leaked = work.now, work.actor.id, leaked
    await work.flush()
    _note(work, Action.WITHDRAW, token, why="leaked" if leaked else "by hand")
    return True


def _is_shut(token: ApiToken) -> bool:
    return token.revoked_at is not None


def _note(work: Work, action: Action, token: ApiToken, **detail: str) -> None:
    work.note(
        action,
        "api_token",
        records=[token.id],
        about=[token.person_id],
        detail={"start": token.start} | detail,
    )


def _refuse_more_than_own(work: Work, person_id: UUID, scopes: Sequence[str]) -> None:
    own = work.actor.scopes
    if own is None or (own >= {"read", "write"} and SCIM not in scopes):
        return
    more = [scope for scope in scopes if not own & {scope, scope.partition(":")[0]}]
    if more or person_id != work.actor.id:
        raise Forbidden(
            _("A token makes tokens for its own person only, within its own scopes. Sign in.")
        )


async def _refuse_other_than_own(work: Work, person: Person, end: datetime) -> None:
    """A key acts for its person, whoever has it: one for somebody else is as good as their role."""
    if person.id == work.actor.id or work.actor.id is None:
        return
    if not allowed(lasting(work.actor, end), "tokens.manage"):
        raise InvalidInput(
            _("Your own right ends before that. A key for somebody else lasts no longer."),
            field="days",
        )
    if person.left_on is not None and person.left_on <= work.today:
        return  # the key lets nobody in
    if sees_more(await load_actor(work, person.id), work.actor):
        raise Forbidden(
            _(
                "{name} sees what you may not see, and so would whoever has the key.",
                name=person.name,
            )
        )


async def _own_key(work: Work) -> ApiToken | None:
    """The key that the actor has come with."""
    return None if work.actor.token_id is None else await work.get(ApiToken, work.actor.token_id)


def _refuse_wider(
    own: ApiToken, units: Sequence[UUID], networks: Sequence[str], end: datetime
) -> None:
    """Raises InvalidInput where a key with these would reach further than `own`, or for longer."""
    if own.unit_ids and not (units and set(units) <= set(own.unit_ids)):
        raise InvalidInput(
            _("A key for some units makes keys for them only. Name the units."), field="unitIds"
        )
    if not are_within(networks, own.networks):
        raise InvalidInput(
            _(
                "A key for some networks makes keys within them only: {networks}.",
                networks=", ".join(own.networks),
            ),
            field="networks",
        )
    if end > own.expires_at:
        raise InvalidInput(
            _(
                "A key makes no key that lasts longer than itself. This one ends {moment}.",
                moment=own.expires_at.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M"),
            ),
            field="days",
        )


def _refuse_strange(scopes: Sequence[str]) -> None:
    kinds = {permission.partition(".")[0] for permission in permissions()}
    for scope in scopes:
        match = re.fullmatch(r"(read|write)(?::(\w+))?", scope)
        if scope != SCIM and (match is None or (match[2] and match[2] not in kinds)):
            raise InvalidInput(
                _(
                    "{scope} is not a scope. Write read, write, or for example read:goals.",
                    scope=scope,
                ),
                field="scopes",
            )


def _name(text: str) -> str:
    if not text.strip():
        raise InvalidInput(_("Give the token a name that says what uses it."), field="name")
    return at_most(text.strip(), field="name", most=NAME)


def _end(work: Work, days: int) -> datetime:
    if not 1 <= days <= LONGEST.days:
        raise InvalidInput(_("A token lives 1 to {days} days.", days=LONGEST.days), field="days")
    return work.now + timedelta(days=days)


async def _units(work: Work, unit_ids: Sequence[UUID]) -> list[UUID]:
    wanted = list(dict.fromkeys(unit_ids))
    if len(wanted) > MOST_UNITS:
        raise InvalidInput(_("A key has at most {most} units.", most=MOST_UNITS), field="unitIds")
    for unit_id in wanted:
        await work.get(Unit, unit_id, field="unitIds")
    return wanted
