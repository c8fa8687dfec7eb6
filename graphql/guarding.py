"""What is followed lasts no longer than the rights of whoever follows it, in whatever process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from graphql import GraphQLError

from ..infra.errors import AppError
from ..infra.listening import listener
from ..infra.runtime import Runtime
from ..tenants.actors import Actor
from ..tenants.entry import Entered
from ..tenants.rights import require_still, rights_now, seconds_until, told_of
from ..tenants.work import Tenancy
from .context import SubscriptionContext
from .sse import Result


class Follower(Protocol):
    """Who follows, and where, as of the moment."""

    tenant: Tenancy
    actor: Actor


async def until_refused(
    runtime: Runtime,
    entered: Entered,
    follower: Follower,
    enter: Callable[[], Awaitable[Entered]],
) -> AppError:
    """Returns the refusal once something that was allowed is so no longer, or `enter` refuses.
    Until then the follower has the rights of the moment."""
    source = follower.actor.source
    with listener(runtime).hear(told_of(entered.tenant)) as told:
        while True:
            told.clear()
            over = entered.until <= datetime.now(UTC)
            if over or await rights_now(runtime, entered.tenant) != entered.rights:
                try:
                    now = await enter()
                    require_still(follower.actor, now.actor, now.tenant)
                except AppError as refusal:
                    return refusal
                entered, follower.tenant = now, now.tenant
                follower.actor = replace(now.actor, source=source)
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds_until(entered)):
                    await told.wait()


async def last_result(
    runtime: Runtime,
    entered: Entered,
    context: SubscriptionContext,
    enter: Callable[[], Awaitable[Entered]],
) -> Result:
    """As `until_refused`, for a subscription: the refusal as its last result."""
    refusal = await until_refused(runtime, entered, context, enter)
    return None, [GraphQLError(refusal.message, extensions={"code": refusal.code})]
