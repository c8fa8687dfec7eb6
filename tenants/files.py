"""Files that people send in: kept in the object store, visible by their row."""

from __future__ import annotations

import asyncio
import hashlib
import re
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO
from uuid import UUID

from sqlalchemy import ColumnElement, Text, delete, exists, false, inspect, or_, select

from ..authz.permit import NOWHERE, permit
from ..infra.errors import InvalidInput, NotFound
from ..infra.i18n import _
from .log.access_log import Action
from .models import StoredFile
from .rows import uuid7
from .sealed.stored import Readable, get_bytes, put_bytes, to_read
from .work import Work

LONGEST_NAME = 150
BLOCK = 256 * 1024
ADDRESS = re.compile(
    r"/files/StoredFile(?::|%3A)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.I
)
"""How a file is reached; a text can link to it as to any page."""


@permit("files.write")
async def keep_upload(work: Work, *, name: str, media_type: str, body: BinaryIO) -> StoredFile:
    """Keep what `body` holds from its start. The bytes come first, then the row that shows them.

    A work that is rolled back leaves the bytes behind without a row, where nobody reaches them.
    """
    size, sha256 = await asyncio.to_thread(measure, body)
    if size == 0:
        raise InvalidInput(_("The file is empty."), field="file")
    id = uuid7()
    file = StoredFile(
        id=id,
        name=plain_name(name),
        media_type=media_type,
        size=size,
        sha256=sha256,
        key=f"{work.tenant.id}/files/{id}",
        created_by=work.actor.id,
    )
    file.key_number = await put_bytes(work, file.key, body)
    work.add(file)
    await work.flush()
    return file


@permit("files.read")
async def load_upload(work: Work, file_id: UUID, *, most: int) -> tuple[StoredFile, bytes]:
    """A file that was sent in, with its content. Raises NotFound; InvalidInput if too large."""
    file = await work.get(StoredFile, file_id, field="fileId")
    if not may_have(work, file):
        raise NotFound(field="fileId")
    if file.size > most:
        raise InvalidInput(
            _("The file is larger than {limit} MB. Divide it.", limit=f"{most / 1e6:g}"),
            field="fileId",
        )
    return file, await get_bytes(work, file.key, file.key_number)


@permit("files.read")
async def open_file(work: Work, file_id: UUID) -> tuple[StoredFile, Readable]:
    """A file, and what reads it as it is sent. Raises NotFound, also for one that takes more than
    the actor may. Taking out what needs a permission, or what others had made, is logged."""
    file = await work.get(StoredFile, file_id)
    if not may_have(work, file):
        raise NotFound()
    others = file.job_id is not None and file.created_by not in (None, work.actor.id)
    if file.needs is not None or others:
        about = [] if file.created_by is None else [file.created_by]
        work.note(Action.EXPORT, "file", records=[file.id], about=about)
    return file, await to_read(work, file.key, file.key_number)


def may_have(work: Work, file: StoredFile) -> bool:
    """What takes a permission for one's own is for whoever had the file made."""
    return file.needs is None or work.allows(file.needs, owner=file.created_by or NOWHERE)


async def forget_uploads(work: Work, *, most: int) -> int:
    """Remove what was sent in some days ago and nothing uses, nor links to; how many."""
    old = work.now - timedelta(days=work.runtime.settings.keep_uploads_days)
    over = (StoredFile.job_id.is_(None), StoredFile.created_at < old, ~is_used(work))
    if await work.first(select(StoredFile.id).where(*over).limit(1)) is None:
        return 0
    kept = StoredFile.id.not_in(await _linked(work))
    unused = select(StoredFile.id).where(*over, kept).order_by(StoredFile.id).limit(most)
    return await remove_files(work, StoredFile.id.in_(unused))


async def _linked(work: Work) -> set[UUID]:
    """The files whose address stands in any text that anybody has written."""
    found: set[UUID] = set()
    for table in StoredFile.metadata.tables.values():
        texts = [column for column in table.c if isinstance(column.type, Text)]
        if "tenant_id" not in table.c or not texts:
            continue
        linking = select(*texts).where(
            table.c.tenant_id == work.tenant.id,
            or_(*(column.contains("/files/StoredFile") for column in texts)),
        )
        for row in await work.rows(linking):
            found.update(UUID(id) for text in row if text for id in ADDRESS.findall(text))
    return found


async def remove_files(work: Work, chosen: ColumnElement[bool]) -> int:
    """Remove files for good; how many. None of them may be in use."""
    gone = delete(StoredFile).where(chosen).returning(StoredFile.key)
    keys = [
        row.key for row in await work.execute(gone.execution_options(synchronize_session=False))
    ]
    # Before the commit: what stops here is done again, and no bytes are left without a row.
    await work.storage.delete_each(keys)
    return len(keys)


def is_used(work: Work) -> ColumnElement[bool]:
    """Whether any row of any module points at the file, by a foreign key."""
    files = inspect(StoredFile).local_table
    return or_(
        false(),
        *(
            exists().where(
                table.c.tenant_id == work.tenant.id,
                *(key.parent == key.column for key in link.elements),
            )
            for table in StoredFile.metadata.tables.values()
            for link in table.foreign_key_constraints
            if link.referred_table is files
        ),
    )


def plain_name(name: str) -> str:
    """The last part of a path as a file name: no folders, no control signs, at most 150 signs."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(
        ". "
    )
    if not kept:
        raise InvalidInput(_("The file needs a name."), field="name")
    ending = Path(kept).suffix[:20]
    return kept if len(kept) <= LONGEST_NAME else kept[: LONGEST_NAME - len(ending)] + ending


def measure(body: IO[bytes]) -> tuple[int, str]:
    """Its size and SHA-256; wound back to its start."""
    digest = hashlib.sha256()
    body.seek(0)
    while block := body.read(BLOCK):
        digest.update(block)
    size = body.tell()
    body.seek(0)
    return size, digest.hexdigest()
