"""What complaints ask of people, and what the municipality chooses about them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from complaint_schools import complain, with_complaints
from sqlalchemy import update

from roder.infra.errors import Conflict, Forbidden, InvalidInput, ModuleOff
from roder.platform.asked import who_is_asked
from roder.platform.modules.school_quality import complaint_steps as steps
from roder.platform.modules.school_quality import complaints
from roder.platform.modules.school_quality.complaint_kinds import (
    add_complaint_kind,
    change_complaint_kind,
    complaint_kinds,
    end_complaint_kind,
)
from roder.platform.modules.school_quality.complaint_tasks import complaint_tasks
from roder.platform.modules.school_quality.settings import SchoolQualitySettings
from roder.platform.tasks import TaskKind
from roder.tenants.municipality import save_settings
from roder.tenants.sealed.keys import KeyLocked, TenantKey


@pytest.fixture
async def schools(new_town):
    return await with_complaints(await new_town("Östhammar"))


async def test_complaints_are_asked_for_in_my_work_without_a_word_of_them(schools):
    row = await complain(schools, ago=4)

    async def tasks(who):
        async with await schools.work(who, write=False) as work:
            people = [schools.people[who].id]
            asked = await who_is_asked(work, people=people, outcome_days=0, ahead_days=0)
            return await complaint_tasks(work, asked)

    (task,) = await tasks("principal")
    assert (task.kind, task.title, task.about) == (TaskKind.CONFIRM_COMPLAINT, row.reference, "")
    assert (task.due_on, task.late) == (row.confirm_by, True)
    assert await tasks("handler") == []
    assert await tasks("administrator") == []

    async with await schools.work("principal") as work:
        await steps.confirm_complaint(work, row.id)
    (task,) = await tasks("principal")
    assert (task.kind, task.due_on, task.late) == (
        TaskKind.ANSWER_COMPLAINT,
        row.answer_by,
        False,
    )

    async with await schools.work("handler") as work:
        given = {"handler_id": schools.people["handler"].id}
        await complaints.change_complaint(work, row.id, changes=given)
    assert await tasks("principal") == []
    assert [task.kind for task in await tasks("handler")] == [TaskKind.ANSWER_COMPLAINT]


async def test_days_are_chosen_by_the_municipality(schools):
    async with await schools.work() as work:
        chosen = {"complaint_confirm_days": 1, "complaint_answer_days": 10}
        await save_settings(work, "school_quality", SchoolQualitySettings, values=chosen)
    row = await complain(schools)
    assert row.confirm_by == row.received_on + timedelta(days=1)
    assert row.answer_by == row.received_on + timedelta(days=10)


async def test_kinds_are_the_municipalitys_and_one_that_has_ended_is_chosen_no_more(schools):
    async with await schools.work() as work:
        first = (await complaint_kinds(work))[0]
        own = await add_complaint_kind(work, name={"sv": "Fritidshem"})
        await change_complaint_kind(work, own.id, name={"sv": "Fritids", "en": "Leisure"})
        await end_complaint_kind(work, first.id)
        with pytest.raises(Conflict):
            async with work.attempt():
                await end_complaint_kind(work, first.id)

    async with await schools.work("principal", write=False) as work:
        kinds = await complaint_kinds(work)
    assert len(kinds) == 12
    assert first.id not in {kind.id for kind in kinds}
    assert (kinds[-1].id, kinds[-1].name) == (own.id, {"sv": "Fritids", "en": "Leisure"})
    with pytest.raises(InvalidInput) as refused:
        await complain(schools, kind_id=first.id)
    assert refused.value.field == "kindId"
    with pytest.raises(Forbidden):
        async with await schools.work("handler") as work:
            await add_complaint_kind(work, name={"sv": "Annat"})


async def test_complaints_are_closed_when_the_module_is_off(new_town):
    town = await new_town()
    async with await town.work(write=False) as work:
        assert not work.allows("school_complaints.export")
        with pytest.raises(ModuleOff):
            await complaint_kinds(work)


async def test_texts_that_came_locked_say_so_in_a_list_and_are_not_opened(schools):
    row = await complain(schools)
    async with await schools.work("principal") as work:
        await work.execute(update(TenantKey).values(sealed=None, brought=[]))
    async with await schools.work("principal", write=False) as work:
        (listed,) = await complaints.opened(work, [row], glance=True)
        assert listed.what == "Låst: ge nyckeln som följde med den"
        with pytest.raises(KeyLocked):
            await complaints.get_complaint(work, row.id)
