"""A municipality's own keys, and what is encrypted with them."""

import asyncio
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from roder.infra.errors import NotFound
from roder.infra.frames import MAGIC, Unreadable
from roder.tenants.files import keep_upload, load_upload, open_file
from roder.tenants.models import StoredFile
from roder.tenants.rows import uuid7
from roder.tenants.sealed.keys import (
    KeyDestroyed,
    TenantKey,
    WrongSecret,
    destroy_keys,
    keys_to_open,
    keys_to_seal,
    reseal_keys,
    rotate_key,
)
from roder.tenants.sealed.resealing import encrypt_files
from roder.tenants.sealed.stored import get_bytes, put_bytes, writing

TEXT = "Fru Ek föll vid frukosten"


async def test_a_key_is_made_at_first_use_and_only_once(town):
    async with await town.work() as work:
        assert (await keys_to_open(work)).keys == {}

    async def use():
        async with await town.work() as work:
            return (await keys_to_seal(work)).keys

    first, second = await asyncio.gather(use(), use())

    assert first == second
    assert list(first) == [1]
    async with await town.work() as work:
        [row] = await work.scalars(select(TenantKey))
        assert first[1] not in row.sealed.encode()


async def test_municipalities_have_different_keys(town, other_town):
    async with await town.work() as work:
        own = await keys_to_seal(work)
    async with await other_town.work() as work:
        theirs = await keys_to_seal(work)

    assert own.keys[1] != theirs.keys[1]


async def test_a_file_lies_encrypted_and_is_read_as_it_was(town):
    async with await town.work() as work:
        body = BytesIO(TEXT.encode())
        file = await keep_upload(work, name="a.txt", media_type="text/plain", body=body)
        kept = await work.storage.get(file.key)
        assert kept.startswith(MAGIC)
        assert b"Fru Ek" not in kept
        assert (await load_upload(work, file.id, most=100))[1] == TEXT.encode()
        _file, found = await open_file(work, file.id)
    assert b"".join([block async for block in found.blocks()]) == TEXT.encode()


async def test_bytes_that_were_moved_to_another_file_are_not_read(town):
    async with await town.work() as work:
        one = await keep_upload(work, name="a", media_type="text/plain", body=BytesIO(b"ett"))
        two = await keep_upload(work, name="b", media_type="text/plain", body=BytesIO(b"tva"))
        await work.storage.put(
            two.key, await work.storage.get(one.key), media_type="application/octet-stream"
        )
        with pytest.raises(Unreadable):
            await load_upload(work, two.id, most=10)


async def test_what_was_kept_before_there_were_keys_stays_readable(town):
    async with await town.work() as work:
        key = f"{town.tenant.id}/files/old"
        await work.storage.put(key, b"gammal", media_type="text/plain")

        assert await get_bytes(work, key, None) == b"gammal"


async def test_a_file_is_kept_as_it_is_made(town):
    block = bytes(range(256)) * 4000
    async with await town.work() as work:
        keys = await keys_to_seal(work)
        key = f"{town.tenant.id}/exports/made"
        async with writing(work.storage, keys, key) as sink:
            for _ in range(20):
                await sink.write(block)

        assert await get_bytes(work, key, 1) == block * 20


async def test_after_a_rotation_the_new_key_seals_and_the_old_one_still_opens(town):
    async with await town.work() as work:
        number = await put_bytes(work, f"{town.tenant.id}/a", b"a")
        assert (number, await rotate_key(work)) == (1, 2)
        assert await put_bytes(work, f"{town.tenant.id}/b", b"b") == 2

        assert await get_bytes(work, f"{town.tenant.id}/a", 1) == b"a"
        assert await get_bytes(work, f"{town.tenant.id}/b", 2) == b"b"


async def test_destroyed_keys_leave_nothing_that_can_be_read(town):
    row = uuid7()
    async with await town.work() as work:
        body = BytesIO(b"hemligt")
        file = await keep_upload(work, name="a", media_type="text/plain", body=body)
        sealed = (await keys_to_seal(work)).seal_text(TEXT, table="t", row=row, column="c")
    async with await town.work() as work:
        assert await destroy_keys(work) == 1
    async with await town.work() as work:
        with pytest.raises(KeyDestroyed):
            await load_upload(work, file.id, most=100)
        with pytest.raises(KeyDestroyed):
            (await keys_to_open(work)).unseal_text(sealed, table="t", row=row, column="c")
        [kept] = await work.scalars(select(TenantKey))
        assert kept.sealed is None
        assert kept.destroyed_at <= datetime.now(UTC)


async def test_a_text_opens_at_its_own_place_only(town, other_town):
    row = uuid7()
    async with await town.work() as work:
        keys = await keys_to_seal(work)
    async with await other_town.work() as work:
        others = await keys_to_seal(work)
    sealed = keys.seal_text(TEXT, table="deviations", row=row, column="text")

    assert keys.unseal_text(sealed, table="deviations", row=row, column="text") == TEXT
    assert b"Ek" not in sealed
    for place in (
        {"table": "deviations", "row": uuid7(), "column": "text"},
        {"table": "deviations", "row": row, "column": "cause"},
        {"table": "persons", "row": row, "column": "text"},
    ):
        with pytest.raises(Unreadable):
            keys.unseal_text(sealed, **place)
    for wrong in (b"", b"x" * 40, sealed[:-1], sealed + b"x", sealed[:-1] + b"x"):
        with pytest.raises(Unreadable):
            keys.unseal_text(wrong, table="deviations", row=row, column="text")
    with pytest.raises(Unreadable):
        others.unseal_text(sealed, table="deviations", row=row, column="text")


async def test_the_same_text_is_never_sealed_twice_alike(town):
    place = {"table": "t", "row": uuid7(), "column": "c"}
    async with await town.work() as work:
        keys = await keys_to_seal(work)

    assert keys.seal_text("a", **place) != keys.seal_text("a", **place)
    assert keys.unseal_text(keys.seal_text("", **place), **place) == ""


async def test_a_new_secret_of_the_service_takes_the_keys_along(town, runtime):
    old, new = runtime.settings.secret_key, SecretStr("another-secret-of-32-characters-or-more")
    async with await town.work() as work:
        before = (await keys_to_seal(work)).keys
        work.runtime.settings.secret_key = new
        try:
            with pytest.raises(WrongSecret):
                await keys_to_open(work)
            assert await reseal_keys(work, old=old) == 1
            assert await reseal_keys(work, old=old) == 0
            assert (await keys_to_open(work)).keys == before
        finally:
            work.runtime.settings.secret_key = old
        assert await reseal_keys(work, old=new) == 1


async def test_what_takes_more_than_reading_files_is_not_there_for_others(town):
    async with await town.work() as work:
        file = await keep_upload(work, name="a", media_type="text/plain", body=BytesIO(b"a"))
        await work.execute(
            update(StoredFile).where(StoredFile.id == file.id).values(needs="tenant.configure")
        )
    async with await town.work("employee") as work:
        with pytest.raises(NotFound):
            await open_file(work, file.id)
        with pytest.raises(NotFound):
            await load_upload(work, file.id, most=10)
    async with await town.work() as work:
        assert (await open_file(work, file.id))[0].id == file.id


async def test_old_files_are_encrypted_with_the_newest_key(town):
    async with await town.work() as work:
        body = BytesIO(b"ny")
        new = await keep_upload(work, name="b", media_type="text/plain", body=body)
        old = await keep_upload(work, name="a", media_type="text/plain", body=BytesIO(b"gam"))
        await work.storage.put(old.key, b"gam", media_type="text/plain")
        old.key_number, places = None, [old.key, new.key]
    async with await town.work() as work:
        await rotate_key(work)
        assert (await encrypt_files(work, most=1)).done == 1
    async with await town.work() as work:
        assert (await encrypt_files(work, most=9)).done == 1
        assert (await encrypt_files(work, most=9)).done == 0
    async with await town.work() as work:
        for id, content in ((old.id, b"gam"), (new.id, b"ny")):
            file, read = await load_upload(work, id, most=9)
            assert (file.key_number, read) == (2, content)
        assert [await work.storage.exists(place) for place in places] == [False, False]


async def test_a_damaged_or_lost_file_is_named_and_the_others_are_encrypted_anew(town):
    files = []
    async with await town.work() as work:
        for number in range(4):
            body = BytesIO(b"fil %d" % number)
            files.append(await keep_upload(work, name="a", media_type="text/plain", body=body))
        damaged, lost, *others = files
        kept = await work.storage.get(damaged.key)
        await work.storage.put(damaged.key, kept[:-1] + b"x", media_type="text/plain")
        await work.storage.delete(lost.key)
    names = [f"files/files/{file.id}" for file in (damaged, lost)]
    async with await town.work() as work:
        await rotate_key(work)
        first = await encrypt_files(work, most=2)
    async with await town.work() as work:
        second = await encrypt_files(work, most=2, passing=first.faults)
    async with await town.work() as work:
        third = await encrypt_files(work, most=2, passing=first.faults)

    assert [(made.done, made.faults) for made in (first, second, third)] == [
        (0, names),
        (2, []),
        (0, []),
    ]
    async with await town.work() as work:
        numbers = await work.scalars(select(StoredFile.key_number).order_by(StoredFile.id))
        assert list(numbers) == [1, 1, 2, 2]
        assert await work.storage.get(damaged.key) == kept[:-1] + b"x"
        for number, file in enumerate(others, 2):
            assert (await load_upload(work, file.id, most=9))[1] == b"fil %d" % number
