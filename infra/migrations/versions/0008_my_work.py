"""What runs by itself and when, and what people are told of what is asked of them."""

import sqlalchemy as sa
from alembic import op

from roder.infra.migrations.fences import fence

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "timetable_slots",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        *_own("timetable_slots"),
        sa.UniqueConstraint(
            "tenant_id", "job", "slot", name="uq_timetable_slots_tenant_id_job_slot"
        ),
    )
    op.create_table(
        "mails",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        *_own("mails"),
        _of_a_person(),
        sa.UniqueConstraint(
            "tenant_id", "person_id", "kind", "key", name="uq_mails_tenant_id_person_id_kind_key"
        ),
    )
    op.create_table(
        "notification_choices",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reminders", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("digest", sa.Boolean(), server_default="true", nullable=False),
        *_own("notification_choices"),
        _of_a_person(),
        sa.UniqueConstraint(
            "tenant_id", "person_id", name="uq_notification_choices_tenant_id_person_id"
        ),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        *_own("calendar_feeds"),
        _of_a_person(),
        sa.UniqueConstraint("tenant_id", "digest", name="uq_calendar_feeds_tenant_id_digest"),
    )
    op.create_index(
        "uq_calendar_feeds_standing",
        "calendar_feeds",
        ["tenant_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at is null"),
    )
    fence("timetable_slots", "mails", "notification_choices", "calendar_feeds")


def _own(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{table}_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{table}"),
    )


def _of_a_person() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "person_id"],
        ["people.tenant_id", "people.id"],
        name="fk_people_of_person_id",
    )
