from __future__ import annotations

from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from roder.graphql.context import Context
from roder.graphql.schema import build_schema
from roder.platform.modules.goals.analysis.schema import AnalysisMutation, AnalysisQuery
from roder.platform.modules.goals.models import NodeKind, PlanNode
from roder.platform.modules.goals.schema import TYPES
from roder.platform.modules.goals.steering.design import LevelDesign, create_model
from roder.tenants.files import keep_upload
from roder.tenants.models import StoredFile
from roder.tenants.rows import uuid7
from roder.workers.models import Job

BOARD = (Path(__file__).parents[1] / "board_osthammar.tsv").read_bytes()
GOAL = "Minska sjukfrånvaro, öka sysselsättningsgrader och medarbetarnas nöjdhet"
FILLED = (
    "Mål\tKommentar\tStyrtal\tUtfall\tMåltal\tKommentar\n"
    f"{GOAL}\t\tAndel minskad sjukfrånvaro\t8,5%\t9%\tInte än\n"
)
LEVELS = (
    LevelDesign("committee_goal", NodeKind.GOAL, {"sv": "Nämndmål", "en": "Committee goal"}),
    LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål"}, ("committee_goal",)),
    LevelDesign("indicator", NodeKind.INDICATOR, {"sv": "Styrtal"}, ("goal",)),
    LevelDesign("assignment", NodeKind.ASSIGNMENT, {"sv": "Uppdrag"}, ("goal",)),
    LevelDesign("activity", NodeKind.ACTIVITY, {"sv": "Aktivitet"}, ("goal", "assignment")),
)
SCHEMA = build_schema(
    [
        SimpleNamespace(
            query=(AnalysisQuery,), mutation=(AnalysisMutation,), subscription=(), types=TYPES
        )
    ]
)
IMPORT = """
mutation ($input: ImportBoardInput!) {
  importBoard(input: $input) {
    __typename
    ... on BoardImport {
      year created updated unchanged notices errors { row column message }
    }
    ... on Problem { code message field }
  }
}
"""
ANALYSIS = """
query ($unit: ID!, $period: String!) {
  goalAnalysis(unitId: $unit, period: $period) {
    unit { code } unitName period periodName missing
    model { name }
    rows {
      depth parentId inherited due missing
      level { key }
      node { __typename id title ... on Indicator { measureUnit } }
      values { period total women target source consolidated enteredBy { name } }
      comment { text }
      light {
        light word colour source why sentence rule reason gaveWay setAt
        setBy { name }
        children { title light node { id } }
      }
    }
    warnings { kind sentence node { id } }
  }
}
"""
EXPORT = """
mutation ($input: ExportGoalAnalysisInput!) {
  exportGoalAnalysis(input: $input) {
    __typename
    ... on Job { id kind state }
    ... on Problem { code field }
  }
}
"""


@pytest.fixture(autouse=True)
async def model(town) -> None:
    async with await town.work() as work:
        await create_model(work, year=2020, name="Östhammar", levels=LEVELS)


async def ask(town, document: str, who: str = "administrator", **variables: Any) -> Any:
    async with await town.work(who) as work:
        return await SCHEMA.execute(
            document, variable_values=variables, context_value=Context(work)
        )


async def uploaded(town, data: bytes | str, who: str = "administrator") -> str:
    data = data.encode() if isinstance(data, str) else data
    async with await town.work(who) as work:
        file = await keep_upload(work, name="mål.tsv", media_type="text/plain", body=BytesIO(data))
        return f"StoredFile:{file.id}"


def unit(town, key: str = "committee") -> str:
    return f"Unit:{town.units[key].id}"


async def bring_in(town, data: bytes | str, **input: Any) -> Any:
    sent = {"unitId": unit(town), "fileId": await uploaded(town, data), "year": 2020} | input
    answer = await ask(town, IMPORT, input=sent)
    assert answer.errors is None
    return answer.data["importBoard"]


async def nodes(town) -> int:
    async with await town.work(write=False) as work:
        return (await work.scalars(select(func.count()).select_from(PlanNode)))[0]


async def test_a_board_is_sent_in_rehearsed_and_read_in(town):
    rehearsed = await bring_in(town, BOARD, dryRun=True)
    none = await nodes(town)
    done = await bring_in(town, BOARD)

    assert none == 0
    assert done["__typename"] == "BoardImport"
    assert (done["year"], done["created"], done["updated"], done["unchanged"]) == (2020, 7, 0, 0)
    assert done["errors"] == []
    assert done["notices"][0] == "Rubrikerna säger 2019; värdena förs in på 2020."
    assert rehearsed == done
    assert await nodes(town) == 7


async def test_what_is_wrong_in_a_board_is_told_by_row_and_column(town):
    told = await bring_in(town, "Nämndmål\tMål\tStyrtal\tUtfall\nA\tB\tC\ttolv")
    no_table = await bring_in(town, b"%PDF-1.7")
    no_year = await bring_in(town, BOARD, year=2031)

    assert told["errors"] == [
        {
            "row": 2,
            "column": "Utfall",
            "message": '"tolv" är inte ett tal. Skriv till exempel 77 eller 76,5.',
        }
    ]
    assert (no_table["__typename"], no_table["code"]) == ("Problem", "INVALID_INPUT")
    assert (no_year["field"], no_year["code"]) == ("year", "INVALID_INPUT")
    assert await nodes(town) == 0


async def test_the_analysis_answers_with_values_lights_and_why(town):
    for data in (BOARD, FILLED):
        await bring_in(town, data)

    answer = await ask(town, ANALYSIS, "employee", unit=unit(town), period="2020")

    assert answer.errors is None
    found = answer.data["goalAnalysis"]
    rows = found.pop("rows")
    warnings = found.pop("warnings")
    assert found == {
        "unit": {"code": "committee"},
        "unitName": "Socialnämnden",
        "period": "2020",
        "periodName": "2020",
        "missing": 4,
        "model": {"name": "Östhammar"},
    }
    assert [(row["depth"], row["node"]["__typename"], row["level"]["key"]) for row in rows] == [
        (0, "Goal", "committee_goal"),
        (1, "Goal", "goal"),
        *[(2, "Indicator", "indicator")] * 4,
        (2, "Activity", "activity"),
    ]
    goal = rows[1]["light"]
    assert (goal["light"], goal["word"], goal["colour"], goal["why"]) == (
        None,
        "Ingen färg än",
        None,
        "CHILD_WITHOUT_LIGHT",
    )
    assert [child["light"] for child in goal["children"]] == ["RED", None, None, None]
    assert goal["children"][0]["node"]["id"] == rows[2]["node"]["id"]
    assert rows[6]["light"] is None
    assert warnings[0] == {
        "kind": "GOAL_UNCOMMENTED",
        "sentence": f'Målet "{rows[0]["node"]["title"]}" har ingen kommentar.',
        "node": {"id": rows[0]["node"]["id"]},
    }
    assert [warning["kind"] for warning in warnings] == [
        *["GOAL_UNCOMMENTED"] * 2,
        *["OUTCOME_MISSING"] * 3,
        "ACTIVITY_OPEN",
        "ACTIVITY_UNCOMMENTED",
    ]


async def test_an_indicator_answers_with_its_values_and_why_its_colour(town):
    for data in (BOARD, FILLED):
        await bring_in(town, data)

    answer = await ask(town, ANALYSIS, "employee", unit=unit(town), period="2020")

    rows = answer.data["goalAnalysis"]["rows"]
    indicator = rows[2]
    assert indicator.pop("light") == {
        "light": "RED",
        "word": "Ej uppnått",
        "colour": "#c62828",
        "source": "RULE",
        "why": "BEYOND_LIMITS",
        "sentence": "Styrtalet är rött: utfallet 8,5\u00a0% är under måltalet 9,0\u00a0%, "
        "och högre är bättre.",
        "rule": "",
        "reason": "",
        "gaveWay": False,
        "setAt": None,
        "setBy": None,
        "children": [],
    }
    assert indicator == {
        "depth": 2,
        "parentId": rows[1]["node"]["id"],
        "inherited": False,
        "due": True,
        "missing": [],
        "level": {"key": "indicator"},
        "node": indicator["node"],
        "values": {
            "period": "2020",
            "total": "8.5",
            "women": None,
            "target": "9",
            "source": "mål.tsv",
            "consolidated": False,
            "enteredBy": {"name": "Asta Admin"},
        },
        "comment": {"text": "Inte än"},
    }
    assert indicator["node"]["measureUnit"] == "%"


async def test_a_period_that_is_none_is_refused_naming_the_field(town):
    answer = await ask(town, ANALYSIS, unit=unit(town), period="2020-T4")

    assert answer.data == {"goalAnalysis": None}
    assert answer.errors[0].original_error.field == "period"


async def test_an_export_is_asked_for_and_becomes_a_job(town):
    answer = await ask(town, EXPORT, "employee", input={"unitId": unit(town), "period": "2020"})

    job = answer.data["exportGoalAnalysis"]
    assert (job["__typename"], job["kind"], job["state"]) == (
        "Job",
        "goals.export_analysis",
        "QUEUED",
    )
    async with await town.work(write=False) as work:
        row = await work.first(select(Job))
    assert row is not None
    assert row.arguments == {
        "unit_id": str(town.units["committee"].id),
        "period": "2020",
        "model_id": None,
    }
    assert row.created_by == town.people["employee"].id


async def test_one_who_may_not_write_at_the_unit_reads_nothing_in(town):
    file = await uploaded(town, BOARD, "employee")
    for who in ("employee", "auditor", "manager"):
        answer = await ask(
            town, IMPORT, who, input={"unitId": unit(town), "fileId": file, "year": 2020}
        )
        assert answer.data["importBoard"]["code"] == "FORBIDDEN"
    assert await nodes(town) == 0


async def test_foreign_ids_and_absent_ones_get_the_same_answer(town, other_town):
    foreign_file = await uploaded(town, BOARD)
    own_file = await uploaded(other_town, BOARD)
    own_unit = unit(other_town)

    def sent(unit_id: str, file_id: str) -> dict[str, Any]:
        return {"unitId": unit_id, "fileId": file_id, "year": 2020}

    answers = [
        [
            (await ask(other_town, IMPORT, input=sent(a, own_file))).data,
            (await ask(other_town, IMPORT, input=sent(own_unit, b))).data,
            (await ask(other_town, EXPORT, input={"unitId": a, "period": "2020"})).data,
            str((await ask(other_town, ANALYSIS, unit=a, period="2020")).errors),
        ]
        for a, b in (
            (unit(town), foreign_file),
            (f"Unit:{uuid7()}", f"StoredFile:{uuid7()}"),
        )
    ]

    assert answers[0] == answers[1]
    assert answers[0][1]["importBoard"]["field"] == "fileId"
    assert await nodes(other_town) == 0
    async with await other_town.work(write=False) as work:
        assert (await work.scalars(select(func.count()).select_from(StoredFile)))[0] == 1
