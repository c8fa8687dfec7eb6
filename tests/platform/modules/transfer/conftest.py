"""Archives of whole municipalities, written to files and read again."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr

from roder.infra.runtime import Runtime, open_runtime
from roder.platform.modules import MODULES
from roder.platform.modules.transfer.exporting import Archive, write_archive
from roder.platform.modules.transfer.packing import Packing
from roder.tenants.actors import service
from roder.tenants.snapshots import open_snapshot
from roder.tenants.work import Tenancy

assert MODULES  # their tables belong to the archive


async def nothing(done: int, total: int, step: str) -> None: ...


@dataclass
class Packed:
    """An archive on disk, and what was said of it."""

    path: Path
    archive: Archive
    size: int
    sha256: str
    manifest: dict[str, Any] = field(default_factory=dict)

    def read(self, name: str) -> bytes:
        with ZipFile(self.path) as zip:
            return zip.read(name)

    def names(self) -> list[str]:
        with ZipFile(self.path) as zip:
            return zip.namelist()

    def rows(self, table: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.read(f"tables/{table}.jsonl").splitlines()]

    def digests(self) -> dict[str, str]:
        return {table["name"]: table["sha256"] for table in self.manifest["tables"]}


@pytest.fixture
def pack(runtime, tmp_path) -> Callable[..., Awaitable[Packed]]:
    """`await pack(town.tenant)` gives an archive of all of it."""
    count = 0

    async def write(tenant: Tenancy, runtime: Runtime = runtime) -> Packed:
        nonlocal count
        count += 1
        path = tmp_path / f"{count}.zip"
        with path.open("wb") as file:

            async def keep(data: bytes) -> None:
                file.write(data)

            async with open_snapshot(runtime, tenant, service()) as work:
                packing = Packing(keep, work.now)
                archive = await write_archive(work, packing, reason="Prov", tell=nothing)
                sha256 = await packing.end()
        packed = Packed(path, archive, packing.size, sha256)
        packed.manifest = json.loads(packed.read("manifest.json"))
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
        return packed

    return write


@pytest.fixture
async def elsewhere(settings) -> AsyncIterator[Runtime]:
    """Another installation: a database with no municipality in it, another bucket and secret."""
    name = f"roder_elsewhere_{secrets.token_hex(4)}"
    with psycopg.connect(os.environ["RODER_TEST_SUPERUSER"], autocommit=True) as connection:
        made = sql.SQL("create database {} template {} owner roder_owner")
        connection.execute(made.format(sql.Identifier(name), sql.Identifier("roder_template")))
    where = settings.model_copy(
        update={
            "database_url": os.environ["RODER_TEST_APP"].rpartition("/")[0] + f"/{name}",
            "owner_database_url": os.environ["RODER_TEST_OWNER"].rpartition("/")[0] + f"/{name}",
            "s3_bucket": name.replace("_", "-"),
            "secret_key": SecretStr("another-installation-has-another-secret"),
        }
    )
    async with open_runtime(where) as runtime:
        yield runtime
