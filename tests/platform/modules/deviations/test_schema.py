"""A misconduct from report to outcome through the API, as clients of the pages meet it."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from sqlalchemy import select

from roder.graphql.context import Context
from roder.graphql.documents import core_schema, find_operation, parse_document
from roder.graphql.planner.answering import Plans
from roder.platform.modules.deviations.models import DeviationCategory
from roder.platform.schema import product_schema
from roder.tenants.actors import Source, Way
from roder.tenants.entry import Entered
from roder.tenants.work import open_work

SCHEMA = product_schema()
MANAGERS = {"cause_area": "routines", "causes": "Ingen visste vem", "measures": "En lista"}


@pytest.fixture
def api(care):
    """An answer, by somebody who comes by the API: `await api("boss", "{ … }", name=value)`."""

    async def ask(who, query, **values):
        actor = replace(await care.actor(who), source=Source(Way.API, "graphql", "127.0.0.1"))
        async with open_work(
            care.runtime, care.tenant, actor, write=query.lstrip().startswith("mutation")
        ) as work:
            context = Context(work)
            result = await SCHEMA.execute(query, variable_values=values, context_value=context)
            context.tell()
            assert result.errors is None, result.errors
            return result.data

    return ask


def mutation(name, given, shown):
    inputs = ", ".join(f"${key}: {kind}" for key, kind in given.items())
    passed = ", ".join(f"{key}: ${key}" for key in given)
    return f"""mutation ({inputs}) {{ {name}({passed}) {{
        __typename {shown} ... on Problem {{ code message field }} }} }}"""


REPORT = mutation(
    "reportDeviation",
    {"input": "DeviationToSendInput!"},
    "... on SentDeviation { thanks report { id reference state what } }",
)
SUSPECT = mutation(
    "suspectMisconduct",
    {"id": "ID!", "investigatorId": "ID!", "reason": "String!", "version": "Int!"},
    "... on DeviationHandedOn { id }",
)
WRITE = mutation(
    "writeDeviationDocument",
    {
        "id": "ID!",
        "kind": "DeviationFormKind!",
        "answers": "[DeviationAnswerInput!]!",
        "version": "Int!",
        "complete": "Boolean",
    },
    "... on Deviation { version documents { kind version answers { key answer } completedAt } }",
)
DECIDE = mutation(
    "decideMisconduct",
    {
        "id": "ID!",
        "input": "DeviationDecisionInput!",
        "outcome": "String!",
        "version": "Int!",
    },
    "... on DeviationHandedOn { id }",
)
CASE = """query ($id: ID!) { deviation(id: $id) { version type state what parts reportedBy { name }
    unit { name } documents { kind version } history { what } outcome } }"""
INVESTIGATORS = "query ($id: ID!) { independentInvestigators(deviationId: $id) { id name } }"


async def test_a_misconduct_from_report_to_outcome(care, api):
    unit = f"Unit:{care.units['home_care'].id}"
    given = {"unitId": unit, "laws": ["SOL"], "what": "Hon blev lämnad ensam"}
    sent = (await api("reporter", REPORT, input=given))["reportDeviation"]
    assert sent["thanks"].startswith("Tack.")
    mine = sent["report"]["id"]
    id = mine.replace("MyDeviationReport", "Deviation")

    listed = await api("boss", "{ deviations { id reference opening unit { name } } }")
    assert listed["deviations"] == [
        {
            "id": id,
            "reference": sent["report"]["reference"],
            "opening": "Hon blev lämnad ensam",
            "unit": {"name": "Hemtjänst Öst"},
        }
    ]
    case = (await api("boss", CASE, id=id))["deviation"]
    assert case["reportedBy"] == {"name": "Rolf Rönn"}
    people = (await api("boss", INVESTIGATORS, id=id))["independentInvestigators"]
    assert [each["name"] for each in people] == ["Ante Ask", "Ulla Utter"]
    handing = {"id": id, "investigatorId": people[1]["id"], "reason": "Det har hänt förr"}
    refused = await api("boss", SUSPECT, **handing, version=case["version"] + 1)
    assert refused["suspectMisconduct"]["code"] == "CONFLICT"
    done = await api("boss", SUSPECT, **handing, version=case["version"])
    assert done["suspectMisconduct"] == {"__typename": "DeviationHandedOn", "id": id}

    assert (await api("boss", CASE, id=id)) == {"deviation": None}
    assert (await api("boss", "{ deviations { id } }")) == {"deviations": []}
    refused = await api("boss", SUSPECT, **handing, version=case["version"])
    assert refused["suspectMisconduct"]["code"] == "NOT_FOUND"

    await investigated(api, id)
    back = (await api("boss", CASE, id=id))["deviation"]
    assert back["outcome"] == "Vi har ändrat schemat"
    assert [each["what"] for each in back["history"]][-2:] == ["DECIDED", "RETURNED"]
    assert "SOL_LSS" not in [each["kind"] for each in back["documents"]]
    told = await api("reporter", "{ myDeviationReports { id outcome type } }")
    assert told["myDeviationReports"] == [
        {"id": mine, "outcome": "Vi har ändrat schemat", "type": "DEVIATION"}
    ]


async def investigated(api, id):
    answers = [
        {"key": key, "value": "Utrett"}
        for key in ("event", "consequences", "causes", "assessment", "proposal")
    ]
    writing = {"id": id, "kind": "SOL_LSS", "answers": answers, "complete": True}
    written = await api("investigator", WRITE, **writing, version=0)
    assert written["writeDeviationDocument"]["__typename"] == "Deviation"
    refused = await api("officer", WRITE, **writing, version=1)
    assert refused["writeDeviationDocument"]["code"] == "FORBIDDEN"
    case = (await api("officer", CASE, id=id))["deviation"]
    decision = {"finding": "MISCONDUCT", "reason": "Så var det", "notified": False}
    deciding = {"id": id, "outcome": "Vi har ändrat schemat", "version": case["version"]}
    wrong = decision | {"authorityCaseNumber": "IVO 1"}
    refused = await api("officer", DECIDE, **deciding, input=wrong)
    assert refused["decideMisconduct"]["field"] == "authorityCaseNumber"
    decided = await api("officer", DECIDE, **deciding, input=decision)
    assert decided["decideMisconduct"]["__typename"] == "DeviationHandedOn"


async def test_who_does_not_see_a_case_gets_the_same_answer_as_if_it_were_not_there(
    care, api, suspected
):
    """By its id, in the register, by its words and by its reference; before and after."""
    everything = """query ($id: ID!, $text: String!) {
        deviation(id: $id) { id } node(id: $id) { id } whoCanSee(id: $id) { everyone }
        deviations(text: $text) { id }
        deviationStatistics(year: 2026, by: MONTH) { total counts { count } } }"""
    absent = {"id": "Deviation:00000000-0000-0000-0000-000000000001", "text": "frukosten"}
    before = await api("boss", everything, **absent)

    id = await suspected()

    assert await api("boss", everything, id=f"Deviation:{id}", text="frukosten") == before
    assert await api("boss", everything, id=f"MyDeviationReport:{id}", text="Ek") == before


async def test_a_draft_is_kept_changed_and_thrown_away(care, api):
    keep = mutation(
        "saveDeviationDraft",
        {"input": "DeviationReportInput!"},
        "... on MyDeviationReport { id version what }",
    )
    change = mutation(
        "changeDeviationDraft",
        {"id": "ID!", "version": "Int!", "input": "DeviationReportInput!"},
        "... on MyDeviationReport { id version what }",
    )
    discard = mutation("discardDeviationDraft", {"id": "ID!"}, "... on DiscardedDeviation { id }")
    kept = (await api("reporter", keep, input={"what": "Hon"}))["saveDeviationDraft"]
    refused = await api("reporter", change, id=kept["id"], version=1, input={"what": "811218-9876"})
    assert refused["changeDeviationDraft"] == {
        "__typename": "Problem",
        "code": "INVALID_INPUT",
        "message": "Texten ser ut att innehålla ett personnummer. Ta bort det innan du sparar.",
        "field": "what",
    }
    changed = await api("reporter", change, id=kept["id"], version=1, input={"what": "Hon väntade"})
    assert changed["changeDeviationDraft"]["version"] == 2
    await api("reporter", discard, id=kept["id"])
    assert await api("reporter", "{ myDeviationReports { id } }") == {"myDeviationReports": []}


async def test_the_catalogues_and_numbers_are_there_for_those_who_ask(care, api, reported):
    await reported()
    found = await api(
        "reporter",
        """{ deviationCategories(laws: [LSS]) { name laws parent { name } }
        deviationForm(kind: REPORT) { number fields { key label kind choices { label } } } }""",
    )
    assert found["deviationCategories"][0]["name"] == "Fall"
    assert found["deviationForm"]["fields"][0]["choices"][0] == {"label": "Ja"}
    asked = """query ($unit: ID!) { deviationSummary(unitId: $unit, year: 2026) {
        nothing sentences measures { measure year } } }"""
    summary = await api("boss", asked, unit=f"Unit:{care.units['home_care'].id}")
    assert summary["deviationSummary"]["nothing"] is True
    assert summary["deviationSummary"]["sentences"] == ["Inga Lex Sarah är hanterade under året."]


async def test_categories_that_are_no_rows_yet_are_answered_without_strawberry(care):
    text = """{ deviationCategories(laws: [LSS]) { id key name laws endedAt parent { id key } }
        deviationForm(kind: REPORT) { id number fields { key } } }"""
    document = parse_document(text)
    made = await Plans(core_schema(SCHEMA)).assemble(
        care.runtime,
        Entered(care.tenant, await care.actor("reporter")),
        document,
        find_operation(document, None),
        {},
    )

    assert made is not None
    found = orjson.loads(made)["data"]
    top, below = found["deviationCategories"][:2]
    assert (top["key"], top["name"], top["parent"]) == ("fall", "Fall", None)
    assert (below["key"], below["parent"]) == ("fall_alone", {"id": top["id"], "key": "fall"})
    assert found["deviationForm"]["number"] == 1
    async with await care.work("reporter", write=False) as work:
        assert await work.scalars(select(DeviationCategory)) == []
