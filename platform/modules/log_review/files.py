"""The files of a review: kept in the object store, read by those who may read the list."""

from __future__ import annotations

import hashlib
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....infra.errors import NotFound
from ....tenants.files import plain_name
from ....tenants.log.access_log import Action
from ....tenants.sealed.stored import get_bytes, put_bytes
from ....tenants.work import Work
from ....workers.jobs import Run
from .models import FileKind, Review, ReviewFile
from .reviews import READ, get_review


async def keep_review_file(
    work: Work,
    run: Run,
    review: Review,
    *,
    kind: FileKind,
    name: str,
    media_type: str,
    data: bytes,
    investigation_id: UUID | None = None,
    note: str = "",
) -> ReviewFile:
    """The bytes first, then the row that shows them. A job that has its file gets that one."""
    same = select(ReviewFile).where(ReviewFile.job_id == run.job_id, ReviewFile.kind == kind)
    kept = await work.first(same)
    if kept is not None:
        return kept
    # The attempt is in the key: a run that was given up must not write over a file that is shown.
    key = f"{work.tenant.id}/reviews/{review.id}/{run.job_id}/{run.attempt}/{kind.value}"
    number = await put_bytes(work, key, data)
    file = ReviewFile(
        review_id=review.id,
        investigation_id=investigation_id,
        job_id=run.job_id,
        kind=kind,
        name=plain_name(name),
        media_type=media_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        key=key,
        key_number=number,
        note=note,
        made_by=work.actor.id,
    )
    work.add(file)
    await work.flush()
    return file


@permit(READ)
async def files_of(work: Work, review: Review) -> list[ReviewFile]:
    """Of the list and its investigations, the newest of each kind first."""
    own = select(ReviewFile).where(ReviewFile.review_id == review.id)
    return list(await work.scalars(own.order_by(ReviewFile.id.desc())))


@permit(READ)
async def load_review_file(work: Work, file_id: UUID) -> tuple[ReviewFile, bytes]:
    """Raises NotFound for what is absent, or belongs to a list that the actor may not read. An
    extended extract is read by those only who may have it made, or asked for it."""
    file = await work.find(ReviewFile, file_id)
    if file is None:
        raise NotFound()
    review = await get_review(work, file.review_id)
    work.note(
        Action.EXPORT,
        "log_review",
        records=[review.id, file.id],
        unit_id=review.unit_id,
        detail={"file": file.kind.value},
    )
    return file, await get_bytes(work, file.key, file.key_number)
