"""Search among the governing documents."""

from __future__ import annotations

from collections.abc import Sequence

from ....authz.permit import permit
from ....infra.i18n import _
from ....tenants.work import Work
from ...finding import MOST, Found
from .listing import Filter, documents
from .settings import document_settings
from .words import state_words


@permit("governing_documents.read")
async def find_documents(work: Work, words: str, year: int) -> Sequence[Found]:
    """Those whose title, number or summary hold the words."""
    found = await documents(work, Filter(words=words), limit=MOST)
    if not found.rows:
        return []
    chosen, states = await document_settings(work), state_words()
    return [
        Found(
            title=row.document.title,
            kind=_("Governing document"),
            page="governing_document",
            params={"id": row.document.id},
            detail=f"{chosen.name_of(row.document.type_key)} {row.document.number} · "
            f"{states[row.state]}",
        )
        for row in found.rows
    ]
