"""Government grants: who gives them, what money, what must be done when, how far each is."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from sqlalchemy import Dialect, Index, Numeric, TypeDecorator, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from ....tenants.decided import Decided
from ....tenants.rows import DUTY, Code, TenantRow, Words, refers

ORE: Final = Decimal("0.01")


class Kronor(TypeDecorator[Decimal]):
    """Swedish kronor with öre: always two decimals, as the database writes them."""

    impl = Numeric(14, 2)
    cache_ok = True

    def process_result_value(self, value: Decimal | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else value.quantize(ORE)


Amount = Annotated[Decimal, mapped_column(Kronor)]
"""Never below zero."""


class GrantState(StrEnum):
    SEARCH = "search"
    """A call that has been found and is looked into."""
    APPLIED = "applied"
    GRANTED = "granted"
    REFUSED = "refused"
    IN_USE = "in_use"
    REPORTED = "reported"
    CLAIMED = "claimed"
    """The giver wants money back."""
    CLOSED = "closed"


class MoneyKind(StrEnum):
    PAID = "paid"
    """By the giver to the municipality."""
    USED = "used"
    RETURNED = "returned"
    """By the municipality to the giver."""


class DeadlineKind(StrEnum):
    AGENT = "agent"
    APPLY = "apply"
    REQUISITION = "requisition"
    INTERIM = "interim"
    FINAL = "final"
    REPAYMENT = "repayment"
    OWN = "own"
    """One of the municipality's own, with a name."""


class GrantGiver(TenantRow):
    """A public body that gives grants."""

    __tablename__ = "grant_givers"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    name: Mapped[Words]
    ended_on: Mapped[date | None]
    """When it was taken off the list of those to choose among."""
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class Grant(Decided, TenantRow):
    """A grant that a unit seeks or has, for a year. `code` is the municipality's own key of it.

    What has been paid, used and returned are rows of `GrantMoney`.
    """

    __tablename__ = "grants"
    __table_args__ = (
        refers("giver_id", "grant_givers"),
        refers("unit_id", "units"),
        refers("responsible_id", "people"),
        UniqueConstraint("tenant_id", "code"),
        Index("ix_grants_unit", "tenant_id", "unit_id"),
    )

    code: Mapped[Code]
    giver_id: Mapped[UUID]
    name: Mapped[Words]
    ordinance: Mapped[Words]
    """What it rests on, as the giver refers to it."""
    purpose: Mapped[Words]
    signer: Mapped[Words]
    """Who may sign for the municipality."""
    agent: Mapped[Words]
    """Whom the giver's service knows as the municipality's agent."""
    agent_on: Mapped[date | None]
    """When the agent was appointed."""
    giver_case: Mapped[Code]
    """The giver's own case number."""
    year: Mapped[int]
    begins_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    unit_id: Mapped[UUID]
    responsible_id: Mapped[UUID | None] = mapped_column(info=DUTY)
    state: Mapped[GrantState]
    sought: Mapped[Amount | None]
    granted: Mapped[Amount | None]
    claimed: Mapped[Amount | None]
    """What the giver wants back."""
    overpaid_reason: Mapped[Words]
    """Why more is paid than granted."""
    note: Mapped[Words]
    version: Mapped[int]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class GrantStep(TenantRow):
    """A grant came to a state; never altered. `back` when a step was taken back."""

    __tablename__ = "grant_steps"
    __table_args__ = (
        refers("grant_id", "grants", ondelete="CASCADE"),
        Index("ix_grant_steps_grant", "tenant_id", "grant_id"),
    )

    grant_id: Mapped[UUID]
    state: Mapped[GrantState]
    back: Mapped[bool]
    note: Mapped[Words]
    taken_by: Mapped[UUID | None]
    taken_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class GrantMoney(TenantRow):
    """Money of a grant that was paid, used or returned on a day."""

    __tablename__ = "grant_money"
    __table_args__ = (
        refers("grant_id", "grants", ondelete="CASCADE"),
        Index("ix_grant_money_grant", "tenant_id", "grant_id"),
    )

    grant_id: Mapped[UUID]
    kind: Mapped[MoneyKind]
    booked_on: Mapped[date]
    amount: Mapped[Amount]
    note: Mapped[Words]
    entered_by: Mapped[UUID | None]
    entered_at: Mapped[datetime]


class GrantDeadline(TenantRow):
    """The last day of something that a grant asks for, and when it was done."""

    __tablename__ = "grant_deadlines"
    __table_args__ = (
        refers("grant_id", "grants", ondelete="CASCADE"),
        Index("ix_grant_deadlines_grant", "tenant_id", "grant_id"),
        Index("ix_grant_deadlines_due", "tenant_id", "due_on"),
    )

    grant_id: Mapped[UUID]
    kind: Mapped[DeadlineKind]
    name: Mapped[Words]
    """Of one's own; empty for the others."""
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    done_by: Mapped[UUID | None]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class GrantNode(TenantRow):
    """A goal or an activity of the plan that a grant is for."""

    __tablename__ = "grant_nodes"
    __table_args__ = (
        refers("grant_id", "grants", ondelete="CASCADE"),
        refers("node_id", "plan_nodes", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "grant_id", "node_id"),
        Index("ix_grant_nodes_node", "tenant_id", "node_id"),
    )

    grant_id: Mapped[UUID]
    node_id: Mapped[UUID]


class GrantFile(TenantRow):
    """A document of a grant: the application, the decision, a report."""

    __tablename__ = "grant_files"
    __table_args__ = (
        refers("grant_id", "grants", ondelete="CASCADE"),
        refers("file_id", "files"),
        UniqueConstraint("tenant_id", "grant_id", "file_id"),
    )

    grant_id: Mapped[UUID]
    file_id: Mapped[UUID]
    title: Mapped[Words]
