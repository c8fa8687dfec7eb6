"""A breach: what was touched between two times, and the decision whether to tell the authority."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most, one_line
from ....tenants.log.access_log import Action, LogEntry
from ....tenants.work import Work
from .models import Breach, BreachState
from .service import LONG, SHORT
from .settings import data_protection_settings

MOST_LISTED = 500
"""Rows of a table in the file, which says so where there are more: the access log has all."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What the access log has of a time: people concerned, and who did what how often."""

    entries: int
    people: tuple[UUID, ...]
    deeds: tuple[tuple[Action, str, int], ...]
    """Action, kind of record, times."""
    actors: tuple[tuple[UUID | None, UUID | None, str, int], ...]
    """Person, token, network address, times."""


@permit("data_protection.read")
async def breaches(work: Work) -> Sequence[Breach]:
    """The open ones first, then the latest."""
    return await work.scalars(
        select(Breach).order_by(
            Breach.state != BreachState.OPEN, Breach.detected_at.desc(), Breach.id
        )
    )


@permit("data_protection.manage")
async def report_breach(
    work: Work, *, what: str, detected_at: datetime, since: datetime, until: datetime
) -> Breach:
    """Raises InvalidInput for a time that ends before it begins, or has not come yet."""
    if until <= since:
        raise InvalidInput(_("The time has to end after it begins."), field="until")
    if detected_at > work.now + timedelta(minutes=5):
        raise InvalidInput(_("It cannot be found before it has happened."), field="detectedAt")
    row = Breach(
        what=one_line(what, field="what", most=LONG),
        detected_at=detected_at,
        since=since,
        until=until,
        state=BreachState.OPEN,
        reported_by=work.actor.id,
        reason="",
        case_number="",
    )
    work.add(row)
    await work.flush()
    work.note(Action.ADD, "breach", records=[row.id])
    return row


@permit("data_protection.manage")
async def decide_breach(
    work: Work,
    breach_id: UUID,
    *,
    notified: bool,
    reason: str,
    case_number: str = "",
    people_told_on: date | None = None,
) -> Breach:
    """Told to the authority, with its case number, or not needed, with the reason (article 33.5:
    every breach is documented). Raises InvalidInput, and Conflict for one that is decided."""
    row = await work.get(Breach, breach_id)
    if row.state is not BreachState.OPEN:
        raise Conflict(_("This has been decided already. Load the page again and look."))
    if notified and not case_number.strip():
        raise InvalidInput(_("Write the case number that the authority gave."), field="caseNumber")
    if not notified and not reason.strip():
        raise InvalidInput(_("Write why it need not be told to the authority."), field="reason")
    row.state = BreachState.NOTIFIED if notified else BreachState.NOT_NEEDED
    row.case_number = at_most(case_number, field="caseNumber", most=SHORT)
    row.reason = at_most(reason, field="reason", most=LONG)
    row.people_told_on, row.decided_by, row.decided_at = people_told_on, work.actor.id, work.now
    await work.flush()
    work.note(Action.CHANGE, "breach", records=[row.id], detail={"state": row.state.value})
    return row


async def due(work: Work, row: Breach) -> datetime:
    """When it has to be with the authority (article 33.1)."""
    return row.detected_at + timedelta(hours=(await data_protection_settings(work)).breach_hours)


@permit("data_protection.manage")
async def touched(work: Work, since: datetime, until: datetime) -> Touched:
    """Who and what was touched from a time up to another, by the access log; three statements."""
    during = (LogEntry.at >= since, LogEntry.at < until)
    count = func.count()
    deeds = await work.rows(
        select(LogEntry.action, LogEntry.kind, count)
        .where(*during)
        .group_by(LogEntry.action, LogEntry.kind)
        .order_by(count.desc(), LogEntry.action, LogEntry.kind)
    )
    actors = await work.rows(
        select(
            func.coalesce(LogEntry.behind_id, LogEntry.person_id).label("person"),
            LogEntry.token_id,
            LogEntry.address,
            count,
        )
        .where(*during)
        .group_by("person", LogEntry.token_id, LogEntry.address)
        .order_by(count.desc(), "person", LogEntry.token_id, LogEntry.address)
    )
    about = select(func.unnest(LogEntry.about).label("id")).where(*during).subquery()
    people = await work.scalars(select(about.c.id).distinct().order_by(about.c.id))
    work.note(
        Action.SEARCH, "access_log", detail={"since": since.isoformat(), "until": until.isoformat()}
    )
    return Touched(
        entries=sum(row[2] for row in deeds),
        people=tuple(people),
        deeds=tuple((row[0], row[1], row[2]) for row in deeds),
        actors=tuple((row[0], row[1], row[2], row[3]) for row in actors),
    )
