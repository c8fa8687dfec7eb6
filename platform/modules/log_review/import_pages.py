"""A list of another system: chosen, its columns named, looked through, and read in."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from ....infra.errors import AppError
from ....infra.i18n import _
from ...web.page import View, action, page
from .import_columns import REQUIRED, Field
from .importing import SHOWN, Preview, begin_import, drop_import, look_at_import, read_import
from .models import ReviewImport
from .reviews import get_review, unit_names
from .shown import BASE, LOG_REVIEW, common, may_review
from .words import on_the_clock

MOST_FAULTS = 300
LIST = BASE + "/{review:uuid}/las-in"
HELD = BASE + "/lista/{held:uuid}"


def field_words() -> dict[str, str]:
    return {
        Field.AT.value: _("Time, or day"),
        Field.TIME.value: _("Time of day, where it has a column of its own"),
        Field.WHO.value: _("Who it was"),
        Field.SUBJECT.value: _("About whom (confidential)"),
        Field.ACTION.value: _("What was done"),
        Field.KIND.value: _("With what"),
        Field.PROCESS.value: _("Unit or process"),
        Field.ADDRESS.value: _("From where"),
        Field.MARK.value: _("Marked as a deviation"),
    }


@page(LIST, name="review_list_file")
async def list_file(view: View) -> Response:
    return await _form(view)


@action(LIST, name="preview_review_list")
async def preview_list(view: View) -> Response:
    form, id = view.form, view.id("review")
    try:
        async with view.work.attempt():
            sent = form.file("file")
            held = await begin_import(
                view.work,
                id,
                name=sent.filename or "lista",
                data=await asyncio.to_thread(sent.file.read),
                system=form.get("system"),
                health="health" in form,
            )
            found = await look_at_import(view.work, held.id)
    except AppError as error:
        return await _form(view, problem=error)
    return await _look(view, found)


@action(HELD, name="read_review_list")
async def read(view: View) -> Response:
    """Look again by other columns, or read the list in as it was shown."""
    id, form = view.id("held"), view.form
    columns = {
        field.value: int(form.get(field.value))
        for field in Field
        if form.get(field.value).isdecimal()
    }
    try:
        async with view.work.attempt():
            found = await look_at_import(view.work, id, columns=columns)
            if "las" not in form or found.faults or found.missing:
                return await _look(view, found)
            held = await read_import(view.work, id)
    except AppError as error:
        found = await look_at_import(view.work, id)
        return await _look(view, found, problem=error)
    said = _("{file} is read in: {rows} rows.", file=held.name, rows=held.rows)
    return view.redirect(view.url("review", review=held.review_id), said=said)


@action(HELD + "/bort", name="drop_review_list")
async def drop(view: View) -> Response:
    review = await drop_import(view.work, view.id("held"))
    return view.redirect(view.url("review", review=review.id), said=_("The list is taken out."))


async def _form(view: View, *, problem: AppError | None = None) -> Response:
    review = await get_review(view.work, view.id("review"))
    unit = (await unit_names(view.work, [review.unit_id]))[review.unit_id]
    return await view.render(
        "log_review/list_file.html",
        status=problem.status if problem else 200,
        problem=problem,
        system=view.form.get("system"),
        health="health" in view.form,
        may=may_review(view.work, review),
        heading=await view.word(LOG_REVIEW),
        **common(review, unit),
    )


async def _look(view: View, found: Preview, *, problem: AppError | None = None) -> Response:
    held: ReviewImport = found.held
    review = found.review
    unit = (await unit_names(view.work, [review.unit_id]))[review.unit_id]
    refused = 422 if found.faults or found.missing else 200
    return await view.render(
        "log_review/list_preview.html",
        status=problem.status if problem else refused,
        problem=problem,
        held=held,
        columns=list(enumerate(found.headings)),
        fields=field_words(),
        required={field.value for field in REQUIRED},
        rows=found.rows[:SHOWN],
        count=len(found.rows),
        marked=sum(row.marked for row in found.rows),
        faults=found.faults[:MOST_FAULTS],
        fault_count=len(found.faults),
        missing=[field_words()[field.value] for field in found.missing],
        on_the_clock=on_the_clock,
        heading=await view.word(LOG_REVIEW),
        **common(review, unit),
    )


import_pages = (list_file, preview_list, read, drop)
