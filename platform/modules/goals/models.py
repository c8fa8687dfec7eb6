"""The red thread: a steering model with its levels, what stands on them, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Index, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from ....tenants.rows import CODES, DUTY, WORDS, Code, TenantRow, Words, refers


class NodeKind(StrEnum):
    GOAL = "goal"
    INDICATOR = "indicator"
    ASSIGNMENT = "assignment"
    ACTIVITY = "activity"


JUDGED = (NodeKind.GOAL, NodeKind.INDICATOR)
"""What has a light, and counts for the light of the goal above."""

ABOVE = {
    NodeKind.GOAL: {NodeKind.GOAL},
    NodeKind.INDICATOR: {NodeKind.GOAL},
    NodeKind.ASSIGNMENT: {NodeKind.GOAL, NodeKind.ASSIGNMENT},
    NodeKind.ACTIVITY: {NodeKind.GOAL, NodeKind.ASSIGNMENT},
}
"""What each may stand below."""


class Spread(StrEnum):
    """How what a unit has decided reaches the units below it."""

    VISIBLE = "visible"
    """One copy, seen by all below, with a comment and values per unit."""
    DISTRIBUTED = "distributed"
    """Own copies at chosen units, whose values consolidate upwards."""


class SteeringModel(TenantRow):
    """How a municipality steers one year: its levels, and what its lights are called."""

    __tablename__ = "steering_models"
    __table_args__ = (UniqueConstraint("tenant_id", "year", "name"),)

    year: Mapped[int]
    name: Mapped[Words]
    lights: Mapped[list[dict[str, object]]] = mapped_column(info=WORDS)
    """Best first: `{"light": "green", "colour": "#…", "word": {"sv", "en"}}`."""


class Level(TenantRow):
    """One column of the red thread, such as committee goal, goal or indicator."""

    __tablename__ = "levels"
    __table_args__ = (
        refers("model_id", "steering_models"),
        UniqueConstraint("tenant_id", "model_id", "key"),
        UniqueConstraint(
            "tenant_id", "model_id", "position", deferrable=True, initially="deferred"
        ),
    )

    model_id: Mapped[UUID]
    key: Mapped[Code]
    position: Mapped[int]
    kind: Mapped[NodeKind]
    name: Mapped[dict[str, str]] = mapped_column(info=WORDS)
    parents: Mapped[list[str]] = mapped_column(ARRAY(Text), info=CODES)
    """Keys of the levels that may stand above; empty at the top."""
    unit_kinds: Mapped[list[str]] = mapped_column(ARRAY(Text), info=CODES)
    """Kinds of unit that may own what stands here; empty means any."""
    spread: Mapped[Spread]
    light_rule: Mapped[Code] = mapped_column(server_default="worst_child")
    hand_lights: Mapped[list[str]] = mapped_column(ARRAY(Text), info=CODES)
    """The lights that may be set by hand; empty forbids it."""


class PlanNode(TenantRow):
    """A goal, indicator, assignment or activity that a unit has decided for a year."""

    __tablename__ = "plan_nodes"
    __table_args__ = (
        refers("model_id", "steering_models"),
        refers("level_id", "levels"),
        refers("unit_id", "units"),
        refers("parent_id", "plan_nodes"),
        refers("origin_id", "plan_nodes"),
        refers("responsible_id", "people"),
        Index("ix_plan_nodes_unit", "tenant_id", "model_id", "unit_id"),
        Index("ix_plan_nodes_parent", "tenant_id", "parent_id"),
        Index("ix_plan_nodes_origin", "tenant_id", "origin_id"),
        Index(
            "ix_plan_nodes_responsible",
            "tenant_id",
            "responsible_id",
            postgresql_where="responsible_id is not null",
        ),
    )

    model_id: Mapped[UUID]
    level_id: Mapped[UUID]
    kind: Mapped[NodeKind]
    unit_id: Mapped[UUID]
    parent_id: Mapped[UUID | None]
    origin_id: Mapped[UUID | None]
    """The node that this one was distributed from."""
    title: Mapped[Words]
    description: Mapped[Words] = mapped_column(server_default="")
    position: Mapped[int]
    responsible_id: Mapped[UUID | None] = mapped_column(info=DUTY)
    local: Mapped[bool] = mapped_column(server_default="false")
    """Added by someone who may not edit the whole municipality's plan."""
    version: Mapped[int] = mapped_column(server_default="1")
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class Indicator(TenantRow):
    """How a plan node of the kind indicator is measured. It shares the id of its node."""

    __tablename__ = "indicators"
    __table_args__ = (refers("id", "plan_nodes", ondelete="CASCADE"),)

    measure_unit: Mapped[Words] = mapped_column(server_default="")
    decimals: Mapped[int] = mapped_column(server_default="0")
    direction: Mapped[Code] = mapped_column(server_default="higher")
    green_limit: Mapped[Decimal] = mapped_column(server_default="0")
    """How far from the target an outcome may be and still be green, in the measure unit."""
    yellow_limit: Mapped[Decimal | None]
    """How far it may be and be yellow; None when there is no yellow."""
    periodicity: Mapped[Code] = mapped_column(server_default="year")
    by_sex: Mapped[bool] = mapped_column(server_default="false")
    source: Mapped[Words] = mapped_column(server_default="")
    consolidation: Mapped[Code] = mapped_column(server_default="none")


class Activity(TenantRow):
    """When a plan node of the kind activity is done, and how far it has come. Shares its id."""

    __tablename__ = "activities"
    __table_args__ = (refers("id", "plan_nodes", ondelete="CASCADE"),)

    state: Mapped[Code]
    """Key of one of the tenant's activity states."""
    state_by: Mapped[UUID | None]
    state_at: Mapped[datetime | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class Checkpoint(TenantRow):
    """A day on which an activity is looked at."""

    __tablename__ = "checkpoints"
    __table_args__ = (
        refers("activity_id", "activities", ondelete="CASCADE"),
        Index("ix_checkpoints_activity", "tenant_id", "activity_id", "due_on"),
    )

    activity_id: Mapped[UUID]
    due_on: Mapped[date]
    note: Mapped[Words] = mapped_column(server_default="")
    passed_at: Mapped[datetime | None]
    passed_by: Mapped[UUID | None]


class Outcome(TenantRow):
    """The values of an indicator for one unit and period, as they stand now."""

    __tablename__ = "outcomes"
    __table_args__ = (
        refers("node_id", "indicators", ondelete="CASCADE"),
        refers("unit_id", "units"),
        UniqueConstraint("tenant_id", "node_id", "unit_id", "period"),
        Index("ix_outcomes_node", "tenant_id", "node_id", "period", "id"),
        Index("ix_outcomes_by", "tenant_id", "entered_by", "entered_at"),
        Index("ix_outcomes_at", "tenant_id", "entered_at", "unit_id"),
    )

    node_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    period: Mapped[Code]
    total: Mapped[Decimal | None]
    women: Mapped[Decimal | None]
    men: Mapped[Decimal | None]
    target: Mapped[Decimal | None]
    forecast: Mapped[Decimal | None]
    entered_by: Mapped[UUID | None]
    entered_at: Mapped[datetime]
    source: Mapped[Words] = mapped_column(server_default="")
    """Where the values come from: empty for by hand, else the file or service."""
    version: Mapped[int] = mapped_column(server_default="1")


class OutcomeVersion(TenantRow):
    """The values of an outcome as they stood after one change; never altered."""

    __tablename__ = "outcome_versions"
    __table_args__ = (
        refers("outcome_id", "outcomes", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "outcome_id", "version"),
    )

    outcome_id: Mapped[UUID]
    version: Mapped[int]
    total: Mapped[Decimal | None]
    women: Mapped[Decimal | None]
    men: Mapped[Decimal | None]
    target: Mapped[Decimal | None]
    forecast: Mapped[Decimal | None]
    entered_by: Mapped[UUID | None]
    entered_at: Mapped[datetime]
    source: Mapped[Words] = mapped_column(server_default="")


class NodeComment(TenantRow):
    """What a unit says about a node for a period."""

    __tablename__ = "node_comments"
    __table_args__ = (
        refers("node_id", "plan_nodes", ondelete="CASCADE"),
        refers("unit_id", "units"),
        UniqueConstraint("tenant_id", "node_id", "unit_id", "period"),
        Index("ix_node_comments_by", "tenant_id", "written_by", "written_at"),
        Index("ix_node_comments_at", "tenant_id", "written_at", "unit_id"),
    )

    node_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    period: Mapped[Code]
    text: Mapped[Words]
    in_report: Mapped[bool] = mapped_column(server_default="true")
    written_by: Mapped[UUID | None]
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")


class HandLight(TenantRow):
    """A light that someone has set by hand, with the reason, until it is taken back."""

    __tablename__ = "hand_lights"
    __table_args__ = (
        refers("node_id", "plan_nodes", ondelete="CASCADE"),
        refers("unit_id", "units"),
        Index("ix_hand_lights_node", "tenant_id", "node_id", "unit_id", "period"),
        Index(
            "uq_hand_lights_standing",
            "tenant_id",
            "node_id",
            "unit_id",
            "period",
            unique=True,
            postgresql_where="taken_back_at is null",
        ),
    )

    node_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    period: Mapped[Code]
    light: Mapped[Code]
    reason: Mapped[Words]
    set_by: Mapped[UUID | None]
    set_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[UUID | None]


class YearLock(TenantRow):
    """A year that is closed for changes, since when and by whom; the row goes when it is opened."""

    __tablename__ = "year_locks"
    __table_args__ = (UniqueConstraint("tenant_id", "year"),)

    year: Mapped[int]
    locked_by: Mapped[UUID | None]
    reason: Mapped[Words] = mapped_column(server_default="")
