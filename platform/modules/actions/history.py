"""What has happened to an action: who planned, changed, ended and opened it, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from sqlalchemy import select

from ....authz.permit import permit
from ....tenants.names import names_of
from ....tenants.work import Work
from .models import ActionChange, ActionStep, PlannedAction

FIELDS: Final = ("title", "detail", "owner_id", "due_on", "outcome")
Standing: TypeAlias = Mapping[str, str | UUID | date | None]


@permit("actions.read")
async def history_of(work: Work, action_id: UUID) -> Sequence[ActionChange]:
    """The latest first. What was planned before there was a history begins at its first change."""
    return await work.scalars(
        select(ActionChange)
        .where(ActionChange.action_id == action_id)
        .order_by(ActionChange.changed_at.desc(), ActionChange.id.desc())
    )


def as_it_stands(action: PlannedAction) -> Standing:
    """The fields that a history tells of."""
    return {name: getattr(action, name) for name in FIELDS}


async def keep_change(
    work: Work, action: PlannedAction, step: ActionStep, before: Standing
) -> None:
    """Add a step to the history, with the fields that differ; a change of nothing leaves none."""
    after = as_it_stands(action)
    differ = [name for name in FIELDS if (before.get(name) or None) != (after[name] or None)]
    if step is ActionStep.CHANGED and not differ:
        return
    owners = [each["owner_id"] for each in (before, after) if "owner_id" in each]
    called = await names_of(work, (id for id in owners if isinstance(id, UUID)))
    work.add(
        ActionChange(
            action_id=action.id,
            step=step,
            before=_told(before, differ, called),
            after=_told(after, differ, called),
            changed_by=work.actor.id,
            changed_at=work.now,
        )
    )
    await work.flush()


def _told(values: Standing, fields: Sequence[str], called: Mapping[UUID, str]) -> dict[str, str]:
    """The owner by name: what is kept is what was read then."""
    told = {}
    for name in fields:
        value = values.get(name)
        if isinstance(value, UUID):
            told["owner"] = called[value]
        elif value:
            told[name] = value.isoformat() if isinstance(value, date) else value
    return told
