"""Search among the meetings and what was decided at them."""

from __future__ import annotations

from collections.abc import Sequence

from ....authz.permit import permit
from ....infra.i18n import _
from ....tenants.work import Work
from ...finding import MOST, Found
from .dates import day_of
from .listing import meetings
from .words import state_words


@permit("meetings.read")
async def find_meetings(work: Work, words: str, year: int) -> Sequence[Found]:
    """Meetings of which the series, the place or an item holds the words, the latest first."""
    found = await meetings(work, words=words, limit=MOST)
    return [
        Found(
            title=f"{each.series.name} {day_of(each.meeting.starts_at)}",
            kind=_("Meeting"),
            page="meeting",
            params={"id": each.meeting.id},
            detail=state_words()[each.meeting.state],
        )
        for each in found.rows
    ]
