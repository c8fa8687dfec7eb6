"""The life of an export: bytes in the object store first, then the row that makes them a file."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from io import BytesIO
from typing import IO

from sqlalchemy import delete, exists, select

from ..tenants.files import is_used, measure, plain_name, remove_files
from ..tenants.models import StoredFile
from ..tenants.sealed.stored import put_bytes
from ..tenants.work import Work
from .jobs import Run
from .models import Job, JobState

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def keep_file(
    work: Work,
    run: Run,
    *,
    name: str,
    media_type: str,
    data: bytes | IO[bytes],
    needs: str | None = None,
) -> StoredFile:
    """Keep what a job has made, as its one file. `needs` is the permission to have it, beside that
    to read files.

    Visible when the job's transaction is committed. A job that has its file already gets that.
    """
    kept = await work.first(select(StoredFile).where(StoredFile.job_id == run.job_id))
    if kept is not None:
        return kept
    key = export_key(work, run)
    body = BytesIO(data) if isinstance(data, bytes) else data
    size, sha256 = await asyncio.to_thread(measure, body)
    number = await put_bytes(work, key, body)
    file = StoredFile(
        name=name,
        media_type=media_type,
        size=size,
        sha256=sha256,
        key=key,
        key_number=number,
        needs=needs,
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


def export_key(work: Work, run: Run) -> str:
    """Where a job's file lies. The attempt is in it: a run that was given up must not write over a
    file that is shown."""
    return f"{work.tenant.id}/exports/{run.job_id}/{run.attempt}"
