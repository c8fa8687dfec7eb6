"""What is asked of people: the tasks that modules find, and whom each is asked of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from ..authz.permit import policy
from ..tenants.actors import EMPLOYEE, SERVICE_ROLE
from ..tenants.grants import stands
from ..tenants.models import Person, RoleGrant, Unit, UnitVersion
from ..tenants.unit_versions import on_day
from ..tenants.work import Work


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


def for_the_whole(
    asked: Asked,
    kind: TaskKind,
    id: UUID,
    title: str,
    people: frozenset[UUID],
    payload: PageToOpen,
    *,
    due_on: date | None = None,
    about: str = "",
    because: Because = Because.UNIT,
) -> list[Task]:
    """What concerns all of the municipality, at its topmost unit; nothing if of nobody wanted."""
    wanted = people if asked.people is None else people & asked.people
    top = next(((i, place) for i, place in asked.places.items() if place.parent_id is None), None)
    if top is None or not wanted:
        return []
    unit_id, place = top
    task = Task(
        key=f"{kind.value}:{id}",
        kind=kind,
        title=title,
        about=about,
        unit_id=unit_id,
        unit_name=place.name,
        unit_slug=place.slug,
        period=str(asked.today.year),
        year=asked.today.year,
        due_on=due_on,
        late=due_on is not None and due_on < asked.today,
        people=people,
        because=because,
        payload=payload,
    )
    return [task]


def in_order(tasks: Iterable[Task]) -> list[Task]:
    """By last day, those without one at the end. Of two with the same key, the one due first."""
    found: dict[str, Task] = {}
    for task in sorted(tasks, key=lambda task: (task.due_on is None, task.due_on or date.max)):
        found.setdefault(task.key, task)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as it stands today."""

    name: str
    slug: str
    parent_id: UUID | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to ask for what at which unit, as things stand today.

    `people` are those whose tasks are wanted, None for everyone's. An outcome is due
    `outcome_days` after its period; an activity is asked for from `ahead_days` before its end.
    """

    today: date
    people: frozenset[UUID] | None
    outcome_days: int
    ahead_days: int
    places: Mapping[UUID, Place]
    grants: Mapping[UUID | None, Mapping[UUID, frozenset[str]]]
    """By unit (None: the whole municipality) who holds which roles there."""
    stand_ins: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    """Those who hold roles of somebody for a while, by whose they are."""
    _memo: dict[tuple[str, UUID], frozenset[UUID]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def lineage(self, unit_id: UUID) -> list[UUID]:
        """The unit itself and all above it, nearest first; nothing for one that has ended."""
        found: list[UUID] = []
        at: UUID | None = unit_id
        while at is not None and at in self.places and at not in found:
            found.append(at)
            at = self.places[at].parent_id
        return found

    def nearest(self, permission: str, unit_id: UUID) -> frozenset[UUID]:
        """Those who may do `permission` at the unit by the roles held closest to it."""
        key = (permission, unit_id)
        if key not in self._memo:
            held: Sequence[UUID | None] = (*self.lineage(unit_id), None)
            holders = (self._holders(permission, place) for place in held)
            self._memo[key] = next((people for people in holders if people), frozenset())
        return self._memo[key]

    def may(self, permission: str, unit_id: UUID, person_id: UUID) -> bool:
        held: Sequence[UUID | None] = (*self.lineage(unit_id), None)
        return any(person_id in self._holders(permission, place) for place in held)

    def units(self, *permissions: str) -> frozenset[UUID]:
        """Where one of the wanted people is asked for something without a name on it."""
        if self.people is None:
            return frozenset(self.places)
        return frozenset(
            unit_id
            for unit_id in self.places
            for permission in permissions
            if self.people & self.nearest(permission, unit_id)
        )

    def whose(
        self, permission: str, unit_id: UUID, *, responsible_id: UUID | None = None
    ) -> tuple[frozenset[UUID], Because] | None:
        """Whom to ask; None when it is none of the wanted people, or nobody at all."""
        if unit_id not in self.places:
            return None
        if responsible_id is not None and self.may(permission, unit_id, responsible_id):
            people, because = self._with_stand_ins(permission, unit_id, responsible_id)
        else:
            people, because = self.nearest(permission, unit_id), Because.UNIT
        wanted = people if self.people is None else people & self.people
        return (people, because) if wanted else None

    def answering_for(self, people: frozenset[UUID]) -> frozenset[UUID]:
        """The people and those whom they stand in for."""
        away = {id for id, stand_ins in self.stand_ins.items() if stand_ins & people}
        return people | away

    def _with_stand_ins(
        self, permission: str, unit_id: UUID, person_id: UUID
    ) -> tuple[frozenset[UUID], Because]:
        """While somebody is away, also whoever they have handed the right to."""
        able = {
            stand_in
            for stand_in in self.stand_ins.get(person_id, ())
            if self.may(permission, unit_id, stand_in)
        }
        return frozenset({person_id, *able}), Because.RESPONSIBLE

    def _holders(self, permission: str, place: UUID | None) -> frozenset[UUID]:
        wanted = _roles_with(permission)
        return frozenset(
            person_id for person_id, roles in self.grants.get(place, {}).items() if roles & wanted
        )


TaskSource = Callable[[Work, Asked], Awaitable[Sequence[Task]]]
"""What a module asks of people, in a few statements whatever the number of units and people."""


async def who_is_asked(
    work: Work, *, people: Iterable[UUID] | None, outcome_days: int, ahead_days: int
) -> Asked:
    """Today's tree and the roles of all who can come in, in two statements."""
    units = await work.rows(
        select(Unit.id, UnitVersion.name, Unit.slug, UnitVersion.parent_id)
        .join(
            UnitVersion,
            and_(UnitVersion.unit_id == Unit.id, UnitVersion.tenant_id == Unit.tenant_id),
        )
        .where(on_day(work.today))
    )
    origin = aliased(RoleGrant)
    held = await work.rows(
        select(RoleGrant.unit_id, RoleGrant.person_id, RoleGrant.role, origin.person_id)
        .join(
            Person, and_(Person.id == RoleGrant.person_id, Person.tenant_id == RoleGrant.tenant_id)
        )
        .outerjoin(
            origin,
            and_(origin.id == RoleGrant.delegated_from, origin.tenant_id == RoleGrant.tenant_id),
        )
        .where(or_(Person.left_on.is_(None), Person.left_on > work.today), stands(work.now))
    )
    grants: dict[UUID | None, dict[UUID, frozenset[str]]] = {}
    stand_ins: dict[UUID, frozenset[UUID]] = {}
    for unit_id, person_id, role, away in held:
        at = grants.setdefault(unit_id, {})
        at[person_id] = at.get(person_id, frozenset()) | {role}
        if away is not None:
            stand_ins[away] = stand_ins.get(away, frozenset()) | {person_id}
    return Asked(
        today=work.today,
        people=None if people is None else frozenset(people),
        outcome_days=outcome_days,
        ahead_days=ahead_days,
        places={id: Place(name, slug, parent_id) for id, name, slug, parent_id in units},
        grants=grants,
        stand_ins=stand_ins,
    )


def _roles_with(permission: str) -> frozenset[str]:
    """Roles that somebody is given and that may do it at other things than their own."""
    kind, _dot, action = permission.partition(".")
    return frozenset(
        role
        for role, type_, act, scope, _level in policy()
        if (type_, act) == (kind, action)
        and scope != "own"
        and role not in (EMPLOYEE, SERVICE_ROLE)
    )
