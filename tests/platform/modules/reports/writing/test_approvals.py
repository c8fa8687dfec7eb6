"""Approving a report that is done, and what an approval locks."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from roder.graphql.nodes import global_id
from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.modules.reports.models import ReportApproval, ReportCompletion
from roder.platform.modules.reports.reports_schema import Report
from roder.platform.modules.reports.service import (
    approve_report,
    complete_report,
    reopen_report,
    withdraw_approval,
    write_section,
)
from roder.tenants.rows import uuid7

APPROVED = "har godkänt rapporten den"


@pytest.fixture
async def done(town, report, goals, fill):
    """Home care's report of 2026, marked as done."""
    await fill(report)
    async with await town.work("manager") as work:
        return await complete_report(work, report.id)


async def test_a_report_that_is_not_done_cannot_be_approved(town, report, counted):
    with pytest.raises(Conflict, match="inte klarmarkerad"):
        async with await town.work("local") as work:
            await approve_report(work, report.id)
    assert await counted(ReportApproval) == 0


@pytest.mark.parametrize("who", ["local", "administrator"])
async def test_the_administrators_of_the_unit_may_approve(town, done, who):
    async with await town.work(who) as work:
        await approve_report(work, done.id)
        approval = await work.get(ReportApproval, await _only(work))
        assert approval.approved_by == town.people[who].id
        assert approval.withdrawn_at is None


@pytest.mark.parametrize("who", ["manager", "employee", "auditor"])
async def test_nobody_else_may_approve(town, done, counted, who):
    with pytest.raises(Forbidden):
        async with await town.work(who) as work:
            await approve_report(work, done.id)
    assert await counted(ReportApproval) == 0


async def test_an_approved_report_is_locked_and_says_who_approved_it_and_when(
    town, done, section, counted
):
    async with await town.work("local") as work:
        await approve_report(work, done.id)
    who = town.people["local"].name
    with pytest.raises(Conflict, match=APPROVED) as refused:
        async with await town.work("manager") as work:
            await reopen_report(work, done.id, reason="Fel siffra")
    assert who in refused.value.message
    async with await town.work("manager") as work:
        found = await section(work, done, "economy")
        with pytest.raises(Conflict, match=APPROVED):
            await write_section(work, found.id, version=found.version, text="<p>Nytt.</p>")
    with pytest.raises(Conflict, match=APPROVED):
        async with await town.work("local") as work:
            await approve_report(work, done.id)
    assert (await counted(ReportApproval), await counted(ReportCompletion)) == (1, 1)


async def test_a_withdrawn_approval_leaves_the_report_done_and_open_to_be_opened(
    town, done, counted
):
    async with await town.work("local") as work:
        await approve_report(work, done.id)
    with pytest.raises(InvalidInput, match="varför du tar tillbaka"):
        async with await town.work("local") as work:
            await withdraw_approval(work, done.id, reason=" ")
    async with await town.work("local") as work:
        await withdraw_approval(work, done.id, reason="En tabell ska rättas")
    with pytest.raises(Conflict, match="inte godkänd"):
        async with await town.work("local") as work:
            await withdraw_approval(work, done.id, reason="En gång till")
    async with await town.work("manager") as work:
        await reopen_report(work, done.id, reason="Rättar tabellen")
    assert await counted(ReportApproval) == 1


async def test_another_municipality_cannot_tell_the_report_exists(done, other_town):
    async with await other_town.work("administrator") as work:
        with pytest.raises(NotFound) as foreign:
            await approve_report(work, done.id)
        with pytest.raises(NotFound) as absent:
            await approve_report(work, uuid7())
    assert str(foreign.value) == str(absent.value)


async def test_the_api_approves_and_tells_of_the_approval(ask, mutate, town, done):
    id = global_id(Report, done.id)
    fields = "... on Report { approval { approvedBy { name } withdrawnAt } approvals { reason } }"
    query = f"mutation ($id: ID!) {{ approveReport(id: $id) {{ {fields} }} }}"
    answer = (await ask("local", query, id=id))["approveReport"]
    assert answer["approval"] == {
        "approvedBy": {"name": town.people["local"].name},
        "withdrawnAt": None,
    }
    answer = await mutate(
        "local", "withdrawApproval", "WithdrawApprovalInput", fields, id=id, reason="Rättas"
    )
    assert (answer["approval"], answer["approvals"]) == (None, [{"reason": "Rättas"}])


async def _only(work):
    return await work.first(select(ReportApproval.id))
