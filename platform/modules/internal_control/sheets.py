"""The risk portfolio and a plan as workbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from ....infra.documents.excel import Sheet, SheetColumn
from ....infra.documents.model import LightMark
from ....infra.i18n import _, in_language
from ....tenants.work import STOCKHOLM
from .design import Design
from .models import ControlOccasion, Risk
from .reading import WholePlan
from .words import kind_words, light_words, periodicity_words


def risk_sheet(
    risks: Sequence[Risk],
    *,
    design: Design,
    places: Mapping[UUID, str],
    processes: Mapping[UUID, str],
    names: Mapping[UUID, str],
    title: str,
) -> Sheet:
    """A row a risk; the value in its colour, with its word."""
    return Sheet(
        _("Risk portfolio"),
        title,
        _risk_columns(),
        [
            (
                f"R{row.number}",
                row.title,
                design.category_word(row.category),
                places.get(row.unit_id, ""),
                processes.get(row.process_id, "") if row.process_id else "",
                names.get(row.owner_id, "") if row.owner_id else "",
                row.cause,
                row.effect,
                row.probability,
                row.consequence,
                row.value,
                _colour(design, row),
                _day(row.assessed_at),
                row.comment,
                _day(row.closed_at),
            )
            for row in risks
        ],
    )


def plan_sheet(whole: WholePlan, *, title: str) -> Sheet:
    """A row a time that a control is done."""
    design = whole.design
    return Sheet(
        _("Controls"),
        title,
        (
            SheetColumn(_("No."), "number", width=8),
            SheetColumn(_("Control"), width=36),
            SheetColumn(_("Kind"), width=16),
            SheetColumn(_("Risk"), width=36),
            SheetColumn(_("Category"), width=24),
            SheetColumn(_("Risk value"), "number", width=12),
            SheetColumn(_("Method"), width=40),
            SheetColumn(_("Sample"), width=24),
            SheetColumn(_("How often"), width=16),
            SheetColumn(_("Where"), width=28),
            SheetColumn(_("Responsible"), width=24),
            SheetColumn(_("Last day"), "date", width=14),
            SheetColumn(_("Done on"), "date", width=14),
            SheetColumn(_("Result light"), "light", width=20),
            SheetColumn(_("Result"), width=50),
            SheetColumn(_("Conclusion"), width=40),
        ),
        [
            (
                item.item.number,
                item.item.title,
                kind_words()[item.item.kind],
                f"R{risk.risk.number} {risk.risk.title}",
                design.category_word(risk.risk.category),
                risk.risk.value,
                item.item.method,
                each.sample or item.item.sample,
                periodicity_words()[item.item.periodicity],
                item.unit_name,
                item.responsible,
                each.due_on,
                each.done_on,
                _light(each),
                each.result or each.missed_reason,
                item.item.conclusion,
            )
            for risk, item in whole.by_number
            for each in item.occasions
        ],
    )


def _risk_columns() -> tuple[SheetColumn, ...]:
    return (
        SheetColumn(_("No."), width=8),
        SheetColumn(_("Risk"), width=40),
        SheetColumn(_("Category"), width=24),
        SheetColumn(_("Unit"), width=28),
        SheetColumn(_("Process"), width=28),
        SheetColumn(_("Responsible"), width=24),
        SheetColumn(_("Cause"), width=40),
        SheetColumn(_("Effect"), width=40),
        SheetColumn(_("Probability"), "number", width=14),
        SheetColumn(_("Consequence"), "number", width=14),
        SheetColumn(_("Risk value"), "number", width=12),
        SheetColumn(_("Colour"), "light", width=14),
        SheetColumn(_("Assessed"), "date", width=14),
        SheetColumn(_("Comment"), width=40),
        SheetColumn(_("Closed"), "date", width=14),
    )


def _colour(design: Design, row: Risk) -> LightMark | None:
    if row.probability is None or row.consequence is None:
        return None
    light = design.colour(row.probability, row.consequence)
    return LightMark(light.value, in_language(design.words[light]))


def _light(row: ControlOccasion) -> LightMark | None:
    if row.light is not None:
        return LightMark(row.light.value, light_words()[row.light])
    return LightMark("none", _("Control not done")) if row.missed_reason else None


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(STOCKHOLM).date() if moment else None
