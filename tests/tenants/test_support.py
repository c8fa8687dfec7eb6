"""The operator's support: by consent, for a time, in what was opened, noted, and out at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from roder.infra.errors import Conflict, Forbidden, InvalidInput, NotFound, SessionEnded
from roder.infra.runtime import open_runtime
from roder.platform.modules.organisation.jobs import export_units
from roder.tenants.actors import operator, service
from roder.tenants.entry import enter
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.models import Unit
from roder.tenants.people import change_person
from roder.tenants.seeing_models import SupportConsent, SupportVisit
from roder.tenants.support import (
    come_in,
    consents,
    end_support,
    leave,
    make_link,
    open_support,
    what_support_did,
)
from roder.tenants.tree.units import change_unit
from roder.tenants.work import open_work

DAY = timedelta(days=1)
HELP = "help@operator.example"


async def consent(town, *, write=False, modules=("goals",), days=1, begins=None):
    async with await town.work() as work:
        return await open_support(
            work,
            reason="Målen visas inte",
            valid_from=begins,
            valid_to=(begins or work.now) + days * DAY,
            may_write=write,
            modules=modules,
        )


async def link(town):
    async with open_work(town.runtime, town.tenant, operator(), write=True) as work:
        return await make_link(work, email=HELP)


async def visit(town):
    key = await link(town)
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        return await come_in(work, key)


async def come(town, key, runtime=None):
    return await enter(runtime or town.runtime, town.tenant.slug, session=key)


async def test_without_a_consent_there_is_no_way_in(town):
    with pytest.raises(Conflict, match="släpper inte in"):
        await link(town)
    async with await town.work() as work:
        later = work.now + DAY
    await consent(town, begins=later)
    with pytest.raises(Conflict):
        await link(town)
    with pytest.raises(SessionEnded):
        await come(town, "support_nothing")
    async with await town.work(write=False) as work:
        assert await work.first(select(func.count(SupportVisit.id))) == 0


async def test_support_reads_what_was_opened_and_nothing_else(town):
    given = await consent(town, modules=("goals", "organisation"))
    entered = await come(town, await visit(town))

    actor = entered.actor
    assert (actor.id, actor.support_id, actor.name) == (None, given.id, f"Support ({HELP})")
    assert actor.until <= given.valid_to
    async with open_work(town.runtime, entered.tenant, actor, write=False) as work:
        assert work.allows("goals.read")
        assert work.allows("organisation.read")
        for closed in (
            *("reports.read", "people.read", "roles.grant", "tenant.support", "tenant.configure"),
            *(
                "tokens.manage",
                "sessions.end",
                "log_review.read",
                "goals.edit",
                "organisation.edit",
            ),
        ):
            assert not work.allows(closed), closed
    with pytest.raises(Forbidden, match="läsa"):
        async with open_work(town.runtime, entered.tenant, actor, write=True):
            pass


async def test_support_changes_what_it_was_let_change(town):
    await consent(town, write=True, modules=("organisation",))
    entered = await come(town, await visit(town))
    home_care = town.units["home_care"].id

    async with open_work(town.runtime, entered.tenant, entered.actor, write=True) as work:
        await change_unit(work, home_care, name="Hemtjänst Väst", from_date=work.today)
        with pytest.raises(Forbidden):
            await open_support(work, reason="x", valid_to=work.now + DAY, modules=["goals"])

    async with await town.work(write=False) as work:
        assert await work.find(Unit, home_care)


async def test_support_changes_nobody_who_has_a_role(town):
    """An e-mail address is a way in, and so to the roles."""
    await consent(town, write=True, modules=("people",))
    entered = await come(town, await visit(town))
    async with open_work(town.runtime, entered.tenant, entered.actor, write=True) as work:
        for who in ("administrator", "manager", "auditor"):
            with pytest.raises(Forbidden):
                await change_person(work, town.people[who].id, email="taken.over@a.example")
        await change_person(work, town.people["employee"].id, name="Elis Andersson")


async def test_support_starts_no_task_and_takes_nothing_out(town):
    await consent(town, write=True, modules=("organisation",))
    entered = await come(town, await visit(town))
    async with open_work(town.runtime, entered.tenant, entered.actor, write=True) as work:
        with pytest.raises(Forbidden, match="tar inte ut"):
            await export_units.later(work, format="csv")


async def test_a_link_is_used_once_and_soon(town):
    await consent(town)
    key = await link(town)
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        await come_in(work, key)
    for tried in (key, "support_unknown"):
        async with open_work(town.runtime, town.tenant, service(), write=True) as work:
            with pytest.raises(NotFound):
                await come_in(work, tried)
    late = await link(town)
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        work.now += timedelta(minutes=11)
        with pytest.raises(NotFound):
            await come_in(work, late)


async def test_the_administrator_ends_it_at_once_in_every_process(town, settings):
    given = await consent(town)
    key = await visit(town)
    unused = await link(town)
    async with open_runtime(settings) as other:
        assert (await come(town, key, other)).actor.support_id == given.id
        async with await town.work() as work:
            ended = await end_support(work, given.id)
        assert ended.ended_by == town.people["administrator"].id
        for runtime in (town.runtime, other):
            with pytest.raises(SessionEnded):
                await come(town, key, runtime)
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        with pytest.raises(NotFound):
            await come_in(work, unused)


async def test_it_ends_by_time_and_by_leaving(town):
    given = await consent(town)
    key = await visit(town)
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        await leave(work, key)
        await leave(work, key)
    with pytest.raises(SessionEnded):
        await come(town, key)

    key = await visit(town)
    async with await town.work() as work:
        row = await work.get(SupportConsent, given.id)
        row.valid_from, row.valid_to = work.now - 2 * DAY, work.now
    with pytest.raises(SessionEnded):
        await come(town, key)


async def test_what_support_did_is_told_to_the_municipality(town):
    given = await consent(town)
    entered = await come(town, await visit(town))
    async with open_work(town.runtime, entered.tenant, entered.actor, write=False) as work:
        work.note(Action.READ, "goal", records=[town.units["home_care"].id])

    async with await town.work("administrator", write=False) as work:
        (done,) = await what_support_did(work, given.id)
        (opened,) = await consents(work)
    assert (done.action, done.way, done.kind, done.person_id) == ("read", "support", "goal", None)
    assert [v.email for v in opened.visits] == [HELP]
    async with await town.work(write=False) as work:
        kinds = await work.rows(
            select(LogEntry.action, LogEntry.kind)
            .where(LogEntry.kind.like("support%"))
            .order_by(LogEntry.seq)
        )
    assert [tuple(row) for row in kinds] == [
        ("support", "support_consent"),
        ("support", "support_link"),
        ("sign_in", "support_visit"),
    ]


async def test_only_a_full_administrator_opens_it_within_its_bounds(town):
    async with await town.work(write=False) as work:
        good = {"reason": "Fel", "valid_to": work.now + DAY, "modules": ["goals"]}
        for bad in (
            {"reason": ""},
            {"valid_to": work.now},
            {"valid_to": work.now + 8 * DAY},
            {"modules": []},
            {"modules": ["tokens"]},
            {"modules": ["tenant"]},
        ):
            with pytest.raises(InvalidInput):
                await open_support(work, **(good | bad))
    for who in ("local", "manager", "employee", "auditor"):
        async with await town.work(who, write=False) as work:
            with pytest.raises(Forbidden):
                await open_support(work, **good)
    async with open_work(town.runtime, town.tenant, operator(), write=True) as work:
        with pytest.raises(Forbidden):
            await open_support(work, **good)
    async with await town.work(write=False) as work:
        assert await work.first(select(func.count(SupportConsent.id))) == 0
