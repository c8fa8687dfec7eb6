"""The secret address of someone's calendar: made, shown once, revoked, and let in by."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import select, update

from ....authz.permit import permit
from ....infra.errors import NotFound, Unauthenticated
from ....infra.i18n import _
from ....infra.runtime import Runtime
from ....tenants.actors import Actor
from ....tenants.entry import STRANGER, find_tenant, load_actor, load_tenant
from ....tenants.keys import digest, new_key
from ....tenants.models import CalendarFeed
from ....tenants.work import Tenancy, Work, open_work
from .choices import own_id


class NewFeed(NamedTuple):
    feed: CalendarFeed
    address: str
    """What a calendar subscribes to; it is nowhere else and cannot be shown again."""


@permit("mywork.read")
async def calendar_feed(work: Work) -> CalendarFeed | None:
    """The address that works, without its secret; None when there is none."""
    return await work.first(
        select(CalendarFeed).where(
            CalendarFeed.person_id == own_id(work), CalendarFeed.revoked_at.is_(None)
        )
    )


@permit("mywork.edit")
async def make_calendar_feed(work: Work) -> NewFeed:
    """A new address for oneself; the one before stops working."""
    await revoke_calendar_feed(work)
    key = new_key("kalender")
    feed = CalendarFeed(person_id=own_id(work), digest=digest(key))
    work.add(feed)
    await work.flush()
    base = work.runtime.settings.base_url
    return NewFeed(feed, f"{base}/{work.tenant.slug}/kalender/{key}.ics")


@permit("mywork.edit")
async def revoke_calendar_feed(work: Work) -> bool:
    """Shut one's own address; whether there was one."""
    ended = await work.execute(
        update(CalendarFeed)
        .where(CalendarFeed.person_id == own_id(work), CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=work.now)
        .returning(CalendarFeed.id)
        .execution_options(synchronize_session=False)
    )
    return ended.first() is not None


async def enter_by_feed(runtime: Runtime, slug: str, key: str) -> tuple[Tenancy, Actor]:
    """The municipality, and the person as a reader. NotFound, always the same, for an address that
    never was, was revoked, or belongs to someone who has left."""
    tenant = await load_tenant(runtime, (await find_tenant(runtime, slug)).id)
    async with open_work(runtime, tenant, STRANGER, write=False) as work:
        feed = await work.first(
            select(CalendarFeed).where(
                CalendarFeed.digest == digest(key), CalendarFeed.revoked_at.is_(None)
            )
        )
        try:
            actor = await load_actor(work, feed.person_id) if feed else None
        except Unauthenticated:
            actor = None
    if actor is None:
        raise NotFound(_("There is no page at this address."))
    return tenant, replace(actor, scopes=frozenset({"read"}))
