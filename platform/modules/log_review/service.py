"""What other parts use of the log review."""

from .deciding import decide, pass_unmarked, write_comment
from .importing import begin_import, read_import
from .intervals import change_interval, start_list
from .investigating import open_investigation, suspect_crime, tell_health_officer
from .making import make_lists
from .models import Decision, Mark, Review
from .retention import ensure_rules, protect_identity
from .reviews import Filter, get_review, read_rows
from .signing import sign_review

__all__ = [
    "Decision",
    "Filter",
    "Mark",
    "Review",
    "begin_import",
    "change_interval",
    "decide",
    "ensure_rules",
    "get_review",
    "make_lists",
    "open_investigation",
    "pass_unmarked",
    "protect_identity",
    "read_import",
    "read_rows",
    "sign_review",
    "start_list",
    "suspect_crime",
    "tell_health_officer",
    "write_comment",
]
