"""Coming in: which municipality an address means, and who a key belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Row, Select, and_, func, select, update

from ..infra.errors import NotFound, SessionEnded, Unauthenticated
from ..infra.i18n import _
from ..infra.runtime import Runtime
from .actors import Actor, Source, Way
from .guises import seen_by, supporter
from .keys import digest, is_support
from .loading import load_actor as load_actor
from .models import (
    ApiToken,
    ModuleSettings,
    ModuleSwitch,
    RightsVersion,
    Tenant,
    UserSession,
)
from .session_settings import ORGANISATION, SessionSettings
from .work import STOCKHOLM, Tenancy, Work, open_work

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
    used = None
    async with open_work(runtime, tenant, STRANGER, write=False) as work:
        rights, modules = await _rights(work)
        tenant = replace(tenant, modules=modules)
        until = min(work.now + SEEN, _midnight(work.today))
        if bearer is not None:
            token = await _standing_token(work, bearer)
            actor = await load_actor(work, token.person_id)
            actor = replace(actor, scopes=frozenset(token.scopes), token_id=token.id)
            until = min(until, token.expires_at)
        elif session is not None and is_support(session):
            actor = await supporter(work, session)
        elif session is not None:
            used = await standing_session(work, session)
            actor = replace(await load_actor(work, used.person_id), session_id=used.id)
            actor = await seen_by(work, actor)
            until = min(until, used.expires_at, used.last_seen_at + SEEN)
        else:
            raise Unauthenticated(_("Sign in, or send a token: Authorization: Bearer …"))
        way = source.way if actor.support_id is None else Way.SUPPORT
        actor = replace(actor, source=replace(source, way=way))
        until = min(until, actor.until or until)
    if used is not None and by_hand and used.last_seen_at <= work.now - SEEN:
        await _note_use(runtime, tenant, used.id)
    return Entered(tenant, actor, rights, until)


async def _rights(work: Work) -> tuple[int, frozenset[str]]:
    """The version first: rights that are read later than it are at worst asked for once more."""
    version = select(RightsVersion.version).scalar_subquery()
    rows = await work.rows(select(version, func.array_agg(ModuleSwitch.module)))
    return rows[0][0] or 0, frozenset(rows[0][1] or ())


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
        modules = await work.scalars(select(ModuleSwitch.module))
    return replace(tenant, modules=frozenset(modules))


async def all_tenants(runtime: Runtime) -> list[Tenancy]:
    """Every municipality, by name, without modules."""
    async with runtime.engine.connect() as connection:
        found = await connection.execute(_tenants().order_by(func.sv_key(Tenant.name)))
    return [_tenancy(row) for row in found]


async def _standing_token(work: Work, key: str) -> ApiToken:
    token = await work.first(select(ApiToken).where(ApiToken.digest == digest(key)))
    if token is None or token.revoked_at is not None or token.expires_at <= work.now:
        raise Unauthenticated(
            _("The token is unknown, has expired or was revoked. Make a new one under API keys.")
        )
    return token


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
    return select(Tenant.id, Tenant.slug, Tenant.name, Tenant.languages, Tenant.accent)


def _tenancy(row: Row[UUID, str, str, list[str], str]) -> Tenancy:
    return Tenancy(row[0], row[1], row[2], tuple(row[3]), row[4])
