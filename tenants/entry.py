"""Coming in: which municipality an address means, and who a key belongs to."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, select, update

from ..infra.database import Outdated
from ..infra.errors import NotFound, SessionEnded, Unauthenticated
from ..infra.i18n import _
from ..infra.runtime import Runtime
from .actors import Actor, Source, Way
from .guises import seen_by, supporter
from .keys import digest, is_support
from .loading import load_actor as load_actor
from .models import (
    ModuleSettings,
    ModuleSwitch,
    RightsVersion,
    Tenant,
    UserSession,
)
from .sign_in.assurance import SIGN_IN, demands_in
from .sign_in.guesses import refuse_right_key, wrong_keys_counted
from .sign_in.session_settings import ORGANISATION, SessionSettings
from .tokens.entry import actor_of, next_note, note_token_use, standing_token
from .work import STOCKHOLM, Tenancy, Work, open_work, opened_to

STRANGER = Actor(id=None, name="")
NOWHERE: Final = Source()

SEEN: Final = timedelta(minutes=1)
"""How often it is noted that a session is in use, so that few reads become writes."""


LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entered:
    tenant: Tenancy
    actor: Actor
    rights: int = 0
    """The version of the municipality's rights that this was true of, or a later one."""
    until: datetime = LONG_AGO
    """When time alone may have changed it: a key has expired, or its use has to be noted."""
    points: int | None = None
    """What the municipality lets one key ask for in a minute; None is what the service does."""
    lately: bool = False
    """Found out at an earlier request, so that it has to be held to `rights` and `until` at this
    one: see `work_of`, and `known`."""


async def enter(
    runtime: Runtime,
    slug: str,
    *,
    bearer: str | None = None,
    session: str | None = None,
    by_hand: bool = True,
    source: Source = NOWHERE,
) -> Entered:
    """Let a program with a token, or a browser with a session key, into a municipality.

    What a page asks for on its own, with nobody there, is not `by_hand` and keeps no session alive.
    Raises NotFound for a municipality that is not here, Unauthenticated for a key that is
    unknown, has expired, was revoked, or belongs to someone who has left; SessionEnded when it was
    a session's.
    """
    tenant = await find_tenant(runtime, slug)
    used = token = None
    stranger = replace(STRANGER, source=source)
    async with (
        wrong_keys_counted(runtime, tenant, stranger),
        open_work(runtime, tenant, stranger, write=False) as work,
    ):
        rights, tenant, points = await _rights(work)
        until = min(work.now + SEEN, _midnight(work.today))
        if bearer is not None:
            token = await standing_token(work, bearer)
            await refuse_right_key(work, token)
            actor = await actor_of(work, token)
            until = min(until, token.expires_at, next_note(token, work.now))
        elif session is not None and is_support(session):
            actor = await supporter(work, session)
        elif session is not None:
            used = await standing_session(work, session)
            actor = replace(await load_actor(work, used.person_id), session_id=used.id)
            actor = replace(await seen_by(work, actor), level=used.level)
            until = min(until, used.expires_at, used.last_seen_at + SEEN)
        else:
            raise Unauthenticated(_("Sign in, or send a token: Authorization: Bearer …"))
        way = source.way if actor.support_id is None else Way.SUPPORT
        actor = replace(actor, source=replace(source, way=way))
        until = min(until, actor.until or until)
    if used is not None and by_hand and used.last_seen_at <= work.now - SEEN:
        await _note_use(runtime, tenant, used.id)
    if token is not None:
        await note_token_use(runtime, work, token)
    return Entered(opened_to(tenant, actor), actor, rights, until, points)


def work_of(
    runtime: Runtime, entered: Entered, *, write: bool
) -> AbstractAsyncContextManager[Work]:
    """The work of one who came in. Raises Outdated, before anything is done, where that was earlier
    and is true no more: they have to enter anew."""
    if not entered.lately:
        return open_work(runtime, entered.tenant, entered.actor, write=write)
    # What is refused to those who only look is told in the log, so it has to be true.
    if entered.until <= datetime.now(UTC) or (write and entered.actor.looks_only):
        raise Outdated
    return open_work(runtime, entered.tenant, entered.actor, write=write, rights=entered.rights)


async def _rights(work: Work) -> tuple[int, Tenancy, int | None]:
    """The version, the municipality with its modules and the levels they ask for, and what a key
    may ask for. The version first: rights that are read later than it are at worst asked for once
    more."""
    version = select(RightsVersion.version).scalar_subquery()
    points = (
        select(ModuleSettings.values["api_points"].as_integer())
        .where(ModuleSettings.module == ORGANISATION)
        .scalar_subquery()
    )
    levels = select(ModuleSettings.values).where(ModuleSettings.module == SIGN_IN).scalar_subquery()
    switched = func.array_agg(ModuleSwitch.module)
    [(number, modules, most, chosen)] = await work.rows(select(version, switched, points, levels))
    on = frozenset(modules or ())
    opened = replace(work.tenant, modules=on, demands=demands_in(chosen, on))
    return number or 0, opened, most


async def find_tenant(runtime: Runtime, slug: str) -> Tenancy:
    """The municipality without its modules, which only its own work may read."""
    if "\0" in slug:
        raise NotFound(_("There is no municipality with this address."))
    async with runtime.engine.connect() as connection:
        found = (await connection.execute(_tenants().where(Tenant.slug == slug))).first()
    if found is None:
        raise NotFound(_("There is no municipality with this address."))
    return _tenancy(found)


async def load_tenant(runtime: Runtime, tenant_id: UUID) -> Tenancy:
    """The municipality with its modules, for a job or a command."""
    async with runtime.engine.connect() as connection:
        found = (await connection.execute(_tenants().where(Tenant.id == tenant_id))).first()
    if found is None:
        raise NotFound(_("There is no municipality with this address."))
    tenant = _tenancy(found)
    async with open_work(runtime, tenant, STRANGER, write=False) as work:
        _version, tenant, _points = await _rights(work)
    return tenant


async def all_tenants(runtime: Runtime) -> list[Tenancy]:
    """Every municipality, by name, without modules."""
    async with runtime.engine.connect() as connection:
        found = await connection.execute(_tenants().order_by(func.sv_key(Tenant.name)))
    return [_tenancy(row) for row in found]


async def standing_session(work: Work, key: str) -> UserSession:
    """The session with this key. Raises SessionEnded when it is over, for whatever reason."""
    chosen = and_(
        ModuleSettings.module == ORGANISATION, ModuleSettings.tenant_id == UserSession.tenant_id
    )
    rows = await work.rows(
        select(UserSession, ModuleSettings.values)
        .outerjoin(ModuleSettings, chosen)
        .where(UserSession.digest == digest(key))
    )
    session, values = rows[0] if rows else (None, None)
    if session is None or session.ended_at is not None or session.expires_at <= work.now:
        raise SessionEnded(_("You are not signed in any more. Sign in again."))
    settings = SessionSettings.model_validate(values or {})
    if session.last_seen_at <= work.now - settings.idle:
        raise SessionEnded(
            _(
                "You have been away for {minutes} minutes. Sign in again, your text is still here.",
                minutes=settings.idle_minutes,
            )
        )
    return session


async def _note_use(runtime: Runtime, tenant: Tenancy, session_id: UUID) -> None:
    """Of requests that come at once, one writes and the others find it done."""
    async with open_work(runtime, tenant, STRANGER, write=True) as work:
        await work.execute(
            update(UserSession)
            .where(UserSession.id == session_id, UserSession.last_seen_at <= work.now - SEEN)
            .values(last_seen_at=work.now)
        )


def _midnight(today: date) -> datetime:
    """When the day ends: whoever leaves on the next one is no longer here."""
    return datetime.combine(today + timedelta(days=1), time.min, STOCKHOLM)


def _tenants() -> Select[UUID, str, str, list[str], str]:
    found = select(Tenant.id, Tenant.slug, Tenant.name, Tenant.languages, Tenant.accent)
    return found.where(Tenant.erased_at.is_(None))


def _tenancy(row: Row[UUID, str, str, list[str], str]) -> Tenancy:
    return Tenancy(row[0], row[1], row[2], tuple(row[3]), row[4])
