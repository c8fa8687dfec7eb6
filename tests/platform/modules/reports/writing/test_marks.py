"""Marking as done, opening again, and what stays as it was when the report was done."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.modules.goals.service import lock_year, set_outcome, write_comment
from roder.platform.modules.reports.exporting import document_of, read_parts
from roder.platform.modules.reports.models import ReportCompletion, SectionCompletion
from roder.platform.modules.reports.service import (
    Progress,
    complete_report,
    complete_section,
    progress_of,
    reopen_report,
    reopen_section,
    write_section,
)
from roder.tenants.entry import load_tenant
from roder.tenants.municipality import switch_module
from roder.tenants.rows import uuid7


@pytest.fixture
def mark(town, report, section):
    """`await mark("economy", empty=True)` as the manager, committed."""

    async def ask(key: str, *, who: str = "manager", **given):
        async with await town.work(who) as work:
            return await complete_section(work, (await section(work, report, key)).id, **given)

    return ask


@pytest.fixture
def complete(town, report):
    async def ask(who: str = "manager"):
        async with await town.work(who) as work:
            return await complete_report(work, report.id)

    return ask


@pytest.mark.parametrize("key", ["economy", "inspections", "violence", "attachments"])
async def test_a_section_without_content_is_done_only_when_it_is_said_to_be_empty(
    mark, counted, key
):
    with pytest.raises(InvalidInput, match="ange att det ska vara tomt") as refused:
        await mark(key)
    assert refused.value.field == "empty"
    assert await counted(SectionCompletion) == 0

    await mark(key, empty=True)
    assert await counted(SectionCompletion) == 1


async def test_lex_sarah_needs_words_or_the_statement_that_there_were_none(
    town, report, section, mark, counted
):
    for given in ({}, {"empty": True}):
        with pytest.raises(InvalidInput, match="Inga Lex Sarah är hanterade under året"):
            await mark("lex_sarah", **given)
    assert await counted(SectionCompletion) == 0

    async with await town.work("manager") as work:
        found = await section(work, report, "lex_sarah")
        await write_section(work, found.id, version=1, nil=True)
    await mark("lex_sarah")
    assert await counted(SectionCompletion) == 1


async def test_a_section_with_content_is_not_called_empty(town, report, section, mark, counted):
    async with await town.work("manager") as work:
        found = await section(work, report, "economy")
        await write_section(work, found.id, version=1, text="<p>Balans.</p>")
    with pytest.raises(InvalidInput, match="inte tomt"):
        await mark("economy", empty=True)
    assert await counted(SectionCompletion) == 0


async def test_a_heading_is_not_marked_and_the_goal_chapter_always_can_be(mark, counted):
    with pytest.raises(InvalidInput, match="rubrik"):
        await mark("results")
    assert await counted(SectionCompletion) == 0
    await mark("goals")
    assert await counted(SectionCompletion) == 1


async def test_a_section_is_marked_once(mark, counted):
    await mark("goals")
    with pytest.raises(Conflict, match=r"Avsnittet 2\.1 är klarmarkerat"):
        await mark("goals")
    assert await counted(SectionCompletion) == 1


@pytest.mark.parametrize("who", ["employee", "auditor"])
async def test_only_those_of_the_unit_mark(mark, complete, counted, who):
    with pytest.raises(Forbidden):
        await mark("goals", who=who)
    with pytest.raises(Forbidden):
        await complete(who)
    assert await counted(SectionCompletion) == 0
    assert await counted(ReportCompletion) == 0


async def test_a_section_is_opened_again_with_a_reason_that_is_kept(town, mark, counted):
    section = await mark("goals")
    async with await town.work("local") as work:
        with pytest.raises(InvalidInput, match="varför"):
            await reopen_section(work, section.id, reason="  ")
    async with await town.work("local") as work:
        await reopen_section(work, section.id, reason="Nya siffror")
        with pytest.raises(Conflict, match=r"2\.1 är inte klarmarkerat"):
            await reopen_section(work, section.id, reason="Igen")
    await mark("goals")
    assert await counted(SectionCompletion) == 2


async def test_a_report_is_done_only_when_every_section_is_and_they_are_named(
    fill, report, complete, counted, mark
):
    await fill(report, but=("risk_analyses", "violence", "lex_sarah", "attachments"))
    with pytest.raises(Conflict) as refused:
        await complete()
    assert refused.value.message == "4 avsnitt är inte klara: 2.3, 2.7, 2.8, Bilagor."

    for key in ("risk_analyses", "violence", "attachments"):
        await mark(key, empty=True)
    with pytest.raises(Conflict) as refused:
        await complete()
    assert refused.value.message == "Ett avsnitt är inte klart: 2.8."
    assert await counted(ReportCompletion) == 0


async def test_a_report_that_is_done_lets_nobody_write_or_open_its_sections(
    town, fill, report, section, complete, counted
):
    await fill(report)
    await complete()
    async with await town.work("manager") as work:
        found = await section(work, report, "economy")
        for call in (
            write_section(work, found.id, version=2, text="<p>Mer.</p>"),
            reopen_section(work, found.id, reason="Mer"),
            complete_report(work, report.id),
        ):
            with pytest.raises(Conflict, match="Rapporten är klarmarkerad"):
                await call
    assert await counted(ReportCompletion) == 1


def rows_of(section) -> list[dict[str, object]]:
    return section.snapshot["rows"]


async def test_a_later_change_of_the_goals_leaves_the_finished_report_as_it_was(
    town, goals, fill, report, section, complete
):
    await fill(report)
    await complete()
    async with await town.work(write=False) as work:
        before = document_of(await read_parts(work, report))
        frozen = (await section(work, report, "goals")).snapshot
    async with await town.work("manager") as work:
        given = {"unit_id": town.units["home_care"].id, "period": "2026"}
        await set_outcome(work, goals.nodes["impression"], values={"total": Decimal(50)}, **given)
        await write_comment(work, goals.nodes["absence"], text="Nytt.", **given)
    async with await town.work(write=False) as work:
        assert document_of(await read_parts(work, report)) == before
        assert (await section(work, report, "goals")).snapshot == frozen

    async with await town.work("manager") as work:
        await reopen_report(work, report.id, reason="Fel utfall")
        assert (await section(work, report, "goals")).snapshot is None
        assert document_of(await read_parts(work, report)) != before
        await complete_report(work, report.id)
        again = rows_of(await section(work, report, "goals"))
    changed = next(row for row in again if row["title"].startswith("Helhetsintrycket"))
    assert changed["values"]["total"] == "50"


async def test_a_report_is_opened_again_with_a_reason_only(town, fill, report, complete, counted):
    async with await town.work("manager") as work:
        with pytest.raises(Conflict, match="inte klarmarkerad"):
            await reopen_report(work, report.id, reason="Fel")
    await fill(report)
    await complete()
    async with await town.work("manager") as work:
        with pytest.raises(InvalidInput, match="varför"):
            await reopen_report(work, report.id, reason="")
    async with await town.work("employee") as work:
        with pytest.raises(Forbidden):
            await reopen_report(work, report.id, reason="Fel")
    assert await counted(SectionCompletion) == 14


async def test_in_a_locked_year_nothing_is_marked_or_opened(
    town, fill, report, section, complete, mark, counted
):
    await fill(report, but=("goals",))
    async with await town.work() as work:
        await lock_year(work, 2026)
    with pytest.raises(Conflict, match="2026 är låst"):
        await mark("goals")
    with pytest.raises(Conflict, match="2026 är låst"):
        await complete()
    async with await town.work("manager") as work:
        with pytest.raises(Conflict, match="2026 är låst"):
            await reopen_section(work, (await section(work, report, "economy")).id, reason="Mer")
    assert await counted(SectionCompletion) == 13


async def test_a_report_is_not_done_while_somebody_opens_a_section_at_the_same_moment(
    town, fill, report, section, complete, counted
):
    await fill(report)

    async def reopen():
        async with await town.work("local") as work:
            found = await section(work, report, "economy")
            return await reopen_section(work, found.id, reason="Mer")

    answers = await asyncio.gather(complete(), reopen(), return_exceptions=True)

    assert [isinstance(answer, Conflict) for answer in answers].count(True) == 1
    done = not isinstance(answers[0], Conflict)
    assert await counted(ReportCompletion) == int(done)
    async with await town.work("employee", write=False) as work:
        assert await progress_of(work, [report.id]) == [Progress(14 if done else 13, 14)]


async def test_a_goal_chapter_cannot_be_frozen_while_the_goals_are_off(
    town, fill, report, complete, counted
):
    await fill(report)
    async with await town.work() as work:
        await switch_module(work, "goals", on=False)
    town.tenant = await load_tenant(town.runtime, town.tenant.id)
    with pytest.raises(Conflict, match=r"Avsnittet 2\.1 hämtas från målen"):
        await complete()
    assert await counted(ReportCompletion) == 0


async def test_another_municipality_cannot_tell_a_report_exists(other_town, report):
    async with await other_town.work() as work:
        for call in (complete_report, lambda w, id: reopen_report(w, id, reason="x")):
            with pytest.raises(NotFound) as foreign:
                await call(work, report.id)
            with pytest.raises(NotFound) as absent:
                await call(work, uuid7())
            assert str(foreign.value) == str(absent.value)
