"""Governing documents: their versions with files, whom they are for, what they ask and answers."""

import sqlalchemy as sa
from alembic import op

from roder.infra.migrations.columns import days, ids, kinds, moments, own, refers, texts, unique
from roder.infra.migrations.fences import append_only, fence, purgeable

revision = "0039"
down_revision = "0038"

TABLES = (
    "governing_documents",
    "governing_document_units",
    "governing_document_versions",
    "governing_document_files",
    "document_assignments",
    "document_assignment_nodes",
    "document_answers",
    "document_answer_steps",
)


def upgrade() -> None:
    op.create_table(
        "governing_documents",
        *texts("number", "title", "type_key", "summary", "withdrawn_reason"),
        *ids("body_id", "unit_id", needed=True),
        *ids("superior_id", "owner_id", "replaced_by_id"),
        *ids("published_by", "withdrawn_by", "changed_by"),
        *kinds("applies"),
        *days("review_on"),
        *moments("published_at", "withdrawn_at", needed=False),
        *moments("changed_at"),
        *_numbers("version"),
        *own("governing_documents"),
        refers("superior_id", "governing_documents"),
        refers("replaced_by_id", "governing_documents"),
        refers("body_id", "units"),
        refers("unit_id", "units"),
        refers("owner_id", "people"),
        unique("governing_documents", "number"),
    )
    op.create_index(
        "ix_governing_documents_superior", "governing_documents", ["tenant_id", "superior_id"]
    )
    op.create_table(
        "governing_document_units",
        *ids("document_id", "unit_id", needed=True),
        *own("governing_document_units"),
        refers("document_id", "governing_documents"),
        refers("unit_id", "units"),
        unique("governing_document_units", "document_id", "unit_id"),
    )
    _versions()
    _assignments()
    fence(*TABLES)
    append_only("document_answer_steps")
    purgeable("document_answer_steps", "text")


def _versions() -> None:
    op.create_table(
        "governing_document_versions",
        *ids("document_id", needed=True),
        *ids("made_by", "changed_by"),
        *_numbers("number"),
        *texts("changes", "decided_by", "decided_paragraph", "registry_number"),
        *days("decided_on", "valid_from", "valid_to"),
        *moments("made_at", "changed_at"),
        *own("governing_document_versions"),
        refers("document_id", "governing_documents"),
        unique("governing_document_versions", "document_id", "number"),
    )
    op.create_table(
        "governing_document_files",
        *ids("version_id", "file_id", needed=True),
        *texts("title"),
        *own("governing_document_files"),
        refers("version_id", "governing_document_versions"),
        refers("file_id", "files"),
        unique("governing_document_files", "version_id", "file_id"),
    )


def _assignments() -> None:
    op.create_table(
        "document_assignments",
        *ids("document_id", needed=True),
        *ids("ended_by", "changed_by"),
        *_numbers("position", "version"),
        *kinds("kind"),
        *texts("text"),
        *days("due_on"),
        *moments("ended_at", needed=False),
        *moments("changed_at"),
        *own("document_assignments"),
        refers("document_id", "governing_documents"),
        unique("document_assignments", "document_id", "position"),
    )
    op.create_table(
        "document_assignment_nodes",
        *ids("assignment_id", "node_id", needed=True),
        *own("document_assignment_nodes"),
        refers("assignment_id", "document_assignments"),
        refers("node_id", "plan_nodes", ondelete="CASCADE"),
        unique("document_assignment_nodes", "assignment_id", "node_id"),
    )
    op.create_index(
        "ix_document_assignment_nodes_node", "document_assignment_nodes", ["tenant_id", "node_id"]
    )
    op.create_table(
        "document_answers",
        *ids("assignment_id", "unit_id", needed=True),
        *ids("asked_by", "told_by"),
        *kinds("state"),
        *texts("text"),
        *moments("asked_at"),
        *moments("told_at", needed=False),
        *_numbers("version"),
        *own("document_answers"),
        refers("assignment_id", "document_assignments"),
        refers("unit_id", "units"),
        unique("document_answers", "assignment_id", "unit_id"),
    )
    op.create_index("ix_document_answers_unit", "document_answers", ["tenant_id", "unit_id"])
    op.create_table(
        "document_answer_steps",
        *ids("answer_id", needed=True),
        *ids("told_by"),
        *kinds("state"),
        *texts("text"),
        *moments("told_at"),
        *own("document_answer_steps"),
        refers("answer_id", "document_answers"),
    )
    op.create_index(
        "ix_document_answer_steps_answer", "document_answer_steps", ["tenant_id", "answer_id"]
    )


def _numbers(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]
