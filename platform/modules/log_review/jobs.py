"""What is done after the request, or by itself: lists, files, mails, disposal."""

from __future__ import annotations

import asyncio
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import func, update

from ....authz.permit import permit
from ....infra.errors import Conflict
from ....infra.i18n import _, use_locale
from ....infra.mail import MailRefused, send_letter
from ....tenants.log.access_log import Action
from ....tenants.models import Person
from ....tenants.work import Work
from ....workers.exports import XLSX, file_name
from ....workers.jobs import Outcome, Run, job
from ....workers.models import Job
from ....workers.timetable import Every
from .archiving import document_of, read_kept, sheets_of
from .extracting import extract_sheet
from .files import keep_review_file
from .investigating import EXTRACT, get_investigation, tell_archive
from .letters import notice_letter
from .making import make_lists
from .models import FileKind, Investigation, Review, ReviewNotice, ReviewState
from .retention import dispose_of_old, ensure_rules
from .reviews import REVIEW, get_review

log = structlog.get_logger()

STEPS = 5
PDF: Final = "application/pdf"


@job(name="log_review.make_lists_of_month", queue="default")
async def make_lists_of_month(work: Work, run: Run) -> Outcome:
    """On the first of the month what the month before left; on other days what has come late."""
    await ensure_rules(work)
    made = await make_lists(work)
    return {"lists": made.lists, "events": made.events}


@job(name="log_review.dispose", queue="default")
async def dispose(work: Work, run: Run) -> Outcome:
    return {"lists": await dispose_of_old(work)}


@permit(REVIEW)
async def ask_for_archive(work: Work, review_id: UUID) -> Job:
    """Have a signed list made into the files that are kept. Raises NotFound, Conflict."""
    review = await get_review(work, review_id)
    _refuse_unsigned(review)
    return await archive_review.later(work, review_id=str(review.id))


@job(queue="exports", name="log_review.archive_review")
async def archive_review(work: Work, run: Run, *, review_id: str) -> Outcome:
    """Both files, and then the list is archived; whoever answers for the archive is told."""
    work.require(REVIEW)
    from ....infra.documents.excel import write_excel
    from ....infra.documents.pdf import write_pdf

    review = await get_review(work, UUID(review_id))
    _refuse_unsigned(review)
    await run.progress(0, STEPS, _("Reading the list"))
    kept = await read_kept(work, review)
    await run.progress(1, STEPS, _("Laying out the pages"))
    document = await asyncio.to_thread(document_of, kept)
    pdf = await asyncio.to_thread(write_pdf, document)
    await run.progress(2, STEPS, _("Writing the workbook"))
    sheets = await asyncio.to_thread(sheets_of, kept)
    excel = await asyncio.to_thread(write_excel, sheets, on=document.date)
    await run.progress(3, STEPS, _("Keeping the files"))
    named = (_("Log review"), kept.unit, f"{review.begins}–{review.ends}")
    made = [
        await keep_review_file(
            work,
            run,
            review,
            kind=kind,
            name=file_name(*named, ending=ending),
            media_type=media,
            data=data,
        )
        for kind, ending, media, data in (
            (FileKind.PDF, "pdf", PDF, pdf),
            (FileKind.EXCEL, "xlsx", XLSX, excel),
        )
    ]
    await run.progress(4, STEPS, _("Telling the archive"))
    await _archived(work, review)
    await run.progress(STEPS, STEPS)
    return {"files": [str(file.id) for file in made]}


async def _archived(work: Work, review: Review) -> None:
    """The first time counts; files made again later are only kept beside the others."""
    now = (
        update(Review)
        .where(Review.id == review.id, Review.state == ReviewState.SIGNED)
        .values(state=ReviewState.ARCHIVED, archived_by=work.actor.id, archived_at=work.now)
        .returning(Review.id)
        .execution_options(synchronize_session=False)
    )
    if (await work.execute(now)).first() is not None:
        await tell_archive(work, review)
        work.note(
            Action.EXPORT,
            "log_review",
            records=[review.id],
            unit_id=review.unit_id,
            detail={"state": ReviewState.ARCHIVED.value},
        )


@permit(EXTRACT)
async def ask_for_extract(work: Work, investigation_id: UUID) -> Job:
    """Have the extended extract made that an investigation asks for. Raises Conflict for one
    that does not."""
    investigation, _event, _review = await get_investigation(work, investigation_id)
    _refuse_unasked(investigation)
    return await extract_of_person.later(work, investigation_id=str(investigation.id))


@job(queue="exports", name="log_review.extract_of_person")
async def extract_of_person(work: Work, run: Run, *, investigation_id: str) -> Outcome:
    """All that one person has done, and what others did as them, in the days that were asked
    for."""
    work.require(EXTRACT)
    from ....infra.documents.excel import write_excel

    investigation, event, review = await get_investigation(work, UUID(investigation_id))
    _refuse_unasked(investigation)
    await run.progress(0, 3, _("Reading the log"))
    sheet = await extract_sheet(work, investigation, event)
    await run.progress(1, 3, _("Writing the workbook"))
    data = await asyncio.to_thread(write_excel, [sheet], on=work.today)
    await run.progress(2, 3, _("Keeping the files"))
    file = await keep_review_file(
        work,
        run,
        review,
        kind=FileKind.EXTRACT,
        name=file_name(_("Extended extract"), investigation.case_number, ending="xlsx"),
        media_type=XLSX,
        data=data,
        investigation_id=investigation.id,
        note=investigation.crime_note,
    )
    work.note(
        Action.EXPORT,
        "access_log",
        records=[investigation.id],
        about=[event.person_id] if event.person_id else [],
        unit_id=review.unit_id,
        detail={"case": investigation.case_number},
    )
    await run.progress(3, 3)
    return {"files": [str(file.id)]}


@job(name="log_review.send_notice", queue="mail")
async def send_notice(work: Work, run: Run, *, notice_id: str) -> Outcome:
    """One mail, once."""
    notice = await work.get(ReviewNotice, UUID(notice_id))
    person = await work.find(Person, notice.person_id)
    if notice.sent_at is not None or person is None or person.left_on is not None:
        return {"sent": False}
    review = await work.get(Review, notice.review_id)
    with use_locale(person.locale):
        letter = await notice_letter(work, notice, review, person, key=str(run.job_id))
    try:
        sent = await send_letter(work.runtime.settings, letter)
    except MailRefused as refused:
        log.warning("mail_refused", notice=str(notice.id), reason=str(refused))
        sent = False
    if sent:
        notice.sent_at = func.clock_timestamp()
    return {"sent": sent}


def _refuse_unsigned(review: Review) -> None:
    if review.state is ReviewState.OPEN:
        raise Conflict(_("Sign the list first."))


def _refuse_unasked(investigation: Investigation) -> None:
    if investigation.crime_at is None:
        raise Conflict(_("Say first that a crime is suspected, and for which days."))


JOBS = (
    make_lists_of_month,
    dispose,
    archive_review,
    extract_of_person,
    send_notice,
)
TIMETABLE = (
    Every("day", at="04:10", job=make_lists_of_month),
    Every("day", at="04:40", job=dispose),
)
