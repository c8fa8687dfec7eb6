"""A copy of the database without the municipality's key holds nothing readable of anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select

from roder.infra.frames import Unreadable
from roder.platform.modules.deviations.models import (
    Deviation,
    DeviationType,
    Finding,
    FormKind,
    Law,
)
from roder.platform.modules.deviations.service import (
    Notice,
    Report,
    assess_risk,
    cases,
    decide_medical,
    decide_misconduct,
    finish_action,
    get_case,
    my_report,
    plan_action,
    report_deviation,
    suspect_misconduct,
    write_document,
)
from roder.tenants.sealed.keys import KeyDestroyed, destroy_keys
from roder.tenants.sealed.safe import safe_to_read

PLANTED = [f"{word}hemligt" for word in "alpha beta gamma delta epsilon zeta eta".split()]
WHAT, WHOM, DONE, COLLEAGUE, TEXT, REASON, TOLD = PLANTED


async def everything_written(care, version):
    """A case in which each text that anybody can write is one of the planted ones."""
    report = Report(
        unit_id=care.units["home_care"].id,
        laws=(Law.HSL, Law.SOL),
        what=WHAT,
        whom=WHOM,
        done=DONE,
        on_behalf_of=COLLEAGUE,
        answers={"told": "yes"},
    )
    async with await care.work("reporter") as work:
        id = (await report_deviation(work, report)).id
    async with await care.work("boss") as work:
        await assess_risk(work, id, Law.HSL, severity=4, probability=4, assessed_with=TEXT)
        answers = {"cause_area": "other", "causes": TEXT, "measures": TEXT}
        await write_document(work, id, FormKind.MANAGER, answers=answers, version=0)
        action = await plan_action(
            work,
            id,
            title=TEXT,
            owner_id=care.people["employee"].id,
            due_on=work.today + timedelta(days=9),
        )
        await suspect_misconduct(
            work,
            id,
            investigator_id=care.people["investigator"].id,
            reason=REASON,
            version=await version(id) + 2,
        )
    async with await care.work("employee") as work:
        await finish_action(work, action.id, outcome=TOLD, version=1)
    await decided(care, id, version)
    return id


async def decided(care, id, version):
    notice = Notice(notified=True, authority_case_number="IVO 1/2026", registry_number="SN 2026/1")
    social = dict.fromkeys(("event", "consequences", "causes", "assessment", "proposal"), TEXT)
    async with await care.work("investigator") as work:
        await write_document(work, id, FormKind.SOL_LSS, answers=social, version=0, complete=True)
    async with await care.work("medical") as work:
        medical = {"assignment": TEXT, "result": TEXT}
        await write_document(work, id, FormKind.HSL, answers=medical, version=0, complete=True)
        await decide_medical(work, id, finding=Finding.SERIOUS, reason=REASON, notice=notice)
    async with await care.work("officer") as work:
        await decide_misconduct(
            work,
            id,
            finding=Finding.SERIOUS,
            reason=REASON,
            outcome=TOLD,
            notice=notice,
            version=await version(id),
        )


def dumped(database, tenant) -> dict[str, bytes]:
    """Every table of the database, as a copy of it holds them."""
    found = {}
    with psycopg.connect(database("superuser")) as connection:
        names = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'public'"
        ).fetchall()
        for (name,) in names:
            query = sql.SQL("copy {} to stdout").format(sql.Identifier(name))
            with connection.cursor() as cursor, cursor.copy(query) as copy:
                found[name] = b"".join(bytes(block) for block in copy)
    return found


def holds(content: bytes, text: str) -> bool:
    """As words, or as PostgreSQL writes bytes."""
    return text.encode() in content or text.encode().hex().encode() in content.lower()


async def test_no_table_holds_a_word_of_what_was_written(care, version, database):
    id = await everything_written(care, version)

    tables = dumped(database, care.tenant)

    assert holds(tables["people"], "Rolf Rönn")
    assert holds(tables["deviations"], str(id))
    for text in PLANTED:
        assert [name for name, content in tables.items() if holds(content, text)] == [], text


async def test_with_the_key_all_of_it_is_there(care, version):
    id = await everything_written(care, version)

    async with await care.work("boss", write=False) as work:
        case = await get_case(work, id)
        assert (case.report.what, case.report.whom, case.report.done) == (WHAT, WHOM, DONE)
        assert case.report.on_behalf_of == COLLEAGUE
        assert {each.assessed_with for each in case.risks} == {TEXT}
        assert [(action.title, action.outcome) for action in case.actions] == [(TEXT, TOLD)]
        assert {decision.reason for decision in case.decisions} == {REASON}
        assert case.history[2].note == REASON
        assert case.outcome == TOLD


async def test_without_the_key_nothing_can_be_opened(care, version):
    id = await everything_written(care, version)
    async with await care.work() as work:
        await destroy_keys(work)

    async with await care.work("boss", write=False) as work:
        with pytest.raises(KeyDestroyed):
            await get_case(work, id)
    async with await care.work("reporter", write=False) as work:
        with pytest.raises(KeyDestroyed):
            await my_report(work, id)


async def test_a_text_that_is_moved_to_another_case_cannot_be_read_there(care, reported):
    first, second = await reported(), await reported(what="Ett annat")
    async with await care.work("boss") as work:
        rows = {row.id: row for row in await work.scalars(select(Deviation))}
        rows[second].what = rows[first].what
        await work.flush()
        safe = await safe_to_read(work)
        with pytest.raises(Unreadable):
            safe.text(rows[second], "what")


async def test_another_municipality_sees_nothing_of_it(care, other_town, reported):
    id = await reported()
    other_town.tenant = replace(
        other_town.tenant, modules=other_town.tenant.modules | {"deviations"}
    )
    async with await care.work("boss", write=False) as work:
        assert [each.seen.case.id for each in await cases(work)] == [id]
    async with await other_town.work("administrator", write=False) as work:
        assert await work.scalars(select(Deviation)) == []


async def test_a_task_says_nothing_of_what_happened(care, reported):
    """Nor does the text of the log."""
    from roder.platform.asked import who_is_asked
    from roder.platform.modules.deviations.tasks import deviation_tasks
    from roder.platform.tasks import TaskKind

    id = await reported(what=WHAT)
    await reported(type=DeviationType.MISCONDUCT, what=WHAT)
    async with await care.work("boss") as work:
        await assess_risk(work, id, Law.SOL, severity=4, probability=4)
        await plan_action(
            work,
            id,
            title=TEXT,
            owner_id=care.people["employee"].id,
            due_on=work.today + timedelta(days=9),
        )
        asked = await who_is_asked(work, people=None, outcome_days=30, ahead_days=30)
        tasks = await deviation_tasks(work, asked)

    whom = {kind: set() for kind in TaskKind}
    for task in tasks:
        whom[task.kind] |= task.people
        assert not any(text in f"{task.title} {task.about}" for text in PLANTED)
    people = care.people
    assert whom[TaskKind.ANALYSE_EVENT] == {people["boss"].id}
    assert whom[TaskKind.ASSIGN_MISCONDUCT] == {people["officer"].id}
    assert whom[TaskKind.ASSESS_MEDICALLY] == {people["medical"].id}
    assert whom[TaskKind.DEVIATION_ACTION] == {people["employee"].id}
    assert whom[TaskKind.NEW_DEVIATION] == set()


async def test_every_read_is_in_the_access_log_with_the_case_and_its_place(care, reported):
    from roder.tenants.log.access_log import LogEntry

    id = await reported()
    async with await care.work("head", write=False) as work:
        await get_case(work, id)
        await cases(work)
    async with await care.work(write=False) as work:
        entries = await work.scalars(
            select(LogEntry).where(
                LogEntry.person_id == care.people["head"].id, LogEntry.kind == "deviation"
            )
        )
    assert [(entry.action, entry.records, entry.unit_id) for entry in entries] == [
        ("read", [id], care.units["home_care"].id)
    ] * 2
    assert "report" in entries[0].detail["parts"].split()
