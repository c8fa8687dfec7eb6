"""The identity provider of a municipality, for whoever runs the service.

In production it is the way in for a new municipality's first administrator, and the way back when
a wrong one has been set.
"""

from __future__ import annotations

import argparse

from ...infra.i18n import _
from ...infra.openid import reach
from ...infra.runtime import Runtime
from ...tenants.sign_in import (
    SCOPES,
    answer_address,
    provider_client,
    remove_sign_in_provider,
    set_sign_in_provider,
)
from ..saying import say
from .people import run, work_in


def put(options: argparse.Namespace) -> None:
    secret = options.secret_file.read_text("utf-8").strip() if options.secret_file else None

    async def put_in(runtime: Runtime) -> None:
        async with work_in(runtime, options.tenant) as work:
            await set_sign_in_provider(
                work,
                issuer=options.issuer,
                client_id=options.client_id,
                client_secret=secret,
                scopes=tuple(options.scope or SCOPES),
                claim=options.claim,
                label=options.label,
            )
            # Within the work: a provider that does not answer is not kept.
            await reach(await provider_client(work))
        say(
            _(
                "People of {name} sign in by {issuer}. Register this redirect address there:",
                name=work.tenant.name,
                issuer=options.issuer,
            )
        )
        say(answer_address(runtime.settings.base_url, work.tenant))

    run(put_in)


def remove(options: argparse.Namespace) -> None:
    async def take_away(runtime: Runtime) -> None:
        async with work_in(runtime, options.tenant) as work:
            await remove_sign_in_provider(work)
        say(_("Nobody of {name} signs in by a provider any more.", name=work.tenant.name))

    run(take_away)
