"""What a unit is going to do about what a document asks of it, and how that is shown back."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import asking
import pytest
from asking import SCHEMA
from sqlalchemy import func, select

from roder.graphql.context import Context
from roder.graphql.nodes import global_id
from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.infra.excel import read_sheet
from roder.platform.modules.actions.models import PlannedAction
from roder.platform.modules.actions.service import drop_action, finish_action, get_action
from roder.platform.modules.governing_documents import assignments
from roder.platform.modules.governing_documents.answer_actions import plan_answer_action
from roder.platform.modules.governing_documents.documents_schema import GoverningDocument
from roder.platform.modules.governing_documents.exporting import (
    ask_for_follow_up,
    export_follow_up,
)
from roder.platform.modules.governing_documents.models import (
    AnswerState,
    AssignmentKind,
    DocumentAnswer,
)
from roder.platform.modules.governing_documents.overview import follow_up
from roder.tenants.models import StoredFile
from roder.tenants.rows import uuid7
from roder.tenants.sealed.stored import get_bytes
from roder.workers.run import Pace, run_job

DUE = date(2026, 12, 1)


@pytest.fixture
async def answer(town, decided):
    """What the home care is to tell of an assignment in the council's budget."""
    async with await town.work() as work:
        document, _version = await decided(work, title="Budget 2026", type_key="budget")
        assignment = await assignments.add_assignment(
            work,
            document.id,
            kind=AssignmentKind.ASSIGNMENT,
            text="Minska sjukfrånvaron\ni hemtjänsten",
            unit_ids=[town.units["home_care"].id],
        )
        (row,) = await assignments.answers_to(work, [assignment.id])
    return row


async def count(work):
    return await work.first(select(func.count()).select_from(PlannedAction))


async def test_a_unit_plans_what_it_is_going_to_do(town, answer):
    owner = town.people["employee"].id
    async with await town.work("manager") as work:
        row = await plan_answer_action(
            work, answer.id, title="Fråga varje månad", owner_id=owner, due_on=DUE, version=0
        )
    assert (row.version, row.state, row.told_at) == (1, AnswerState.NOT_BEGUN, None)
    async with await town.work("employee", write=False) as work:
        action = await get_action(work, row.action_id)
        (followed,) = (await follow_up(work)).rows
        assert followed.action == action
    assert (action.title, action.due_on, action.owner_id) == ("Fråga varje månad", DUE, owner)
    assert action.unit_id == town.units["home_care"].id
    assert (action.module, action.page) == ("governing_documents", "document_answer")
    assert action.params == {"row": str(answer.id)}
    assert action.about == "Budget 2026: Minska sjukfrånvaron i hemtjänsten"


async def test_a_second_action_is_planned_when_the_first_has_ended(town, answer):
    async with await town.work("manager") as work:
        first = (await plan_answer_action(work, answer.id, title="Ett")).action_id
        with pytest.raises(Conflict, match="redan planerat"):
            await plan_answer_action(work, answer.id, title="Två")
        assert await count(work) == 1
        await drop_action(work, first, outcome="Gick inte")
        second = (await plan_answer_action(work, answer.id, title="Två")).action_id
        assert second != first
        assert await count(work) == 2


@pytest.mark.parametrize("who", ["employee", "auditor"])
async def test_only_those_who_write_for_the_unit_plan_for_it(town, answer, who):
    async with await town.work(who) as work:
        with pytest.raises(Forbidden):
            await plan_answer_action(work, answer.id, title="Nej")
        assert await count(work) == 0


async def test_a_refused_plan_leaves_the_answer_as_it_was(town, answer, lund):
    async with await town.work("manager") as work:
        for error, given in (
            (InvalidInput, {"title": " "}),
            (NotFound, {"title": "Ett", "owner_id": uuid7()}),
            (Conflict, {"title": "Ett", "version": 7}),
        ):
            with pytest.raises(error):
                async with work.attempt():
                    await plan_answer_action(work, answer.id, **given)
        row = await assignments.get_answer(work, answer.id)
        assert (row.action_id, row.version, await count(work)) == (None, 0, 0)
    async with await town.work() as work:
        await assignments.end_assignment(work, answer.assignment_id)
    async with await town.work("manager") as work:
        with pytest.raises(Conflict, match="inte upp längre"):
            await plan_answer_action(work, answer.id, title="Ett")
        assert await count(work) == 0
    async with await lund.work() as work:
        with pytest.raises(NotFound):
            await plan_answer_action(work, answer.id, title="Ett")


async def test_the_workbook_tells_how_far_the_action_has_come(town, answer):
    async with await town.work("manager") as work:
        row = await plan_answer_action(work, answer.id, title="Fråga varje månad")
        await finish_action(work, row.action_id, outcome="Frågat i tre månader")
    async with await town.work("employee") as work:
        job = await ask_for_follow_up(work, form="excel")
    kinds = {export_follow_up.name: export_follow_up}
    await run_job(town.runtime, kinds, tenant_id=town.tenant.id, job_id=job.id, pace=Pace())
    async with await town.work(write=False) as work:
        file = (await work.scalars(select(StoredFile).where(StoredFile.job_id == job.id)))[0]
        sheet = read_sheet(await get_bytes(work, file.key, file.key_number))
    rows = [cells for _number, cells in sheet.rows]
    head = next(place for place, cells in enumerate(rows) if cells.get(7) == "Åtgärd")
    below = rows[head + 1]
    assert rows[head][8] == "Åtgärdens läge"
    assert below[7] == "Fråga varje månad"
    assert "Klar" in below[8]


PLAN = """mutation ($input: PlanDocumentAnswerActionInput!) {
  planDocumentAnswerAction(input: $input) {
    ... on DocumentAnswer {
      version action { title dueOn state owner { name } about unit { name } }
    }
    ... on Problem { code field }
  }
}"""


@pytest.fixture
def ask(town):
    return partial(asking.ask, town)


async def test_a_program_plans_it_and_reads_how_far_it_has_come(town, answer, ask):
    given = {"id": f"DocumentAnswer:{answer.id}", "title": "Fråga varje månad", "version": 0}
    owner = f"Person:{town.people['employee'].id}"
    refused = await ask("employee", PLAN, input=given)
    assert refused["planDocumentAnswerAction"] == {"code": "FORBIDDEN", "field": None}
    planned = await ask("manager", PLAN, input=given | {"ownerId": owner, "dueOn": "2026-12-01"})
    assert planned["planDocumentAnswerAction"] == {
        "version": 1,
        "action": {
            "title": "Fråga varje månad",
            "dueOn": "2026-12-01",
            "state": "OPEN",
            "owner": {"name": "Elis Anställd"},
            "about": "Budget 2026: Minska sjukfrånvaron i hemtjänsten",
            "unit": {"name": "Hemtjänst Öst"},
        },
    }
    again = await ask("manager", PLAN, input=given | {"version": None})
    assert again["planDocumentAnswerAction"] == {"code": "CONFLICT", "field": None}
    async with await town.work("manager") as work:
        row = await work.get(DocumentAnswer, answer.id)
        await finish_action(work, row.action_id, outcome="Klart")
    shown = await ask("auditor", "{ documentFollowUp { answers { action { state } } } }")
    assert shown["documentFollowUp"]["answers"] == [{"action": {"state": "DONE"}}]


LIST = """query ($first: Int, $after: String, $overdue: Boolean!) {
  governingDocuments(first: $first, after: $after, overdue: $overdue) {
    totalCount nodes { title } pageInfo { hasNextPage endCursor }
  }
}"""


async def test_documents_are_paged_by_their_titles_as_swedes_sort_them(town, add, ask):
    async with await town.work() as work:
        for title in ("Öppna data", "Arkiv", "Ärenden", "Ålder", "arbetsmiljö"):
            await add(work, title=title)
    found, after = [], None
    while True:
        page = await ask("employee", LIST, first=2, after=after, overdue=False)
        listed = page["governingDocuments"]
        assert listed["totalCount"] == 5
        found.append([node["title"] for node in listed["nodes"]])
        after = listed["pageInfo"]["endCursor"]
        if not listed["pageInfo"]["hasNextPage"]:
            break
    assert found == [["arbetsmiljö", "Arkiv"], ["Ålder", "Ärenden"], ["Öppna data"]]


async def test_only_the_overdue_are_paged_when_so_asked(town, add, decided, ask):
    async with await town.work() as work:
        await add(work, title="Ett utkast")
        await decided(work, title="Ska ses över", review_on=work.today - timedelta(days=1))
    (node,) = (await ask("auditor", LIST, overdue=True))["governingDocuments"]["nodes"]
    assert node == {"title": "Ska ses över"}


async def test_a_strange_cursor_is_told_of(town, add):
    async with await town.work() as work:
        await add(work)
        answer = await SCHEMA.execute(
            LIST, variable_values={"after": "x", "overdue": False}, context_value=Context(work)
        )
    assert [error.extensions["code"] for error in answer.errors] == ["INVALID_INPUT"]


async def test_another_municipality_has_none_of_them(town, lund, add):
    async with await town.work() as work:
        row = await add(work)
    async with await lund.work() as work:
        query = f'{{ governingDocument(id: "{global_id(GoverningDocument, row.id)}") {{ id }} }}'
        one = await SCHEMA.execute(query, context_value=Context(work))
        every = await SCHEMA.execute(
            LIST, variable_values={"overdue": False}, context_value=Context(work)
        )
    assert one.data == {"governingDocument": None}
    assert every.data["governingDocuments"]["totalCount"] == 0
