"""Actions of a case: what is to be done, by whom and until when.

They stand with the case, and not among the municipality's other actions: whoever owns one is asked
for it without a word of what has happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from ....authz.permit import permit
from ....infra.errors import Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....infra.texts import at_most, one_line
from ....tenants.log.access_log import Action
from ....tenants.models import Person
from ....tenants.rows import uuid7
from ....tenants.sealed.safe import safe_to_read, safe_to_write
from ....tenants.work import Work
from .models import CaseState, Deviation, DeviationAction
from .personal_numbers import refuse_personal_numbers
from .reporting import LONG
from .rules import Part
from .sight import READ, REPORT, hats, look_to_write, read_seen, refuse_stale, seen_cases, tell_log

TITLE = 300


@dataclass(frozen=True, slots=True)
class MyAction:
    """An action of one's own, in words, without the case."""

    id: UUID
    title: str
    outcome: str
    due_on: date
    done: bool
    version: int


@permit(READ)
async def plan_action(
    work: Work, deviation_id: UUID, *, title: str, owner_id: UUID, due_on: date
) -> DeviationAction:
    """Raises InvalidInput, NotFound, Forbidden; Conflict for a closed case."""
    seen = await look_to_write(work, deviation_id, Part.ACTIONS, version=None)
    owner = await work.first(
        select(Person.id).where(Person.id == owner_id, Person.here(work.today))
    )
    if owner is None:
        raise NotFound(field="ownerId")
    name = one_line(title, field="title", most=TITLE)
    refuse_personal_numbers({"title": name})
    if due_on < work.today:
        raise InvalidInput(_("The day has passed. Choose a later one."), field="dueOn")
    row = DeviationAction(
        id=uuid7(),
        deviation_id=deviation_id,
        owner_id=owner_id,
        due_on=due_on,
        planned_by=work.actor.id,
        version=1,
    )
    (await safe_to_write(work)).put(row, title=name, outcome="")
    work.add(row)
    await work.flush()
    tell_log(work, Action.ADD, [row], unit_id=seen.case.unit_id)
    return row


@permit(REPORT)
async def my_actions(work: Work) -> list[MyAction]:
    """Those that the actor owns, the open ones first and by their day."""
    rows = await work.scalars(
        select(DeviationAction)
        .where(DeviationAction.owner_id == work.actor.id)
        .order_by(DeviationAction.done_at.is_not(None), DeviationAction.due_on, DeviationAction.id)
        .limit(500)
    )
    return await _mine(work, rows)


@permit(REPORT)
async def my_action(work: Work, action_id: UUID) -> MyAction:
    """One that the actor owns. Raises NotFound."""
    row = await work.first(
        select(DeviationAction).where(
            DeviationAction.id == action_id, DeviationAction.owner_id == work.actor.id
        )
    )
    if row is None:
        raise NotFound()
    return (await _mine(work, [row]))[0]


@permit(REPORT)
async def shown_action(work: Work, action_id: UUID) -> MyAction:
    """One that the actor owns, or may write. Raises NotFound."""
    return (await _mine(work, [await _action_to_write(work, action_id, hold=False)]))[0]


@permit(REPORT)
async def finish_action(
    work: Work, action_id: UUID, *, outcome: str, version: int
) -> DeviationAction:
    """Its owner says that it is done and how, or somebody who writes the actions of the case.

    Raises InvalidInput, NotFound, Conflict.
    """
    row = await _action_to_write(work, action_id)
    refuse_stale(row.version, version)
    if row.done_at is not None:
        raise Conflict(_("The action is done already."))
    told = at_most(outcome, field="outcome", most=LONG)
    refuse_personal_numbers({"outcome": told})
    row.done_at, row.done_by = work.now, work.actor.id
    row.version += 1
    (await safe_to_write(work)).put(row, outcome=told)
    await work.flush()
    tell_log(work, Action.CHANGE, [row])
    return row


async def _action_to_write(work: Work, action_id: UUID, *, hold: bool = True) -> DeviationAction:
    found = select(DeviationAction).where(DeviationAction.id == action_id)
    row = await work.first(found.with_for_update() if hold else found)
    if row is None:
        raise NotFound()
    if row.owner_id == work.actor.id:
        return row
    case = Deviation.id == row.deviation_id
    worn = or_(*hats(work).values())
    for seen in await read_seen(work, seen_cases(work).where(case, worn)):
        if Part.ACTIONS in seen.writable and seen.case.state is not CaseState.CLOSED:
            return row
    raise NotFound()


async def _mine(work: Work, rows: Sequence[DeviationAction]) -> list[MyAction]:
    if not rows:
        return []
    safe = await safe_to_read(work, glance=True)
    tell_log(work, Action.READ, rows)
    return [
        MyAction(
            id=row.id,
            title=safe.text(row, "title"),
            outcome=safe.text(row, "outcome"),
            due_on=row.due_on,
            done=row.done_at is not None,
            version=row.version,
        )
        for row in rows
    ]
