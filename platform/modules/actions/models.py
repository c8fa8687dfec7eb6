"""What somebody is going to do about something found elsewhere: a control, a meeting, a report."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ....tenants.rows import CODES, DUTY, WORDS, Code, TenantRow, Words, refers


class ActionState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class PlannedAction(TenantRow):
    """Something to be done at a unit, by its owner or else by whoever writes there.

    `module` is the part of the service that it comes from, `about` the title of what it is about,
    `page` and `params` where that stands: the name of a route, and what its address holds.
    `outcome` tells what was done, or why nothing will be; `done_by` and `done_at` who ended it so.
    """

    __tablename__ = "planned_actions"
    __table_args__ = (
        refers("unit_id", "units"),
        refers("owner_id", "people"),
        refers("done_by", "people"),
        refers("changed_by", "people"),
        Index("ix_planned_actions_due", "tenant_id", "state", "due_on"),
        Index("ix_planned_actions_unit", "tenant_id", "unit_id"),
    )

    unit_id: Mapped[UUID]
    module: Mapped[Code]
    about: Mapped[Words]
    page: Mapped[Code]
    params: Mapped[dict[str, str]] = mapped_column(JSONB, info=CODES)
    title: Mapped[Words]
    detail: Mapped[Words]
    owner_id: Mapped[UUID | None] = mapped_column(info=DUTY)
    due_on: Mapped[date | None]
    state: Mapped[ActionState]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]
    outcome: Mapped[Words]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]
    version: Mapped[int]


class ActionStep(StrEnum):
    PLANNED = "planned"
    CHANGED = "changed"
    DONE = "done"
    DROPPED = "dropped"
    REOPENED = "reopened"


class ActionChange(TenantRow):
    """Who did what to an action, and when. Nothing of this changes, but for names in a purge."""

    __tablename__ = "action_changes"
    __table_args__ = (
        refers("action_id", "planned_actions"),
        refers("changed_by", "people"),
        Index("ix_action_changes_action", "tenant_id", "action_id", "changed_at"),
    )

    action_id: Mapped[UUID]
    step: Mapped[ActionStep]
    before: Mapped[dict[str, str]] = mapped_column(info=WORDS)
    after: Mapped[dict[str, str]] = mapped_column(info=WORDS)
    """By the field: title, detail, owner (as they were called), due_on and outcome, where they
    changed; without what is empty."""
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]
