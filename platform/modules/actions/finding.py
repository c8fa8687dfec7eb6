"""Search among the actions."""

from __future__ import annotations

from collections.abc import Sequence

from ....authz.permit import permit
from ....infra.i18n import _
from ....tenants.work import Work
from ...finding import MOST, Found
from .listing import Wanted, due_of, planned_actions
from .words import lamp


@permit("actions.read")
async def find_actions(work: Work, words: str, year: int) -> Sequence[Found]:
    """Those whose texts hold the words, the open ones first."""
    found = await planned_actions(work, Wanted(words=words), limit=MOST)
    dues = await due_of(work, found.rows)
    return [
        Found(
            title=row.title,
            kind=_("Planned action"),
            page="planned_action",
            params={"id": row.id},
            detail=f"{lamp(row, dues.get(row.id))[1]}, {row.about}".removesuffix(", "),
        )
        for row in found.rows
    ]
