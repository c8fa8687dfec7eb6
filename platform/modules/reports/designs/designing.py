"""Report templates: what each kind of report holds, the same for the whole municipality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import or_, select

from .....authz.permit import NOWHERE, permit
from .....infra.errors import Conflict, InvalidInput
from .....infra.i18n import _
from .....infra.periods import PeriodKind
from .....infra.texts import at_most, in_languages
from .....tenants.models import Unit
from .....tenants.rows import uuid7
from .....tenants.tree import units
from .....tenants.work import Work
from .. import words
from ..models import Chapter, ReportTemplate
from .outline import DEEPEST, Entry, outline

DESCRIPTION = 5_000


@permit("reports.read")
async def templates(work: Work) -> Sequence[ReportTemplate]:
    return await work.scalars(select(ReportTemplate).order_by(ReportTemplate.key))


@permit("reports.read")
async def template_outline(
    work: Work, template_id: UUID, *, unit_id: UUID | None = None
) -> list[Entry]:
    """The chapters in order, with numbers; with the local additions that a unit has, if one is
    named. Raises NotFound."""
    await work.get(ReportTemplate, template_id)
    if unit_id is None:
        return outline(await chapters_of(work, template_id, seen_from=()))
    await work.get(Unit, unit_id)
    above = await units.ancestors(work, unit_id)
    return outline(await chapters_of(work, template_id, seen_from=above))


@permit("reports.design")
async def add_template(
    work: Work,
    *,
    key: str,
    title: Mapping[str, str],
    description: str = "",
    periodicity: PeriodKind = PeriodKind.YEAR,
    continues_in: str | None = None,
    continues_same_period: bool = False,
) -> ReportTemplate:
    """A template without chapters. Raises InvalidInput, Conflict for a key that is taken."""
    work.require("reports.design", at=NOWHERE)
    await _refuse_taken(work, words.key(key))
    template = ReportTemplate(
        id=uuid7(),
        key=key,
        title=in_languages(title, field="title", most=words.TITLE),
        description=at_most(description, field="description", most=DESCRIPTION),
        periodicity=periodicity.value,
        continues_in=_continuation(continues_in, key),
        continues_same_period=continues_same_period,
    )
    work.add(template)
    await work.flush()
    return template


@permit("reports.design")
async def change_template(
    work: Work,
    template_id: UUID,
    *,
    title: Mapping[str, str] | None = None,
    description: str | None = None,
    continues_in: str | None = None,
    continues_same_period: bool | None = None,
) -> ReportTemplate:
    """What is None stays, and a language that `title` does not name; `continues_in` "" ends the
    continuation. Reports that are started keep what they have. Raises InvalidInput, NotFound."""
    work.require("reports.design", at=NOWHERE)
    template = await work.get(ReportTemplate, template_id)
    if title is not None:
        template.title = in_languages({**template.title, **title}, field="title", most=words.TITLE)
    if description is not None:
        template.description = at_most(description, field="description", most=DESCRIPTION)
    if continues_in is not None:
        template.continues_in = _continuation(continues_in or None, template.key)
    if continues_same_period is not None:
        template.continues_same_period = continues_same_period
    await work.flush()
    return template


@permit("reports.design")
async def copy_template(
    work: Work, template_id: UUID, *, key: str, title: Mapping[str, str]
) -> ReportTemplate:
    """A new template with the central chapters of another one; local additions stay where they
    are. Raises InvalidInput, NotFound, Conflict for a key that is taken."""
    source = await work.get(ReportTemplate, template_id)
    copy = await add_template(
        work,
        key=key,
        title=title,
        description=source.description,
        periodicity=PeriodKind(source.periodicity),
        continues_in=source.continues_in if source.continues_in != key else None,
        continues_same_period=source.continues_same_period,
    )
    entries = outline(await chapters_of(work, template_id, seen_from=()))
    ids = {entry.chapter.id: uuid7() for entry in entries}
    # A chapter refers to the one above it, which has to be there first.
    for depth in range(1, DEEPEST + 1):
        work.add(
            *(_copied(entry.chapter, copy.id, ids) for entry in entries if entry.depth == depth)
        )
        await work.flush()
    return copy


async def chapters_of(
    work: Work, template_id: UUID, *, seen_from: Sequence[UUID] | None = None
) -> Sequence[Chapter]:
    """The central chapters and the additions of the units in `seen_from`; None means of all."""
    statement = select(Chapter).where(Chapter.template_id == template_id)
    if seen_from is not None:
        statement = statement.where(or_(Chapter.unit_id.is_(None), Chapter.unit_id.in_(seen_from)))
    return await work.scalars(statement.order_by(Chapter.position, Chapter.id))


def _copied(chapter: Chapter, template_id: UUID, ids: Mapping[UUID, UUID]) -> Chapter:
    return Chapter(
        id=ids[chapter.id],
        template_id=template_id,
        parent_id=ids[chapter.parent_id] if chapter.parent_id else None,
        unit_id=None,
        key=chapter.key,
        position=chapter.position,
        numbered=chapter.numbered,
        title=chapter.title,
        kind=chapter.kind,
        instruction=chapter.instruction,
        columns=chapter.columns,
        fixed_rows=chapter.fixed_rows,
        nil_phrase=chapter.nil_phrase,
        phrases=chapter.phrases,
        carried_forward=chapter.carried_forward,
        source=chapter.source,
    )


def _continuation(continues_in: str | None, key: str) -> str | None:
    if continues_in is None:
        return None
    if continues_in == key:
        raise InvalidInput(_("A template cannot continue in itself."), field="continuesIn")
    return words.key(continues_in, field="continuesIn")


async def _refuse_taken(work: Work, key: str) -> None:
    if await work.first(select(ReportTemplate.id).where(ReportTemplate.key == key)):
        raise Conflict(_("There is already a template with the key {key}.", key=key), field="key")
