"""What an item comes from, kept as it stood when the meeting was held; and notes as rich text."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

ONE_THING = "ck_agenda_links_to_one_thing"


def upgrade() -> None:
    op.add_column("agenda_links", sa.Column("document_id", sa.Uuid()))
    for name in ("detail", "light", "word"):
        op.add_column("agenda_links", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("agenda_links", sa.Column("kept_at", sa.DateTime(timezone=True)))
    op.create_foreign_key(
        "fk_governing_documents_of_document_id",
        "agenda_links",
        "governing_documents",
        ["tenant_id", "document_id"],
        ["tenant_id", "id"],
    )
    op.drop_constraint(ONE_THING, "agenda_links", type_="check")
    op.create_check_constraint(
        ONE_THING, "agenda_links", "num_nonnulls(node_id, risk_id, document_id, file_id) = 1"
    )
    _paragraphs("agenda_items", "notes")


def _paragraphs(table: str, column: str) -> None:
    """Plain lines as paragraphs. Whoever owns the table is let past its fence meanwhile."""
    safe = f"replace(replace(replace({column}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"
    lines = f"regexp_replace(btrim({safe}, E' \\r\\n'), E'[ \\r]*\\n\\s*', '</p><p>', 'g')"
    op.execute(f"alter table {table} no force row level security")
    op.execute(f"update {table} set {column} = '<p>' || {lines} || '</p>' where {column} ~ '\\S'")
    op.execute(f"alter table {table} force row level security")
