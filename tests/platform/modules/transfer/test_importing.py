"""A municipality from an archive: the same in another installation, or not there at all."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from full_town import full
from sqlalchemy import select

from roder.infra.errors import Conflict, InvalidInput, Unauthenticated
from roder.infra.frames import MAGIC
from roder.platform.modules.transfer.importing import import_tenant
from roder.tenants.actors import operator
from roder.tenants.entry import all_tenants, enter, load_tenant
from roder.tenants.files import keep_upload, load_upload
from roder.tenants.logo import find_logo, set_logo
from roder.tenants.models import Person, StoredFile
from roder.tenants.tokens.tokens import create_token
from roder.tenants.work import open_work

LOG = {"access_log", "log_heads"}


async def test_the_whole_demonstration_is_the_same_elsewhere(runtime, elsewhere, pack):
    town = await full(runtime)
    async with open_work(runtime, town.tenant, operator(), write=True) as work:
        await give_a_logo(work)
    first = await pack(town.tenant)
    lost = [name.split("/")[1] for name in first.manifest["missing"]]
    assert lost == ["review_files"]  # a sample without bytes
    assert first.manifest["rows"] > 400

    found = await import_tenant(elsewhere, first.path)

    again = await pack(await load_tenant(elsewhere, town.tenant.id), elsewhere)
    same = {name for name, digest in first.digests().items() if again.digests()[name] == digest}
    assert first.digests().keys() - same == LOG
    assert first.digests().keys() == again.digests().keys()
    assert again.rows("access_log")[:-1] == first.rows("access_log")
    last = again.rows("access_log")[-1]
    assert (last["action"], last["detail"]) == ("import", {"digest": first.archive.digest})
    assert (found.files, again.archive.files) == (first.archive.files, first.archive.files)
    names = [name for name in first.names() if name.startswith("files/")]
    assert len(names) == first.archive.files >= 3
    for name in names:
        assert again.read(name) == first.read(name)


async def give_a_logo(work) -> None:
    from PIL import Image

    drawn = BytesIO()
    Image.new("RGB", (8, 8), "#1f5f8b").save(drawn, "PNG")
    drawn.seek(0)
    file = await keep_upload(work, name="logo.png", media_type="image/png", body=drawn)
    await set_logo(work, file.id)


@pytest.fixture
async def packed(town, pack):
    async with await town.work() as work:
        body = BytesIO(b"Kod;Namn")
        await keep_upload(work, name="enheter.csv", media_type="text/csv", body=body)
        made = await create_token(work, name="Prov", person_id=work.actor.id)
        await give_a_logo(work)
    packed = await pack(town.tenant)
    packed.key = made.key
    return packed


async def test_people_files_and_logo_are_there_under_another_address(packed, town, elsewhere):
    found = await import_tenant(elsewhere, packed.path, slug="osthammar-prov")

    assert found.slug == "osthammar-prov"
    [tenant] = await all_tenants(elsewhere)
    assert (tenant.id, tenant.slug, tenant.name) == (
        town.tenant.id,
        "osthammar-prov",
        "Östhammar",
    )
    tenant = await load_tenant(elsewhere, tenant.id)
    assert tenant.modules == town.tenant.modules
    async with open_work(elsewhere, tenant, operator(), write=False) as work:
        names = set(await work.scalars(select(Person.name)))
        assert names == {person.name for person in town.people.values()}
        rows = await work.scalars(select(StoredFile).where(StoredFile.name == "enheter.csv"))
        assert (await load_upload(work, rows[0].id, most=99))[1] == b"Kod;Namn"
        assert (await work.storage.get(rows[0].key)).startswith(MAGIC)
        assert (await find_logo(work))[:4] == b"\x89PNG"


async def test_no_key_of_before_opens_anything_in_the_other_installation(packed, town, elsewhere):
    await enter(town.runtime, town.tenant.slug, bearer=packed.key)

    await import_tenant(elsewhere, packed.path)

    with pytest.raises(Unauthenticated):
        await enter(elsewhere, town.tenant.slug, bearer=packed.key)


async def test_a_dry_run_checks_and_writes_nothing(packed, elsewhere):
    found = await import_tenant(elsewhere, packed.path, dry_run=True)

    assert found.manifest.digest == packed.archive.digest
    assert await nothing_there(elsewhere)


async def nothing_there(runtime) -> bool:
    stored = [key async for keys in runtime.storage.keys("") for key in keys]
    return await all_tenants(runtime) == [] and stored == []


async def test_what_is_here_already_is_not_brought_in_again(packed, elsewhere, runtime, town):
    with pytest.raises(Conflict, match="finns redan här"):
        await import_tenant(runtime, packed.path, slug="en-annan")
    await import_tenant(elsewhere, packed.path)
    with pytest.raises(Conflict):
        await import_tenant(elsewhere, packed.path)
    assert len(await all_tenants(elsewhere)) == 1


async def test_an_address_that_is_taken_is_refused(packed, elsewhere, new_town, pack):
    other = await pack((await new_town()).tenant)
    await import_tenant(elsewhere, other.path, slug="tagen")

    with pytest.raises(Conflict, match="tagen"):
        await import_tenant(elsewhere, packed.path, slug="tagen")
    assert [tenant.slug for tenant in await all_tenants(elsewhere)] == ["tagen"]


def rewritten(source: Path, change: Callable[[str, bytes], bytes | None], **more: bytes) -> Path:
    """The archive with other bytes where `change` says so; None leaves the file out."""
    target = source.with_suffix(".changed.zip")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
        for name, data in more.items():
            new.writestr(name.replace("__", "/"), data)
    return target


def one(name: str, change: Callable[[bytes], bytes | None]):
    return lambda each, data: change(data) if each == name else data


TAMPERED = {
    "tables/people.jsonl": lambda data: data.replace(b"Mona", b"Lisa"),
    "tables/role_grants.jsonl": lambda data: data + data.splitlines(True)[0],
    "tables/units.jsonl": lambda data: None,
    "schemas/people.schema.json": lambda data: data + b" ",
    "log/log.jsonl": lambda data: data[:-10],
    "contents.jsonl": lambda data: data.replace(b"people", b"peopl3"),
}


@pytest.mark.parametrize("name", TAMPERED)
async def test_a_changed_archive_is_refused_by_the_name_of_what_was_changed(
    packed, elsewhere, name
):
    path = rewritten(packed.path, one(name, TAMPERED[name]))

    with pytest.raises(InvalidInput, match=name):
        await import_tenant(elsewhere, path)
    assert await nothing_there(elsewhere)


async def test_a_changed_file_is_named(packed, elsewhere):
    name = next(name for name in packed.names() if name.startswith("files/files/"))
    path = rewritten(packed.path, one(name, lambda data: data + b"x"))

    with pytest.raises(InvalidInput, match=name):
        await import_tenant(elsewhere, path)
    assert await nothing_there(elsewhere)


async def test_a_file_that_was_added_is_named(packed, elsewhere):
    path = rewritten(packed.path, lambda _name, data: data, files__extra=b"x")

    with pytest.raises(InvalidInput, match="files/extra"):
        await import_tenant(elsewhere, path)


def manifest(change: Callable[[dict], None]):
    def changed(data: bytes) -> bytes:
        found = json.loads(data)
        change(found)
        return json.dumps(found).encode()

    return one("manifest.json", changed)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda found: found.update(format="something"), "inte ett från en kommun"),
        (lambda found: found.update(version=2), "formen 2"),
        (lambda found: found["tables"][5]["columns"].append("extra"), "är inte likadan här"),
        (lambda found: found["tables"].pop(), "är inte likadan här"),
        (lambda found: found.pop("tenant"), "manifest.json"),
        (lambda found: found.update(tenant="a"), "manifest.json"),
    ],
)
async def test_a_manifest_that_does_not_fit_is_refused(packed, elsewhere, change, told):
    path = rewritten(packed.path, manifest(change))

    with pytest.raises(InvalidInput, match=told):
        await import_tenant(elsewhere, path)
    assert await nothing_there(elsewhere)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"x" * 1000])
async def test_what_is_no_archive_is_refused(elsewhere, tmp_path, data):
    path = tmp_path / "a.zip"
    path.write_bytes(data)

    with pytest.raises(InvalidInput, match="är inget arkiv"):
        await import_tenant(elsewhere, path)


async def test_half_an_archive_is_refused(packed, elsewhere):
    data = packed.path.read_bytes()
    packed.path.write_bytes(data[: len(data) // 2])

    with pytest.raises(InvalidInput, match="är inget arkiv"):
        await import_tenant(elsewhere, packed.path)


async def test_what_stops_halfway_leaves_nothing(packed, elsewhere, monkeypatch):
    async def fail(*_given: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("roder.platform.modules.transfer.importing._compare", fail)

    with pytest.raises(ZeroDivisionError):
        await import_tenant(elsewhere, packed.path)
    assert await nothing_there(elsewhere)
