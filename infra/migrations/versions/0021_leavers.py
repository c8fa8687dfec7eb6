"""Those who have left: the runs that purge them, what each changed, extracts, and what is kept."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from roder.infra.migrations.fences import fence

revision = "0021"
down_revision = "0020"

HISTORY = {"section_versions": ("text", "rows"), "outcome_versions": ("source",)}
"""What a purge may change in tables that are otherwise only added to."""


def upgrade() -> None:
    op.add_column("people", sa.Column("forgotten_at", sa.DateTime(timezone=True)))
    runs()
    changes()
    retention()
    extracts()
    fence(
        "leaver_runs",
        "leavers",
        "leaver_kept_names",
        "archive_changes",
        "leaver_files",
        "retention_rules",
        "person_extracts",
    )
    open_history()


def runs() -> None:
    op.create_table(
        "leaver_runs",
        sa.Column("because", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), server_default="open", nullable=False),
        sa.Column("opened_by", sa.Uuid()),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("motivation", sa.Text(), server_default="", nullable=False),
        sa.Column("identity_check", sa.Text(), server_default="", nullable=False),
        sa.Column("stage", sa.Integer(), server_default="0", nullable=False),
        sa.Column("after", sa.Text(), server_default="", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("counts", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("receipt", postgresql.JSONB()),
        sa.Column("receipt_hash", sa.Text(), server_default="", nullable=False),
        *_own("leaver_runs"),
        _refers("opened_by", "people"),
        _refers("decided_by", "people"),
    )
    op.create_index("ix_leaver_runs_state", "leaver_runs", ["tenant_id", "state"])
    op.create_table(
        "leavers",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("heir_id", sa.Uuid()),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        *_own("leavers"),
        _refers("run_id", "leaver_runs", ondelete="CASCADE"),
        _refers("person_id", "people"),
        _refers("heir_id", "people"),
        _unique("leavers", "run_id", "person_id"),
        _unique("leavers", "pseudonym"),
    )
    op.create_table(
        "leaver_kept_names",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        *_own("leaver_kept_names"),
        _refers("run_id", "leaver_runs", ondelete="CASCADE"),
        _unique("leaver_kept_names", "run_id", "row_id", "place", "mark"),
    )


def changes() -> None:
    op.create_table(
        "archive_changes",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid()),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("old_hash", sa.Text(), nullable=False),
        sa.Column("new_hash", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("old_key", sa.Text(), server_default="", nullable=False),
        *_own("archive_changes"),
        _refers("run_id", "leaver_runs"),
    )
    op.create_index("ix_archive_changes_run", "archive_changes", ["tenant_id", "run_id"])
    op.create_index("ix_archive_changes_row", "archive_changes", ["tenant_id", "row_id"])
    op.create_table(
        "leaver_files",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("made", sa.Text(), nullable=False),
        sa.Column("kept", sa.Boolean(), server_default="false", nullable=False),
        *_own("leaver_files"),
        _refers("run_id", "leaver_runs", ondelete="CASCADE"),
        _refers("file_id", "files", ondelete="CASCADE"),
        _unique("leaver_files", "run_id", "file_id"),
    )


def retention() -> None:
    op.create_table(
        "retention_rules",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effect", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("law", sa.Text(), server_default="", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("changed_by", sa.Uuid()),
        *_own("retention_rules"),
        _refers("changed_by", "people"),
        _unique("retention_rules", "kind", "valid_from"),
    )


def extracts() -> None:
    op.create_table(
        "person_extracts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid()),
        sa.Column("identity_check", sa.Text(), server_default="", nullable=False),
        sa.Column("pdf_job", sa.Uuid()),
        sa.Column("json_job", sa.Uuid()),
        *_own("person_extracts"),
        _refers("person_id", "people"),
        _refers("asked_by", "people"),
    )
    op.create_index("ix_person_extracts_person", "person_extracts", ["tenant_id", "person_id"])


def open_history() -> None:
    """While a decided purge is under way, and only then, the words of a history may change."""
    op.execute(
        """
        create function only_in_a_purge() returns trigger language plpgsql as $$
        begin
            if not exists (
                select from leaver_runs where tenant_id = new.tenant_id and state = 'decided'
            ) then
                raise exception 'history is never changed' using errcode = 'insufficient_privilege';
            end if;
            return new;
        end
        $$
        """
    )
    for table, columns in HISTORY.items():
        op.execute(f"grant update ({', '.join(columns)}) on {table} to roder_app")
        op.execute(
            f"create trigger only_in_a_purge before update on {table} "
            "for each row execute function only_in_a_purge()"
        )


def _own(table: str) -> list[sa.schema.SchemaItem]:
    return [
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
    ]


def _refers(column: str, table: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", f"{table}.id"],
        name=f"fk_{table}_of_{column}",
        ondelete=ondelete,
    )


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    named = "_".join(("tenant_id", *columns))
    return sa.UniqueConstraint("tenant_id", *columns, name=f"uq_{table}_{named}")
