"""The committees of a year as a workbook."""

from __future__ import annotations

import asyncio

from ....authz.permit import permit
from ....infra.documents.excel import Sheet, SheetColumn, write_excel
from ....infra.i18n import _, in_language
from ....infra.periods import check_year
from ....tenants.log.access_log import Action
from ....tenants.work import Work
from ....workers.exports import XLSX, file_name, keep_file
from ....workers.jobs import Outcome, Run, job
from ....workers.models import Job
from .overview import Overview, control_overview
from .words import light_words, state_words


@permit("internal_control.export")
async def ask_for_overview(work: Work, *, year: int) -> Job:
    """Have the committees of a year side by side as a workbook, with what they cover."""
    check_year(year)
    work.note(Action.EXPORT, "control_plan")
    return await export_overview.later(work, year=year)


@job(name="internal_control.export_overview", queue="exports")
async def export_overview(work: Work, run: Run, *, year: int) -> Outcome:
    found = await control_overview(work, year=year)
    sheets = [committee_sheet(found), cover_sheet(found)]
    data = await asyncio.to_thread(write_excel, sheets, on=work.today)
    name = file_name(_("Committees side by side"), str(year), f"{work.today}", ending="xlsx")
    file = await keep_file(work, run, name=name, media_type=XLSX, data=data)
    return {"file": str(file.id), "committees": len(found.committees)}


def committee_sheet(found: Overview) -> Sheet:
    """A row a committee: its plan, how far it has come, what it showed."""
    words = state_words()
    return Sheet(
        _("Committees"),
        f"{_('Committees side by side')} {found.year}",
        (
            SheetColumn(_("Unit"), width=32),
            SheetColumn(_("Plan"), width=24),
            SheetColumn(_("Day of the decision"), "date", width=16),
            SheetColumn(_("Paragraph in the minutes"), width=18),
            SheetColumn(_("Registry number"), width=18),
            SheetColumn(_("Risks"), "number", width=10),
            SheetColumn(_("High risks"), "number", width=12),
            SheetColumn(_("Controls"), "number", width=12),
            SheetColumn(_("Occasions"), "number", width=12),
            SheetColumn(_("Occasions done"), "number", width=16),
            SheetColumn(_("Late"), "number", width=10),
            *(SheetColumn(word, "number", width=18) for word in light_words().values()),
            SheetColumn(_("Decision on the follow-up"), "date", width=28),
        ),
        [
            (
                each.unit.name,
                words[each.plan.state] if each.plan else _("No plan"),
                each.plan.decided_on if each.plan else None,
                each.plan.decided_paragraph if each.plan else "",
                each.plan.registry_number if each.plan else "",
                each.risks,
                each.high_risks,
                each.items,
                each.occasions,
                each.done,
                each.overdue,
                *(each.lights[light] for light in light_words()),
                each.follow_up.decided_on if each.follow_up else None,
            )
            for each in found.committees
        ],
    )


def cover_sheet(found: Overview) -> Sheet:
    """A row for each category that a committee has a risk or a control of."""
    return Sheet(
        _("Coverage"),
        f"{_('Coverage')} {found.year}",
        (
            SheetColumn(_("Unit"), width=32),
            SheetColumn(_("Category"), width=28),
            SheetColumn(_("Risks"), "number", width=10),
            SheetColumn(_("Controls"), "number", width=12),
        ),
        [
            (each.unit.name, in_language(kind.word), cover.risks, cover.items)
            for each in found.committees
            for kind in found.design.categories
            if (cover := each.by_category.get(kind.key))
        ],
    )
