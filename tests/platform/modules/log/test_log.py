"""The access log as auditors use it: searched, taken out, anchored and proven."""

import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from uuid import uuid4

import pytest
from sqlalchemy import select

from roder.graphql.context import Context
from roder.infra.errors import Forbidden, InvalidInput
from roder.infra.excel import read_sheet
from roder.platform.modules.log.exporting import (
    ask_for_log,
    ask_for_table,
    export_log,
    export_log_table,
)
from roder.platform.modules.log.jobs import anchor_log
from roder.platform.modules.log.settings import LogSettings
from roder.platform.schema import product_schema
from roder.tenants.actors import service
from roder.tenants.log.access_log import Action, LogEntry
from roder.tenants.log.search import Wanted, search_log
from roder.tenants.models import StoredFile
from roder.tenants.municipality import save_settings
from roder.tenants.names import names_of
from roder.tenants.sealed.stored import get_bytes
from roder.tenants.work import open_work
from roder.workers.run import Pace, run_job

SCHEMA = product_schema()


@pytest.fixture
async def read(town):
    """The manager has read about the employee twice, the administrator once about the auditor."""
    for who, about, kind in (
        ("manager", "employee", "person"),
        ("manager", "employee", "session"),
        ("administrator", "auditor", "person"),
    ):
        async with await town.work(who, write=False) as work:
            work.note(
                Action.READ,
                kind,
                about=[town.people[about].id],
                records=[town.people[about].id],
                unit_id=town.units["home_care"].id,
            )
    return town


async def found(town, who="auditor", **wanted) -> list[int]:
    async with await town.work(who, write=False) as work:
        return [entry.seq for entry in (await search_log(work, Wanted(**wanted))).entries]


async def test_who_saw_somebody_is_told_the_latest_first(read):
    assert await found(read, about=read.people["employee"].id) == [2, 1]


@pytest.mark.parametrize(
    ("wanted", "seqs"),
    [
        ({"kind": "person"}, [3, 1]),
        ({"action": Action.GRANT}, []),
        ({"way": "command"}, [3, 2, 1]),
        ({"way": "page"}, []),
    ],
    ids=["kind", "action", "way", "other way"],
)
async def test_what_is_looked_for_has_to_hold(read, wanted, seqs):
    assert await found(read, **wanted) == seqs


async def test_what_somebody_did_at_a_unit_between_two_times(read):
    manager, unit = read.people["manager"].id, read.units["home_care"].id
    async with await read.work(write=False) as work:
        hour = timedelta(hours=1)
        now = work.now
    assert await found(read, by=manager, unit=unit, since=now - hour) == [2, 1]
    assert await found(read, by=manager, since=now + hour) == []
    assert await found(read, by=manager, until=now - hour) == []


async def test_looking_in_the_log_is_logged_with_what_was_looked_for(read):
    employee = read.people["employee"].id
    await found(read, about=employee, kind="person")

    async with await read.work(write=False) as work:
        last = (await work.scalars(select(LogEntry).order_by(LogEntry.seq.desc())))[0]
    assert (last.action, last.kind, last.about) == (Action.SEARCH, "access_log", [employee])
    assert (last.person_id, last.detail) == (read.people["auditor"].id, {"kind": "person"})


async def test_an_id_that_is_nobodys_here_is_looked_for_without_being_kept(read, other_town):
    stranger, unit = other_town.people["employee"].id, other_town.units["home_care"].id
    own = read.people["local"].id
    await found(read, about=stranger, by=own, record=stranger, unit=unit)
    last = await found(read, about=own)

    async with await read.work(write=False) as work:
        [entry] = await work.scalars(select(LogEntry).where(LogEntry.seq == last[0]))
    assert (entry.action, entry.about) == (Action.SEARCH, [own])
    assert entry.detail == {"by": str(own), "unknown": "about record unit"}


@pytest.mark.parametrize("who", ["employee", "manager", "local"])
async def test_the_log_is_for_auditors_and_full_administrators(read, who):
    with pytest.raises(Forbidden):
        await found(read, who)
    async with await read.work(who) as work:
        with pytest.raises(Forbidden):
            await ask_for_log(work)


async def test_pages_go_on_where_the_last_one_ended(read):
    async with await read.work("auditor", write=False) as work:
        first = await search_log(work, Wanted(), first=2)
        rest = await search_log(work, Wanted(), first=2, before=first.before)
        with pytest.raises(InvalidInput, match="1 till"):
            await search_log(work, Wanted(), first=1001)

    assert ([e.seq for e in first.entries], first.before) == ([3, 2], 2)
    assert ([e.seq for e in rest.entries], rest.before) == ([1], None)


QUERY = """
query($filter: LogFilterInput) {
  accessLog(filter: $filter, first: 1) {
    before
    entries { seq action kind way aboutIds person { name } behind { name } unit { name } }
  }
}
"""


async def ask(town, who, document, **values):
    async with await town.work(who, write=False) as work:
        return await SCHEMA.execute(document, variable_values=values, context_value=Context(work))


async def test_the_log_is_told_by_the_api(read):
    answer = await ask(read, "auditor", QUERY, filter={"kind": "session"})

    assert answer.errors is None
    assert answer.data["accessLog"] == {
        "before": None,
        "entries": [
            {
                "seq": 2,
                "action": "READ",
                "kind": "session",
                "way": "command",
                "aboutIds": [f"Person:{read.people['employee'].id}"],
                "person": {"name": read.people["manager"].name},
                "behind": None,
                "unit": {"name": "Hemtjänst Öst"},
            }
        ],
    }


async def test_the_api_refuses_a_time_without_its_zone(read):
    answer = await ask(read, "auditor", QUERY, filter={"since": "2026-01-31T12:00:00"})

    assert "tidszonen" in answer.errors[0].message


async def anchored(town):
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        job = await anchor_log.later(work)
    kinds = {anchor_log.name: anchor_log}
    await run_job(town.runtime, kinds, tenant_id=town.tenant.id, job_id=job.id, pace=Pace())


async def test_the_api_gives_anchors_and_proofs(read):
    await anchored(read)
    told = await ask(read, "auditor", "{ logAnchors { seq root } }")
    proof = await ask(read, "auditor", "{ logProof(seq: 2) { size path entry } }")

    assert told.data["logAnchors"][0]["seq"] == 3
    assert proof.data["logProof"]["size"] == 3
    assert json.loads(proof.data["logProof"]["entry"])["seq"] == 2


async def test_the_registrar_gets_the_anchor_by_mail(read, tmp_path):
    async with await read.work() as work:
        await save_settings(work, "log", LogSettings, values={"registrar": "diariet@lund.example"})
    settings = read.runtime.settings.model_copy(update={"home": tmp_path})
    read.runtime = type(read.runtime)(settings, *_rest(read.runtime))

    await anchored(read)

    (letter,) = list(tmp_path.rglob("*.eml"))
    mail = message_from_bytes(letter.read_bytes(), policy=SMTP)
    text = mail.get_body(("plain",)).get_content()
    anchor = json.loads(next(line for line in text.splitlines() if line.startswith("{")))
    assert mail["To"] == "Registratorn <diariet@lund.example>"
    assert (anchor["seq"], anchor["tenant_id"]) == (4, str(read.tenant.id))


def _rest(runtime):
    return runtime.engine, runtime.storage, runtime.reading, runtime.batches


async def exported(town, ask_for, kind) -> tuple[str, bytes]:
    async with await town.work("auditor") as work:
        job = await ask_for(work)
    kinds = {kind.name: kind}
    await run_job(town.runtime, kinds, tenant_id=town.tenant.id, job_id=job.id, pace=Pace())
    async with await town.work(write=False) as work:
        file = (await work.scalars(select(StoredFile).where(StoredFile.job_id == job.id)))[0]
        return file.name, await get_bytes(work, file.key, file.key_number)


async def test_the_whole_log_is_taken_out_with_what_checks_it(read, tmp_path):
    await anchored(read)

    name, data = await exported(read, ask_for_log, export_log)

    assert name.endswith(".zip")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path)
    (anchor,) = [name for name in names if name.startswith("anchors/")]
    assert set(names) == {"log.jsonl", anchor, "verify_log.py", "LÄS MIG.txt"}
    assert verified(tmp_path, anchor) == (0, "Whole, and as 1 anchors say.\n")


def verified(folder, anchor) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", "verify_log.py", "log.jsonl", anchor],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


async def test_what_is_found_is_taken_out_as_a_workbook(read):
    wanted = Wanted(by=read.people["manager"].id)

    _name, data = await exported(read, lambda work: ask_for_table(work, wanted), export_log_table)

    text = str(read_sheet(data))
    assert text.count("Läste") == 2
    assert text.count("Hemtjänst Öst") == 2


async def test_nothing_of_another_municipality_is_found(read, other_town):
    assert await found(other_town, about=read.people["employee"].id) == []
    assert await found(other_town, kind="person") == []


async def test_more_people_are_named_than_a_statement_takes_parameters(town):
    known = town.people["manager"]
    async with await town.work(write=False) as work:
        named = await names_of(work, [known.id, *(uuid4() for _each in range(33_000))])

    assert len(named) == 33_001
    assert named[known.id] == known.name
