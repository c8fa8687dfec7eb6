"""Whether whoever asked for a job may still have it done: asked when it begins, while it runs and
before its effect is committed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select

from ..infra.errors import AppError, Unauthenticated
from ..infra.i18n import _
from ..infra.runtime import Runtime
from ..tenants.actors import Actor, Source, Way, service
from ..tenants.entry import load_actor, load_tenant
from ..tenants.log.access_log import Action
from ..tenants.models import ApiToken, RightsVersion, UserSession
from ..tenants.rights import require_still, rights_now, switched_off
from ..tenants.tokens.reach import narrow
from ..tenants.work import Tenancy, Work, open_work
from .jobs import is_kind_on
from .models import Job

LOOK: Final = 0.5
"""Seconds between two looks at whether rights have changed."""


async def actor_of(runtime: Runtime, tenant: Tenancy, job: Job) -> tuple[Actor, int]:
    """The person who asked, with the rights they have now and no more than their key had, and the
    version of rights that this is true of.

    Raises Unauthenticated for one who has left, or whose key or session has been shut.
    """
    source = Source(Way.JOB, job.kind)
    async with open_work(runtime, tenant, service(), write=False) as work:
        rights = await work.first(select(RightsVersion.version)) or 0
        if job.created_by is None:
            return replace(service(), source=source), rights
        await _require_open(work, job)
        actor = await load_actor(work, job.created_by)
        if job.token_id is not None:
            token = await work.get(ApiToken, job.token_id)
            actor = await narrow(work, actor, token.unit_ids)
    scopes = None if job.scopes is None else frozenset(job.scopes)
    actor = replace(actor, scopes=scopes, token_id=job.token_id, session_id=job.session_id)
    return replace(actor, source=source, level=job.level or 0), rights


async def refused(runtime: Runtime, tenant: Tenancy, job: Job, actor: Actor, rights: int) -> None:
    """Lasts as long as the job may; raises the refusal when it may no longer."""
    while True:
        await asyncio.sleep(LOOK)
        actor, rights = await check(runtime, tenant, job, actor, rights)


async def check(
    runtime: Runtime, tenant: Tenancy, job: Job, actor: Actor, rights: int
) -> tuple[Actor, int]:
    """The actor as of now, if all that has been decided for the job stands. Raises ModuleOff,
    Unauthenticated or Forbidden."""
    over = actor.until is not None and actor.until <= datetime.now(UTC)
    if not over and await rights_now(runtime, tenant) == rights:
        return actor, rights
    try:
        now, rights = await actor_of(runtime, tenant, job)
        current = await load_tenant(runtime, tenant.id)
        if is_kind_on(tenant, job.kind) and not is_kind_on(current, job.kind):
            raise switched_off()
        require_still(actor, now, current)
    except AppError:
        async with open_work(runtime, tenant, actor, write=False) as work:
            work.note(Action.REFUSED, "job", records=[job.id], detail={"kind": job.kind})
        raise
    # Decisions of the job are remembered where it makes them.
    return replace(now, memo=actor.memo), rights


async def _require_open(work: Work, job: Job) -> None:
    """Whoever has signed out by themselves has shut nothing: what they began goes on."""
    if job.token_id is not None:
        token = await work.find(ApiToken, job.token_id)
        if token is None or token.revoked_at is not None:
            raise Unauthenticated(_("The key that asked for this has been revoked."))
    if job.session_id is not None:
        session = await work.find(UserSession, job.session_id)
        if session is not None and session.closed_by is not None:
            raise Unauthenticated(_("The session that asked for this has been ended."))
