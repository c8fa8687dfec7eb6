"""A municipality is erased, as decided: closed, its keys destroyed, its rows and files removed.

Each step is committed by itself and can be done again: what was stopped goes on where it was. What
there was is counted before anything is removed, and kept in the object store until the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncEngine

from ....infra import database
from ....infra.database import Base, Driver
from ....infra.errors import Conflict, NotFound
from ....infra.i18n import _
from ....infra.runtime import Runtime
from ....infra.storage import Storage
from ....tenants.actors import operator
from ....tenants.models import Tenant
from ....tenants.work import STOCKHOLM, Tenancy, open_work
from .certificate import Certificate, as_document, signed
from .models import TenantErasure, TenantExport
from .tables import load_models, unknown_tables

BATCH: Final = 5000
PASSES: Final = 5
PREFIX: Final = "certificates"

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ended:
    """The certificate as the files that are handed over."""

    certificate: Certificate
    json: bytes
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Owner:
    """Who may remove what the application may only add to: the role that owns the tables."""

    engine: AsyncEngine
    tenant_id: UUID
    distributed: bool

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Driver]:
        async with self.engine.connect() as connection:
            try:
                await database.begin(
                    connection, self.tenant_id, write=True, distributed=self.distributed
                )
                driver = await database.driver(connection)
                await driver.execute("set local statement_timeout = '10min'")
                yield driver
                await database.end(connection, commit=True)
            except BaseException:
                await connection.invalidate()
                raise


async def erase_tenant(
    runtime: Runtime, *, slug: str, batch: int = BATCH, tell: Tell = lambda _step: None
) -> Ended:
    """Erase the municipality with this address. Raises NotFound, and Conflict while nobody, or not
    two, have decided it, or its notice is not over."""
    tenant, closed = await _find(runtime, slug)
    if not closed:
        await _require_decision(runtime, tenant)
    engine = database.open_engine(runtime.settings.owner_database_url, pool=1)
    owner = Owner(engine, tenant.id, runtime.settings.distributed)
    try:
        tell(_("Closing, and destroying the keys"))
        destroyed = await _close(owner)
        plan = await _plan_of(runtime.storage, tenant.id) or await _make_plan(runtime, tenant)
        for _again in range(PASSES):  # whoever was writing when it was closed may come after us
            for table in reversed(tables()):
                tell(table.name)
                await _empty(owner, table, batch)
            if not await _left(owner):
                break
        else:
            raise RuntimeError("rows come back as they are removed")
        tell(_("Removing the files"))
        async for keys in runtime.storage.keys(f"{tenant.id}/"):
            await runtime.storage.delete_each(keys)
        ended = await _certify(runtime, plan, destroyed)
        await _bury(owner)
    finally:
        await engine.dispose()
    await runtime.storage.delete(_place(tenant.id, "plan.json"))
    return ended


def tables() -> list[Table]:
    """All that hold rows of municipalities, what others refer to first."""
    load_models()
    return [table for table in Base.metadata.sorted_tables if "tenant_id" in table.c]


async def _find(runtime: Runtime, slug: str) -> tuple[Tenancy, bool]:
    """Also one whose erasure has begun, and which nobody else finds any more: True."""
    async with runtime.engine.connect() as connection:
        wanted = select(Tenant.id, Tenant.name, Tenant.erased_at).where(Tenant.slug == slug)
        found = (await connection.execute(wanted)).first()
    if found is None:
        raise NotFound(_("There is no municipality with this address."))
    return Tenancy(found.id, slug, found.name), found.erased_at is not None


STANDING: Final = select(TenantErasure).where(TenantErasure.withdrawn_at.is_(None))


async def _require_decision(runtime: Runtime, tenant: Tenancy) -> None:
    async with open_work(runtime, tenant, operator(), write=False) as work:
        erasure = await work.first(STANDING)
        if erasure is None or erasure.due_on is None:
            raise Conflict(_("Two full administrators have not decided that it is to be erased."))
        if erasure.due_on > work.today:
            raise Conflict(_("The notice is not over before {day}.", day=erasure.due_on))
        if unknown := await unknown_tables(work):
            raise RuntimeError(f"no model tells of {', '.join(unknown)}")


async def _make_plan(runtime: Runtime, tenant: Tenancy) -> dict[str, Any]:
    """What there is and who decided it, before anything of it is removed."""
    async with open_work(runtime, tenant, operator(), write=False) as work:
        erasure = await work.first(STANDING)
        assert erasure is not None
        assert erasure.confirmed_at is not None
        assert erasure.due_on is not None
        rows: dict[str, int] = {}
        for table in tables():
            count = f"select count(*) from {table.name} where {table.name}.tenant_id = $1"
            rows[str(table.name)] = (await work.raw(count, [tenant.id]))[0][0]
        head = await work.raw(
            "select seq, encode(hash, 'hex') from log_heads where log_heads.tenant_id = $1",
            [tenant.id],
        )
        made = select(TenantExport).where(TenantExport.made_at.is_not(None))
        export = await work.first(made.order_by(TenantExport.made_at.desc()).limit(1))
    files = [len(keys) async for keys in runtime.storage.keys(f"{tenant.id}/")]
    plan = {
        "municipality": tenant.name,
        "municipality_id": str(tenant.id),
        "asked_on": _day(erasure.created_at),
        "confirmed_on": _day(erasure.confirmed_at),
        "notice_days": erasure.notice_days,
        "due_on": erasure.due_on.isoformat(),
        "begun_at": _now(),
        "rows": rows,
        "files": sum(files),
        "log_entries": head[0][0] if head else 0,
        "log_hash": head[0][1] if head else "",
        "exported_at": export.made_at.isoformat() if export and export.made_at else "",
        "export_digest": (export.digest or "") if export else "",
    }
    await runtime.storage.put(
        _place(tenant.id, "plan.json"), orjson.dumps(plan), media_type="application/json"
    )
    return plan


async def _plan_of(storage: Storage, tenant_id: UUID) -> dict[str, Any] | None:
    try:
        plan: dict[str, Any] = orjson.loads(await storage.get(_place(tenant_id, "plan.json")))
    except NotFound:
        return None
    return plan


@dataclass(frozen=True, slots=True)
class Destroyed:
    keys: int
    at: datetime


async def _close(owner: Owner) -> Destroyed:
    """From the commit on nobody comes in, and no stored file can be read."""
    async with owner.begin() as driver:
        await driver.fetch(
            "update tenants set erased_at = coalesce(erased_at, now()) where id = $1",
            owner.tenant_id,
        )
        await driver.fetch(
            "update rights_versions set version = version + 1 where tenant_id = $1",
            owner.tenant_id,
        )
        await driver.fetch(
            "update tenant_keys set sealed = null, destroyed_at = now() "
            "where tenant_id = $1 and sealed is not null",
            owner.tenant_id,
        )
        found = await driver.fetch(
            "select count(*), coalesce(min(destroyed_at), (select erased_at from tenants "
            "where id = $1)) from tenant_keys where tenant_id = $1",
            owner.tenant_id,
        )
    return Destroyed(found[0][0], found[0][1])


async def _left(owner: Owner) -> bool:
    """Whether any row is there."""
    async with owner.begin() as driver:
        for table in tables():
            one = f"select 1 from {table.name} where {table.name}.tenant_id = $1 limit 1"
            if await driver.fetch(one, owner.tenant_id):
                return True
    return False


async def _empty(owner: Owner, table: Table, batch: int) -> None:
    """Remove the rows of a table, some at a time, each time for good. Where rows point at each
    other, all go at once."""
    own = any(key.referred_table is table for key in table.foreign_key_constraints)
    name = table.name
    some = "" if own else f" limit {int(batch)}"
    while True:
        async with owner.begin() as driver:
            # Also a delete of nothing would have its triggers count up the rights' version.
            one = f"select 1 from {name} where {name}.tenant_id = $1 limit 1"
            if not await driver.fetch(one, owner.tenant_id):
                return
            await driver.fetch(
                f"delete from {name} where {name}.tenant_id = $1 and id in ("
                f"select id from {name} where {name}.tenant_id = $1{some})",
                owner.tenant_id,
            )


async def _certify(runtime: Runtime, plan: dict[str, Any], destroyed: Destroyed) -> Ended:
    """Made once: a run that comes after gives the same."""
    from ....infra.documents.pdf import write_pdf

    tenant_id, settings = UUID(plan["municipality_id"]), runtime.settings
    until = destroyed.at.astimezone(STOCKHOLM).date() + timedelta(days=settings.backup_days)
    certificate = Certificate(
        **plan,
        ended_at=_now(),
        keys=plan["rows"]["tenant_keys"],
        keys_destroyed_at=destroyed.at.astimezone(UTC).strftime(MOMENT),
        backups_until=until.isoformat(),
    )
    file = signed(certificate, settings.secret_key)
    signature = str(orjson.loads(file)["signature"])
    document = as_document(certificate, signature, on=date.fromisoformat(certificate.ended_at[:10]))
    pdf = await asyncio.to_thread(write_pdf, document)
    storage = runtime.storage
    await storage.put(_place(tenant_id, "certificate.pdf"), pdf, media_type="application/pdf")
    await storage.put(_place(tenant_id, "certificate.json"), file, media_type="application/json")
    return Ended(certificate, file, pdf)


async def _bury(owner: Owner) -> None:
    """What is left in the database: an id that is never used again, under no address."""
    async with owner.begin() as driver:
        await driver.fetch(
            "update tenants set slug = 'erased-' || id, scb_code = null, logo_key = null, "
            "logo_key_number = null where id = $1",
            owner.tenant_id,
        )


MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"


def _now() -> str:
    return datetime.now(UTC).strftime(MOMENT)


def _day(moment: datetime) -> str:
    return moment.astimezone(STOCKHOLM).date().isoformat()


def _place(tenant_id: UUID, name: str) -> str:
    return f"{PREFIX}/{tenant_id}/{name}"
