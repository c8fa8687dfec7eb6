"""The municipality's own look: its name, its colour and its logo."""

from __future__ import annotations

import asyncio
from uuid import UUID

from sqlalchemy import select
from starlette.responses import Response

from .....infra.colour import READABLE, WHITE, check_colour, contrast
from .....infra.errors import AppError, InvalidInput, NotFound
from .....infra.i18n import _
from .....infra.pictures import redraw
from .....tenants.files import load_upload
from .....tenants.logo import WIDEST, set_logo
from .....tenants.models import Tenant
from .....tenants.municipality import rename_tenant
from ....web.page import Partial, View, action, page
from ....web.sent_files import keep_sent
from ..stepping import ASKED, Step, id_in, take_step
from .tabs import show_settings

MOST_BYTES = 5_000_000


@page("/installningar/tema", name="appearance")
async def appearance(view: View) -> Response:
    return await _show(view)


@page("/installningar/tema/prov", name="try_colour")
async def try_colour(view: View) -> Response:
    """A colour while it is chosen: how it looks, and how it can be read."""
    view.work.require("tenant.configure")
    return await view.parts(
        Partial("sample", "organisation/colour_sample.html", _sample(view.query("accent")))
    )


@action("/installningar/tema", name="save_appearance")
async def save_appearance(view: View) -> Response:
    form, before = view.form, await _tenant(view)
    old = (before.name, before.accent)

    async def deed() -> str:
        await rename_tenant(view.work, name=form.get("name"), accent=form.get("accent"))
        new = (" ".join(form.get("name").split()), form.get("accent").lower())
        told[:] = [
            _("{what}: {before} becomes {after}", what=what, before=was, after=becomes)
            for what, was, becomes in zip((_("Name"), _("Colour")), old, new, strict=True)
            if was != becomes
        ]
        return _("The look is saved.")

    told: list[str] = []
    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("appearance"), said=step.said)
    return await _show(view, step=step, told=told)


@action("/installningar/tema/logga", name="save_logo")
async def save_logo(view: View) -> Response:
    """First the picture that was sent, as it would be shown; then it becomes the logo."""
    view.work.require("tenant.configure")
    form = view.form
    try:
        async with view.work.attempt():
            file_id = id_in(form.get("fil"), field="file")
            if file_id is not None:
                await set_logo(view.work, file_id)
                return view.redirect(view.url("appearance"), said=_("The logo is saved."))
            file_id = (await keep_sent(view)).id
            await _redrawn(view, file_id)
    except (InvalidInput, NotFound) as error:
        return await _show(view, problem=error)
    return await _show(view, file_id=file_id)


@page("/installningar/tema/logga/{id:uuid}", name="logo_preview")
async def logo_preview(view: View) -> Response:
    """A picture that was sent in, redrawn as a logo is."""
    view.work.require("tenant.configure")
    picture = await _redrawn(view, view.id())
    return Response(picture, media_type="image/png", headers={"cache-control": "no-store"})


async def _redrawn(view: View, file_id: UUID) -> bytes:
    _file, data = await load_upload(view.work, file_id, most=MOST_BYTES)
    return await asyncio.to_thread(redraw, data, widest=WIDEST, field="file")


async def _tenant(view: View) -> Tenant:
    view.work.require("tenant.read")
    tenant = await view.work.first(select(Tenant).where(Tenant.id == view.tenant.id))
    assert tenant is not None
    return tenant


def _sample(colour: str) -> dict[str, object]:
    """`ratio` is empty for what is no colour."""
    try:
        check_colour(colour, field="accent")
    except InvalidInput:
        return {"colour": "", "ratio": "", "readable": False}
    ratio = contrast(colour, WHITE)
    return {
        "colour": colour,
        "ratio": f"{ratio:.1f}".replace(".", ","),
        "readable": ratio >= READABLE,
    }


async def _show(
    view: View,
    *,
    step: Step = ASKED,
    told: list[str] | None = None,
    file_id: UUID | None = None,
    problem: AppError | None = None,
) -> Response:
    tenant = await _tenant(view)
    accent = view.form.get("accent") or tenant.accent
    return await show_settings(
        view,
        "organisation/settings_look.html",
        "appearance",
        _("Theme"),
        status=problem.status if problem else step.status,
        step=step,
        told=told or [],
        values={"name": view.form.get("name") or tenant.name, "accent": accent},
        file_id=file_id,
        problem=problem,
        has_logo=tenant.logo_key is not None,
        **_sample(accent),
    )


appearance_pages = (appearance, try_colour, save_appearance, save_logo, logo_preview)
