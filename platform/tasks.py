"""What is asked of people: the tasks that modules find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class TaskKind(StrEnum):
    OUTCOME = "outcome"
    TARGET = "target"
    COMMENT = "comment"
    ACTIVITY = "activity"
    CHAPTER = "chapter"
    COMPLETE_REPORT = "complete_report"
    APPROVE_REPORT = "approve_report"
    CONSENT = "consent"
    REVIEW_LOG = "review_log"
    ARCHIVE_LOG = "archive_log"
    MAKE_EXTRACT = "make_extract"
    SEE_HEALTH = "see_health"
    SEE_ARCHIVED = "see_archived"
    RENEW_AGREEMENT = "renew_agreement"
    ANSWER_SUB_PROCESSOR = "answer_sub_processor"
    REVIEW_PROCESSING = "review_processing"
    NOTIFY_BREACH = "notify_breach"
    RENEW_KEY = "renew_key"
    DECIDE_PURGE = "decide_purge"
    CONFIRM_ERASURE = "confirm_erasure"
    FINISH_ACTION = "finish_action"
    ANSWER_FAULT = "answer_fault"
    SOLVE_FAULT = "solve_fault"
    CLOSE_FAULT = "close_fault"
    GRANT_DEADLINE = "grant_deadline"
    REVIEW_DOCUMENT = "review_document"
    ANSWER_ASSIGNMENT = "answer_assignment"
    NEW_DEVIATION = "new_deviation"
    CLOSE_DEVIATION = "close_deviation"
    ANALYSE_EVENT = "analyse_event"
    ASSIGN_MISCONDUCT = "assign_misconduct"
    INVESTIGATE_MISCONDUCT = "investigate_misconduct"
    ASSESS_MEDICALLY = "assess_medically"
    DEVIATION_ACTION = "deviation_action"
    DO_CONTROL = "do_control"
    SETTLE_CONTROL = "settle_control"
    ATTEST_CONTROLS = "attest_controls"
    DECIDE_CONTROLS = "decide_controls"
    FOLLOW_UP_CONTROLS = "follow_up_controls"
    ASSESS_RISK = "assess_risk"
    SUMMON_MEETING = "summon_meeting"
    WRITE_MINUTES = "write_minutes"
    ADJUST_MINUTES = "adjust_minutes"
    ANNOUNCE_MINUTES = "announce_minutes"
    SCHOOL_STEP = "school_step"
    CONFIRM_COMPLAINT = "confirm_complaint"
    ANSWER_COMPLAINT = "answer_complaint"


class Because(StrEnum):
    """Why a task is somebody's."""

    RESPONSIBLE = "responsible"
    """They are named as the one who answers for it."""
    UNIT = "unit"
    """They hold the nearest role that may do it at the unit; nobody able is named."""


@dataclass(frozen=True, slots=True)
class ValuesToEnter:
    """An indicator without its outcome, or without its target, for one period.

    `version` is that of the values which stand, 0 when there are none: `set_outcome` takes it.
    """

    node_id: UUID
    measure_unit: str
    decimals: int
    by_sex: bool
    total: Decimal | None = None
    women: Decimal | None = None
    men: Decimal | None = None
    target: Decimal | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class CommentToWrite:
    """A node (`node_kind`: goal or activity) that the report would show without a word."""

    node_id: UUID
    node_kind: str


@dataclass(frozen=True, slots=True)
class ActivityToClose:
    """An activity that is open; `version` is that of its node, for `change_activity`."""

    node_id: UUID
    state: str
    version: int


@dataclass(frozen=True, slots=True)
class ChapterToWrite:
    """A section that is not marked as done; `begun` when something stands there already."""

    report_id: UUID
    section_id: UUID
    number: str
    section_kind: str
    nil_phrase: str
    begun: bool


@dataclass(frozen=True, slots=True)
class ReportToEnd:
    """A report to mark as done, or to approve."""

    report_id: UUID


@dataclass(frozen=True, slots=True)
class ConsentToRenew:
    """A picture of a person whose consent ends soon, or has ended: renewed, or taken away."""

    report_id: UUID
    image_id: UUID


@dataclass(frozen=True, slots=True)
class ActionToFinish:
    """A planned action, done with a line about what came of it: see the module `actions`."""

    action_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class PageToOpen:
    """Something done on a page of its own: the name of its route, and what its address holds."""

    page: str
    params: Mapping[str, str]


Payload = (
    ValuesToEnter
    | CommentToWrite
    | ActivityToClose
    | ChapterToWrite
    | ReportToEnd
    | ConsentToRenew
    | ActionToFinish
    | PageToOpen
)


@dataclass(frozen=True, slots=True)
class Task:
    """Something asked of `people`, any one of whom can do it.

    `key` stays the same as long as it is the same task. `about` is what it belongs to, such as
    the report of a chapter; empty when `title` says it all. `due_on` is its last day, if it has
    one; `late` says that the day has passed.
    """

    key: str
    kind: TaskKind
    title: str
    about: str
    unit_id: UUID
    unit_name: str
    unit_slug: str
    period: str
    year: int
    due_on: date | None
    late: bool
    people: frozenset[UUID]
    because: Because
    payload: Payload

    def days_left(self, today: date) -> int | None:
        """Below 0 when it is late, None without a last day."""
        return (self.due_on - today).days if self.due_on else None


def in_order(tasks: Iterable[Task]) -> list[Task]:
    """By last day, those without one at the end. Of two with the same key, the one due first."""
    found: dict[str, Task] = {}
    for task in sorted(tasks, key=lambda task: (task.due_on is None, task.due_on or date.max)):
        found.setdefault(task.key, task)
    return list(found.values())
