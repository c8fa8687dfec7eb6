"""A fault from report to agreement: its class, its times, who sees it, and what is never undone."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, ModuleOff, NotFound
from roder.platform.asked import who_is_asked
from roder.platform.modules.support import faults
from roder.platform.modules.support.models import (
    Effect,
    FaultClass,
    FaultReport,
    FaultState,
    FaultStep,
    Workaround,
)
from roder.platform.modules.support.rules import Answers
from roder.platform.modules.support.settings import SupportSettings
from roder.platform.modules.support.tasks import support_tasks
from roder.platform.tasks import TaskKind
from roder.tenants.log.access_log import Action, LogEntry

GRAVE = Answers(True, Effect.BROKEN, True, Workaround.NONE)


async def report(work, title="Sidan är tom", asked=GRAVE, **given):
    return await faults.report_fault(
        work, title=title, what="Sidan blir tom.", asked=asked, **given
    )


async def test_a_reported_fault_has_its_class_and_its_times(town):
    async with await town.work("employee") as work:
        fault = await report(
            work, area="goals", page="/osthammar", unit_id=town.units["home_care"].id
        )
        now = work.now

    async with await town.work("employee", write=False) as work:
        kept = await faults.get_fault(work, fault.id)
        (step,) = await faults.steps_of(work, fault.id)
    office = SupportSettings().office
    assert (kept.number, kept.fault_class, kept.state) == (1, FaultClass.B, FaultState.OPEN)
    assert kept.answer_by == office.after(now, 4)
    assert kept.solve_by == office.after(now, 16)
    assert kept.reported_by == town.people["employee"].id
    assert (step.said, step.state, step.fault_class) == ("", FaultState.OPEN, FaultClass.B)


async def test_a_workaround_makes_a_b_a_c_and_gives_it_the_times_of_one(town):
    async with await town.work("employee") as work:
        fault = await report(work)
    async with await town.work() as work:
        await faults.found_workaround(
            work, fault.id, workaround=Workaround.CUMBERSOME, how="Ta en sida i taget."
        )

    async with await town.work(write=False) as work:
        kept = await faults.get_fault(work, fault.id)
        steps = await faults.steps_of(work, fault.id)
    assert kept.fault_class is FaultClass.C
    assert kept.solve_by == SupportSettings().office.after(kept.created_at, 80)
    assert kept.answered_at is not None
    assert [(step.said, step.fault_class) for step in steps] == [
        ("", FaultClass.B),
        ("Ta en sida i taget.", FaultClass.C),
    ]


async def test_a_workaround_that_nobody_describes_is_refused(town):
    async with await town.work("employee") as work:
        fault = await report(work)
    async with await town.work() as work:
        with pytest.raises(InvalidInput) as refused:
            async with work.attempt():
                await faults.found_workaround(work, fault.id, workaround=Workaround.EASY, how=" ")
    assert refused.value.field == "workaroundIs"
    async with await town.work(write=False) as work:
        assert (await faults.get_fault(work, fault.id)).fault_class is FaultClass.B


async def test_answered_solved_and_agreed(town):
    async with await town.work("employee") as work:
        fault = await report(work)
    async with await town.work() as work:
        await faults.answer_fault(work, fault.id, said="Vi ser det också.", version=1)
        await faults.solve_fault(work, fault.id, said="Det är rättat.", version=2)
    async with await town.work("employee") as work:
        closed = await faults.close_fault(work, fault.id, version=3)
    assert closed.state is FaultState.CLOSED
    async with await town.work(write=False) as work:
        steps = await faults.steps_of(work, fault.id)
    assert [(step.state, step.said) for step in steps] == [
        (FaultState.OPEN, ""),
        (FaultState.ANSWERED, "Vi ser det också."),
        (FaultState.SOLVED, "Det är rättat."),
        (FaultState.CLOSED, ""),
    ]
    assert closed.handler_id == town.people["administrator"].id


async def test_a_fault_that_is_there_still_is_opened_again(town):
    async with await town.work("employee") as work:
        fault = await report(work)
    async with await town.work() as work:
        await faults.solve_fault(work, fault.id, said="Det är rättat.")
    async with await town.work("employee") as work:
        again = await faults.reopen_fault(work, fault.id, said="Nej, fortfarande tomt.")
        assert (again.state, again.solved_at) == (FaultState.OPEN, None)
        with pytest.raises(Conflict):
            await faults.close_fault(work, fault.id)


async def test_what_somebody_else_has_changed_is_not_written_over(town):
    async with await town.work("employee") as work:
        fault = await report(work)
    async with await town.work() as work:
        await faults.answer_fault(work, fault.id, said="Vi ser det.", version=1)
    async with await town.work() as work:
        with pytest.raises(Conflict):
            await faults.solve_fault(work, fault.id, said="Rättat.", version=1)
    async with await town.work(write=False) as work:
        assert (await faults.get_fault(work, fault.id)).state is FaultState.ANSWERED


async def test_numbers_follow_each_other_also_for_two_at_once(town):
    async def one(title):
        async with await town.work("employee") as work:
            return (await report(work, title)).number

    assert sorted(await asyncio.gather(one("a"), one("b"), one("c"))) == [1, 2, 3]


async def test_others_faults_are_for_those_who_answer_them(town):
    async with await town.work("employee") as work:
        here = await report(work, "Här", unit_id=town.units["home_care"].id)
        away = await report(work, "Där", unit_id=town.units["school_board"].id)
        nowhere = await report(work, "Överallt")

    async def seen(who):
        async with await town.work(who, write=False) as work:
            found = await faults.faults(work)
            return {row.id for row in found.rows}, found.total

    assert await seen("employee") == ({here.id, away.id, nowhere.id}, 3)
    assert await seen("manager") == (set(), 0)
    assert await seen("local") == ({here.id}, 1)
    assert await seen("administrator") == ({here.id, away.id, nowhere.id}, 3)
    for who, hidden in (("manager", here), ("local", away), ("local", nowhere)):
        async with await town.work(who) as work:
            with pytest.raises(NotFound):
                await faults.get_fault(work, hidden.id)
            with pytest.raises((NotFound, Forbidden)):
                async with work.attempt():
                    await faults.answer_fault(work, hidden.id, said="Ser jag det?")
    async with await town.work(write=False) as work:
        assert len(await work.scalars(select(FaultStep))) == 3


async def test_whoever_reported_it_does_not_answer_it(town):
    async with await town.work("employee") as work:
        fault = await report(work)
        with pytest.raises(Forbidden):
            async with work.attempt():
                await faults.solve_fault(work, fault.id, said="Själv")
    async with await town.work("employee", write=False) as work:
        assert (await faults.get_fault(work, fault.id)).state is FaultState.OPEN


async def test_the_gravest_open_ones_come_first_and_words_narrow(town):
    mild = Answers(True, Effect.AWKWARD, False, Workaround.NONE)
    down = Answers(True, Effect.DOWN, True, Workaround.NONE)
    async with await town.work() as work:
        done = await report(work, "Nere men löst", down)
        await faults.solve_fault(work, done.id, said="Uppe igen.")
        await report(work, "Krångligt", mild)
        await report(work, "Nere", down)
        await report(work, "Trasigt")
    async with await town.work(write=False) as work:
        found = await faults.faults(work)
        assert [row.title for row in found.rows] == [
            "Nere",
            "Trasigt",
            "Krångligt",
            "Nere men löst",
        ]
        assert [r.title for r in (await faults.faults(work, words="kRÅng")).rows] == ["Krångligt"]
        assert (await faults.faults(work, found_class=FaultClass.A)).total == 2
        assert (await faults.faults(work, state=FaultState.SOLVED)).total == 1
        beyond = await faults.faults(work, offset=10)
        assert (list(beyond.rows), beyond.total) == ([], 4)


async def test_my_work_asks_for_an_answer_then_a_solution_then_a_word(town):
    async def asked(who=None):
        async with await town.work(write=False) as work:
            people = None if who is None else [town.people[who].id]
            found = await who_is_asked(work, people=people, outcome_days=30, ahead_days=30)
            return [(t.kind, t.title, t.people) for t in await support_tasks(work, found)]

    async with await town.work("employee") as work:
        fault = await report(work, unit_id=town.units["home_care"].id)
    local, own = town.people["local"].id, town.people["employee"].id
    answer = (TaskKind.ANSWER_FAULT, "B 1. Sidan är tom", frozenset({local}))
    assert await asked() == [answer]
    assert await asked("local") == [answer]
    assert await asked("employee") == []
    async with await town.work("local") as work:
        await faults.answer_fault(work, fault.id, said="Vi tittar.")
    assert [kind for kind, _title, _people in await asked()] == [TaskKind.SOLVE_FAULT]
    async with await town.work("local") as work:
        await faults.solve_fault(work, fault.id, said="Rättat.")
    assert await asked("employee") == [
        (TaskKind.CLOSE_FAULT, "B 1. Sidan är tom", frozenset({own}))
    ]
    async with await town.work("employee") as work:
        await faults.close_fault(work, fault.id)
    assert await asked() == []


async def test_reading_somebodys_fault_is_noted(town):
    async with await town.work("employee") as work:
        fault = await report(work)
    async with await town.work(write=False) as work:
        await faults.get_fault(work, fault.id)
    async with await town.work(write=False) as work:
        entry = (
            await work.scalars(
                select(LogEntry)
                .where(LogEntry.kind == "fault_report", LogEntry.action == Action.READ)
                .order_by(LogEntry.seq.desc())
            )
        )[0]
    assert entry.records == [fault.id]
    assert entry.about == [town.people["employee"].id]


async def test_nothing_is_there_where_the_module_is_off(new_town):
    off = await new_town("Lund")
    async with await off.work() as work:
        with pytest.raises(ModuleOff):
            await report(work)
    async with await off.work(write=False) as work:
        assert await work.scalars(select(FaultReport)) == []
        found = await who_is_asked(work, people=None, outcome_days=30, ahead_days=30)
        assert await support_tasks(work, found) == []
