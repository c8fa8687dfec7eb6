"""Being signed in with a browser: begun, seen by its person and by administrators, and ended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select

from ...authz.permit import permit
from ...infra.errors import Forbidden, NotFound
from ...infra.i18n import _
from ..entry import load_actor
from ..keys import digest, new_key
from ..log.access_log import Action
from ..models import Person, UserSession
from ..people import require_all_of
from ..rows import uuid7
from ..work import Work
from .assurance import LOWEST
from .session_settings import session_settings

SESSION_COOKIE: Final = "roder_session"

LIFE: Final = timedelta(hours=12)
"""A working day. After it one signs in again, also with a browser that was left open."""

BROWSERS: Final = (
    ("Edge", r"\bEdgA?/"),
    ("Opera", r"\bOPR/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/"),
    ("Chrome", r"\b(?:Chrome|CriOS)/"),
    ("Safari", r"\bSafari/"),
)
"""In this order: most browsers name those they resemble after themselves."""

SYSTEMS: Final = (
    ("Android", r"\bAndroid\b"),
    ("iOS", r"\b(?:iPhone|iPad)\b"),
    ("Windows", r"\bWindows\b"),
    ("macOS", r"\bMacintosh\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("Linux", r"\bLinux\b"),
)


async def start_session(
    work: Work, person_id: UUID, *, agent: str = "", level: int = LOWEST, issuer: str = ""
) -> str:
    """Sign someone in; the key for the cookie, which is kept as a hash only.

    The caller has made sure that it is them, as sure as `level` says and by the provider `issuer`.
    `agent` is the browser's User-Agent, of which two words are kept. Raises Unauthenticated for one
    who has left, or is not of this municipality.
    """
    await load_actor(work, person_id)
    key = new_key("session")
    session = UserSession(
        id=uuid7(),
        person_id=person_id,
        digest=digest(key),
        expires_at=work.now + LIFE,
        last_seen_at=work.now,
        browser=_first(BROWSERS, agent),
        system=_first(SYSTEMS, agent),
        level=level,
        issuer=issuer,
    )
    work.add(session)
    await work.flush()
    _note(work, Action.SIGN_IN, session, by=person_id)
    return key


async def end_session(work: Work, key: str) -> None:
    """Sign out whoever has this key. Nothing happens for a key that is unknown or has ended."""
    session = await work.first(select(UserSession).where(UserSession.digest == digest(key)))
    if session is not None and session.ended_at is None:
        session.ended_at = work.now
        _note(work, Action.SIGN_OUT, session, by=session.person_id)


@permit("sessions.read")
async def own_sessions(work: Work) -> Sequence[UserSession]:
    """Where the actor is signed in just now, the last used first."""
    return await _standing(work, work.actor.id) if work.actor.id else []


@permit("people.edit")
async def sessions_of(work: Work, person_id: UUID) -> Sequence[UserSession]:
    """Where someone else is signed in just now, for those who may change that person."""
    person = await work.get(Person, person_id)
    await require_all_of(work, person)
    found = await _standing(work, person.id)
    work.note(Action.READ, "session", records=[row.id for row in found], about=[person.id])
    return found


@permit("sessions.read")
async def find_session(work: Work, session_id: UUID) -> UserSession | None:
    """A session of one's own, or of someone whom one may change; None for all others."""
    try:
        return await _within_reach(work, session_id)
    except (NotFound, Forbidden):
        return None


@permit("sessions.end")
async def close_session(work: Work, session_id: UUID) -> UserSession:
    """End a session of one's own, or of someone whom one may change. It ends at once.

    One that has ended is answered as it is. Raises NotFound where it is not for the actor to know.
    """
    session = await _within_reach(work, session_id)
    if session.ended_at is None:
        await _close(work, [session])
    return session


@permit("sessions.end")
async def close_own_sessions(work: Work) -> int:
    """Sign oneself out everywhere but here; how many sessions that ended."""
    others = [row for row in await own_sessions(work) if row.id != work.actor.session_id]
    await _close(work, others)
    return len(others)


@permit("people.edit")
async def close_sessions_of(work: Work, person_id: UUID) -> Person:
    """Sign someone out everywhere."""
    await _close(work, await sessions_of(work, person_id))
    return await work.get(Person, person_id)


async def forget_sessions(work: Work, *, most: int) -> int:
    """Drop sessions that ended longer ago than they are kept; how many."""
    old = work.now - timedelta(days=work.runtime.settings.keep_sessions_days)
    over = func.coalesce(UserSession.ended_at, UserSession.expires_at) < old
    some = select(UserSession.id).where(over).order_by(UserSession.id).limit(most)
    gone = delete(UserSession).where(UserSession.id.in_(some)).returning(UserSession.id)
    return len((await work.execute(gone.execution_options(synchronize_session=False))).all())


def in_words(session: UserSession) -> str:
    """What somebody is signed in with, such as Chrome on Windows."""
    return device(session.browser, session.system)


def device(browser: str, system: str) -> str:
    if browser and system:
        return _("{browser} on {system}", browser=browser, system=system)
    return browser or system or _("Unknown browser")


async def _within_reach(work: Work, session_id: UUID) -> UserSession:
    session = await work.find(UserSession, session_id)
    own = session is not None and session.person_id == work.actor.id
    if session is None or not (own or work.allows("people.edit")):
        raise NotFound()
    if not own:
        await require_all_of(work, await work.get(Person, session.person_id))
    return session


async def _close(work: Work, sessions: Sequence[UserSession]) -> None:
    for session in sessions:
        session.ended_at, session.closed_by = work.now, work.actor.id
        _note(work, Action.SIGN_OUT, session)
    await work.flush()


async def _standing(work: Work, person_id: UUID) -> Sequence[UserSession]:
    idle = (await session_settings(work)).idle
    return await work.scalars(
        select(UserSession)
        .where(
            UserSession.person_id == person_id,
            UserSession.ended_at.is_(None),
            UserSession.expires_at > work.now,
            UserSession.last_seen_at > work.now - idle,
        )
        .order_by(UserSession.last_seen_at.desc(), UserSession.id)
    )


def _note(work: Work, action: Action, session: UserSession, *, by: UUID | None = None) -> None:
    detail = {"provider": session.issuer, "level": str(session.level)}
    work.note(
        action, "session", records=[session.id], about=[session.person_id], detail=detail, by=by
    )


def _first(names: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for name, sign in names if re.search(sign, agent[:1000])), "")
