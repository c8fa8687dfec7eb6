"""The life of an export: bytes in the object store first, then the row that makes them a file."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import delete, exists, select

from ..tenants.files import is_used, plain_name, remove_files
from ..tenants.models import StoredFile
from ..tenants.work import Work
from .jobs import Run
from .models import Job, JobState

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def keep_file(work: Work, run: Run, *, name: str, media_type: str, data: bytes) -> StoredFile:
    """Keep what a job has made, as its one file.

    Visible when the job's transaction is committed. A job that has its file already gets that.
    """
    kept = await work.first(select(StoredFile).where(StoredFile.job_id == run.job_id))
    if kept is not None:
        return kept
    # The attempt is in the key: a run that was given up must not write over a file that is shown.
    key = f"{work.tenant.id}/exports/{run.job_id}/{run.attempt}/{name.replace('/', '_')}"
    await work.storage.put(key, data, media_type=media_type)
    file = StoredFile(
        name=name,
        media_type=media_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        key=key,
        job_id=run.job_id,
        created_by=work.actor.id,
    )
    work.add(file)
    await work.flush()
    return file


async def forget_jobs(work: Work, *, most: int) -> int:
    """Drop jobs that ended longer ago than they are kept, with the files they made; how many.

    One whose file is used elsewhere stays with it.
    """
    old = work.now - timedelta(days=work.runtime.settings.keep_jobs_days)
    used = exists().where(StoredFile.job_id == Job.id, is_used(work))
    over = select(Job.id).where(
        Job.state.in_((JobState.DONE, JobState.FAILED)), Job.ended_at < old, ~used
    )
    ids = await work.scalars(over.order_by(Job.id).limit(most))
    await remove_files(work, StoredFile.job_id.in_(ids))
    gone = delete(Job).where(Job.id.in_(ids))
    await work.execute(gone.execution_options(synchronize_session=False))
    return len(ids)


def file_name(*parts: str, ending: str) -> str:
    """`Östhammars kommun – Verksamhetsplan 2026.pdf`, without signs that a file system refuses."""
    return plain_name(f"{' – '.join(parts)}.{ending}".replace("/", "-").replace("\\", "-"))


def signed_link(work: Work, file: StoredFile) -> str:
    """An address that gives the file to whoever has it, for `RODER_LINK_SECONDS`.

    Raises Forbidden for one who may not read files.
    """
    work.require("files.read", owner=file.created_by)
    return work.storage.signed_link(
        file.key,
        filename=file.name,
        seconds=work.runtime.settings.link_seconds,
        media_type=file.media_type,
    )
