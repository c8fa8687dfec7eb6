"""The data protection registers in the browser: lists, and a form for each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from starlette.responses import Response

from ....infra.errors import AppError
from ....infra.i18n import _
from ....tenants.rows import TenantRow
from ....tenants.terms import Term
from ....tenants.tree import units
from ...module import MenuItem
from ...web.exports import export_started
from ...web.fields import Field, read_fields, shown
from ...web.page import View, action, page
from ...web.words import MORE
from . import breaches as breach_service
from . import service
from .breaches import decide_breach, due, report_breach, touched
from .fields import (
    agreement_fields,
    breach_fields,
    decision_fields,
    processing_fields,
    sub_processor_fields,
)
from .files import ask_for_breach, ask_for_record
from .models import Breach, Processing, ProcessorAgreement, SubProcessor

DATA_PROTECTION = Term("data_protection.data_protection", lambda: _("Data protection"))
MANAGE = "data_protection.manage"
BASE = "/dataskydd"


@page(BASE, name="processings")
async def processings(view: View) -> Response:
    rows = await service.processings(view.work)
    known = {row.module for row in rows}
    return await _list(
        view,
        "processings",
        _("Record of treatments"),
        rows=rows,
        missing=any(each["module"] not in known for each in service.proposals()),
        processors={row.id: row.processor for row in await service.agreements(view.work)},
    )


@action(BASE + "/forslag", name="suggest_processings")
async def suggest(view: View) -> Response:
    made = await service.suggest_processings(view.work)
    said = _("{count} treatments were added. Read and change them.", count=len(made))
    return view.redirect(view.url("processings"), said=said)


@action(BASE + "/excel", name="export_processings")
async def to_excel(view: View) -> Response:
    return await export_started(view, await ask_for_record(view.work))


@page(BASE + "/behandling/{id}", name="processing")
async def processing(view: View) -> Response:
    return await _show_processing(view)


@action(BASE + "/behandling/{id}", name="save_processing")
async def save_processing(view: View) -> Response:
    fields, id = await _processing_fields(view), _id(view)
    try:
        async with view.work.attempt():
            row = await service.save_processing(view.work, id, **read_fields(view.form, fields))
            if "end" in view.form:
                await service.end(view.work, row, view.work.today)
    except AppError as problem:
        return await _show_processing(view, problem)
    return view.redirect(view.url("processings"), said=_("{name} is saved.", name=row.name))


@page(BASE + "/bitraden", name="processors")
async def processors(view: View) -> Response:
    found: dict[UUID, list[SubProcessor]] = {}
    for sub in await service.sub_processors(view.work):
        found.setdefault(sub.agreement_id, []).append(sub)
    rows = await service.agreements(view.work)
    return await _list(view, "processors", _("Processors"), rows=rows, subs=found)


@page(BASE + "/bitraden/{id}", name="processor")
async def processor(view: View) -> Response:
    return await _show(view, ProcessorAgreement, "processor", agreement_fields(), "processors")


@action(BASE + "/bitraden/{id}", name="save_processor")
async def save_processor(view: View) -> Response:
    fields = agreement_fields()
    try:
        async with view.work.attempt():
            values = read_fields(view.form, fields)
            row = await service.save_agreement(view.work, _id(view), **values)
            if "end" in view.form:
                await service.end(view.work, row, view.work.today)
    except AppError as problem:
        return await _show(view, ProcessorAgreement, "processor", fields, "processors", problem)
    said = _("{name} is saved.", name=row.processor)
    return view.redirect(view.url("processors"), said=said)


@page(BASE + "/bitraden/{agreement}/underbitraden/{id}", name="sub_processor")
async def sub_processor(view: View) -> Response:
    return await _show(view, SubProcessor, "sub_processor", sub_processor_fields(), "processors")


@action(BASE + "/bitraden/{agreement}/underbitraden/{id}", name="save_sub_processor")
async def save_sub_processor(view: View) -> Response:
    fields, id = sub_processor_fields(), _id(view)
    try:
        async with view.work.attempt():
            values = read_fields(view.form, fields)
            if id is None:
                values["agreement_id"] = _uuid(view.path("agreement"))
            row = await service.save_sub_processor(view.work, id, **values)
            if "end" in view.form:
                await service.end(view.work, row, view.work.today)
    except AppError as problem:
        return await _show(view, SubProcessor, "sub_processor", fields, "processors", problem)
    return view.redirect(view.url("processors"), said=_("{name} is saved.", name=row.name))


@page(BASE + "/incidenter", name="breaches")
async def breaches(view: View) -> Response:
    rows = await breach_service.breaches(view.work)
    days = {row.id: await due(view.work, row) for row in rows}
    return await _list(view, "breaches", _("Breaches"), rows=rows, days=days)


@page(BASE + "/incidenter/ny", name="new_breach")
async def new_breach(view: View) -> Response:
    return await _show(view, Breach, "new_breach", breach_fields(), "breaches")


@action(BASE + "/incidenter/ny", name="report_breach")
async def report(view: View) -> Response:
    fields = breach_fields()
    try:
        async with view.work.attempt():
            row = await report_breach(view.work, **read_fields(view.form, fields))
    except AppError as problem:
        return await _show(view, Breach, "new_breach", fields, "breaches", problem)
    return view.redirect(view.url("breach", id=row.id), said=_("The breach is in the register."))


@page(BASE + "/incidenter/{id:uuid}", name="breach")
async def breach(view: View) -> Response:
    return await _show_breach(view)


@action(BASE + "/incidenter/{id:uuid}", name="decide_breach")
async def decide(view: View) -> Response:
    fields = decision_fields()
    try:
        async with view.work.attempt():
            await decide_breach(
                view.work,
                view.id(),
                notified=view.form.get("decision") == "notified",
                **read_fields(view.form, fields),
            )
    except AppError as problem:
        return await _show_breach(view, problem)
    return view.redirect(view.url("breaches"), said=_("The decision is kept."))


@action(BASE + "/incidenter/{id:uuid}/underlag", name="export_breach")
async def breach_file(view: View) -> Response:
    job = await ask_for_breach(view.work, view.id())
    return await export_started(view, job)


async def _list(view: View, name: str, heading: str, **values: Any) -> Response:
    view.work.require("data_protection.read")
    return await view.render(
        f"data_protection/{name}.html",
        heading=heading,
        tab=name,
        word=await view.word(DATA_PROTECTION),
        may=view.work.allows(MANAGE),
        **values,
    )


async def _show(
    view: View,
    model: type[TenantRow],
    name: str,
    fields: Sequence[Field],
    back: str,
    problem: AppError | None = None,
) -> Response:
    """The form of a row, or of a new one, with what is wrong beside it."""
    view.work.require(MANAGE)
    id = _id(view) if "id" in view.request.path_params else None
    row = None if id is None else await view.work.get(model, id)
    return await view.render(
        "data_protection/form.html",
        status=problem.status if problem else 200,
        heading=_HEADINGS[name](row is None),
        word=await view.word(DATA_PROTECTION),
        tab=back,
        may=True,
        fields=fields,
        values=shown(row, fields, view.form),
        row=row,
        ends=row is not None and getattr(row, "ended_on", None) is None,
        problem=problem,
        address=view.request.url.path,
        back=view.url(back),
    )


async def _show_processing(view: View, problem: AppError | None = None) -> Response:
    fields = await _processing_fields(view)
    return await _show(view, Processing, "processing", fields, "processings", problem)


async def _processing_fields(view: View) -> list[Field]:
    nothing = ("", _("None"))
    known = [(str(row.id), row.processor) for row in await service.agreements(view.work)]
    placed = [(str(unit.id), unit.name) for unit in await units.tree(view.work)]
    return processing_fields([nothing, *known], [nothing, *placed])


async def _show_breach(view: View, problem: AppError | None = None) -> Response:
    view.work.require("data_protection.read")
    row = await view.work.get(Breach, view.id())
    fields, may = decision_fields(), view.work.allows(MANAGE)
    return await view.render(
        "data_protection/breach.html",
        status=problem.status if problem else 200,
        heading=_("Breach"),
        word=await view.word(DATA_PROTECTION),
        tab="breaches",
        may=may,
        row=row,
        last=await due(view.work, row),
        found=await touched(view.work, row.since, row.until) if may else None,
        fields=fields,
        values=shown(row, fields, view.form),
        problem=problem,
        address=view.request.url.path,
    )


_HEADINGS: dict[str, Callable[[bool], str]] = {
    "processor": lambda new: _("New processor") if new else _("Processor"),
    "sub_processor": lambda new: _("New sub-processor") if new else _("Sub-processor"),
    "processing": lambda new: _("New treatment") if new else _("Treatment"),
    "new_breach": lambda _new: _("Report a breach"),
}


def _id(view: View) -> UUID | None:
    text = view.path("id")
    return None if text == "ny" else _uuid(text)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


PAGES = (
    processings,
    suggest,
    to_excel,
    processing,
    save_processing,
    processors,
    processor,
    save_processor,
    sub_processor,
    save_sub_processor,
    breaches,
    new_breach,
    report,
    breach,
    decide,
    breach_file,
)
MENU = (
    MenuItem(DATA_PROTECTION, page="processings", permission="data_protection.read", group=MORE),
)
