"""Meetings and decisions as registers: what the actor sees, a part of it at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from ....authz.permit import permit
from ....tenants.work import STOCKHOLM, Work
from .models import AgendaItem, ItemKind, ItemState, Meeting, MeetingSeries, MeetingState
from .seeing import note_private, seen

When = Literal["coming", "past", "all"]


@dataclass(frozen=True, slots=True)
class Listed:
    meeting: Meeting
    series: MeetingSeries


@dataclass(frozen=True, slots=True)
class Decided:
    item: AgendaItem
    meeting: Meeting
    series: MeetingSeries


@dataclass(frozen=True, slots=True)
class Meetings:
    """A part of those that fit; `total` counts all of them."""

    rows: Sequence[Listed]
    total: int


@dataclass(frozen=True, slots=True)
class Decisions:
    rows: Sequence[Decided]
    total: int


@permit("meetings.read")
async def meetings(
    work: Work,
    *,
    when: When = "all",
    series_id: UUID | None = None,
    state: MeetingState | None = None,
    words: str = "",
    offset: int = 0,
    limit: int = 50,
) -> Meetings:
    """Coming ones, today's among them, the next first; the others the latest first."""
    chosen = [_same_series(), *seen(work), *_when(work, when)]
    if series_id is not None:
        chosen.append(Meeting.series_id == series_id)
    if state is not None:
        chosen.append(Meeting.state == state)
    if words:
        like = [
            column.icontains(words, autoescape=True)
            for column in (MeetingSeries.name, Meeting.place)
        ]
        holding = select(AgendaItem.meeting_id).where(
            AgendaItem.tenant_id == work.tenant.id, _says(words)
        )
        chosen.append(or_(*like, Meeting.id.in_(holding)))
    order = Meeting.starts_at if when == "coming" else Meeting.starts_at.desc()
    rows = await work.rows(
        select(Meeting, MeetingSeries, func.count().over())
        .join(MeetingSeries, MeetingSeries.id == Meeting.series_id)
        .where(*chosen)
        .order_by(order, Meeting.id)
        .offset(offset)
        .limit(limit)
    )
    found = [Listed(row[0], row[1]) for row in rows]
    await note_private(work, [each.meeting for each in found])
    if rows or not offset:
        return Meetings(found, rows[0][2] if rows else 0)
    total = await work.first(
        select(func.count(Meeting.id))
        .join(MeetingSeries, MeetingSeries.id == Meeting.series_id)
        .where(*chosen)
    )
    return Meetings(found, total or 0)


@permit("meetings.read")
async def decisions(
    work: Work,
    *,
    series_id: UUID | None = None,
    unit_id: UUID | None = None,
    year: int | None = None,
    words: str = "",
    offset: int = 0,
    limit: int = 50,
) -> Decisions:
    """What has been decided at meetings that the actor sees, the latest first. An item that was
    carried on is no decision of the matter."""
    chosen = [
        _same_series(),
        *seen(work),
        AgendaItem.tenant_id == Meeting.tenant_id,
        AgendaItem.kind == ItemKind.DECISION,
        AgendaItem.decision != "",
        AgendaItem.state != ItemState.CARRIED,
    ]
    if series_id is not None:
        chosen.append(Meeting.series_id == series_id)
    if unit_id is not None:
        chosen.append(Meeting.unit_id == unit_id)
    if year is not None:
        chosen.append(AgendaItem.year == year)
    if words:
        chosen.append(_says(words))
    wanted = (
        select(AgendaItem, Meeting, MeetingSeries, func.count().over())
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .join(MeetingSeries, MeetingSeries.id == Meeting.series_id)
        .where(*chosen)
    )
    rows = await work.rows(
        wanted.order_by(Meeting.starts_at.desc(), AgendaItem.position, AgendaItem.id)
        .offset(offset)
        .limit(limit)
    )
    found = [Decided(row[0], row[1], row[2]) for row in rows]
    await note_private(work, [each.meeting for each in found])
    if rows or not offset:
        return Decisions(found, rows[0][3] if rows else 0)
    first = await work.rows(wanted.limit(1))
    return Decisions(found, first[0][3] if first else 0)


@permit("meetings.read")
async def years_of_decisions(work: Work) -> Sequence[int]:
    return await work.scalars(
        select(AgendaItem.year)
        .where(AgendaItem.decision != "")
        .distinct()
        .order_by(AgendaItem.year.desc())
    )


def _same_series() -> ColumnElement[bool]:
    return MeetingSeries.tenant_id == Meeting.tenant_id


def _says(words: str) -> ColumnElement[bool]:
    columns = (AgendaItem.title, AgendaItem.decision, AgendaItem.notes, AgendaItem.registry_number)
    return or_(*(column.icontains(words, autoescape=True) for column in columns))


def _when(work: Work, when: When) -> list[ColumnElement[bool]]:
    morning = datetime.combine(work.today, time(), STOCKHOLM)
    if when == "coming":
        return [Meeting.starts_at >= morning]
    return [Meeting.starts_at < morning] if when == "past" else []
