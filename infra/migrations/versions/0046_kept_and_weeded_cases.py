"""Keys that open sealed texts elsewhere; cases that are weeded in time."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from roder.infra.migrations.columns import ids, moments, own, refers
from roder.infra.migrations.fences import append_only, fence, purgeable

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    _keys()
    _weeding()
    purgeable("deviation_events", "note")


def _keys() -> None:
    op.add_column("tenant_keys", sa.Column("brought", postgresql.JSONB()))
    op.create_table(
        "recovery_keys",
        sa.Column("public", sa.LargeBinary(), nullable=False),
        *ids("taken_by"),
        *moments("ended_at", needed=False),
        *own("recovery_keys"),
        refers("taken_by", "people"),
    )
    op.create_index(
        "uq_recovery_keys_standing",
        "recovery_keys",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    fence("recovery_keys")
    op.add_column("tenant_exports", sa.Column("text_count", sa.Integer()))
    op.add_column("tenant_exports", sa.Column("texts_without_key", sa.Integer()))


def _weeding() -> None:
    """What has happened with a case goes when the case is weeded, and never before."""
    op.add_column("deviations", sa.Column("weeded_at", sa.DateTime(timezone=True)))
    op.create_table(
        "deviation_disposals",
        *ids("decided_by"),
        sa.Column("closed_before", sa.Date(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        *own("deviation_disposals"),
        refers("decided_by", "people"),
    )
    fence("deviation_disposals")
    append_only("deviation_disposals")
    op.execute("grant delete on deviation_events to roder_app")
    op.execute(
        """
        create function only_when_weeded() returns trigger language plpgsql as $$
        begin
            if current_user = 'roder_app' and exists (
                select from deviations
                where tenant_id = old.tenant_id and id = old.deviation_id and weeded_at is null
            ) then
                raise exception 'history is never changed' using errcode = 'insufficient_privilege';
            end if;
            return old;
        end
        $$
        """
    )
    op.execute(
        "create trigger only_when_weeded before delete on deviation_events "
        "for each row execute function only_when_weeded()"
    )
