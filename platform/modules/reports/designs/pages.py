"""Report templates: the list, a template with its chapters in order, and a chapter's form."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from starlette.responses import Response

from .....authz.permit import NOWHERE
from .....infra.errors import AppError, Forbidden, InvalidInput, NotFound
from .....infra.i18n import _
from .....infra.periods import PeriodKind
from .....tenants.terms import Term
from .....tenants.tree import units
from .....tenants.work import Work
from ....telling import chapter_sources, giver
from ....web.page import View, action, page
from ..models import Chapter, ChapterKind, Report, ReportTemplate
from ..words import free_key
from .chapter_form import plain_instruction, sent_content, shown_content
from .chapters import (
    ChapterContent,
    add_chapter,
    change_chapter,
    content_of,
    move_chapter,
    remove_chapter,
)
from .columns import ColumnKind
from .designing import (
    add_template,
    change_template,
    chapters_of,
    copy_template,
    template_outline,
    templates,
)
from .outline import Entry, outline
from .words import COLUMN_KINDS, KINDS, PERIODS

BASE = "/rapportmallar"
ONE = BASE + "/{template:uuid}"
CHAPTER = ONE + "/avsnitt/{chapter:uuid}"
FIELDS = {
    "fixedRows": "fixed_rows",
    "nilPhrase": "nil_phrase",
    "carriedForward": "carried_forward",
    "parentId": "parent",
}
TEMPLATES = Term("reports.templates", lambda: _("Report templates"))


@page(BASE, name="report_templates")
async def report_templates(view: View) -> Response:
    return await _list(view)


@action(BASE, name="add_report_template")
async def add(view: View) -> Response:
    try:
        async with view.work.attempt():
            template = await add_template(
                view.work,
                key=await _free_key(view.work, view.form.get("title")),
                title={"sv": view.form.get("title")},
                description=view.form.get("description"),
                periodicity=_period(view.form.get("periodicity")),
            )
    except AppError as error:
        return await _list(view, problem=error)
    return view.redirect(_address(view, template.id))


@page(ONE, name="report_template")
async def report_template(view: View) -> Response:
    return await _show(view)


@action(ONE, name="change_report_template")
async def change(view: View) -> Response:
    id = view.id("template")
    try:
        async with view.work.attempt():
            await change_template(
                view.work,
                id,
                title={"sv": view.form.get("title"), "en": view.form.get("title_en")},
                description=view.form.get("description"),
                continues_in=view.form.get("continues_in"),
                continues_same_period="continues_same_period" in view.form,
            )
    except AppError as error:
        return await _show(view, problem=error)
    return view.redirect(_address(view, id), said=_("Saved."))


@action(ONE + "/kopia", name="copy_report_template")
async def copy(view: View) -> Response:
    id, title = view.id("template"), view.form.get("title")
    try:
        async with view.work.attempt():
            key = await _free_key(view.work, title)
            template = await copy_template(view.work, id, key=key, title={"sv": title})
    except AppError as error:
        return await _show(view, problem=error)
    return view.redirect(_address(view, template.id), said=_("This is the copy."))


@page(ONE + "/avsnitt", name="new_chapter")
async def new_chapter(view: View) -> Response:
    kind = ChapterKind.TEXT
    return await _form(view, None, ChapterContent(title="", kind=kind))


@action(ONE + "/avsnitt", name="add_chapter")
async def add_one(view: View) -> Response:
    template_id, content = view.id("template"), ChapterContent(title="")
    try:
        async with view.work.attempt():
            content = sent_content(view.form, None)
            await add_chapter(
                view.work,
                template_id,
                content=content,
                parent_id=_optional(view.form.get("parent")),
                unit_id=_optional(view.form.get("unit")),
            )
    except AppError as error:
        return await _form(view, None, content, problem=error)
    return view.redirect(_address(view, template_id), said=_("The chapter is added."))


@page(CHAPTER, name="edit_chapter")
async def edit_chapter(view: View) -> Response:
    chapter = await _chapter(view)
    return await _form(view, chapter, content_of(chapter))


@action(CHAPTER, name="change_chapter")
async def change_one(view: View) -> Response:
    chapter = await _chapter(view)
    content = content_of(chapter)
    try:
        async with view.work.attempt():
            content = sent_content(view.form, chapter)
            await change_chapter(view.work, chapter.id, content=content)
    except AppError as error:
        return await _form(view, await _chapter(view), content, problem=error)
    return view.redirect(_address(view, chapter.template_id), said=_("Saved."))


@action(CHAPTER + "/flytta", name="move_chapter")
async def move(view: View) -> Response:
    """One step up or down among its siblings, in below the one before, or out beside the one
    above."""
    chapter = await _chapter(view)
    try:
        async with view.work.attempt():
            parent, before = await _step(view, chapter, view.form.get("to"))
            await move_chapter(view.work, chapter.id, parent_id=parent, before_id=before)
    except AppError as error:
        return await _show(view, problem=error)
    return view.redirect(_address(view, chapter.template_id) + f"#c-{chapter.id}")


@action(CHAPTER + "/bort", name="remove_chapter")
async def remove(view: View) -> Response:
    chapter = await _chapter(view)
    title = chapter.title
    try:
        async with view.work.attempt():
            await remove_chapter(view.work, chapter.id)
    except AppError as error:
        return await _show(view, problem=error)
    said = _("{title} is taken away. Reports that are begun keep it.", title=title)
    return view.redirect(_address(view, view.id("template")), said=said)


async def _list(view: View, *, problem: AppError | None = None) -> Response:
    _require_designer(view.work)
    values: dict[str, Any] = {
        "templates": await templates(view.work),
        "full": view.work.allows("reports.design", at=NOWHERE),
        "periods": [(kind, word()) for kind, word in PERIODS.items()],
        "problem": problem,
        "TEMPLATES": TEMPLATES,
    }
    status = problem.status if problem else 200
    return await view.render("reports/templates.html", status=status, **values)


async def _show(view: View, *, problem: AppError | None = None) -> Response:
    _require_designer(view.work)
    template = await view.work.get(ReportTemplate, view.id("template"))
    entries = await _entries(view.work, template.id)
    used = await view.work.first(select(Report.id).where(Report.template_id == template.id))
    values: dict[str, Any] = {
        "of": template,
        "entries": entries,
        "names": await _unit_names(view.work, entries),
        "mine": {
            entry.chapter.id
            for entry in entries
            if view.work.allows("reports.design", at=entry.chapter.unit_id or NOWHERE)
        },
        "full": view.work.allows("reports.design", at=NOWHERE),
        "others": [one for one in await templates(view.work) if one.id != template.id],
        "kinds": KINDS,
        "giver": giver,
        "plain": plain_instruction,
        "used": used is not None,
        "problem": problem,
        "TEMPLATES": TEMPLATES,
    }
    status = problem.status if problem else 200
    return await view.render("reports/template.html", status=status, **values)


async def _form(
    view: View,
    chapter: Chapter | None,
    content: ChapterContent,
    *,
    problem: AppError | None = None,
) -> Response:
    _require_designer(view.work)
    template = await view.work.get(ReportTemplate, view.id("template"))
    if chapter is not None:
        view.work.require("reports.design", at=chapter.unit_id or NOWHERE)
    entries = await _entries(view.work, template.id)
    values: dict[str, Any] = {
        "of": template,
        "chapter": chapter,
        "entries": entries,
        "parent": view.form.get("parent") or view.query("under"),
        "own_units": await _own_units(view.work),
        "unit": view.form.get("unit"),
        "full": view.work.allows("reports.design", at=NOWHERE),
        "fields": shown_content(content),
        "kinds": [(kind, word()) for kind, word in KINDS.items()],
        "column_kinds": [(kind, word()) for kind, word in COLUMN_KINDS.items()],
        "text_kind": ColumnKind.TEXT,
        "sources": _sources(view.work, content.source),
        "problem": problem,
        "field": FIELDS.get(problem.field or "", problem.field) if problem else None,
        "TEMPLATES": TEMPLATES,
    }
    status = problem.status if problem else 200
    return await view.render("reports/chapter.html", status=status, **values)


def _sources(work: Work, chosen: str | None) -> list[tuple[str, str]]:
    """What can be fetched, and what was chosen while its module was switched on."""
    known = [(each.key, f"{giver(each.key)}: {each.title()}") for each in chapter_sources(work)]
    if chosen is not None and chosen not in dict(known):
        known.append((chosen, _("{module}, which is switched off", module=giver(chosen))))
    return known


async def _entries(work: Work, template_id: UUID) -> list[Entry]:
    """All chapters for whoever designs for all, else the central ones and those of the own units
    and above them."""
    await template_outline(work, template_id)
    reach = work.reach("reports.design")
    if reach is None:
        return outline(await chapters_of(work, template_id))
    seen = [id for unit in await _own_units(work) for id in await units.ancestors(work, unit.id)]
    return outline(await chapters_of(work, template_id, seen_from=[*seen, *reach]))


async def _own_units(work: Work) -> list[units.Placed]:
    """Units that one may add local chapters for by a role held there; none for all units."""
    held = [grant.unit_id for grant in work.actor.grants if grant.unit_id is not None]
    own = [id for id in held if work.allows("reports.design", at=id)]
    return await units.placed(work, own) if own else []


async def _unit_names(work: Work, entries: list[Entry]) -> dict[UUID, str]:
    ids = {entry.chapter.unit_id for entry in entries if entry.chapter.unit_id}
    return {unit.id: unit.name for unit in await units.placed(work, sorted(ids))} if ids else {}


async def _step(view: View, chapter: Chapter, to: str) -> tuple[UUID | None, UUID | None]:
    """The parent, and the sibling to stand before (None: last), after a step."""
    rows = [entry.chapter for entry in await _entries(view.work, chapter.template_id)]
    by_id = {row.id: row for row in rows}
    beside = [row for row in rows if row.parent_id == chapter.parent_id]
    at = next(i for i, row in enumerate(beside) if row.id == chapter.id)
    if to == "up" and at > 0:
        return chapter.parent_id, beside[at - 1].id
    if to == "down" and at + 1 < len(beside):
        return chapter.parent_id, beside[at + 2].id if at + 2 < len(beside) else None
    if to == "in" and at > 0:
        return beside[at - 1].id, None
    if to == "out" and chapter.parent_id is not None:
        above = by_id[chapter.parent_id]
        level = [row for row in rows if row.parent_id == above.parent_id]
        place = next(i for i, row in enumerate(level) if row.id == above.id)
        return above.parent_id, level[place + 1].id if place + 1 < len(level) else None
    raise InvalidInput(_("The chapter cannot be moved further that way."))


async def _chapter(view: View) -> Chapter:
    chapter = await view.work.get(Chapter, view.id("chapter"))
    if chapter.template_id != view.id("template"):
        raise NotFound()
    return chapter


async def _free_key(work: Work, title: str) -> str:
    return free_key(title, taken={template.key for template in await templates(work)})


def _require_designer(work: Work) -> None:
    if work.reach("reports.design") == frozenset():
        raise Forbidden(
            _("You do not have the right to do this here. An administrator can give it to you.")
        )


def _period(text: str) -> PeriodKind:
    try:
        return PeriodKind(text)
    except ValueError:
        raise InvalidInput(_("Choose one from the list."), field="periodicity") from None


def _optional(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound() from None


def _address(view: View, id: UUID) -> str:
    return view.url("report_template", template=id)


template_pages = (
    report_templates,
    add,
    report_template,
    change,
    copy,
    new_chapter,
    add_one,
    edit_chapter,
    change_one,
    move,
    remove,
)
