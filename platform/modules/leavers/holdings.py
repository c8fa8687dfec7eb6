"""What each table of the service holds about people, in words that a person understands.

The columns say of themselves what they are (`tenants/personal.py`); the modules say what an extract
calls their tables, and to which kind of records these belong when something is to be erased.
"""

from __future__ import annotations

from ....infra.i18n import _
from ....workers.models import Job
from ...module import TableWords
from ...telling import record_kinds, table_words


def kind_of(table: str) -> str:
    """The kind of records that a table belongs to; empty for one that nobody has placed."""
    return words_of(table).kind


def kind_of_file(job: Job | None) -> str:
    """Of a file: what the module that made it holds, or just files."""
    module = job.kind.partition(".")[0] if job else ""
    return {"log_review": "log_reviews", "data_protection": "data_protection"}.get(module, "files")


def kind_words() -> dict[str, str]:
    """The kinds of records, in the order of a decision: first those that no module has alone."""
    return {
        "register": _("The register and roles"),
        "sign_in": _("Sign-ins and keys"),
        "files": _("Attached files and exports"),
        "organisation": _("Organisation and settings"),
        "service": _("How the service was used"),
        "decisions": _("Decisions on purges and access"),
        **record_kinds(),
    }


def words_of(table: str) -> TableWords:
    return table_words().get(table) or TableWords("", table, "")
