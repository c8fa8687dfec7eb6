"""Several identity providers a municipality, whom an account of theirs is, the level that somebody
signed in with, rules for roles from claims, and a limit to guessing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from roder.infra.migrations.fences import fence

revision = "0017"
down_revision = "0016"

LEVELS = (
    ("http://id.elegnamnden.se/loa/1.0/loa1", 1),
    ("http://id.elegnamnden.se/loa/1.0/loa2", 2),
    ("http://id.elegnamnden.se/loa/1.0/loa3", 3),
    ("http://id.elegnamnden.se/loa/1.0/loa4", 4),
)
"""For providers that are there already; new ones get theirs from tenants/sign_in/assurance.csv."""


def upgrade() -> None:
    _several_providers()
    _identities()
    _rules()
    _guesses()
    op.add_column(
        "sessions", sa.Column("level", sa.SmallInteger(), server_default="1", nullable=False)
    )
    op.add_column("sessions", sa.Column("issuer", sa.Text(), server_default="", nullable=False))
    op.add_column("jobs", sa.Column("level", sa.SmallInteger(), nullable=True))
    op.execute("alter table sign_in_providers no force row level security")
    for acr, level in LEVELS:
        op.execute(
            "insert into provider_levels (tenant_id, id, provider_id, acr, level) "
            f"select tenant_id, gen_random_uuid(), id, '{acr}', {level} from sign_in_providers"
        )
    op.execute("alter table sign_in_providers force row level security")
    fence("provider_levels", "person_identities", "claim_rules", "guesses")


def _several_providers() -> None:
    op.drop_constraint("uq_sign_in_providers_tenant_id", "sign_in_providers")
    op.create_unique_constraint(
        "uq_sign_in_providers_tenant_id_issuer", "sign_in_providers", ["tenant_id", "issuer"]
    )
    op.add_column(
        "sign_in_providers",
        sa.Column("position", sa.SmallInteger(), server_default="0", nullable=False),
    )
    # Those that stand were believed where they did not say whether an address is verified.
    op.add_column(
        "sign_in_providers",
        sa.Column("vouches", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.alter_column("sign_in_providers", "vouches", server_default=None)
    op.create_table(
        "provider_levels",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("acr", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        *_own("provider_levels"),
        _of("provider_id", "sign_in_providers", ondelete="CASCADE"),
        sa.UniqueConstraint(
            "tenant_id", "provider_id", "acr", name="uq_provider_levels_tenant_id_provider_id_acr"
        ),
    )


def _identities() -> None:
    op.create_table(
        "person_identities",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claims", postgresql.JSONB(), nullable=True),
        *_own("person_identities"),
        _of("person_id", "people", ondelete="CASCADE"),
        sa.UniqueConstraint(
            "tenant_id",
            "issuer",
            "subject",
            name="uq_person_identities_tenant_id_issuer_subject",
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "person_id",
            "issuer",
            name="uq_person_identities_tenant_id_person_id_issuer",
        ),
    )


def _rules() -> None:
    op.create_table(
        "claim_rules",
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=True),
        *_own("claim_rules"),
        _of("provider_id", "sign_in_providers", ondelete="CASCADE"),
    )
    op.create_index("ix_claim_rules_position", "claim_rules", ["tenant_id", "position", "id"])


def _guesses() -> None:
    op.create_table(
        "guesses",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        *_own("guesses"),
        sa.UniqueConstraint("tenant_id", "kind", "mark", name="uq_guesses_tenant_id_kind_mark"),
    )


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


def _of(column: str, table: str, *, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", f"{table}.id"],
        name=f"fk_{table}_of_{column}",
        ondelete=ondelete,
    )
