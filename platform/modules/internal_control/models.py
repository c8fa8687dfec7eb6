"""Internal control: processes, risks with their history, and a year's plan of controls."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from ....infra.periods import PeriodKind
from ....tenants.decided import Decided
from ....tenants.rows import DUTY, WORDS, Code, TenantRow, Words, refers

PRODUCT: Final = "value = probability * consequence"
STEPS: Final = "probability between 1 and 6 and consequence between 1 and 6"


class Process(TenantRow):
    """Something that a unit does over and over, in which risks arise."""

    __tablename__ = "processes"
    __table_args__ = (
        refers("unit_id", "units"),
        refers("owner_id", "people"),
        refers("changed_by", "people"),
        refers("ended_by", "people"),
        Index("ix_processes_unit", "tenant_id", "unit_id"),
    )

    unit_id: Mapped[UUID]
    name: Mapped[Words]
    description: Mapped[Words] = mapped_column(server_default="")
    owner_id: Mapped[UUID | None] = mapped_column(info=DUTY)
    version: Mapped[int] = mapped_column(server_default="1")
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    ended_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


class Risk(TenantRow):
    """Something that may happen, in the portfolio of a unit for as long as it lives.

    `number` is its own in the municipality. Probability, consequence and value are those of the
    latest assessment, and None before the first; `category` is a key of `design.Design`.
    """

    __tablename__ = "risks"
    __table_args__ = (
        refers("unit_id", "units"),
        refers("process_id", "processes"),
        refers("owner_id", "people"),
        refers("assessed_by", "people"),
        refers("changed_by", "people"),
        refers("closed_by", "people"),
        UniqueConstraint("tenant_id", "number"),
        Index("ix_risks_unit", "tenant_id", "unit_id"),
        CheckConstraint(
            "(probability is null and consequence is null and value is null) "
            f"or ({PRODUCT} and {STEPS})",
            name="product",
        ),
    )

    number: Mapped[int]
    unit_id: Mapped[UUID]
    process_id: Mapped[UUID | None]
    owner_id: Mapped[UUID | None] = mapped_column(info=DUTY)
    category: Mapped[Code]
    title: Mapped[Words]
    description: Mapped[Words] = mapped_column(server_default="")
    cause: Mapped[Words] = mapped_column(server_default="")
    effect: Mapped[Words] = mapped_column(server_default="")
    """What it leads to, in words."""
    comment: Mapped[Words] = mapped_column(server_default="")
    probability: Mapped[int | None]
    consequence: Mapped[int | None]
    value: Mapped[int | None]
    assessed_by: Mapped[UUID | None]
    assessed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    closed_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[Words] = mapped_column(server_default="")


class RiskAssessment(TenantRow):
    """One assessment of a risk, and what it was before; never altered."""

    __tablename__ = "risk_assessments"
    __table_args__ = (
        refers("risk_id", "risks"),
        refers("assessed_by", "people"),
        Index("ix_risk_assessments_risk", "tenant_id", "risk_id", "assessed_at"),
        CheckConstraint(f"{PRODUCT} and {STEPS}", name="product"),
    )

    risk_id: Mapped[UUID]
    probability: Mapped[int]
    consequence: Mapped[int]
    value: Mapped[int]
    before_probability: Mapped[int | None]
    before_consequence: Mapped[int | None]
    size: Mapped[int]
    """Steps on each side of the matrix when it was made."""
    reason: Mapped[Words]
    assessed_by: Mapped[UUID | None]
    assessed_at: Mapped[datetime]


class TreatmentKind(StrEnum):
    ACCEPT = "accept"
    REDUCE = "reduce"
    SHARE = "share"
    AVOID = "avoid"


class RiskTreatment(TenantRow):
    """What is decided to be done about a risk; to accept it is a treatment too."""

    __tablename__ = "risk_treatments"
    __table_args__ = (
        refers("risk_id", "risks"),
        refers("action_id", "planned_actions"),
        refers("added_by", "people"),
        refers("ended_by", "people"),
        Index("ix_risk_treatments_risk", "tenant_id", "risk_id"),
    )

    risk_id: Mapped[UUID]
    kind: Mapped[TreatmentKind]
    what: Mapped[Words]
    action_id: Mapped[UUID | None]
    added_by: Mapped[UUID | None]
    added_at: Mapped[datetime]
    ended_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


class PlanState(StrEnum):
    DRAFT = "draft"
    ATTESTED = "attested"
    DECIDED = "decided"
    ACTIVE = "active"
    FOLLOWED_UP = "followed_up"
    CLOSED = "closed"


class ControlPlan(Decided, TenantRow):
    """What a committee is going to control during a year, and how its body decided it."""

    __tablename__ = "control_plans"
    __table_args__ = (
        refers("unit_id", "units"),
        refers("copied_from_id", "control_plans"),
        refers("changed_by", "people"),
        refers("activated_by", "people"),
        refers("closed_by", "people"),
        UniqueConstraint("tenant_id", "unit_id", "year"),
    )

    unit_id: Mapped[UUID]
    year: Mapped[int]
    state: Mapped[PlanState] = mapped_column(server_default=PlanState.DRAFT)
    introduction: Mapped[Words] = mapped_column(server_default="")
    attest_by: Mapped[date | None]
    """Last day to attest it."""
    follow_up_by: Mapped[date | None]
    """Last day to follow it up."""
    copied_from_id: Mapped[UUID | None]
    activated_by: Mapped[UUID | None]
    activated_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class PlanRisk(TenantRow):
    """A risk as it was when it was chosen for a plan; the portfolio lives on without it."""

    __tablename__ = "control_plan_risks"
    __table_args__ = (
        refers("plan_id", "control_plans"),
        refers("risk_id", "risks"),
        UniqueConstraint("tenant_id", "plan_id", "risk_id"),
        CheckConstraint(f"{PRODUCT} and {STEPS}", name="product"),
    )

    plan_id: Mapped[UUID]
    risk_id: Mapped[UUID]
    number: Mapped[int]
    title: Mapped[Words]
    cause: Mapped[Words]
    effect: Mapped[Words]
    category: Mapped[Code]
    probability: Mapped[int]
    consequence: Mapped[int]
    value: Mapped[int]
    mirrored_at: Mapped[datetime]


class ControlKind(StrEnum):
    CONTROL = "control"
    SELF_INSPECTION = "self_inspection"
    """One that the unit does as its management system asks (egenkontroll)."""


class ControlItem(TenantRow):
    """One control of a plan: what is looked at, by whom, how often and how (kontrollmoment)."""

    __tablename__ = "control_items"
    __table_args__ = (
        refers("plan_id", "control_plans"),
        refers("plan_risk_id", "control_plan_risks"),
        refers("unit_id", "units"),
        refers("responsible_id", "people"),
        refers("origin_id", "control_items"),
        refers("changed_by", "people"),
        refers("removed_by", "people"),
        UniqueConstraint("tenant_id", "plan_id", "number"),
        Index("ix_control_items_unit", "tenant_id", "unit_id"),
    )

    plan_id: Mapped[UUID]
    plan_risk_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    """Where it is done: the committee, or a unit below it."""
    number: Mapped[int]
    kind: Mapped[ControlKind]
    title: Mapped[Words]
    method: Mapped[Words]
    sample: Mapped[Words]
    """How much is looked at, such as “20 of 200 invoices”."""
    periodicity: Mapped[PeriodKind]
    responsible_id: Mapped[UUID | None] = mapped_column(info=DUTY)
    conclusion: Mapped[Words] = mapped_column(server_default="")
    """What the year's control showed, as the follow-up tells it."""
    origin_id: Mapped[UUID | None]
    """The item of the year before that it was copied from."""
    version: Mapped[int] = mapped_column(server_default="1")
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    removed_by: Mapped[UUID | None]
    removed_at: Mapped[datetime | None]
    """Taken out of a plan that was under way; `ControlChange` has the reason."""


class Attestation(TenantRow):
    """Somebody has attested a plan, or one item of it; a withdrawal ends it, with its reason."""

    __tablename__ = "control_attestations"
    __table_args__ = (
        refers("plan_id", "control_plans"),
        refers("item_id", "control_items"),
        refers("attested_by", "people"),
        refers("withdrawn_by", "people"),
        Index(
            "uq_control_attestations_standing",
            "tenant_id",
            "plan_id",
            "item_id",
            unique=True,
            postgresql_where="withdrawn_at is null",
            postgresql_nulls_not_distinct=True,
        ),
    )

    plan_id: Mapped[UUID]
    item_id: Mapped[UUID | None]
    """None for the plan as a whole."""
    attested_by: Mapped[UUID | None]
    attested_at: Mapped[datetime]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    reason: Mapped[Words] = mapped_column(server_default="")


class ControlChange(TenantRow):
    """A change of a plan that was attested, decided or under way, with its reason."""

    __tablename__ = "control_changes"
    __table_args__ = (
        refers("plan_id", "control_plans"),
        refers("item_id", "control_items"),
        refers("changed_by", "people"),
        Index("ix_control_changes_plan", "tenant_id", "plan_id", "changed_at"),
    )

    plan_id: Mapped[UUID]
    item_id: Mapped[UUID | None]
    before: Mapped[dict[str, str]] = mapped_column(info=WORDS)
    after: Mapped[dict[str, str]] = mapped_column(info=WORDS)
    """By the field that was changed; empty for what came or went."""
    reason: Mapped[Words]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class ControlLight(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class ControlOccasion(TenantRow):
    """One time that a control is done: by a day, and then what it showed."""

    __tablename__ = "control_occasions"
    __table_args__ = (
        refers("item_id", "control_items"),
        refers("done_by", "people"),
        refers("missed_by", "people"),
        UniqueConstraint("tenant_id", "item_id", "due_on"),
        Index(
            "ix_control_occasions_due", "tenant_id", "due_on", postgresql_where="done_on is null"
        ),
        CheckConstraint("(done_on is null) = (light is null)", name="done_has_light"),
    )

    item_id: Mapped[UUID]
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    done_by: Mapped[UUID | None]
    sample: Mapped[Words] = mapped_column(server_default="")
    result: Mapped[Words] = mapped_column(server_default="")
    light: Mapped[ControlLight | None]
    missed_reason: Mapped[Words] = mapped_column(server_default="")
    """Why it was not done, once that is said."""
    missed_by: Mapped[UUID | None]
    missed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")


class OccasionFile(TenantRow):
    """Evidence of what a control showed."""

    __tablename__ = "control_occasion_files"
    __table_args__ = (
        refers("occasion_id", "control_occasions"),
        refers("file_id", "files"),
        UniqueConstraint("tenant_id", "occasion_id", "file_id"),
    )

    occasion_id: Mapped[UUID]
    file_id: Mapped[UUID]
    title: Mapped[Words]


class Deviation(TenantRow):
    """What a control found to be wrong, with an action, or the reason why none is needed.

    One that is not finished follows into the next year's plan, as a row of that plan's item with
    the same action.
    """

    __tablename__ = "control_deviations"
    __table_args__ = (
        refers("item_id", "control_items"),
        refers("occasion_id", "control_occasions"),
        refers("carried_from_id", "control_deviations"),
        refers("action_id", "planned_actions"),
        refers("found_by", "people"),
        Index("ix_control_deviations_item", "tenant_id", "item_id"),
        UniqueConstraint("tenant_id", "item_id", "occasion_id"),
    )

    item_id: Mapped[UUID]
    occasion_id: Mapped[UUID]
    """Where it was found, maybe in an earlier year."""
    carried_from_id: Mapped[UUID | None]
    what: Mapped[Words]
    action_id: Mapped[UUID | None]
    no_action_reason: Mapped[Words] = mapped_column(server_default="")
    found_by: Mapped[UUID | None]
    found_at: Mapped[datetime]


class FollowUp(Decided, TenantRow):
    """What a year's controls showed, handed to the committee, which decides on it."""

    __tablename__ = "control_follow_ups"
    __table_args__ = (
        refers("plan_id", "control_plans"),
        refers("made_by", "people"),
        UniqueConstraint("tenant_id", "plan_id"),
    )

    plan_id: Mapped[UUID]
    summary: Mapped[Words]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
