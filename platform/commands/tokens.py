"""Keys of programs: made, listed, revoked, also because one has leaked."""

from __future__ import annotations

import argparse
import sys

from sqlalchemy import select

from ...infra.errors import NotFound
from ...infra.i18n import _
from ...infra.runtime import Runtime
from ...tenants.actors import Source, Way
from ...tenants.models import ApiToken, Person
from ...tenants.tokens.keys import keys_in
from ...tenants.tokens.leaks import revoke_leaked_tokens
from ...tenants.tokens.tokens import create_token, list_tokens, revoke_token
from ..modules.organisation.tokens.leaks import revoke_everywhere
from ..saying import say
from .people import person_by_email, run, unit_by_code, work_in


def create(options: argparse.Namespace) -> None:
    async def make(runtime: Runtime) -> None:
        async with work_in(runtime, options.tenant) as work:
            person = await person_by_email(work, options.email)
            made = await create_token(
                work,
                name=options.name,
                person_id=person.id,
                scopes=tuple(options.scope or ("read",)),
                days=options.days,
                unit_ids=[await unit_by_code(work, code) for code in options.unit or ()],
                networks=options.network or (),
            )
        say(
            _(
                "The key acts for {name} until {day}. It is shown now and never again:",
                name=person.name,
                day=made.token.expires_at.date().isoformat(),
            )
        )
        say(made.key)

    run(make)


def show(options: argparse.Namespace) -> None:
    async def tell(runtime: Runtime) -> None:
        async with work_in(runtime, options.tenant, write=False) as work:
            tokens = await list_tokens(work, search=options.search)
            rows = await work.rows(select(Person.id, Person.email))
            owners = {row[0]: row[1] for row in rows}
        for token in tokens:
            say("\t".join(_line(token, owners.get(token.person_id, ""))))

    run(tell)


def _line(token: ApiToken, owner: str) -> list[str]:
    until = token.revoked_at or token.expires_at
    used = token.last_used_at
    return [
        token.start or "–",
        token.name,
        owner,
        " ".join(token.scopes),
        _("revoked") if token.revoked_at else until.date().isoformat(),
        f"{used:%Y-%m-%d %H:%M} {token.last_used_from}".strip() if used else "–",
    ]


def revoke(options: argparse.Namespace) -> None:
    async def shut(runtime: Runtime) -> None:
        async with work_in(runtime, options.tenant) as work:
            found = await list_tokens(work, search=options.start)
            standing = [token for token in found if token.revoked_at is None]
            if len(standing) != 1:
                raise NotFound(_("{count} keys are called or begin so.", count=len(standing)))
            await revoke_token(work, standing[0].id)
        say(_("The key {name} is revoked.", name=standing[0].name))

    run(shut)


def leaked(options: argparse.Namespace) -> None:
    """By whole keys in whatever municipality they are of; by how one begins in the one named."""
    text = sys.stdin.read() if options.key == "-" else options.key
    keys = keys_in(text)

    async def shut(runtime: Runtime) -> None:
        if keys:
            ours = await revoke_everywhere(runtime, keys, Source(Way.COMMAND, "token leaked"))
            count = len(ours)
        elif options.tenant:
            async with work_in(runtime, options.tenant) as work:
                count = len(await revoke_leaked_tokens(work, text))
        else:
            raise NotFound(_("Name the municipality as well, or give the whole key."))
        say(_("{count} keys are revoked.", count=count))

    run(shut)
