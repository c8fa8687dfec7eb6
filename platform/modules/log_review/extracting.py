"""The extended extract of the log: all that one person has done in a longer time."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import or_, select

from ....infra.documents.excel import Sheet, SheetColumn
from ....infra.i18n import _
from ....tenants.log.access_log import LogEntry
from ....tenants.models import Person
from ....tenants.work import Work
from ...log_words import kind_words
from .making import days_chosen
from .models import Investigation, ReviewEvent
from .words import action_words, days, on_the_clock, way_words


async def extract_sheet(work: Work, investigation: Investigation, event: ReviewEvent) -> Sheet:
    """What the person of the event has done, and what others did as them or they as others, with
    the hash of each entry, in the days that the investigation asks for."""
    begins, ends = investigation.extract_from, investigation.extract_to
    assert begins is not None
    assert ends is not None
    own = or_(LogEntry.person_id == event.person_id, LogEntry.behind_id == event.person_id)
    entries = await work.scalars(
        select(LogEntry).where(own, days_chosen(begins, ends)).order_by(LogEntry.seq)
    )
    rows = await work.rows(select(Person.id, Person.name))
    people = {row.id: row.name for row in rows}
    name = people.get(event.person_id, "–") if event.person_id else "–"
    return Sheet(
        name=_("Extended extract"),
        title=f"{investigation.case_number}: {name}, {days(begins, ends)}",
        columns=_columns(),
        rows=[_row(entry, people) for entry in entries],
    )


def _columns() -> tuple[SheetColumn, ...]:
    titles = (
        (_("Number"), 10),
        (_("Time"), 20),
        (_("Who"), 24),
        (_("Behind"), 24),
        (_("What was done"), 18),
        (_("With what"), 22),
        (_("About whom"), 48),
        (_("Process and place"), 26),
        (_("By which way"), 14),
        (_("From where"), 18),
        (_("Hash"), 66),
    )
    return tuple(SheetColumn(title, width=width) for title, width in titles)


def _row(entry: LogEntry, people: Mapping[UUID, str]) -> tuple[str, ...]:
    return (
        str(entry.seq),
        on_the_clock(entry.at),
        people.get(entry.person_id, "–") if entry.person_id else "",
        people.get(entry.behind_id, "–") if entry.behind_id else "",
        action_words().get(entry.action, entry.action),
        kind_words().get(entry.kind, entry.kind),
        ", ".join(people.get(id, str(id)) for id in entry.about),
        entry.process,
        way_words().get(entry.way, entry.way),
        entry.address,
        entry.hash.hex(),
    )
