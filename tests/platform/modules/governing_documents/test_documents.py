"""Governing documents: the register, the hierarchy, versions, states, and what is overdue."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.asked import who_is_asked
from roder.platform.modules.governing_documents import service, versions
from roder.platform.modules.governing_documents.finding import find_documents
from roder.platform.modules.governing_documents.listing import Filter, documents, hierarchy, listed
from roder.platform.modules.governing_documents.models import (
    Applies,
    DocumentFile,
    DocumentState,
    DocumentVersion,
    GoverningDocument,
)
from roder.platform.modules.governing_documents.settings import DocumentSettings, document_settings
from roder.platform.modules.governing_documents.states import Overdue, all_versions, in_force
from roder.platform.modules.governing_documents.tasks import document_tasks
from roder.platform.tasks import Because, TaskKind
from roder.tenants.files import keep_upload
from roder.tenants.municipality import save_settings
from roder.tenants.rows import uuid7

DAY = timedelta(days=1)


async def count(work, model=GoverningDocument):
    return await work.first(select(func.count()).select_from(model))


async def state(work, document):
    return (await listed(work, document.id)).state


async def test_the_types_are_there_from_the_beginning(work):
    types = (await document_settings(work)).types
    assert [each.key for each in types] == [
        "budget",
        "vision",
        "program",
        "strategi",
        "plan",
        "reglemente",
        "foreskrift",
        "taxa",
        "policy",
        "riktlinje",
        "regler",
        "rutin",
        "anvisning",
    ]
    two = [types[0].model_dump(), types[0].model_dump()]
    with pytest.raises(InvalidInput, match="samma nyckel"):
        await save_settings(work, "governing_documents", DocumentSettings, values={"types": two})


async def test_a_document_gets_the_next_number_of_the_year(town, add):
    async with await town.work() as work:
        first, own, second = await add(work), await add(work, number="KF 7"), await add(work)
        with pytest.raises(Conflict, match="KF 7"):
            await add(work, number="KF 7")
        year = work.today.year
        assert await count(work) == 3
    numbers = [first.number, own.number, second.number]
    assert numbers == [f"SD-{year}-01", "KF 7", f"SD-{year}-02"]


async def test_the_council_decides_for_all_and_a_committee_for_its_own(town, add):
    committee, school = town.units["committee"].id, town.units["school_board"].id
    home_care = town.units["home_care"].id
    async with await town.work() as work:
        whole = await add(work, applies=Applies.ALL)
        own = await add(work, body_id=committee)
        part = await add(work, body_id=committee, unit_ids=[home_care])
        for values in ({"applies": Applies.ALL}, {"unit_ids": [school]}):
            with pytest.raises(InvalidInput):
                async with work.attempt():
                    await add(work, body_id=committee, **values)
        named = await service.units_of(work, [whole.id, own.id, part.id])
        assert await count(work) == 3
    assert named == {whole.id: [], own.id: [committee], part.id: [home_care]}


async def test_the_hierarchy_has_no_circles_and_follows_the_ranks(town, add):
    async with await town.work() as work:
        program = await add(work, title="Program", type_key="program")
        plan = await add(work, title="Plan", type_key="plan", superior_id=program.id)
        routine = await add(work, title="Rutin", type_key="rutin", superior_id=plan.id)
        for document, above, told in (
            (program, program, "redan under"),
            (program, routine, "redan under"),
            (plan, routine, "redan under"),
        ):
            with pytest.raises(InvalidInput, match=told):
                await service.change_document(work, document.id, superior_id=above.id)
        with pytest.raises(InvalidInput, match="Rutin kan inte stå över Policy"):
            await add(work, title="Policy", type_key="policy", superior_id=routine.id)
        with pytest.raises(NotFound):
            await add(work, superior_id=uuid7())
        assert await count(work) == 3
        (root,) = await hierarchy(work)
    assert root.listed.document.title == "Program"
    assert root.below[0].below[0].listed.document.title == "Rutin"


async def test_the_councils_budget_is_superior_to_all(town, add, decided):
    committee = town.units["committee"].id
    async with await town.work() as work:
        plan = await add(work, title="Plan", type_key="plan")
        budget, _version = await decided(work, title="Budget 2026", type_key="budget")
        inner, _version = await decided(
            work, title="Nämndens budget", type_key="budget", body_id=committee
        )
        (root,) = await hierarchy(work)
        with pytest.raises(InvalidInput, match="överordnad alla andra"):
            await service.change_document(work, budget.id, superior_id=inner.id)
    assert root.listed.document.id == budget.id
    assert {branch.listed.document.id for branch in root.below} == {plan.id, inner.id}


async def test_the_state_follows_from_dates_and_rows(town, add, decision):
    async with await town.work() as work:
        today = work.today
        document = await add(work)
        assert await state(work, document) is DocumentState.DRAFT
        first = await versions.draft_version(work, document.id)
        assert await state(work, document) is DocumentState.DRAFT
        await versions.decide_version(work, first.id, valid_from=today + DAY, **decision())
        assert await state(work, document) is DocumentState.COMING
        second = await versions.draft_version(work, document.id, changes="Ny text")
        await versions.decide_version(work, second.id, **decision())
        assert second.valid_from == date(2026, 2, 24)
        assert await state(work, document) is DocumentState.VALID
        await versions.end_version(work, second.id, valid_to=today - DAY)
        assert await state(work, document) is DocumentState.COMING
        await versions.end_version(work, second.id, valid_to=None)
        after = await add(work, title="Den nya")
        await service.replace_document(work, document.id, by_id=after.id)
        assert await state(work, document) is DocumentState.VALID
        new = await versions.draft_version(work, after.id)
        await versions.decide_version(work, new.id, **decision())
        assert await state(work, document) is DocumentState.REPLACED
        with pytest.raises(InvalidInput, match="ersätta sig självt"):
            await service.replace_document(work, after.id, by_id=document.id)
        await service.withdraw_document(work, after.id, reason="Fel text")
        assert await state(work, after) is DocumentState.WITHDRAWN
        with pytest.raises(Conflict, match="upphävt"):
            await service.change_document(work, after.id, title="Annat")
        assert await count(work, DocumentVersion) == 3


async def test_the_latest_version_in_force_stands_and_the_others_are_kept(town, decided, decision):
    async with await town.work() as work:
        document, first = await decided(work, valid_to=date(2026, 12, 31))
        second = await versions.draft_version(work, document.id, changes="Från nyår")
        with pytest.raises(Conflict, match="redan ett utkast"):
            await versions.draft_version(work, document.id)
        await versions.decide_version(work, second.id, valid_from=date(2027, 1, 1), **decision())
        found = (await all_versions(work, [document.id]))[document.id]
        for day, version in (
            (date(2026, 2, 28), None),
            (date(2026, 3, 1), first),
            (date(2026, 12, 31), first),
            (date(2027, 1, 1), second),
        ):
            assert in_force(found, day) is version


async def test_what_is_decided_is_not_altered(town, with_file, decision):
    async with await town.work() as work:
        document, version, _file = await with_file(work)
        (linked,) = await versions.files_of(work, [version.id])
        for refused in (
            versions.change_version(work, version.id, changes="Annat"),
            versions.decide_version(work, version.id, **decision(decided_by="KS")),
            versions.detach_file(work, linked.id),
            service.change_document(work, document.id, body_id=town.units["committee"].id),
        ):
            with pytest.raises(Conflict, match="beslutat bevaras"):
                await refused
        assert (version.changes, version.decided_by) == ("", "Kommunfullmäktige")
        assert await count(work, DocumentFile) == 1


async def test_a_decision_needs_a_body_and_a_day_that_has_been(town, add, decision):
    async with await town.work() as work:
        version = await versions.draft_version(work, (await add(work)).id)
        for values, field in (
            ({"decided_by": ""}, "decidedBy"),
            ({"decided_on": None}, "decidedOn"),
            ({"decided_on": work.today + DAY}, "decidedOn"),
            ({"valid_from": date(2026, 5, 2), "valid_to": date(2026, 5, 1)}, "validTo"),
        ):
            with pytest.raises(InvalidInput) as refused:
                async with work.attempt():
                    await versions.decide_version(work, version.id, **decision(**values))
            assert refused.value.field == field
        await work.session.refresh(version)
        assert version.decided_on is None


async def test_drafting_is_for_the_unit_and_deciding_for_the_body(town, add, decision):
    home_care, council = town.units["home_care"].id, town.units["council"].id
    async with await town.work("manager") as work:
        document = await add(work, unit_id=home_care)
        version = await versions.draft_version(work, document.id, changes="Förslag")
        await versions.change_version(work, version.id, changes="Bättre förslag")
        for refused in (
            versions.decide_version(work, version.id, **decision()),
            service.withdraw_document(work, document.id, reason="Nej"),
            add(work, unit_id=council),
        ):
            with pytest.raises(Forbidden):
                await refused
    for who in ("employee", "auditor"):
        async with await town.work(who) as work:
            assert (await documents(work)).total == 1
            with pytest.raises(Forbidden):
                await add(work, unit_id=home_care)
    async with await town.work() as work:
        decided = await versions.decide_version(work, version.id, **decision())
        assert await count(work) == 1
    assert decided.decided_on == date(2026, 2, 24)


async def test_two_who_change_at_once_are_told(town, add):
    async with await town.work() as work:
        document = await add(work)
        await service.change_document(work, document.id, version=1, title="Ny titel")
        with pytest.raises(Conflict):
            await service.change_document(work, document.id, version=1, title="Annan titel")
        assert (document.title, document.version) == ("Ny titel", 2)


async def test_another_municipality_cannot_tell_that_it_exists(town, lund, add):
    async with await town.work() as work:
        document = await add(work)
    async with await lund.work() as work:
        with pytest.raises(NotFound) as foreign:
            await service.get_document(work, document.id)
        with pytest.raises(NotFound) as absent:
            await service.get_document(work, uuid7())
        assert str(foreign.value) == str(absent.value)
        with pytest.raises(NotFound):
            await service.change_document(work, document.id, title="Lunds")


async def test_the_register_is_narrowed_down(town, add, decided):
    committee, council = town.units["committee"].id, town.units["council"].id
    async with await town.work() as work:
        await decided(work, title="Öppna data", type_key="policy", summary="Om register")
        await add(work, title="Avgifter", type_key="taxa", unit_id=town.units["home_care"].id)
        await add(work, title="Åtkomst", type_key="rutin", body_id=committee, unit_id=council)

        async def titles(**values):
            return [row.document.title for row in (await documents(work, Filter(**values))).rows]

        assert await titles() == ["Avgifter", "Åtkomst", "Öppna data"]
        assert await titles(words="REGISTER") == ["Öppna data"]
        assert await titles(type_key="taxa") == ["Avgifter"]
        assert await titles(body_id=committee) == ["Åtkomst"]
        assert await titles(unit_id=committee) == ["Avgifter", "Öppna data"]
        assert await titles(state=DocumentState.VALID) == ["Öppna data"]
        part = await documents(work, offset=1, limit=1)
        (found,) = await find_documents(work, "åtkomst", 2026)
    assert ([row.document.title for row in part.rows], part.total) == (["Åtkomst"], 3)
    assert (found.title, found.page) == ("Åtkomst", "governing_document")


async def test_what_nobody_has_seen_to_is_overdue(town, add, decided):
    async with await town.work() as work:
        today = work.today
        late, _one = await decided(work, title="A", review_on=today - DAY)
        over, _two = await decided(work, title="B", valid_to=today - DAY)
        left = await add(work, title="C", owner_id=town.people["employee"].id)
        await decided(work, title="D", review_on=today)
        await work.flush()
        town.people["employee"] = await work.get(type(town.people["employee"]), left.owner_id)
        town.people["employee"].left_on = today
        await work.flush()
        found = (await documents(work, Filter(overdue=True))).rows
        assert [(row.document.id, row.overdue) for row in found] == [
            (late.id, Overdue.REVIEW),
            (over.id, Overdue.ENDED),
            (left.id, Overdue.OWNER),
        ]
        new = await add(work, title="E")
        await service.replace_document(work, over.id, by_id=new.id)
        assert (await documents(work, Filter(overdue=True))).total == 2


async def asked_of(town, people=None):
    async with await town.work(write=False) as work:
        asked = await who_is_asked(work, people=people, outcome_days=30, ahead_days=28)
        return await document_tasks(work, asked)


async def test_my_work_asks_for_a_review_in_time(town, add, decided):
    manager = town.people["manager"].id
    at = {"unit_id": town.units["home_care"].id}
    async with await town.work() as work:
        near = work.today + 60 * DAY
        await decided(work, title="Snart", review_on=near, owner_id=manager, **at)
        await decided(work, title="Senare", review_on=near + DAY, owner_id=manager, **at)
        await decided(work, title="Slutar", valid_to=work.today + DAY, **at)
        await add(work, title="Utkast", review_on=work.today, **at)
    tasks = {task.title: task for task in await asked_of(town)}
    assert set(tasks) == {"Snart", "Slutar"}
    soon = tasks["Snart"]
    assert (soon.kind, soon.due_on, soon.late) == (TaskKind.REVIEW_DOCUMENT, near, False)
    assert (soon.people, soon.because) == ({manager}, Because.RESPONSIBLE)
    assert tasks["Slutar"].because is Because.UNIT
    async with await town.work() as work:
        values = {"ahead_days": 0}
        await save_settings(work, "governing_documents", DocumentSettings, values=values)
    assert await asked_of(town) == []


async def test_nothing_is_asked_where_the_module_is_off(new_town):
    assert await asked_of(await new_town("Sala")) == []


async def test_a_file_of_an_export_that_needs_a_permission_is_not_attached(town, decided):
    async with await town.work() as work:
        _document, version = await decided(work)
        file = await keep_upload(
            work, name="x.pdf", media_type="application/pdf", body=BytesIO(b"x")
        )
        file.needs = "tenant.export"
        await work.flush()
        with pytest.raises(NotFound):
            await versions.attach_file(work, version.id, file_id=file.id)
        assert await count(work, DocumentFile) == 0
