"""Chapters of reports, filled from the year's internal control of the unit and those below it.

Which chapters: those with the keys that the settings name. What is written there already is kept:
of a table, rows of the same control are filled in; of a text, only what was fetched before is
fetched anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from html import escape
from uuid import UUID

from sqlalchemy import Select, and_, select

from ....authz.permit import permit
from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ....infra.periods import parse_period
from ....tenants.work import STOCKHOLM, Work
from ..reports.models import ChapterKind, Report, Section
from ..reports.service import ColumnKind, TableRow, write_section
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
from .settings import control_settings
from .words import light_words, periodicity_words, treatment_words

Row = Mapping[str, str]
"""What is known of one control or risk, by the keys that a table's columns can have."""


@permit("internal_control.read")
async def fill_chapter(work: Work, section_id: UUID, *, version: int) -> Section:
    """Fill a chapter on risk analyses or self-inspections in a report; `version` is that of the
    section. Raises InvalidInput for another chapter or where there is nothing to fetch, and what
    `reports.service.write_section` raises."""
    section = await work.get(Section, section_id)
    report = await work.get(Report, section.report_id)
    work.require("reports.write", at=report.unit_id)
    chosen = await control_settings(work)
    year = parse_period(report.period).year
    unit_ids = await below(work, report.unit_id)
    if section.key == chosen.inspection_chapter:
        named, titles, rows = (
            "inspection",
            _inspection_titles(),
            await _inspections(work, year, unit_ids),
        )
        heading = _("Self-inspections of {year}", year=year)
    elif section.key == chosen.risk_chapter:
        named, titles, rows = "risk", _risk_titles(), await _risks(work, year, unit_ids)
        heading = _("Risk analyses of {year}", year=year)
    else:
        raise InvalidInput(_("Internal control has nothing for this chapter."), field="id")
    if not rows:
        raise InvalidInput(
            _("There is nothing in the internal control of {year} for this chapter.", year=year),
            field="id",
        )
    if section.kind is ChapterKind.TABLE:
        merged = _merged(section, rows, named)
        return await write_section(work, section.id, version=version, rows=merged)
    text = _with_table(section.text, heading, titles, rows)
    return await write_section(work, section.id, version=version, text=text)


def can_fill(section_key: str, kind: ChapterKind, chosen: tuple[str, str]) -> bool:
    """Whether a chapter can be fetched; `chosen` are the keys that the settings name."""
    return section_key in chosen and kind in (
        ChapterKind.TABLE,
        ChapterKind.TEXT,
        ChapterKind.NIL_STATEMENT,
    )


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
        "result": " ".join(part for part in (f"{light}." if light else "", *said) if part),
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


def _merged(section: Section, rows: Sequence[Row], named: str) -> list[TableRow]:
    """The rows of a table, those of the same name filled in, the others as they stand."""
    readers = {str(column["key"]): _reader(column) for column in section.columns}
    if section.fixed_rows or named not in readers:
        raise InvalidInput(
            _('The table has no column with the key "{key}" to fetch by.', key=named), field="id"
        )
    wanted = {row[named]: row for row in rows}
    kept: list[TableRow] = []
    for stored in section.rows:
        cells = stored["cells"]
        assert isinstance(cells, dict)
        fetched = wanted.pop(str(cells.get(named) or ""), None)
        kept.append(TableRow(cells | _cells(fetched, readers) if fetched else cells))
    return [*kept, *(TableRow(_cells(row, readers)) for row in wanted.values())]


def _cells(row: Row, readers: Mapping[str, Callable[[str], object]]) -> dict[str, object]:
    """What is known, in the columns that there are; what does not fit a column is left out."""
    found = {key: read(row[key]) for key, read in readers.items() if row.get(key)}
    return {key: value for key, value in found.items() if value is not None}


def _reader(column: Mapping[str, object]) -> Callable[[str], object]:
    kind, choices = ColumnKind(str(column["kind"])), column.get("choices")
    if kind is ColumnKind.CHOICE and isinstance(choices, list):
        return lambda text: text if text in choices else None
    if kind is ColumnKind.YES_NO:
        return lambda _text: None
    if kind is ColumnKind.NUMBER:
        return lambda text: text if text.isdigit() else None
    return lambda text: text


def _with_table(text: str, heading: str, titles: Mapping[str, str], rows: Sequence[Row]) -> str:
    """The text with a heading and a table at its end, or where they stood before."""
    head = "".join(f"<th>{escape(title)}</th>" for title in titles.values())
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(row[key])}</td>' for key in titles)}</tr>" for row in rows
    )
    fetched = f"<h4>{escape(heading)}</h4><table><tr>{head}</tr>{body}</table>"
    before = re.compile(rf"<h4>{re.escape(escape(heading, quote=False))}</h4><table>.*?</table>")
    if before.search(text):
        return before.sub(lambda _found: fetched, text, count=1)
    return text + fetched
