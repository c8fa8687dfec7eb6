"""The chapters of a template: central ones, and what a unit has added for itself and below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from .....authz.permit import NOWHERE, permit
from .....infra.errors import Conflict, InvalidInput, NotFound
from .....infra.i18n import _
from .....infra.texts import one_line
from .....tenants.models import Unit
from .....tenants.rows import uuid7
from .....tenants.tree import units
from .....tenants.work import Work
from ....telling import chapter_source
from .. import words
from ..fetching.fetched import FETCHING_KINDS
from ..models import Chapter, ChapterKind, ReportTemplate
from .columns import (
    Column,
    FixedRow,
    checked_columns,
    checked_fixed_rows,
    columns_of,
    fixed_rows_of,
    stored_columns,
    stored_fixed_rows,
)
from .designing import chapters_of
from .outline import DEEPEST, outline, siblings, subtree

MOST_CHAPTERS = 200
MOST_PHRASES = 20
PHRASE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterContent:
    """What a chapter asks for. `{year}` in title, instruction, columns, fixed rows and phrases
    becomes the year of the report."""

    title: str
    kind: ChapterKind = ChapterKind.TEXT
    numbered: bool = True
    instruction: str = ""
    columns: Sequence[Column] = ()
    fixed_rows: Sequence[FixedRow] = ()
    nil_phrase: str = ""
    phrases: Sequence[str] = ()
    carried_forward: bool = False
    source: str | None = None
    """Key of what it can be fetched from (`platform/filling.py`)."""


def content_of(chapter: Chapter) -> ChapterContent:
    return ChapterContent(
        title=chapter.title,
        kind=chapter.kind,
        numbered=chapter.numbered,
        instruction=chapter.instruction,
        columns=columns_of(chapter.columns),
        fixed_rows=fixed_rows_of(chapter.fixed_rows),
        nil_phrase=chapter.nil_phrase,
        phrases=tuple(chapter.phrases),
        carried_forward=chapter.carried_forward,
        source=chapter.source,
    )


@permit("reports.design")
async def add_chapter(
    work: Work,
    template_id: UUID,
    *,
    content: ChapterContent,
    key: str | None = None,
    parent_id: UUID | None = None,
    before_id: UUID | None = None,
    unit_id: UUID | None = None,
) -> Chapter:
    """A chapter below `parent_id` (or at the top), before a sibling or last.

    With a unit it is local: for that unit and those below. The key is made of the title if none is
    given, and never changes. Raises InvalidInput, NotFound, Conflict for a key that is taken.
    """
    work.require("reports.design", at=unit_id or NOWHERE)
    standing = await _hold(work, template_id)
    if unit_id is not None:
        await work.get(Unit, unit_id)
    if len(standing) >= MOST_CHAPTERS:
        raise Conflict(_("A template has at most {most} chapters.", most=MOST_CHAPTERS))
    taken = {chapter.key for chapter in standing}
    key = words.free_key(content.title, taken=taken) if key is None else words.key(key)
    if key in taken:
        raise Conflict(_("There is already a chapter with the key {key}.", key=key), field="key")
    chapter = Chapter(id=uuid7(), template_id=template_id, unit_id=unit_id, key=key)
    _fill(chapter, content)
    _bind(work, chapter, content.source)
    await _place(work, chapter, standing, parent_id, before_id)
    work.add(chapter)
    await work.flush()
    return chapter


@permit("reports.design")
async def change_chapter(work: Work, chapter_id: UUID, *, content: ChapterContent) -> Chapter:
    """Give a chapter another content. Reports that are started keep theirs. Raises InvalidInput."""
    chapter = await _own_chapter(work, chapter_id)
    _fill(chapter, content)
    _bind(work, chapter, content.source)
    await work.flush()
    return chapter


@permit("reports.design")
async def move_chapter(
    work: Work, chapter_id: UUID, *, parent_id: UUID | None = None, before_id: UUID | None = None
) -> Chapter:
    """Put a chapter, with all below it, under another one (or at the top), before a sibling or
    last. Raises InvalidInput, NotFound, Conflict when it would stand below itself."""
    chapter = await _own_chapter(work, chapter_id)
    standing = await _hold(work, chapter.template_id)
    await _place(work, chapter, standing, parent_id, before_id)
    await work.flush()
    return chapter


@permit("reports.design")
async def remove_chapter(work: Work, chapter_id: UUID) -> ReportTemplate:
    """Take a chapter out of its template; the answer is the template. Reports that are started
    keep theirs. Raises Conflict while chapters stand below it."""
    chapter = await _own_chapter(work, chapter_id)
    below = siblings(await _hold(work, chapter.template_id), chapter.id)
    if below:
        raise Conflict(
            _(
                "Chapters stand below this one: {titles}. Move or remove them first.",
                titles=", ".join(row.title for row in below[:5]),
            )
        )
    await work.delete(chapter)
    await work.flush()
    return await work.get(ReportTemplate, chapter.template_id)


async def _own_chapter(work: Work, chapter_id: UUID) -> Chapter:
    chapter = await work.get(Chapter, chapter_id)
    work.require("reports.design", at=chapter.unit_id or NOWHERE)
    return chapter


async def _hold(work: Work, template_id: UUID) -> Sequence[Chapter]:
    """All chapters of a template, held against others' changes until the work ends."""
    held = select(ReportTemplate).where(ReportTemplate.id == template_id).with_for_update()
    if await work.first(held) is None:
        raise NotFound()
    return await chapters_of(work, template_id)


async def _place(
    work: Work,
    chapter: Chapter,
    standing: Sequence[Chapter],
    parent_id: UUID | None,
    before_id: UUID | None,
) -> None:
    """Set parent and position, and count the siblings anew; central ones keep their own order."""
    parent = _find(standing, parent_id, field="parentId")
    if parent is not None:
        await _may_stand_below(work, chapter, parent)
        branch = subtree(standing, chapter)
        if parent.id in {entry.chapter.id for entry in branch}:
            raise Conflict(_("A chapter cannot be moved in under itself."), field="parentId")
        depth = next(entry.depth for entry in outline(standing) if entry.chapter is parent)
        if depth + max(entry.depth for entry in branch) > DEEPEST:
            raise InvalidInput(
                _("Chapters stand at most {most} levels deep.", most=DEEPEST), field="parentId"
            )
    order = [row for row in siblings(standing, parent_id) if row is not chapter]
    before = _find(order, before_id, field="beforeId")
    order.insert(order.index(before) if before else len(order), chapter)
    chapter.parent_id = parent_id
    for position, row in enumerate(order, 1):
        row.position = position


async def _may_stand_below(work: Work, chapter: Chapter, parent: Chapter) -> None:
    """A local chapter stands below a central one, or below one that all who see it see too."""
    if parent.unit_id is None or parent.unit_id == chapter.unit_id:
        return
    if chapter.unit_id is None:
        raise InvalidInput(
            _("A chapter for all units cannot stand below a local one."), field="parentId"
        )
    if parent.unit_id not in await units.ancestors(work, chapter.unit_id):
        raise InvalidInput(
            _("This local chapter belongs to another unit. Choose a common one."), field="parentId"
        )


def _find(chapters: Sequence[Chapter], id: UUID | None, *, field: str) -> Chapter | None:
    if id is None:
        return None
    found = next((chapter for chapter in chapters if chapter.id == id), None)
    if found is None:
        raise InvalidInput(_("There is no such chapter at this place."), field=field)
    return found


def _fill(chapter: Chapter, content: ChapterContent) -> None:
    content = _checked(content)
    chapter.title = content.title
    chapter.kind = content.kind
    chapter.numbered = content.numbered
    chapter.instruction = content.instruction
    chapter.columns = stored_columns(content.columns)
    chapter.fixed_rows = stored_fixed_rows(content.fixed_rows)
    chapter.nil_phrase = content.nil_phrase
    chapter.phrases = list(content.phrases)
    chapter.carried_forward = content.carried_forward


def _bind(work: Work, chapter: Chapter, source: str | None) -> None:
    """What stands is kept also while its module is switched off."""
    if source not in (None, chapter.source) and chapter_source(work, source) is None:
        raise InvalidInput(
            _("No module that is switched on has this to fetch. Choose another one."),
            field="source",
        )
    if source is not None and chapter.kind not in FETCHING_KINDS:
        raise InvalidInput(
            _("Only a text, a table or a chapter that can say that there was nothing is fetched."),
            field="source",
        )
    chapter.source = source


def _checked(content: ChapterContent) -> ChapterContent:
    is_table = content.kind is ChapterKind.TABLE
    if not is_table and (content.columns or content.fixed_rows):
        raise InvalidInput(_("Only a table has columns and fixed rows."), field="columns")
    asks_nil = content.kind is ChapterKind.NIL_STATEMENT
    if asks_nil != bool(content.nil_phrase.strip()):
        raise InvalidInput(
            _(
                "A chapter that can say that there was nothing needs the words for it, "
                "and other chapters have none."
            ),
            field="nilPhrase",
        )
    can_hold = content.kind in (ChapterKind.TEXT, ChapterKind.TABLE)
    if content.carried_forward and not can_hold:
        raise InvalidInput(_("Only texts and tables are carried forward."), field="carriedForward")
    nil_phrase = ""
    if asks_nil:
        nil_phrase = one_line(content.nil_phrase, field="nilPhrase", most=words.TITLE)
    return ChapterContent(
        title=one_line(content.title, field="title", most=words.TITLE),
        kind=content.kind,
        numbered=content.numbered,
        instruction=words.rich(content.instruction, field="instruction", most=words.INSTRUCTION),
        columns=checked_columns(content.columns) if is_table else (),
        fixed_rows=checked_fixed_rows(content.fixed_rows),
        nil_phrase=nil_phrase,
        phrases=_checked_phrases(content),
        carried_forward=content.carried_forward,
    )


def _checked_phrases(content: ChapterContent) -> tuple[str, ...]:
    """Ready sentences, each once, for a chapter that somebody writes in."""
    if content.phrases and content.kind in (ChapterKind.HEADING, ChapterKind.GOAL_ANALYSIS):
        raise InvalidInput(
            _("Nobody writes in this chapter, so it has no ready phrases."), field="phrases"
        )
    if len(content.phrases) > MOST_PHRASES:
        raise InvalidInput(
            _("A chapter has at most {most} ready phrases.", most=MOST_PHRASES), field="phrases"
        )
    lines = (one_line(phrase, field="phrases", most=PHRASE) for phrase in content.phrases)
    return tuple(dict.fromkeys(lines))
