"""Search: cases that one sees by their reference, and by nothing else.

What is written in a case is never in an index. Somebody without sight of it gets the same answer
whether or not there is such a case.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from ....infra.i18n import _
from ....tenants.log.access_log import Action
from ....tenants.work import Work
from ...finding import MOST, Found
from .models import Deviation
from .sight import READ, visible
from .tasks import CASE

SHORTEST = 4


async def find_deviations(work: Work, words: str, year: int) -> Sequence[Found]:
    wanted = words.strip().upper()
    if not work.allows(READ) or len(wanted) < SHORTEST:
        return []
    rows = await work.rows(
        select(Deviation.id, Deviation.reference)
        .where(visible(work), Deviation.reference.startswith(wanted, autoescape=True))
        .order_by(Deviation.id.desc())
        .limit(MOST)
    )
    if rows:
        work.note(Action.SEARCH, "deviation", records=[id for id, _reference in rows])
    return [Found(reference, _("Deviation"), CASE, {"id": str(id)}) for id, reference in rows]
