"""Files in which those of a run are named: changed, made anew, or replaced by a page."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from uuid import UUID, uuid5

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ....infra.documents.model import Document, RichText
from ....infra.errors import AppError, InvalidInput, NotFound
from ....infra.frames import Unreadable
from ....infra.i18n import _, use_locale
from ....infra.pictures import redraw
from ....tenants.log.access_log import Action
from ....tenants.models import StoredFile
from ....tenants.rows import uuid7
from ....tenants.sealed.stored import get_bytes, put_bytes
from ....tenants.work import STOCKHOLM, Work
from ....workers.models import Job
from ..reports.models import Section, SectionFile
from ..reports.service import ReportFormat, make_report_file
from .bytes_of_files import Keep, Made, Result, rewrite_file
from .holdings import kind_of_file
from .models import ArchiveChange, Effect, FoundInFile, LeaverRun
from .naming import Found, Named

log = structlog.get_logger()

LARGEST: Final = 100_000_000
"""Bytes of a file that is looked into."""
WIDEST: Final = 6000
PDF: Final = "application/pdf"

Count = Callable[[LeaverRun, str, str, int], None]


@dataclass(frozen=True, slots=True)
class Remade:
    """What is to lie in a file's place, and how it came about."""

    data: bytes
    media_type: str
    name: str
    how: str


async def rename_in_next_file(
    work: Work,
    run: LeaverRun,
    people: Sequence[Named],
    effects: Mapping[str, Effect],
    *,
    counted: Count,
) -> str:
    """Look into the file after `run.after`, and change it if need be; the answer is its id, or
    empty when there are no more."""
    file, job = await _next_file(work, run.after)
    if file is None:
        return ""
    kept = select(FoundInFile.kept).where(
        FoundInFile.run_id == run.id, FoundInFile.file_id == file.id
    )
    if effects.get(kind_of_file(job)) is Effect.KEEP or await work.first(kept):
        counted(run, "kept", "files", await _is_named(work, file, people))
        return str(file.id)
    result = await look_into(work, file, people)
    if result.made is Made.UNREAD:
        counted(run, "unread", "files", 1)
    if result.made in (Made.CLEAN, Made.UNREAD):
        return str(file.id)
    remade = await _remade(work, run, file, job, result, people)
    await _replace(work, run, file, remade)
    counted(run, "files", remade.how, 1)
    about = sorted({found.person for found in result.found})
    work.note(Action.CHANGE, "leaver_file", records=[file.id], about=about)
    return str(file.id)


async def note_next_file(work: Work, run: LeaverRun, people: Sequence[Named], after: str) -> str:
    """As above, for the preview: only note how many times somebody is named in it."""
    file, _job = await _next_file(work, after)
    if file is None:
        return ""
    result = await look_into(work, file, people)
    if result.made is not Made.CLEAN:
        noted = insert(FoundInFile).values(
            tenant_id=work.tenant.id,
            id=uuid7(),
            run_id=run.id,
            file_id=file.id,
            hits=len(result.found),
            made=result.made.value,
        )
        await work.execute(
            noted.on_conflict_do_update(
                index_elements=["tenant_id", "run_id", "file_id"],
                set_={"hits": noted.excluded.hits, "made": noted.excluded.made},
            )
        )
        about = sorted({found.person for found in result.found})
        work.note(Action.READ, "leaver_file", records=[file.id], about=about)
    return str(file.id)


async def look_into(
    work: Work, file: StoredFile, people: Sequence[Named], *, keep: Keep = lambda _found: False
) -> Result:
    if file.size > LARGEST:
        return Result(Made.UNREAD)
    try:
        data = await get_bytes(work, file.key, file.key_number)
    except NotFound:
        return Result(Made.CLEAN)
    except Unreadable:
        return Result(Made.UNREAD)
    try:
        return await asyncio.to_thread(rewrite_file, data, name=file.name, people=people, keep=keep)
    except Exception:
        # Readers of files stumble in many ways, and a file somebody has broken must stop no purge.
        log.exception("file_unread", file=str(file.id))
        return Result(Made.UNREAD)


async def _next_file(work: Work, after: str) -> tuple[StoredFile | None, Job | None]:
    chosen = select(StoredFile).order_by(StoredFile.id).limit(1)
    if after:
        chosen = chosen.where(StoredFile.id > UUID(after))
    file = await work.first(chosen)
    if file is None or file.job_id is None:
        return file, None
    return file, await work.find(Job, file.job_id)


async def _is_named(work: Work, file: StoredFile, people: Sequence[Named]) -> int:
    return int(bool((await look_into(work, file, people)).found))


async def _remade(
    work: Work,
    run: LeaverRun,
    file: StoredFile,
    job: Job | None,
    result: Result,
    people: Sequence[Named],
) -> Remade:
    if result.made is Made.REWRITTEN:
        return Remade(result.data, file.media_type, file.name, "rewritten")
    if file.media_type.startswith("image/"):
        try:
            sent = await get_bytes(work, file.key, file.key_number)
            drawn = await asyncio.to_thread(redraw, sent, widest=WIDEST, field="file")
        except InvalidInput:
            drawn = b""
        if drawn:
            return Remade(drawn, "image/png", _renamed(file.name, ".png"), "redrawn")
    data = await _made_again(work, job)
    if data and rewrite_file(data, name=file.name, people=people, keep=_none).made is Made.CLEAN:
        return Remade(data, file.media_type, file.name, "remade")
    page = await asyncio.to_thread(_page_instead, work, run, file)
    return Remade(page, PDF, _renamed(file.name, ".pdf"), "replaced")


async def _made_again(work: Work, job: Job | None) -> bytes:
    """A report as it stands now, which is as it stood where it is done; empty for anything else."""
    if job is None or job.kind != "reports.export_report":
        return b""
    given = job.arguments
    shown = given.get("instructions")
    try:
        _name, data = await make_report_file(
            work,
            UUID(str(given["report_id"])),
            format=ReportFormat(str(given["format"])),
            instructions=shown if isinstance(shown, bool) else None,
        )
    except AppError:
        return b""
    return data


def _page_instead(work: Work, run: LeaverRun, file: StoredFile) -> bytes:
    """A page in the place of a file whose words cannot be changed."""
    from ....infra.documents.pdf import write_pdf

    assert run.decided_at is not None
    day = run.decided_at.astimezone(STOCKHOLM).date()
    language = "en" if work.tenant.languages[0] == "en" else "sv"
    with use_locale(language):
        told = _(
            "The file that lay here named somebody who has left, and its words cannot be changed. "
            "It was removed on {day} by decision {decision}. Its SHA-256 was {hash}.",
            day=day.isoformat(),
            decision=str(run.id),
            hash=file.sha256,
        )
        title = _("This file has been removed")
    return write_pdf(
        Document(
            title=title,
            municipality=work.tenant.name,
            date=day,
            blocks=(RichText(f"<p>{told}</p>"),),
            language="en" if language == "en" else "sv",
            contents=False,
            accent=work.tenant.accent,
        )
    )


async def _replace(work: Work, run: LeaverRun, file: StoredFile, remade: Remade) -> None:
    """The new bytes first, under a key of this run; then the row, and what it was before."""
    assert run.decided_at is not None
    key = f"{work.tenant.id}/files/{file.id}/{run.id}"
    number = await put_bytes(work, key, remade.data)
    # As it is now: its bytes may have been encrypted anew, elsewhere, since it was looked into.
    held = select(StoredFile.key).where(StoredFile.id == file.id).with_for_update()
    old_key = await work.first(held) or ""
    digest = hashlib.sha256(remade.data).hexdigest()
    work.add(
        ArchiveChange(
            id=uuid5(run.id, f"files/{file.id}"),
            run_id=run.id,
            kind="files",
            row_id=file.id,
            report_id=await _report_of(work, file),
            how=remade.how,
            old_hash=file.sha256,
            new_hash=digest,
            changed_at=run.decided_at,
            created_at=run.decided_at,
            old_key=old_key if old_key != key else "",
        )
    )
    file.key, file.key_number = key, number
    file.size, file.sha256 = len(remade.data), digest
    file.media_type, file.name = remade.media_type, remade.name


async def _report_of(work: Work, file: StoredFile) -> UUID | None:
    """The report that the file is attached to."""
    return await work.first(
        select(Section.report_id)
        .join(
            SectionFile,
            (SectionFile.section_id == Section.id) & (SectionFile.tenant_id == Section.tenant_id),
        )
        .where(SectionFile.file_id == file.id)
        .order_by(Section.id)
    )


def _renamed(name: str, ending: str) -> str:
    return name if name.lower().endswith(ending) else PurePosixPath(name).stem + ending


def _none(_found: Found) -> bool:
    return False
