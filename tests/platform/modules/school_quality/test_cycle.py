"""A school year: what each step's state is read from, what is asked for, what is gathered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, InvalidInput
from roder.infra.excel import read_sheet
from roder.platform.asked import who_is_asked
from roder.platform.modules.reports.models import Report, Section
from roder.platform.modules.reports.service import approve_report, carry_forward
from roder.platform.modules.school_quality import reporting
from roder.platform.modules.school_quality.cycle import Standing, overview, school_year
from roder.platform.modules.school_quality.exporting import ask_for_overview, export_schools
from roder.platform.modules.school_quality.finding import find_schools
from roder.platform.modules.school_quality.models import SchoolForm, Step, TakingPart
from roder.platform.modules.school_quality.schools import add_school, change_school
from roder.platform.modules.school_quality.settings import SchoolQualitySettings
from roder.platform.modules.school_quality.stands import Stage
from roder.platform.modules.school_quality.taking_part import add_participation
from roder.platform.modules.school_quality.tasks import school_tasks
from roder.platform.tasks import Because
from roder.tenants.models import StoredFile
from roder.tenants.municipality import save_settings
from roder.tenants.sealed.stored import get_bytes
from roder.workers.run import Pace, run_job


async def stages(work, school, year=2026):
    return {step.step: step.stage for step in (await school_year(work, school, year=year)).steps}


async def begin(work, school, step, year=2026):
    return await reporting.begin_school_report(work, school.id, step=step, year=year)


async def test_the_state_of_a_step_is_what_stands(town, school, write, november):
    async with await town.work("manager") as work:
        work = november(work)
        before = (await school_year(work, school, year=2026)).steps
        assert [(step.step, step.stage, step.late) for step in before] == [
            (Step.PLAN, Stage.NOT_BEGUN, True),
            (Step.FOLLOW_UP, Stage.NOT_BEGUN, False),
            (Step.ANALYSIS, Stage.NOT_BEGUN, False),
            (Step.REPORT, Stage.NOT_BEGUN, False),
        ]
        plan = await begin(work, school, Step.PLAN)
        assert (plan.title, plan.period, plan.due_on) == (
            "Plan för kvalitetsarbetet 2026/27",
            "2026",
            date(2026, 9, 30),
        )
        report = await begin(work, school, Step.REPORT)
        assert (report.title, report.period) == ("Kvalitetsrapport för enheten 2026/27", "2027")
        await write(work, plan.id, done=True, goals="Läsa mer")
        await write(work, report.id, follow_up="87 procent")
        assert await stages(work, school) == {
            Step.PLAN: Stage.DONE,
            Step.FOLLOW_UP: Stage.BEGUN,
            Step.ANALYSIS: Stage.NOT_BEGUN,
            Step.REPORT: Stage.BEGUN,
        }
        await write(work, report.id, done=True, follow_up="88 procent", analysis="Läsning")
    async with await town.work() as work:
        await approve_report(work, report.id)
        found = await school_year(november(work), school, year=2026)
    assert {step.step: step.stage for step in found.steps} == {
        Step.PLAN: Stage.DONE,
        Step.FOLLOW_UP: Stage.APPROVED,
        Step.ANALYSIS: Stage.APPROVED,
        Step.REPORT: Stage.APPROVED,
    }
    assert found.standing is Standing.DONE
    assert found.principal_id == town.people["manager"].id


async def test_a_report_is_begun_once_by_who_may_write_there(town, school):
    async with await town.work("employee") as work:
        with pytest.raises(Forbidden):
            await begin(work, school, Step.PLAN)
    async with await town.work("manager") as work:
        await begin(work, school, Step.PLAN)
        for step, year, kind in (
            (Step.PLAN, 2026, Conflict),
            (Step.ANALYSIS, 2026, InvalidInput),
            (Step.PLAN, 2025, InvalidInput),
        ):
            with pytest.raises(kind):
                async with work.attempt():
                    await begin(work, school, step, year)
    async with await town.work(write=False) as work:
        assert await work.scalars(select(Report.period)) == ["2026"]


async def test_goals_and_actions_go_from_plan_to_report_and_on_to_the_next_plan(
    town, school, write
):
    async with await town.work("manager") as work:
        plan = await begin(work, school, Step.PLAN)
        await write(work, plan.id, goals="Läsa mer")
        onward = await carry_forward(work, plan.id)
        assert onward.report.period == "2027"
        assert [section.key for section in onward.carried] == ["goals"]
        again = await carry_forward(work, onward.report.id)
        assert again.report.period == "2027"
        assert again.report.template_id == plan.template_id


async def test_who_took_part_is_missing_until_every_group_did(town, school):
    async with await town.work("manager") as work:
        for who in (TakingPart.STAFF, TakingPart.STAFF, TakingPart.GUARDIANS):
            await add_participation(
                work,
                school.id,
                year=2026,
                step=Step.PLAN,
                who=who,
                how="Möte",
                held_on=date(2026, 9, 1),
            )
        found = await school_year(work, school, year=2026)
    assert found.took_part == {TakingPart.STAFF: 2, TakingPart.GUARDIANS: 1}
    assert found.missing == (TakingPart.CHILDREN,)


async def test_the_overview_counts_each_school_once_beside_the_year_before(
    town, school, given, write, november
):
    async with await town.work() as work:
        work = november(work)
        forms = [SchoolForm.PRESCHOOL]
        board = town.units["school_board"].id
        other = await add_school(
            work, board, given(forms=forms, code="", first_year=2025, organiser_id=board)
        )
        plan = await begin(work, school, Step.PLAN)
        await write(work, plan.id, done=True, goals="Läsa mer")
        before = await begin(work, other, Step.PLAN, year=2025)
        await write(work, before.id, done=True, goals="Leka mer")
        found = await overview(work, year=2026)
        assert [row.name for row in found.schools] == [
            "Barn- och utbildningsnämnden",
            "Hemtjänst Öst",
        ]
        assert [(t.step, *t.parts, t.done_before, t.count_before) for t in found.totals] == [
            (Step.PLAN, 1, 0, 0, 1, 1, 1),
            (Step.FOLLOW_UP, 0, 0, 2, 0, 0, 1),
            (Step.ANALYSIS, 0, 0, 2, 0, 0, 1),
            (Step.REPORT, 0, 0, 2, 0, 0, 1),
        ]
        assert [(each.unit.code, each.schools) for each in found.organisers] == [
            ("school_board", 1),
            ("committee", 1),
        ]
        for chosen, names in (
            ({"form": SchoolForm.PRESCHOOL}, ["Barn- och utbildningsnämnden"]),
            ({"standing": Standing.LATE}, ["Barn- och utbildningsnämnden"]),
            ({"standing": Standing.UNDER_WAY}, ["Hemtjänst Öst"]),
            ({"organiser_id": town.units["committee"].id}, ["Hemtjänst Öst"]),
            ({"standing": Standing.DONE}, []),
        ):
            some = await overview(work, year=2026, **chosen)
            assert [row.name for row in some.schools] == names
        assert [row.name for row in (await overview(work, year=2025)).schools] == [
            "Barn- och utbildningsnämnden"
        ]


async def test_without_reports_no_step_is_begun(town, school, november):
    async with await town.work(write=False) as work:
        work = november(work)
        off = replace(work.tenant, modules=work.tenant.modules - {"reports"})
        found = await overview(replace(work, tenant=off), year=2026)
    assert {step.stage for row in found.schools for step in row.steps} == {Stage.NOT_BEGUN}


async def test_what_is_near_or_late_is_asked_of_the_principal_and_the_organiser(
    town, school, given, write, november
):
    async def asked(work):
        who = await who_is_asked(work, people=None, outcome_days=0, ahead_days=0)
        return [
            (task.title, task.unit_name, task.due_on, task.late, set(task.people), task.because)
            for task in await school_tasks(work, who)
        ]

    manager, admin = town.people["manager"].id, town.people["administrator"].id
    async with await town.work() as work:
        work = november(work)
        plan = ("Plan 2026/27", "Hemtjänst Öst", date(2026, 9, 30), True)
        assert await asked(work) == [(*plan, {manager}, Because.RESPONSIBLE)]
        await change_school(work, school.id, given(first_year=2025), version=1)
        await save_settings(
            work, "school_quality", SchoolQualitySettings, values={"ahead_days": 100}
        )
        told = await asked(work)
        assert [(title, late) for title, _unit, _due, late, *_rest in told] == [
            ("Plan 2025/26", True),
            ("Uppföljning 2025/26", True),
            ("Analys 2025/26", True),
            ("Kvalitetsrapport 2025/26", True),
            ("Huvudmannens rapport 2025/26", True),
            ("Plan 2026/27", True),
            ("Uppföljning 2026/27", False),
        ]
        assert told[4][4:] == ({admin}, Because.UNIT)
        await begin(work, school, Step.PLAN)  # whose chapters the reports ask for
        report = await begin(work, school, Step.REPORT)
        assert [row[0] for row in await asked(work)][5:] == ["Uppföljning 2026/27"]
        await write(work, report.id, done=True, follow_up="87 procent")
        assert await asked(work) == told[:5]


async def test_the_organiser_gathers_what_schools_have_written_and_keeps_its_own(
    town, school, given, write
):
    committee = town.units["committee"].id
    async with await town.work() as work:
        with pytest.raises(Conflict):
            async with work.attempt():
                await reporting.gather_organiser_report(work, committee, year=2026)
        own = await reporting.begin_organiser_report(work, committee, year=2026)
        assert (own.title, own.period) == ("Huvudmannens kvalitetsrapport 2026/27", "2027")
        with pytest.raises(Conflict):
            async with work.attempt():
                await reporting.gather_organiser_report(work, committee, year=2026)
        other = await add_school(work, town.units["school_board"].id, given(code=""))
        for each, told in ((school, "87 < 90"), (other, "75")):
            report = await begin(work, each, Step.REPORT)
            await write(work, report.id, follow_up=told.replace("<", "&lt;"), analysis="Läsning")
        await write(work, own.id, analysis="Vår egen")
        done = await reporting.gather_organiser_report(work, committee, year=2026)
        assert ([section.key for section in done.chapters], done.schools) == (["follow_up"], 2)
    async with await town.work(write=False) as work:
        rows = await work.scalars(select(Section).where(Section.report_id == own.id))
        texts = {row.key: row.text for row in rows}
    assert texts["follow_up"] == (
        "<h3>Barn- och utbildningsnämnden</h3><p>75</p><h3>Hemtjänst Öst</h3><p>87 &lt; 90</p>"
    )
    assert texts["analysis"] == "<p>Vår egen</p>"


async def test_only_who_organises_schools_reports_for_them(town, school):
    async with await town.work() as work:
        with pytest.raises(InvalidInput) as refused:
            await reporting.begin_organiser_report(work, town.units["school_board"].id, year=2026)
        assert refused.value.field == "organiserId"
    async with await town.work("manager") as work:
        with pytest.raises(Forbidden):
            await reporting.begin_organiser_report(work, town.units["committee"].id, year=2026)
    async with await town.work(write=False) as work:
        assert await work.scalars(select(Report)) == []


async def test_the_schools_in_excel(runtime, town, school, given):
    async with await town.work() as work:
        forms = [SchoolForm.PRESCHOOL]
        await add_school(work, town.units["school_board"].id, given(forms=forms, code=""))
    async with await town.work("employee") as work:
        asked = await ask_for_overview(work, year=2090, form=SchoolForm.COMPULSORY)
    kinds = {export_schools.name: export_schools}
    await run_job(runtime, kinds, tenant_id=town.tenant.id, job_id=asked.id, pace=Pace())
    async with await town.work(write=False) as work:
        (file,) = await work.scalars(select(StoredFile).where(StoredFile.job_id == asked.id))
        data = await get_bytes(work, file.key, file.key_number)
    assert file.name.startswith("Skolkvalitet 2090-91 – Östhammar")
    _title, (_three, head), (_four, row) = read_sheet(data).rows
    assert list(zip(head.values(), row.values(), strict=True)) == [
        ("Skola", "Hemtjänst Öst"),
        ("Skolenhetskod", "40000001"),
        ("Skolform", "Grundskola"),
        ("Rektor", "Mona Chef"),
        ("Plan", "○ Inte påbörjat"),
        ("Uppföljning", "○ Inte påbörjat"),
        ("Analys", "○ Inte påbörjat"),
        ("Kvalitetsrapport", "○ Inte påbörjat"),
        ("Personal", "0"),
        ("Barn och elever", "0"),
        ("Vårdnadshavare", "0"),
    ]


async def test_a_school_is_found_by_its_name_and_its_code(town, school):
    async with await town.work("employee", write=False) as work:
        for words in ("hemtjänst", "4000"):
            (found,) = await find_schools(work, words, 2026)
            assert (found.title, found.page, found.detail) == (
                "Hemtjänst Öst",
                "school_year",
                "Grundskola",
            )
        assert await find_schools(work, "%", 2026) == []
