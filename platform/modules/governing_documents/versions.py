"""The wordings of a document: drafted, decided, with their files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....infra.texts import at_most, one_line
from ....tenants.decided import read_decided
from ....tenants.files import may_have
from ....tenants.models import StoredFile
from ....tenants.rows import uuid7
from ....tenants.work import Work
from .holding import WRITE, hold_binding, hold_document, touched
from .models import DocumentFile, DocumentVersion, GoverningDocument
from .service import LONG, SHORT

MOST_FILES: Final = 50


@dataclass(frozen=True, slots=True)
class LinkedFile:
    id: UUID
    """Of the link."""
    version_id: UUID
    file_id: UUID
    title: str
    name: str
    size: int


@permit("governing_documents.read")
async def files_of(work: Work, version_ids: Iterable[UUID]) -> list[LinkedFile]:
    rows = await work.rows(
        select(
            DocumentFile.id,
            DocumentFile.version_id,
            StoredFile.id,
            DocumentFile.title,
            StoredFile.name,
            StoredFile.size,
        )
        .join(
            StoredFile,
            and_(
                StoredFile.id == DocumentFile.file_id,
                StoredFile.tenant_id == DocumentFile.tenant_id,
            ),
        )
        .where(DocumentFile.version_id.in_(set(version_ids)))
        .order_by(DocumentFile.id)
    )
    return [LinkedFile(*row) for row in rows]


@permit(WRITE)
async def draft_version(
    work: Work,
    document_id: UUID,
    *,
    changes: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> DocumentVersion:
    """The next wording, to be decided. Raises Conflict while there is a draft already."""
    document = await hold_document(work, document_id)
    standing = await work.scalars(
        select(DocumentVersion).where(DocumentVersion.document_id == document.id)
    )
    if any(each.decided_on is None for each in standing):
        raise Conflict(_("There is a draft already. Decide on it before you begin the next."))
    _check_days(valid_from, valid_to)
    version = DocumentVersion(
        id=uuid7(),
        document_id=document.id,
        number=max((each.number for each in standing), default=0) + 1,
        changes=at_most(changes, field="changes", most=LONG),
        valid_from=valid_from,
        valid_to=valid_to,
        decided_by="",
        decided_paragraph="",
        registry_number="",
        made_by=work.actor.id,
        made_at=work.now,
    )
    work.add(version)
    return await _saved(work, document, version)


@permit(WRITE)
async def change_version(work: Work, version_id: UUID, /, **values: Any) -> DocumentVersion:
    """Of a draft: what is new, and from when to when. Raises Conflict once it is decided."""
    document, version = await _held(work, version_id)
    _refuse_decided(version)
    if "changes" in values:
        version.changes = at_most(values["changes"] or "", field="changes", most=LONG)
    version.valid_from = values.get("valid_from", version.valid_from)
    version.valid_to = values.get("valid_to", version.valid_to)
    _check_days(version.valid_from, version.valid_to)
    return await _saved(work, document, version)


@permit(WRITE)
async def decide_version(
    work: Work,
    version_id: UUID,
    /,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
    review_on: date | None = None,
    **decision: Any,
) -> DocumentVersion:
    """The body has decided: in force from a day, that of the decision if none is told, up to and
    with `valid_to` or until further notice. What is decided is not altered again.

    Raises Conflict for what is decided already, InvalidInput, and Forbidden for those who do not
    write for the body.
    """
    row = await work.get(DocumentVersion, version_id)
    document = await hold_binding(work, row.document_id)
    version = await _again(work, version_id)
    _refuse_decided(version)
    for name, value in read_decided(decision, today=work.today).items():
        setattr(version, name, value)
    version.valid_from = valid_from or version.valid_from or version.decided_on
    version.valid_to = valid_to or version.valid_to
    _check_days(version.valid_from, version.valid_to)
    if review_on is not None:
        document.review_on = review_on
    return await _saved(work, document, version)


@permit(WRITE)
async def end_version(work: Work, version_id: UUID, *, valid_to: date | None) -> DocumentVersion:
    """Another last day of what is decided; None for until further notice."""
    row = await work.get(DocumentVersion, version_id)
    document = await hold_binding(work, row.document_id)
    version = await _again(work, version_id)
    if version.decided_on is None:
        raise Conflict(_("It is not decided yet."))
    _check_days(version.valid_from, valid_to)
    version.valid_to = valid_to
    return await _saved(work, document, version)


@permit(WRITE)
async def attach_file(
    work: Work, version_id: UUID, *, file_id: UUID, title: str = ""
) -> DocumentFile:
    """Raises NotFound, Conflict for one that is there already."""
    document, version = await _held(work, version_id)
    file = await work.get(StoredFile, file_id, field="fileId")
    if not may_have(work, file) or file.needs is not None:
        raise NotFound(field="fileId")
    standing = await work.scalars(
        select(DocumentFile.file_id).where(DocumentFile.version_id == version.id)
    )
    if file.id in standing:
        raise Conflict(_("The file {name} is there already.", name=file.name), field="fileId")
    if len(standing) >= MOST_FILES:
        raise Conflict(_("A version has at most {most} files.", most=MOST_FILES))
    row = DocumentFile(
        id=uuid7(),
        version_id=version.id,
        file_id=file.id,
        title=one_line(title or file.name, field="title", most=SHORT),
    )
    work.add(row)
    await touched(work, document)
    return row


@permit(WRITE)
async def detach_file(work: Work, document_file_id: UUID) -> DocumentVersion:
    """From a draft. What has been decided keeps its files. Raises Conflict."""
    row = await work.get(DocumentFile, document_file_id)
    document, version = await _held(work, row.version_id)
    _refuse_decided(version)
    await work.delete(row)
    await touched(work, document)
    return version


async def _held(work: Work, version_id: UUID) -> tuple[GoverningDocument, DocumentVersion]:
    row = await work.get(DocumentVersion, version_id)
    document = await hold_document(work, row.document_id)
    return document, await _again(work, version_id)


async def _again(work: Work, version_id: UUID) -> DocumentVersion:
    """As it stands now that its document is held."""
    again = select(DocumentVersion).where(DocumentVersion.id == version_id)
    found = await work.first(again.execution_options(populate_existing=True))
    if found is None:
        raise NotFound()
    return found


async def _saved(
    work: Work, document: GoverningDocument, version: DocumentVersion
) -> DocumentVersion:
    version.changed_by, version.changed_at = work.actor.id, work.now
    await touched(work, document)
    return version


def _refuse_decided(version: DocumentVersion) -> None:
    if version.decided_on is not None:
        raise Conflict(_("What is decided is kept as it is. Begin a new version."))


def _check_days(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and last < first:
        raise InvalidInput(_("It ends before it begins."), field="validTo")
