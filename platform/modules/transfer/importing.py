"""A municipality from an archive: all of it, with the ids it had, or nothing."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID
from zipfile import ZipFile

import orjson
from sqlalchemy import Column, LargeBinary, Table, select

from ....infra import database
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.runtime import Runtime
from ....infra.storage import Storage
from ....tenants.actors import operator
from ....tenants.log.access_log import Action
from ....tenants.models import Tenant
from ....tenants.municipality import tenant_slug
from ....tenants.sealed.keys import TenantKeys, keep_brought, keys_to_seal
from ....tenants.sealed.recovery import unlock
from ....tenants.sealed.resealing import stored_tables
from ....tenants.sealed.stored import put_with
from ....tenants.work import Tenancy, Work, open_work
from .exporting import read_table
from .reading import Manifest, blocks_of, check_archive, open_archive
from .tables import Shape, Why, shapes

LOGO: Final = "files/logo"
SOME: Final = 1_000_000
"""Bytes of a table that are read at a time."""


class NotEqual(RuntimeError):
    """What came into the database is not what stood in the archive. Nothing of it is kept."""


@dataclass(slots=True)
class Imported:
    """What was brought in, or would be."""

    manifest: Manifest
    slug: str
    files: int = 0
    put: list[str] = field(default_factory=list)
    """Where files were put in the store, to be taken away again if the rest does not succeed."""
    unlocked: int = 0
    """Sealed texts that the key given opens."""

    @property
    def locked(self) -> int:
        return self.manifest.sealed.count - self.unlocked


async def import_tenant(
    runtime: Runtime,
    path: Path,
    *,
    slug: str | None = None,
    dry_run: bool = False,
    recovery_key: str | None = None,
) -> Imported:
    """Bring a municipality in from an archive, under another address if `slug` is given. Its sealed
    texts open with the recovery key; without it they are locked until somebody gives it.

    All is checked before anything is written, and read back and compared before it is committed.
    Raises InvalidInput for an archive that was changed or does not fit, or a key that opens nothing
    of it, Conflict when the municipality, its address or its SCB code is here already.
    """
    with await asyncio.to_thread(open_archive, path) as archive:
        manifest = await asyncio.to_thread(check_archive, archive)
        row = _tenant_row(archive, manifest)
        found = Imported(manifest, await _free(runtime, row, slug or manifest.slug))
        if not dry_run:
            await _bring(runtime, archive, row, found, recovery_key)
    return found


def _tenant_row(archive: ZipFile, manifest: Manifest) -> dict[str, object]:
    lines = b"".join(blocks_of(archive, "tables/tenants.jsonl")).splitlines()
    rows = [orjson.loads(line) for line in lines]
    if len(rows) != 1 or rows[0]["id"] != str(manifest.tenant_id):
        raise InvalidInput(_("The archive is not one of a municipality in Roder."))
    row: dict[str, object] = rows[0]
    return row


async def _free(runtime: Runtime, row: dict[str, object], slug: str) -> str:
    slug = tenant_slug(slug)
    same = (Tenant.id == UUID(str(row["id"]))) | (Tenant.slug == slug)
    if row["scb_code"] is not None:
        same |= Tenant.scb_code == str(row["scb_code"])
    async with runtime.engine.connect() as connection:
        taken = (await connection.execute(select(Tenant.id, Tenant.slug).where(same))).all()
    if any(id == UUID(str(row["id"])) for id, _slug in taken):
        raise Conflict(_("The municipality is here already, or was erased here."))
    if any(other == slug for _id, other in taken):
        raise Conflict(_("The address {slug} is taken. Choose another with --slug.", slug=slug))
    if taken:
        raise Conflict(_("There is already a municipality with this address or SCB code."))
    return slug


async def _bring(
    runtime: Runtime,
    archive: ZipFile,
    row: dict[str, object],
    found: Imported,
    recovery_key: str | None,
) -> None:
    tenant = Tenancy(found.manifest.tenant_id, found.slug, str(row["name"]))
    try:
        async with open_work(runtime, tenant, operator(), write=True) as work:
            await _unhurried(work)
            row = row | {"slug": found.slug}
            await _fill(work, _shape_of("tenants"), _line(row), keys=None)
            # First, so that the municipality's own key here has a number that no text of it names.
            if found.manifest.sealed.count:
                await keep_brought(work, found.manifest.sealed.keys)
            keys = await keys_to_seal(work)
            for shape in shapes():
                if shape.name != "tenants":
                    await _fill(work, shape, _lines(archive, shape.name), keys=keys)
            await _put_files(work, archive, keys, found)
            await _compare(work, found)
            if recovery_key is not None:
                found.unlocked = await unlock(work, recovery_key)
            work.note(Action.IMPORT, "tenant", detail={"digest": found.manifest.digest})
    except BaseException:
        await asyncio.shield(runtime.storage.delete_each(found.put))
        raise


async def _unhurried(work: Work) -> None:
    driver = await database.driver(await work.session.connection())
    await driver.execute("set local statement_timeout = 0")


async def _fill(
    work: Work, shape: Shape, lines: AsyncIterator[tuple[str]], *, keys: TenantKeys | None
) -> None:
    """The lines into the table, in one statement: rows of it may point at each other."""
    driver = await database.driver(await work.session.connection())
    await driver.execute("create temporary table incoming (line text) on commit drop")
    await driver.copy_records_to_table("incoming", records=lines, columns=["line"])
    values = [f'row_."{column.name}"' for column in shape.columns]
    names = [f'"{column.name}"' for column in shape.columns]
    for column, why in shape.withheld:
        if (value := _instead(shape.table, column, why, keys)) is not None:
            names.append(f'"{column.name}"')
            values.append(value)
    if "tenant_id" in shape.table.c:
        names, values = ["tenant_id", *names], ["$1", *values]
    else:
        values[names.index('"id"')] = "$1"
    await driver.fetch(
        f"insert into {shape.name} ({', '.join(names)}) select {', '.join(values)} "
        f"from incoming, json_populate_record(null::{shape.name}, incoming.line::json) as row_",
        work.tenant.id,
    )
    await driver.execute("drop table incoming")


def _instead(table: Table, column: Column[object], why: Why, keys: TenantKeys | None) -> str | None:
    """The value of a column that is not in the archive, as SQL; None leaves it empty. What has to
    be there of a secret is chance: nobody has what would fit it."""
    if why is Why.PLACE and keys is not None and table in stored_tables():
        if column.name == "key_number":
            return str(keys.newest)
        return f"'{keys.tenant_id}/{table.name}/' || row_.id"
    if why is Why.SECRET and not column.nullable:
        chance = "sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea)"
        return chance if isinstance(column.type, LargeBinary) else f"encode({chance}, 'hex')"
    return None


async def _put_files(work: Work, archive: ZipFile, keys: TenantKeys, found: Imported) -> None:
    """The files into the store, encrypted with the municipality's key here."""
    tables = {table.name for table in stored_tables()}
    for name in archive.namelist():
        folder, _slash, rest = name.partition("/")
        table, _slash, id = rest.partition("/")
        if name == LOGO:
            key = f"{work.tenant.id}/logo/imported.png"
            await _put(work.storage, archive, name, keys, key, found)
            await _set_logo(work, key, keys.newest)
        elif folder == "files" and table in tables:
            key = f"{work.tenant.id}/{table}/{UUID(id)}"
            await _put(work.storage, archive, name, keys, key, found)


async def _put(
    storage: Storage, archive: ZipFile, name: str, keys: TenantKeys, key: str, found: Imported
) -> None:
    found.put.append(key)
    with archive.open(name) as member:
        await put_with(storage, keys, key, member)
    found.files += 1


async def _set_logo(work: Work, key: str, number: int) -> None:
    driver = await database.driver(await work.session.connection())
    await driver.fetch(
        "update tenants set logo_key = $2, logo_key_number = $3 where id = $1",
        work.tenant.id,
        key,
        number,
    )


async def _compare(work: Work, found: Imported) -> None:
    """Each table as an export would write it now, against the archive. Raises NotEqual."""
    moved = found.slug != found.manifest.slug
    for shape in shapes():
        if shape.name == "tenants" and moved:
            continue
        digest = hashlib.sha256()
        async for block in read_table(work, shape):
            digest.update("".join(f"{line}\n" for line in block).encode())
        if digest.hexdigest() != found.manifest.tables[shape.name]:
            raise NotEqual(f"{shape.name} differs from the archive")


def _shape_of(name: str) -> Shape:
    return next(shape for shape in shapes() if shape.name == name)


async def _line(row: dict[str, object]) -> AsyncIterator[tuple[str]]:
    yield (orjson.dumps(row).decode(),)


async def _lines(archive: ZipFile, table: str) -> AsyncIterator[tuple[str]]:
    """The lines of a table, some at a time read in a thread."""
    with archive.open(f"tables/{table}.jsonl") as member:
        while some := await asyncio.to_thread(member.readlines, SOME):
            for line in some:
                yield (line.decode(),)
