"""One governing document in the browser: what it is, and the forms that change it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import SimpleNamespace
from typing import Any, Final

from starlette.responses import Response

from ....infra.errors import AppError
from ....infra.i18n import _
from ....tenants.legal import law
from ....tenants.names import names_of
from ....tenants.tree import units
from ...web.fields import Field, read_fields, shown
from ...web.page import View, action, page
from . import service
from .assignments import assignments_of
from .fields import document_fields, replace_fields, typed, withdraw_fields
from .holding import REPORT, WRITE
from .links import nodes_of
from .list_pages import BASE
from .listing import Listed, inferiors, listed, topmost
from .models import Applies, DocumentVersion, GoverningDocument
from .overview import follow_up
from .settings import document_settings
from .states import all_versions, holds
from .versions import files_of
from .words import (
    DOCUMENTS,
    aim_words,
    answer_lamp,
    for_whom,
    kind_words,
    lamp,
    overdue_lamp,
)

ONE: Final = BASE + "/{id:uuid}"
LAW: Final = "documents.public_list"


@page(ONE, name="governing_document")
async def document(view: View) -> Response:
    return await show_document(view)


@page(BASE + "/nytt", name="new_document")
async def new_document(view: View) -> Response:
    return await _show_form(view, None)


@action(BASE + "/nytt", name="add_document")
async def add(view: View) -> Response:
    try:
        async with view.work.attempt():
            fields = await document_fields(view.work, None)
            row = await service.add_document(view.work, **typed(read_fields(view.form, fields)))
    except AppError as problem:
        return await _show_form(view, None, problem)
    said = _("{name} is in the register.", name=row.title)
    return view.redirect(view.url("governing_document", id=row.id), said=said)


@page(ONE + "/andra", name="change_document")
async def change(view: View) -> Response:
    return await _show_form(view, await service.get_document(view.work, view.id()))


@action(ONE + "/andra", name="save_document")
async def save(view: View) -> Response:
    row = await service.get_document(view.work, view.id())
    try:
        async with view.work.attempt():
            values = typed(read_fields(view.form, await document_fields(view.work, row)))
            row = await service.change_document(view.work, row.id, version=view.version, **values)
    except AppError as problem:
        row = await service.get_document(view.work, view.id())
        return await _show_form(view, row, problem)
    return back(view, _("{name} is saved.", name=row.title))


@action(ONE + "/publik", name="publish_document")
async def publish(view: View) -> Response:
    async def deed() -> str:
        public = "public" in view.form
        await service.publish_document(view.work, view.id(), public=public, version=view.version)
        return _("The document is public.") if public else _("The document is not public.")

    return await done(view, deed)


@page(ONE + "/upphav", name="document_to_withdraw")
async def to_withdraw(view: View) -> Response:
    return await _show_withdrawing(view)


@action(ONE + "/upphav", name="withdraw_document")
async def withdraw(view: View) -> Response:
    try:
        async with view.work.attempt():
            given = read_fields(view.form, withdraw_fields())
            await service.withdraw_document(
                view.work, view.id(), reason=given["reason"], version=view.version
            )
    except AppError as problem:
        return await _show_withdrawing(view, problem)
    return back(view, _("The document is withdrawn."))


@page(ONE + "/ersatt", name="document_to_replace")
async def to_replace(view: View) -> Response:
    return await _show_replacing(view)


@action(ONE + "/ersatt", name="replace_document")
async def replace(view: View) -> Response:
    row = await service.get_document(view.work, view.id())
    try:
        async with view.work.attempt():
            given = read_fields(view.form, await replace_fields(view.work, row))
            await service.replace_document(
                view.work, row.id, by_id=given["by_id"], version=view.version
            )
    except AppError as problem:
        return await _show_replacing(view, problem)
    return back(view, _("It is saved."))


async def show_document(view: View, problem: AppError | None = None) -> Response:
    """The whole page."""
    work = view.work
    found = await listed(work, view.id())
    row = found.document
    versions = (await all_versions(work, [row.id]))[row.id]
    chosen = await document_settings(work)
    kind = chosen.type(row.type_key)
    names = await names_of(work, [row.owner_id, row.withdrawn_by])
    return await view.render(
        "governing_documents/show.html",
        status=problem.status if problem else 200,
        word=await view.word(DOCUMENTS),
        row=row,
        found=found,
        lamp=lamp(found.state),
        overdue=overdue_lamp(found.overdue),
        type=chosen.name_of(row.type_key),
        aim=aim_words()[kind.aim] if kind else "",
        owner=names.get(row.owner_id) if row.owner_id else None,
        withdrawer=names.get(row.withdrawn_by) if row.withdrawn_by else None,
        versions=[(each, _standing(view, each)) for each in versions],
        files=await files_of(work, [each.id for each in versions]),
        draft=any(each.decided_on is None for each in versions),
        may=work.allows(WRITE, at=row.unit_id) and row.withdrawn_at is None,
        binds=work.allows(WRITE, at=row.body_id) and row.withdrawn_at is None,
        law=await law(work, LAW),
        problem=problem,
        **await _around(view, found),
        **await _asked(view, row),
    )


def back(view: View, said: str) -> Response:
    return view.redirect(view.url("governing_document", id=view.id()), said=said)


async def done(view: View, deed: Callable[[], Awaitable[str]]) -> Response:
    """What a button of the document's page does; a refusal is told on that page."""
    try:
        async with view.work.attempt():
            said = await deed()
    except AppError as problem:
        return await show_document(view, problem)
    return back(view, said)


async def show_form(
    view: View,
    row: GoverningDocument | None,
    fields: list[Field],
    heading: str,
    stands: Mapping[str, Any],
    problem: AppError | None,
    *,
    save: str = "",
    extra: tuple[str, str] | None = None,
    told: str = "",
) -> Response:
    """A form about a document, with what stands in it until something is sent."""
    return await view.render(
        "governing_documents/form.html",
        status=problem.status if problem else 200,
        word=await view.word(DOCUMENTS),
        heading=heading,
        row=row,
        fields=fields,
        values=shown(SimpleNamespace(**stands), fields, view.form),
        problem=problem,
        version=stands.get("version"),
        address=view.request.url.path,
        back=view.url("governing_document", id=row.id) if row else view.url("governing_documents"),
        save=save or _("Save"),
        extra=extra,
        told=told,
    )


async def _around(view: View, found: Listed) -> dict[str, Any]:
    """The documents above, below, before and after it, and the names of units."""
    work, row = view.work, found.document
    superior = await work.find(GoverningDocument, row.superior_id) if row.superior_id else None
    top = await topmost(work) if superior is None else None
    if top is not None and top.document.id == row.id:
        top = None
    after = await work.find(GoverningDocument, row.replaced_by_id) if row.replaced_by_id else None
    tree = await units.tree(work)
    names = {unit.id: unit.name for unit in tree}
    named = (await service.units_of(work, [row.id]))[row.id]
    return {
        "superior": superior or (top.document if top else None),
        "inferiors": await inferiors(work, row.id),
        "after": after,
        "names": names,
        "for_whom": for_whom(row.applies, named, names),
    }


async def _asked(view: View, row: GoverningDocument) -> dict[str, Any]:
    """Its goals and assignments, with how far each unit is and the goals that carry them out."""
    work = view.work
    rows = await assignments_of(work, row.id)
    given = await follow_up(work, document_id=row.id)
    return {
        "assignments": [
            (
                each,
                [
                    (
                        one.answer,
                        answer_lamp(one, work.today),
                        work.allows(REPORT, at=one.answer.unit_id),
                    )
                    for one in given.rows
                    if one.assignment.id == each.id
                ],
            )
            for each in rows
        ],
        "nodes": await nodes_of(work, [each.id for each in rows]),
        "kinds": kind_words(),
        "given": given.whole,
    }


def _standing(view: View, version: DocumentVersion) -> str:
    """Of a version: a draft, in force, to come, or over."""
    if version.decided_on is None:
        return "draft"
    if holds(version, view.work.today):
        return "valid"
    first = version.valid_from
    return "coming" if first is not None and first > view.work.today else "over"


async def _show_form(
    view: View, row: GoverningDocument | None, problem: AppError | None = None
) -> Response:
    view.work.require(WRITE, at=row.unit_id if row else None)
    fields = await document_fields(view.work, row)
    stands: dict[str, Any] = {"applies": Applies.UNITS, "type_key": "riktlinje"}
    if row is not None:
        named = await service.units_of(view.work, [row.id])
        stands = {field.name: getattr(row, field.name, None) for field in fields}
        stands |= {"unit_ids": named[row.id], "version": row.version}
    heading = row.title if row else _("New governing document")
    return await show_form(view, row, fields, heading, stands, problem)


async def _show_withdrawing(view: View, problem: AppError | None = None) -> Response:
    row = await service.get_document(view.work, view.id())
    view.work.require(WRITE, at=row.body_id)
    told = _("It no longer governs from now on. It is kept, and cannot be changed again.")
    heading, stands = _("Withdraw the document"), {"version": row.version}
    return await show_form(
        view, row, withdraw_fields(), heading, stands, problem, save=heading, told=told
    )


async def _show_replacing(view: View, problem: AppError | None = None) -> Response:
    row = await service.get_document(view.work, view.id())
    view.work.require(WRITE, at=row.body_id)
    fields = await replace_fields(view.work, row)
    stands = {"by_id": row.replaced_by_id, "version": row.version}
    return await show_form(view, row, fields, _("Replaced by"), stands, problem)


DOCUMENT_PAGES = (
    document,
    new_document,
    add,
    change,
    save,
    publish,
    to_withdraw,
    withdraw,
    to_replace,
    replace,
)
