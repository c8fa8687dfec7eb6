"""The log against somebody who can write in the database, and the verifier that finds it out."""

import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from botocore.exceptions import ClientError
from sqlalchemy import select

from roder.infra.errors import Conflict
from roder.tenants.actors import service as service_actor
from roder.tenants.log import anchors as service
from roder.tenants.log import tree, verify_log
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.log.anchors import LogBroken, anchor_text
from roder.tenants.log.disposal import dispose_of_entries
from roder.tenants.log.models import LogAnchor, LogBlock, LogDisposal
from roder.tenants.work import open_work


async def write(town, count: int) -> None:
    async with await town.work(write=False) as work:
        for number in range(count):
            work.note(Action.READ, "person", about=[town.people["manager"].id], detail=at(number))


def at(number: int) -> dict[str, str]:
    return {"text": f'rad {number}\u2028 åäö "\\ \t'}


async def anchored(town) -> LogAnchor:
    async with open_work(town.runtime, town.tenant, service_actor(), write=True) as work:
        kept = await service.anchor(work, years=10)
    assert kept is not None
    return kept


@pytest.fixture
def verify(town, tmp_path):
    """The exported log, its lines changed by `attack`, against the anchors, in a Python of its
    own that has nothing of ours."""

    async def run(attack=lambda lines: lines, anchors=None) -> tuple[int, str]:
        async with await town.work("auditor", write=False) as work:
            lines = b"".join([part async for part in service.log_lines(work)]).split(b"\n")[:-1]
            kept = list(await service.anchors(work)) if anchors is None else anchors
        (tmp_path / "log.jsonl").write_bytes(b"\n".join(attack(lines)) + b"\n")
        names = []
        for number, row in enumerate(kept):
            names.append(tmp_path / f"anchor-{number}.json")
            names[-1].write_bytes(anchor_text(row, row.tenant_id))
        return _run(tmp_path / "log.jsonl", *names)

    return run


def _run(*arguments: object) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", verify_log.__file__, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


async def test_a_log_that_nobody_has_touched_is_whole(town, verify):
    await write(town, 20)
    await anchored(town)
    await write(town, 5)
    await anchored(town)
    await write(town, 3)

    assert await verify() == (0, "Whole, and as 2 anchors say.\n")


def edited(lines: list[bytes]) -> list[bytes]:
    return [*lines[:7], lines[7].replace(b'"kind" : "person"', b'"kind" : "nobody"'), *lines[8:]]


def rechained(lines: list[bytes], change) -> list[bytes]:
    """As somebody would who knows how: every hash after the change is right again."""
    head, *rows = map(json.loads, lines)
    last = bytes.fromhex(head["hash"])
    rows = change(rows)
    for number, row in enumerate(rows, head["seq"] + 1):
        row["entry"]["seq"] = number
        last = verify_log.sha256(last + verify_log.digest_of(row["entry"])).digest()
        row["hash"] = last.hex()
    return [json.dumps(row).encode() for row in (head, *rows)]


def hidden(rows: list[dict]) -> list[dict]:
    return [*rows[:4], *rows[5:]]


ATTACKS = {
    "an entry is changed": (
        edited,
        "Entry 7 is not as it was written, or not after the one it followed.\nThe log up to",
    ),
    "an entry is taken out": (
        lambda lines: [*lines[:5], *lines[6:]],
        "Where entry 5 should be stands entry 6.",
    ),
    "two entries change places": (
        lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]],
        "Where entry 5 should be stands entry 6.",
    ),
    "the last entries are cut off": (
        lambda lines: lines[:-4],
        "The log ends with entry 16; it had 20 on",
    ),
    "the whole chain is written anew": (
        lambda lines: rechained(lines, hidden),
        "The log ends with entry 19; it had 20 on",
    ),
    "the whole chain is written anew, with another in its place": (
        lambda lines: rechained(lines, lambda rows: [*hidden(rows), rows[4]]),
        "The log up to entry 20 is not the one anchored",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_the_verifier_finds(town, verify, attack):
    await write(town, 20)
    await anchored(town)
    change, fault = ATTACKS[attack]

    code, said = await verify(change)

    assert code == 1
    assert fault in said


async def test_the_verifier_finds_an_entry_of_another_municipality(town, other_town, verify):
    await write(town, 8)
    await write(other_town, 8)
    await anchored(town)
    async with await other_town.work("auditor", write=False) as work:
        theirs = b"".join([part async for part in service.log_lines(work)]).split(b"\n")

    code, said = await verify(lambda lines: [*lines[:4], theirs[4], *lines[5:]])

    assert code == 1
    assert said.startswith("Entry 4 is another municipality's.\n")


async def test_an_anchor_of_another_municipality_counts_for_nothing(town, other_town, verify):
    await write(town, 3)
    await write(other_town, 3)

    code, said = await verify(anchors=[await anchored(other_town)])

    assert code == 1
    assert said.startswith("The log up to entry 3 is not the one anchored")


async def test_a_change_past_us_in_the_database_stops_the_next_anchor(town, settings):
    await write(town, 5)
    with psycopg.connect(settings.owner_database_url) as connection:
        connection.execute("alter table access_log disable trigger keep_access_log")
        connection.execute(f"set local roder.tenant = '{town.tenant.id}'")
        connection.execute("update access_log set hash = digest where seq = 3")
        connection.execute("alter table access_log enable trigger keep_access_log")

    with pytest.raises(LogBroken, match="entry 3"):
        await anchored(town)


async def test_an_anchor_lies_where_nobody_can_take_it_away(town, runtime, settings):
    await write(town, 2)
    kept = await anchored(town)
    client, bucket = await runtime.storage.client(), f"{settings.s3_bucket}-anchors"

    with pytest.raises(ClientError, match="AccessDenied"):
        client.delete_object(Bucket=bucket, Key=kept.key, VersionId=kept.object_version)

    found = client.get_object(Bucket=bucket, Key=kept.key, VersionId=kept.object_version)
    assert found["ObjectLockMode"] == "COMPLIANCE"
    assert (found["ObjectLockRetainUntilDate"] - kept.at).days >= 3652
    assert json.loads(found["Body"].read()) == {
        "tenant_id": str(town.tenant.id),
        "at": kept.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "seq": 2,
        "hash": kept.hash.hex(),
        "root": kept.root.hex(),
    }


@pytest.mark.parametrize("size", [1, 2, 1024, 2050])
async def test_an_entry_is_proven_by_less_than_a_kilobyte(town, size, tmp_path):
    await write(town, size)
    kept = await anchored(town)
    await write(town, 1)
    (tmp_path / "anchor.json").write_bytes(anchor_text(kept, town.tenant.id))
    async with await town.work("auditor", write=False) as work:
        for seq in {1, (size + 1) // 2, size}:
            proof = await service.prove(work, seq)
            (tmp_path / "proof.json").write_bytes(proof.text())
            assert len(proof.path) < 1000
            answer = _run("--proof", tmp_path / "proof.json", tmp_path / "anchor.json")
            assert answer == (0, "Whole, and as 1 anchors say.\n")
            other = proof.text().replace(b'"kind":"person"', b'"kind":"nobody"')
            (tmp_path / "proof.json").write_bytes(other)
            code, said = _run("--proof", tmp_path / "proof.json", tmp_path / "anchor.json")
            assert (code, said) == (1, f"Entry {seq} is not proven by any of the 1 anchors.\n")
        with pytest.raises(Conflict, match="förankras"):
            await service.prove(work, size + 1)


def test_a_path_in_a_log_of_four_million_entries_is_below_a_kilobyte():
    size = 4_000_000
    blocks = [bytes(32)] * (size // tree.BLOCK)
    leaves = {0: [bytes(32)] * tree.BLOCK, size // tree.BLOCK: [bytes(32)] * 256}

    path = tree.Tree(size, blocks, leaves).path(17)

    assert len(path) == 22
    assert 4 * ((22 * 32 + 2) // 3) == 940


async def test_what_is_disposed_of_leaves_a_log_that_can_be_checked(town, settings, verify):
    await write(town, 2100)
    await anchored(town)
    await write(town, 3)
    await anchored(town)
    _age(settings, town, years=11, until=1500)

    async with open_work(town.runtime, town.tenant, service_actor(), write=True) as work:
        gone = await dispose_of_entries(work, years=10)

    assert isinstance(gone, LogDisposal)
    assert (gone.seq, gone.entries, gone.years) == (1024, 1024, 10)
    code, said = await verify()
    # The entries were made older past us for this test, and the verifier does not overlook it.
    assert code == 1
    assert said.startswith("Entry 1025 is not as it was written")
    assert "Entry 1501" not in said
    async with await town.work("auditor", write=False) as work:
        assert len(await work.scalars(select(LogBlock))) == 2


async def test_nothing_is_disposed_of_before_its_time(town, settings):
    await write(town, 1100)
    _age(settings, town, years=9, until=1100)

    async with open_work(town.runtime, town.tenant, service_actor(), write=True) as work:
        assert await dispose_of_entries(work, years=10) is None
    async with await town.work("auditor", write=False) as work:
        assert len(await work.scalars(select(LogEntry.seq))) == 1100


async def test_what_was_never_anchored_is_not_disposed_of(town, settings):
    await write(town, 1100)
    _age(settings, town, years=11, until=1100)

    async with open_work(town.runtime, town.tenant, service_actor(), write=True) as work:
        assert await dispose_of_entries(work, years=10) is None


def _age(settings, town, *, years: int, until: int) -> None:
    with psycopg.connect(settings.owner_database_url) as connection:
        connection.execute("alter table access_log disable trigger keep_access_log")
        connection.execute(f"set local roder.tenant = '{town.tenant.id}'")
        connection.execute(
            "update access_log set at = at - make_interval(years => %s) where seq <= %s",
            (years, until),
        )
        connection.execute("alter table access_log enable trigger keep_access_log")


def test_the_verifier_stands_alone_and_is_short():
    text = Path(verify_log.__file__).read_text("utf-8")

    assert len(text.splitlines()) <= 100
    assert "roder" not in text.replace("roder access log", "").lower().replace("of roder", "")
    assert "from ." not in text
