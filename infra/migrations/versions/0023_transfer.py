"""Keys of the municipalities, what is encrypted with them, and a whole municipality out and gone."""

import sqlalchemy as sa
from alembic import op

from roder.infra.migrations.fences import fence

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("tenants", sa.Column("logo_key_number", sa.Integer(), nullable=True))
    op.add_column("tenants", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("files", sa.Column("key_number", sa.Integer(), nullable=True))
    op.add_column("files", sa.Column("needs", sa.Text(), nullable=True))
    op.alter_column("files", "size", type_=sa.BigInteger())
    op.add_column("report_images", sa.Column("key_number", sa.Integer(), nullable=True))
    op.create_table(
        "tenant_keys",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        *_own(),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_tenant_keys_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_tenant_keys"),
        sa.UniqueConstraint("tenant_id", "number", name="uq_tenant_keys_tenant_id_number"),
    )
    op.create_table(
        "tenant_exports",
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.Column("files", sa.Integer(), nullable=True),
        *_own(),
        _person("asked_by"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_tenant_exports_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_tenant_exports"),
    )
    op.create_table(
        "tenant_erasures",
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        *_own(),
        _person("asked_by"),
        _person("confirmed_by"),
        _person("withdrawn_by"),
        sa.CheckConstraint("confirmed_by <> asked_by", name="ck_tenant_erasures_two"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_tenant_erasures_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_tenant_erasures"),
    )
    op.create_index(
        "uq_tenant_erasures_standing",
        "tenant_erasures",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    fence("tenant_keys", "tenant_exports", "tenant_erasures")
    # A municipality that is erased takes its log with it. The application may not: only the
    # command of whoever runs the service, as the owner of the tables.
    op.execute(
        """
        create or replace function keep_access_log() returns trigger language plpgsql as $$
        begin
            if tg_op = 'DELETE' and (
                old.at < clock_timestamp() - interval '5 years'
                or current_user <> 'roder_app' and exists (
                    select from tenants where id = old.tenant_id and erased_at is not null
                )
            ) then
                return old;
            end if;
            raise exception 'the access log is kept as it was written';
        end
        $$
        """
    )


def _person(column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], ["people.tenant_id", "people.id"], name=f"fk_people_of_{column}"
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
