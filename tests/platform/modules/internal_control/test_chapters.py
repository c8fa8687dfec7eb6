"""Chapters of a report that are fetched from internal control, and what people wrote is kept."""

from datetime import date

import pytest
from control_plans import YEAR, a_plan, a_risk, activate, an_item
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, InvalidInput
from roder.infra.periods import PeriodKind, parse_period
from roder.platform.demonstration.report_templates import quality_report
from roder.platform.modules.internal_control import service
from roder.platform.modules.internal_control.models import (
    ControlKind,
    ControlLight,
    ControlOccasion,
    TreatmentKind,
)
from roder.platform.modules.reports.models import Section
from roder.platform.modules.reports.service import (
    TableRow,
    complete_section,
    start_report,
    write_section,
)


@pytest.fixture
async def report(town):
    """The committee's quality report of the year, by Östhammar's template."""
    async with await town.work() as work:
        template = await quality_report(work)
        return await start_report(
            work,
            template_id=template.id,
            unit_id=town.units["committee"].id,
            period=parse_period(str(YEAR)),
        )


async def section_of(work, report, key):
    return await work.first(
        select(Section).where(Section.report_id == report.id, Section.key == key)
    )


async def inspected(town, work):
    """A plan with a self-inspection that found something, and a control that is none."""
    made = await a_plan(
        town,
        work,
        title="Basala hygienrutiner",
        kind=ControlKind.SELF_INSPECTION,
        periodicity=PeriodKind.HALF_YEAR,
        unit_id=town.units["home_care"].id,
    )
    await service.add_item(work, made.mirror.id, an_item("Attestliggare"))
    await activate(work, made.plan)
    first = (
        await work.scalars(
            select(ControlOccasion)
            .where(ControlOccasion.item_id == made.item.id)
            .order_by(ControlOccasion.due_on)
        )
    )[0]
    await service.record_occasion(
        work,
        first.id,
        done_on=date(YEAR, 6, 10),
        light=ControlLight.YELLOW,
        result="2 av 20 bar ring.",
        remedy=service.Remedy(
            action_title="Påminn på APT",
            owner_id=town.people["manager"].id,
            due_on=date(YEAR, 9, 1),
        ),
    )
    return made


async def test_the_table_of_self_inspections_is_filled_and_the_other_rows_are_kept(town, report):
    async with await town.work() as work:
        await inspected(town, work)
        section = await section_of(work, report, "inspections")
        await write_section(
            work,
            section.id,
            version=section.version,
            rows=[TableRow({"inspection": "Egen rad", "result": "Bra."})],
        )
        await service.fill_chapter(work, section.id, version=section.version)
        twice = await service.fill_chapter(work, section.id, version=section.version)

    own, fetched = (row["cells"] for row in twice.rows)
    assert (own["inspection"], own["result"]) == ("Egen rad", "Bra.")
    assert fetched == {
        "inspection": "Basala hygienrutiner",
        "responsible": "Hemtjänst Öst",
        "frequency": "Varje halvår",
        "done_on": "2026-06-10",
        "result": "Mindre avvikelse. 2 av 20 bar ring. Åtgärd: Påminn på APT.",
    }


async def test_the_risk_analyses_of_the_year_are_a_table_in_the_text_fetched_anew(town, report):
    async with await town.work() as work:
        risk = await a_risk(work, town.units["home_care"].id, "Fel <läkemedel>")
        await a_risk(work, town.units["school_board"].id, "Någon annans")
        await service.add_treatment(
            work, risk.id, kind=TreatmentKind.REDUCE, what="Dubbelkontroll."
        )
        section = await section_of(work, report, "risk_analyses")
        await write_section(work, section.id, version=section.version, text="<p>Vår analys.</p>")
        await service.fill_chapter(work, section.id, version=section.version)
        await service.assess_risk(work, risk.id, probability=1, consequence=4)
        filled = await service.fill_chapter(work, section.id, version=section.version)

    day = work.today.isoformat()
    assert filled.text == (
        f"<p>Vår analys.</p><h4>Riskanalyser {YEAR}</h4><table><tr><th>Risk</th>"
        "<th>Kategori</th><th>Bedömd</th><th>Riskvärde före</th><th>Riskvärde</th>"
        "<th>Vad som görs</th></tr><tr><td>Fel &lt;läkemedel&gt;</td><td>Verksamhetsrisk</td>"
        f"<td>{day}</td><td></td><td>4</td><td>Minska: Dubbelkontroll.</td></tr></table>"
    )


async def test_what_cannot_be_fetched_is_refused_and_the_chapter_stays(town, report):
    async with await town.work() as work:
        section = await section_of(work, report, "inspections")
        with pytest.raises(InvalidInput, match="2026"):
            await service.fill_chapter(work, section.id, version=section.version)
        await inspected(town, work)
        other = await section_of(work, report, "processes")
        with pytest.raises(InvalidInput):
            await service.fill_chapter(work, other.id, version=other.version)
        with pytest.raises(Conflict):
            await service.fill_chapter(work, section.id, version=section.version + 1)
        await complete_section(work, section.id, empty=True)
        with pytest.raises(Conflict):
            await service.fill_chapter(work, section.id, version=section.version)
        assert (section.rows, other.rows) == ([], [])
    async with await town.work("employee") as work:
        with pytest.raises(Forbidden):
            await service.fill_chapter(work, section.id, version=section.version)


async def test_a_draft_and_another_year_give_nothing(town, report):
    async with await town.work() as work:
        await a_plan(town, work, kind=ControlKind.SELF_INSPECTION)
        section = await section_of(work, report, "inspections")
        with pytest.raises(InvalidInput):
            await service.fill_chapter(work, section.id, version=section.version)
