"""The life of an export: bytes in the object store first, then the row that makes them a file."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from sqlalchemy import select

from ..tenants.models import StoredFile
from ..tenants.work import Work
from .jobs import Run


async def keep_file(
    work: Work, run: Run, *, name: str, media_type: str, data: bytes | Path
) -> StoredFile:
    """Keep what a job has made, as its one file; `data` is the content, or a file that has it.

    Visible when the job's transaction is committed. A job that has its file already gets that.
    """
    kept = await work.first(select(StoredFile).where(StoredFile.job_id == run.job_id))
    if kept is not None:
        return kept
    size, sha256 = await asyncio.to_thread(_measure, data)
    # The attempt is in the key: a run that was given up must not write over a file that is shown.
    key = f"{work.tenant.id}/exports/{run.job_id}/{run.attempt}/{name.replace('/', '_')}"
    await work.storage.put(key, data, media_type=media_type)
    file = StoredFile(
        name=name,
        media_type=media_type,
        size=size,
        sha256=sha256,
        key=key,
        job_id=run.job_id,
        created_by=work.actor.id,
    )
    work.add(file)
    await work.flush()
    return file


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


def _measure(data: bytes | Path) -> tuple[int, str]:
    if isinstance(data, bytes):
        return len(data), hashlib.sha256(data).hexdigest()
    with data.open("rb") as file:
        return data.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
