"""The access log: who read or changed what, one chain for each municipality."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from roder.infra.migrations.fences import append_only, fence

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    ids = postgresql.ARRAY(sa.Uuid())
    op.create_table(
        "access_log",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("behind_id", sa.Uuid()),
        sa.Column("session_id", sa.Uuid()),
        sa.Column("token_id", sa.Uuid()),
        sa.Column("support_id", sa.Uuid()),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("records", ids, nullable=False),
        sa.Column("about", ids, nullable=False),
        sa.Column("unit_id", sa.Uuid()),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        *_own(),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_access_log_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_access_log"),
        sa.UniqueConstraint("tenant_id", "seq", name="uq_access_log_tenant_id_seq"),
    )
    op.create_index("ix_access_log_at", "access_log", ["tenant_id", "at"])
    op.create_index("ix_access_log_person", "access_log", ["tenant_id", "person_id", "at"])
    op.create_index("ix_access_log_about", "access_log", ["about"], postgresql_using="gin")
    op.create_index("ix_access_log_records", "access_log", ["records"], postgresql_using="gin")
    op.create_table(
        "log_heads",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        *_own(),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_log_heads_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_log_heads"),
        sa.UniqueConstraint("tenant_id", name="uq_log_heads_tenant_id"),
    )
    fence("access_log", "log_heads")
    append_only("access_log")
    op.execute("grant delete on access_log to roder_app")
    op.execute("revoke delete on log_heads from roder_app")
    # Disposal is by decision of the municipality, and never before the law's five years
    # (HSLF-FS 2016:40, 4 kap. 9 §), whatever a fault of ours would ask for.
    op.execute(
        """
        create function keep_access_log() returns trigger language plpgsql as $$
        begin
            if tg_op = 'DELETE' and old.at < clock_timestamp() - interval '5 years' then
                return old;
            end if;
            raise exception 'the access log is kept as it was written';
        end
        $$
        """
    )
    op.execute(
        "create trigger keep_access_log before update or delete on access_log "
        "for each row execute function keep_access_log()"
    )


def _own() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
    )
