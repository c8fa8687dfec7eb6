"""What documents ask of units, what the units tell back, and the overview of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from roder.infra.errors import Conflict, Forbidden, InvalidInput
from roder.infra.excel import read_sheet
from roder.platform.asked import who_is_asked
from roder.platform.modules.governing_documents import assignments, service
from roder.platform.modules.governing_documents.exporting import (
    ask_for_documents,
    ask_for_follow_up,
    export_documents,
    export_follow_up,
)
from roder.platform.modules.governing_documents.models import (
    AnswerState,
    AnswerStep,
    AssignmentKind,
    DocumentAnswer,
    DocumentAssignment,
)
from roder.platform.modules.governing_documents.overview import follow_up
from roder.platform.modules.governing_documents.tasks import document_tasks
from roder.platform.tasks import TaskKind
from roder.tenants.models import StoredFile
from roder.tenants.sealed.stored import get_bytes
from roder.workers.run import Pace, run_job

DAY = timedelta(days=1)
K = AssignmentKind


@pytest.fixture
def budget(town, decided):
    """The council's budget with an assignment to the home care and the school board."""

    async def come(work, *, due_on=None):
        document, _version = await decided(work, title="Budget 2026", type_key="budget")
        assignment = await assignments.add_assignment(
            work,
            document.id,
            kind=K.ASSIGNMENT,
            text="Minska sjukfrånvaron",
            due_on=due_on,
            unit_ids=[town.units["home_care"].id, town.units["school_board"].id],
        )
        return document, assignment

    return come


async def count(work, model):
    return await work.first(select(func.count()).select_from(model))


async def answer_of(work, town, unit):
    found = select(DocumentAnswer).where(DocumentAnswer.unit_id == town.units[unit].id)
    return (await work.scalars(found))[0]


async def test_each_unit_has_a_row_of_its_own(town, budget):
    committee, school = town.units["committee"].id, town.units["school_board"].id
    async with await town.work() as work:
        _document, assignment = await budget(work)
        await assignments.give_assignment(work, assignment.id, unit_ids=[committee, school])
        answers = await assignments.answers_to(work, [assignment.id])
        assert [each.state for each in answers] == [AnswerState.NOT_BEGUN] * 3
        third = await answer_of(work, town, "committee")
        await assignments.take_assignment(work, third.id)
        assert await count(work, DocumentAnswer) == 2


async def test_a_unit_tells_how_far_it_is_and_what_it_told_is_kept(town, budget):
    async with await town.work() as work:
        await budget(work)
    async with await town.work("manager") as work:
        answer = await answer_of(work, town, "home_care")
        await assignments.report_back(
            work, answer.id, state=AnswerState.UNDER_WAY, text="Vi har börjat.", version=0
        )
        with pytest.raises(Conflict):
            await assignments.report_back(
                work, answer.id, state=AnswerState.DONE, text="Klart.", version=0
            )
        with pytest.raises(InvalidInput):
            await assignments.report_back(work, answer.id, state=AnswerState.DONE, text=" ")
        await assignments.report_back(work, answer.id, state=AnswerState.DONE, text="Klart.")
        steps = await assignments.steps_of(work, answer.id)
        assert [(step.state, step.text) for step in steps] == [
            (AnswerState.DONE, "Klart."),
            (AnswerState.UNDER_WAY, "Vi har börjat."),
        ]
        assert (answer.told_by, answer.version) == (town.people["manager"].id, 2)
    async with await town.work() as work:
        with pytest.raises(Conflict, match="bevaras"):
            await assignments.take_assignment(work, answer.id)


async def test_only_those_who_write_for_the_unit_tell(town, budget):
    async with await town.work() as work:
        await budget(work)
    for who, unit in (
        ("manager", "school_board"),
        ("employee", "home_care"),
        ("auditor", "home_care"),
    ):
        async with await town.work(who) as work:
            answer = await answer_of(work, town, unit)
            with pytest.raises(Forbidden):
                await assignments.report_back(work, answer.id, state=AnswerState.DONE, text="Nej")
    async with await town.work() as work:
        assert await count(work, AnswerStep) == 0


async def test_only_those_who_write_for_the_body_ask(town, add):
    home_care = town.units["home_care"].id
    async with await town.work("manager") as work:
        document = await add(work, unit_id=home_care)
        with pytest.raises(Forbidden):
            await assignments.add_assignment(work, document.id, kind=K.GOAL, text="Mål")
        own = await add(work, unit_id=home_care, body_id=home_care)
        await assignments.add_assignment(
            work, own.id, kind=K.GOAL, text="Mål", unit_ids=[home_care]
        )
        with pytest.raises(InvalidInput, match="egna enheterna"):
            async with work.attempt():
                await assignments.add_assignment(
                    work, own.id, kind=K.GOAL, text="X", unit_ids=[town.units["school_board"].id]
                )
        assert await count(work, DocumentAssignment) == 1


async def test_nothing_is_told_of_a_draft_or_of_what_has_ended(town, add, budget):
    home_care = town.units["home_care"].id
    async with await town.work() as work:
        draft = await add(work)
        await assignments.add_assignment(
            work, draft.id, kind=K.GOAL, text="Mål", unit_ids=[home_care]
        )
        answer = await answer_of(work, town, "home_care")
        with pytest.raises(Conflict, match="inte beslutat"):
            await assignments.report_back(work, answer.id, state=AnswerState.DONE, text="Klart")
        assert (await follow_up(work)).rows == []
        _document, assignment = await budget(work)
        await assignments.end_assignment(work, assignment.id)
        other = await answer_of(work, town, "school_board")
        with pytest.raises(Conflict, match="inte upp längre"):
            await assignments.report_back(work, other.id, state=AnswerState.DONE, text="Klart")
        assert (await follow_up(work)).rows == []
        assert await count(work, AnswerStep) == 0


async def test_the_overview_counts_by_document_and_by_unit(town, budget):
    async with await town.work() as work:
        document, _assignment = await budget(work, due_on=work.today - DAY)
        mine = await answer_of(work, town, "home_care")
        await assignments.report_back(work, mine.id, state=AnswerState.DONE, text="Klart")
        found = await follow_up(work)
        narrow = await follow_up(work, unit_id=town.units["committee"].id)
        none = await follow_up(work, document_id=town.units["committee"].id)
        assert (found.whole.total, found.whole.late) == (2, 1)
        assert found.whole.counts[AnswerState.DONE] == 1
        assert [(each.name, each.total, each.late) for each in found.units] == [
            ("Barn- och utbildningsnämnden", 1, 1),
            ("Hemtjänst Öst", 1, 0),
        ]
        assert [(each.name, each.total) for each in found.documents] == [("Budget 2026", 2)]
        assert [row.answer.id for row in narrow.rows] == [mine.id]
        assert none.rows == []
        await service.withdraw_document(work, document.id, reason="Ny budget")
        assert (await follow_up(work)).rows == []


async def asked_of(town):
    async with await town.work(write=False) as work:
        asked = await who_is_asked(work, people=None, outcome_days=30, ahead_days=28)
        return await document_tasks(work, asked)


async def test_my_work_asks_at_once_and_again_before_the_last_day(town, budget):
    manager, local = town.people["manager"].id, town.people["local"].id
    async with await town.work() as work:
        today = work.today
        _document, assignment = await budget(work, due_on=today + 90 * DAY)
    tasks = await asked_of(town)
    (mine,) = [task for task in tasks if task.unit_name == "Hemtjänst Öst"]
    assert (mine.kind, mine.title) == (TaskKind.ANSWER_ASSIGNMENT, "Minska sjukfrånvaron")
    assert (mine.about, mine.people) == ("Budget 2026", {manager, local})
    assert len(tasks) == 2
    async with await town.work("manager") as work:
        answer = await answer_of(work, town, "home_care")
        await assignments.report_back(work, answer.id, state=AnswerState.UNDER_WAY, text="Börjat")
    assert [task.unit_name for task in await asked_of(town)] == ["Barn- och utbildningsnämnden"]
    async with await town.work() as work:
        await assignments.change_assignment(
            work, assignment.id, kind=K.ASSIGNMENT, text="Minska", due_on=today - DAY
        )
    late = [task.late for task in await asked_of(town)]
    assert late == [True, True]


async def made(town, job, kind):
    await run_job(
        town.runtime, {kind.name: kind}, tenant_id=town.tenant.id, job_id=job.id, pace=Pace()
    )
    async with await town.work(write=False) as work:
        file = (await work.scalars(select(StoredFile).where(StoredFile.job_id == job.id)))[0]
        return file.name, await get_bytes(work, file.key, file.key_number)


async def test_the_register_and_the_follow_up_are_written(town, budget):
    async with await town.work() as work:
        await budget(work, due_on=date(2026, 12, 31))
        answer = await answer_of(work, town, "home_care")
        await assignments.report_back(work, answer.id, state=AnswerState.DONE, text="Klart nu")
    async with await town.work("employee") as work:
        register = await ask_for_documents(work)
        sheet = await ask_for_follow_up(work, form="excel")
        text = await ask_for_follow_up(work, form="word")
    _name, data = await made(town, register, export_documents)
    told = str(read_sheet(data))
    assert "Budget 2026" in told
    assert "KS-2026-8" in told
    _name, data = await made(town, sheet, export_follow_up)
    told = str(read_sheet(data))
    assert "Klart nu" in told
    name, data = await made(town, text, export_follow_up)
    assert name.endswith(".docx")
    assert data[:2] == b"PK"
