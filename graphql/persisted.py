"""Persisted documents: sent once with its hash, a document is asked for by the hash alone.

Appendix A of the draft of GraphQL over HTTP: `documentId` is `sha256:` and 64 hex digits. The
draft gives no status to an unknown id; here it is 404 with PERSISTED_DOCUMENT_NOT_FOUND, on which
a client sends the document again, together with its id.
"""

import re
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from ..infra.i18n import _
from ..infra.runtime import Runtime
from ..tenants.entry import Entered
from ..tenants.rows import uuid7
from ..tenants.work import Work, open_work
from .documents import Bounded
from .http import Asked, NotWellFormed
from .limits import QueryRefused
from .models import PersistedDocument

MOST = 5_000
"""Documents a municipality can keep; the oldest makes room, and is sent again when missed."""

_ID = re.compile(r"sha256:([0-9a-f]{64})")

_texts: Bounded[str] = Bounded(4_000_000)


async def find_text(runtime: Runtime, entered: Entered, asked: Asked) -> str:
    """The document that is asked for, sent or kept.

    Raises NotWellFormed for an id that is none, QueryRefused for one that is not kept, or that is
    not the hash of the query beside it.
    """
    if asked.document_id is None:
        return asked.query or ""
    digest = _digest(asked.document_id)
    if asked.query is not None:
        if sha256(asked.query.encode()).hexdigest() != digest:
            raise QueryRefused(
                _("documentId is not the SHA-256 of the query that came with it."),
                code="PERSISTED_DOCUMENT_MISMATCH",
                field="documentId",
            )
        return asked.query
    text = _texts.get((entered.tenant.id, digest))
    if text is None:
        async with open_work(runtime, entered.tenant, entered.actor, write=False) as work:
            text = await find_document(work, digest)
        _texts.keep((entered.tenant.id, digest), text, weight=len(text))
    return text


async def keep_text(runtime: Runtime, entered: Entered, asked: Asked) -> None:
    """Keep the document that came with its id; it must have been validated."""
    if asked.document_id is None or asked.query is None:
        return
    digest = _digest(asked.document_id)
    if _texts.get((entered.tenant.id, digest)) is None:
        async with open_work(runtime, entered.tenant, entered.actor, write=True) as work:
            await keep_document(work, digest, asked.query)
        _texts.keep((entered.tenant.id, digest), asked.query, weight=len(asked.query))


async def find_document(work: Work, digest: str) -> str:
    text = await work.first(
        select(PersistedDocument.text).where(PersistedDocument.digest == digest)
    )
    if text is None:
        raise QueryRefused(
            _("The document is not kept here. Send it once as query, together with documentId."),
            code="PERSISTED_DOCUMENT_NOT_FOUND",
            status=404,
            field="documentId",
        )
    return text


async def keep_document(work: Work, digest: str, text: str, *, most: int = MOST) -> None:
    """Keep a document unless it is kept already, and let the oldest above `most` go."""
    await work.execute(
        insert(PersistedDocument)
        .values(
            tenant_id=work.tenant.id,
            id=uuid7(),
            digest=digest,
            text=text,
            created_by=work.actor.id,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "digest"])
    )
    old = await work.scalars(
        select(PersistedDocument.id)
        .order_by(PersistedDocument.created_at.desc(), PersistedDocument.id.desc())
        .offset(most)
    )
    if old:
        await work.execute(delete(PersistedDocument).where(PersistedDocument.id.in_(old)))


def _digest(document_id: str) -> str:
    found = _ID.fullmatch(document_id)
    if found is None:
        raise NotWellFormed(
            _("documentId has to be sha256: and 64 hexadecimal digits in lower case."),
            field="documentId",
        )
    return found[1]
