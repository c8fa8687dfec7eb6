"""What the registers ask of whoever looks after them: agreements, records and breaches in time."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select

from ....authz.permit import NOWHERE
from ....tenants.work import STOCKHOLM, Work
from ...asked import Asked, for_the_whole
from ...tasks import PageToOpen, Task, TaskKind
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
    found: list[Task] = []
    for row in agreements:
        day = min(day for day in (row.review_on, row.valid_to) if day)
        found += _task(asked, TaskKind.RENEW_AGREEMENT, row.id, row.processor, day, "processors")
    for sub, processor in announced:
        kind, by = TaskKind.ANSWER_SUB_PROCESSOR, sub.objection_by
        found += _task(asked, kind, sub.id, sub.name, by, "processors", processor)
    for record in records:
        kind, by = TaskKind.REVIEW_PROCESSING, record.review_on
        found += _task(asked, kind, record.id, record.name, by, "processings")
    for breach in open_ones:
        last = (await due(work, breach)).astimezone(STOCKHOLM).date()
        found += _task(
            asked, TaskKind.NOTIFY_BREACH, breach.id, breach.what[:100], last, "breaches"
        )
    return found


def _task(
    asked: Asked,
    kind: TaskKind,
    id: UUID,
    title: str,
    due_on: date | None,
    page: str,
    about: str = "",
) -> list[Task]:
    """Asked of those who look after the registers."""
    people, payload = asked.nearest(MANAGE, NOWHERE), PageToOpen(page, {})
    return for_the_whole(asked, kind, id, title, people, payload, due_on=due_on, about=about)
