"""Doing a control in the browser: its result and light, evidence, and what was found."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final

from starlette.responses import Response

from ....authz.permit import NOWHERE
from ....infra.errors import AppError
from ....infra.i18n import _
from ...web.fields import Field, read_fields, shown
from ...web.page import View, action, page
from ...web.sent_files import keep_sent
from . import service
from .common_pages import BASE
from .fields import remedy_fields, result_fields
from .holding import RECORD, WRITE
from .item_pages import in_the_form
from .models import ControlLight, ControlOccasion, Deviation, PlanState
from .reading import WholeItem

ONE: Final = BASE + "/tillfalle/{occasion:uuid}"


@page(ONE, name="control_occasion")
async def occasion(view: View) -> Response:
    return await _show(view)


@action(ONE, name="record_control")
async def record(view: View) -> Response:
    """The result, and a file with evidence if one was chosen: both, or neither."""
    whole, row, _found = await _read(view)
    remedy: service.Remedy | None = None
    try:
        async with view.work.attempt():
            values = read_fields(view.form, result_fields())
            deviation = view.form.get("deviation")
            if view.work.allows(WRITE, at=whole.item.unit_id):
                asked = await remedy_fields(view.work, whole.item.unit_id)
                remedy = service.Remedy(**read_fields(view.form, asked))
            light = ControlLight(values.pop("light"))
            await service.record_occasion(
                view.work,
                row.id,
                light=light,
                deviation=deviation,
                remedy=None if light is ControlLight.GREEN else remedy,
                version=view.version,
                **values,
            )
            await _keep_file(view, row)
    except AppError as problem:
        return await _show(view, in_the_form(problem), at="record")
    return _to_item(view, whole, _("The result is saved."))


@action(ONE + "/inte-gjord", name="miss_control")
async def miss(view: View) -> Response:
    whole, row, _found = await _read(view)
    try:
        async with view.work.attempt():
            reason, version = view.form.get("missed"), view.version
            await service.miss_occasion(view.work, row.id, reason=reason, version=version)
    except AppError as problem:
        return await _show(view, problem, at="miss")
    return _to_item(view, whole, _("It is noted why the control was not done."))


@action(ONE + "/underlag/{file:uuid}/bort", name="remove_control_evidence")
async def remove_evidence(view: View) -> Response:
    await service.remove_evidence(view.work, view.id("file"))
    address = view.url("control_occasion", occasion=view.id("occasion"))
    return view.redirect(address, said=_("The file is taken away."))


async def _keep_file(view: View, row: ControlOccasion) -> None:
    sent = view.form.files.get("file")
    if sent is None or not sent.filename:
        return
    file = await keep_sent(view)
    await service.add_evidence(view.work, row.id, file_id=file.id, title=view.form.get("title"))


async def _read(view: View) -> tuple[WholeItem, ControlOccasion, Deviation | None]:
    """The control, this time of it, and what was found then. Raises Forbidden for others."""
    work = view.work
    row = await work.get(ControlOccasion, view.id("occasion"))
    whole = await service.whole_item(work, row.item_id)
    work.require(RECORD, at=whole.item.unit_id, owner=whole.item.responsible_id or NOWHERE)
    own = [each.deviation for each in whole.deviations if each.deviation.occasion_id == row.id]
    return whole, row, next(iter(own), None)


async def _show(view: View, problem: AppError | None = None, *, at: str = "") -> Response:
    """`at` is the form that was refused."""
    work = view.work
    whole, row, found = await _read(view)
    plan = await service.get_plan(work, whole.item.plan_id)
    may = work.allows(WRITE, at=whole.item.unit_id)
    settled = found is not None and found.action_id is not None
    fields = result_fields()
    remedy = await remedy_fields(work, whole.item.unit_id) if may and not settled else []
    asked = [*fields, _what(), *remedy]
    return await view.render(
        "internal_control/occasion.html",
        status=problem.status if problem else 200,
        whole=whole,
        row=row,
        number=[each.id for each in whole.occasions].index(row.id) + 1,
        found=found,
        settled=settled,
        evidence=whole.evidence.get(row.id, ()),
        fields=fields,
        what=[_what()],
        remedy=remedy,
        values=shown(
            _stands(view, row, found, asked), asked, view.form if at == "record" else None
        ),
        missed=view.form.get("missed") or row.missed_reason,
        may=may,
        active=plan.state is PlanState.ACTIVE,
        version=view.version or row.version,
        problem=problem,
        at=at,
    )


def _what() -> Field:
    hint = _("Without anything here, the deviation is told by what the control showed.")
    return Field("deviation", _("What the deviation is"), "text", hint=hint)


def _stands(
    view: View, row: ControlOccasion, found: Deviation | None, fields: list[Field]
) -> SimpleNamespace:
    stands: dict[str, Any] = {field.name: None for field in fields}
    stands |= {field.name: getattr(row, field.name) for field in result_fields()}
    stands["done_on"] = row.done_on or view.work.today
    if found is not None:
        stands |= {"deviation": found.what, "no_action_reason": found.no_action_reason}
    return SimpleNamespace(**stands)


def _to_item(view: View, whole: WholeItem, said: str) -> Response:
    return view.redirect(view.url("control_item", item=whole.item.id), said=said)


OCCASION_PAGES = (occasion, record, miss, remove_evidence)
