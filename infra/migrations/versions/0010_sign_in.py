"""Sessions that end when nobody is there, and each municipality's own identity provider."""

import sqlalchemy as sa
from alembic import op

from roder.infra.migrations.fences import fence

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column(
        "sessions",
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
    )
    op.add_column("sessions", sa.Column("browser", sa.Text(), server_default="", nullable=False))
    op.add_column("sessions", sa.Column("system", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "sign_in_providers",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=True),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
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
            ["tenant_id"], ["tenants.id"], name="fk_sign_in_providers_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_sign_in_providers"),
        sa.UniqueConstraint("tenant_id", name="uq_sign_in_providers_tenant_id"),
    )
    fence("sign_in_providers")
