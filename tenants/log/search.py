"""Who saw this person, or anything, between two times."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select

from ...authz.permit import permit
from ...infra.errors import InvalidInput
from ...infra.i18n import _
from ..models import Person, Unit
from ..work import Work
from .access_log import Action, LogEntry

PAGE: Final = 100
MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; all of it has to hold. `by` did it, in an own name or behind another's;
    `about` is the person of the register whom it concerned; `record` the row."""

    by: UUID | None = None
    about: UUID | None = None
    record: UUID | None = None
    unit: UUID | None = None
    action: Action | None = None
    kind: str | None = None
    way: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the log, the latest first; `before` is where the next one begins."""

    entries: list[LogEntry]
    before: int | None


@permit("log.read")
async def search_log(
    work: Work, wanted: Wanted, *, before: int | None = None, first: int = PAGE
) -> Found:
    """Raises InvalidInput for a page of another size than 1 to 1,000. Looking is logged too."""
    if not 1 <= first <= MOST:
        raise InvalidInput(
            _("A page holds 1 to {most} records; you asked for {size}.", most=MOST, size=first),
            field="first",
        )
    statement = matching(wanted)
    if before is not None:
        statement = statement.where(LogEntry.seq < before)
    found = list(await work.scalars(statement.order_by(LogEntry.seq.desc()).limit(first + 1)))
    await note_search(work, wanted, met=bool(found))
    return Found(found[:first], found[first - 1].seq if len(found) > first else None)


async def note_search(
    work: Work, wanted: Wanted, action: Action = Action.SEARCH, *, met: bool
) -> None:
    """`met`: something was found, so all ids that were looked for are of this municipality."""
    unknown = () if met else await _unknown(work, wanted)
    wanted = replace(wanted, **dict.fromkeys(unknown))
    told = {
        name: str(value)
        for name in ("by", "record", "unit", "action", "kind", "way", "since", "until")
        if (value := getattr(wanted, name)) is not None
    }
    if unknown:
        told["unknown"] = " ".join(unknown)
    about = [id for id in (wanted.about, wanted.by) if id is not None]
    work.note(action, "access_log", about=about, detail=told)


async def _unknown(work: Work, wanted: Wanted) -> list[str]:
    """What was looked for by an id that is not known to be of this municipality. The log does not
    repeat it: it may be another one's."""
    people, known = {wanted.by, wanted.about} - {None}, set[UUID]()
    if people:
        known.update(await work.scalars(select(Person.id).where(Person.id.in_(people))))
    if wanted.unit is not None:
        known.update(await work.scalars(select(Unit.id).where(Unit.id == wanted.unit)))
    ids = ((name, getattr(wanted, name)) for name in ("by", "about", "record", "unit"))
    return [name for name, id in ids if id is not None and id not in known]


def matching(wanted: Wanted) -> Select[LogEntry]:
    return select(LogEntry).where(*_conditions(wanted))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.by is not None:
        conditions.append(or_(LogEntry.person_id == wanted.by, LogEntry.behind_id == wanted.by))
    if wanted.about is not None:
        conditions.append(LogEntry.about.contains([wanted.about]))
    if wanted.record is not None:
        conditions.append(LogEntry.records.contains([wanted.record]))
    for column, value in (
        (LogEntry.unit_id, wanted.unit),
        (LogEntry.action, wanted.action),
        (LogEntry.kind, wanted.kind),
        (LogEntry.way, wanted.way),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.since is not None:
        conditions.append(LogEntry.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(LogEntry.at < wanted.until)
    return conditions
