"""No archive of the whole municipality names somebody after they have been purged."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select, text

from roder.infra.errors import Conflict
from roder.platform.modules.leavers.jobs import decide_and_purge
from roder.platform.modules.leavers.models import LeaverRun, RunState
from roder.platform.modules.leavers.purge import STAGES, take_step
from roder.platform.modules.leavers.runs import open_run
from roder.platform.modules.transfer.jobs import export_tenant
from roder.platform.modules.transfer.models import TenantExport
from roder.platform.modules.transfer.service import ask_for_tenant_export, tenant_exports
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.models import StoredFile
from roder.workers.jobs import Run


async def ask(town):
    """An export that is asked for: its id, and that of its job."""
    async with await town.work() as work:
        job = await ask_for_tenant_export(work, reason="Byte av leverantör")
        return await work.first(select(TenantExport.id)), job.id


async def make(work, export_id, job_id, *, run=Run):
    return await export_tenant.function(work, run(job_id, 1), export_id=str(export_id))


async def decided(town, person_id):
    async with await town.work() as work:
        run = await open_run(work, [person_id])
        await decide_and_purge(work, run.id, motivation="")
    return run.id


async def archives(town):
    """The zip files of the municipality, as rows and in the store."""
    async with await town.work(write=False) as work:
        rows = await work.scalars(
            select(StoredFile.key).where(StoredFile.media_type == "application/zip")
        )
        lying = [
            key async for keys in work.storage.keys(f"{work.tenant.id}/exports/") for key in keys
        ]
        [(export, file)] = await tenant_exports(work)
    assert (file is None) == (list(rows) == [])
    return list(rows), lying, export


async def test_a_purge_removes_the_archives_that_were_made_before_it(
    town, other_town, leaver, finish
):
    for place in (town, other_town):
        asked = await ask(place)
        async with await place.work() as work:
            await make(work, *asked)
    person = await leaver(town)
    assert len((await archives(town))[1]) == 1

    done = await finish(town, await decided(town, person.id))

    rows, lying, export = await archives(town)
    assert (done.state, rows, lying) == (RunState.DONE, [], [])
    assert export.removed_at == done.done_at
    assert export.digest is not None
    assert done.receipt["counts"]["own"]["tenant_exports"] == 1
    async with await town.work(write=False) as work:
        noted = select(LogEntry).where(LogEntry.kind == "tenant", LogEntry.action == Action.DISPOSE)
        assert [entry.records for entry in await work.scalars(noted)] == [[export.id]]
    rows, lying, export = await archives(other_town)
    assert (rows, export.removed_at) == (lying, None)
    assert len(rows) == 1


async def test_an_archive_that_is_made_while_a_purge_ends_is_given_up(town, leaver, finish):
    person = await leaver(town)
    asked, run_id = await ask(town), await decided(town, person.id)

    class Meanwhile(Run):
        purged = False

        async def progress(self, done, total, step=""):
            if not self.purged:
                type(self).purged = True
                await finish(town, run_id)

    with pytest.raises(Conflict, match="gallrades medan arkivet gjordes"):
        async with await town.work() as work:
            await make(work, *asked, run=Meanwhile)

    rows, lying, export = await archives(town)
    assert Meanwhile.purged
    assert (rows, lying) == ([], [])
    assert (export.made_at, export.removed_at) == (None, None)


async def test_a_purge_waits_for_an_archive_that_is_just_being_finished(town, leaver):
    person = await leaver(town)
    asked, run_id = await ask(town), await decided(town, person.id)
    while True:
        async with await town.work() as work:
            if (await take_step(work, run_id)).stage == len(STAGES) - 1:
                break

    async def end():
        async with await town.work() as work:
            await take_step(work, run_id)

    async with await town.work() as work:
        await make(work, *asked)
        ending = asyncio.create_task(end())
        assert await waits_for_a_row(town, ending)
    await ending

    rows, lying, export = await archives(town)
    assert (rows, lying) == ([], [])
    assert export.made_at is not None
    assert export.removed_at is not None
    async with await town.work(write=False) as work:
        assert (await work.get(LeaverRun, run_id)).state is RunState.DONE


async def waits_for_a_row(town, task):
    """Whether the task comes to wait for another transaction; False if it ends without."""
    waiting = "select count(*) from pg_locks where locktype = 'transactionid' and not granted"
    async with town.runtime.engine.connect() as connection:
        while not task.done():
            if await connection.scalar(text(waiting)):
                return True
    return False
