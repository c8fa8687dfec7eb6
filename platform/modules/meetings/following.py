"""What came of meetings: how far the actions that were agreed on have come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import and_, select

from ....authz.permit import permit
from ....infra.documents.model import Light
from ....infra.i18n import _
from ....tenants.names import names_of
from ....tenants.work import Work
from ..actions.models import ActionState, PlannedAction
from ..actions.service import lamps_of
from .models import AgendaAction, AgendaItem, Meeting
from .seeing import get_meeting, seen

Told = tuple[Light, str]


@dataclass(frozen=True, slots=True)
class Left:
    """Actions with their lights and who answers for them, by their ids."""

    actions: Sequence[PlannedAction] = ()
    lights: dict[UUID, Told] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)


@permit("meetings.read")
async def left_to_do(work: Work, meeting_id: UUID) -> Left:
    """What earlier meetings of the same series agreed on and is still to be done, by last day."""
    meeting = await get_meeting(work, meeting_id)
    if not work.allows("actions.read"):
        return Left()
    earlier = (
        select(AgendaItem.id)
        .join(
            Meeting,
            and_(Meeting.id == AgendaItem.meeting_id, Meeting.tenant_id == AgendaItem.tenant_id),
        )
        .where(
            AgendaItem.tenant_id == work.tenant.id,
            Meeting.series_id == meeting.series_id,
            Meeting.starts_at < meeting.starts_at,
            *seen(work),
        )
    )
    found = await work.scalars(
        select(PlannedAction)
        .join(
            AgendaAction,
            and_(
                AgendaAction.action_id == PlannedAction.id,
                AgendaAction.tenant_id == PlannedAction.tenant_id,
            ),
        )
        .where(AgendaAction.item_id.in_(earlier), PlannedAction.state == ActionState.OPEN)
        .order_by(PlannedAction.due_on.asc().nulls_last(), PlannedAction.id)
    )
    names = await names_of(work, [each.owner_id for each in found])
    return Left(found, await lamps_of(work, found), names)


@permit("meetings.read")
async def follow_ups(work: Work, items: Iterable[UUID]) -> dict[UUID, Told]:
    """How far what was agreed on each item has come: late, how much is left, or all of it done.
    Items on which nothing was agreed are left out."""
    if not work.allows("actions.read"):
        return {}
    agreed: defaultdict[UUID, list[PlannedAction]] = defaultdict(list)
    for item_id, action in await work.rows(
        select(AgendaAction.item_id, PlannedAction)
        .join(
            PlannedAction,
            and_(
                PlannedAction.id == AgendaAction.action_id,
                PlannedAction.tenant_id == AgendaAction.tenant_id,
            ),
        )
        .where(AgendaAction.item_id.in_(set(items)))
    ):
        agreed[item_id].append(action)
    lights = await lamps_of(work, [each for actions in agreed.values() for each in actions])
    return {id: _told(actions, lights) for id, actions in agreed.items()}


async def lights_of(work: Work, actions: Sequence[PlannedAction]) -> dict[UUID, Told]:
    """By the ids of actions; without a word for who does not read actions."""
    if not work.allows("actions.read"):
        return {each.id: ("none", "") for each in actions}
    return await lamps_of(work, actions)


def _told(actions: Sequence[PlannedAction], lights: dict[UUID, Told]) -> Told:
    left = sum(each.state is ActionState.OPEN for each in actions)
    if not left:
        return "green", _("All that was agreed is done")
    told = _("{left} of {all} left", left=left, all=len(actions))
    late = any(lights[each.id][0] == "red" for each in actions)
    return ("red", _("{told}, late", told=told)) if late else ("yellow", told)
