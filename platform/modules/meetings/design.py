"""Templates of agendas, series of meetings, and who takes part in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from ....authz.permit import NOWHERE, permit
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most, one_line
from ....tenants.models import Person, Unit
from ....tenants.work import Work
from .models import (
    Cycle,
    ItemKind,
    MeetingKind,
    MeetingRole,
    MeetingSeries,
    MeetingTemplate,
    SeriesMember,
    TemplateItem,
)
from .seeing import DESIGN, WRITE, get_series, series_seen

SHORT: Final = 200
MOST_ITEMS: Final = 100
ONCE: Final = frozenset({MeetingRole.CHAIR, MeetingRole.SECRETARY})


@dataclass(frozen=True, slots=True)
class Point:
    """An item of a template, before it has a place."""

    title: str
    kind: ItemKind = ItemKind.INFORMATION
    standing: bool = True


@permit("meetings.read")
async def templates(work: Work) -> Sequence[MeetingTemplate]:
    """Those that can be chosen, by name."""
    return await work.scalars(
        select(MeetingTemplate)
        .where(MeetingTemplate.ended_at.is_(None))
        .order_by(func.sv_key(MeetingTemplate.name), MeetingTemplate.id)
    )


@permit("meetings.read")
async def template_items(work: Work, template_id: UUID) -> Sequence[TemplateItem]:
    return await work.scalars(
        select(TemplateItem)
        .where(TemplateItem.template_id == template_id)
        .order_by(TemplateItem.position, TemplateItem.id)
    )


@permit("meetings.design")
async def save_template(
    work: Work, template_id: UUID | None = None, *, name: str, points: Sequence[Point]
) -> MeetingTemplate:
    """A template with all of its items, in order. Meetings that are planned keep theirs."""
    work.require(DESIGN, at=NOWHERE)
    if not points:
        raise InvalidInput(_("Write at least one item."), field="points")
    if len(points) > MOST_ITEMS:
        raise InvalidInput(_("At most {most} items fit.", most=MOST_ITEMS), field="points")
    row = MeetingTemplate() if template_id is None else await work.get(MeetingTemplate, template_id)
    row.name = one_line(name, field="name", most=SHORT)
    row.changed_by, row.changed_at = work.actor.id, work.now
    work.add(row)
    await work.flush()
    for item in await template_items(work, row.id):
        await work.delete(item)
    work.add(
        *(
            TemplateItem(
                template_id=row.id,
                position=place,
                title=one_line(point.title, field="points", most=SHORT),
                kind=point.kind,
                standing=point.standing,
            )
            for place, point in enumerate(points, 1)
        )
    )
    await work.flush()
    return row


@permit("meetings.design")
async def end_template(work: Work, template_id: UUID) -> MeetingTemplate:
    """It cannot be chosen any more. Raises Conflict the second time."""
    work.require(DESIGN, at=NOWHERE)
    row = await work.get(MeetingTemplate, template_id)
    if row.ended_at is not None:
        raise Conflict(_("The template has ended already."))
    row.ended_at, row.changed_by, row.changed_at = work.now, work.actor.id, work.now
    await work.flush()
    return row


@permit("meetings.read")
async def all_series(work: Work, *, ended: bool = False) -> Sequence[MeetingSeries]:
    """Those that the actor sees, by name."""
    chosen = series_seen(work)
    if not ended:
        chosen.append(MeetingSeries.ended_at.is_(None))
    return await work.scalars(
        select(MeetingSeries)
        .where(*chosen)
        .order_by(func.sv_key(MeetingSeries.name), MeetingSeries.id)
    )


@permit("meetings.design")
async def save_series(
    work: Work,
    series_id: UUID | None = None,
    *,
    name: str,
    unit_id: UUID,
    kind: MeetingKind = MeetingKind.ORDINARY,
    template_id: UUID | None = None,
    place: str = "",
    cycle: Cycle = Cycle.NONE,
    private: bool = False,
    version: int | None = None,
) -> MeetingSeries:
    """A new series of a unit, or another content of one. The unit of a series stays what it is.

    Raises InvalidInput for a formal series that would be hidden: minutes of a body are public.
    """
    if series_id is None:
        await work.get(Unit, unit_id, field="unitId")
        series = MeetingSeries(unit_id=unit_id, version=0)
    else:
        series = await get_series(work, series_id)
        if version is not None and version != series.version:
            raise Conflict(_("Somebody else has changed this meanwhile. Load the page again."))
    work.require(DESIGN, at=series.unit_id)
    if private and kind.formal:
        raise InvalidInput(
            _("The minutes of a committee or the council are public."), field="private"
        )
    if template_id is not None:
        await work.get(MeetingTemplate, template_id, field="meetingTemplateId")
    series.name = one_line(name, field="name", most=SHORT)
    series.kind, series.template_id, series.cycle = kind, template_id, cycle
    series.place = at_most(place, field="place", most=SHORT)
    series.private = private
    work.add(series)
    return await _saved(work, series)


@permit("meetings.design")
async def end_series(work: Work, series_id: UUID) -> MeetingSeries:
    """No more meetings are planned in it. Raises Conflict the second time."""
    series = await get_series(work, series_id)
    work.require(DESIGN, at=series.unit_id)
    if series.ended_at is not None:
        raise Conflict(_("The series has ended already."))
    series.ended_at = work.now
    return await _saved(work, series)


@permit("meetings.read")
async def members(work: Work, series_id: UUID) -> Sequence[SeriesMember]:
    """In the order they were named."""
    await get_series(work, series_id)
    return await work.scalars(
        select(SeriesMember).where(SeriesMember.series_id == series_id).order_by(SeriesMember.id)
    )


@permit("meetings.write")
async def add_member(
    work: Work,
    series_id: UUID,
    *,
    role: MeetingRole,
    person_id: UUID | None = None,
    name: str = "",
    adjuster: bool = False,
) -> SeriesMember:
    """Somebody in the register, or a name, takes part from the next meeting that is planned.

    Raises Conflict for a second chair or secretary, or somebody who is there already.
    """
    series = await get_series(work, series_id)
    work.require(WRITE, at=series.unit_id)
    standing = await members(work, series.id)
    kept = await called(work, person_id, name, {row.person_id for row in standing})
    check_role(role, {row.role for row in standing})
    member = SeriesMember(
        series_id=series.id,
        person_id=person_id,
        name=kept,
        role=role,
        adjuster=adjuster,
    )
    work.add(member)
    await work.flush()
    return member


@permit("meetings.write")
async def remove_member(work: Work, member_id: UUID) -> MeetingSeries:
    """They take part no more; meetings that are planned keep their participants."""
    member = await work.get(SeriesMember, member_id)
    series = await get_series(work, member.series_id)
    work.require(WRITE, at=series.unit_id)
    await work.delete(member)
    await work.flush()
    return series


def check_role(role: MeetingRole, standing: set[MeetingRole]) -> None:
    if role in ONCE and role in standing:
        raise Conflict(_("There is somebody in that role already."), field="role")


async def called(work: Work, person_id: UUID | None, name: str, there: set[UUID | None]) -> str:
    """The name that is kept: none for who is in the register, whose name is shown from there."""
    if person_id is None:
        return one_line(name, field="name", most=SHORT)
    person = await work.get(Person, person_id, field="personId")
    if person.id in there:
        raise Conflict(_("{name} is there already.", name=person.name), field="personId")
    return ""


async def _saved(work: Work, series: MeetingSeries) -> MeetingSeries:
    series.version += 1
    series.changed_by, series.changed_at = work.actor.id, work.now
    await work.flush()
    return series
