"""An extract holds everything about one person, and is for whoever had it made."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from reviewed_log import Did, add_reviewer, log, on, switch_on
from sqlalchemy import select

from roder.infra.errors import Forbidden, InvalidInput, NotFound
from roder.platform.modules.leavers.extracts import ask_extract, ask_own_extract, make_extract
from roder.platform.modules.leavers.models import PersonExtract
from roder.platform.modules.log_review.deciding import decide
from roder.platform.modules.log_review.investigating import (
    close_investigation,
    open_investigation,
)
from roder.platform.modules.log_review.making import make_lists
from roder.platform.modules.log_review.models import (
    Decision,
    Investigation,
    InvestigationState,
    Review,
)
from roder.platform.modules.log_review.signing import write_result
from roder.tenants.files import open_file
from roder.tenants.log.access_log import LogEntry
from roder.tenants.models import StoredFile
from roder.tenants.people import grant_role, withdraw_role
from roder.tenants.sign_in.sessions import start_session
from roder.tenants.work import STOCKHOLM
from roder.workers.run import PACE, run_job
from roder.workers.serve import by_name


async def test_it_holds_the_register_texts_sign_ins_and_who_saw(town, leaver, words_of):
    person = await leaver(town)
    files = await made(town, person.id)

    told = json.loads(files["application/json"])
    tables = {each["table"]: each for each in told["holdings"]}
    assert tables["people"]["rows"][0]["name"] == "Vanja Vikbolandet"
    assert tables["people"]["title"] == "Personregistret"
    assert {each["table"] for each in told["mentions"]} == {
        "files",
        "section_files",
        "section_versions",
        "sections",
    }
    assert ("Fullständig administratör" in {each["who"] for each in told["seen"]}) or told["seen"]
    assert "Asta Admin" not in json.dumps(told["seen"])
    pdf = words_of(files["application/pdf"])
    assert "Vanja Vikbolandet" in pdf
    assert "Var du är namngiven" in pdf


async def test_keys_are_never_in_it(town):
    async with await town.work("employee") as work:
        key = await start_session(work, work.actor.id)
    files = await made(town, None, who="employee")

    told = files["application/json"].decode()
    assert "sessions" in {each["table"] for each in json.loads(told)["holdings"]}
    assert "digest" not in told
    assert key not in told


async def test_it_is_silent_about_an_investigation_until_that_is_closed(town):
    """Of events, what is written, and who has looked; not of other events, nor of the deed."""
    await switch_on(town)
    await add_reviewer(town)
    manager, unit = town.people["manager"], town.units["home_care"].id
    noon = datetime(2026, 10, 14, 12, tzinfo=STOCKHOLM)
    done = [Did(noon.replace(hour=at), manager.id, unit) for at in (9, 10, 11)]
    ordinary, looked_into, intrusion = await log(town, done)
    async with await town.work() as work:
        await make_lists(on(work, date(2026, 11, 1)))
        review = await work.first(select(Review).where(Review.unit_id == unit))
    async with await town.work("reviewer") as work:
        case = await open_investigation(
            work, looked_into, case_number="2026-17", notes=f"Samtal med {manager.name}."
        )
        await decide(work, intrusion, decision=Decision.INTRUSION)
        await write_result(work, review.id, text=f"Ett ärende om {manager.name} utreds.")

    assert await told_of(town) == ({str(ordinary)}, set())

    async with await town.work("reviewer") as work:
        await close_investigation(work, case.id, outcome="Ingen åtgärd.")
        second = await open_investigation(work, intrusion, case_number="2026-18")
        await close_investigation(work, second.id, outcome="Anmält.")
    assert await told_of(town) == (
        {str(ordinary), str(looked_into), str(intrusion)},
        {"review_investigations", "reviews"},
    )


async def told_of(town):
    """The reviewed events of the manager's own extract, and the tables where they are named;
    nothing else in it tells of an investigation that is open."""
    files = await made(town, None, who="manager")
    text = files["application/json"].decode()
    told = json.loads(text)
    async with await town.work(write=False) as work:
        still = InvestigationState.OPEN
        open_ = await work.scalars(select(Investigation).where(Investigation.state == still))
    for case in open_:
        assert case.case_number not in text
        assert str(case.id) not in text
        changes = [each for each in told["seen"] if each["kind"] == "log_review"]
        assert changes == []
    events = {
        row["id"]
        for each in told["holdings"]
        if each["table"] == "review_events"
        for row in each["rows"]
    }
    assert {each["table"] for each in told["holdings"]} >= {"access_log"}
    return events, {each["table"] for each in told["mentions"]}


async def test_an_administrator_says_how_the_identity_was_checked(town):
    async with await town.work() as work:
        with pytest.raises(InvalidInput, match="kontrollerat"):
            await ask_extract(work, town.people["employee"].id, identity_check=" ")
        assert await work.scalars(select(PersonExtract.id)) == []


async def test_nobody_has_somebody_elses(town):
    async with await town.work("employee", write=False) as work:
        with pytest.raises(Forbidden):
            await ask_extract(work, town.people["manager"].id, identity_check="Pass")
    async with await town.work("local") as work:
        # What is held about somebody comes from more than the units of an administrator.
        for who in ("administrator", "manager", "local"):
            with pytest.raises(Forbidden):
                await ask_extract(work, town.people[who].id, identity_check="Pass")
        assert await work.scalars(select(PersonExtract.id)) == []


async def test_it_is_not_made_when_whoever_asked_is_no_full_administrator_any_more(town):
    async with await town.work() as work:
        second = await grant_role(work, town.people["local"].id, role="full_administrator")
    async with await town.work("local") as work:
        extract = await ask_extract(work, town.people["manager"].id, identity_check="Pass")
    async with await town.work() as work:
        await withdraw_role(work, second.id)
    for job_id in (extract.pdf_job, extract.json_job):
        await run_job(
            town.runtime,
            by_name([make_extract]),
            tenant_id=town.tenant.id,
            job_id=job_id,
            pace=PACE,
        )
    async with await town.work(write=False) as work:
        assert await work.scalars(select(StoredFile.id)) == []


async def test_the_files_are_for_whoever_had_them_made(town):
    await made(town, town.people["employee"].id)
    async with await town.work(write=False) as work:
        ids = await work.scalars(select(StoredFile.id).where(StoredFile.needs.is_not(None)))
        assert len(ids) == 2
        assert await open_file(work, ids[0])
    for who in ("employee", "manager", "local", "auditor"):
        async with await town.work(who, write=False) as work:
            with pytest.raises(NotFound):
                await open_file(work, ids[0])


async def test_it_is_noted_about_whom(town):
    await made(town, town.people["employee"].id)
    async with await town.work(write=False) as work:
        noted = select(LogEntry).where(LogEntry.kind == "person_extract")
        entries = await work.scalars(noted.order_by(LogEntry.seq))
        assert {tuple(entry.about) for entry in entries} == {(town.people["employee"].id,)}
        assert [entry.action for entry in entries] == ["add", "export", "export"]


async def made(town, person_id, *, who: str = "administrator") -> dict[str, bytes]:
    """The bytes of both files, by their kind."""
    async with await town.work(who) as work:
        if person_id is None:
            extract = await ask_own_extract(work)
        else:
            extract = await ask_extract(work, person_id, identity_check="Visade pass.")
    found = {}
    for job_id in (extract.pdf_job, extract.json_job):
        kinds = by_name([make_extract])
        await run_job(town.runtime, kinds, tenant_id=town.tenant.id, job_id=job_id, pace=PACE)
        async with await town.work(who, write=False) as work:
            [file] = await work.scalars(select(StoredFile).where(StoredFile.job_id == job_id))
            _file, reader = await open_file(work, file.id)
            found[file.media_type] = await reader.whole()
    return found
