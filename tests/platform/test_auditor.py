"""The auditor reads everything, also the log, jobs and settings, and writes nothing anywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from full_town import MUTATIONS, SAMPLES, surroundings
from sample_documents import variables
from sqlalchemy import func, literal_column, select
from starlette.routing import Route

from roder.infra.database import Base
from roder.platform.app import create_app
from roder.tenants.actors import service
from roder.tenants.loading import load_actor
from roder.tenants.models import RoleGrant
from roder.tenants.rows import TenantRow
from roder.tenants.sign_in.sessions import SESSION_COOKIE, start_session
from roder.tenants.work import open_work

KEPT_BY_THE_SERVICE = {"access_log", "log_heads", "sessions", "jobs", "guesses", "rights_versions"}
"""What the service notes of its own use: who came in, what was read, that a file is being made."""

OWN = {"sign_out", "sign_in_as", "close_own_session", "save_profile"}
"""Coming and going, and the language that one reads in: nothing of the municipality's."""


async def auditor(town):
    async with open_work(town.runtime, town.tenant, service(), write=False) as work:
        id = await work.first(select(RoleGrant.person_id).where(RoleGrant.role == "auditor"))
        return await load_actor(work, id)


@pytest.mark.parametrize("root", MUTATIONS, ids=lambda root: root.name)
async def test_no_mutation_writes_for_an_auditor(pair, root):
    town, _other = pair
    actor = await auditor(town)
    takes_out = root.name.startswith("export") or root.name == "endOwnSessions"
    named = {type_: ids or [f"{type_}:{uuid4()}"] * 2 for type_, ids in town.ids.items()}
    for ids in surroundings(replace(town, ids=named), root):
        answer, written = await town.ask(actor, root, variables(root, ids, SAMPLES))
        assert written == 0 or takes_out, answer


async def everything(town):
    """What stands in every table of the municipality, but for what the service keeps itself."""
    tables = sorted(
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, TenantRow)
    )
    found = {}
    async with open_work(town.runtime, town.tenant, service(), write=False) as work:
        connection = await work.session.connection()
        for table in set(tables) - KEPT_BY_THE_SERVICE:
            row = Base.metadata.tables[table]
            whole = func.string_agg(literal_column(f"md5({table}::text)"), literal_column("' '"))
            rows = await connection.execute(
                select(func.count(), func.md5(whole)).select_from(
                    select(row)
                    .where(row.c.tenant_id == town.tenant.id)
                    .order_by(row.c.id)
                    .subquery(table)
                )
            )
            found[table] = tuple(rows.one())
    return found


async def test_no_action_of_a_page_writes_for_an_auditor(pair, settings):
    town, _other = pair
    actor = await auditor(town)
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        key = await start_session(work, actor.id)
    before = await everything(town)
    app = create_app(settings)
    routes = [
        route
        for route in app.routes
        if isinstance(route, Route)
        and "POST" in (route.methods or ())
        and route.path.startswith("/{tenant}/")
        and route.name not in OWN
    ]
    assert len(routes) > 100
    answers: dict[str, set[int]] = {}
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as client:
            for route in routes:
                for address, form in sendings(town, route.path):
                    sent = await client.post(
                        address, data=form, headers={"cookie": f"{SESSION_COOKIE}={key}"}
                    )
                    answers.setdefault(route.name, set()).add(sent.status_code)

    assert await everything(town) == before
    assert {name: got for name, got in answers.items() if 500 in got} == {}


def sendings(town, path):
    """Addresses with ids of every kind that lies below it, each with a form that says yes."""
    kinds = [ids[0].partition(":")[2] for ids in town.ids.values() if ids]
    rooms = re.findall(r"{(\w+)(?::\w+)?}", path)
    uuids = [name for name in rooms if f"{{{name}:uuid}}" in path]
    form = {"name": "Prov", "role": "contributor", "everywhere": "on", "reason": "Prov prov"}
    form |= {"text": "Prov", "total": "1", "was": "", "on": "1", "to": "2030-01-01", "days": "30"}
    for id in kinds if uuids else [str(uuid4())]:
        address = path.replace("{tenant}", town.tenant.slug)
        for name in rooms:
            value = {"year": "2026", "unit": "socialnamnden"}.get(name, id)
            address = re.sub(rf"{{{name}(?::\w+)?}}", value, address)
        yield address, form | {"person": id, "unit": id, "roles": id}
