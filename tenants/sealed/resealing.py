"""What lies in the object store under an earlier key, or under none, encrypted with the newest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import Table, select, update

from ...infra.errors import NotFound
from ...infra.frames import Unreadable
from ..models import StoredFile, Tenant
from ..work import Work
from .keys import TenantKeys, keys_to_seal
from .stored import Readable, readable, writing

log = structlog.get_logger()

LOGO: Final = "files/logo"
UNREADABLE: Final = (NotFound, Unreadable)


@dataclass(slots=True)
class Resealed:
    """How many were encrypted anew, and which could not be: they are left as they are. The names
    are those that an archive gives them, `files/<table>/<id>`."""

    done: int = 0
    faults: list[str] = field(default_factory=list)


async def encrypt_files(work: Work, *, most: int, passing: Collection[str] = ()) -> Resealed:
    """Encrypt anew at most so many of the files that the newest key has not encrypted, `passing`
    by those that are known to be damaged.

    Each gets a place of its own in the store, and the former one is cleared after the commit: who
    reads meanwhile reads the one or the other. What cannot be read is named, and the rest goes on.
    """
    keys = await keys_to_seal(work)
    made = Resealed()
    if LOGO not in passing:
        await _encrypt_logo(work, keys, made)
    for table in stored_tables():
        column = table.c.key_number
        known = [name.rpartition("/")[2] for name in passing if name.startswith(_name(table, ""))]
        old = (
            select(table.c.id, table.c.key, column)
            .where(
                table.c.tenant_id == work.tenant.id,
                column.is_distinct_from(keys.newest),
                table.c.id.not_in([UUID(id) for id in known]),
            )
            .order_by(table.c.id)
            .limit(most - made.done - len(made.faults))
        )
        for id, key, number in await work.rows(old) if made.done + len(made.faults) < most else ():
            try:
                place = await _encrypt(work, keys, key, number)
            except UNREADABLE as error:
                _pass_by(work, made, _name(table, str(id)), error)
                continue
            # Unless a purge has put other bytes in its place meanwhile: those are not to come back.
            own = update(table).where(
                table.c.tenant_id == work.tenant.id, table.c.id == id, table.c.key == key
            )
            new = own.values(key=place, key_number=keys.newest).returning(table.c.id)
            if (await work.execute(new)).first() is None:
                await work.storage.delete(place)
            made.done += 1
    return made


def stored_tables() -> list[Table]:
    """The tables whose rows have bytes of their own in the object store."""
    tables = StoredFile.metadata.tables.values()
    return [table for table in tables if {"tenant_id", "key", "key_number"} <= set(table.c.keys())]


async def _encrypt_logo(work: Work, keys: TenantKeys, made: Resealed) -> None:
    own = Tenant.id == work.tenant.id
    [(key, number)] = await work.rows(select(Tenant.logo_key, Tenant.logo_key_number).where(own))
    if key is None or number == keys.newest:
        return
    try:
        place = await _encrypt(work, keys, key, number)
    except UNREADABLE as error:
        _pass_by(work, made, LOGO, error)
        return
    values = {"logo_key": place, "logo_key_number": keys.newest}
    await work.execute(
        update(Tenant).where(own).values(values).execution_options(synchronize_session=False)
    )
    made.done += 1


async def _encrypt(work: Work, keys: TenantKeys, key: str, number: int | None) -> str:
    """Its new place. Raises NotFound where it is lost, Unreadable where it is damaged."""
    found: Readable = readable(work.storage, keys, key, number)
    place = f"{key.partition('#')[0]}#{keys.newest}"
    async with writing(work.storage, keys, place) as sink:
        async for block in found.blocks():
            await sink.write(block)
    work.after_commit(lambda: work.storage.delete(key))
    return place


def _pass_by(work: Work, made: Resealed, name: str, error: Exception) -> None:
    log.error("file_unreadable", tenant=work.tenant.slug, file=name, reason=str(error))
    made.faults.append(name)


def _name(table: Table, id: str) -> str:
    return f"files/{table.name}/{id}"
