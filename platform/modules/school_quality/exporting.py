"""The schools of a year with how far they have come, as a workbook."""

from __future__ import annotations

import asyncio
from uuid import UUID

from ....authz.permit import permit
from ....infra.documents.excel import Sheet, SheetColumn, Value, write_excel
from ....infra.documents.model import LightMark
from ....infra.i18n import _
from ....tenants.models import Unit
from ....tenants.names import names_of
from ....tenants.work import Work
from ....workers.exports import XLSX, file_name, keep_file
from ....workers.jobs import Outcome, Run, job
from ....workers.models import Job
from . import years
from .cycle import Overview, SchoolYear, Standing, overview
from .models import SchoolForm
from .words import form_words, light_of, part_words, stage_word, step_words, who_words


@permit("school_quality.export")
async def ask_for_overview(
    work: Work,
    *,
    year: int,
    form: SchoolForm | None = None,
    standing: Standing | None = None,
    organiser_id: UUID | None = None,
) -> Job:
    """Have the schools of a year that fit written to a workbook. Raises NotFound."""
    if organiser_id is not None:
        await work.get(Unit, organiser_id, field="organiserId")
    return await export_schools.later(
        work,
        year=years.checked(year),
        form=form.value if form else "",
        standing=standing.value if standing else "",
        organiser=str(organiser_id) if organiser_id else "",
    )


@job(name="school_quality.export_schools", queue="exports")
async def export_schools(
    work: Work, run: Run, *, year: int, form: str, standing: str, organiser: str
) -> Outcome:
    found = await overview(
        work,
        year=year,
        form=SchoolForm(form) if form else None,
        standing=Standing(standing) if standing else None,
        organiser_id=UUID(organiser) if organiser else None,
    )
    title = _("School quality {year}", year=years.label(year))
    sheets = [await _schools(work, found, title), _steps(found, title)]
    data = await asyncio.to_thread(write_excel, sheets, on=work.today)
    name = file_name(title, work.tenant.name, f"{work.today}", ending="xlsx")
    file = await keep_file(work, run, name=name, media_type=XLSX, data=data)
    return {"file": str(file.id), "schools": len(found.schools)}


async def _schools(work: Work, found: Overview, title: str) -> Sheet:
    names = await names_of(work, [row.principal_id for row in found.schools])
    steps = [total.step for total in found.totals]
    words = step_words()
    columns = (
        SheetColumn(_("School"), width=30),
        SheetColumn(_("School unit code")),
        SheetColumn(_("School form"), width=30),
        SheetColumn(_("Principal"), width=24),
        *(SheetColumn(words[step], "light", 18) for step in steps),
        *(SheetColumn(word, "number") for word in who_words().values()),
    )
    return Sheet(_("Schools"), title, columns, [_row(row, names) for row in found.schools])


def _row(row: SchoolYear, names: dict[UUID, str]) -> list[Value]:
    forms = form_words()
    return [
        row.name,
        row.school.code,
        ", ".join(forms[SchoolForm(form)] for form in row.school.forms),
        names.get(row.principal_id, "") if row.principal_id else "",
        *(LightMark(light_of(step), stage_word(step)) for step in row.steps),
        *(row.took_part.get(who, 0) for who in who_words()),
    ]


def _steps(found: Overview, title: str) -> Sheet:
    words = step_words()
    columns = (
        SheetColumn(_("Step"), width=24),
        SheetColumn(_("Last day"), "date"),
        *(SheetColumn(word, "number") for word in part_words()),
        SheetColumn(_("Done the year before"), "number"),
        SheetColumn(_("Schools the year before"), "number"),
    )
    rows: list[list[Value]] = [
        [words[each.step], each.due_on, *each.parts, each.done_before, each.count_before]
        for each in found.totals
    ]
    return Sheet(_("Steps"), title, columns, rows)
