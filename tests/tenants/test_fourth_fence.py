"""The fourth fence, by faults that are planted: each would be a read or a change nobody sees."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from fourth_fence import HELD, LEAKS
from fourth_fence_reasons import REASONS
from sqlalchemy import func, select, update

from roder.graphql.documents import core_schema, find_operation, parse_document
from roder.graphql.planner import compiling
from roder.graphql.planner.answering import Plans
from roder.infra.errors import Conflict
from roder.platform.schema import product_schema
from roder.tenants import people
from roder.tenants.actors import Source, Way
from roder.tenants.entry import Entered
from roder.tenants.log import logged
from roder.tenants.log.access_log import Action
from roder.tenants.models import ModuleSwitch, Person, RightsVersion, RoleGrant
from roder.tenants.rows import uuid7
from roder.tenants.work import open_work

CORE = core_schema(product_schema())


@pytest.fixture
def coming(town):
    """A work of the administrator, who came by some way; what it leaked, after it."""

    def come(way=Way.PAGE, *, write=False, who="administrator"):
        return Coming(town, way, write=write, who=who)

    return come


class Coming:
    def __init__(self, town, way, *, write, who):
        self.town, self.way, self.write, self.who = town, way, write, who
        self.leaks: list[str] = []

    async def __aenter__(self):
        actor = replace(await self.town.actor(self.who), source=Source(self.way, "test"))
        self.opened = open_work(self.town.runtime, self.town.tenant, actor, write=self.write)
        self.work = await self.opened.__aenter__()
        return self

    async def __aexit__(self, *error):
        await self.opened.__aexit__(*error)
        self.leaks = [leak.split(" unnoted")[0] for leak in LEAKS]
        LEAKS.clear()


async def test_an_address_that_is_read_off_a_row_has_to_be_noted(town, coming):
    async with coming() as read:
        assert "@" in (await read.work.get(Person, town.people["manager"].id)).email

    assert read.leaks == ["page test read people.email"]


@pytest.mark.parametrize("way", sorted(HELD))
async def test_so_has_one_that_a_statement_selects(coming, way):
    async with coming(way) as read:
        await read.work.rows(select(Person.name, func.lower(Person.email)))

    assert read.leaks == [f"{way} test read people.email"]


async def test_an_entry_of_the_kind_is_enough_and_one_of_another_is_not(town, coming):
    id = town.people["manager"].id
    async with coming() as read:
        assert (await read.work.get(Person, id)).left_on is None
        read.work.note(Action.READ, "person", records=[id], about=[id])
    async with coming() as other:
        assert (await other.work.get(Person, id)).left_on is None
        other.work.note(Action.READ, "session")

    assert read.leaks == []
    assert other.leaks == ["page test read people.left_on"]


async def test_a_name_ones_own_row_and_no_row_are_nothing_to_note(town, coming):
    own = town.people["administrator"].id
    async with coming() as read:
        assert (await read.work.get(Person, town.people["manager"].id)).name
        assert (await read.work.get(Person, own)).email
        assert await read.work.rows(select(RoleGrant.role).where(RoleGrant.person_id == own))
        assert not await read.work.rows(select(Person.email).where(Person.id == uuid7()))

    assert read.leaks == []


async def test_whoever_sees_as_somebody_has_no_own_rows(town):
    seen = replace(
        await town.actor("manager"),
        source=Source(Way.PAGE, "test"),
        behind=town.people["administrator"].id,
    )
    async with open_work(town.runtime, town.tenant, seen, write=False) as work:
        assert (await work.get(Person, seen.id)).email

    assert [leak.split(" unnoted")[0] for leak in LEAKS] == ["page test read people.email"]
    LEAKS.clear()


async def test_a_change_has_to_be_noted_as_one(town, coming):
    id = town.people["manager"].id
    async with coming(write=True) as changed:
        (await changed.work.get(Person, id)).name = "X"
        changed.work.add(ModuleSwitch(module="x"))
        changed.work.note(Action.READ, "person", records=[id])
        changed.work.note(Action.GRANT, "module")
    async with coming(write=True) as at_once:
        ended = update(RoleGrant).where(RoleGrant.person_id == id)
        await at_once.work.execute(ended.values(reason="x"))
        await at_once.work.execute(
            update(RoleGrant).where(RoleGrant.person_id == uuid7()).values(reason="y")
        )

    assert changed.leaks == ["page test changed people"]
    assert at_once.leaks == ["page test changed role_grants"]


async def test_what_is_undone_need_not_be_noted(town, coming):
    async with coming(write=True) as undone:
        with suppress(Conflict):
            async with undone.work.attempt():
                (await undone.work.get(Person, town.people["manager"].id)).name = "X"
                await undone.work.flush()
                raise Conflict("no")

    assert undone.leaks == []


async def test_a_reason_that_is_listed_is_one(town, coming):
    async with coming(who="local") as asked:
        await people.require_all_of(asked.work, town.people["manager"])

    assert "tenants.people.require_all_of" in REASONS
    assert asked.leaks == []


async def test_a_job_and_a_command_are_not_held(town, coming):
    async with coming(Way.JOB) as job, coming(Way.COMMAND) as command:
        for one in (job, command):
            assert (await one.work.get(Person, town.people["manager"].id)).email

    assert job.leaks == command.leaks == []


ASKED = "{ people { nodes { name email } } }"


@pytest.mark.usefixtures("one_way")
async def test_a_plan_without_a_mark_is_found(town, monkeypatch):
    answer = Plans(CORE).answer
    actor = replace(await town.actor("administrator"), source=Source(Way.API))
    entered = Entered(town.tenant, actor, await rights(town))
    node = find_operation(parse_document(ASKED), None)

    assert await answer(town.runtime, entered, parse_document(ASKED), node, {})
    assert LEAKS == []
    monkeypatch.setattr(compiling, "mark", lambda *_given: None)
    assert await Plans(CORE).answer(town.runtime, entered, parse_document(ASKED), node, {})

    assert [leak.partition(" unmarked")[0] for leak in LEAKS] == ["a plan shows people.email"]
    LEAKS.clear()


async def rights(town):
    async with await town.work(write=False) as work:
        return await work.first(select(RightsVersion.version)) or 0


def test_every_table_about_one_person_is_declared_by_that_alone():
    read = logged.read_logged()

    assert read["people"] == {"email", "locale", "left_on", "left_by", "protected"}
    assert {"role_grants", "sessions", "api_tokens", "calendar_feeds"} <= read.keys()
    assert "presences" not in read
    assert {"people", "role_grants", "module_switches"} <= logged.change_logged()


@pytest.mark.parametrize(
    ("table", "kind"),
    [("people", "person"), ("role_grants", "role_grant"), ("person_identities", "person_identity")],
)
def test_the_kind_of_an_entry_is_that_of_its_table(table, kind):
    assert logged.kind_of(table) == kind
