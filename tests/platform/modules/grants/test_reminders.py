"""What must be reported and paid back when: a claim has a day, and what lacks a day is told of."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from roder.graphql.context import Context
from roder.infra.errors import InvalidInput
from roder.platform.asked import who_is_asked
from roder.platform.modules.grants import deadlines, money, overview, service, steps
from roder.platform.modules.grants.models import (
    DeadlineKind,
    Grant,
    GrantDeadline,
    GrantState,
    MoneyKind,
)
from roder.platform.modules.grants.service import Filter
from roder.platform.modules.grants.tasks import grant_tasks
from roder.platform.schema import product_schema

SCHEMA = product_schema()
LAST = date(2026, 12, 15)


@pytest.fixture
def reported(town, grant_of):
    """A grant of which 800 kr are paid and nothing is used, reported back."""

    async def come(work):
        person = town.people["manager"].id
        grant = await grant_of(work, "in_use", responsible_id=person)
        await money.add_money(
            work,
            grant.id,
            kind=MoneyKind.PAID,
            booked_on=date(2026, 3, 1),
            amount=Decimal(800),
        )
        return await steps.report_grant(work, grant.id, note="Inget användes")

    return come


async def repayments(work, grant):
    rows = await deadlines.deadlines_of(work, [grant.id])
    return [(row.due_on, row.done_on) for row in rows if row.kind is DeadlineKind.REPAYMENT]


async def test_a_claim_has_a_last_day_that_is_done_when_the_grant_ends(town, reported):
    async with await town.work() as work:
        grant = await reported(work)
        await steps.claim_grant(work, grant.id, claimed=Decimal(300), repay_by=LAST)
        assert await repayments(work, grant) == [(LAST, None)]
        await money.add_money(
            work,
            grant.id,
            kind=MoneyKind.RETURNED,
            booked_on=date(2026, 11, 1),
            amount=Decimal(300),
        )
        await steps.close_grant(work, grant.id, note="Resten behålls enligt beslutet")
        assert await repayments(work, grant) == [(LAST, work.today)]


async def test_whoever_answers_for_it_is_asked_to_pay_back(town, reported):
    async with await town.work() as work:
        grant = await reported(work)
        await steps.claim_grant(work, grant.id, claimed=Decimal(300), repay_by=work.today)
    async with await town.work("manager", write=False) as work:
        asked = await who_is_asked(work, people=None, outcome_days=30, ahead_days=28)
        (task,) = await grant_tasks(work, asked)
        today = work.today
    assert (task.title, task.due_on) == ("Betala tillbaka", today)
    assert task.people == {town.people["manager"].id}


async def test_a_claim_taken_back_takes_its_day_with_it(town, reported):
    async with await town.work() as work:
        grant = await reported(work)
        await steps.claim_grant(work, grant.id, claimed=Decimal(300), repay_by=LAST)
        await steps.step_back(work, grant.id, note="Fel bidrag")
        assert (grant.state, grant.claimed) == (GrantState.REPORTED, None)
        assert await repayments(work, grant) == []


async def test_a_claim_by_a_day_that_is_none_is_refused(town, reported):
    async with await town.work() as work:
        id = (await reported(work)).id
    async with await town.work() as work:
        with pytest.raises(InvalidInput):
            async with work.attempt():
                await steps.claim_grant(work, id, claimed=Decimal(300), repay_by=date(9999, 1, 1))
    async with await town.work(write=False) as work:
        kept = await service.get_grant(work, id)
        assert (kept.state, kept.claimed) == (GrantState.REPORTED, None)
        assert await repayments(work, kept) == []


async def test_what_has_no_day_for_its_final_report_is_told_of(town, grant_of):
    async with await town.work() as work:
        for state in ("search", "applied", "granted", "in_use", "reported"):
            person = town.people["manager"].id
            await grant_of(work, state, name=state, responsible_id=person)
        assert await overview.unscheduled(work, Filter()) == []
        finals = select(GrantDeadline).where(GrantDeadline.kind == DeadlineKind.FINAL)
        for row in await work.scalars(finals):
            await work.delete(row)
        await work.flush()
        found = await overview.unscheduled(work, Filter())
        assert [row.name for row in found] == ["granted", "in_use"]
        other = Filter(unit_id=town.units["school_board"].id)
        assert await overview.unscheduled(work, other) == []


async def test_a_program_sets_the_day_and_reads_what_has_none(town, reported, add, grant_of):
    async with await town.work() as work:
        grant = await reported(work)
        bare = await grant_of(work, "granted", name="Utan dag")
        await work.delete((await deadlines.deadlines_of(work, [bare.id]))[0])
    claim = (
        "mutation ($input: ClaimGrantInput!) { claimGrant(input: $input) "
        "{ ... on Grant { deadlines { kind dueOn } } ... on Problem { code } } }"
    )
    given = {"id": f"Grant:{grant.id}", "claimed": "300", "repayBy": "2026-12-15"}
    async with await town.work() as work:
        claimed = await SCHEMA.execute(
            claim, variable_values={"input": given}, context_value=Context(work)
        )
    assert claimed.data["claimGrant"]["deadlines"] == [
        {"kind": "REPAYMENT", "dueOn": "2026-12-15"},
        {"kind": "FINAL", "dueOn": "2026-12-31"},
    ]
    async with await town.work("auditor", write=False) as work:
        shown = await SCHEMA.execute(
            "{ grantOverview { unscheduled { name } } }", context_value=Context(work)
        )
        assert (await work.get(Grant, grant.id)).state is GrantState.CLAIMED
    assert shown.data["grantOverview"]["unscheduled"] == [{"name": "Utan dag"}]
