"""Fetching a section from another module: what it would give, taking it in, taking it out again.

What is fetched stands beside the text and the table that people write, and is never mixed into
them. Whoever fetches may write in the report, and may see at its unit what is fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from .....authz.permit import permit
from .....infra.errors import AppError, Conflict, InvalidInput, ModuleOff, StepUp
from .....infra.i18n import _, use_locale
from .....infra.periods import parse_period
from .....infra.worddiff import Piece
from .....tenants.changes import tell_changed
from .....tenants.log.access_log import Action
from .....tenants.models import Person
from .....tenants.work import Work
from ....filling import ChapterSource, Filling
from ....telling import chapter_source, giver
from ..holding import hold_section, refuse_marked
from ..live import report_topic
from ..models import ChapterKind, Report, Section
from ..writing.sections import Written, keep, refuse_stale, written
from .fetched import compared, filling_of, seal, stored


@dataclass(frozen=True, slots=True)
class ChapterPreview:
    """What fetching would bring. `seen` names exactly this content, `pieces` are its lines beside
    those that were fetched before."""

    section: Section
    source: ChapterSource
    content: Filling
    seen: str
    changed: bool
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Fetching:
    """How a section stands to its source. `title` is what is fetched, `giver` the module; `may`
    tells whether the actor may fetch, `changed` whether it would bring something new, None where
    that cannot be known."""

    title: str
    giver: str
    may: bool
    changed: bool | None
    by: str


@permit("reports.write")
async def preview_chapter(work: Work, section_id: UUID) -> ChapterPreview:
    """What the source of a section holds now; nothing is written but in the access log.

    Raises NotFound, Forbidden, InvalidInput for a section that is not fetched from anywhere.
    """
    section = await work.get(Section, section_id, field="sectionId")
    report = await work.get(Report, section.report_id)
    work.require("reports.write", at=report.unit_id)
    source = _source(work, section)
    content = await _given(work, source, report, Action.READ)
    after = stored(source.key, content)
    pieces = compared(section.fetched, after)
    return ChapterPreview(section, source, content, seal(after), after != section.fetched, pieces)


@permit("reports.write")
async def fill_chapter(
    work: Work, section_id: UUID, *, version: int | None = None, seen: str | None = None
) -> Section:
    """Take in what the source of a section holds now, in place of what was fetched before.

    `version` is that of the section, None over whatever stands; `seen` that of a preview. Raises
    InvalidInput where there is nothing to fetch, NotFound, Forbidden, Conflict when either has
    changed meanwhile, or when section, report or year is closed; nothing is written then.
    """
    section = await hold_section(work, section_id, "reports.write")
    report = await work.get(Report, section.report_id)
    source = _source(work, section)
    await refuse_marked(work, section)
    if version is not None:
        await refuse_stale(work, section, version)
    content = await _given(work, source, report, Action.EXPORT)
    if content.empty:
        raise InvalidInput(
            _(
                "There is nothing in {module} of {year} for this section.",
                module=giver(source.key),
                year=parse_period(report.period).year,
            ),
            field="sectionId",
        )
    after = stored(source.key, content)
    if seen is not None and seen != seal(after):
        raise Conflict(
            _("{module} has changed while you looked. Look again.", module=giver(source.key)),
            field="seen",
        )
    own = Written(section.text, section.rows)
    states_nil = section.kind is ChapterKind.NIL_STATEMENT and content.nothing and own.empty
    same = after == section.fetched and states_nil == section.nil
    section.fetched, section.fetched_by, section.fetched_at = after, work.actor.id, work.now
    if not same:
        keep(work, section, Written(section.text, section.rows, nil=states_nil))
    await work.flush()
    await tell_changed(work, report_topic(report.id), section.id)
    return section


@permit("reports.write")
async def remove_fetched(work: Work, section_id: UUID, *, version: int | None = None) -> Section:
    """Take out what was fetched; the writer's own stays. Raises as `fill_chapter`, InvalidInput
    where nothing was fetched."""
    section = await hold_section(work, section_id, "reports.write")
    await refuse_marked(work, section)
    if version is not None:
        await refuse_stale(work, section, version)
    if section.fetched is None:
        raise InvalidInput(_("Nothing is fetched in this section."), field="sectionId")
    nothing = bool(section.fetched["nothing"])
    section.fetched = section.fetched_by = section.fetched_at = None
    before = written(section)
    keep(work, section, Written(before.text, before.rows, nil=before.nil and not nothing))
    await work.flush()
    await tell_changed(work, report_topic(section.report_id), section.id)
    return section


@permit("reports.read")
async def fetching_of(
    work: Work, section: Section, *, unit_id: UUID, look: bool
) -> Fetching | None:
    """For the page of a section; None where nothing is fetched, nor can be. Without `look` the
    source is not asked whether it has changed."""
    key = str(section.fetched["source"]) if section.fetched else section.source
    if key is None:
        return None
    source = chapter_source(work, section.source)
    title = filling_of(section.fetched).title if section.fetched else ""
    may, changed = False, None
    if source is not None:
        title = title or source.title()
        may = work.allows("reports.write", at=unit_id) and _may(work, source, unit_id)
    if source is not None and look and may and section.fetched is not None:
        changed = await _changed(work, section, source)
    return Fetching(title, giver(key), may, changed, await _name(work, section.fetched_by))


async def _changed(work: Work, section: Section, source: ChapterSource) -> bool | None:
    report = await work.get(Report, section.report_id)
    try:
        content = await _given(work, source, report, Action.READ)
    except StepUp:
        return None
    return stored(source.key, content) != section.fetched


async def _given(work: Work, source: ChapterSource, report: Report, action: Action) -> Filling:
    """In the municipality's first language, as all that stands in a report."""
    work.require(source.permission, at=report.unit_id)
    year = parse_period(report.period).year
    if source.logged:
        detail = {"year": str(year), "report": str(report.id)}
        work.note(action, source.logged, unit_id=report.unit_id, detail=detail)
    with use_locale(work.tenant.languages[0]):
        return await source.give(work, report.unit_id, year)


def _source(work: Work, section: Section) -> ChapterSource:
    if section.source is None:
        raise InvalidInput(
            _("This section is not fetched from anywhere. Its template says what is."),
            field="sectionId",
        )
    source = chapter_source(work, section.source)
    if source is None:
        raise ModuleOff()
    return source


def _may(work: Work, source: ChapterSource, unit_id: UUID) -> bool:
    """Also for whoever has to sign in more safely first, and is shown how."""
    try:
        work.require(source.permission, at=unit_id)
    except StepUp:
        return True
    except AppError:
        return False
    return True


async def _name(work: Work, person_id: UUID | None) -> str:
    if person_id is None:
        return ""
    return await work.first(select(Person.name).where(Person.id == person_id)) or ""
