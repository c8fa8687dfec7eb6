"""Reports through the API, as a client meets them."""

from __future__ import annotations

from io import BytesIO

from sqlalchemy import select

from roder.graphql.context import Context
from roder.graphql.schema import build_schema
from roder.platform.modules.organisation.module import ORGANISATION
from roder.platform.modules.reports.models import Report, Section
from roder.platform.modules.reports.module import REPORTS
from roder.tenants.files import keep_upload
from roder.workers.models import Job

SCHEMA = build_schema((ORGANISATION, REPORTS))


async def test_a_report_is_started_and_found(town, template, mutate, ask):
    started = await mutate(
        "manager",
        "startReport",
        "StartReportInput",
        "... on Report { title period progress { done total } sections { number kind } }",
        templateId=f"ReportTemplate:{template.id}",
        unitId=f"Unit:{town.units['home_care'].id}",
        period="2026",
        dueOn="2027-02-01",
    )
    assert started["title"] == "Kvalitets- och verksamhetsberättelse 2026"
    assert started["progress"] == {"done": 0, "total": 14}
    assert started["sections"][2] == {"number": "2.1", "kind": "GOAL_ANALYSIS"}

    shown = await ask(
        "employee",
        """query ($unit: ID!) { reports(unitId: $unit, period: "2026", state: OPEN) {
            totalCount nodes { title dueOn progress { done total } unit { name }
              template { key continuesIn { key } } startedBy { name } } } }""",
        unit=f"Unit:{town.units['home_care'].id}",
    )
    assert shown["reports"] == {
        "totalCount": 1,
        "nodes": [
            {
                "title": "Kvalitets- och verksamhetsberättelse 2026",
                "dueOn": "2027-02-01",
                "progress": {"done": 0, "total": 14},
                "unit": {"name": "Hemtjänst Öst"},
                "template": {"key": "quality_report", "continuesIn": {"key": "operational_plan"}},
                "startedBy": {"name": "Mona Chef"},
            }
        ],
    }


async def test_a_table_is_filled_in_and_its_section_marked(town, report, section, mutate, ask):
    async with await town.work() as work:
        id = f"Section:{(await section(work, report, 'violence')).id}"
    written = await mutate(
        "manager",
        "writeSection",
        "WriteSectionInput",
        "... on Section { version rows { row title cells { column value shown } } }",
        id=id,
        version=1,
        rows=[{"row": "first_half", "cells": [{"column": "new_cases", "value": "1 204,5"}]}],
    )
    assert written["version"] == 2
    assert written["rows"][0] == {
        "row": "first_half",
        "title": "Januari–juni 2026",
        "cells": [
            {"column": "new_cases", "value": 1204.5, "shown": "1\u202f204,5"},
            {"column": "inventoried", "value": None, "shown": ""},
        ],
    }
    marked = await mutate(
        "manager",
        "completeSection",
        "CompleteSectionInput",
        "... on Section { completion { empty completedBy { name } } }",
        id=id,
    )
    assert marked["completion"] == {"empty": False, "completedBy": {"name": "Mona Chef"}}
    shown = await ask(
        "employee",
        """query ($id: ID!) { node(id: $id) { ... on Section {
            history { version writtenBy { name } rows { row } } } } }""",
        id=id,
    )
    assert shown["node"]["history"] == [
        {
            "version": 2,
            "writtenBy": {"name": "Mona Chef"},
            "rows": [{"row": "first_half"}, {"row": "second_half"}],
        }
    ]


async def test_a_section_is_opened_again_with_its_reason(town, report, section, mutate):
    async with await town.work() as work:
        id = f"Section:{(await section(work, report, 'goals')).id}"
    await mutate("manager", "completeSection", "CompleteSectionInput", "", id=id)
    opened = await mutate(
        "manager",
        "reopenSection",
        "ReopenSectionInput",
        "... on Section { completion { id } completions { reason reopenedBy { name } } }",
        id=id,
        reason="Fler ärenden",
    )
    assert opened["completion"] is None
    assert opened["completions"] == [
        {"reason": "Fler ärenden", "reopenedBy": {"name": "Mona Chef"}}
    ]


async def test_the_generated_chapter_is_live_until_the_report_is_done(
    report, goals, section, town, fill, mutate, ask
):
    query = """query ($id: ID!) { node(id: $id) { ... on Section { generated {
        frozen notes tables { caption columns rows { text light } } } } } }"""
    async with await town.work() as work:
        id = f"Section:{(await section(work, report, 'goals')).id}"

    live = (await ask("employee", query, id=id))["node"]["generated"]
    assert live["frozen"] is False
    assert live["tables"][0]["columns"][1] == "Utfall 2026"
    assert live["tables"][0]["rows"][3][5] == {"text": "Uppnått", "light": "green"}
    assert live["notes"][0].startswith("Det här återstår")

    await fill(report)
    done = await ask(
        "manager",
        "mutation ($id: ID!) { completeReport(id: $id) { ... on Report {"
        " completion { completedBy { name } } completions { reason } } } }",
        id=f"Report:{report.id}",
    )
    assert done["completeReport"] == {
        "completion": {"completedBy": {"name": "Mona Chef"}},
        "completions": [{"reason": ""}],
    }
    frozen = (await ask("employee", query, id=id))["node"]["generated"]
    assert (frozen["frozen"], frozen["notes"]) == (True, [])

    opened = await mutate(
        "manager",
        "reopenReport",
        "ReopenReportInput",
        "... on Report { completion { id } completions { reason reopenedBy { name } } }",
        id=f"Report:{report.id}",
        reason="Fel utfall",
    )
    assert opened["completion"] is None
    assert opened["completions"] == [{"reason": "Fel utfall", "reopenedBy": {"name": "Mona Chef"}}]


async def test_a_refusal_is_a_problem_and_writes_nothing(report, section, town, mutate, counted):
    async with await town.work() as work:
        id = f"Section:{(await section(work, report, 'inspections')).id}"

    refused = await mutate(
        "manager",
        "writeSection",
        "WriteSectionInput",
        "",
        id=id,
        version=1,
        text="<p>Med.</p>",
        rows=[{"cells": [{"column": "done_on", "value": "i går"}]}],
    )
    assert refused == {
        "__typename": "Problem",
        "code": "INVALID_INPUT",
        "field": "rows",
        "message": 'Rad 1, Senast utförd: "i går" är inget datum. '
        "Skriv år, månad och dag: 2026-03-31.",
    }
    forbidden = await mutate(
        "employee", "writeSection", "WriteSectionInput", "", id=id, version=1, text="x"
    )
    assert forbidden["code"] == "FORBIDDEN"
    async with await town.work() as work:
        assert (await section(work, report, "inspections")).version == 1


async def test_files_carrying_and_last_year_through_the_api(
    town, template, report, started, section, mutate, ask
):
    async with await town.work("manager") as work:
        file = await keep_upload(
            work, name="Enkät.pdf", media_type="application/pdf", body=BytesIO(b"%PDF")
        )
        id = f"Section:{(await section(work, report, 'summary')).id}"
    attached = await mutate(
        "manager",
        "attachFile",
        "AttachFileInput",
        "... on SectionFile { id title file { name size } }",
        sectionId=id,
        fileId=f"StoredFile:{file.id}",
        title="Enkäten",
    )
    assert (attached["title"], attached["file"]) == ("Enkäten", {"name": "Enkät.pdf", "size": 4})
    await mutate(
        "manager", "writeSection", "WriteSectionInput", "", id=id, version=1, text="<p>Ja.</p>"
    )
    carried = await mutate(
        "manager",
        "carryForward",
        "CarryForwardInput",
        "... on Carried { report { title } carried { key } blank { key } kept { key } }",
        id=f"Report:{report.id}",
    )
    assert carried["report"] == {"title": "Verksamhetsplan 2027"}
    assert (carried["carried"], carried["kept"]) == ([{"key": "summary"}], [])
    detached = await ask(
        "manager",
        "mutation ($id: ID!) { detachFile(id: $id) "
        "{ ... on FileDetached { section { files { id } } } } }",
        id=attached["id"],
    )
    assert detached["detachFile"]["section"] == {"files": []}
    later = await started(template, "2027")
    shown = await ask(
        "employee",
        "query ($id: ID!) { report(id: $id) { sections { key "
        "lastYear { text nil section { version } } } } }",
        id=f"Report:{later.id}",
    )
    last = {row["key"]: row["lastYear"] for row in shown["report"]["sections"]}
    assert last["summary"] == {"text": "<p>Ja.</p>", "nil": False, "section": {"version": 2}}


async def test_an_export_is_asked_for_and_is_a_job_of_ones_own(report, town, mutate, counted):
    job = await mutate(
        "employee",
        "exportReport",
        "ExportReportInput",
        "... on Job { kind state done total }",
        reportId=f"Report:{report.id}",
        format="PDF",
    )
    assert job == {
        "__typename": "Job",
        "kind": "reports.export_report",
        "state": "QUEUED",
        "done": 0,
        "total": 0,
    }
    assert await counted(Job) == 1
    refused = await mutate(
        "auditor", "exportReport", "ExportReportInput", "", reportId="Report:x", format="PDF"
    )
    assert refused["code"] == "INVALID_INPUT"


async def test_another_municipality_sees_nothing_of_a_report(town, other_town, report, section):
    async with await town.work() as work:
        ids = [f"Report:{report.id}", f"Section:{(await section(work, report, 'economy')).id}"]
    absent = [f"{id.partition(':')[0]}:0192f0c4-0000-7000-8000-000000000000" for id in ids]
    async with await other_town.work() as work:
        for id in (*ids, *absent):
            answer = await SCHEMA.execute(
                "query ($id: ID!) { node(id: $id) { id } }",
                variable_values={"id": id},
                context_value=Context(work),
            )
            assert (answer.errors, answer.data) == (None, {"node": None})
        assert await work.scalars(select(Report)) == []
        assert await work.scalars(select(Section)) == []


async def test_many_reports_with_all_their_sections_cost_few_statements(
    town, template, started, recorded
):
    for period in ("2026", "2027", "2028"):
        await started(template, period)
    query = """{ reports { nodes { progress { done } template { key } completion { id }
        sections { text completion { empty } history { version } files { title }
        lastYear { text } writtenBy { name } } } } }"""
    async with await town.work("employee", write=False) as work:
        with recorded(work) as statements:
            answer = await SCHEMA.execute(query, context_value=Context(work))
    assert answer.errors is None
    assert len(answer.data["reports"]["nodes"]) == 3
    assert len(statements) <= 10
