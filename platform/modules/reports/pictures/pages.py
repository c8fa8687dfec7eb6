"""The pictures of a report: shown, put in, described, and taken away."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from markupsafe import Markup
from starlette.responses import Response

from .....infra.documents.richplain import to_plain
from .....infra.errors import AppError, InvalidInput, NotFound
from .....infra.i18n import _
from ....web.page import Partial, View, action, page
from .. import service
from ..models import Report, ReportImage
from ..report_pages import REPORTS_TERM, report_here
from .images import expired

BASE = "/{unit}/{year:int}/rapporter/{report:uuid}/bild"
KEPT = "private, max-age=600"
"""Short, so that a withdrawn consent is soon felt also where the picture has been seen."""
FIELDS = {"expiresOn": "expires_on", "showsPerson": "shows_person"}


@page("/bilder/{id}", name="report_picture")
async def report_picture(view: View) -> Response:
    try:
        id = UUID(view.path("id"))
    except ValueError:
        raise NotFound() from None
    image, data = await service.image_data(view.work, id)
    return Response(data, media_type=image.media_type, headers={"Cache-Control": KEPT})


@page(BASE, name="new_picture")
async def new_picture(view: View) -> Response:
    """A form for one more, and those the report has; a dialog where a script asks."""
    report = await report_here(view)
    view.work.require("reports.write", at=report.unit_id)
    return await _show(view, report)


@action(BASE, name="add_picture")
async def add_picture(view: View) -> Response:
    """A script gets the picture to put into the text; else the line that puts it there."""
    report = await report_here(view)
    view.work.require("reports.write", at=report.unit_id)  # before the file is read
    try:
        async with view.work.attempt():
            sent = view.form.file("file")
            described = _described(view)
            image = await service.add_image(
                view.work, report.id, data=await sent.read(), **described
            )
    except AppError as error:
        return await _show(view, report, problem=error)
    if view.partial:
        added = {"added": _tag(image), "typed": to_plain(_tag(image))}
        return await view.parts(Partial("picture-form", "reports/picture_added.html", added))
    return view.redirect(
        view.url("new_picture", {"ny": image.id}, report=report.id), said=_("The picture is kept.")
    )


@page(BASE + "/{image:uuid}", name="change_picture")
async def picture(view: View) -> Response:
    report = await report_here(view)
    view.work.require("reports.write", at=report.unit_id)
    return await _show(view, report, image=await _image(view, report))


@action(BASE + "/{image:uuid}", name="save_picture")
async def save_picture(view: View) -> Response:
    report = await report_here(view)
    image = await _image(view, report)
    try:
        async with view.work.attempt():
            await service.change_image(view.work, image.id, **_described(view))
    except AppError as error:
        return await _show(view, report, image=await _image(view, report), problem=error)
    return _back(view, report, _("Saved."))


@action(BASE + "/{image:uuid}/samtycke", name="withdraw_picture_consent")
async def withdraw(view: View) -> Response:
    report = await report_here(view)
    image = await _image(view, report)
    await service.withdraw_consent(view.work, image.id)
    return _back(view, report, _("The consent is withdrawn. The picture is shown nowhere now."))


@action(BASE + "/{image:uuid}/bort", name="remove_picture")
async def remove(view: View) -> Response:
    report = await report_here(view)
    image = await _image(view, report)
    try:
        async with view.work.attempt():
            await service.remove_image(view.work, image.id)
    except AppError as error:
        return await _show(view, report, image=await _image(view, report), problem=error)
    return _back(view, report, _("The picture is taken away."))


async def _show(
    view: View,
    report: Report,
    *,
    image: ReportImage | None = None,
    problem: AppError | None = None,
) -> Response:
    images = await service.images_of(view.work, report.id)
    values: dict[str, Any] = {
        "report": report,
        "image": image,
        "images": images,
        "new": next((one for one in images if str(one.id) == view.query("ny")), None),
        "gone": {one.id for one in images if expired(one, view.work.today)},
        "line": lambda one: to_plain(_tag(one)),
        "sent": _sent(view, image, problem),
        "problem": problem,
        "field": FIELDS.get(problem.field or "", problem.field) if problem else None,
        "REPORTS_TERM": REPORTS_TERM,
    }
    status = problem.status if problem else 200
    if view.partial and problem:
        part = Partial("picture-form", "reports/picture_form.html", values)
        return await view.parts(part, status=status)
    if view.partial:
        return await view.fragment("reports/picture_form.html", **values)
    return await view.render("reports/pictures.html", status=status, **values)


def _described(view: View) -> dict[str, Any]:
    """What the form says of a picture; without a person what is said of consent is left out."""
    shows = "shows_person" in view.form
    return {
        "alt": view.form.get("alt"),
        "source": view.form.get("source"),
        "shows_person": shows,
        "consent": view.form.get("consent") if shows else "",
        "expires_on": _day(view.form.get("expires_on")) if shows else None,
    }


def _sent(view: View, image: ReportImage | None, problem: AppError | None) -> dict[str, Any]:
    """What stands in the fields: what was sent, else what is kept."""
    names = ("alt", "source", "consent", "expires_on")
    if problem:
        return {name: view.form.get(name) for name in names} | {
            "shows_person": "shows_person" in view.form
        }
    return {name: getattr(image, name, None) or "" for name in (*names, "shows_person")}


async def _image(view: View, report: Report) -> ReportImage:
    image = await view.work.get(ReportImage, view.id("image"))
    if image.report_id != report.id:
        raise NotFound()
    return image


def _tag(image: ReportImage) -> Markup:
    """As a picture stands in a text."""
    return Markup('<img data-image="{}" alt="{}">').format(image.id, image.alt)


def _back(view: View, report: Report, said: str) -> Response:
    return view.redirect(view.url("new_picture", report=report.id), said=said)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput(
            _("Write the day as year-month-day, for example 2026-11-30."), field="expiresOn"
        ) from None


picture_pages = (
    report_picture,
    new_picture,
    add_picture,
    picture,
    save_picture,
    withdraw,
    remove,
)
