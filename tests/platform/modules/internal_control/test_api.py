"""What the API shows of internal control, what it refuses, and the files it makes."""

from io import BytesIO
from uuid import UUID

import docx
import pytest
from asking import SCHEMA, ask
from control_api import do, do_id, person, planned, started, unit
from sqlalchemy import func, select

from roder.graphql.context import Context
from roder.infra.excel import read_sheet
from roder.platform.modules.internal_control.jobs import export_plan, export_risks
from roder.platform.modules.internal_control.models import (
    Attestation,
    Risk,
)
from roder.platform.modules.internal_control.overview_export import export_overview
from roder.tenants.files import keep_upload
from roder.tenants.models import StoredFile
from roder.tenants.sealed.stored import get_bytes
from roder.workers.run import Pace, run_job

READ_ALL = """query($unit: ID!, $other: ID!) {
  risks(unitId: $unit, category: "operations", closed: false, leastValue: 9) {
    totalCount nodes { id number value assessments { value beforeProbability } }
  }
  none: risks(unitId: $other) { totalCount }
  riskDesign { size categories { key name law } probability { step word description } }
  riskMatrix(unitId: $unit) { size cells { probability consequence light word
    risks { number } } unassessed { id } }
  controlPlans(year: 2026, state: ACTIVE) { nodes { id unit { name } } }
  controlOccasions(done: false, dueBefore: "2026-06-30") { nodes { dueOn
    item { title responsible { id } } } }
  controlOverview(year: 2026) { leastItems committees { unit { name } plan { id } risks
    highRisks items occasions done lights { light items } tooFew
    cover { category risks items } } }
}"""


async def test_the_portfolio_the_matrix_and_the_overview_are_read_with_filters(town):
    risk, plan, _item = await started(town)
    found = await ask(
        town,
        "auditor",
        READ_ALL,
        unit=unit(town, "council"),
        other=unit(town, "school_board"),
    )
    assert found["risks"]["nodes"] == [
        {
            "id": risk["id"],
            "number": 1,
            "value": 12,
            "assessments": [{"value": 12, "beforeProbability": None}],
        }
    ]
    assert found["none"]["totalCount"] == 0
    assert found["riskDesign"]["size"] == 4
    assert found["riskDesign"]["categories"][-1] == {
        "key": "irregularities",
        "name": "Fel och oegentligheter",
        "law": "internal_control.duty",
    }
    cells = {
        (cell["probability"], cell["consequence"]): (cell["light"], cell["word"])
        for cell in found["riskMatrix"]["cells"]
        if cell["risks"]
    }
    assert cells == {(3, 4): ("RED", "Hög")}
    assert found["controlPlans"]["nodes"] == [{"id": plan["id"], "unit": {"name": "Socialnämnden"}}]
    assert found["controlOccasions"]["nodes"] == [
        {
            "dueOn": "2026-06-30",
            "item": {
                "title": "Stickprov av löner",
                "responsible": {"id": person(town, "employee")},
            },
        }
    ]
    board = {row["unit"]["name"]: row for row in found["controlOverview"]["committees"]}
    assert board["Barn- och utbildningsnämnden"]["plan"] is None
    social = board["Socialnämnden"]
    assert (social["risks"], social["highRisks"], social["items"], social["tooFew"]) == (
        1,
        1,
        1,
        True,
    )
    assert social["cover"] == [{"category": "operations", "risks": 1, "items": 1}]


@pytest.mark.parametrize(
    ("who", "code"), [("employee", "FORBIDDEN"), ("manager", "FORBIDDEN"), ("auditor", "FORBIDDEN")]
)
async def test_a_plan_is_attested_only_by_those_who_may_and_nothing_is_written(town, who, code):
    _risk, plan, _item = await planned(town)
    answer = await do_id(town, who, "attestControlPlan", "... on ControlPlan { state }", plan["id"])
    assert (answer["__typename"], answer["code"]) == ("Problem", code)
    async with await town.work(write=False) as work:
        assert await work.scalars(select(func.count()).select_from(Attestation)) == [0]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"probability": 5, "consequence": 1}, "probability"),
        ({"category": "okänd"}, "category"),
        ({"title": ""}, "title"),
    ],
)
async def test_a_refused_risk_names_its_field_and_is_not_there(town, values, field):
    given = {"unitId": unit(town, "committee"), "title": "X", "category": "it"}
    answer = await do(
        town,
        "administrator",
        "addRisk",
        "AddRiskInput",
        "... on Risk { id }",
        **given | values,
    )
    assert (answer["code"], answer["field"]) == ("INVALID_INPUT", field)
    async with await town.work(write=False) as work:
        assert await work.scalars(select(func.count()).select_from(Risk)) == [0]


async def test_a_plan_under_way_is_changed_with_a_reason_and_attested_no_more(town):
    _risk, plan, item = await started(town)
    change = {"id": item["id"], "title": "Annat"}
    shown = "... on ControlItem { title }"
    refused = await do(
        town, "administrator", "changeControlItem", "ChangeControlItemInput", shown, **change
    )
    assert (refused["code"], refused["field"]) == ("INVALID_INPUT", "reason")
    done = await do(
        town,
        "administrator",
        "changeControlItem",
        "ChangeControlItemInput",
        shown,
        **change,
        reason="Ny rutin.",
    )
    assert done["title"] == "Annat"
    found = await ask(
        town,
        "employee",
        """query($id: ID!) { controlPlan(id: $id) { attestations { id }
          changes { reason fields { field before after } } } }""",
        id=plan["id"],
    )
    (attestation,) = found["controlPlan"]["attestations"]
    assert found["controlPlan"]["changes"] == [
        {
            "reason": "Ny rutin.",
            "fields": [{"field": "title", "before": "Stickprov av löner", "after": "Annat"}],
        }
    ]
    late = await do(
        town,
        "administrator",
        "withdrawControlAttestation",
        "WithdrawControlAttestationInput",
        "... on ControlPlan { state }",
        id=attestation["id"],
        reason="Ångrar mig.",
    )
    assert late["code"] == "CONFLICT"


async def test_the_matrix_is_designed_and_not_shrunk_below_a_risk(town):
    await planned(town)
    steps = [{"word": {"sv": f"Steg {n}"}} for n in range(1, 6)]
    shown = """... on RiskDesign { size probability { word }
        cells { probability consequence light } colours { light name } }"""
    grown = await do(
        town,
        "administrator",
        "changeRiskMatrix",
        "ChangeRiskMatrixInput",
        shown,
        size=5,
        probability=steps,
        consequence=steps,
        yellowFrom=5,
        redFrom=15,
        cells=[{"probability": 1, "consequence": 5, "light": "RED"}],
    )
    assert (grown["size"], grown["probability"][4]["word"]) == (5, "Steg 5")
    assert grown["cells"] == [{"probability": 1, "consequence": 5, "light": "RED"}]
    assert grown["colours"] == [
        {"light": "GREEN", "name": "Låg"},
        {"light": "YELLOW", "name": "Medel"},
        {"light": "RED", "name": "Hög"},
    ]
    shrunk = await do(
        town,
        "administrator",
        "changeRiskMatrix",
        "ChangeRiskMatrixInput",
        shown,
        size=3,
        probability=steps[:3],
        consequence=steps[:3],
        yellowFrom=3,
        redFrom=6,
    )
    assert (shrunk["code"], shrunk["field"]) == ("CONFLICT", "size")
    assert "R1 Fel lön betalas ut" in shrunk["message"]


@pytest.mark.parametrize("size", [2, 7])
async def test_a_matrix_has_three_to_six_steps_and_says_so(town, size):
    steps = [{"word": {"sv": f"Steg {n}"}} for n in range(1, size + 1)]
    refused = await do(
        town,
        "administrator",
        "changeRiskMatrix",
        "ChangeRiskMatrixInput",
        "... on RiskDesign { size }",
        size=size,
        probability=steps,
        consequence=steps,
        yellowFrom=1,
        redFrom=2,
    )
    assert (refused["code"], refused["field"], refused["message"]) == (
        "INVALID_INPUT",
        "size",
        "En matris har 3 till 6 steg på varje sida.",
    )
    assert (await ask(town, "employee", "{ riskDesign { size } }"))["riskDesign"] == {"size": 4}


async def test_the_committees_of_a_year_are_a_workbook_through_the_api(town, runtime):
    await planned(town)
    query = "mutation { exportControlOverview(year: 2026) { ... on Job { id } } }"
    job = (await ask(town, "auditor", query))["exportControlOverview"]["id"].partition(":")[2]
    rows = read_sheet(await file_of(town, runtime, export_overview, job)).rows
    words = [value for _number, cells in rows for value in dict(cells).values()]
    assert "Utkast" in words


async def test_another_municipality_reaches_none_of_it(town, other_town):
    risk, plan, item = await planned(town)
    for name, id in (
        ("risk", risk["id"]),
        ("controlPlan", plan["id"]),
        ("controlItem", item["id"]),
    ):
        query = f"query($id: ID!) {{ {name}(id: $id) {{ id }} }}"
        async with await other_town.work() as work:
            result = await SCHEMA.execute(
                query, variable_values={"id": id}, context_value=Context(work)
            )
        assert result.errors is not None or result.data == {name: None}


async def test_files_of_the_plan_its_follow_up_and_the_risks(town, runtime):
    _risk, plan, item = await started(town)
    await do(
        town,
        "employee",
        "recordControl",
        "RecordControlInput",
        "... on ControlOccasion { id }",
        id=item["occasions"][0]["id"],
        doneOn="2026-06-20",
        light="GREEN",
        result="Inga fel.",
    )
    made = {}
    for format, follow_up in (("WORD", False), ("PDF", False), ("WORD", True), ("EXCEL", False)):
        answer = await do(
            town,
            "auditor" if follow_up else "employee",
            "exportControlPlan",
            "ExportControlPlanInput",
            "... on Job { id }",
            id=plan["id"],
            format=format,
            followUp=follow_up,
        )
        made[format, follow_up] = answer["id"].partition(":")[2]
    risks = await ask(
        town, "employee", "mutation { exportRisks { ... on Job { id } ... on Problem { code } } }"
    )
    files = {key: await file_of(town, runtime, export_plan, id) for key, id in made.items()}
    portfolio = await file_of(
        town, runtime, export_risks, risks["exportRisks"]["id"].partition(":")[2]
    )

    words = "\n".join(text for text in texts(files["WORD", False]))
    for wanted in ("Internkontrollplan 2026", "R1 Fel lön betalas ut", "12 Hög", "§ 12", "Steg"):
        assert (wanted in words) is (wanted != "Steg")
    assert "Ingen avvikelse" in "\n".join(texts(files["WORD", True]))
    assert files["PDF", False].startswith(b"%PDF")
    rows = read_sheet(files["EXCEL", False]).rows
    assert any("Stickprov av löner" in dict(cells).values() for _number, cells in rows)
    rows = read_sheet(portfolio).rows
    assert any("Fel lön betalas ut" in dict(cells).values() for _number, cells in rows)


async def file_of(town, runtime, kind, job_id):
    id = UUID(job_id)
    await run_job(runtime, {kind.name: kind}, tenant_id=town.tenant.id, job_id=id, pace=Pace())
    async with await town.work(write=False) as work:
        file = await work.first(select(StoredFile).where(StoredFile.job_id == id))
        return await get_bytes(work, file.key, file.key_number)


def texts(data):
    document = docx.Document(BytesIO(data))
    yield from (paragraph.text for paragraph in document.paragraphs)
    for table in document.tables:
        for row in table.rows:
            yield from (cell.text for cell in row.cells)


async def test_evidence_is_laid_beside_a_control_through_the_api(town):
    _risk, _plan, item = await started(town)
    async with await town.work() as work:
        file = await keep_upload(
            work, name="urval.txt", media_type="text/plain", body=BytesIO(b"1, 2")
        )
    row = await do(
        town,
        "employee",
        "addControlEvidence",
        "AddControlEvidenceInput",
        "... on ControlEvidence { id title file { name } }",
        occasionId=item["occasions"][0]["id"],
        fileId=f"StoredFile:{file.id}",
    )
    assert (row["title"], row["file"]["name"]) == ("urval.txt", "urval.txt")
    left = await do_id(
        town,
        "employee",
        "removeControlEvidence",
        "... on ControlOccasion { evidence { id } }",
        row["id"],
    )
    assert left["evidence"] == []
