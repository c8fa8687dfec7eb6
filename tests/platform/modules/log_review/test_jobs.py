from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from reviewed_log import Did, log, on
from sqlalchemy import select

from roder.infra.errors import Conflict, Forbidden, NotFound
from roder.infra.tabular import read_table
from roder.platform.modules.log_review.deciding import decide
from roder.platform.modules.log_review.files import load_review_file
from roder.platform.modules.log_review.investigating import open_investigation, suspect_crime
from roder.platform.modules.log_review.jobs import (
    archive_review,
    ask_for_archive,
    ask_for_extract,
    extract_of_person,
    make_lists_of_month,
    send_notice,
)
from roder.platform.modules.log_review.models import (
    Decision,
    FileKind,
    Review,
    ReviewFile,
    ReviewNotice,
    ReviewState,
)
from roder.platform.modules.log_review.settings import LogReviewSettings
from roder.platform.modules.log_review.signing import sign_review
from roder.platform.modules.mywork.service import my_tasks
from roder.platform.tasks import TaskKind
from roder.tenants.delegations import delegate_roles
from roder.tenants.models import RoleGrant
from roder.tenants.municipality import save_settings
from roder.tenants.rows import uuid7
from roder.tenants.work import STOCKHOLM
from roder.workers.jobs import Run

NIGHT = datetime(2026, 10, 14, 23, tzinfo=STOCKHOLM)


@pytest.fixture
async def listed(reviewed):
    """One event at night, in the list of October."""
    manager, local = reviewed.people["manager"].id, reviewed.people["local"].id
    [id] = await log(reviewed, [Did(NIGHT, manager, about=(local,))])
    async with await reviewed.work() as work:
        await make_lists_of_month.function(on(work, date(2026, 11, 1)), Run(uuid7(), 1))
        review = await work.first(select(Review).where(Review.unit_id.is_not(None)))
    return reviewed, review.id, id


async def test_a_list_is_asked_of_its_reviewer_then_to_be_archived_then_no_more(listed):
    town, review, id = listed
    async with await town.work() as work:
        chosen = {"archive_responsible": town.people["employee"].email}
        await save_settings(work, "log_review", LogReviewSettings, values=chosen)
    async with await town.work("reviewer") as work:
        first = [task.kind for task in await my_tasks(work)]
        with pytest.raises(Conflict, match="Signera"):
            await ask_for_archive(work, review)
        await decide(work, id, decision=Decision.LEGITIMATE)
        await sign_review(work, review, result="Inget intrång.")
        signed = [task.kind for task in await my_tasks(work)]
    async with await town.work("reviewer") as work:
        run = Run(uuid7(), 1)
        await archive_review.function(work, run, review_id=str(review))
    async with await town.work("reviewer") as work:
        await archive_review.function(work, Run(run.job_id, 2), review_id=str(review))
        done = [task.kind for task in await my_tasks(work)]
        found = await work.get(Review, review)
        files = await work.scalars(select(ReviewFile).order_by(ReviewFile.id))
        pdf, data = await load_review_file(work, files[0].id)
        notices = await work.scalars(select(ReviewNotice))
        sent = await send_notice.function(work, Run(uuid7(), 1), notice_id=str(notices[0].id))
    async with await town.work("employee") as work:
        told = [task.kind for task in await my_tasks(work)]
        with pytest.raises(Forbidden):
            await load_review_file(work, pdf.id)

    assert TaskKind.REVIEW_LOG in first
    assert TaskKind.ARCHIVE_LOG in signed
    assert TaskKind.ARCHIVE_LOG not in done
    assert found.state is ReviewState.ARCHIVED
    assert [file.kind for file in files] == [FileKind.PDF, FileKind.EXCEL]
    assert len(PdfReader(BytesIO(data)).pages) == 2
    assert len(notices) == 1
    assert sent == {"sent": True}
    assert told == [TaskKind.SEE_ARCHIVED]


async def test_an_extended_extract_is_made_by_a_full_administrator_for_its_days(listed):
    town, _review, id = listed
    manager = town.people["manager"].id
    await log(
        town,
        [
            Did(datetime(2026, 3, 1, 0, 0, tzinfo=STOCKHOLM), manager),
            Did(datetime(2026, 2, 28, 23, 59, tzinfo=STOCKHOLM), manager),
            Did(datetime(2026, 4, 1, 12, 0, tzinfo=STOCKHOLM), town.people["local"].id),
        ],
    )
    async with await town.work("reviewer") as work:
        case = await open_investigation(work, id, case_number="2026-7")
        with pytest.raises(Forbidden):
            await ask_for_extract(work, case.id)
        await suspect_crime(
            work, case.id, note="Upprepat", begins=date(2026, 3, 1), ends=date(2026, 10, 31)
        )
    async with await town.work() as work:
        before = [task.kind for task in await my_tasks(work)]
        await extract_of_person.function(work, Run(uuid7(), 1), investigation_id=str(case.id))
    async with await town.work() as work:
        after = [task.kind for task in await my_tasks(work)]
        file = await work.first(select(ReviewFile))
        _file, data = await load_review_file(work, file.id)
    rows = read_table("x.xlsx", data).rows

    assert TaskKind.MAKE_EXTRACT in before
    assert TaskKind.MAKE_EXTRACT not in after
    assert file.note == "Upprepat"
    assert [row.cells[1] for row in rows[2:]] == ["2026-10-14 23:00:00", "2026-03-01 00:00:00"]


async def test_files_of_another_unit_are_not_to_be_found(listed):
    town, _review, _id = listed
    async with await town.work("reviewer") as work:
        with pytest.raises(NotFound):
            await load_review_file(work, uuid7())


async def test_a_deputy_is_asked_and_may_review_while_the_role_is_handed_on(listed):
    town, _review, id = listed
    deputy = town.people["employee"]
    async with await town.work("reviewer") as work:
        grants = await work.scalars(
            select(RoleGrant.id).where(RoleGrant.person_id == town.people["reviewer"].id)
        )
        await delegate_roles(
            work,
            grant_ids=grants,
            colleague_id=deputy.id,
            valid_from=None,
            valid_to=work.now + timedelta(days=7),
        )
    async with await town.work("employee") as work:
        asked = [task.kind for task in await my_tasks(work)]
        event = await decide(work, id, decision=Decision.LEGITIMATE)

    assert TaskKind.REVIEW_LOG in asked
    assert event.decided_by == deputy.id
