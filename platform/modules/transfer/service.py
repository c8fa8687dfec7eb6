"""Everything that a municipality has, asked for by its full administrators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from ....authz.permit import permit
from ....infra.errors import Forbidden, InvalidInput
from ....infra.i18n import _
from ....infra.texts import one_line
from ....tenants.log.access_log import Action
from ....tenants.models import StoredFile
from ....tenants.rows import uuid7
from ....tenants.sealed.keys import keys_to_seal
from ....tenants.work import Work
from ....workers.jobs import get_job
from ....workers.models import Job, JobState
from .jobs import encrypt_old_files, export_tenant
from .models import TenantExport

REASON = 300
SHOWN_FOR: timedelta = timedelta(days=365)


@permit("tenant.export")
async def ask_for_tenant_export(work: Work, *, reason: str) -> Job:
    """Have everything written to an archive. `reason` is kept, and stands in the archive. Raises
    InvalidInput without one, Forbidden for a key that is narrowed to some units."""
    if work.actor.within is not None:
        raise Forbidden(_("This key reaches some units only, and an export is of everything."))
    export = TenantExport(id=uuid7(), reason=why(reason), asked_by=work.actor.id)
    work.add(export)
    await keys_to_seal(work)  # now, so that nobody waits for the export's own transaction
    await work.flush()
    job = await export_tenant.later(work, export_id=str(export.id))
    export.job_id = job.id
    await work.flush()
    work.note(Action.EXPORT, "tenant", records=[export.id])
    return job


@permit("tenant.export")
async def tenant_exports(work: Work) -> Sequence[tuple[TenantExport, StoredFile | None]]:
    """The exports of the last year, latest first, with their archives while these are kept."""
    exports = await work.scalars(
        select(TenantExport)
        .where(TenantExport.created_at > func.now() - SHOWN_FOR)
        .order_by(TenantExport.id.desc())
    )
    jobs = [export.job_id for export in exports]
    kept = await work.scalars(select(StoredFile).where(StoredFile.job_id.in_(jobs)))
    files: dict[UUID | None, StoredFile] = {file.job_id: file for file in kept}
    return [(export, files.get(export.job_id)) for export in exports]


@permit("tenant.export")
async def damaged_files(work: Work) -> list[str]:
    """What could not be encrypted with the newest key when that was last done: by its name where it
    has one, else by that of an archive."""
    last = await work.first(
        select(Job.id)
        .where(Job.kind == encrypt_old_files.name, Job.state == JobState.DONE)
        .order_by(Job.id.desc())
        .limit(1)
    )
    result = (await get_job(work, last)).result if last else None
    faults = result.get("faults") if result else None
    each = [str(name) for name in faults] if isinstance(faults, list) else []
    prefix = f"files/{StoredFile.__tablename__}/"
    ids = {name: UUID(name.removeprefix(prefix)) for name in each if name.startswith(prefix)}
    named = select(StoredFile.id, StoredFile.name).where(StoredFile.id.in_(ids.values()))
    names = {row.id: row.name for row in await work.rows(named)}
    return [names.get(ids[name], name) if name in ids else name for name in each]


def why(reason: str) -> str:
    text = one_line(reason, field="reason", most=REASON) if reason.strip() else ""
    if not text:
        raise InvalidInput(_("Say why: it is kept with the export."), field="reason")
    return text
