"""Numbers of complaints without persons, the workbook, and complaints by the API."""

from __future__ import annotations

from typing import Any

import asking
import pytest
from complaint_schools import NAME, SAID, complain, stored, with_complaints
from sqlalchemy import select

from roder.infra.errors import Forbidden
from roder.infra.excel import read_sheet
from roder.platform.modules.school_quality import complaint_steps as steps
from roder.platform.modules.school_quality.complaint_chapters import complaint_chapter
from roder.platform.modules.school_quality.complaint_export import (
    ask_for_complaints,
    export_complaints,
)
from roder.platform.modules.school_quality.complaint_models import ComplaintOutcome, ComplaintState
from roder.platform.modules.school_quality.complaint_numbers import (
    complaint_numbers,
    complaints_at,
)
from roder.platform.modules.school_quality.complaints import Wanted, school_year
from roder.tenants.files import may_have
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.models import StoredFile
from roder.tenants.sealed.stored import get_bytes
from roder.workers.run import Pace, run_job

SHOWN = """{ reference year state way complainant outcome version law what name contact
  investigation toldBack unit { name } kind { key name } handler { name }
  steps { state note takenBy { name } } actions { title about } }"""


@pytest.fixture
async def schools(new_town):
    return await with_complaints(await new_town("Östhammar"))


@pytest.fixture
def ask(schools):
    """The data that somebody's document is answered with."""

    async def send(document: str, who: str = "principal", **variables: Any) -> Any:
        return await asking.ask(schools, who, document, **variables)

    return send


async def six_and_two(schools):
    """Six at one school, of which five are answered after 2 days, and two at the other."""
    for number in range(6):
        row = await complain(schools, ago=2, kind="meals" if number == 5 else "safety")
        if number < 5:
            async with await schools.work("principal") as work:
                await steps.confirm_complaint(work, row.id, on=row.received_on)
                await steps.write_investigation(
                    work, row.id, text="Ja.", outcome=ComplaintOutcome.FOUNDED
                )
                await steps.end_investigation(work, row.id)
                await steps.answer_complaint(work, row.id, told_back="Ja.")
    for _each in range(2):
        await complain(schools, "handler", unit="bok")


async def test_no_small_number_is_shown_nor_one_that_tells_of_it(schools):
    await six_and_two(schools)
    async with await schools.work(write=False) as work:
        year = school_year(work.today)
        found = await complaint_numbers(work, year=year)
        at = {
            key: await complaints_at(work, schools.units[key].id, year=year)
            for key in ("council", "school_board", "alm", "bok", "home_care")
        }

    assert (found.total, found.smallest) == (8, 5)
    assert {each.label: each.count for each in found.by_unit} == {
        "Almskolan": None,
        "Bokskolan": None,
    }
    assert {each.label: each.count for each in found.by_kind} == {
        "Trygghet och studiero": None,
        "Skolmåltider": None,
    }
    assert {each.key: each.count for each in found.by_outcome} == {"founded": None, "none": None}
    assert (found.days_to_confirm, found.days_to_answer) == (0.0, 2.0)
    assert at == {"council": 8, "school_board": 8, "alm": None, "bok": None, "home_care": 0}


async def test_numbers_are_those_of_where_one_may_take_them_out(schools):
    await six_and_two(schools)
    async with await schools.work("principal", write=False) as work:
        found = await complaint_numbers(work, year=school_year(work.today))
        before = await complaint_numbers(work, year=school_year(work.today) - 1)
    assert [each.label for each in found.by_unit] == ["Almskolan"]
    assert (before.total, list(before.by_unit), before.days_to_answer) == (0, [], None)
    async with await schools.work("employee", write=False) as work:
        with pytest.raises(Forbidden):
            await complaint_numbers(work, year=2026)


async def test_the_workbook_has_the_register_without_names_and_texts(schools):
    row = await complain(schools, ago=1, registry_number="BUN 2026/9")
    await complain(schools, "handler", unit="bok")
    async with await schools.work("principal") as work:
        job = await ask_for_complaints(work, Wanted(state=ComplaintState.RECEIVED))
    kinds = {export_complaints.name: export_complaints}
    await run_job(schools.runtime, kinds, tenant_id=schools.tenant.id, job_id=job.id, pace=Pace())

    async with await schools.work("principal", write=False) as work:
        (file,) = await work.scalars(select(StoredFile).where(StoredFile.job_id == job.id))
        data = await get_bytes(work, file.key, file.key_number)
        assert may_have(work, file)
    lines = [list(cells.values()) for _number, cells in read_sheet(data).rows]
    assert len(lines) == 2
    assert lines[1][:6] == [
        row.reference,
        "BUN 2026/9",
        "Almskolan",
        "Trygghet och studiero",
        "Vårdnadshavare",
        "Brev",
    ]
    assert [word for word in (NAME, SAID, "videkvist") if word in str(lines)] == []
    async with await schools.work(write=False) as work:
        assert not may_have(work, file)
        exported = await work.scalars(
            select(LogEntry).where(
                LogEntry.action == Action.EXPORT, LogEntry.kind == "school_complaint"
            )
        )
    assert [each.records for each in exported] == [[row.id]]


@pytest.fixture
def do(ask):
    """What one mutation answers with: the id of its record, or the problem."""

    async def send(_name: str, type_: str, **input: Any) -> dict[str, Any]:
        document = (
            f"mutation($input: {type_}!) {{ {_name}(input: $input) "
            "{ __typename ... on Node { id } ... on Problem { code message field } } }"
        )
        return (await ask(document, input=input))[_name]

    return send


@pytest.fixture
async def given(schools, ask):
    kinds = (await ask("{ schoolComplaintKinds { id key } }"))["schoolComplaintKinds"]
    return {
        "unitId": f"Unit:{schools.units['alm'].id}",
        "receivedOn": "2026-11-20",
        "way": "LETTER",
        "kindId": next(kind["id"] for kind in kinds if kind["key"] == "safety"),
        "complainant": "GUARDIAN",
        "what": SAID,
        "name": NAME,
    }


@pytest.fixture
async def closed(ask, do, given):
    """The id of a complaint that has come to its end by the API."""
    step = "SchoolComplaintStepInput"
    id = (await do("registerSchoolComplaint", "RegisterSchoolComplaintInput", **given))["id"]
    early = await do("answerSchoolComplaint", "AnswerSchoolComplaintInput", id=id, toldBack="Ja")
    assert early["code"] == "CONFLICT"
    await do("confirmSchoolComplaint", step, id=id, note="Brev.", version=1)
    await do(
        "writeSchoolComplaintInvestigation",
        "WriteSchoolComplaintInvestigationInput",
        id=id,
        text="Rastvärden var sjuk.",
        outcome="PARTLY",
    )
    await do("endSchoolComplaintInvestigation", step, id=id)
    plan = "PlanSchoolComplaintActionInput"
    title = "Se över rastvärdarnas schema"
    await do("planSchoolComplaintAction", plan, complaintId=id, title=title)
    await do("answerSchoolComplaint", "AnswerSchoolComplaintInput", id=id, toldBack="Två är ute.")
    close = "mutation($id: ID!) { closeSchoolComplaint(id: $id) { __typename } }"
    assert (await ask(close, id=id))["closeSchoolComplaint"]["__typename"] == "SchoolComplaint"
    return id


async def test_a_complaint_from_letter_to_end_by_the_api(ask, closed):
    data = await ask(f"query($id: ID!) {{ schoolComplaint(id: $id) {SHOWN} }}", id=closed)
    found = data["schoolComplaint"]
    reference = found.pop("reference")
    assert [step.pop("takenBy") for step in found["steps"]] == [{"name": "Rakel Rönn"}] * 5
    steps = [("RECEIVED", ""), ("CONFIRMED", "Brev."), ("INVESTIGATED", "")]
    steps += [("ANSWERED", ""), ("CLOSED", "")]
    assert found == {
        "year": 2026,
        "state": "CLOSED",
        "way": "LETTER",
        "complainant": "GUARDIAN",
        "outcome": "PARTLY",
        "version": 7,
        "law": "4 kap. 7–8 §§ skollagen (2010:800)",
        "what": SAID,
        "name": NAME,
        "contact": "",
        "investigation": "Rastvärden var sjuk.",
        "toldBack": "Två är ute.",
        "unit": {"name": "Almskolan"},
        "kind": {"key": "safety", "name": "Trygghet och studiero"},
        "handler": None,
        "steps": [{"state": state, "note": note} for state, note in steps],
        "actions": [{"title": "Se över rastvärdarnas schema", "about": f"Klagomål {reference}"}],
    }


async def test_the_api_shows_a_complaint_to_those_of_its_place_only(ask, closed):
    listed = await ask("{ schoolComplaints(state: CLOSED) { total rows { id what } } }")
    assert listed["schoolComplaints"] == {"total": 1, "rows": [{"id": closed, "what": SAID}]}
    other = await ask(
        "query($id: ID!) { schoolComplaint(id: $id) { id } node(id: $id) { id } "
        "schoolComplaints { total } }",
        "other_principal",
        id=closed,
    )
    assert other == {"schoolComplaint": None, "node": None, "schoolComplaints": {"total": 0}}
    numbers = "{ schoolComplaintNumbers(year: 2026) { total byKind { label count } smallest } }"
    assert (await ask(numbers, "auditor"))["schoolComplaintNumbers"] == {
        "total": None,
        "byKind": [{"label": "Trygghet och studiero", "count": None}],
        "smallest": 5,
    }


async def test_the_api_tells_where_a_personal_number_stands(schools, do, given):
    wrong = given | {"what": "Om 811218-9876"}
    refused = await do("registerSchoolComplaint", "RegisterSchoolComplaintInput", **wrong)
    assert (refused["code"], refused["field"]) == ("INVALID_INPUT", "what")
    assert await stored(schools) == []


async def test_the_quality_report_is_told_how_many_and_nothing_more(schools):
    async with await schools.work(write=False) as work:
        year = school_year(work.today)
        nothing = await complaint_chapter(work, schools.units["alm"].id, year + 1)
    await six_and_two(schools)
    async with await schools.work(write=False) as work:
        board = await complaint_chapter(work, schools.units["school_board"].id, year + 1)
        school = await complaint_chapter(work, schools.units["bok"].id, year + 1)

    word = f"{year}/{(year + 1) % 100:02}"
    assert (nothing.sentences, nothing.nothing) == (
        (f"Inga klagomål har kommit in under läsåret {word}.",),
        True,
    )
    assert (board.title, board.sentences, board.nothing) == (
        f"Klagomål {word}",
        (f"Klagomål som har kommit in under läsåret {word}: 8.",),
        False,
    )
    assert school.sentences[0].startswith(f"Klagomål har kommit in under läsåret {word}. Antalet")
    assert (school.nothing, school.tables) == (False, ())
