"""A limit to guessing, kept in PostgreSQL so that all processes count together: decision 21.

A try is counted before it is looked at and taken back when it was right, so that many at once are
not more than ten.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row, case, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from ...infra.errors import TooManyTries
from ...infra.i18n import _
from ...infra.runtime import Runtime
from ..actors import Actor
from ..log.access_log import Action
from ..models import ApiToken
from ..rows import uuid7
from ..tokens.entry import UnknownKey
from ..work import Tenancy, Work, open_work
from .models import Guess

TRIES: Final = 10
"""Wrong tries that are forgiven of an address, of a browser that is known, or about an account."""
TRIES_OF_ALL: Final = 200
"""Wrong tries in a municipality from which on each new address has one."""
WINDOW: Final = timedelta(minutes=15)
"""After so long without a wrong try, all is forgotten."""

ADDRESS, BROWSER, ACCOUNT, ALL, KEY = "address", "browser", "account", "all", "key"


@dataclass(frozen=True, slots=True)
class Trying:
    """Who tries: an address, and the browser if it has been signed in with before."""

    address: str
    browser: str = ""

    @property
    def own(self) -> tuple[str, str]:
        """What its tries are counted by: a browser that is known answers for itself alone."""
        return (BROWSER, self.browser) if self.browser else (ADDRESS, network(self.address))


async def begin_try(work: Work, trying: Trying) -> None:
    """Count a try. Raises TooManyTries, having counted nothing, for one too many."""
    found = await _count(work, [trying.own, (ALL, "")])
    own, of_all = found[trying.own], found[ALL, ""]
    shut = own > TRIES or (not trying.browser and of_all > TRIES_OF_ALL and own > 1)
    if shut:
        raise too_many()


async def refuse_if_shut(work: Work, trying: Trying) -> None:
    """As `begin_try`, for one who only asks where to go: nothing is counted."""
    if await _standing(work, *trying.own) >= TRIES:
        raise too_many()


async def begin_try_as(work: Work, trying: Trying, account: str) -> None:
    """Count a try to be somebody. Where many have failed, an address that has failed waits; one
    that has not, and a browser that is known, come in. Raises TooManyTries."""
    found = await _count(work, [(ACCOUNT, account)])
    if trying.browser or found[ACCOUNT, account] <= TRIES:
        return
    if await _standing(work, *trying.own) > 1:
        raise too_many()


async def forgive_try(work: Work, trying: Trying, account: str | None = None) -> None:
    """It was right after all, or nobody's fault."""
    counted = [trying.own, (ALL, "")] + ([(ACCOUNT, account)] if account is not None else [])
    await work.execute(
        update(Guess)
        .where(tuple_(Guess.kind, Guess.mark).in_([_place(work, *each) for each in counted]))
        .where(Guess.failures > 0)
        .values(failures=Guess.failures - 1)
        .execution_options(synchronize_session=False)
    )


@asynccontextmanager
async def wrong_keys_counted(
    runtime: Runtime, tenant: Tenancy, stranger: Actor
) -> AsyncIterator[None]:
    """Count it when a program comes with a key that nobody has. Raises TooManyTries from the
    eleventh on."""
    try:
        yield
    except UnknownKey:
        place = (KEY, network(stranger.source.address))
        async with open_work(runtime, tenant, stranger, write=True) as work:
            if (await _count(work, [place]))[place] > TRIES:
                raise too_many_keys() from None
            work.note(Action.REFUSED, "api_token", detail={"why": "unknown"})
        raise


async def refuse_right_key(work: Work, token: ApiToken) -> None:
    """From where too many wrong keys have come, only one that has been used there before is taken:
    else the limit would not hold whoever guesses right. Raises TooManyTries."""
    address = work.actor.source.address
    if await _standing(work, KEY, network(address)) < TRIES:
        return
    if not token.last_used_from or network(token.last_used_from) != network(address):
        raise too_many_keys()


async def forget_guesses(work: Work, *, most: int) -> int:
    """Drop what has been forgotten already; how many."""
    some = select(Guess.id).where(Guess.last_at < work.now - WINDOW).order_by(Guess.id).limit(most)
    gone = delete(Guess).where(Guess.id.in_(some)).returning(Guess.id)
    return len((await work.execute(gone.execution_options(synchronize_session=False))).all())


def too_many() -> TooManyTries:
    minutes = int(WINDOW.total_seconds()) // 60
    return TooManyTries(
        _(
            "Too many tries have gone wrong. Wait {minutes} minutes and try again, or use a "
            "browser where you have been signed in before.",
            minutes=minutes,
        ),
        seconds=int(WINDOW.total_seconds()),
    )


def too_many_keys() -> TooManyTries:
    minutes = int(WINDOW.total_seconds()) // 60
    return TooManyTries(
        _("Too many wrong keys from this address. Wait {minutes} minutes.", minutes=minutes),
        seconds=int(WINDOW.total_seconds()),
    )


def network(address: str) -> str:
    """Whoever has one address of IPv6 has all of its network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


async def _count(work: Work, each: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """One more of each, and how many that makes. Always in the same order, against deadlocks."""
    places = {_place(work, *one): one for one in each}
    rows = [
        {"id": uuid7(), "tenant_id": work.tenant.id, "kind": kind, "mark": mark, "failures": 1}
        | {"last_at": work.now}
        for kind, mark in sorted(places)
    ]
    put = insert(Guess).values(rows)
    lately = Guess.last_at > put.excluded.last_at - WINDOW
    counted = await work.execute(
        put.on_conflict_do_update(
            index_elements=["tenant_id", "kind", "mark"],
            set_={
                "failures": case((lately, Guess.failures + 1), else_=1),
                "last_at": func.greatest(Guess.last_at, put.excluded.last_at),
            },
        ).returning(Guess.kind, Guess.mark, Guess.failures)
    )
    found: Sequence[Row[Any]] = counted.all()
    return {places[row.kind, row.mark]: row.failures for row in found}


async def _standing(work: Work, kind: str, text: str) -> int:
    kind, mark = _place(work, kind, text)
    lately = Guess.last_at > work.now - WINDOW
    wanted = select(Guess.failures).where(Guess.kind == kind, Guess.mark == mark, lately)
    return await work.first(wanted) or 0


def _place(work: Work, kind: str, text: str) -> tuple[str, bytes]:
    """Keyed, so that whoever reads the table learns no address and no account."""
    key = work.runtime.settings.secret_key.get_secret_value().encode()
    said = f"guesses of {work.tenant.id}\0{kind}\0{text}"
    return kind, hmac.new(key, said.encode(), hashlib.sha256).digest()
