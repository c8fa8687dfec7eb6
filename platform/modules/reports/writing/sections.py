"""Writing in a report: text, rows of a table, or the statement that there was nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from babel.dates import format_datetime
from sqlalchemy import select

from .....authz.permit import permit
from .....infra.errors import Conflict, InvalidInput
from .....infra.i18n import _, current_locale
from .....tenants.changes import tell_changed
from .....tenants.models import Person
from .....tenants.work import STOCKHOLM, Work
from .. import words
from ..designs.columns import TableRow, checked_rows, columns_of, filled, fixed_rows_of
from ..holding import hold_section, refuse_marked
from ..live import report_topic
from ..models import ChapterKind, Section, SectionVersion
from ..pictures.images import with_own_images

TEXT = 200_000


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a section: cleaned HTML, kept rows, or the nil statement."""

    text: str = ""
    rows: Sequence[dict[str, object]] = ()
    nil: bool = False

    @property
    def empty(self) -> bool:
        return not self.text and not self.nil and not any(filled(row) for row in self.rows)


@permit("reports.write")
async def write_section(
    work: Work,
    section_id: UUID,
    *,
    version: int,
    text: str | None = None,
    rows: Sequence[TableRow] | None = None,
    nil: bool | None = None,
) -> Section:
    """Save what is given over `version`, the one the writer has seen; what is None stays.

    The statement that there was nothing takes the place of the text, and a text takes the place of
    the statement. Raises InvalidInput, NotFound, Conflict when somebody else has saved in between
    (nothing is written then), or when section, report or year is closed.
    """
    section = await hold_section(work, section_id, "reports.write")
    await refuse_marked(work, section)
    await refuse_stale(work, section, version)
    before = written(section)
    after = _text(section, before, text)
    if text:
        after = replace(after, text=await with_own_images(work, section.report_id, after.text))
    after = _rows(section, after, rows)
    after = _nil(section, after, nil, with_text=bool(text and after.text))
    if after != before:
        keep(work, section, after)
        await work.flush()
        await tell_changed(work, report_topic(section.report_id), section.id)
    return section


@permit("reports.read")
async def section_history(work: Work, section_id: UUID) -> Sequence[SectionVersion]:
    """All that was saved, the latest first."""
    await work.get(Section, section_id)
    return await work.scalars(
        select(SectionVersion)
        .where(SectionVersion.section_id == section_id)
        .order_by(SectionVersion.version.desc())
    )


def written(section: Section) -> Written:
    return Written(section.text, section.rows, section.nil)


def keep(work: Work, section: Section, after: Written) -> None:
    """Put it in the section, with its row of history, beside what is fetched."""
    section.text, section.rows, section.nil = after.text, list(after.rows), after.nil
    section.written_by, section.written_at = work.actor.id, work.now
    section.version += 1
    work.add(
        SectionVersion(
            section_id=section.id,
            version=section.version,
            text=section.text,
            rows=section.rows,
            nil=section.nil,
            fetched=section.fetched,
            written_by=section.written_by,
            written_at=work.now,
        )
    )


def _text(section: Section, before: Written, text: str | None) -> Written:
    if text is None:
        return before
    if section.kind is ChapterKind.GOAL_ANALYSIS:
        raise InvalidInput(
            _("This section is made of the goal analysis. Write your comments there."), field="text"
        )
    if section.kind is ChapterKind.HEADING:
        raise InvalidInput(
            _("This is only a heading. Write in the sections below it."), field="text"
        )
    return replace(before, text=words.rich(text, field="text", most=TEXT, illustrated=True))


def _rows(section: Section, before: Written, rows: Sequence[TableRow] | None) -> Written:
    if rows is None:
        return before
    if section.kind is not ChapterKind.TABLE:
        raise InvalidInput(_("This section has no table to fill in."), field="rows")
    checked = checked_rows(
        rows,
        columns=columns_of(section.columns),
        fixed_rows=fixed_rows_of(section.fixed_rows),
    )
    return replace(before, rows=checked)


def _nil(section: Section, before: Written, nil: bool | None, *, with_text: bool) -> Written:
    if nil and section.kind is not ChapterKind.NIL_STATEMENT:
        raise InvalidInput(
            _("In this section it cannot be stated that there was nothing."), field="nil"
        )
    if nil and with_text:
        raise InvalidInput(
            _("There is a text too. Write either the text or that there was nothing."), field="nil"
        )
    if nil and section.fetched is not None and not section.fetched["nothing"]:
        raise InvalidInput(
            _("What is fetched here tells that there was something. Take it out first."),
            field="nil",
        )
    if nil:
        return Written(nil=True)
    return replace(before, nil=before.nil and nil is None and not with_text)


async def refuse_stale(work: Work, section: Section, version: int) -> None:
    if section.version == version:
        return
    writer = await work.find(Person, section.written_by) if section.written_by else None
    who = writer.name if writer else _("Someone")
    when = section.written_at or section.created_at
    raise Conflict(
        _(
            "{who} saved this section on {when}, after you opened it. Your text is not saved: "
            "copy it, load the page again and put the two together.",
            who=who,
            when=format_datetime(
                when.astimezone(STOCKHOLM), "d MMMM y HH:mm", locale=current_locale()
            ),
        ),
        field="version",
    )
