"""What belongs to a document, saved from its page: versions with files, and what it asks."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from ....infra.errors import AppError, NotFound
from ....infra.i18n import _
from ....tenants.models import Unit
from ....tenants.tree import units
from ...web.fields import Field, read_fields
from ...web.page import View, action, page
from ...web.sent_files import keep_sent
from . import assignments, versions
from .document_pages import ONE, back, done, show_form
from .fields import (
    assignment_fields,
    decision_fields,
    end_fields,
    typed,
    units_field,
    version_fields,
)
from .holding import WRITE
from .links import nodes_to_link
from .models import AssignmentKind, DocumentAssignment, DocumentFile, DocumentVersion
from .service import get_document

NEW: Final = "ny"


@page(ONE + "/version/{row}", name="document_version")
async def version(view: View) -> Response:
    return await _show_version(view)


@action(ONE + "/version/{row}", name="save_document_version")
async def save_version(view: View) -> Response:
    try:
        async with view.work.attempt():
            values = read_fields(view.form, version_fields())
            if view.path("row") == NEW:
                await versions.draft_version(view.work, view.id(), **values)
            else:
                await versions.change_version(view.work, (await _version(view)).id, **values)
    except AppError as problem:
        return await _show_version(view, problem)
    return back(view, _("The version is saved."))


@page(ONE + "/version/{row}/beslut", name="document_decision")
async def decision(view: View) -> Response:
    return await _show_decision(view)


@action(ONE + "/version/{row}/beslut", name="decide_document_version")
async def decide(view: View) -> Response:
    try:
        async with view.work.attempt():
            values = read_fields(view.form, decision_fields())
            await versions.decide_version(view.work, (await _version(view)).id, **values)
    except AppError as problem:
        return await _show_decision(view, problem)
    return back(view, _("The decision is noted."))


@page(ONE + "/version/{row}/sista-dag", name="document_last_day")
async def last_day(view: View) -> Response:
    return await _show_last_day(view)


@action(ONE + "/version/{row}/sista-dag", name="end_document_version")
async def end(view: View) -> Response:
    try:
        async with view.work.attempt():
            values = read_fields(view.form, end_fields())
            await versions.end_version(view.work, (await _version(view)).id, **values)
    except AppError as problem:
        return await _show_last_day(view, problem)
    return back(view, _("The last day is saved."))


@action(ONE + "/version/{row}/filer", name="add_document_file")
async def add_file(view: View) -> Response:
    async def deed() -> str:
        file = await keep_sent(view)
        row = await _version(view)
        await versions.attach_file(view.work, row.id, file_id=file.id, title=view.form.get("title"))
        return _("{name} is added.", name=view.form.get("title") or file.name)

    return await done(view, deed)


@action(ONE + "/filer/{row:uuid}/bort", name="remove_document_file")
async def remove_file(view: View) -> Response:
    async def deed() -> str:
        row = await view.work.get(DocumentFile, view.id("row"))
        await versions.detach_file(view.work, row.id)
        return _("The file is taken away.")

    return await done(view, deed)


@page(ONE + "/uppdrag/{row}", name="document_assignment")
async def assignment(view: View) -> Response:
    return await _show_assignment(view)


@action(ONE + "/uppdrag/{row}", name="save_document_assignment")
async def save_assignment(view: View) -> Response:
    work, new = view.work, view.path("row") == NEW
    try:
        async with work.attempt():
            document = await get_document(work, view.id())
            fields = await assignment_fields(work, document, new=new)
            values: Any = typed(read_fields(view.form, fields))
            if new:
                await assignments.add_assignment(work, document.id, **values)
            else:
                row = await _assignment(view)
                if "end" in view.form:
                    await assignments.end_assignment(work, row.id, version=view.version)
                else:
                    await assignments.change_assignment(
                        work, row.id, version=view.version, **values
                    )
    except AppError as problem:
        return await _show_assignment(view, problem)
    return back(view, _("It is saved."))


@page(ONE + "/uppdrag/{row}/enheter", name="document_assignment_units")
async def whom(view: View) -> Response:
    return await _show_units(view)


@action(ONE + "/uppdrag/{row}/enheter", name="give_document_assignment")
async def give(view: View) -> Response:
    try:
        async with view.work.attempt():
            row = await _assignment(view)
            values: Any = typed(read_fields(view.form, await _unit_fields(view, row)))
            await assignments.give_assignment(view.work, row.id, unit_ids=values["unit_ids"])
    except AppError as problem:
        return await _show_units(view, problem)
    return back(view, _("It is given to the units."))


@page(ONE + "/uppdrag/{row}/mal", name="document_assignment_goal")
async def goal(view: View) -> Response:
    return await _show_goals(view)


@action(ONE + "/uppdrag/{row}/mal", name="link_document_assignment")
async def link(view: View) -> Response:
    try:
        async with view.work.attempt():
            row = await _assignment(view)
            values = read_fields(view.form, await _goal_fields(view, row))
            await assignments.link_assignment(view.work, row.id, node_id=values["node_id"])
    except AppError as problem:
        return await _show_goals(view, problem)
    return back(view, _("It is linked."))


@action(ONE + "/uppdrag/{row}/mal/{node:uuid}/bort", name="unlink_document_assignment")
async def unlink(view: View) -> Response:
    async def deed() -> str:
        row = await _assignment(view)
        node_id = view.id("node")
        await assignments.unlink_assignment(view.work, row.id, node_id=node_id)
        return _("The link is taken away.")

    return await done(view, deed)


async def _show_version(view: View, problem: AppError | None = None) -> Response:
    document = await get_document(view.work, view.id())
    view.work.require(WRITE, at=document.unit_id)
    row = None if view.path("row") == NEW else await _version(view)
    heading = _("New version") if row is None else _("Version {number}", number=row.number)
    fields = version_fields()
    stands = {field.name: getattr(row, field.name, None) for field in fields}
    return await show_form(view, document, fields, heading, stands, problem)


async def _show_decision(view: View, problem: AppError | None = None) -> Response:
    document, row = await get_document(view.work, view.id()), await _version(view)
    view.work.require(WRITE, at=document.body_id)
    fields = decision_fields()
    stands: dict[str, Any] = {field.name: getattr(row, field.name, None) for field in fields}
    stands["review_on"] = document.review_on
    if not row.decided_by:
        stands["decided_by"] = await _called(view, document.body_id)
    heading = _("The decision on version {number}", number=row.number)
    told = _("What is decided is not altered again.")
    return await show_form(view, document, fields, heading, stands, problem, told=told)


async def _show_last_day(view: View, problem: AppError | None = None) -> Response:
    document, row = await get_document(view.work, view.id()), await _version(view)
    view.work.require(WRITE, at=document.body_id)
    heading = _("Last day of version {number}", number=row.number)
    return await show_form(
        view, document, end_fields(), heading, {"valid_to": row.valid_to}, problem
    )


async def _show_assignment(view: View, problem: AppError | None = None) -> Response:
    document = await get_document(view.work, view.id())
    view.work.require(WRITE, at=document.body_id)
    new = view.path("row") == NEW
    fields = await assignment_fields(view.work, document, new=new)
    stands: dict[str, Any] = {"kind": AssignmentKind.ASSIGNMENT, "unit_ids": []}
    if not new:
        row = await _assignment(view)
        stands = {field.name: getattr(row, field.name) for field in fields}
        stands["version"] = row.version
    return await show_form(
        view,
        document,
        fields,
        _("New goal or assignment") if new else _("Change what is asked"),
        stands,
        problem,
        extra=None if new else ("end", _("Do not follow it up any more")),
    )


async def _show_units(view: View, problem: AppError | None = None) -> Response:
    document, row = await get_document(view.work, view.id()), await _assignment(view)
    view.work.require(WRITE, at=document.body_id)
    fields = await _unit_fields(view, row)
    heading = _("Give it to more units")
    return await show_form(
        view, document, fields, heading, {"unit_ids": []}, problem, told=row.text
    )


async def _show_goals(view: View, problem: AppError | None = None) -> Response:
    document, row = await get_document(view.work, view.id()), await _assignment(view)
    view.work.require(WRITE, at=document.body_id)
    fields, heading = await _goal_fields(view, row), _("Link to a goal of the plan")
    return await show_form(view, document, fields, heading, {}, problem, told=row.text)


async def _unit_fields(view: View, row: DocumentAssignment) -> list[Field]:
    document = await get_document(view.work, row.document_id)
    has = [each.unit_id for each in await assignments.answers_to(view.work, [row.id])]
    return [await units_field(view.work, document, has)]


async def _goal_fields(view: View, row: DocumentAssignment) -> list[Field]:
    options = await nodes_to_link(view.work, row.id)
    return [Field("node_id", _("Goal of the plan"), "record", needed=True, options=options)]


async def _called(view: View, unit_id: UUID) -> str:
    placed = await units.placed(view.work, [(await view.work.get(Unit, unit_id)).id])
    return placed[0].name if placed else ""


async def _version(view: View) -> DocumentVersion:
    row = await view.work.get(DocumentVersion, _row(view))
    if row.document_id != view.id():
        raise NotFound()
    return row


async def _assignment(view: View) -> DocumentAssignment:
    row = await view.work.get(DocumentAssignment, _row(view))
    if row.document_id != view.id():
        raise NotFound()
    return row


def _row(view: View) -> UUID:
    try:
        return UUID(view.path("row"))
    except ValueError:
        raise NotFound() from None


PART_PAGES = (
    version,
    save_version,
    decision,
    decide,
    last_day,
    end,
    add_file,
    remove_file,
    assignment,
    save_assignment,
    whom,
    give,
    goal,
    link,
    unlink,
)
