"""The operator's support: a way into a municipality that lets it in, and no other."""

from __future__ import annotations

import argparse

from ...infra.i18n import _
from ...infra.runtime import Runtime
from ...tenants.support import LINK, make_link
from ..saying import say
from .people import run, work_in


def link(options: argparse.Namespace) -> None:
    """Raises Conflict where no consent stands."""

    async def make(runtime: Runtime) -> None:
        async with work_in(runtime, options.tenant) as work:
            key = await make_link(work, email=options.email)
        say(
            _(
                "{email} comes into {name} by this link, once and within {minutes} minutes:",
                email=options.email,
                name=work.tenant.name,
                minutes=int(LINK.total_seconds()) // 60,
            )
        )
        say(f"{runtime.settings.base_url}/{work.tenant.slug}/support?nyckel={key}")

    run(make)
