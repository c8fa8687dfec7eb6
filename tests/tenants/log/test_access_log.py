import asyncio
from contextlib import suppress
from hashlib import sha256

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from roder.infra.errors import Forbidden
from roder.tenants.log import access_log, verify_log
from roder.tenants.log.access_log import Action, LogEntry, LogHead, content_of, digest_of, genesis
from roder.tenants.log.noting import NotLogged
from roder.tenants.models import Person


@pytest.fixture
def undone(town):
    """A work that ends by a refusal, after what is done in it."""

    async def undo(*actions: Action) -> None:
        async with await town.work() as work:
            for action in actions:
                work.note(action, "person")
            raise Forbidden("no")

    return undo


async def entries(town) -> list[LogEntry]:
    async with await town.work(write=False) as work:
        return list(await work.scalars(select(LogEntry).order_by(LogEntry.seq)))


async def test_a_read_is_logged_with_who_what_and_about_whom(town):
    person = town.people["manager"]
    async with await town.work(write=False) as work:
        work.note(
            Action.READ,
            "person",
            records=[person.id],
            about=[person.id, person.id],
            unit_id=town.units["home_care"].id,
            detail={"why": "en lista\0"},
        )

    (entry,) = await entries(town)

    assert (entry.seq, entry.action, entry.kind) == (1, Action.READ, "person")
    assert entry.person_id == town.people["administrator"].id
    assert (entry.records, entry.about) == ([person.id], [person.id])
    assert (entry.unit_id, entry.detail) == (town.units["home_care"].id, {"why": "en lista"})
    assert (entry.way, entry.process, entry.address) == ("command", "", "")


async def test_each_entry_is_chained_to_the_one_before(town):
    for number in range(3):
        async with await town.work(write=number == 1) as work:
            work.note(Action.READ, "person", detail={"n": str(number)})
            work.note(Action.SEARCH, "person")

    found, last = await entries(town), genesis(town.tenant.id)

    assert [entry.seq for entry in found] == [1, 2, 3, 4, 5, 6]
    for entry in found:
        assert entry.digest == digest_of(content_of(entry))
        last = sha256(last + entry.digest).digest()
        assert entry.hash == last
    async with await town.work(write=False) as work:
        (head,) = await work.scalars(select(LogHead))
    assert (head.seq, head.hash) == (6, last)


async def test_entries_of_many_at_once_make_one_chain(town):
    async def read(number: int) -> None:
        async with await town.work(write=number % 5 == 0) as work:
            work.note(Action.READ, "person", detail={"n": str(number)})

    await asyncio.gather(*(read(number) for number in range(40)))

    found = await entries(town)
    assert [entry.seq for entry in found] == list(range(1, 41))
    assert {entry.detail["n"] for entry in found} == {str(number) for number in range(40)}


async def test_what_is_undone_is_not_logged_but_what_was_read_is(town, undone):
    with pytest.raises(Forbidden):
        await undone(Action.READ, Action.CHANGE)
    async with await town.work() as work:
        with suppress(Forbidden):
            async with work.attempt():
                work.note(Action.REMOVE, "person")
                work.note(Action.REFUSED, "person")
                raise Forbidden("no")
        work.note(Action.ADD, "person")

    assert [entry.action for entry in await entries(town)] == ["read", "refused", "add"]


async def test_without_its_log_entry_a_read_is_not_answered(town, monkeypatch):
    def fail(*_args: object) -> None:
        raise OSError("no room left")

    async def rename() -> None:
        async with await town.work() as work:
            work.note(Action.CHANGE, "person")
            (await work.get(Person, manager.id)).name = "X"

    manager = town.people["manager"]
    monkeypatch.setattr(access_log, "_unnumbered", fail)
    with pytest.raises(NotLogged):
        async with await town.work(write=False) as work:
            work.note(Action.READ, "person")
    with pytest.raises(NotLogged):
        await rename()
    monkeypatch.undo()

    assert await entries(town) == []
    async with await town.work(write=False) as work:
        assert (await work.get(Person, manager.id)).name == manager.name


@pytest.mark.parametrize("write", [False, True], ids=["read", "written"])
async def test_what_the_database_refuses_leaves_the_chain_as_it_was(town, write):
    async def note(*kinds: str) -> None:
        async with await town.work(write=write) as work:
            for kind in kinds:
                work.note(Action.READ, kind)

    await note("person")
    with pytest.raises(NotLogged):
        await note("person", "per\0son", "person")
    await note("role_grant")

    found = await entries(town)
    assert [(entry.seq, entry.kind) for entry in found] == [(1, "person"), (2, "role_grant")]
    assert found[1].hash == sha256(found[0].hash + found[1].digest).digest()


async def test_what_is_hashed_is_as_the_verifier_writes_it(town):
    strange = 'x,"seq":0,\u2028 åäö€😀 "\\ \t\n\x01\x1f\x7f/<>&\''
    async with await town.work(write=False) as work:
        for _each in range(12):
            work.note(Action.READ, "person", detail={"seq": "0", "å": strange, '"seq":0,': "1"})

    found = await entries(town)
    assert [entry.seq for entry in found] == list(range(1, 13))
    for entry in found:
        assert entry.detail == {"seq": "0", "å": strange, '"seq":0,': "1"}
        assert (
            entry.digest == verify_log.digest_of(content_of(entry)) == digest_of(content_of(entry))
        )


async def test_each_municipality_has_a_chain_of_its_own_when_many_write_at_once(town, other_town):
    async def read(place, number: int) -> None:
        async with await place.work(write=number % 3 == 0) as work:
            work.note(Action.READ, "person", detail={"n": str(number)})

    await asyncio.gather(*(read(place, n) for n in range(30) for place in (town, other_town)))

    for place in (town, other_town):
        found, last = await entries(place), genesis(place.tenant.id)
        assert [entry.seq for entry in found] == list(range(1, 31))
        for entry in found:
            last = sha256(last + entry.digest).digest()
            assert entry.hash == last


@pytest.mark.parametrize(
    "change", [update(LogEntry).values(kind="x"), delete(LogEntry)], ids=["changed", "taken"]
)
async def test_an_entry_cannot_be_changed_or_taken_away(town, change):
    async with await town.work(write=False) as work:
        work.note(Action.READ, "person")

    with pytest.raises(DBAPIError, match=r"kept as it was written|permission denied"):
        async with await town.work() as work:
            await work.execute(change.execution_options(synchronize_session=False))

    assert len(await entries(town)) == 1


async def test_not_even_the_owner_changes_an_entry(town, settings):
    import psycopg

    async with await town.work(write=False) as work:
        work.note(Action.READ, "person")
    with psycopg.connect(settings.owner_database_url) as connection:
        connection.execute("set local roder.tenant = %s" % f"'{town.tenant.id}'")  # noqa: UP031
        with pytest.raises(psycopg.errors.RaiseException, match="kept as it was written"):
            connection.execute("update access_log set kind = 'x'")


async def test_the_log_of_one_municipality_is_not_seen_by_another(town, other_town):
    async with await town.work(write=False) as work:
        work.note(Action.READ, "person")

    assert await entries(other_town) == []
    assert (await entries(town))[0].tenant_id == town.tenant.id


async def test_a_thousand_entries_of_one_work_are_written_at_once(town):
    async with await town.work(write=False) as work:
        for number in range(1000):
            work.note(Action.READ, "person", detail={"n": str(number)})

    assert [entry.seq for entry in await entries(town)] == list(range(1, 1001))


async def test_entries_and_batches_are_counted_by_way_and_action_and_nobody(town, runtime):
    runtime.measures.tell()
    with capture_logs() as told:
        async with await town.work(write=False) as work:
            work.note(Action.READ, "person", about=[town.people["manager"].id])
            work.note(Action.SEARCH, "person")
        async with await town.work() as work:
            work.note(Action.READ, "person")
        runtime.measures.tell()

    [line] = [line for line in told if line["event"] == "measures"]
    assert {name: count for name, count in line.items() if name.startswith("log.")} == {
        "log.command.read": 2,
        "log.command.search": 1,
    }
    assert sum(line["log_batch_ms"].values()) == 1
