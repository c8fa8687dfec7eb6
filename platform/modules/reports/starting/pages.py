"""New from a template: for the unit itself, or for many below it, seen before they are begun."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from starlette.responses import Response

from .....infra.errors import AppError, InvalidInput, NotFound
from .....infra.i18n import _, current_locale, in_language
from .....infra.periods import Period, parse_period
from ....web.page import View, action
from ...goals.service import require_open
from ..models import ReportTemplate
from ..report_pages import REPORTS_TERM, show_list
from .starting import Candidate, Started, candidates, start_report, start_reports

OWN, BELOW = "own", "below"


class Rehearsed(Exception):
    """Ends an attempt that was only to see what would come of it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be started, as the form says it."""

    template_id: UUID
    period: Period
    due_on: date | None


@action("/{unit}/{year:int}/rapporter", name="start_report")
async def start(view: View) -> Response:
    """A new report from a template, or the choice of whom else it is for."""
    whose = view.form.get("for", OWN)
    try:
        async with view.work.attempt():
            asked = _asked(view)
            if whose == OWN:
                report = await start_report(
                    view.work,
                    template_id=asked.template_id,
                    unit_id=view.here.unit.id,
                    period=asked.period,
                    due_on=asked.due_on,
                )
            else:
                view.work.require("reports.write", at=view.here.unit.id)
                await view.work.get(ReportTemplate, asked.template_id)
                await require_open(view.work, asked.period.year)
    except AppError as error:
        return await show_list(view, problem=error)
    if whose == OWN:
        return view.redirect(view.url("write_report", report=report.id))
    if whose != BELOW:
        return await _show(view, asked)
    found = await _candidates(view, asked, ())
    return await _preview(view, asked, [one.unit.id for one in found if one.depth == 1])


@action("/{unit}/{year:int}/rapporter/flera", name="start_reports")
async def start_many(view: View) -> Response:
    """The units are chosen, then it is seen which of them get the report, then it is begun."""
    try:
        asked = _asked(view)
    except AppError as error:
        return await show_list(view, problem=error)
    chosen = _chosen(view)
    match view.form.get("do"):
        case "preview":
            return await _preview(view, asked, chosen)
        case "save":
            return await _save(view, asked, chosen)
        case _:
            return await _show(view, asked, chosen)


async def _preview(view: View, asked: Asked, chosen: Collection[UUID]) -> Response:
    try:
        with suppress(Rehearsed):
            async with view.work.attempt():
                await _start(view, asked, chosen)
                raise Rehearsed
    except AppError as error:
        return await _show(view, asked, chosen, problem=error)
    return await _show(view, asked, chosen, preview=True)


async def _save(view: View, asked: Asked, chosen: Collection[UUID]) -> Response:
    try:
        async with view.work.attempt():
            started = await _start(view, asked, chosen)
    except AppError as error:
        return await _show(view, asked, chosen, problem=error)
    said = _("Reports begun: {count}.", count=len(started.reports))
    if started.standing:
        said += " " + _("Units that had theirs already: {count}.", count=len(started.standing))
    if view.work.reach("reports.remind") == frozenset():
        return view.redirect(view.url("reports"), said=said)
    query = {"mall": asked.template_id, "period": asked.period}
    return view.redirect(view.url("report_status", query), said=said)


async def _start(view: View, asked: Asked, chosen: Collection[UUID]) -> Started:
    await _candidates(view, asked, chosen)
    return await start_reports(
        view.work,
        template_id=asked.template_id,
        unit_ids=chosen,
        period=asked.period,
        due_on=asked.due_on,
    )


async def _show(
    view: View,
    asked: Asked,
    chosen: Collection[UUID] = (),
    *,
    preview: bool = False,
    problem: AppError | None = None,
) -> Response:
    template = await view.work.get(ReportTemplate, asked.template_id)
    found = await _candidates(view, asked, chosen)
    values: dict[str, Any] = {
        "title": f"{in_language(template.title)} {asked.period.label(current_locale())}",
        "asked": asked,
        "candidates": found,
        "chosen": set(chosen),
        "getting": [one for one in found if one.unit.id in chosen and not one.has],
        "having": [one for one in found if one.unit.id in chosen and one.has],
        "preview": preview,
        "problem": problem,
        "REPORTS_TERM": REPORTS_TERM,
    }
    status = problem.status if problem else 200
    return await view.render("reports/start_many.html", status=status, **values)


async def _candidates(view: View, asked: Asked, chosen: Collection[UUID]) -> list[Candidate]:
    """Raises NotFound when one that is chosen is not among them."""
    found = await candidates(
        view.work, unit_id=view.here.unit.id, template_id=asked.template_id, period=asked.period
    )
    if not {one.unit.id for one in found}.issuperset(chosen):
        raise NotFound()
    return found


def _asked(view: View) -> Asked:
    return Asked(
        template_id=_id(view.form.get("template")),
        period=parse_period(view.form.get("period")),
        due_on=_day(view.form.get("due_on")),
    )


def _chosen(view: View) -> list[UUID]:
    try:
        return [UUID(text) for text in view.form.all("enhet")]
    except ValueError:
        raise NotFound() from None


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(_("Choose a template."), field="template") from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput(
            _("Write the day as year-month-day, for example 2026-11-30."), field="due_on"
        ) from None


starting_pages = (start, start_many)
