"""What the registers ask of whoever looks after them: agreements, records and breaches in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import and_, or_, select

from ....authz.permit import NOWHERE
from ....tenants.work import STOCKHOLM, Work
from ...tasks import Asked, Because, PageToOpen, Task, TaskKind
from .breaches import due
from .models import Breach, BreachState, Processing, ProcessorAgreement, SubProcessor
from .settings import data_protection_settings

MANAGE = "data_protection.manage"


async def data_protection_tasks(work: Work, asked: Asked) -> list[Task]:
    """Four statements, and none where the module is off."""
    if "data_protection" not in work.tenant.modules:
        return []
    ahead = work.today + timedelta(days=(await data_protection_settings(work)).ahead_days)
    agreements = await work.scalars(
        select(ProcessorAgreement).where(
            ProcessorAgreement.ended_on.is_(None),
            or_(ProcessorAgreement.review_on <= ahead, ProcessorAgreement.valid_to <= ahead),
        )
    )
    announced = await work.rows(
        select(SubProcessor, ProcessorAgreement.processor)
        .join(
            ProcessorAgreement,
            and_(
                ProcessorAgreement.id == SubProcessor.agreement_id,
                ProcessorAgreement.tenant_id == SubProcessor.tenant_id,
            ),
        )
        .where(
            SubProcessor.ended_on.is_(None),
            SubProcessor.from_on.is_(None),
            SubProcessor.objection_by.is_not(None),
        )
    )
    records = await work.scalars(
        select(Processing).where(Processing.ended_on.is_(None), Processing.review_on <= ahead)
    )
    open_ones = await work.scalars(select(Breach).where(Breach.state == BreachState.OPEN))
    whom = _Whom(work, asked)
    found: list[Task] = []
    for row in agreements:
        day = min(day for day in (row.review_on, row.valid_to) if day)
        found += whom.task(TaskKind.RENEW_AGREEMENT, row, row.processor, day, "processors")
    for sub, processor in announced:
        found += whom.task(
            TaskKind.ANSWER_SUB_PROCESSOR, sub, sub.name, sub.objection_by, "processors", processor
        )
    for record in records:
        found += whom.task(
            TaskKind.REVIEW_PROCESSING, record, record.name, record.review_on, "processings"
        )
    for breach in open_ones:
        last = (await due(work, breach)).astimezone(STOCKHOLM).date()
        found += whom.task(TaskKind.NOTIFY_BREACH, breach, breach.what[:100], last, "breaches")
    return found


class _Whom:
    """Those who look after the registers; what they do stands at the topmost unit."""

    def __init__(self, work: Work, asked: Asked) -> None:
        self.today, self.asked = work.today, asked
        places = asked.places.items()
        self.top = next(((id, place) for id, place in places if place.parent_id is None), None)
        self.people = asked.nearest(MANAGE, NOWHERE)

    def task(
        self,
        kind: TaskKind,
        row: ProcessorAgreement | SubProcessor | Processing | Breach,
        title: str,
        due_on: date | None,
        page: str,
        about: str = "",
    ) -> Iterator[Task]:
        wanted = self.asked.people
        if self.top is None or not (self.people if wanted is None else self.people & wanted):
            return
        id, place = self.top
        yield Task(
            key=f"{kind.value}:{row.id}",
            kind=kind,
            title=title,
            about=about,
            unit_id=id,
            unit_name=place.name,
            unit_slug=place.slug,
            period=str(self.today.year),
            year=self.today.year,
            due_on=due_on,
            late=due_on is not None and due_on < self.today,
            people=self.people,
            because=Because.UNIT,
            payload=PageToOpen(page, {}),
        )
