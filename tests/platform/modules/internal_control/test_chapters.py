"""Chapters of a report that are fetched from internal control, and what people wrote is kept."""

from datetime import date

import pytest
from control_plans import YEAR, a_plan, a_risk, activate, an_item
from sqlalchemy import func, select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.infra.periods import PeriodKind, parse_period
from roder.platform.demonstration.report_templates import quality_report
from roder.platform.modules.internal_control import service
from roder.platform.modules.internal_control.models import (
    ControlKind,
    ControlLight,
    ControlOccasion,
    TreatmentKind,
)
from roder.platform.modules.reports.models import Section, SectionVersion
from roder.platform.modules.reports.service import (
    TableRow,
    complete_section,
    fill_chapter,
    preview_chapter,
    remove_fetched,
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


async def versions_of(work, section):
    return await work.first(
        select(func.count(SectionVersion.id)).where(SectionVersion.section_id == section.id)
    )


async def test_self_inspections_are_fetched_beside_the_rows_that_people_write(town, report):
    async with await town.work() as work:
        await inspected(town, work)
        section = await section_of(work, report, "inspections")
        own = [TableRow({"inspection": "Egen rad", "result": "Bra."})]
        await write_section(work, section.id, version=section.version, rows=own)
        before = section.rows
        await fill_chapter(work, section.id, version=section.version)
        twice = await fill_chapter(work, section.id, version=section.version)
        kept = await versions_of(work, section)

    assert twice.rows == before
    assert (twice.version, kept) == (3, 2)
    assert (twice.fetched_by, twice.fetched_at) == (work.actor.id, work.now)
    assert twice.fetched == {
        "source": "internal_control.inspections",
        "title": "Egenkontroller 2026",
        "nothing": False,
        "sentences": [],
        "tables": [
            {
                "title": "Egenkontroller 2026",
                "columns": [
                    {"title": title, "number": False}
                    for title in (
                        *("Egenkontroll", "Var", "Hur ofta", "Senast utförd"),
                        *("Bedömning", "Resultat och åtgärder"),
                    )
                ],
                "rows": [
                    [
                        *("Basala hygienrutiner", "Hemtjänst Öst", "Varje halvår", "2026-06-10"),
                        *("Mindre avvikelse", "2 av 20 bar ring. Åtgärd: Påminn på APT."),
                    ]
                ],
            }
        ],
    }


async def test_the_risks_of_the_year_are_fetched_and_a_change_is_seen_before_it_is_taken_in(
    town, report
):
    async with await town.work() as work:
        risk = await a_risk(work, town.units["home_care"].id, "Fel <läkemedel>")
        await a_risk(work, town.units["school_board"].id, "Någon annans")
        await service.add_treatment(
            work, risk.id, kind=TreatmentKind.REDUCE, what="Dubbelkontroll."
        )
        section = await section_of(work, report, "risk_analyses")
        await write_section(work, section.id, version=section.version, text="<p>Vår analys.</p>")
        value = risk.probability * risk.consequence
        first = await preview_chapter(work, section.id)
        await fill_chapter(work, section.id, version=section.version, seen=first.seen)
        same = await preview_chapter(work, section.id)
        await service.assess_risk(work, risk.id, probability=1, consequence=4)
        changed = await preview_chapter(work, section.id)
        with pytest.raises(Conflict):
            await fill_chapter(work, section.id, version=section.version, seen=same.seen)
        assert section.version == 3
        await fill_chapter(work, section.id, version=section.version, seen=changed.seen)

    day = work.today.isoformat()
    line = f"Fel <läkemedel> | Verksamhetsrisk | {day} | – | {value} | Minska: Dubbelkontroll."
    assert [(piece.change, piece.text) for piece in first.pieces] == [("added", line)]
    assert (first.changed, same.changed, changed.changed) == (True, False, True)
    assert [(piece.change, piece.text) for piece in changed.pieces] == [
        ("removed", line),
        ("added", line.replace(f"| {value} |", "| 4 |")),
    ]
    assert section.text == "<p>Vår analys.</p>"
    assert section.fetched["tables"][0]["rows"][0][4] == "4"


async def test_what_cannot_be_fetched_is_refused_and_the_section_stays(town, report):
    async with await town.work() as work:
        section = await section_of(work, report, "inspections")
        with pytest.raises(InvalidInput, match="2026"):
            await fill_chapter(work, section.id, version=section.version)
        with pytest.raises(InvalidInput):
            await remove_fetched(work, section.id, version=section.version)
        await inspected(town, work)
        other = await section_of(work, report, "processes")
        with pytest.raises(InvalidInput):
            await fill_chapter(work, other.id, version=other.version)
        with pytest.raises(InvalidInput):
            await preview_chapter(work, other.id)
        with pytest.raises(NotFound):
            await fill_chapter(work, report.id, version=1)
        with pytest.raises(Conflict):
            await fill_chapter(work, section.id, version=section.version + 1)
        await complete_section(work, section.id, empty=True)
        with pytest.raises(Conflict):
            await fill_chapter(work, section.id, version=section.version)
        assert (section.fetched, section.version, other.fetched) == (None, 1, None)
        assert await versions_of(work, section) == 0
    async with await town.work("employee") as work:
        with pytest.raises(Forbidden):
            await fill_chapter(work, section.id, version=section.version)
        with pytest.raises(Forbidden):
            await preview_chapter(work, section.id)


async def test_a_draft_and_another_year_give_nothing(town, report):
    async with await town.work() as work:
        await a_plan(town, work, kind=ControlKind.SELF_INSPECTION)
        section = await section_of(work, report, "inspections")
        with pytest.raises(InvalidInput):
            await fill_chapter(work, section.id, version=section.version)


async def test_what_was_fetched_is_taken_out_and_what_is_written_stays(town, report):
    async with await town.work() as work:
        await inspected(town, work)
        section = await section_of(work, report, "inspections")
        await write_section(work, section.id, version=1, text="<p>Kvar.</p>")
        await fill_chapter(work, section.id, version=2)
        with pytest.raises(Conflict):
            await remove_fetched(work, section.id, version=2)
        gone = await remove_fetched(work, section.id, version=3)
        kept = await work.scalars(
            select(SectionVersion)
            .where(SectionVersion.section_id == section.id)
            .order_by(SectionVersion.version)
        )

    assert (gone.fetched, gone.fetched_by, gone.fetched_at) == (None, None, None)
    assert (gone.text, gone.version) == ("<p>Kvar.</p>", 4)
    assert [each.fetched is not None for each in kept] == [False, True, False]
