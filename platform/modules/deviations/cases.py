"""The register of cases and one case, as whoever asks may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from ....authz.permit import permit
from ....infra.texts import at_most
from ....tenants.log.access_log import Action
from ....tenants.sealed.safe import Safe, safe_to_read
from ....tenants.work import STOCKHOLM, Work
from .forms import Answered, form_of, shown_answers
from .models import (
    CaseState,
    DecisionPart,
    Deviation,
    DeviationAction,
    DeviationDecision,
    DeviationDocument,
    DeviationEvent,
    DeviationRisk,
    DeviationType,
    FormKind,
    Law,
)
from .reporting import Report, written
from .rules import PART_OF, READS, Hat, Part, asks_event_analysis, days_for, risk_part
from .settings import DeviationSettings, deviation_settings
from .sight import READ, Seen, hats, look, read_seen, seen_cases, tell_log, unit_of, visible

R = TypeVar(
    "R",
    DeviationRisk,
    DeviationDocument,
    DeviationDecision,
    DeviationAction,
    DeviationEvent,
)

MOST: Final = 100
"""Cases of a page."""
LOOKED_THROUGH: Final = 500
"""Cases whose texts one search opens, the latest of those that the actor sees."""
OPENING: Final = 140
"""Signs of what happened that a list shows."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases of those one sees: all that is None is not asked for."""

    unit_id: UUID | None = None
    state: CaseState | None = None
    type: DeviationType | None = None
    law: Law | None = None
    category_id: UUID | None = None
    risk_from: int | None = None
    """A risk of this value or more among those that the actor sees."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the register. `due_on` is when the next step is due; None of a closed case."""

    seen: Seen
    opening: str
    risk: int
    """The highest risk value that the actor sees, 0 without any."""
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it stands; `version` 0 for one that is not begun."""

    kind: FormKind
    version: int
    answers: Mapping[str, object]
    shown: tuple[Answered, ...]
    form_id: UUID | None
    written_by: UUID | None
    written_at: datetime | None
    completed_by: UUID | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Risk:
    row: DeviationRisk
    assessed_with: str


@dataclass(frozen=True, slots=True)
class Decision:
    row: DeviationDecision
    reason: str


@dataclass(frozen=True, slots=True)
class PlannedStep:
    row: DeviationAction
    title: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Event:
    row: DeviationEvent
    note: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case with the parts that the actor sees; the others are empty here, and `seen.parts` tells
    which those are."""

    seen: Seen
    report: Report
    answered: tuple[Answered, ...]
    risks: tuple[Risk, ...]
    documents: tuple[Document, ...]
    """One for each kind that the actor sees and that the case asks for."""
    decisions: tuple[Decision, ...]
    actions: tuple[PlannedStep, ...]
    history: tuple[Event, ...]
    outcome: str
    asks_event_analysis: bool
    due_on: date | None

    @property
    def id(self) -> UUID:
        return self.seen.case.id


@permit(READ)
async def cases(
    work: Work, wanted: Wanted = Wanted(), *, before: UUID | None = None, first: int = MOST
) -> list[Listed]:
    """The cases that the actor sees, the latest first; at most `first` (1 to 100), those older than
    the case `before`. Words are looked for in the latest 500 of them."""
    chosen = [visible(work), *_narrowed(work, wanted)]
    if before is not None:
        if not await work.first(select(Deviation.id).where(Deviation.id == before, visible(work))):
            return []
        chosen.append(Deviation.id < before)
    text = at_most(wanted.text, field="text", most=OPENING).casefold()
    size = LOOKED_THROUGH if text else min(max(first, 1), MOST)
    rows = await read_seen(
        work, seen_cases(work).where(*chosen).order_by(Deviation.id.desc()).limit(size)
    )
    safe = await safe_to_read(work, glance=True)
    action = Action.SEARCH if text else Action.READ
    if rows:
        tell_log(work, action, [seen.case for seen in rows], unit_id=unit_of(rows))
    found = [seen for seen in rows if not text or _holds(seen.case, safe, text)][:first]
    risks = await _highest(work, found)
    settings = await deviation_settings(work)
    return [
        Listed(
            seen,
            safe.text(seen.case, "what")[:OPENING],
            risks.get(seen.case.id, 0),
            due_on(seen.case, settings),
        )
        for seen in found
    ]


@permit(READ)
async def count_cases(work: Work, wanted: Wanted = Wanted()) -> int:
    """How many the actor sees, whatever words they would be searched for."""
    chosen = select(func.count(Deviation.id)).where(visible(work), *_narrowed(work, wanted))
    return await work.first(chosen) or 0


@permit(READ)
async def get_case(work: Work, deviation_id: UUID) -> Case:
    """A case with what the actor sees of it. Raises NotFound, also for one they do not see."""
    seen = await look(work, deviation_id)
    return await show_case(work, seen)


async def show_case(work: Work, seen: Seen) -> Case:
    case, safe = seen.case, await safe_to_read(work)
    report = written(case, safe)
    form = await form_of(work, case.form_id)
    risks = [
        risk for risk in await _of(work, DeviationRisk, case) if seen.reads(risk_part(risk.law))
    ]
    documents = [
        row for row in await _of(work, DeviationDocument, case) if seen.reads(PART_OF[row.kind])
    ]
    decisions = [
        row
        for row in await _of(work, DeviationDecision, case)
        if seen.reads(decision_part(row.part))
    ]
    actions = await _of(work, DeviationAction, case) if seen.reads(Part.ACTIONS) else []
    events = await _of(work, DeviationEvent, case) if seen.reads(Part.HISTORY) else []
    rows = [case, *risks, *documents, *decisions, *actions, *events]
    tell_log(work, Action.READ, rows, unit_id=case.unit_id, parts=seen.parts)
    settings = await deviation_settings(work)
    asks = asks_event_analysis(risks, settings)
    return Case(
        seen=seen,
        report=report,
        answered=tuple(shown_answers(form, report.answers, laws=case.laws)),
        risks=tuple(Risk(row, safe.text(row, "assessed_with")) for row in risks),
        documents=tuple(await _documents(work, seen, documents, safe, asks=asks)),
        decisions=tuple(Decision(row, safe.text(row, "reason")) for row in decisions),
        actions=tuple(
            PlannedStep(row, safe.text(row, "title"), safe.text(row, "outcome")) for row in actions
        ),
        history=tuple(Event(row, safe.text(row, "note")) for row in events),
        outcome=safe.text(case, "outcome") if seen.reads(Part.OUTCOME) else "",
        asks_event_analysis=asks,
        due_on=due_on(case, settings),
    )


def decision_part(part: DecisionPart) -> Part:
    return Part.DECISION_HSL if part is DecisionPart.HSL else Part.DECISION_SOL_LSS


def due_on(case: Deviation, settings: DeviationSettings) -> date | None:
    """When the next step is due, by the municipality's own number of days."""
    if case.sent_at is None or case.state is CaseState.CLOSED:
        return None
    days = days_for(label=case.label, state=case.state, settings=settings)
    return case.sent_at.astimezone(STOCKHOLM).date() + days


def asked_kinds(case: Deviation, *, event: bool) -> list[FormKind]:
    """The documents that a case asks for."""
    asked = {
        FormKind.MANAGER: True,
        FormKind.SOL_LSS: case.type is DeviationType.MISCONDUCT,
        FormKind.HSL: Law.HSL.value in case.laws,
        FormKind.EVENT: event,
    }
    return [kind for kind, is_asked in asked.items() if is_asked]


async def _documents(
    work: Work, seen: Seen, rows: Sequence[DeviationDocument], safe: Safe, *, asks: bool
) -> list[Document]:
    begun = {row.kind: row for row in rows}
    kinds = [
        kind
        for kind in FormKind
        if kind in begun
        or (kind in asked_kinds(seen.case, event=asks) and seen.reads(PART_OF[kind]))
    ]
    found = []
    for kind in kinds:
        row = begun.get(kind)
        if row is None:
            found.append(Document(kind, 0, {}, (), None, None, None, None, None))
            continue
        answers = safe.answers(row)
        form = await form_of(work, row.form_id)
        found.append(
            Document(
                kind=kind,
                version=row.version,
                answers=answers,
                shown=tuple(shown_answers(form, answers, laws=seen.case.laws)),
                form_id=row.form_id,
                written_by=row.written_by,
                written_at=row.written_at,
                completed_by=row.completed_by,
                completed_at=row.completed_at,
            )
        )
    return found


def _narrowed(work: Work, wanted: Wanted) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if wanted.unit_id is not None:
        chosen.append(Deviation.unit_id == wanted.unit_id)
    if wanted.state is not None:
        chosen.append(Deviation.state == wanted.state)
    if wanted.type is not None:
        chosen.append(Deviation.type == wanted.type)
    if wanted.law is not None:
        chosen.append(Deviation.laws.contains([wanted.law.value]))
    if wanted.category_id is not None:
        chosen.append(Deviation.category_id == wanted.category_id)
    if wanted.risk_from is not None:
        chosen.append(_has_risk(work, wanted.risk_from))
    return chosen


def _has_risk(work: Work, lowest: int) -> ColumnElement[bool]:
    """Whether there is one that the actor sees, so that a list tells of no other."""
    worn = hats(work)
    shown = {
        law: or_(*(worn[hat] for hat in Hat if hat is not Hat.REPORTER and part in READS[hat]))
        for law, part in ((law, risk_part(law)) for law in Law)
    }
    return exists().where(
        DeviationRisk.tenant_id == work.tenant.id,
        DeviationRisk.deviation_id == Deviation.id,
        DeviationRisk.value >= lowest,
        or_(*(and_(DeviationRisk.law == law, sees) for law, sees in shown.items())),
    )


def _holds(case: Deviation, safe: Safe, text: str) -> bool:
    """Whether the words stand in the reference or in what was reported, which all who see the case
    may read."""
    words = (case.reference, *(safe.text(case, name) for name in ("what", "whom", "done")))
    return any(text in each.casefold() for each in words)


async def _highest(work: Work, found: Sequence[Seen]) -> dict[UUID, int]:
    ids = {seen.case.id: seen for seen in found}
    rows = await work.rows(
        select(DeviationRisk.deviation_id, DeviationRisk.law, DeviationRisk.value).where(
            DeviationRisk.deviation_id.in_(ids)
        )
    )
    highest: dict[UUID, int] = {}
    for id, law, value in rows:
        if ids[id].reads(risk_part(law)):
            highest[id] = max(value, highest.get(id, 0))
    return highest


async def _of(work: Work, model: type[R], case: Deviation) -> Sequence[R]:
    """The rows that belong to a case, in the order they were made."""
    return await work.scalars(select(model).where(model.deviation_id == case.id).order_by(model.id))
