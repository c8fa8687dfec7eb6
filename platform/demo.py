"""The demonstration's data, and the keys to it in `<home>/demo.json`."""

from __future__ import annotations

import asyncio

from sqlalchemy import select

from ..infra.errors import Unauthenticated
from ..infra.i18n import _
from ..infra.runtime import Runtime, open_runtime
from ..infra.settings import Settings
from ..tenants.actors import operator
from ..tenants.entry import enter
from ..tenants.models import Person
from ..tenants.tokens.tokens import create_token
from ..tenants.work import Tenancy, open_work
from .demo_keys import Key, read_keys, write_keys
from .demonstration import TOWNS
from .demonstration.town import Town, build_town
from .saying import Progress, progress


def run_fill(settings: Settings) -> None:
    """Fill in the demonstration and write demo.json. The addresses must be set."""
    asyncio.run(_fill(settings))


async def _fill(settings: Settings) -> None:
    async with open_runtime(settings) as runtime:
        with progress(_("Filling in the demonstration")) as shown:
            tenants = await fill(runtime, shown)
        await keep_keys(runtime, tenants)


async def fill(runtime: Runtime, shown: Progress) -> list[Tenancy]:
    """Make the municipalities of the demonstration, or what is missing of them."""
    total = sum(len(town.all_steps) for town in TOWNS)
    done = 0
    made = []
    for number, town in enumerate(TOWNS):

        def taken(name: str = town.name) -> None:
            nonlocal done
            done += 1
            shown(done, total, name)

        made.append(await build_town(runtime, town, taken=taken))
        done = sum(len(town.all_steps) for town in TOWNS[: number + 1])
    return made


async def keep_keys(runtime: Runtime, tenants: list[Tenancy]) -> list[Key]:
    """Write demo.json: a working token of the full administrator for each municipality.

    The database keeps only hashes, so the file itself is where a token lives on; one that is
    missing there, or does not work any more, is made anew.
    """
    settings = runtime.settings
    known = {key["slug"]: key["token"] for key in read_keys(settings)}
    keys = []
    for town, tenant in zip(TOWNS, tenants, strict=True):
        token = known.get(tenant.slug)
        if token is None or not await _works(runtime, tenant.slug, token):
            token = await _new_token(runtime, town, tenant)
        address = f"{settings.base_url}/{tenant.slug}/graphql"
        keys.append({"slug": tenant.slug, "graphql": address, "token": token})
    write_keys(settings, keys)
    return keys


async def _works(runtime: Runtime, slug: str, token: str) -> bool:
    try:
        await enter(runtime, slug, bearer=token)
    except Unauthenticated:
        return False
    return True


async def _new_token(runtime: Runtime, town: Town, tenant: Tenancy) -> str:
    administrator = town.people[0]
    async with open_work(runtime, tenant, operator(), write=True) as work:
        person = await work.first(select(Person).where(Person.email == administrator.email))
        assert person is not None
        made = await create_token(
            work, name="Demonstration", person_id=person.id, scopes=("read", "write"), days=730
        )
    return made.key
