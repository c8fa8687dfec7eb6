"""Closed cases whose time is over: what is written in them goes, with who had to do with them, and
what is counted stays, so that the figures of a year are the same before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, func, select, update

from ....authz.permit import permit
from ....infra.errors import Conflict
from ....infra.i18n import _
from ....tenants.log.access_log import Action
from ....tenants.work import STOCKHOLM, Work
from .models import (
    CaseState,
    DecisionPart,
    Deviation,
    DeviationAction,
    DeviationDecision,
    DeviationDisposal,
    DeviationDocument,
    DeviationEvent,
    DeviationRisk,
)
from .settings import deviation_settings

WEED: Final = "deviations.weed"
MOST: Final = 1000
"""Cases of one decision; what is left is for the next."""
GONE: Final = "–"
"""Where a number stood that leads to the case elsewhere."""


@dataclass(frozen=True, slots=True)
class ToWeed:
    """How many cases were closed before a day, by the municipality's rule of so many years."""

    years: int
    closed_before: date
    cases: int


@permit(WEED)
async def due_for_weeding(work: Work) -> ToWeed:
    """What would be weeded today. No case is told of: whoever decides may not read them."""
    years = (await deviation_settings(work)).years_kept
    before = years_before(work.today, years)
    found = await work.first(select(func.count(Deviation.id)).where(_due(before)))
    return ToWeed(years, before, min(found or 0, MOST))


@permit(WEED)
async def disposals(work: Work) -> Sequence[DeviationDisposal]:
    """What has been weeded, the latest first."""
    return await work.scalars(select(DeviationDisposal).order_by(DeviationDisposal.id.desc()))


@permit(WEED)
async def weed(work: Work, *, cases: int) -> DeviationDisposal:
    """Weed what `due_for_weeding` told of, for good. Raises Conflict when it has become another
    number of cases meanwhile, or there are none."""
    due = await due_for_weeding(work)
    if not due.cases:
        raise Conflict(_("There is no case to weed."))
    if due.cases != cases:
        raise Conflict(_("It is another number of cases now. Look again."), field="cases")
    ids = await _empty_cases(work, due.closed_before)
    await _empty_parts(work, ids)
    row = DeviationDisposal(
        closed_before=due.closed_before,
        years=due.years,
        cases=len(ids),
        decided_by=work.actor.id,
    )
    work.add(row)
    await work.flush()
    told = {"years": str(due.years), "closed_before": due.closed_before.isoformat()}
    work.note(Action.DISPOSE, "deviation", records=ids, detail=told)
    work.note(Action.ADD, "deviation_disposal", records=[row.id])
    return row


def years_before(day: date, years: int) -> date:
    """The same day so many years ago; of a leap day, the day before."""
    return day.replace(
        year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day
    )


def _due(before: date) -> ColumnElement[bool]:
    moment = datetime.combine(before, time(), tzinfo=STOCKHOLM)
    return and_(
        Deviation.state == CaseState.CLOSED,
        Deviation.closed_at < moment,
        Deviation.weeded_at.is_(None),
    )


async def _empty_cases(work: Work, before: date) -> list[UUID]:
    """Place, year, law, category and consequence stay: that is what is counted."""
    oldest = select(Deviation.id).where(_due(before)).order_by(Deviation.id).limit(MOST)
    ids = list(await work.scalars(oldest.with_for_update()))
    texts = ("what", "whom", "done", "answers", "outcome", "on_behalf_of")
    people = ("reported_by", "assigned_to", "closed_by")
    moments = ("occurred_at", "found_at", "outcome_at")
    await work.execute(
        update(Deviation)
        .where(Deviation.id.in_(ids))
        .values(
            weeded_at=work.now,
            reference=func.concat(GONE, Deviation.id),
            **dict.fromkeys(texts, b""),
            **dict.fromkeys((*people, *moments)),
        )
        .execution_options(synchronize_session=False)
    )
    return ids


async def _empty_parts(work: Work, ids: Sequence[UUID]) -> None:
    """Risks and decisions are counted; documents, actions and what has happened are not."""
    risks = update(DeviationRisk).where(DeviationRisk.deviation_id.in_(ids))
    decisions = update(DeviationDecision).where(DeviationDecision.deviation_id.in_(ids))
    for emptied in (
        risks.values(assessed_with=b"", assessed_by=None),
        decisions.values(
            reason=b"",
            decided_by=None,
            authority_case_number=case((DeviationDecision.notified, GONE), else_=""),
            registry_number=case((DeviationDecision.part == DecisionPart.HSL, GONE), else_=""),
        ),
        *(
            delete(model).where(model.deviation_id.in_(ids))
            for model in (DeviationDocument, DeviationAction, DeviationEvent)
        ),
    ):
        await work.execute(emptied.execution_options(synchronize_session=False))
