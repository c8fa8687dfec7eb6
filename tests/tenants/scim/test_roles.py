"""Groups of a directory that change at the same moment."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select, text

from roder.tenants.models import RoleGrant
from roder.tenants.scim.groups import add_group, change_group, remove_group
from roder.tenants.scim.mapping import add_group_role, remove_group_role
from roder.tenants.scim.models import ScimMember


@pytest.fixture
async def groups(town):
    """Two groups that both give the manager the same role, with the rules that do."""
    made = []
    async with await town.work() as work:
        for name in ("Chefer", "Ledning"):
            own = [town.people["manager"].id]
            group = await add_group(work, display_name=name, external_id=None, members=own)
            made.append((group, await add_group_role(work, group.id, role="local_administrator")))
    assert await given(town) == ["local_administrator"]
    return made


async def given(town):
    async with await town.work(write=False) as work:
        return list(
            await work.scalars(
                select(RoleGrant.role).where(
                    RoleGrant.source == "scim", RoleGrant.ended_at.is_(None)
                )
            )
        )


def without_members(group):
    async def change(work):
        await change_group(
            work, group[0].id, display_name=group[0].display_name, external_id=None, members=()
        )

    return change


def removed(group):
    return lambda work: remove_group(work, group[0].id)


def giving_nothing(group):
    return lambda work: remove_group_role(work, group[1].id)


@pytest.mark.parametrize("first", [without_members, removed, giving_nothing])
@pytest.mark.parametrize("second", [without_members, removed, giving_nothing])
async def test_who_is_taken_out_of_two_groups_at_once_loses_what_both_gave(
    town, groups, first, second
):
    async def other():
        async with await town.work() as work:
            await second(groups[1])(work)

    async with await town.work() as work:
        await first(groups[0])(work)
        beside = asyncio.create_task(other())
        assert await waits_for_a_lock(town, beside)
    await beside

    assert await given(town) == []
    async with await town.work(write=False) as work:
        left = await work.scalars(select(ScimMember.group_id))
    ways = zip(groups, (first, second), strict=True)
    keeps = {group[0].id for group, way in ways if way is giving_nothing}
    assert set(left) == keeps


async def waits_for_a_lock(town, task):
    """Whether the task comes to wait for a lock; False if it ends without having to."""
    waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
    async with town.runtime.engine.connect() as connection:
        while not task.done():
            if await connection.scalar(text(waiting)):
                return True
    return False
