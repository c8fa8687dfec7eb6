"""Search among the grants."""

from __future__ import annotations

from collections.abc import Sequence

from ....authz.permit import permit
from ....tenants.work import Work
from ...finding import MOST, Found
from .givers import givers
from .service import Filter, find_grants
from .words import GRANT, state_words


@permit("grants.read")
async def find_by_words(work: Work, words: str, year: int) -> Sequence[Found]:
    """Grants whose name, code, purpose, giver or numbers hold the words, the latest year first."""
    rows, _total = await find_grants(work, Filter(words=words), limit=MOST)
    if not rows:
        return []
    called = {row.id: row.name for row in await givers(work)}
    states = state_words()
    return [
        Found(
            title=row.name,
            kind=GRANT.word(),
            page="grant",
            params={"id": row.id},
            detail=f"{called[row.giver_id]}, {row.year} · {states[row.state]}",
        )
        for row in rows
    ]
