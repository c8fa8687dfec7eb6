"""A report that was exported to Word and worked in there, read back section by section.

What a section says in the file is compared with what it would say in a file made now, so that only
what somebody has changed in Word counts as changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from .....authz.permit import permit
from .....infra.documents.richtext import plain_text
from .....infra.documents.word_reader import MOST_BYTES, WordPart, read_word
from .....infra.errors import AppError, Conflict, InvalidInput
from .....infra.i18n import _, current_locale
from .....infra.worddiff import Piece, word_diff
from .....tenants.changes import tell_changed
from .....tenants.files import load_upload
from .....tenants.work import Work
from .. import words
from ..designs.columns import cell_of, checked_rows, columns_of, filled, fixed_rows_of, shown
from ..exporting import Parts, document_of, read_parts
from ..holding import hold_open_report, name_of, refuse_approved, standing_report_mark
from ..live import report_topic
from ..models import ChapterKind, Report, ReportImage, Section, SectionCompletion
from ..pictures.images import images_of, with_images
from ..writing.sections import TEXT, Written, keep, refuse_stale, written
from .chapters import Divided, Stretch, divide
from .content import Reading, reading_of, text_of

UNREAD = (ChapterKind.HEADING, ChapterKind.GOAL_ANALYSIS)
SHOWN_UNKNOWN = 2_000
"""Signs of a stretch below an unknown heading that are shown."""


class WordState(StrEnum):
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    NOT_FOUND = "not_found"
    """The file has no such heading; the section stays as it is."""
    GENERATED = "generated"
    """Made of the goals, or only a heading: nothing is read."""
    DONE = "done"
    """Changed in the file, but marked as done here."""
    REFUSED = "refused"
    """Changed in the file to what the section cannot hold; `message` says why."""


@dataclass(frozen=True, slots=True)
class WordChapter:
    """What a file would do to a section. `pieces` show it, for states changed and done.

    `version` is what the section stood at; it has to be sent back to have the section read.
    """

    section: Section
    version: int
    state: WordState
    pieces: tuple[Piece, ...] = ()
    message: str = ""
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnknownHeading:
    """A heading of the file that is no section's, with what stands below it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class WordPreview:
    """What a file would do to a report, section by section in the report's order."""

    report: Report
    chapters: tuple[WordChapter, ...]
    unknown: tuple[UnknownHeading, ...] = ()


@dataclass(frozen=True, slots=True)
class ChosenChapter:
    """A section to read from a file, and the version that its preview was made over."""

    section_id: UUID
    version: int


@permit("reports.write")
async def preview_word(work: Work, report_id: UUID, *, file_id: UUID) -> WordPreview:
    """What a Word file that was sent in would change in an open report; nothing is written.

    Raises NotFound, Forbidden, InvalidInput for a file that cannot be read, Conflict for a report
    that is done or approved.
    """
    report = await work.get(Report, report_id)
    work.require("reports.write", at=report.unit_id)
    await refuse_approved(work, report)
    if await standing_report_mark(work, report.id) is not None:
        raise Conflict(_("The report is marked as done. Open it again first."))
    sent = await _sent(work, file_id)
    preview, _afters = await _compared(work, report, sent)
    return preview


@permit("reports.write")
async def read_back(
    work: Work, report_id: UUID, *, file_id: UUID, chapters: Sequence[ChosenChapter]
) -> tuple[Report, Sequence[Section]]:
    """Write what the file says in the chosen sections, all of them or none; the answer is the
    report and those sections.

    Raises as `preview_word` does, and Conflict when a section was changed since its version, is
    done, or is not changed by the file.
    """
    if not chapters:
        raise InvalidInput(_("Choose at least one section to read."), field="chapters")
    report = await work.get(Report, report_id)
    work.require("reports.write", at=report.unit_id)
    own = set(await work.scalars(select(Section.id).where(Section.report_id == report.id)))
    if not own.issuperset(chapter.section_id for chapter in chapters):
        raise InvalidInput(_("A chosen section is not in this report."), field="chapters")
    sent = await _sent(work, file_id)
    await hold_open_report(work, report.id, "reports.write")
    held = await _hold_sections(work, report)
    preview, afters = await _compared(work, report, sent)
    states = {chapter.section.id: chapter for chapter in preview.chapters}
    chosen: list[Section] = []
    for chapter in chapters:
        section = held[chapter.section_id]
        await refuse_stale(work, section, chapter.version)
        if states[section.id].state is not WordState.CHANGED:
            raise Conflict(_why_not(states[section.id]), field="chapters")
        chosen.append(section)
    for section in chosen:
        keep(work, section, afters[section.id])
    await work.flush()
    await tell_changed(work, report_topic(report.id), *(section.id for section in chosen))
    return report, chosen


async def _sent(work: Work, file_id: UUID) -> tuple[WordPart, ...]:
    _file, data = await load_upload(work, file_id, most=MOST_BYTES)
    return await asyncio.to_thread(read_word, data)


async def _hold_sections(work: Work, report: Report) -> Mapping[UUID, Section]:
    """All sections, which nobody else can change until the work ends."""
    statement = (
        select(Section)
        .where(Section.report_id == report.id)
        .order_by(Section.position)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {section.id: section for section in await work.scalars(statement)}


async def _compared(
    work: Work, report: Report, sent: tuple[WordPart, ...]
) -> tuple[WordPreview, Mapping[UUID, Written]]:
    """The preview, and what each changed section would hold."""
    parts = await read_parts(work, report, words_only=True)
    images = await images_of(work, report.id)
    done = await _done(work, report)
    return await asyncio.to_thread(compare_word, parts, sent, images, done)


def compare_word(
    parts: Parts,
    sent: tuple[WordPart, ...],
    images: Sequence[ReportImage],
    done: frozenset[UUID],
) -> tuple[WordPreview, Mapping[UUID, Written]]:
    """The file against one made now, and what each section that is changed would hold. `done` are
    the sections that are marked so."""
    from .....infra.documents.word import write_word

    own = divide(read_word(write_word(document_of(parts))), parts.sections)
    theirs = divide(sent, parts.sections)
    afters: dict[UUID, Written] = {}
    chapters: list[WordChapter] = []
    unknown = list(theirs.unknown)
    for section in parts.sections:
        found = theirs.found.get(section.id)
        unknown += _put_among_fetched(section, own, theirs)
        if section.kind is ChapterKind.HEADING and found:
            unknown.append(Stretch(f"{section.number} {section.title}".strip(), found))
        if section.kind in UNREAD or found is None:
            state = WordState.GENERATED if section.kind in UNREAD else WordState.NOT_FOUND
            chapters.append(WordChapter(section, section.version, state))
            continue
        before = reading_of(section, own.found.get(section.id, ()), language=parts.language)
        reading = reading_of(section, found, language=parts.language)
        chapter, after = _chapter(section, before, reading, images)
        if after is not None and section.id in done:
            chapter, after = replace(chapter, state=WordState.DONE), None
        if after is not None:
            afters[section.id] = after
        chapters.append(chapter)
    return WordPreview(parts.report, tuple(chapters), tuple(_unknown(unknown))), afters


def _put_among_fetched(section: Section, own: Divided, theirs: Divided) -> list[Stretch]:
    """What was changed in what is fetched: it is not read, and not lost out of sight either."""
    before, after = (each.fetched.get(section.id, []) for each in (own, theirs))
    known = {text_of([part]) for part in before}
    new = [part for part in after if text_of([part]) not in known]
    return [Stretch(f"{section.number} {section.title}".strip(), new)] if new else []


def _chapter(
    section: Section, before: Reading, reading: Reading, images: Sequence[ReportImage]
) -> tuple[WordChapter, Written | None]:
    notices = _notices(section, before, reading)
    same = WordChapter(section, section.version, WordState.UNCHANGED, notices=notices)
    if replace(reading, strange_pictures=0) == replace(before, strange_pictures=0):
        return same, None
    try:
        after = _after(section, before, reading)
        after = replace(after, text=with_images(after.text, images))
    except AppError as refused:
        return replace(same, state=WordState.REFUSED, message=refused.message), None
    if after == written(section):
        return same, None
    pieces = word_diff(_words(section, written(section)), _words(section, after))
    return replace(same, state=WordState.CHANGED, pieces=pieces), after


def _after(section: Section, before: Reading, reading: Reading) -> Written:
    """What the section holds with what was changed in the file; the rest stays as it is."""
    if reading.nil:
        return written(section) if before.nil else Written(nil=True)
    after = replace(written(section), rows=list(section.rows), nil=False)
    if reading.text != before.text:
        text = words.rich(reading.text, field="text", most=TEXT, illustrated=True)
        after = replace(after, text=text)
    if reading.rows is not None and reading.rows != before.rows:
        rows = checked_rows(
            reading.rows,
            columns=columns_of(section.columns),
            fixed_rows=fixed_rows_of(section.fixed_rows),
        )
        # A table with fixed rows of which none is filled in is kept as no rows at all.
        after = replace(after, rows=rows if section.rows or any(map(filled, rows)) else [])
    return after


def _notices(section: Section, before: Reading, reading: Reading) -> tuple[str, ...]:
    said: list[str] = []
    if reading.strange_pictures:
        said.append(
            _("A picture that was put in with Word is not read. Add it here, in the report.")
        )
    if section.kind is ChapterKind.TABLE and before.rows is not None and reading.rows is None:
        said.append(_("The table was not found in the file, and stays as it is."))
    return tuple(said)


def _words(section: Section, content: Written) -> str:
    """What a section holds, as lines of words."""
    lines = [plain_text(content.text)] if content.text else []
    if content.nil:
        lines.append(section.nil_phrase)
    titles = {row.key: row.title for row in fixed_rows_of(section.fixed_rows)}
    columns = columns_of(section.columns)
    for row in content.rows:
        if filled(row):
            cells = [shown(cell_of(row, c.key), c.kind, current_locale()) for c in columns]
            name = titles.get(str(row["row"]))
            lines.append(" | ".join([name, *cells] if name else cells))
    return "\n".join(lines)


def _unknown(stretches: Sequence[Stretch]) -> list[UnknownHeading]:
    shown = ((stretch.title, text_of(stretch.parts).strip()) for stretch in stretches)
    return [UnknownHeading(title, text[:SHOWN_UNKNOWN]) for title, text in shown if text]


def _why_not(chapter: WordChapter) -> str:
    name = name_of(chapter.section)
    if chapter.state is WordState.REFUSED:
        return f"{name}: {chapter.message}"
    if chapter.state is WordState.DONE:
        return _("The section {name} is marked as done. Open it again first.", name=name)
    return _("The file changes nothing in the section {name}.", name=name)


async def _done(work: Work, report: Report) -> frozenset[UUID]:
    marked = select(SectionCompletion.section_id).where(
        SectionCompletion.reopened_at.is_(None),
        SectionCompletion.section_id == Section.id,
        Section.tenant_id == SectionCompletion.tenant_id,
        Section.report_id == report.id,
    )
    return frozenset(await work.scalars(marked))
