"""What can be done with actions. Other modules plan them here, and ask how far they have come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, TypedDict
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....infra.documents.model import Light
from ....infra.errors import Conflict, InvalidInput
from ....infra.i18n import _
from ....infra.texts import at_most, one_line
from ....tenants.models import Person, Unit
from ....tenants.work import Work
from .history import Standing, as_it_stands, keep_change
from .listing import due_of
from .models import ActionState, ActionStep, PlannedAction
from .words import lamp

OWN: Final = "actions"
"""The module of an action that was planned on its own page."""
SHORT: Final = 200
LONG: Final = 4_000

READ: Final = "actions.read"
WRITE: Final = "actions.write"
FINISH: Final = "actions.finish"


class ActionChanges(TypedDict, total=False):
    """What shall be changed; what is left out stays."""

    title: str
    detail: str
    owner_id: UUID | None
    due_on: date | None


@permit("actions.write")
async def plan_action(
    work: Work,
    *,
    unit_id: UUID,
    title: str,
    module: str = OWN,
    about: str = "",
    page: str = "",
    params: Mapping[str, str] = MappingProxyType({}),
    owner_id: UUID | None = None,
    due_on: date | None = None,
    detail: str = "",
) -> PlannedAction:
    """Something to be done at a unit: about what stands on a page of `module`, or of its own.

    Raises InvalidInput without a title or for an owner who has left, NotFound for an unknown unit
    or owner. Nothing confidential is put here: every employee reads it.
    """
    await work.get(Unit, unit_id, field="unitId")
    work.require(WRITE, at=unit_id)
    action = PlannedAction(
        unit_id=unit_id,
        module=module,
        about=at_most(about, field="about", most=SHORT) if module == OWN else about[:SHORT],
        page=page,
        params={name: str(value) for name, value in params.items()},
        title=one_line(title, field="title", most=SHORT),
        detail=at_most(detail, field="detail", most=LONG),
        owner_id=await _owner(work, owner_id),
        due_on=due_on,
        state=ActionState.OPEN,
        outcome="",
        version=0,
    )
    work.add(action)
    return await _saved(work, action, ActionStep.PLANNED, {})


@permit("actions.write")
async def change_action(
    work: Work, action_id: UUID, *, changes: ActionChanges, version: int | None = None
) -> PlannedAction:
    """Change what is to be done, by whom or until when. Raises Conflict when it is not open, or
    when `version` is not what stands; else as `plan_action`."""
    action = await _open(work, action_id, version)
    work.require(WRITE, at=action.unit_id)
    before = as_it_stands(action)
    if "title" in changes:
        action.title = one_line(changes["title"], field="title", most=SHORT)
    if "detail" in changes:
        action.detail = at_most(changes["detail"], field="detail", most=LONG)
    if "owner_id" in changes and changes["owner_id"] != action.owner_id:
        action.owner_id = await _owner(work, changes["owner_id"])
    action.due_on = changes.get("due_on", action.due_on)
    return await _saved(work, action, ActionStep.CHANGED, before)


@permit("actions.finish")
async def finish_action(
    work: Work, action_id: UUID, *, outcome: str, version: int | None = None
) -> PlannedAction:
    """It is done: by its owner, or whoever writes at the unit. `outcome` tells what came of it.

    Raises Conflict when it is not open any more, or when `version` is not what stands.
    """
    action = await _open(work, action_id, version)
    if not may_finish(work, action):
        work.require(WRITE, at=action.unit_id)
    return await _ended(work, action, ActionState.DONE, outcome)


@permit("actions.write")
async def drop_action(
    work: Work, action_id: UUID, *, outcome: str, version: int | None = None
) -> PlannedAction:
    """It will not be done, and `outcome` tells why. Raises as `finish_action`."""
    action = await _open(work, action_id, version)
    work.require(WRITE, at=action.unit_id)
    return await _ended(work, action, ActionState.DROPPED, outcome)


@permit("actions.write")
async def reopen_action(
    work: Work, action_id: UUID, *, version: int | None = None
) -> PlannedAction:
    """It is to be done after all; what was told of its end stays in the text until it ends again.

    Raises Conflict when it is open.
    """
    action = await _held(work, action_id, version)
    work.require(WRITE, at=action.unit_id)
    if action.state is ActionState.OPEN:
        raise Conflict(_("The action is open already."))
    before = as_it_stands(action)
    action.state, action.done_at, action.done_by = ActionState.OPEN, None, None
    return await _saved(work, action, ActionStep.REOPENED, before)


@permit("actions.read")
async def get_action(work: Work, action_id: UUID) -> PlannedAction:
    return await work.get(PlannedAction, action_id)


@permit("actions.read")
async def actions_of(work: Work, ids: Iterable[UUID | None]) -> dict[UUID, PlannedAction]:
    """Actions by their ids, for rows of other modules that have one each; None is passed over."""
    wanted = {id for id in ids if id is not None}
    if not wanted:
        return {}
    found = await work.scalars(select(PlannedAction).where(PlannedAction.id.in_(wanted)))
    return {action.id: action for action in found}


@permit("actions.read")
async def lamps_of(work: Work, actions: Collection[PlannedAction]) -> dict[UUID, tuple[Light, str]]:
    """The light and the word of how far each has come, by their ids."""
    dues = await due_of(work, list(actions))
    return {action.id: lamp(action, dues.get(action.id)) for action in actions}


def may_finish(work: Work, action: PlannedAction) -> bool:
    """Whether the actor owns it, or writes at its unit."""
    own = action.owner_id is not None and work.allows(FINISH, owner=action.owner_id)
    return own or work.allows(WRITE, at=action.unit_id)


async def _ended(
    work: Work, action: PlannedAction, state: ActionState, outcome: str
) -> PlannedAction:
    told = at_most(outcome, field="outcome", most=LONG)
    if not told:
        raise InvalidInput(
            _("Write a line about what came of it: it is read when this is followed up."),
            field="outcome",
        )
    before = as_it_stands(action)
    action.state, action.outcome = state, told
    action.done_by, action.done_at = work.actor.id, work.now
    step = ActionStep.DONE if state is ActionState.DONE else ActionStep.DROPPED
    return await _saved(work, action, step, before)


async def _open(work: Work, action_id: UUID, version: int | None) -> PlannedAction:
    action = await _held(work, action_id, version)
    if action.state is not ActionState.OPEN:
        raise Conflict(_("The action is not open any more. Open it again to change it."))
    return action


async def _held(work: Work, action_id: UUID, version: int | None) -> PlannedAction:
    """The action, held until the end of the work: two people cannot end it at once."""
    await work.get(PlannedAction, action_id)
    again = select(PlannedAction).where(PlannedAction.id == action_id).with_for_update()
    action = await work.first(again.execution_options(populate_existing=True))
    assert action is not None
    if version is not None and version != action.version:
        raise Conflict(_("Somebody else has changed this action meanwhile. Load the page again."))
    return action


async def _owner(work: Work, person_id: UUID | None) -> UUID | None:
    if person_id is None:
        return None
    person = await work.get(Person, person_id, field="ownerId")
    if person.left_on is not None and person.left_on <= work.today:
        raise InvalidInput(
            _("{name} has left. Choose someone else.", name=person.name), field="ownerId"
        )
    return person.id


async def _saved(
    work: Work, action: PlannedAction, step: ActionStep, before: Standing
) -> PlannedAction:
    action.version += 1
    action.changed_by, action.changed_at = work.actor.id, work.now
    await work.flush()
    await keep_change(work, action, step, before)
    return action
