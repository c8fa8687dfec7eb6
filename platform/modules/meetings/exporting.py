"""Files of meetings, made after the request: summons, minutes, and the log of decisions."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum
from uuid import UUID

from ....authz.permit import permit
from ....infra.documents.excel import Sheet, SheetColumn, write_excel
from ....infra.documents.model import Document, LightMark
from ....infra.errors import Conflict
from ....infra.i18n import _, current_locale
from ....tenants.log.access_log import Action
from ....tenants.logo import find_logo
from ....tenants.tree import units
from ....tenants.work import Work
from ....workers.exports import XLSX, file_name, keep_file
from ....workers.jobs import Outcome, Run, job
from ....workers.models import Job
from .check import content_check
from .dates import day_of
from .documents import Paper, minutes, summons
from .following import follow_ups, left_to_do
from .listing import Decided, Listed, decisions, meetings
from .models import MeetingSeries, MeetingState
from .reading import whole_meeting
from .seeing import get_meeting, get_series
from .sources import stands_of
from .words import lamp

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST = 20_000


class MeetingPaper(StrEnum):
    SUMMONS = "summons"
    MINUTES = "minutes"


class MeetingFormat(StrEnum):
    WORD = "word"
    PDF = "pdf"


ENDINGS = {MeetingFormat.WORD: ("docx", DOCX), MeetingFormat.PDF: ("pdf", "application/pdf")}


@permit("meetings.export")
async def ask_for_paper(
    work: Work, meeting_id: UUID, *, paper: MeetingPaper, format: MeetingFormat
) -> Job:
    """Have the summons or the minutes made as a file. Raises NotFound, and Conflict for the
    minutes of a meeting that is not held, or one that is for those in it only: files are not."""
    meeting = await get_meeting(work, meeting_id)
    if (await work.get(MeetingSeries, meeting.series_id)).private:
        raise Conflict(_("This meeting is for those in it only. It is read here, not in a file."))
    early = (MeetingState.PLANNED, MeetingState.SUMMONED, MeetingState.CANCELLED)
    if paper is MeetingPaper.MINUTES and meeting.state in early:
        raise Conflict(_("The meeting is not held yet."))
    work.note(Action.EXPORT, "meeting", records=[meeting.id], unit_id=meeting.unit_id)
    return await export_meeting.later(
        work, meeting_id=str(meeting.id), paper=paper.value, format=format.value
    )


@permit("meetings.export")
async def ask_for_decisions(
    work: Work, *, series_id: UUID | None = None, year: int | None = None, words: str = ""
) -> Job:
    """Have the log of decisions, or those that fit, as a workbook; without those of meetings that
    are for those in them only."""
    if series_id is not None:
        await get_series(work, series_id)
    return await export_decisions.later(
        work, series_id=str(series_id) if series_id else None, year=year, words=words
    )


@job(name="meetings.export_meeting", queue="exports")
async def export_meeting(
    work: Work, run: Run, *, meeting_id: str, paper: str, format: str
) -> Outcome:
    wanted = MeetingFormat(format)
    made = await paper_of(work, UUID(meeting_id), MeetingPaper(paper))
    data = await asyncio.to_thread(_writer(wanted), made)
    ending, media_type = ENDINGS[wanted]
    name = file_name(made.title, made.period, ending=ending)
    file = await keep_file(work, run, name=name, media_type=media_type, data=data)
    return {"file": str(file.id)}


@job(name="meetings.export_decisions", queue="exports")
async def export_decisions(
    work: Work, run: Run, *, series_id: str | None, year: int | None, words: str
) -> Outcome:
    chosen = UUID(series_id) if series_id else None
    log, overview = await log_sheets(work, series_id=chosen, year=year, words=words)
    data = await asyncio.to_thread(write_excel, [log, overview], on=work.today)
    name = file_name(_("Decisions"), work.tenant.name, f"{work.today}", ending="xlsx")
    file = await keep_file(work, run, name=name, media_type=XLSX, data=data)
    return {"file": str(file.id), "decisions": len(list(log.rows))}


async def log_sheets(
    work: Work, *, series_id: UUID | None, year: int | None, words: str
) -> tuple[Sheet, Sheet]:
    """The decisions that fit, and the meetings of the same series and year."""
    found = await decisions(work, series_id=series_id, year=year, words=words, limit=MOST)
    rows = [each for each in found.rows if not each.series.private]
    held = await meetings(work, series_id=series_id, limit=MOST)
    shown = [
        each
        for each in held.rows
        if not each.series.private and year in (None, day_of(each.meeting.starts_at).year)
    ]
    return await _decision_sheet(work, rows), await _meeting_sheet(work, shown, rows)


async def _decision_sheet(work: Work, rows: Sequence[Decided]) -> Sheet:
    followed = await follow_ups(work, [each.item.id for each in rows])
    return Sheet(
        _("Decisions"),
        _("Decisions, {municipality}", municipality=work.tenant.name),
        (
            SheetColumn("§", "number", width=8),
            SheetColumn(_("Item"), "text", width=40),
            SheetColumn(_("Series"), "text", width=34),
            SheetColumn(_("Day"), "date", width=12),
            SheetColumn(_("Decision of the meeting"), "text", width=60),
            SheetColumn(_("Registry number"), "text", width=18),
            SheetColumn(_("Follow-up"), "light", width=22),
        ),
        [
            (
                *(each.item.paragraph, each.item.title, each.series.name),
                *(day_of(each.meeting.starts_at), each.item.decision, each.item.registry_number),
                LightMark(*followed[each.item.id]) if each.item.id in followed else None,
            )
            for each in rows
        ],
    )


async def _meeting_sheet(work: Work, rows: Sequence[Listed], log: Sequence[Decided]) -> Sheet:
    """What each body has met and how far its minutes have come."""
    decided = Counter(each.meeting.id for each in log)
    names = {unit.id: unit.name for unit in await units.tree(work)}
    return Sheet(
        _("Meetings"),
        _("Meetings, {municipality}", municipality=work.tenant.name),
        (
            SheetColumn(_("Unit"), "text", width=28),
            SheetColumn(_("Series"), "text", width=44),
            SheetColumn(_("Day"), "date", width=12),
            SheetColumn(_("Place"), "text", width=26),
            SheetColumn(_("Status"), "light", width=24),
            SheetColumn(_("Decisions"), "number", width=10),
            SheetColumn(_("Adjusted"), "date", width=12),
            SheetColumn(_("Announced on the notice board"), "date", width=16),
        ),
        [
            (
                *(names.get(each.meeting.unit_id, ""), each.series.name),
                *(day_of(each.meeting.starts_at), each.meeting.place),
                LightMark(lamp(each.meeting.state).light, lamp(each.meeting.state).word),
                decided[each.meeting.id] or None,
                *(each.meeting.adjusted_on, each.meeting.announced_on),
            )
            for each in rows
        ],
    )


async def paper_of(work: Work, meeting_id: UUID, paper: MeetingPaper) -> Document:
    whole = await whole_meeting(work, meeting_id)
    places = {unit.id: unit.name for unit in await units.tree(work)}
    about = Paper(
        work,
        whole,
        unit=places.get(whole.row.unit_id, ""),
        stands=await stands_of(work, whole.row, whole.links),
        language=current_locale(),
        logo=await find_logo(work),
        left=await left_to_do(work, meeting_id),
    )
    if paper is MeetingPaper.SUMMONS:
        return summons(about)
    return minutes(about, await content_check(work, whole))


def _writer(format: MeetingFormat) -> Callable[[Document], bytes]:
    """Both load much, which a process that exports nothing should not have to carry."""
    if format is MeetingFormat.WORD:
        from ....infra.documents.word import write_word

        return write_word
    from ....infra.documents.pdf import write_pdf

    return write_pdf
