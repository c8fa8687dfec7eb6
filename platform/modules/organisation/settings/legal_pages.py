"""What laws say: a list for every employee, written by those who may configure the service."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from starlette.responses import Response

from .....infra.errors import AppError, Conflict, InvalidInput, NotFound
from .....infra.i18n import _
from .....tenants.legal import LegalReference, change_legal_reference, legal_references
from .....tenants.names import names_of
from ....web.fields import Field, read_fields, shown
from ....web.page import View, action, page
from ....web.templating import day
from .tabs import show_settings


@page("/installningar/lagrum", name="legal_references")
async def references(view: View) -> Response:
    """What holds today; for what begins later, the wording that is on its way."""
    rows = await legal_references(view.work)
    latest = {row.key: row for row in rows if row.valid_to is None}
    today = {row.key: row for row in rows if _holds(row, view.work.today)}
    standing = sorted((latest | today).values(), key=lambda row: _word(row.key))
    return await _show(view, "legal", _("Legal references"), rows=standing)


@page("/installningar/lagrum/{key}", name="legal_reference")
async def reference(view: View) -> Response:
    return await _one(view)


@action("/installningar/lagrum/{key}", name="change_legal_reference")
async def change(view: View) -> Response:
    try:
        async with view.work.attempt():
            values = read_fields(view.form, _fields())
            await change_legal_reference(view.work, view.path("key"), **values)
    except (InvalidInput, Conflict) as problem:
        return await _one(view, problem)
    said = _("The wording is saved. It holds from {day}.", day=day(values["valid_from"]))
    return view.redirect(view.url("legal_reference", key=view.path("key")), said=said)


async def _one(view: View, problem: AppError | None = None) -> Response:
    rows = [row for row in await legal_references(view.work) if row.key == view.path("key")]
    if not rows:
        raise NotFound()
    row = next((row for row in rows if _holds(row, view.work.today)), rows[0])
    fields = _fields()
    values = shown(rows[0], fields, view.form)
    if problem is None:
        values["valid_from"] = view.work.today.isoformat()
    return await _show(
        view,
        "legal_one",
        _word(row.key),
        status=problem.status if problem else 200,
        row=row,
        rows=rows,
        names=await names_of(view.work, (row.changed_by for row in rows)),
        fields=fields,
        values=values,
        problem=problem,
        address=view.request.url.path,
    )


async def _show(
    view: View, name: str, heading: str, *, status: int = 200, **values: Any
) -> Response:
    """Within the settings for those who may read them; others have a page of its own."""
    view.work.require("organisation.read")
    values |= {"word_of": _word, "holding": _validity, "today": view.work.today, "yearly": _yearly}
    if view.work.allows("tenant.read"):
        template = f"organisation/settings_{name}.html"
        return await show_settings(
            view, template, "legal_references", heading, status=status, **values
        )
    return await view.render(
        "organisation/legal_read.html",
        status=status,
        heading=heading,
        part=name,
        may_configure=False,
        **values,
    )


def _holds(row: LegalReference, day: date) -> bool:
    begun = row.valid_from is None or row.valid_from <= day
    return begun and (row.valid_to is None or row.valid_to > day)


def _validity(row: LegalReference) -> str:
    last = row.valid_to - timedelta(days=1) if row.valid_to else None
    if row.valid_from and last:
        return _("{first} to {last}", first=day(row.valid_from), last=day(last))
    if row.valid_from:
        return _("from {day}", day=day(row.valid_from))
    return _("through {day}", day=day(last)) if last else _("until further notice")


def _yearly(row: LegalReference) -> str:
    """The last day of each year in words: 1 mars."""
    return day(date.fromisoformat(f"2026-{row.yearly_day}"), year=False) if row.yearly_day else ""


def _fields() -> list[Field]:
    return [
        Field(
            "valid_from",
            _("Holds from"),
            "day",
            needed=True,
            hint=_("What holds now is kept, and ends the day before. The same day corrects it."),
        ),
        Field("name", _("How it is cited"), needed=True),
        Field("says", _("What it says, in plain words"), "text", needed=True),
        Field("days", _("Days"), "number", hint=_("If the law sets a time.")),
        Field("yearly_day", _("Last day of each year"), hint=_("Month and day, as 03-01.")),
        Field("source", _("Where it stands"), "text", needed=True),
    ]


def _word(key: str) -> str:
    """What the reference is about; its key where a later version has brought one without a word."""
    return {
        "internal_control.duty": _("Duty to have internal control"),
        "summons.council": _("Summons to the council"),
        "minutes.content": _("What minutes hold"),
        "minutes.adjust": _("Minutes signed off"),
        "minutes.notice": _("Notice that the minutes are signed off"),
        "minutes.appeal": _("Time to appeal"),
        "documents.public_list": _("Local regulations on the web"),
        "school.quality": _("Quality work in schools"),
        "school.complaints": _("Complaints about schools"),
        "deviations.lex_sarah_sol": _("Lex Sarah, social services"),
        "deviations.lex_sarah_lss": _("Lex Sarah, support and service (LSS)"),
        "deviations.lex_maria": _("Lex Maria"),
        "deviations.quality_system": _("Management system for quality"),
        "deviations.patient_safety_report": _("Patient-safety report"),
    }.get(key, key)


legal_pages = (references, reference, change)
