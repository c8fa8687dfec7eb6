"""The red thread: steering models, plan nodes, values, comments and lights set by hand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from roder.infra.migrations.fences import append_only, fence

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "steering_models",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lights", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_steering_models_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_steering_models"),
        sa.UniqueConstraint(
            "tenant_id", "year", "name", name="uq_steering_models_tenant_id_year_name"
        ),
    )
    op.create_table(
        "year_locks",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("locked_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_year_locks_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_year_locks"),
        sa.UniqueConstraint("tenant_id", "year", name="uq_year_locks_tenant_id_year"),
    )
    op.create_table(
        "levels",
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "goal",
                "indicator",
                "assignment",
                "activity",
                name="nodekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("parents", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("unit_kinds", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "spread",
            sa.Enum("visible", "distributed", name="spread", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("light_rule", sa.Text(), server_default="worst_child", nullable=False),
        sa.Column("hand_lights", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "model_id"],
            ["steering_models.tenant_id", "steering_models.id"],
            name="fk_steering_models_of_model_id",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_levels_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_levels"),
        sa.UniqueConstraint(
            "tenant_id", "model_id", "key", name="uq_levels_tenant_id_model_id_key"
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "model_id",
            "position",
            deferrable=True,
            initially="deferred",
            name="uq_levels_tenant_id_model_id_position",
        ),
    )
    op.create_table(
        "plan_nodes",
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("level_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "goal",
                "indicator",
                "assignment",
                "activity",
                name="nodekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("responsible_id", sa.Uuid(), nullable=True),
        sa.Column("local", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "level_id"],
            ["levels.tenant_id", "levels.id"],
            name="fk_levels_of_level_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "model_id"],
            ["steering_models.tenant_id", "steering_models.id"],
            name="fk_steering_models_of_model_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "origin_id"],
            ["plan_nodes.tenant_id", "plan_nodes.id"],
            name="fk_plan_nodes_of_origin_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["plan_nodes.tenant_id", "plan_nodes.id"],
            name="fk_plan_nodes_of_parent_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "responsible_id"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_responsible_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["units.tenant_id", "units.id"], name="fk_units_of_unit_id"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_plan_nodes_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_plan_nodes"),
    )
    op.create_index("ix_plan_nodes_origin", "plan_nodes", ["tenant_id", "origin_id"], unique=False)
    op.create_index("ix_plan_nodes_parent", "plan_nodes", ["tenant_id", "parent_id"], unique=False)
    op.create_index(
        "ix_plan_nodes_unit", "plan_nodes", ["tenant_id", "model_id", "unit_id"], unique=False
    )
    op.create_table(
        "activities",
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_by", sa.Uuid(), nullable=True),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["plan_nodes.tenant_id", "plan_nodes.id"],
            name="fk_plan_nodes_of_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_activities_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_activities"),
    )
    op.create_table(
        "hand_lights",
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("light", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "node_id"],
            ["plan_nodes.tenant_id", "plan_nodes.id"],
            name="fk_plan_nodes_of_node_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["units.tenant_id", "units.id"], name="fk_units_of_unit_id"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_hand_lights_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_hand_lights"),
    )
    op.create_index(
        "ix_hand_lights_node",
        "hand_lights",
        ["tenant_id", "node_id", "unit_id", "period"],
        unique=False,
    )
    op.create_index(
        "uq_hand_lights_standing",
        "hand_lights",
        ["tenant_id", "node_id", "unit_id", "period"],
        unique=True,
        postgresql_where="taken_back_at is null",
    )
    op.create_table(
        "indicators",
        sa.Column("measure_unit", sa.Text(), server_default="", nullable=False),
        sa.Column("decimals", sa.Integer(), server_default="0", nullable=False),
        sa.Column("direction", sa.Text(), server_default="higher", nullable=False),
        sa.Column("green_limit", sa.Numeric(), server_default="0", nullable=False),
        sa.Column("yellow_limit", sa.Numeric(), nullable=True),
        sa.Column("periodicity", sa.Text(), server_default="year", nullable=False),
        sa.Column("by_sex", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("consolidation", sa.Text(), server_default="none", nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["plan_nodes.tenant_id", "plan_nodes.id"],
            name="fk_plan_nodes_of_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_indicators_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_indicators"),
    )
    op.create_table(
        "node_comments",
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("in_report", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "node_id"],
            ["plan_nodes.tenant_id", "plan_nodes.id"],
            name="fk_plan_nodes_of_node_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["units.tenant_id", "units.id"], name="fk_units_of_unit_id"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_node_comments_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_node_comments"),
        sa.UniqueConstraint(
            "tenant_id",
            "node_id",
            "unit_id",
            "period",
            name="uq_node_comments_tenant_id_node_id_unit_id_period",
        ),
    )
    op.create_table(
        "checkpoints",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "activity_id"],
            ["activities.tenant_id", "activities.id"],
            name="fk_activities_of_activity_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_checkpoints_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_checkpoints"),
    )
    op.create_index(
        "ix_checkpoints_activity",
        "checkpoints",
        ["tenant_id", "activity_id", "due_on"],
        unique=False,
    )
    op.create_table(
        "outcomes",
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(), nullable=True),
        sa.Column("women", sa.Numeric(), nullable=True),
        sa.Column("men", sa.Numeric(), nullable=True),
        sa.Column("target", sa.Numeric(), nullable=True),
        sa.Column("forecast", sa.Numeric(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "node_id"],
            ["indicators.tenant_id", "indicators.id"],
            name="fk_indicators_of_node_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["units.tenant_id", "units.id"], name="fk_units_of_unit_id"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_outcomes_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_outcomes"),
        sa.UniqueConstraint(
            "tenant_id",
            "node_id",
            "unit_id",
            "period",
            name="uq_outcomes_tenant_id_node_id_unit_id_period",
        ),
    )
    op.create_table(
        "outcome_versions",
        sa.Column("outcome_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(), nullable=True),
        sa.Column("women", sa.Numeric(), nullable=True),
        sa.Column("men", sa.Numeric(), nullable=True),
        sa.Column("target", sa.Numeric(), nullable=True),
        sa.Column("forecast", sa.Numeric(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "outcome_id"],
            ["outcomes.tenant_id", "outcomes.id"],
            name="fk_outcomes_of_outcome_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_outcome_versions_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_outcome_versions"),
        sa.UniqueConstraint(
            "tenant_id",
            "outcome_id",
            "version",
            name="uq_outcome_versions_tenant_id_outcome_id_version",
        ),
    )
    fence(
        "steering_models",
        "year_locks",
        "levels",
        "plan_nodes",
        "activities",
        "hand_lights",
        "indicators",
        "node_comments",
        "checkpoints",
        "outcomes",
        "outcome_versions",
    )
    append_only("outcome_versions")
