"""Chapters of reports, fetched from the year's internal control of the unit and those below it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, and_, select

from ....infra.i18n import _
from ....tenants.work import STOCKHOLM, Work
from ...filling import ChapterSource, FilledColumn, FilledTable, Filling
from .design import design_of
from .models import (
    ControlItem,
    ControlKind,
    ControlPlan,
    PlanState,
    Risk,
    RiskAssessment,
    RiskTreatment,
)
from .places import below
from .reading import WholeItem, whole_items
from .words import light_words, periodicity_words, treatment_words

Row = Mapping[str, str]
"""What is known of one control or risk, by the keys of the columns."""

NUMBERS = ("before", "value")


def control_chapters() -> tuple[ChapterSource, ...]:
    """What reports can fetch from here."""
    return (
        ChapterSource(
            key="internal_control.risk_analyses",
            title=lambda: _("Risk analyses of the year"),
            permission="internal_control.read",
            give=risk_chapter,
        ),
        ChapterSource(
            key="internal_control.inspections",
            title=lambda: _("Self-inspections of the year"),
            permission="internal_control.read",
            give=inspection_chapter,
        ),
    )


async def risk_chapter(work: Work, unit_id: UUID, year: int) -> Filling:
    """The risks that were assessed during the year, with what is done about them."""
    rows = await _risks(work, year, await below(work, unit_id))
    return _filling(_("Risk analyses of {year}", year=year), _risk_titles(), rows)


async def inspection_chapter(work: Work, unit_id: UUID, year: int) -> Filling:
    """The self-inspections of the year's plans, with what they found."""
    rows = await _inspections(work, year, await below(work, unit_id))
    return _filling(_("Self-inspections of {year}", year=year), _inspection_titles(), rows)


def _filling(title: str, titles: Mapping[str, str], rows: Sequence[Row]) -> Filling:
    """A table without rows is nothing to fetch."""
    columns = tuple(FilledColumn(word, key in NUMBERS) for key, word in titles.items())
    cells = tuple(tuple(row[key] for key in titles) for row in rows)
    return Filling(title, tables=(FilledTable(title, columns, cells),) if cells else ())


def _inspection_titles() -> dict[str, str]:
    return {
        "inspection": _("Self-inspection"),
        "responsible": _("Where"),
        "frequency": _("How often"),
        "done_on": _("Done last"),
        "light": _("Result light"),
        "result": _("Result and actions"),
    }


def _risk_titles() -> dict[str, str]:
    return {
        "risk": _("Risk"),
        "category": _("Category"),
        "assessed_on": _("Assessed"),
        "before": _("Risk value before"),
        "value": _("Risk value"),
        "treatment": _("What is done"),
    }


async def _inspections(work: Work, year: int, unit_ids: Collection[UUID]) -> list[Row]:
    """Self-inspections in plans that are attested, or have come further."""
    own = and_(ControlPlan.id == ControlItem.plan_id, ControlPlan.tenant_id == work.tenant.id)
    items = await work.scalars(
        select(ControlItem)
        .join(ControlPlan, own)
        .where(
            ControlPlan.year == year,
            ControlPlan.state != PlanState.DRAFT,
            ControlItem.kind == ControlKind.SELF_INSPECTION,
            ControlItem.unit_id.in_(unit_ids),
            ControlItem.removed_at.is_(None),
        )
        .order_by(ControlItem.title, ControlItem.id)
    )
    return [_inspection(whole) for whole in await whole_items(work, items)]


def _inspection(whole: WholeItem) -> Row:
    done = [each for each in whole.occasions if each.done_on is not None]
    said = [whole.item.conclusion or (done[-1].result if done else "")]
    said += [
        _("Action: {title}.", title=each.action.title)
        for each in whole.deviations
        if each.action is not None
    ]
    light = light_words()[whole.light] if whole.light else ""
    return {
        "inspection": whole.item.title,
        "responsible": whole.unit_name,
        "frequency": periodicity_words()[whole.item.periodicity],
        "done_on": max((str(each.done_on) for each in done), default=""),
        "light": light,
        "result": " ".join(part for part in said if part),
    }


async def _risks(work: Work, year: int, unit_ids: Collection[UUID]) -> list[Row]:
    """Risks that were assessed during the year: what they were before it, and what is done."""
    begins, ends = (datetime(y, 1, 1, tzinfo=STOCKHOLM) for y in (year, year + 1))
    during = (RiskAssessment.assessed_at >= begins, RiskAssessment.assessed_at < ends)
    found: dict[UUID, list[RiskAssessment]] = {}
    for row in await work.scalars(
        _of_units(work, unit_ids)
        .where(*during)
        .order_by(RiskAssessment.assessed_at, RiskAssessment.id)
    ):
        found.setdefault(row.risk_id, []).append(row)
    risks = await work.scalars(select(Risk).where(Risk.id.in_(list(found))).order_by(Risk.number))
    treatments: dict[UUID, list[RiskTreatment]] = {}
    for each in await work.scalars(
        select(RiskTreatment)
        .where(RiskTreatment.risk_id.in_(list(found)), RiskTreatment.ended_at.is_(None))
        .order_by(RiskTreatment.added_at, RiskTreatment.id)
    ):
        treatments.setdefault(each.risk_id, []).append(each)
    design, word = await design_of(work), treatment_words()
    return [
        {
            "risk": risk.title,
            "category": design.category_word(risk.category),
            "assessed_on": str(_day(found[risk.id][-1].assessed_at)),
            "before": _before(found[risk.id][0]),
            "value": str(found[risk.id][-1].value),
            "treatment": " ".join(
                f"{word[each.kind]}: {each.what}" for each in treatments.get(risk.id, ())
            ),
        }
        for risk in risks
    ]


def _of_units(work: Work, unit_ids: Collection[UUID]) -> Select[RiskAssessment]:
    own = and_(Risk.id == RiskAssessment.risk_id, Risk.tenant_id == work.tenant.id)
    return select(RiskAssessment).join(Risk, own).where(Risk.unit_id.in_(unit_ids))


def _before(first: RiskAssessment) -> str:
    if first.before_probability is None or first.before_consequence is None:
        return ""
    return str(first.before_probability * first.before_consequence)


def _day(moment: datetime) -> date:
    return moment.astimezone(STOCKHOLM).date()
