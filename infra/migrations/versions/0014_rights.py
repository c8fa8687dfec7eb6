"""A number per municipality that grows with every change of who may what, so that what is known
of somebody who came in lately can be trusted as long as it stands."""

import sqlalchemy as sa
from alembic import op

from roder.infra.migrations.fences import fence

revision = "0014"
down_revision = "0013"

WATCHED = {
    "api_tokens": "insert or update of revoked_at, expires_at, scopes or delete",
    "module_settings": "insert or update or delete",
    "module_switches": "insert or update or delete",
    "people": "update of left_on, name, locale or delete",
    "role_grants": "insert or update or delete",
    "unit_versions": "insert or update or delete",
    "sessions": "update of ended_at, expires_at or delete",
}


def upgrade() -> None:
    op.create_table(
        "rights_versions",
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_rights_versions_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_rights_versions"),
        sa.UniqueConstraint("tenant_id", name="uq_rights_versions_tenant_id"),
    )
    fence("rights_versions")
    op.execute(
        """
        create function note_rights() returns trigger language plpgsql as $$
        begin
            insert into rights_versions (tenant_id, id, version)
            select own, own, 1
            from (select nullif(current_setting('roder.tenant', true), '')::uuid as own) as given
            where own is not null
            on conflict (tenant_id) do update set version = rights_versions.version + 1;
            return null;
        end
        $$
        """
    )
    for table, events in WATCHED.items():
        op.execute(
            f"create trigger note_rights after {events} on {table} "
            "for each statement execute function note_rights()"
        )
