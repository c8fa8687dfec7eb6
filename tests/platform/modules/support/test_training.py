"""Whom to ask is the nearest; courses are taken by one's own word or a trainer's."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.infra.excel import read_sheet
from roder.platform.modules.support import contacts, training
from roder.platform.modules.support.beside_help import beside_help
from roder.platform.modules.support.exporting import ask_for_completions, export_completions
from roder.platform.modules.support.models import CourseCompletion, CourseKind, SupportContact
from roder.tenants.models import Person, StoredFile
from roder.tenants.rows import uuid7
from roder.tenants.sealed.stored import get_bytes
from roder.workers.run import Pace, run_job


async def course(work, title="Följa upp mål", **given):
    return await training.save_course(work, title=title, kind=CourseKind.MEETING, **given)


async def test_the_nearest_is_asked_the_one_for_the_module_first(town):
    async with await town.work() as work:
        for unit, area, name in (
            ("council", "", "Servicedesk"),
            ("committee", "goals", "Målstöd"),
            ("committee", "", "Nämndstöd"),
            ("home_care", "reports", "Rapportstöd"),
        ):
            await contacts.save_contact(
                work, unit_id=town.units[unit].id, role="Stöd", area=area, name=name, phone="1"
            )

    async with await town.work("employee", write=False) as work:

        async def asked(unit, area):
            found = await contacts.contacts_for(work, town.units[unit].id, area=area)
            return [each.name for each in found]

        assert await asked("home_care", "goals") == ["Målstöd", "Nämndstöd"]
        assert await asked("home_care", "reports") == ["Rapportstöd", "Nämndstöd"]
        assert await asked("home_care", "") == ["Nämndstöd"]
        assert await asked("school_board", "goals") == ["Servicedesk"]
        near = await contacts.contacts_near(work, town.units["home_care"].id)
        assert [each.name for each in near] == ["Nämndstöd", "Målstöd", "Rapportstöd"]
        with pytest.raises(NotFound):
            await contacts.contacts_for(work, uuid7())


async def test_beside_a_manual_stand_its_contacts_films_and_courses(town):
    council = town.units["council"].id
    async with await town.work() as work:
        person = town.people["manager"].id
        await contacts.save_contact(
            work, unit_id=council, role="Målstöd", area="goals", person_id=person, hours="8–12"
        )
        given = {"unit_id": council, "role": "Allt", "name": "Servicedesk", "phone": "0173-555 00"}
        await contacts.save_contact(work, **given)
        film = "https://film.example/mal"
        await training.save_course(
            work, title="Målen", kind=CourseKind.FILM, area="goals", address=film, minutes=6
        )
        await training.save_course(work, title="Manual", kind=CourseKind.MANUAL, area="goals")
        await course(work, "Risker", area="internal_control")
        await course(work, "Allt om tjänsten", for_trainers=True)

    home_care = town.units["home_care"].id
    async with await town.work("employee", write=False) as work:
        ask, learn = await beside_help(work, "goals", home_care)
        nobody, other = await beside_help(work, "internal_control", None)
    assert [(line.text, line.hints, line.address) for line in ask.lines] == [
        ("Mona Chef", ["Målstöd", ask.lines[0].hints[1], "8–12"], ask.lines[0].address),
        ("Servicedesk", ["Allt", "0173-555 00"], ""),
    ]
    assert ask.lines[0].address == f"mailto:{ask.lines[0].hints[1]}"
    assert [(line.text, line.hints, line.address, line.page) for line in learn.lines] == [
        ("Allt om tjänsten", ["Utbildning på plats", "för utbildare"], "", ""),
        ("Målen", ["Film", "6 minuter"], film, ""),
        ("All utbildning", (), "", "training"),
    ]
    assert nobody.lines == []
    assert [line.text for line in other.lines] == ["Allt om tjänsten", "Risker", "All utbildning"]


@pytest.mark.parametrize(
    ("given", "field"),
    [({"name": ""}, "name"), ({"phone": ""}, "phone"), ({"role": " "}, "role")],
)
async def test_a_contact_that_cannot_be_reached_is_refused(town, given, field):
    values = {"role": "Stöd", "name": "Servicedesk", "phone": "1"} | given
    async with await town.work() as work:
        with pytest.raises(InvalidInput) as refused:
            async with work.attempt():
                await contacts.save_contact(work, unit_id=town.units["council"].id, **values)
        assert refused.value.field == field
    async with await town.work(write=False) as work:
        assert await work.scalars(select(SupportContact)) == []


async def test_a_local_administrator_names_contacts_at_own_units_only(town):
    async with await town.work("local") as work:
        given = {"role": "Stöd", "name": "Vi", "phone": "1"}
        row = await contacts.save_contact(work, unit_id=town.units["home_care"].id, **given)
        for unit in ("council", "school_board"):
            with pytest.raises(Forbidden):
                async with work.attempt():
                    await contacts.save_contact(work, unit_id=town.units[unit].id, **given)
        await contacts.remove_contact(work, row.id)
    async with await town.work(write=False) as work:
        assert await work.scalars(select(SupportContact)) == []


async def test_one_takes_a_course_by_ones_own_word_once(town):
    async with await town.work() as work:
        made = await course(work, area="goals")
    async with await town.work("employee") as work:
        first = await training.complete_course(work, made.id)
        again = await training.complete_course(work, made.id)
        assert first.id == again.id
        assert first.confirmed_by is None
    async with await town.work("employee", write=False) as work:
        assert list(await training.own_completions(work)) == [made.id]


async def test_whoever_has_taken_the_trainers_course_confirms_others(town):
    manager, employee = town.people["manager"].id, town.people["employee"].id
    async with await town.work() as work:
        goals, reports = await course(work, area="goals"), await course(work, area="reports")
        trainers = await course(work, "Utbilda andra", area="goals", for_trainers=True)
    async with await town.work("manager") as work:
        with pytest.raises(Forbidden):
            await training.complete_course(work, trainers.id)
        with pytest.raises(Forbidden):
            await training.confirm_completions(work, goals.id, person_ids=[employee])
    async with await town.work() as work:
        await training.confirm_completions(work, trainers.id, person_ids=[manager])
    async with await town.work("manager") as work:
        (made,) = await training.confirm_completions(work, goals.id, person_ids=[employee])
        assert (made.person_id, made.confirmed_by) == (employee, manager)
        for other in (reports, trainers):
            with pytest.raises(Forbidden):
                await training.confirm_completions(work, other.id, person_ids=[employee])
    async with await town.work(write=False) as work:
        kept = await work.scalars(select(CourseCompletion.person_id))
    assert sorted(kept) == sorted([manager, employee])


async def test_nobody_of_another_municipality_is_confirmed(town, other_town):
    async with await town.work() as work:
        made = await course(work)
        with pytest.raises(NotFound):
            async with work.attempt():
                await training.confirm_completions(
                    work, made.id, person_ids=[other_town.people["employee"].id]
                )
    async with await town.work(write=False) as work:
        assert await work.scalars(select(CourseCompletion)) == []


async def test_a_course_that_has_ended_is_taken_no_more(town):
    async with await town.work() as work:
        made = await course(work)
        await training.end_course(work, made.id)
        with pytest.raises(Conflict):
            await training.end_course(work, made.id)
        assert await training.courses(work) == []
    async with await town.work("employee") as work:
        with pytest.raises(Conflict):
            await training.complete_course(work, made.id)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"address": "javascript:alert(1)"}, "address"),
        ({"kind": CourseKind.FILM}, "address"),
        ({"minutes": -1}, "minutes"),
        ({"title": ""}, "title"),
    ],
)
async def test_a_course_without_what_it_needs_is_refused(town, given, field):
    values = {"title": "Kurs", "kind": CourseKind.MANUAL} | given
    async with await town.work() as work:
        with pytest.raises(InvalidInput) as refused:
            async with work.attempt():
                await training.save_course(work, **values)
        assert refused.value.field == field
        assert await training.courses(work) == []


async def test_administrators_see_who_has_taken_a_course(town):
    async with await town.work() as work:
        made = await course(work)
    async with await town.work("manager") as work:
        await training.complete_course(work, made.id)
        with pytest.raises(Forbidden):
            await training.learned(work, made.id)
    async with await town.work(write=False) as work:
        found = await training.learned(work, made.id)
        everybody = await work.scalars(select(Person.id))
        taken = [each.person.id for each in found if each.completion]
        assert (len(found), taken) == (len(everybody), [town.people["manager"].id])
    async with await town.work("local", write=False) as work:
        below = [each.person.id for each in await training.learned(work, made.id)]
        assert town.people["manager"].id in below
        assert town.people["administrator"].id not in below


async def test_who_has_taken_a_course_goes_to_excel(runtime, town):
    async with await town.work() as work:
        made = await course(work, "Följa upp mål")
        await training.confirm_completions(work, made.id, person_ids=[town.people["employee"].id])
        day = work.today.isoformat()
        asked = await ask_for_completions(work, made.id)
    kinds = {export_completions.name: export_completions}
    await run_job(runtime, kinds, tenant_id=town.tenant.id, job_id=asked.id, pace=Pace())
    async with await town.work(write=False) as work:
        (file,) = await work.scalars(select(StoredFile).where(StoredFile.job_id == asked.id))
        data = await get_bytes(work, file.key, file.key_number)
        employee = await work.get(Person, town.people["employee"].id)
    text = str(read_sheet(data))
    assert text.count(day) == 1
    assert employee.name in text
    assert employee.email in text
    assert file.needs == "support.write"
