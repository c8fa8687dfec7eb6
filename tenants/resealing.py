"""What lies in the object store under an earlier key, or under none, encrypted with the newest."""

from __future__ import annotations

from sqlalchemy import Table, select, update

from .models import StoredFile, Tenant
from .stored import Readable, readable, writing
from .tenant_keys import TenantKeys, keys_to_seal
from .work import Work


async def encrypt_files(work: Work, *, most: int) -> int:
    """Encrypt anew at most so many of the files that the newest key has not encrypted; how many.

    Each gets a place of its own in the store, and the former one is cleared after the commit: who
    reads meanwhile reads the one or the other.
    """
    keys = await keys_to_seal(work)
    done = await _encrypt_logo(work, keys)
    for table in stored_tables():
        column = table.c.key_number
        old = (
            select(table.c.id, table.c.key, column)
            .where(
                table.c.tenant_id == work.tenant.id,
                column.is_distinct_from(keys.newest),
            )
            .order_by(table.c.id)
            .limit(most - done)
        )
        for id, key, number in await work.rows(old) if done < most else ():
            place = await _encrypt(work, keys, key, number)
            # Unless a purge has put other bytes in its place meanwhile: those are not to come back.
            own = update(table).where(
                table.c.tenant_id == work.tenant.id, table.c.id == id, table.c.key == key
            )
            new = own.values(key=place, key_number=keys.newest).returning(table.c.id)
            if (await work.execute(new)).first() is None:
                await work.storage.delete(place)
            done += 1
    return done


def stored_tables() -> list[Table]:
    """The tables whose rows have bytes of their own in the object store."""
    tables = StoredFile.metadata.tables.values()
    return [table for table in tables if {"tenant_id", "key", "key_number"} <= set(table.c.keys())]


async def _encrypt_logo(work: Work, keys: TenantKeys) -> int:
    own = Tenant.id == work.tenant.id
    [(key, number)] = await work.rows(select(Tenant.logo_key, Tenant.logo_key_number).where(own))
    if key is None or number == keys.newest:
        return 0
    place = await _encrypt(work, keys, key, number)
    values = {"logo_key": place, "logo_key_number": keys.newest}
    await work.execute(
        update(Tenant).where(own).values(values).execution_options(synchronize_session=False)
    )
    return 1


async def _encrypt(work: Work, keys: TenantKeys, key: str, number: int | None) -> str:
    found: Readable = readable(work.storage, keys, key, number)
    place = f"{key.partition('#')[0]}#{keys.newest}"
    async with writing(work.storage, keys, place) as sink:
        async for block in found.blocks():
            await sink.write(block)
    work.after_commit(lambda: work.storage.delete(key))
    return place
