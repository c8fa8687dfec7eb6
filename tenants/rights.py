"""What changes while somebody is in: told to every process at once, and looked at again there.

The database raises a municipality's version of rights whenever a person, role, key, session or
module changes (trigger `note_rights`), and tells so on a channel. Whoever is in for longer than a
request (a stream, a job) hears that, and asks anew whether all that was allowed still is.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import select

from ..authz.permit import allowed
from ..infra.errors import Forbidden, ModuleOff
from ..infra.i18n import _
from ..infra.listening import Told
from ..infra.runtime import Runtime
from .actors import Actor
from .entry import STRANGER, Entered
from .models import RightsVersion
from .work import Tenancy, module_is_on, open_work

CHANNEL: Final = "roder_rights"

Decision = tuple[str, UUID | None, UUID | None, str]
"""What was asked: a permission, at which unit, of whose record, how secret. See `allowed`."""

AGAIN: Final = 15.0
"""Seconds after which it is asked anew without anything having been told."""


def told_of(tenant: Tenancy) -> Told:
    return CHANNEL, str(tenant.id)


async def rights_now(runtime: Runtime, tenant: Tenancy) -> int:
    async with open_work(runtime, tenant, STRANGER, write=False) as work:
        return await work.first(select(RightsVersion.version)) or 0


def require_still(before: Actor, now: Actor, tenant: Tenancy) -> None:
    """Raises ModuleOff or Forbidden unless all that `before` was allowed is allowed now: what has
    been begun was made of those decisions, each of which an actor remembers."""
    for key, was in list(before.memo.items()):
        permission, at, owner, level = cast("Decision", key)
        if not was:
            continue
        if not module_is_on(tenant, permission):
            raise switched_off()
        if not allowed(now, permission, at=at, owner=owner, level=level):
            raise Forbidden(
                _("You had the right to do this when you began, and have it no longer."),
                permission=permission,
                at=at,
            )


def switched_off() -> ModuleOff:
    return ModuleOff(_("The municipality has switched this part off meanwhile."))


def seconds_until(entered: Entered) -> float:
    """How long what is known of somebody stays true by itself, at most AGAIN."""
    now = datetime.now(UTC)
    ends = [end for end in (entered.until, entered.actor.until) if end is not None and end > now]
    return min([AGAIN, *((end - now).total_seconds() for end in ends)])
