"""How far an activity has come, and the days on which it is looked at."""

from __future__ import annotations

from datetime import date
from typing import TypedDict
from uuid import UUID

from sqlalchemy import select

from .....authz.permit import permit
from .....infra.errors import Conflict, InvalidInput, NotFound
from .....infra.i18n import _
from .....infra.texts import at_most
from .....tenants.work import Work
from ..live import tell_nodes
from ..models import Activity, Checkpoint, NodeKind, PlanNode
from ..settings import goal_settings
from ..texts import REASON
from .adding import check_dates
from .editing import open_node, saved


class ActivityChanges(TypedDict, total=False):
    """What shall be changed; what is left out stays. `state` is the key of one of the states."""

    state: str
    starts_on: date | None
    ends_on: date | None


@permit("goals.edit")
async def change_activity(
    work: Work, node_id: UUID, *, changes: ActivityChanges, version: int | None = None
) -> PlanNode:
    """Change state or days; a change of state is kept with who and when. Raises as `change_node`.

    Closing asks for no comment: an activity without one stands as a warning in the analysis.
    """
    node = await open_node(work, node_id, kind=NodeKind.ACTIVITY, version=version)
    activity = await work.get(Activity, node.id)
    starts_on = changes.get("starts_on", activity.starts_on)
    ends_on = changes.get("ends_on", activity.ends_on)
    check_dates(starts_on, ends_on)
    state = changes.get("state", activity.state)
    if state != activity.state:
        await _check_state(work, state)
        activity.state, activity.state_by, activity.state_at = state, work.actor.id, work.now
    activity.starts_on, activity.ends_on = starts_on, ends_on
    return await saved(work, node)


@permit("goals.edit")
async def add_checkpoint(
    work: Work, activity_id: UUID, *, due_on: date, note: str = ""
) -> Checkpoint:
    """A day on which the activity is looked at."""
    node = await open_node(work, activity_id, kind=NodeKind.ACTIVITY)
    note = at_most(note, field="note", most=REASON)
    checkpoint = Checkpoint(activity_id=node.id, due_on=due_on, note=note)
    work.add(checkpoint)
    await work.flush()
    await tell_nodes(work, node)
    return checkpoint


@permit("goals.edit")
async def pass_checkpoint(work: Work, checkpoint_id: UUID) -> Checkpoint:
    """The activity has been looked at. Raises Conflict when it had been already."""
    checkpoint = await _open_checkpoint(work, checkpoint_id)
    if checkpoint.passed_at is not None:
        raise Conflict(_("The checkpoint has been passed already."))
    checkpoint.passed_at, checkpoint.passed_by = work.now, work.actor.id
    await work.flush()
    await tell_nodes(work, await work.get(PlanNode, checkpoint.activity_id))
    return checkpoint


@permit("goals.edit")
async def remove_checkpoint(work: Work, checkpoint_id: UUID) -> Checkpoint:
    """Take away a checkpoint that nobody has passed; one that has been passed is history."""
    checkpoint = await _open_checkpoint(work, checkpoint_id)
    if checkpoint.passed_at is not None:
        raise Conflict(_("The checkpoint has been passed and is kept."))
    await work.delete(checkpoint)
    await work.flush()
    await tell_nodes(work, await work.get(PlanNode, checkpoint.activity_id))
    return checkpoint


async def _check_state(work: Work, key: str) -> None:
    settings = await goal_settings(work)
    if settings.state(key) is None:
        raise InvalidInput(
            _(
                "There is no state {key}. The states are: {states}.",
                key=key[:40],
                states=", ".join(state.key for state in settings.activity_states),
            ),
            field="state",
        )


async def _open_checkpoint(work: Work, checkpoint_id: UUID) -> Checkpoint:
    """The checkpoint, with its activity held: two people cannot pass it at once."""
    checkpoint = await work.get(Checkpoint, checkpoint_id)
    await open_node(work, checkpoint.activity_id, kind=NodeKind.ACTIVITY)
    again = select(Checkpoint).where(Checkpoint.id == checkpoint_id)
    found = await work.first(again.execution_options(populate_existing=True))
    if found is None:
        raise NotFound()
    return found
