"""Internal control: processes, risks, plans, controls and what they showed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from roder.infra.migrations.fences import append_only, fence

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "processes",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "changed_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_changed_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ended_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_ended_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_owner_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["units.tenant_id", "units.id"], name="fk_units_of_unit_id"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_processes_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_processes"),
    )
    op.create_index("ix_processes_unit", "processes", ["tenant_id", "unit_id"], unique=False)
    op.create_table(
        "risks",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.Column("effect", sa.Text(), server_default="", nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("probability", sa.Integer(), nullable=True),
        sa.Column("consequence", sa.Integer(), nullable=True),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("assessed_by", sa.Uuid(), nullable=True),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(probability is null and consequence is null and value is null) or (value = probability * consequence and probability between 1 and 6 and consequence between 1 and 6)",
            name="ck_risks_product",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assessed_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_assessed_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "changed_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_changed_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "closed_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_closed_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_owner_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "process_id"],
            ["processes.tenant_id", "processes.id"],
            name="fk_processes_of_process_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["units.tenant_id", "units.id"], name="fk_units_of_unit_id"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_risks_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_risks"),
        sa.UniqueConstraint("tenant_id", "number", name="uq_risks_tenant_id_number"),
    )
    op.create_index("ix_risks_unit", "risks", ["tenant_id", "unit_id"], unique=False)
    op.create_table(
        "risk_assessments",
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("probability", sa.Integer(), nullable=False),
        sa.Column("consequence", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("before_probability", sa.Integer(), nullable=True),
        sa.Column("before_consequence", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("assessed_by", sa.Uuid(), nullable=True),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "value = probability * consequence and probability between 1 and 6 and consequence between 1 and 6",
            name="ck_risk_assessments_product",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assessed_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_assessed_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "risk_id"], ["risks.tenant_id", "risks.id"], name="fk_risks_of_risk_id"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_risk_assessments_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_risk_assessments"),
    )
    op.create_index(
        "ix_risk_assessments_risk",
        "risk_assessments",
        ["tenant_id", "risk_id", "assessed_at"],
        unique=False,
    )
    op.create_table(
        "risk_treatments",
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "added_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_added_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ended_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_ended_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "risk_id"], ["risks.tenant_id", "risks.id"], name="fk_risks_of_risk_id"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_risk_treatments_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_risk_treatments"),
    )
    op.create_index(
        "ix_risk_treatments_risk", "risk_treatments", ["tenant_id", "risk_id"], unique=False
    )
    op.create_table(
        "control_plans",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), server_default="draft", nullable=False),
        sa.Column("introduction", sa.Text(), server_default="", nullable=False),
        sa.Column("attest_by", sa.Date(), nullable=True),
        sa.Column("follow_up_by", sa.Date(), nullable=True),
        sa.Column("copied_from_id", sa.Uuid(), nullable=True),
        sa.Column("activated_by", sa.Uuid(), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_paragraph", sa.Text(), nullable=False),
        sa.Column("registry_number", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "activated_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_activated_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "changed_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_changed_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "closed_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_closed_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "copied_from_id"],
            ["control_plans.tenant_id", "control_plans.id"],
            name="fk_control_plans_of_copied_from_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["units.tenant_id", "units.id"], name="fk_units_of_unit_id"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_control_plans_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_control_plans"),
        sa.UniqueConstraint(
            "tenant_id", "unit_id", "year", name="uq_control_plans_tenant_id_unit_id_year"
        ),
    )
    op.create_table(
        "control_plan_risks",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("risk_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("probability", sa.Integer(), nullable=False),
        sa.Column("consequence", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("mirrored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "value = probability * consequence and probability between 1 and 6 and consequence between 1 and 6",
            name="ck_control_plan_risks_product",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["control_plans.tenant_id", "control_plans.id"],
            name="fk_control_plans_of_plan_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "risk_id"], ["risks.tenant_id", "risks.id"], name="fk_risks_of_risk_id"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_control_plan_risks_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_control_plan_risks"),
        sa.UniqueConstraint(
            "tenant_id",
            "plan_id",
            "risk_id",
            name="uq_control_plan_risks_tenant_id_plan_id_risk_id",
        ),
    )
    op.create_table(
        "control_items",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("plan_risk_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("sample", sa.Text(), nullable=False),
        sa.Column("periodicity", sa.String(40), nullable=False),
        sa.Column("responsible_id", sa.Uuid(), nullable=True),
        sa.Column("conclusion", sa.Text(), server_default="", nullable=False),
        sa.Column("origin_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "changed_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_changed_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "origin_id"],
            ["control_items.tenant_id", "control_items.id"],
            name="fk_control_items_of_origin_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["control_plans.tenant_id", "control_plans.id"],
            name="fk_control_plans_of_plan_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_risk_id"],
            ["control_plan_risks.tenant_id", "control_plan_risks.id"],
            name="fk_control_plan_risks_of_plan_risk_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "removed_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_removed_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "responsible_id"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_responsible_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["units.tenant_id", "units.id"], name="fk_units_of_unit_id"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_control_items_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_control_items"),
        sa.UniqueConstraint(
            "tenant_id", "plan_id", "number", name="uq_control_items_tenant_id_plan_id_number"
        ),
    )
    op.create_index(
        "ix_control_items_unit", "control_items", ["tenant_id", "unit_id"], unique=False
    )
    op.create_table(
        "control_attestations",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("attested_by", sa.Uuid(), nullable=True),
        sa.Column("attested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "attested_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_attested_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["control_items.tenant_id", "control_items.id"],
            name="fk_control_items_of_item_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["control_plans.tenant_id", "control_plans.id"],
            name="fk_control_plans_of_plan_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "withdrawn_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_withdrawn_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_control_attestations_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_control_attestations"),
    )
    op.create_index(
        "uq_control_attestations_standing",
        "control_attestations",
        ["tenant_id", "plan_id", "item_id"],
        unique=True,
        postgresql_where="withdrawn_at is null",
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "control_changes",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "changed_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_changed_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["control_items.tenant_id", "control_items.id"],
            name="fk_control_items_of_item_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["control_plans.tenant_id", "control_plans.id"],
            name="fk_control_plans_of_plan_id",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_control_changes_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_control_changes"),
    )
    op.create_index(
        "ix_control_changes_plan",
        "control_changes",
        ["tenant_id", "plan_id", "changed_at"],
        unique=False,
    )
    op.create_table(
        "control_occasions",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("sample", sa.Text(), server_default="", nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("light", sa.String(40), nullable=True),
        sa.Column("missed_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("missed_by", sa.Uuid(), nullable=True),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(done_on is null) = (light is null)", name="ck_control_occasions_done_has_light"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "done_by"], ["people.tenant_id", "people.id"], name="fk_people_of_done_by"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["control_items.tenant_id", "control_items.id"],
            name="fk_control_items_of_item_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "missed_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_missed_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_control_occasions_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_control_occasions"),
        sa.UniqueConstraint(
            "tenant_id", "item_id", "due_on", name="uq_control_occasions_tenant_id_item_id_due_on"
        ),
    )
    op.create_index(
        "ix_control_occasions_due",
        "control_occasions",
        ["tenant_id", "due_on"],
        unique=False,
        postgresql_where="done_on is null",
    )
    op.create_table(
        "control_occasion_files",
        sa.Column("occasion_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"], ["files.tenant_id", "files.id"], name="fk_files_of_file_id"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "occasion_id"],
            ["control_occasions.tenant_id", "control_occasions.id"],
            name="fk_control_occasions_of_occasion_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_control_occasion_files_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_control_occasion_files"),
        sa.UniqueConstraint(
            "tenant_id",
            "occasion_id",
            "file_id",
            name="uq_control_occasion_files_tenant_id_occasion_id_file_id",
        ),
    )
    op.create_table(
        "control_deviations",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("occasion_id", sa.Uuid(), nullable=False),
        sa.Column("carried_from_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("no_action_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("found_by", sa.Uuid(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "carried_from_id"],
            ["control_deviations.tenant_id", "control_deviations.id"],
            name="fk_control_deviations_of_carried_from_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "found_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_found_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "item_id"],
            ["control_items.tenant_id", "control_items.id"],
            name="fk_control_items_of_item_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "occasion_id"],
            ["control_occasions.tenant_id", "control_occasions.id"],
            name="fk_control_occasions_of_occasion_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_control_deviations_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_control_deviations"),
        sa.UniqueConstraint(
            "tenant_id",
            "item_id",
            "occasion_id",
            name="uq_control_deviations_tenant_id_item_id_occasion_id",
        ),
    )
    op.create_index(
        "ix_control_deviations_item", "control_deviations", ["tenant_id", "item_id"], unique=False
    )
    op.create_table(
        "control_follow_ups",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_paragraph", sa.Text(), nullable=False),
        sa.Column("registry_number", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "made_by"], ["people.tenant_id", "people.id"], name="fk_people_of_made_by"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["control_plans.tenant_id", "control_plans.id"],
            name="fk_control_plans_of_plan_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_control_follow_ups_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_control_follow_ups"),
        sa.UniqueConstraint("tenant_id", "plan_id", name="uq_control_follow_ups_tenant_id_plan_id"),
    )
    fence(
        "processes",
        "risks",
        "risk_assessments",
        "risk_treatments",
        "control_plans",
        "control_plan_risks",
        "control_items",
        "control_attestations",
        "control_changes",
        "control_occasions",
        "control_occasion_files",
        "control_deviations",
        "control_follow_ups",
    )
    append_only("risk_assessments", "control_changes")
