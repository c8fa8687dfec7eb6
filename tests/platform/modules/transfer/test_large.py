"""What a large municipality takes: memory that does not grow with it. Run by `-m bench`."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

import psycopg
import pytest

from roder.platform.modules.transfer.exporting import write_archive
from roder.platform.modules.transfer.importing import import_tenant
from roder.platform.modules.transfer.packing import Packing
from roder.tenants.actors import service
from roder.tenants.sealed.keys import keys_to_seal
from roder.tenants.sealed.stored import get_bytes, writing
from roder.tenants.snapshots import open_snapshot

ROWS = 300_000


def resident() -> int:
    """Bytes of this process that are in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


@pytest.mark.bench
async def test_300_000_rows_go_out_and_in_with_little_memory(
    town, runtime, elsewhere, database, tmp_path
):
    fill(database("owner"), str(town.tenant.id))
    async with await town.work() as work:
        keys = await keys_to_seal(work)
    begun, before, peak = time.perf_counter(), resident(), 0

    async def tell(done: int, total: int, step: str) -> None:
        nonlocal peak
        peak = max(peak, resident())

    key = f"{town.tenant.id}/exports/large"
    async with (
        open_snapshot(runtime, town.tenant, service()) as snapshot,
        writing(runtime.storage, keys, key) as sink,
    ):

        async def write(data: bytes) -> None:
            nonlocal peak
            peak = max(peak, resident())
            await sink.write(data)

        packing = Packing(write, snapshot.now)
        archive = await write_archive(snapshot, packing, reason="Prov", tell=tell)
        await packing.end()
    took = time.perf_counter() - begun
    assert archive.rows > ROWS
    print(f"\nout: {archive.rows} rows, {packing.size:,} bytes, {took:.1f} s,")
    print(f"  memory {before / 1e6:.0f} → {peak / 1e6:.0f} MB")
    assert peak - before < 100_000_000

    path = tmp_path / "large.zip"
    async with await town.work() as work:
        path.write_bytes(await get_bytes(work, key, 1))
    begun = time.perf_counter()
    await import_tenant(elsewhere, path)
    print(f"in: {time.perf_counter() - begun:.1f} s, {os.path.getsize(path):,} bytes")


def fill(owner: str, tenant_id: str) -> None:
    with psycopg.connect(owner) as connection:
        connection.execute(f"set local roder.tenant = '{tenant_id}'")
        connection.execute(
            "insert into feedback (tenant_id, id, page, text) "
            "select %s, gen_random_uuid(), '/sida/' || n, repeat(md5(n::text), 8) "
            "from generate_series(1, %s) as n",
            (tenant_id, ROWS),
        )
