"""A whole municipality in an archive: everything, of one moment, and nothing of another."""

import asyncio
import hashlib
import json
import re
import subprocess
import sys
from datetime import date, datetime
from io import BytesIO
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import LargeBinary, select, text

from roder.infra.database import Base
from roder.platform.modules.transfer import exporting
from roder.platform.modules.transfer.exporting import NoTenantSet, read_table
from roder.platform.modules.transfer.jobs import export_tenant
from roder.platform.modules.transfer.models import TenantExport
from roder.platform.modules.transfer.service import ask_for_tenant_export, tenant_exports
from roder.platform.modules.transfer.tables import LEFT, SECRET, SOUNDS_SECRET, TOLD, shapes
from roder.tenants.actors import service
from roder.tenants.files import keep_upload
from roder.tenants.models import ApiToken, Person, StoredFile
from roder.tenants.rows import uuid7
from roder.tenants.sealed.keys import destroy_keys
from roder.tenants.snapshots import open_snapshot
from roder.tenants.tokens.tokens import create_token
from roder.workers.jobs import Run


@pytest.fixture
async def used(town):
    """A municipality with a file and an API key."""
    async with await town.work() as work:
        body = BytesIO("Mål för 2026".encode())
        await keep_upload(work, name="mål.txt", media_type="text/plain", body=body)
        made = await create_token(work, name="Lönesystemet", person_id=work.actor.id)
    town.key = made.key
    return town


async def test_the_archive_holds_every_table_and_its_manifest_vouches_for_all_of_it(used, pack):
    packed = await pack(used.tenant)

    tables = {table["name"] for table in packed.manifest["tables"]}
    assert tables == set(Base.metadata.tables) - LEFT.keys()
    assert packed.archive.digest == hashlib.sha256(packed.read("manifest.json")).hexdigest()
    contents = packed.read("contents.jsonl")
    assert packed.manifest["contents"]["sha256"] == hashlib.sha256(contents).hexdigest()
    listed = {member["name"]: member for member in map(json.loads, contents.splitlines())}
    assert set(packed.names()) == listed.keys() | {"contents.jsonl", "manifest.json"}
    for name, member in listed.items():
        data = packed.read(name)
        assert (len(data), hashlib.sha256(data).hexdigest()) == (member["size"], member["sha256"])


async def test_rows_are_lines_of_json_that_fit_their_schema(used, pack):
    packed = await pack(used.tenant)

    [person] = [row for row in packed.rows("people") if row["name"] == "Mona Chef"]
    assert person["id"] == str(used.people["manager"].id)
    for table in packed.manifest["tables"]:
        schema = json.loads(packed.read(f"schemas/{table['name']}.schema.json"))
        rows = packed.rows(table["name"])
        assert len(rows) == table["rows"]
        for row in rows:
            assert misfits(row, schema) == []


KINDS = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": int | float,
    "array": list,
    "null": type(None),
}


def misfits(row: dict[str, object], schema: dict[str, object]) -> list[str]:
    """The columns that are missing, strange, or not of their kind."""
    wanted, columns = set(schema["required"]), schema["properties"]
    found = [name for name in row if not fits(row[name], columns.get(name, {"enum": []}))]
    return found + sorted(wanted - row.keys())


def fits(value: object, kind: dict[str, object]) -> bool:
    if "anyOf" in kind:
        return any(fits(value, each) for each in kind["anyOf"])
    if "enum" in kind:
        return value in kind["enum"]
    if "type" in kind and not isinstance(value, KINDS[kind["type"]]):
        return False
    match kind.get("format"):
        case "uuid":
            return str(UUID(value)) == value
        case "date-time":
            return datetime.fromisoformat(value).tzinfo is not None
        case "date":
            return date.fromisoformat(value).isoformat() == value
    if "items" in kind:
        return all(fits(each, kind["items"]) for each in value)
    return "pattern" not in kind or re.match(kind["pattern"], value) is not None


async def test_files_are_in_the_archive_as_they_were_sent_in(used, pack):
    packed = await pack(used.tenant)

    [row] = packed.rows("files")
    data = packed.read(f"files/files/{row['id']}")
    assert data == "Mål för 2026".encode()
    assert row["sha256"] == hashlib.sha256(data).hexdigest()
    assert (packed.archive.files, packed.archive.missing) == (1, [])


async def test_secrets_stay_behind_and_are_named(used, pack):
    packed = await pack(used.tenant)

    [token] = packed.rows("api_tokens")
    assert token["name"] == "Lönesystemet"
    assert "digest" not in token
    withheld = {t["name"]: t["withheld"] for t in packed.manifest["tables"] if t["withheld"]}
    assert withheld["api_tokens"] == {"digest": "secret"}
    assert withheld["sign_in_providers"] == {"sealed_secret": "secret"}
    assert withheld["files"] == {"key": "place in the store", "key_number": "place in the store"}
    async with await used.work(write=False) as work:
        [kept] = await work.scalars(select(ApiToken.digest))
    everything = b"".join(packed.read(name) for name in packed.names())
    assert kept.hex().encode() not in everything
    assert used.key.encode() not in everything


def test_every_column_that_sounds_like_a_secret_has_been_thought_about():
    suspect = {
        (table.name, column.name)
        for shape in shapes()
        for table in [shape.table]
        for column in table.c
        if any(word in column.name for word in SOUNDS_SECRET)
        and (isinstance(column.type, LargeBinary) or str(column.type) == "TEXT")
    }
    assert suspect == SECRET | TOLD


async def test_nothing_of_another_municipality_is_in_it(used, other_town, pack):
    packed = await pack(used.tenant)

    everything = b"".join(packed.read(name) for name in packed.names())
    for person in other_town.people.values():
        assert str(person.id).encode() not in everything
    assert str(other_town.tenant.id).encode() not in everything


async def test_a_transaction_without_a_tenant_is_an_error_and_no_empty_file(used):
    shape = next(each for each in shapes() if each.name == "people")
    async with open_snapshot(used.runtime, used.tenant, service()) as work:
        await work.session.execute(text("reset roder.tenant"))
        with pytest.raises(NoTenantSet):
            [block async for block in read_table(work, shape)]


async def test_a_transaction_of_another_tenant_is_an_error(used, other_town):
    shape = next(each for each in shapes() if each.name == "people")
    async with open_snapshot(used.runtime, used.tenant, service()) as work:
        other = f"set local roder.tenant = '{other_town.tenant.id}'"
        await work.session.execute(text(other))
        with pytest.raises(NoTenantSet):
            [block async for block in read_table(work, shape)]


async def test_all_tables_are_of_the_same_moment(used, runtime):
    async with open_snapshot(runtime, used.tenant, service()) as snapshot:
        before = await count(snapshot)
        async with await used.work() as work:
            work.add(Person(id=uuid7(), name="Ny Nyberg", email="ny@example.org"))
        assert await count(snapshot) == before
    async with open_snapshot(runtime, used.tenant, service()) as snapshot:
        assert await count(snapshot) == before + 1


async def count(work) -> int:
    shape = next(each for each in shapes() if each.name == "people")
    return sum([len(block) async for block in read_table(work, shape)])


async def test_a_file_that_is_lost_is_named(used, pack):
    async with await used.work() as work:
        [file] = await work.scalars(select(StoredFile.key))
        await work.storage.delete(file)

    packed = await pack(used.tenant)

    [row] = packed.rows("files")
    assert packed.manifest["missing"] == [f"files/files/{row['id']}"]


async def test_a_damaged_file_is_left_out_and_named_and_the_rest_is_there(used, pack):
    """Damaged in its last frame, which is read when the others have been."""
    async with await used.work() as work:
        large = BytesIO(bytes(3_000_000))
        file = await keep_upload(work, name="stor", media_type="image/png", body=large)
        last = await keep_upload(work, name="b", media_type="text/plain", body=BytesIO(b"sist"))
        kept = await work.storage.get(file.key)
        await work.storage.put(file.key, kept[:-1] + b"x", media_type="text/plain")

    packed = await pack(used.tenant)

    damaged = f"files/files/{file.id}"
    assert packed.manifest["damaged"] == packed.archive.damaged == [damaged]
    assert (packed.archive.files, packed.archive.missing) == (2, [])
    assert damaged not in packed.names()
    assert packed.read(f"files/files/{last.id}") == b"sist"


async def test_an_export_with_a_damaged_file_ends_well_and_tells_the_administrator(used):
    async with await used.work() as work:
        [key] = await work.scalars(select(StoredFile.key))
        await work.storage.put(key, b"skadad", media_type="text/plain")
        asked = await ask_for_tenant_export(work, reason="Prov")
    told = []

    class Told(Run):
        async def progress(self, done, total, step=""):
            told.append(step)
            await super().progress(done, total, step)

    async with await used.work() as work:
        [export_id] = await work.scalars(select(TenantExport.id))
        result = await export_tenant.function(work, Told(asked.id, 1), export_id=str(export_id))
    async with await used.work(write=False) as work:
        [(export, file)] = await tenant_exports(work)

    assert (export.fault_count, export.file_count) == (1, 0)
    assert result["faults"] == [f"files/files/{(await only_upload(used)).id}"]
    assert result["file"] == str(file.id)
    assert len(told) > len(shapes()) + 5  # within tables too: what is written keeps it alive


async def only_upload(town):
    async with await town.work(write=False) as work:
        [file] = await work.scalars(select(StoredFile).where(StoredFile.job_id.is_(None)))
    return file


async def test_files_whose_key_is_destroyed_are_named(used, pack):
    async with await used.work() as work:
        await destroy_keys(work)

    packed = await pack(used.tenant)

    assert len(packed.archive.missing) == 1


async def test_the_log_in_the_archive_is_whole_by_the_verifier_in_the_archive(used, pack, tmp_path):
    packed = await pack(used.tenant)
    for name in ("log.jsonl", "verify_log.py"):
        (tmp_path / name).write_bytes(packed.read(f"log/{name}"))

    def check() -> tuple[int, str]:
        command = [sys.executable, "verify_log.py", "log.jsonl"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        return done.returncode, done.stdout

    assert await asyncio.to_thread(check) == (0, "Whole, and as 0 anchors say.\n")
    assert len(packed.rows("access_log")) == packed.rows("log_heads")[0]["seq"] > 0


async def test_a_table_that_no_model_tells_of_stops_the_export(used, pack, database):
    with psycopg.connect(database("owner"), autocommit=True) as connection:
        connection.execute("create table unheard_of (tenant_id uuid)")
        try:
            with pytest.raises(RuntimeError, match="unheard_of"):
                await pack(used.tenant)
        finally:
            connection.execute("drop table unheard_of")


async def test_the_words_for_people_come_in_both_languages(used, pack):
    packed = await pack(used.tenant)

    assert "# Allt som Östhammar har i Roder" in packed.read("README.sv.md").decode()
    assert "# Everything that Östhammar has in Roder" in packed.read("README.en.md").decode()
    assert exporting.VERSION == packed.manifest["version"] == 1
