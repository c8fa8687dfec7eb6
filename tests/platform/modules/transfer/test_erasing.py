"""The end of a municipality is decided by two people, and can be withdrawn until it is there."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound
from roder.platform.modules.transfer.erasing import (
    ask_for_erasure,
    confirm_erasure,
    standing_erasure,
    withdraw_erasure,
)
from roder.platform.modules.transfer.models import TenantErasure
from roder.platform.modules.transfer.settings import TransferSettings
from roder.tenants.log.access_log import LogEntry
from roder.tenants.models import Person, RoleGrant
from roder.tenants.municipality import save_settings
from roder.tenants.rows import uuid7
from roder.tenants.work import open_work


@pytest.fixture
async def two(town):
    """A municipality with two full administrators: `administrator` and `second`."""
    async with await town.work() as work:
        second = Person(id=uuid7(), name="Bo Bas", email="bo@example.org")
        work.add(second)
        await work.flush()
        work.add(RoleGrant(person_id=second.id, role="full_administrator"))
    town.people["second"] = second
    return town


async def asked(town, who="administrator"):
    async with await town.work(who) as work:
        return (await ask_for_erasure(work, reason="Avtalet är uppsagt")).id


async def age(town, erasure_id, **values):
    async with await town.work() as work:
        await work.execute(
            update(TenantErasure).where(TenantErasure.id == erasure_id).values(**values)
        )


async def test_two_administrators_decide_and_the_notice_begins(two):
    erasure_id = await asked(two)

    async with await two.work("second") as work:
        done = await confirm_erasure(work, erasure_id)
        assert done.due_on == work.today + timedelta(days=30)
        assert done.confirmed_by == two.people["second"].id
    async with await two.work(write=False) as work:
        notes = await work.scalars(
            select(LogEntry.action).where(LogEntry.kind == "tenant_erasure").order_by(LogEntry.seq)
        )
        assert [str(note) for note in notes] == ["add", "change"]


async def test_whoever_asks_cannot_confirm(two):
    erasure_id = await asked(two)

    async with await two.work() as work:
        with pytest.raises(Conflict, match="annan huvudadministratör"):
            await confirm_erasure(work, erasure_id)
    async with await two.work(write=False) as work:
        assert (await standing_erasure(work)).confirmed_at is None


async def test_one_who_was_made_administrator_afterwards_cannot_confirm(two):
    erasure_id = await asked(two)
    async with await two.work() as work:
        work.add(RoleGrant(person_id=two.people["employee"].id, role="full_administrator"))

    async with await two.work("employee") as work:
        with pytest.raises(Conflict, match="var huvudadministratör"):
            await confirm_erasure(work, erasure_id)


async def test_after_seven_days_it_is_too_late_and_can_be_asked_for_anew(two):
    erasure_id = await asked(two)
    async with await two.work() as work:
        await age(two, erasure_id, created_at=work.now - timedelta(days=7, minutes=1))

    async with await two.work("second") as work:
        with pytest.raises(Conflict, match="sju dagar"):
            await confirm_erasure(work, erasure_id)
    again = await asked(two, "second")
    async with await two.work(write=False) as work:
        assert (await standing_erasure(work)).id == again != erasure_id


async def test_only_one_stands_at_a_time(two):
    erasure_id = await asked(two)

    with pytest.raises(Conflict, match="redan"):
        await asked(two, "second")
    async with await two.work("second") as work:
        await withdraw_erasure(work, erasure_id)
    assert await asked(two, "second") != erasure_id


async def test_it_can_be_withdrawn_also_after_it_was_confirmed(two):
    erasure_id = await asked(two)
    async with await two.work("second") as work:
        await confirm_erasure(work, erasure_id)

    async with await two.work() as work:
        await withdraw_erasure(work, erasure_id)
        assert await standing_erasure(work) is None
        for again in (withdraw_erasure, confirm_erasure):
            with pytest.raises(Conflict):
                await again(work, erasure_id)


async def test_a_key_decides_nothing(two):
    erasure_id = await asked(two)
    program = replace(await two.actor("second"), token_id=uuid7())

    async with open_work(two.runtime, two.tenant, program, write=True) as work:
        with pytest.raises(Forbidden):
            await confirm_erasure(work, erasure_id)
        with pytest.raises(Forbidden):
            await ask_for_erasure(work, reason="Prov")


@pytest.mark.parametrize("who", ["employee", "manager", "local", "auditor"])
async def test_others_can_neither_ask_nor_see(two, who):
    erasure_id = await asked(two)
    async with await two.work("employee") as work:
        for deed in (
            lambda: ask_for_erasure(work, reason="Prov"),
            lambda: confirm_erasure(work, erasure_id),
            lambda: withdraw_erasure(work, erasure_id),
            lambda: standing_erasure(work),
        ):
            with pytest.raises(Forbidden):
                await deed()


async def test_a_reason_is_needed(two):
    async with await two.work() as work:
        with pytest.raises(InvalidInput) as refused:
            await ask_for_erasure(work, reason=" ")
        assert refused.value.field == "reason"
        assert await standing_erasure(work) is None


async def test_the_municipality_chooses_a_longer_notice_and_never_a_shorter_one(two):
    async with await two.work() as work:
        for days in (29, 366):
            with pytest.raises(InvalidInput):
                await save_settings(
                    work, "transfer", TransferSettings, values={"notice_days": days}
                )
        await save_settings(work, "transfer", TransferSettings, values={"notice_days": 90})
    erasure_id = await asked(two)
    async with await two.work("second") as work:
        done = await confirm_erasure(work, erasure_id)
        assert done.due_on == work.today + timedelta(days=90)


async def test_another_municipality_cannot_tell_that_it_stands(two, other_town):
    erasure_id = await asked(two)

    async with await other_town.work() as work:
        for id in (erasure_id, uuid7()):
            with pytest.raises(NotFound):
                await confirm_erasure(work, id)
            with pytest.raises(NotFound):
                await withdraw_erasure(work, id)
