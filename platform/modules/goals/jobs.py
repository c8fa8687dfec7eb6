"""What the module does after the request."""

from __future__ import annotations

import asyncio
from uuid import UUID

from ....authz.permit import permit
from ....infra.documents.excel import write_excel
from ....infra.i18n import _, current_locale
from ....infra.periods import Period, parse_period
from ....tenants.work import Work
from ....workers.exports import XLSX, keep_file
from ....workers.jobs import Run, job
from ....workers.models import Job
from .analysis.analysis import goal_analysis
from .analysis.snapshot import show
from .board.exporting import analysis_file_name, analysis_sheet
from .view.view import model_with_levels, place_of


@permit("goals.export")
async def start_export(
    work: Work, *, unit_id: UUID, period: Period, model_id: UUID | None = None
) -> Job:
    """Have the goal analysis made as an Excel file. Raises NotFound for the unit or the model."""
    await place_of(work, unit_id=unit_id, period=period)
    await model_with_levels(work, year=period.year, model_id=model_id)
    return await export_analysis.later(
        work,
        unit_id=str(unit_id),
        period=str(period),
        model_id=str(model_id) if model_id else None,
    )


@job(name="goals.export_analysis", queue="exports")
async def export_analysis(
    work: Work, run: Run, *, unit_id: str, period: str, model_id: str | None = None
) -> dict[str, object]:
    """The goal analysis in the language of the one who asked; the result names the file."""
    work.require("goals.export")
    await run.progress(0, 3, _("Reading the goals"))
    analysis = await goal_analysis(
        work,
        unit_id=UUID(unit_id),
        period=parse_period(period),
        model_id=UUID(model_id) if model_id else None,
    )
    await run.progress(1, 3, _("Writing the workbook"))
    shown, locale, municipality = show(analysis), current_locale(), work.tenant.name
    sheet = analysis_sheet(shown, municipality=municipality, locale=locale)
    data = await asyncio.to_thread(write_excel, [sheet], on=work.today)
    await run.progress(2, 3, _("Keeping the file"))
    file = await keep_file(
        work,
        run,
        name=analysis_file_name(shown, municipality=municipality, locale=locale),
        media_type=XLSX,
        data=data,
    )
    await run.progress(3, 3)
    return {"file_id": str(file.id), "name": file.name}
