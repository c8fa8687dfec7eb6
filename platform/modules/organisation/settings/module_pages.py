"""Each module's own settings, in a form that is made from its model."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from .....infra.errors import NotFound
from .....infra.i18n import _, in_language
from .....tenants.municipality import SettingsRefused, save_settings, settings_of
from ....module import Module
from ....web.page import View, action, page
from ..stepping import ASKED, Step, take_step
from .form import (
    add_row,
    changes,
    describe,
    mend,
    read_values,
    remove_row,
    without_blanks,
)
from .tabs import show_settings, with_settings


@page("/installningar/modul/{module}", name="module_settings")
async def module_settings(view: View) -> Response:
    view.work.require("tenant.read")
    module = _module(view)
    return await _show(view, module, (await _now(view, module)).model_dump(mode="json"), ASKED, [])


@action("/installningar/modul/{module}", name="save_module_settings")
async def save(view: View) -> Response:
    """Adds or removes a row, shows what would change, or saves."""
    view.work.require("tenant.configure")
    module, form = _module(view), view.form
    values = read_values(module.settings, form)
    if "lagg-till" in form:
        add_row(module.name, module.settings, values, form.get("lagg-till"))
        return await _show(view, module, values, ASKED, [])
    if "ta-bort" in form:
        remove_row(values, form.get("ta-bort"))
        return await _show(view, module, values, ASKED, [])
    values = without_blanks(values)
    before = (await _now(view, module)).model_dump(mode="json")
    told: list[str] = []

    async def deed() -> str:
        kept: BaseModel = await save_settings(
            view.work, module.name, module.settings, values=values
        )
        told[:] = changes(module.name, module.settings, before, kept.model_dump(mode="json"))
        return _("The settings are saved.")

    step = await take_step(view, deed)
    if step.said:
        said = " ".join([step.said, *(f"{each}." for each in told)])
        return view.redirect(view.url("module_settings", module=module.name), said=said[:400])
    return await _show(view, module, values, step, told)


async def _now(view: View, module: Module) -> BaseModel:
    return await settings_of(view.work, module.name, module.settings)


def _module(view: View) -> Module:
    for module in with_settings(view):
        if module.name == view.path("module"):
            return module
    raise NotFound(_("There is no page at this address."))


async def _show(
    view: View, module: Module, values: dict[str, Any], step: Step, told: list[str]
) -> Response:
    title = in_language(module.title)
    choices = describe(module.name, module.settings, values)
    refused = step.problem
    return await show_settings(
        view,
        "organisation/settings_module.html",
        f"module_settings:{module.name}",
        title,
        status=step.status,
        module=module,
        choices=choices,
        step=step,
        faults=mend(choices, refused.faults) if isinstance(refused, SettingsRefused) else {},
        told=told,
    )


module_settings_pages = (module_settings, save)
