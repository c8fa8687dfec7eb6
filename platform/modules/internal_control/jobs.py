"""Files of internal control, made after the request: the plan, its follow-up, the risks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from uuid import UUID

from ....authz.permit import permit
from ....infra.documents.excel import Sheet, write_excel
from ....infra.documents.model import Document
from ....infra.i18n import _, current_locale
from ....tenants.log.access_log import Action
from ....tenants.logo import find_logo
from ....tenants.names import names_of
from ....tenants.tree import units
from ....tenants.work import Work
from ....workers.exports import XLSX, file_name, keep_file
from ....workers.jobs import Outcome, Run, job
from ....workers.models import Job
from .design import design_of
from .documents import follow_up_document, plan_document
from .models import ControlPlan
from .places import check_unit
from .processes import processes
from .reading import whole_plan
from .risks import risks
from .sheets import plan_sheet, risk_sheet

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class ControlFormat(StrEnum):
    WORD = "word"
    PDF = "pdf"
    EXCEL = "excel"


ENDINGS = {
    ControlFormat.WORD: ("docx", DOCX),
    ControlFormat.PDF: ("pdf", "application/pdf"),
    ControlFormat.EXCEL: ("xlsx", XLSX),
}


@permit("internal_control.export")
async def ask_for_plan(
    work: Work, plan_id: UUID, *, format: ControlFormat, follow_up: bool = False
) -> Job:
    """Have a plan, or its follow-up, made as a file; a workbook holds both. Raises NotFound."""
    plan = await work.get(ControlPlan, plan_id)
    work.note(Action.EXPORT, "control_plan", records=[plan.id], unit_id=plan.unit_id)
    return await export_plan.later(
        work, plan_id=str(plan.id), format=format.value, follow_up=follow_up
    )


@permit("internal_control.export")
async def ask_for_risks(work: Work, *, unit_id: UUID | None = None, closed: bool = False) -> Job:
    """Have the portfolio of the municipality, or of a unit and those below it, as a workbook."""
    if unit_id is not None:
        await check_unit(work, unit_id)
    work.note(Action.EXPORT, "risk", unit_id=unit_id)
    return await export_risks.later(work, unit_id=str(unit_id) if unit_id else None, closed=closed)


@job(name="internal_control.export_plan", queue="exports")
async def export_plan(
    work: Work, run: Run, *, plan_id: str, format: str, follow_up: bool = False
) -> Outcome:
    wanted = ControlFormat(format)
    await run.progress(0, 3, _("Reading the plan"))
    whole = await whole_plan(work, UUID(plan_id))
    await run.progress(1, 3, _("Writing the file"))
    name = (
        _("Follow-up of internal control {year}", year=whole.plan.year)
        if follow_up
        else _("Internal control plan {year}", year=whole.plan.year)
    )
    if wanted is ControlFormat.EXCEL:
        sheet = plan_sheet(whole, title=f"{name}, {whole.unit.name}")
        data = await asyncio.to_thread(write_excel, [sheet], on=work.today)
    else:
        make = follow_up_document if follow_up else plan_document
        document = make(work, whole, language=current_locale(), logo=await find_logo(work))
        data = await asyncio.to_thread(_writer(wanted), document)
    await run.progress(2, 3, _("Keeping the file"))
    ending, media_type = ENDINGS[wanted]
    called = file_name(work.tenant.name, name, whole.unit.name, ending=ending)
    file = await keep_file(work, run, name=called, media_type=media_type, data=data)
    return {"file": str(file.id)}


@job(name="internal_control.export_risks", queue="exports")
async def export_risks(
    work: Work, run: Run, *, unit_id: str | None = None, closed: bool = False
) -> Outcome:
    chosen = UUID(unit_id) if unit_id else None
    rows = await risks(work, unit_id=chosen, closed=None if closed else False)
    places = {unit.id: unit.name for unit in await units.tree(work)}
    where = places.get(chosen, "") if chosen else work.tenant.name
    sheet: Sheet = risk_sheet(
        rows,
        design=await design_of(work),
        places=places,
        processes={row.id: row.name for row in await processes(work, ended=True)},
        names=await names_of(work, [row.owner_id for row in rows]),
        title=f"{_('Risk portfolio')} {where}",
    )
    data = await asyncio.to_thread(write_excel, [sheet], on=work.today)
    name = file_name(_("Risk portfolio"), where, f"{work.today}", ending="xlsx")
    file = await keep_file(work, run, name=name, media_type=XLSX, data=data)
    return {"file": str(file.id), "risks": len(rows)}


def _writer(format: ControlFormat) -> Callable[[Document], bytes]:
    """Both load much, which a process that exports nothing should not have to carry."""
    if format is ControlFormat.WORD:
        from ....infra.documents.word import write_word

        return write_word
    from ....infra.documents.pdf import write_pdf

    return write_pdf
