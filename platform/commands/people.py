"""Municipalities, people, roles and keys, with the rights of whoever runs the service."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import func, select

from ...infra.errors import InvalidInput, NotFound
from ...infra.i18n import _
from ...infra.runtime import Runtime, open_runtime
from ...tenants.actors import operator
from ...tenants.entry import find_tenant, load_tenant
from ...tenants.models import Person, Unit
from ...tenants.municipality import create_tenant
from ...tenants.people import add_person, grant_role
from ...tenants.work import Work, open_work
from ..modules import MODULES
from ..saying import say
from ..servers import reach_servers
from .refusals import read_settings, require_safe


def create(options: argparse.Namespace) -> None:
    optional = [module.name for module in MODULES if not module.core]
    wanted = options.module or optional
    strange = sorted(set(wanted) - set(optional))
    if strange:
        raise InvalidInput(
            _(
                "There is no module {module}. The modules are: {modules}.",
                module=strange[0],
                modules=", ".join(optional),
            )
        )

    async def make(runtime: Runtime) -> None:
        tenant = await create_tenant(
            runtime,
            slug=options.slug,
            name=options.name,
            administrator=tuple(options.administrator),
            scb_code=options.scb_code,
            languages=tuple(options.language or ("sv", "en")),
            accent=options.accent,
            modules=wanted,
        )
        say(
            _(
                "{name} is made, at {address}. Full administrator: {person}.",
                name=tenant.name,
                address=f"{runtime.settings.base_url}/{tenant.slug}",
                person=options.administrator[0],
            )
        )

    run(make)


def add(options: argparse.Namespace) -> None:
    async def put(runtime: Runtime) -> None:
        async with work_in(runtime, options.tenant) as work:
            person = await add_person(
                work, name=options.name, email=options.email, locale=options.language
            )
        say(
            _(
                "{name} is in the register of {tenant}.",
                name=person.name,
                tenant=work.tenant.name,
            )
        )

    run(put)


def grant(options: argparse.Namespace) -> None:
    async def give(runtime: Runtime) -> None:
        async with work_in(runtime, options.tenant) as work:
            person = await person_by_email(work, options.email)
            unit_id = await unit_by_code(work, options.unit) if options.unit else None
            await grant_role(work, person.id, role=options.role, unit_id=unit_id)
        say(
            _(
                "{name} now has the role {role} in {place}.",
                name=person.name,
                role=options.role,
                place=options.unit or work.tenant.name,
            )
        )

    run(give)


def run(command: Callable[[Runtime], Awaitable[None]]) -> None:
    """Run a command with the database and the store at hand, wherever they are."""
    settings = read_settings()
    require_safe(settings)
    with reach_servers(settings) as reached:

        async def with_runtime() -> None:
            async with open_runtime(reached) as runtime:
                await command(runtime)

        asyncio.run(with_runtime())


@asynccontextmanager
async def work_in(runtime: Runtime, slug: str, *, write: bool = True) -> AsyncIterator[Work]:
    tenant = await load_tenant(runtime, (await find_tenant(runtime, slug)).id)
    async with open_work(runtime, tenant, operator(), write=write) as work:
        yield work


async def person_by_email(work: Work, email: str) -> Person:
    person = await work.first(select(Person).where(func.lower(Person.email) == email.lower()))
    if person is None:
        raise NotFound(
            _("Nobody in the register has the address {email}. Add them first.", email=email)
        )
    return person


async def unit_by_code(work: Work, code: str) -> UUID:
    unit = await work.first(select(Unit).where(Unit.code == code))
    if unit is None:
        raise NotFound(_("There is no unit with the code {code}.", code=code))
    return unit.id
