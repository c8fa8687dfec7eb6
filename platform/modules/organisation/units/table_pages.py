"""The organisation from a file, tried before it is written, and to one."""

from __future__ import annotations

from uuid import UUID

from starlette.responses import Response

from .....infra.errors import AppError, InvalidInput, NotFound
from .....infra.i18n import _
from .....infra.tabular import MAX_BYTES
from .....tenants.files import load_upload
from .....tenants.tree.importing import UnitImport, import_units
from .....tenants.tree.table import headings_now
from ....web.exports import export_started
from ....web.page import View, action, page
from ....web.sent_files import keep_sent
from ..jobs import TableFormat, ask_for_units
from ..stepping import day_in, id_in
from ..terms import UNITS

MOST_FAULTS = 200


@page("/organisation/las-in", name="read_units")
async def read_units(view: View) -> Response:
    view.work.require("organisation.import")
    return await _show(view)


@action("/organisation/las-in", name="import_units")
async def bring_units(view: View) -> Response:
    """First what the file would bring, and all that is wrong in it; then it is read in."""
    form = view.form
    view.work.require("organisation.import")
    file_id: UUID | None = None
    try:
        async with view.work.attempt():
            day = day_in(form.get("fran"), field="fran")
            file_id = id_in(form.get("fil"), field="file")
            if file_id is None:
                file_id = (await keep_sent(view)).id
            file, data = await load_upload(view.work, file_id, most=MAX_BYTES)
            name, save = file.name, form.get("do") == "save"
            brought = await import_units(
                view.work, name=name, data=data, from_date=day, dry_run=not save
            )
            if brought.faults:
                await view.work.delete(file)
    except (InvalidInput, NotFound) as error:
        return await _show(view, problem=error)
    if save and not brought.faults:
        said = _(
            "The file is read in: {created} new units, {changed} changed.",
            created=brought.created,
            changed=brought.changed,
        )
        return view.redirect(view.url("organisation"), said=said)
    return await _show(view, brought=brought, file_id=file_id, file_name=name)


@action("/organisation/exportera/{kind}", name="export_units")
async def export_units(view: View) -> Response:
    try:
        kind = TableFormat(view.path("kind"))
    except ValueError:
        raise NotFound(_("There is no page at this address.")) from None
    day = day_in(view.query("dag"), field="dag")
    return await export_started(view, await ask_for_units(view.work, on=day, file_format=kind))


async def _show(
    view: View,
    *,
    brought: UnitImport | None = None,
    file_id: UUID | None = None,
    file_name: str = "",
    problem: AppError | None = None,
) -> Response:
    return await view.render(
        "organisation/units_file.html",
        status=problem.status if problem else 422 if brought and brought.faults else 200,
        units_word=await view.word(UNITS),
        headings=headings_now(),
        brought=brought,
        faults=brought.faults[:MOST_FAULTS] if brought else (),
        file_id=file_id,
        file_name=file_name,
        day=view.form.get("fran"),
        problem=problem,
    )


unit_table_pages = (read_units, bring_units, export_units)
