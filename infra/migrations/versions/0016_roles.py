"""Roles for a time and from whom, seeing as somebody else, and the operator's support.

A role that is taken back stays as a row with its end, so that it can be told who gave whom what
and when. Of those that stand, someone has a role at a unit once at a time from each source.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from roder.infra.migrations.fences import fence

revision = "0016"
down_revision = "0015"

WATCHED = {
    "see_as": "insert or update or delete",
    "support_consents": "insert or update or delete",
    "support_visits": "update of ended_at or delete",
}


def upgrade() -> None:
    grants()
    see_as()
    support()
    fence("see_as", "support_consents", "support_visits")
    for table, events in WATCHED.items():
        op.execute(
            f"create trigger note_rights after {events} on {table} "
            "for each statement execute function note_rights()"
        )


def grants() -> None:
    moment = sa.DateTime(timezone=True)
    for column in (
        sa.Column("source", sa.Text(), server_default="hand", nullable=False),
        sa.Column("valid_from", moment),
        sa.Column("valid_to", moment),
        sa.Column("delegated_from", sa.Uuid()),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("ended_at", moment),
        sa.Column("ended_by", sa.Uuid()),
    ):
        op.add_column("role_grants", column)
    op.drop_index("uq_role_grants", "role_grants")
    op.create_foreign_key(
        "fk_role_grants_of_delegated_from",
        "role_grants",
        "role_grants",
        ["tenant_id", "delegated_from"],
        ["tenant_id", "id"],
        ondelete="CASCADE",
    )
    op.create_index("ix_role_grants_person", "role_grants", ["tenant_id", "person_id"])
    op.create_index("ix_role_grants_delegated", "role_grants", ["tenant_id", "delegated_from"])
    nobody = "'00000000-0000-0000-0000-000000000000'::uuid"
    op.execute(
        f"""
        alter table role_grants
            add constraint ck_role_grants_order check (valid_to > valid_from),
            add constraint ex_role_grants_overlap exclude using gist (
                tenant_id with =, person_id with =, role with =, source with =,
                coalesce(unit_id, {nobody}) with =, coalesce(delegated_from, {nobody}) with =,
                tstzrange(valid_from, valid_to) with &&
            ) where (ended_at is null)
        """
    )


def see_as() -> None:
    op.create_table(
        "see_as",
        sa.Column("administrator_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        *_own(),
        _refers("administrator_id", "people"),
        _refers("person_id", "people"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_see_as_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_see_as"),
    )
    op.create_index("ix_see_as_person", "see_as", ["tenant_id", "person_id"])
    op.create_index(
        "uq_see_as_standing",
        "see_as",
        ["tenant_id", "session_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )


def support() -> None:
    op.create_table(
        "support_consents",
        sa.Column("opened_by", sa.Uuid()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("may_write", sa.Boolean(), nullable=False),
        sa.Column("modules", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Uuid()),
        *_own(),
        _refers("opened_by", "people"),
        _refers("ended_by", "people"),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_support_consents_tenant_id"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_support_consents"),
        sa.CheckConstraint(
            "valid_to > valid_from and valid_to <= valid_from + interval '7 days'",
            name="ck_support_consents_time",
        ),
    )
    op.create_table(
        "support_visits",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("link_digest", sa.LargeBinary(), nullable=False),
        sa.Column("link_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary()),
        sa.Column("begun_at", sa.DateTime(timezone=True)),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        *_own(),
        _refers("consent_id", "support_consents"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_support_visits_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_support_visits"),
        sa.UniqueConstraint(
            "tenant_id", "link_digest", name="uq_support_visits_tenant_id_link_digest"
        ),
        sa.UniqueConstraint("tenant_id", "digest", name="uq_support_visits_digest"),
    )


def _refers(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", f"{table}.id"],
        name=f"fk_{table}_of_{column}",
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
