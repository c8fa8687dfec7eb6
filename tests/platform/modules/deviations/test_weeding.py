"""Closed cases whose years are over: the texts go, the figures stay."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from roder.infra.errors import Conflict, Forbidden
from roder.platform.modules.deviations.models import (
    Deviation,
    DeviationAction,
    DeviationDecision,
    DeviationDisposal,
    DeviationDocument,
    DeviationEvent,
    DeviationRisk,
    Finding,
    FormKind,
)
from roder.platform.modules.deviations.service import (
    Dimension,
    Notice,
    cases,
    close_case,
    decide_medical,
    my_reports,
    statistics,
    write_document,
    yearly_summary,
)
from roder.platform.modules.deviations.weeding import (
    disposals,
    due_for_weeding,
    weed,
    years_before,
)
from roder.tenants.log.access_log import LogEntry
from roder.tenants.sealed.texts import count_sealed


@pytest.fixture
async def closed(care, reported, handled, version):
    """A closed case with each part, from eleven years ago, and one that was closed today."""
    old, new = await reported(), await reported()
    for id in (old, new):
        await handled(id)
        async with await care.work("medical") as work:
            answers = {"assignment": "Prov", "result": "Prov"}
            await write_document(work, id, FormKind.HSL, answers=answers, version=0, complete=True)
            await decide_medical(
                work,
                id,
                finding=Finding.SERIOUS,
                reason="Prov",
                notice=Notice(
                    notified=True, authority_case_number="IVO 1/2026", registry_number="SN 1"
                ),
            )
        async with await care.work("boss") as work:
            await close_case(work, id, outcome="Ny rutin", version=await version(id))
    async with await care.work() as work:
        long_ago = Deviation.closed_at - timedelta(days=11 * 366)
        await work.execute(update(Deviation).where(Deviation.id == old).values(closed_at=long_ago))
    return old, new


async def figures(care):
    async with await care.work("administrator") as work:
        year, unit = work.today.year, care.units["council"].id
        by = [await statistics(work, year=year, dimension=each) for each in Dimension]
        return by, await yearly_summary(work, unit_id=unit, year=year)


async def test_the_texts_of_a_case_go_and_its_figures_stay(care, closed):
    old, new = closed
    before = await figures(care)
    async with await care.work(write=False) as work:
        sealed = sum((await count_sealed(work)).values())

    async with await care.work("administrator") as work:
        due = await due_for_weeding(work)
        assert (due.years, due.cases) == (10, 1)
        row = await weed(work, cases=1)
        assert (row.cases, row.years, row.closed_before) == (1, 10, due.closed_before)
        assert row.decided_by == care.people["administrator"].id

    assert await figures(care) == before
    async with await care.work(write=False) as work:
        gone = await work.get(Deviation, old)
        assert (gone.what, gone.whom, gone.answers, gone.outcome) == (b"",) * 4
        assert (gone.reported_by, gone.closed_by, gone.reference) == (None, None, f"–{old}")
        [decision] = await work.scalars(
            select(DeviationDecision).where(DeviationDecision.deviation_id == old)
        )
        assert (decision.reason, decision.decided_by) == (b"", None)
        assert (decision.authority_case_number, decision.registry_number) == ("–", "–")
        assert decision.finding is Finding.SERIOUS
        risks = await work.scalars(select(DeviationRisk).where(DeviationRisk.deviation_id == old))
        assert [(each.value, each.assessed_with) for each in risks] == [(4, b"")] * 2
        for model in (DeviationDocument, DeviationAction, DeviationEvent):
            left = select(model).where(model.deviation_id == old)
            assert await work.scalars(left) == []
        kept = await work.scalars(
            select(func.count(DeviationEvent.id)).where(DeviationEvent.deviation_id == new)
        )
        assert kept[0] > 0
        assert sum((await count_sealed(work)).values()) == sealed / 2


async def test_a_weeded_case_is_in_no_list(care, closed):
    _old, new = closed
    async with await care.work("administrator") as work:
        await weed(work, cases=1)

    for who in ("boss", "head", "medical"):
        async with await care.work(who, write=False) as work:
            assert [each.seen.case.id for each in await cases(work)] == [new]
    async with await care.work("reporter", write=False) as work:
        assert [each.id for each in await my_reports(work)] == [new]


async def test_another_number_than_the_one_seen_weeds_nothing(care, closed):
    async with await care.work("administrator") as work:
        for wrong in (0, 2):
            with pytest.raises(Conflict):
                await weed(work, cases=wrong)
        assert await disposals(work) == []
    async with await care.work("administrator") as work:
        await weed(work, cases=1)
        with pytest.raises(Conflict):
            await weed(work, cases=0)


@pytest.mark.parametrize("who", ["boss", "officer", "medical", "employee"])
async def test_only_an_administrator_decides_on_it(care, closed, who):
    async with await care.work(who) as work:
        with pytest.raises(Forbidden):
            await weed(work, cases=1)
    async with await care.work(write=False) as work:
        assert await work.scalars(select(DeviationDisposal)) == []
        assert (await work.get(Deviation, closed[0])).weeded_at is None


async def test_it_stands_in_the_access_log(care, closed):
    async with await care.work("administrator") as work:
        due = await due_for_weeding(work)
        await weed(work, cases=1)
    async with await care.work(write=False) as work:
        [entry] = await work.scalars(select(LogEntry).where(LogEntry.action == "dispose"))
        assert (entry.kind, entry.records) == ("deviation", [closed[0]])
        assert entry.detail == {"years": "10", "closed_before": due.closed_before.isoformat()}


def test_years_are_counted_back_by_the_calendar():
    assert years_before(date(2026, 11, 22), 10) == date(2016, 11, 22)
    assert years_before(date(2028, 2, 29), 5) == date(2023, 2, 28)
