"""The tasks of people, as all modules that are on find them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from ....authz.permit import permit
from ....tenants.work import Work
from ...asked import Asked, who_is_asked
from ...tasks import Task, in_order
from ..goals.service import next_goal_task
from .settings import my_work_settings


@permit("mywork.read")
async def my_tasks(work: Work) -> list[Task]:
    """What is asked of the one who asks: late first, then by last day. None of it for a program
    without a person."""
    own = work.actor.id
    return await tasks_for(work, [own]) if own else []


@permit("mywork.read")
async def my_next_task(work: Work) -> tuple[date, Task] | None:
    """What is asked of the one who asks next, and from which day; a report asks at once when it is
    begun, so only the plan has something to come. None for who can change nothing in it."""
    own = work.actor.id
    if own is None or "goals" not in work.tenant.modules or work.reach("goals.edit") == frozenset():
        return None
    return await next_goal_task(work, await asked_of(work, [own]))


async def tasks_for(work: Work, people: Collection[UUID] | None) -> list[Task]:
    """The tasks of these people, everyone's when None, in a fixed number of statements.

    Not for an edge: it tells of others.
    """
    from ... import modules  # read when called, since this module is among them

    asked = await asked_of(work, people)
    found: list[Task] = []
    for module in modules.MODULES:
        if module.core or module.name in work.tenant.modules:
            for source in module.tasks:
                found += await source(work, asked)
    return in_order(found)


async def asked_of(work: Work, people: Collection[UUID] | None) -> Asked:
    chosen = await my_work_settings(work)
    return await who_is_asked(
        work, people=people, outcome_days=chosen.outcome_days, ahead_days=chosen.ahead_days
    )
