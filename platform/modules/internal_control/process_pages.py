"""The processes of the units in the browser."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import Response

from ....infra.errors import AppError, NotFound
from ....infra.i18n import _
from ....tenants.names import names_of
from ....tenants.tree import units
from ...web.fields import read_fields
from ...web.forms import read_id
from ...web.page import View, action, page
from . import service
from .common_pages import HERE, show_form
from .fields import process_fields
from .holding import WRITE
from .models import Process
from .words import INTERNAL_CONTROL

LIST: Final = HERE + "/processer"
NEW: Final = "ny"


@page(LIST, name="control_processes")
async def processes(view: View) -> Response:
    return await _show_list(view)


@page(LIST + "/{process}", name="control_process")
async def process(view: View) -> Response:
    return await _show(view)


@action(LIST + "/{process}", name="save_control_process")
async def save(view: View) -> Response:
    row = await _row(view)
    owner = row.owner_id if row else None
    try:
        async with view.work.attempt():
            fields = await process_fields(view.work, row.unit_id if row else None, owner)
            values: Any = read_fields(view.form, fields)
            if row is None:
                row = await service.add_process(view.work, **values)
            else:
                row = await service.change_process(
                    view.work, row.id, changes=values, version=view.version
                )
    except AppError as problem:
        return await _show(view, problem)
    return view.redirect(view.url("control_processes"), said=_("{name} is saved.", name=row.name))


@action(LIST + "/{process}/slut", name="end_control_process")
async def end(view: View) -> Response:
    row = await _row(view)
    try:
        async with view.work.attempt():
            if row is None:
                raise NotFound()
            await service.end_process(view.work, row.id, version=view.version)
    except AppError as problem:
        return await _show_list(view, problem)
    return view.redirect(view.url("control_processes"), said=_("The process has ended."))


async def _row(view: View) -> Process | None:
    """None for a new one. Raises NotFound."""
    if view.path("process") == NEW:
        return None
    view.work.require("internal_control.read")
    return await view.work.get(Process, read_id(view.path("process")))


async def _show_list(view: View, problem: AppError | None = None) -> Response:
    """Those of the unit and the units below it."""
    work = view.work
    rows = await service.processes(work, unit_id=view.here.unit.id)
    places = await units.placed(work, list({row.unit_id for row in rows}))
    return await view.render(
        "internal_control/processes.html",
        status=problem.status if problem else 200,
        heading=await view.word(INTERNAL_CONTROL),
        tab="control_processes",
        rows=rows,
        places={unit.id: unit.name for unit in places},
        names=await names_of(work, [row.owner_id for row in rows]),
        writable={row.id for row in rows if work.allows(WRITE, at=row.unit_id)},
        may=work.allows(WRITE, at=view.here.unit.id),
        new=NEW,
        problem=problem,
    )


async def _show(view: View, problem: AppError | None = None) -> Response:
    row = await _row(view)
    at = row.unit_id if row else view.here.unit.id
    view.work.require(WRITE, at=at)
    fields = await process_fields(view.work, at, row.owner_id if row else None)
    stands = {field.name: getattr(row, field.name, None) for field in fields}
    return await show_form(
        view,
        fields,
        heading=row.name if row else _("New process"),
        save=_("Save"),
        back=view.url("control_processes"),
        back_word=_("Processes"),
        stands=stands | {"unit_id": at},
        version=row.version if row else None,
        problem=problem,
    )


PROCESS_PAGES = (processes, process, save, end)
