"""Coming in with a key of a program: whether it stands, and where it may come from."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from ...infra.errors import Forbidden, Unauthenticated
from ...infra.i18n import _
from ...infra.runtime import Runtime
from ..actors import Actor
from ..keys import digest
from ..loading import load_actor
from ..log.access_log import Action
from ..models import ApiToken
from ..work import Work, open_work
from .networks import is_within
from .reach import narrow

SEEN: Final = timedelta(minutes=1)
"""How often the use of a key is noted, and that it was refused, so that few reads write."""
MOST: Final = 1_000


class UnknownKey(Unauthenticated):
    """Nobody has ever had this key: it is a guess, or it is written wrong."""


async def standing_token(work: Work, key: str) -> ApiToken:
    """The token of a key, for whoever comes from the address of `work.actor`.

    Raises Unauthenticated for a key that nobody has or that is over, Forbidden where it may not be
    used. The access log is told of a known one that is refused.
    """
    token = await work.first(select(ApiToken).where(ApiToken.digest == digest(key)))
    if token is None:
        raise UnknownKey(_unknown().message)
    if token.revoked_at is not None or token.expires_at <= work.now:
        _note_refused(work, token, "revoked" if token.revoked_at else "expired")
        raise _unknown()
    require_network(work, token)
    return token


def require_network(work: Work, token: ApiToken) -> None:
    address = work.actor.source.address
    if not is_within(address, token.networks):
        _note_refused(work, token, "network")
        raise Forbidden(
            _(
                "The key {name} may not be used from the address {address}. An administrator "
                "chooses from where, under API keys.",
                name=token.name,
                address=address or "–",
            )
        )


async def actor_of(work: Work, token: ApiToken) -> Actor:
    """The owner as they may act by the token. Raises Unauthenticated for one who has left."""
    actor = await load_actor(work, token.person_id)
    actor = replace(actor, scopes=frozenset(token.scopes), token_id=token.id)
    return await narrow(work, actor, token.unit_ids)


def next_note(token: ApiToken, now: datetime) -> datetime:
    """From when on its use is noted again, once it has been where it is due now."""
    last = token.last_used_at
    return last + SEEN if last is not None and last > now - SEEN else now + SEEN


async def note_token_use(runtime: Runtime, work: Work, token: ApiToken) -> None:
    """When and from where it was used, at most once a minute. Of requests that come at once, one
    writes and the others find it done."""
    before = work.now - SEEN
    if token.last_used_at is not None and token.last_used_at > before:
        return
    async with open_work(runtime, work.tenant, work.actor, write=True) as noting:
        await noting.execute(
            update(ApiToken)
            .where(
                ApiToken.id == token.id,
                or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= before),
            )
            .values(last_used_at=func.now(), last_used_from=work.actor.source.address)
            .execution_options(synchronize_session=False)
        )


def _unknown() -> Unauthenticated:
    return Unauthenticated(
        _("The token is unknown, has expired or was revoked. Make a new one under API keys.")
    )


def _note_refused(work: Work, token: ApiToken, why: str) -> None:
    """Once a minute and process: a program that goes on trying would fill the log."""
    told = _refused.setdefault(work.runtime.engine, OrderedDict())
    key = (token.id, why)
    if key in told and told[key] > work.now - SEEN:
        return
    told[key] = work.now
    if len(told) > MOST:
        told.popitem(last=False)
    work.note(
        Action.REFUSED,
        "api_token",
        records=[token.id],
        about=[token.person_id],
        detail={"start": token.start, "why": why},
        by=token.person_id,
    )


_refused: WeakKeyDictionary[AsyncEngine, OrderedDict[tuple[UUID, str], datetime]] = (
    WeakKeyDictionary()
)
