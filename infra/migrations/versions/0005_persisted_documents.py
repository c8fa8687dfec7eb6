"""Documents that clients ask for by their hash."""

import sqlalchemy as sa
from alembic import op

from roder.infra.migrations.fences import fence

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "persisted_documents",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by"],
            ["people.tenant_id", "people.id"],
            name="fk_people_of_created_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_persisted_documents_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_persisted_documents"),
        sa.UniqueConstraint("tenant_id", "digest", name="uq_persisted_documents_tenant_id_digest"),
    )
    op.create_index(
        "ix_persisted_documents_age",
        "persisted_documents",
        ["tenant_id", "created_at"],
        unique=False,
    )
    fence(
        "persisted_documents",
    )
