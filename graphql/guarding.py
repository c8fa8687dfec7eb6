"""A subscription lasts no longer than the rights of whoever follows it, in whatever process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from graphql import GraphQLError

from ..infra.errors import AppError
from ..infra.listening import listener
from ..infra.runtime import Runtime
from ..tenants.entry import Entered
from ..tenants.rights import require_still, rights_now, seconds_until, told_of
from .context import SubscriptionContext
from .sse import Result


async def until_refused(
    runtime: Runtime,
    entered: Entered,
    context: SubscriptionContext,
    enter: Callable[[], Awaitable[Entered]],
) -> Result:
    """Returns the refusal as the last result once something that was allowed is so no longer, or
    `enter` refuses. Until then the context has the rights of the moment."""
    source = context.actor.source
    with listener(runtime).hear(told_of(entered.tenant)) as told:
        while True:
            told.clear()
            over = entered.until <= datetime.now(UTC)
            if over or await rights_now(runtime, entered.tenant) != entered.rights:
                try:
                    now = await enter()
                    require_still(context.actor, now.actor, now.tenant)
                except AppError as refusal:
                    return None, [_told(refusal)]
                entered, context.tenant = now, now.tenant
                context.actor = replace(now.actor, source=source)
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds_until(entered)):
                    await told.wait()


def _told(refusal: AppError) -> GraphQLError:
    return GraphQLError(refusal.message, extensions={"code": refusal.code})
