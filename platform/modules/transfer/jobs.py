"""What takes long: writing all of a municipality, and encrypting its old files anew."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from ....infra.errors import Conflict
from ....infra.i18n import _
from ....tenants.actors import service
from ....tenants.log.access_log import Action
from ....tenants.models import StoredFile
from ....tenants.sealed.keys import keys_to_seal
from ....tenants.sealed.resealing import encrypt_files
from ....tenants.sealed.stored import SealedSink, writing
from ....tenants.snapshots import open_snapshot
from ....tenants.work import Work
from ....workers.exports import export_key, file_name
from ....workers.jobs import Outcome, Run, job
from ..leavers.models import LeaverRun
from .exporting import Archive, write_archive
from .models import TenantExport
from .packing import Packing

NEEDS = "tenant.export"
NAMED = 1000
"""Files that could not be read which the job itself names; the manifest names them all."""
MOST = 200
"""Files that one run encrypts anew; what is left is for the next."""


@job(queue="exports", name="transfer.export_tenant")
async def export_tenant(work: Work, run: Run, *, export_id: str) -> Outcome:
    """Write the archive to the store as it is made, encrypted, and make it a file of the job.

    Raises Conflict where people have been purged meanwhile: it would name them.
    """
    work.require(NEEDS)
    export = await work.get(TenantExport, UUID(export_id))
    kept = await work.first(select(StoredFile).where(StoredFile.job_id == run.job_id))
    if kept is not None:
        return {"file": str(kept.id)}
    keys, key = await keys_to_seal(work), export_key(work, run)
    async with writing(work.storage, keys, key) as sink:
        archive, size, sha256 = await _pack(work, run, export.reason, sink)
    await _remember(work, export, archive)
    if await _purged_since(work, export):
        await work.storage.delete_each([key])
        raise Conflict(
            _(
                "People were purged while the archive was being made, and it names them. "
                "Make it again."
            )
        )
    day = work.today.isoformat()
    file = StoredFile(
        name=file_name(work.tenant.name, _("everything"), day, ending="zip"),
        media_type="application/zip",
        size=size,
        sha256=sha256,
        key=key,
        key_number=keys.newest,
        needs=NEEDS,
        job_id=run.job_id,
        created_by=work.actor.id,
    )
    work.add(file)
    await work.flush()
    faults = archive.missing + archive.damaged
    return {
        "file": str(file.id),
        "rows": archive.rows,
        "files": archive.files,
        "faults": faults[:NAMED],
    }


async def _pack(work: Work, run: Run, reason: str, sink: SealedSink) -> tuple[Archive, int, str]:
    """The archive as it was written, its size and its SHA-256."""

    async def tell(done: int, total: int, step: str) -> None:
        await run.progress(done, total, _("Writing {step}", step=step) if step else "")

    async def write(data: bytes) -> None:
        await sink.write(data)
        await run.progress(run.done, run.total, run.step)  # a table or a file may take long

    async with open_snapshot(work.runtime, work.tenant, service()) as snapshot:
        packing = Packing(write, snapshot.now)
        archive = await write_archive(snapshot, packing, reason=reason, tell=tell)
        sha256 = await packing.end()
    return archive, packing.size, sha256


async def _purged_since(work: Work, export: TenantExport) -> bool:
    """Whether a purge has ended since the export was asked for. Asked when the export's row is
    written, which a purge that ends waits for: one of the two sees the other."""
    ended = select(LeaverRun.id).where(LeaverRun.done_at >= export.created_at)
    return await work.first(ended.limit(1)) is not None


async def _remember(work: Work, export: TenantExport, archive: Archive) -> None:
    export.made_at, export.digest = work.now, archive.digest
    export.row_count, export.file_count = archive.rows, archive.files
    export.fault_count = len(archive.missing) + len(archive.damaged)
    export.text_count = archive.sealed.count
    export.texts_without_key = archive.sealed.without_key
    told = {"rows": str(archive.rows), "files": str(archive.files), "digest": archive.digest}
    if export.fault_count:
        told["faults"] = str(export.fault_count)
    if export.texts_without_key:
        told["texts_without_key"] = str(export.texts_without_key)
    await work.flush()
    work.note(Action.EXPORT, "tenant", records=[export.id], detail=told)


@job(name="transfer.encrypt_old_files")
async def encrypt_old_files(work: Work, run: Run, *, passing: Sequence[str] = ()) -> Outcome:
    """What was kept under an earlier key, or under none, encrypted with the newest. What cannot be
    read is named in the result of the last run, and `passing` for those after this one."""
    made = await encrypt_files(work, most=MOST, passing=passing)
    faults = [*passing, *made.faults]
    if made.done + len(made.faults) >= MOST:
        await encrypt_old_files.later(work, passing=faults)
    return {"files": made.done, "faults": faults}
