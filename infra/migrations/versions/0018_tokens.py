"""Keys of programs for some units and from some networks, when they were last used, and what they
and sessions have begun; a change of who may what is told at once to all processes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

TEXTS = postgresql.ARRAY(sa.Text())
IDS = postgresql.ARRAY(sa.Uuid())
MOMENT = sa.DateTime(timezone=True)

WATCHED = (
    "insert or update of revoked_at, expires_at, scopes, unit_ids, networks, person_id or delete"
)


def upgrade() -> None:
    for column in (
        sa.Column("start", sa.Text(), server_default="", nullable=False),
        sa.Column("unit_ids", IDS, server_default="{}", nullable=False),
        sa.Column("networks", TEXTS, server_default="{}", nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.Column("last_used_from", sa.Text(), server_default="", nullable=False),
        sa.Column("warned_at", MOMENT, nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("leaked", sa.Boolean(), server_default=sa.false(), nullable=False),
    ):
        op.add_column("api_tokens", column)
    op.add_column("sessions", sa.Column("closed_by", sa.Uuid(), nullable=True))
    op.add_column("jobs", sa.Column("token_id", sa.Uuid(), nullable=True))
    op.add_column("jobs", sa.Column("session_id", sa.Uuid(), nullable=True))
    op.execute("drop trigger note_rights on api_tokens")
    op.execute(
        f"create trigger note_rights after {WATCHED} on api_tokens "
        "for each statement execute function note_rights()"
    )
    op.execute(
        """
        create or replace function note_rights() returns trigger language plpgsql as $$
        begin
            insert into rights_versions (tenant_id, id, version)
            select own, own, 1
            from (select nullif(current_setting('roder.tenant', true), '')::uuid as own) as given
            where own is not null
            on conflict (tenant_id) do update set version = rights_versions.version + 1;
            perform pg_notify('roder_rights', current_setting('roder.tenant', true));
            return null;
        end
        $$
        """
    )
