"""Chapters that are fetched from another module, and what a report has fetched."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0043"
down_revision = "0042"

SOURCES = {
    "risk_analyses": "internal_control.risk_analyses",
    "inspections": "internal_control.inspections",
    "lex_sarah": "deviations.lex_sarah",
}


def upgrade() -> None:
    for table in ("chapters", "sections"):
        op.add_column(table, sa.Column("source", sa.Text()))
    op.add_column("sections", sa.Column("fetched", JSONB()))
    op.add_column("sections", sa.Column("fetched_by", sa.Uuid()))
    op.add_column("sections", sa.Column("fetched_at", sa.DateTime(timezone=True)))
    op.add_column("section_versions", sa.Column("fetched", JSONB()))
    op.execute("grant update (fetched) on section_versions to roder_app")  # in a purge only
    _bind_what_could_be_fetched()


def _bind_what_could_be_fetched() -> None:
    """Chapters were known by their keys; the keys of other names are bound in the template."""
    tables = ("chapters", "sections", "module_settings")
    for table in tables:
        op.execute(f"alter table {table} no force row level security")
    for table in ("chapters", "sections"):
        for key, source in SOURCES.items():
            op.execute(
                f"update {table} set source = '{source}' where key = '{key}' "
                "and kind in ('text', 'table', 'nil_statement')"
            )
    op.execute(
        "update module_settings "
        """set "values" = "values" - 'risk_chapter' - 'inspection_chapter' """
        "where module = 'internal_control'"
    )
    for table in tables:
        op.execute(f"alter table {table} force row level security")
