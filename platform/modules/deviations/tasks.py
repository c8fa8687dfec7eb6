"""What deviations ask of people, without a word of what has happened: My work is open on many
screens, so a task tells only that there is a case, its reference and its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import aliased

from ....infra.i18n import _
from ....tenants.work import Work
from ...asked import Asked, for_the_whole
from ...tasks import Because, PageToOpen, Task, TaskKind
from .cases import due_on
from .models import (
    AccessLabel,
    CaseState,
    Consequence,
    DecisionPart,
    Deviation,
    DeviationAction,
    DeviationDecision,
    DeviationDocument,
    DeviationRisk,
    FormKind,
    Law,
)
from .settings import DeviationSettings, deviation_settings
from .sight import ASSIGN, HANDLE, MEDICAL

CASE = "deviation_case"
"""The route of the page of a case; `id` is its parameter."""
ACTION = "deviation_action"
"""The route of the page of an action of one's own."""

GRAVE = (Consequence.CARE, Consequence.LASTING, Consequence.DEATH)


async def deviation_tasks(work: Work, asked: Asked) -> list[Task]:
    """New reports and cases that wait, event analyses that are asked for, and own actions; four
    statements, and none where the module is off or shut for whoever asks."""
    if "deviations" not in work.tenant.modules:
        return []
    settings = await deviation_settings(work)
    cases = await work.scalars(
        select(Deviation).where(
            Deviation.state.in_([CaseState.SENT, CaseState.INVESTIGATING]),
        )
    )
    analyses = set(await work.scalars(_asks_analysis(settings)))
    decided = set(
        await work.scalars(
            select(DeviationDecision.deviation_id).where(DeviationDecision.part == DecisionPart.HSL)
        )
    )
    actions = await work.rows(
        select(DeviationAction.id, DeviationAction.owner_id, DeviationAction.due_on).where(
            DeviationAction.done_at.is_(None)
        )
    )
    found: list[Task] = []
    teller = _Teller(work.today, asked, settings)
    for case in cases:
        found += teller.of_case(case)
        if case.id in analyses:
            found += teller.analysis(case)
        if case.id not in decided and _may_be_care_injury(case, asks=case.id in analyses):
            found += teller.medical(case)
    for id, owner_id, due in actions:
        found += teller.action(id, owner_id, due)
    return found


def _may_be_care_injury(case: Deviation, *, asks: bool) -> bool:
    """Whether the medical officer has to look at it: it is by HSL, and grave in some way."""
    return Law.HSL.value in case.laws and (asks or case.consequence in GRAVE)


def _asks_analysis(settings: DeviationSettings) -> Select[UUID]:
    """Cases whose risk asks for an event analysis that is not completed."""
    document = aliased(DeviationDocument)
    done = exists().where(
        document.tenant_id == DeviationRisk.tenant_id,
        document.deviation_id == DeviationRisk.deviation_id,
        document.kind == FormKind.EVENT,
        document.completed_at.is_not(None),
    )
    return select(DeviationRisk.deviation_id).where(
        or_(
            DeviationRisk.value >= settings.risk_from,
            DeviationRisk.severity >= settings.severity_from,
        ),
        ~done,
    )


class _Teller:
    """Who is asked for what, as far as the wanted people are among them."""

    def __init__(self, today: date, asked: Asked, settings: DeviationSettings) -> None:
        self.today, self.asked, self.settings = today, asked, settings

    def of_case(self, case: Deviation) -> Iterator[Task]:
        """A new report to those of the place, one that is under way when its day is near; a
        suspected misconduct to the Lex officer, or to whom it is given."""
        due = due_on(case, self.settings)
        near = due is not None and due <= self.today + timedelta(days=self.settings.days_ahead)
        new = case.state is CaseState.SENT
        if case.label is AccessLabel.PLACE:
            if new or near:
                kind = TaskKind.NEW_DEVIATION if new else TaskKind.CLOSE_DEVIATION
                yield from self._by_role(kind, case, HANDLE, due)
        elif case.assigned_to is None:
            yield from self._by_role(TaskKind.ASSIGN_MISCONDUCT, case, ASSIGN, due)
        else:
            people = frozenset({case.assigned_to})
            yield from self._of(TaskKind.INVESTIGATE_MISCONDUCT, case, people, due)

    def analysis(self, case: Deviation) -> Iterator[Task]:
        due = due_on(case, self.settings)
        kind = TaskKind.ANALYSE_EVENT
        if case.label is AccessLabel.PLACE:
            yield from self._by_role(kind, case, HANDLE, due)
        elif case.assigned_to is not None:
            yield from self._of(kind, case, frozenset({case.assigned_to}), due)

    def medical(self, case: Deviation) -> Iterator[Task]:
        due = due_on(case, self.settings)
        yield from self._by_role(TaskKind.ASSESS_MEDICALLY, case, MEDICAL, due)

    def action(self, id: UUID, owner_id: UUID, due: date) -> Iterator[Task]:
        """It stands at the topmost unit: where it comes from would tell."""
        people, page = frozenset({owner_id}), PageToOpen(ACTION, {"id": str(id)})
        yield from for_the_whole(
            self.asked,
            TaskKind.DEVIATION_ACTION,
            id,
            _("An action"),
            people,
            page,
            due_on=due,
            because=Because.RESPONSIBLE,
        )

    def _by_role(
        self, kind: TaskKind, case: Deviation, permission: str, due: date | None
    ) -> Iterator[Task]:
        assert case.unit_id is not None
        people = self.asked.nearest(permission, case.unit_id)
        yield from self._of(kind, case, people, due, Because.UNIT)

    def _of(
        self,
        kind: TaskKind,
        case: Deviation,
        people: frozenset[UUID],
        due: date | None,
        because: Because = Because.RESPONSIBLE,
    ) -> Iterator[Task]:
        assert case.unit_id is not None
        page = PageToOpen(CASE, {"id": str(case.id)})
        whom = (people, because)
        yield from self.asked.task(
            kind, case.id, case.reference, case.unit_id, whom, page, due_on=due
        )
