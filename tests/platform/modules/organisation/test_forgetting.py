"""What is over is removed in time: ended sessions, jobs with their exports, unused uploads."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, insert, select, update

from roder.infra.errors import NotFound
from roder.infra.periods import parse_period
from roder.platform.modules.organisation import jobs
from roder.platform.modules.organisation.jobs import forget_what_is_over
from roder.platform.modules.organisation.module import ORGANISATION
from roder.platform.modules.reports.models import ChapterKind, Section, SectionFile
from roder.platform.modules.reports.service import (
    ChapterContent,
    add_chapter,
    add_template,
    attach_file,
    start_report,
    write_section,
)
from roder.tenants.actors import service
from roder.tenants.files import keep_upload, load_upload
from roder.tenants.models import StoredFile, UserSession
from roder.tenants.rows import uuid7
from roder.tenants.sign_in.sessions import start_session
from roder.tenants.work import open_work
from roder.workers.exports import keep_file
from roder.workers.jobs import Run
from roder.workers.models import Job, JobState
from roder.workers.run import PACE, run_job
from roder.workers.serve import by_name


async def test_ended_sessions_go_after_thirty_days_and_others_stay(town):
    for _nth in range(4):
        await signed_in(town)
    async with await town.work() as work:
        ids = await work.scalars(select(UserSession.id).order_by(UserSession.id))
        long_ago, lately = work.now - timedelta(days=31), work.now - timedelta(days=29)
        for id, ended, expires in (
            (ids[0], long_ago, long_ago),
            (ids[1], None, long_ago),
            (ids[2], lately, long_ago),
        ):
            row = update(UserSession).where(UserSession.id == id)
            await work.execute(row.values(ended_at=ended, expires_at=expires))

    assert await over(town) == {"sessions": 2, "jobs": 0, "uploads": 0, "guesses": 0}
    async with await town.work(write=False) as work:
        assert await work.scalars(select(UserSession.id).order_by(UserSession.id)) == ids[2:]


async def test_ended_jobs_go_with_their_exports_after_thirty_days(town):
    old = await job_of(town, JobState.DONE, days=31)
    await job_of(town, JobState.FAILED, days=31)
    kept = [
        await job_of(town, JobState.DONE, days=29),
        await job_of(town, JobState.RUNNING, days=40),
        await job_of(town, JobState.QUEUED, days=40),
    ]

    assert await over(town) == {"sessions": 0, "jobs": 2, "uploads": 0, "guesses": 0}
    async with await town.work(write=False) as work:
        others = select(Job.id).where(Job.kind == "old").order_by(Job.id)
        assert await work.scalars(others) == [job.id for job, _file in kept]
        left = await work.scalars(select(StoredFile.id).order_by(StoredFile.id))
        assert left == [file.id for _job, file in kept]
        with pytest.raises(NotFound):
            await work.storage.get(old[1].key)
        assert (await load_upload(work, kept[0][1].id, most=9))[1] == b"tal"


async def test_uploads_go_after_seven_days_unless_something_refers_to_them(town):
    old, used, new = [await upload(town, days) for days in (8, 8, 6)]
    await attached(town, used)

    assert await over(town) == {"sessions": 0, "jobs": 0, "uploads": 1, "guesses": 0}
    async with await town.work(write=False) as work:
        assert await work.scalars(select(StoredFile.id).order_by(StoredFile.id)) == [
            used.id,
            new.id,
        ]
        assert await work.first(select(func.count(SectionFile.id))) == 1
        with pytest.raises(NotFound):
            await work.storage.get(old.key)
        assert (await load_upload(work, used.id, most=9))[1] == b"bild"


async def test_an_upload_that_a_text_links_to_stays(town):
    unused, linked, spelled = [await upload(town, 8) for _nth in range(3)]
    await attached(town, await upload(town, 1))
    address = f"https://mal.example/{town.tenant.slug}/files/StoredFile"
    text = f'<p><a href="{address}:{linked.id}">Bilagan</a>'
    text += f'<a href="{address}%3A{spelled.id}">Den andra</a></p>'
    async with await town.work() as work:
        section = await work.first(select(Section))
        await write_section(work, section.id, version=section.version, text=text)

    assert await over(town) == {"sessions": 0, "jobs": 0, "uploads": 1, "guesses": 0}
    async with await town.work(write=False) as work:
        left = await work.scalars(select(StoredFile.id))
    assert {linked.id, spelled.id} < set(left)
    assert unused.id not in left


async def test_an_export_that_is_attached_to_a_report_stays_with_its_job(town):
    job, file = await job_of(town, JobState.DONE, days=31)
    await attached(town, file)

    assert await over(town) == {"sessions": 0, "jobs": 0, "uploads": 0, "guesses": 0}
    async with await town.work(write=False) as work:
        assert await work.find(Job, job.id)
        assert (await load_upload(work, file.id, most=9))[1] == b"tal"


async def test_nothing_of_another_municipality_is_removed(town, other_town):
    for place in (town, other_town):
        await signed_in(place, ended=90)
        await job_of(place, JobState.DONE, days=90)
        await upload(place, 90)

    assert await over(town) == {"sessions": 1, "jobs": 1, "uploads": 1, "guesses": 0}
    async with await other_town.work(write=False) as work:
        assert await work.first(select(func.count(UserSession.id))) == 1
        assert await work.first(select(func.count(Job.id))) == 1
        assert await work.first(select(func.count(StoredFile.id))) == 2


async def test_what_is_more_than_one_run_takes_is_left_for_the_next(town, monkeypatch):
    monkeypatch.setattr(jobs, "MOST", 2)
    for _nth in range(5):
        await signed_in(town, ended=31)

    assert await over(town) == {"sessions": 2, "jobs": 0, "uploads": 0, "guesses": 0}
    assert await run_queued(town) == [{"sessions": 2, "jobs": 0, "uploads": 0, "guesses": 0}]
    assert await run_queued(town) == [{"sessions": 1, "jobs": 0, "uploads": 0, "guesses": 0}]
    assert await run_queued(town) == []


async def test_a_run_that_is_broken_off_can_be_made_again(town):
    file = await upload(town, 8)

    async def break_off():
        async with open_work(town.runtime, town.tenant, service(), write=True) as work:
            await forget_what_is_over.function(work, Run(uuid7(), 1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await break_off()
    async with await town.work(write=False) as work:
        assert await work.find(StoredFile, file.id)

    assert await over(town) == {"sessions": 0, "jobs": 0, "uploads": 1, "guesses": 0}
    async with await town.work(write=False) as work:
        assert await work.find(StoredFile, file.id) is None


def test_it_is_done_every_night():
    assert [
        (every.pace, every.at)
        for every in ORGANISATION.timetable
        if every.job is forget_what_is_over
    ] == [("day", "03:40")]


async def over(town):
    """Run the job as the timetable starts it; what it says it has removed."""
    async with open_work(town.runtime, town.tenant, service(), write=True) as work:
        await forget_what_is_over.later(work)
    [result] = await run_queued(town)
    return result


async def run_queued(town):
    async with open_work(town.runtime, town.tenant, service(), write=False) as work:
        own = Job.kind == forget_what_is_over.name, Job.state == JobState.QUEUED
        ids = await work.scalars(select(Job.id).where(*own))
    for id in ids:
        kinds = by_name(ORGANISATION.jobs)
        await run_job(town.runtime, kinds, tenant_id=town.tenant.id, job_id=id, pace=PACE)
    async with open_work(town.runtime, town.tenant, service(), write=False) as work:
        return list(await work.scalars(select(Job.result).where(Job.id.in_(ids))))


async def signed_in(town, *, ended: int | None = None) -> None:
    async with await town.work() as work:
        await start_session(work, town.people["employee"].id)
        if ended is not None:
            at = work.now - timedelta(days=ended)
            await work.execute(update(UserSession).values(ended_at=at))


async def job_of(town, state: JobState, *, days: int) -> tuple[Job, StoredFile]:
    """A job that ended so many days ago, or began then, and the file it made."""
    id = uuid7()
    async with await town.work() as work:
        then = work.now - timedelta(days=days)
        ended = then if state in (JobState.DONE, JobState.FAILED) else None
        await work.execute(
            insert(Job).values(
                tenant_id=work.tenant.id,
                id=id,
                kind="old",
                queue="exports",
                arguments={},
                state=state,
                locale="sv",
                sent_at=work.now,
                started_at=then,
                ended_at=ended,
            )
        )
        file = await keep_file(
            work, Run(id, 1), name="tal.txt", media_type="text/plain", data=b"tal"
        )
        return await work.get(Job, id), file


async def upload(town, days: int) -> StoredFile:
    async with await town.work() as work:
        body = BytesIO(b"bild")
        file = await keep_upload(work, name="bild.txt", media_type="text/plain", body=body)
        then = work.now - timedelta(days=days)
        sent = update(StoredFile).where(StoredFile.id == file.id).values(created_at=then)
        await work.execute(sent)
        return file


async def attached(town, file: StoredFile) -> None:
    async with await town.work() as work:
        template = await add_template(work, key="quality", title={"sv": "Kvalitetsrapport"})
        content = ChapterContent(title="Bilagor", kind=ChapterKind.ATTACHMENTS)
        await add_chapter(work, template.id, key="attachments", content=content)
        report = await start_report(
            work,
            template_id=template.id,
            unit_id=town.units["home_care"].id,
            period=parse_period("2026"),
        )
        own = select(Section).where(Section.report_id == report.id)
        section = await work.first(own)
        await attach_file(work, section.id, file_id=file.id)
