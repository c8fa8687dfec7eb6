"""The identity provider of a municipality, for whoever runs the service.

In production it is the way in for a new municipality's first administrator, and the way back when
a wrong one has been set.
"""

from __future__ import annotations

import argparse

from ...infra.i18n import _
from ...infra.openid import reach
from ...infra.runtime import Runtime
from ...tenants.sign_in.providers import (
    SCOPES,
    answer_address,
    provider_client,
    remove_sign_in_provider,
    set_sign_in_provider,
    sign_in_providers,
)
from ..saying import say
from .people import run, work_in


def put(options: argparse.Namespace) -> None:
    secret = options.secret_file.read_text("utf-8").strip() if options.secret_file else None

    async def put_in(runtime: Runtime) -> None:
        async with work_in(runtime, options.tenant) as work:
            row = await set_sign_in_provider(
                work,
                issuer=options.issuer,
                client_id=options.client_id,
                client_secret=secret,
                scopes=tuple(options.scope or SCOPES),
                claim=options.claim,
                vouches=options.vouches,
                label=options.label,
            )
            # Within the work: a provider that does not answer is not kept.
            await reach(provider_client(work, row))
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
            for row in await sign_in_providers(work):
                if options.issuer in (None, row.issuer):
                    await remove_sign_in_provider(work, row.id)
            left = await sign_in_providers(work)
        if not left:
            say(_("Nobody of {name} signs in by a provider any more.", name=work.tenant.name))
        for row in left:
            say(
                _(
                    "People of {name} still sign in by {issuer}.",
                    name=work.tenant.name,
                    issuer=row.issuer,
                )
            )

    run(take_away)
