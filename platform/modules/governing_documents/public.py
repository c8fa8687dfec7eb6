"""What anybody may read: documents that are marked as public, while they are in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from ....authz.permit import permit
from ....infra.errors import NotFound
from ....tenants.models import StoredFile
from ....tenants.sealed.stored import Readable, to_read
from ....tenants.tree import units
from ....tenants.work import STOCKHOLM, Work
from .models import DocumentFile, DocumentState, DocumentVersion, GoverningDocument
from .settings import document_settings
from .states import all_versions, in_force, state_of
from .versions import LinkedFile, files_of

MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class PublicDocument:
    """A document in force, in the words of the public list: no person stands in it."""

    id: UUID
    title: str
    number: str
    summary: str
    type_key: str
    type: str
    body: str
    version: DocumentVersion
    published_at: datetime
    files: list[LinkedFile] = field(default_factory=list)


@permit("governing_documents.read")
async def public_documents(
    work: Work, *, words: str = "", type_key: str = ""
) -> list[PublicDocument]:
    """In the order of their titles; all that is given has to fit."""
    conditions = _public(work)
    if words:
        row = GoverningDocument
        like = [
            column.icontains(words, autoescape=True)
            for column in (row.title, row.number, row.summary)
        ]
        conditions.append(or_(*like))
    if type_key:
        conditions.append(GoverningDocument.type_key == type_key)
    rows = await work.scalars(
        select(GoverningDocument)
        .where(*conditions)
        .order_by(func.sv_key(GoverningDocument.title), GoverningDocument.id)
        .limit(MOST)
    )
    return await _shown(work, rows)


@permit("governing_documents.read")
async def public_file(work: Work, file_id: UUID) -> tuple[StoredFile, Readable]:
    """A file of the version in force of a public document. Raises NotFound for any other."""
    rows = await work.rows(
        select(StoredFile, DocumentVersion)
        .join(
            DocumentFile,
            and_(
                DocumentFile.file_id == StoredFile.id,
                DocumentFile.tenant_id == StoredFile.tenant_id,
            ),
        )
        .join(
            DocumentVersion,
            and_(
                DocumentVersion.id == DocumentFile.version_id,
                DocumentVersion.tenant_id == DocumentFile.tenant_id,
            ),
        )
        .join(
            GoverningDocument,
            and_(
                GoverningDocument.id == DocumentVersion.document_id,
                GoverningDocument.tenant_id == DocumentVersion.tenant_id,
            ),
        )
        .where(StoredFile.id == file_id, StoredFile.needs.is_(None), *_public(work))
    )
    versions = await all_versions(work, {version.document_id for _file, version in rows})
    for file, version in rows:
        if in_force(versions[version.document_id], work.today) is version:
            return file, await to_read(work, file.key, file.key_number)
    raise NotFound()


def news_at(document: PublicDocument) -> datetime:
    """When the version became something to read: made public, and in force."""
    first = document.version.valid_from
    assert first is not None
    return max(document.published_at, datetime.combine(first, time(), STOCKHOLM))


def _public(work: Work) -> list[ColumnElement[bool]]:
    return [
        GoverningDocument.published_at.is_not(None),
        state_of(work) == DocumentState.VALID.value,
    ]


async def _shown(work: Work, rows: Sequence[GoverningDocument]) -> list[PublicDocument]:
    versions = await all_versions(work, [row.id for row in rows])
    standing = {id: in_force(own, work.today) for id, own in versions.items()}
    files = await files_of(work, [each.id for each in standing.values() if each is not None])
    placed = await units.placed(work, list({row.body_id for row in rows}))
    bodies = {unit.id: unit.name for unit in placed}
    chosen = await document_settings(work)
    found = []
    for row in rows:
        version = standing[row.id]
        assert version is not None
        assert row.published_at is not None
        own = [file for file in files if file.version_id == version.id]
        found.append(
            PublicDocument(
                row.id,
                row.title,
                row.number,
                row.summary,
                row.type_key,
                chosen.name_of(row.type_key),
                bodies.get(row.body_id, ""),
                version,
                row.published_at,
                own,
            )
        )
    return found
