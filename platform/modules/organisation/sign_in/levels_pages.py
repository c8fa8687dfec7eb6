"""The lowest level of assurance of each part of the service."""

from __future__ import annotations

from starlette.responses import Response

from .....infra.i18n import _, in_language
from .....tenants.sign_in.providers import provider_label, provider_levels, sign_in_providers
from .....tenants.sign_in.settings import change_sign_in_settings, lockable, sign_in_settings
from ....web.page import View, action, page
from ..stepping import ASKED, Step, take_step
from .pages import PATH, show_sign_in_tab

LEVELS = f"{PATH}/tillitsnivaer"


@page(LEVELS, name="sign_in_levels")
async def levels_page(view: View) -> Response:
    view.work.require("tenant.read")
    return await _show(view, ASKED)


@action(LEVELS, name="save_sign_in_levels")
async def save_levels(view: View) -> Response:
    """Who would be asked to sign in again, then that."""
    view.work.require("tenant.configure")
    form, names = view.form, lockable(view.tenant)

    async def deed() -> str:
        chosen = {name: form.get(f"niva-{name}") for name in names}
        levels = {name: int(level) for name, level in chosen.items() if level in "1234" and level}
        programs = [name for name in levels if f"program-{name}" in form]
        await change_sign_in_settings(view.work, {"levels": levels, "programs": programs})
        return _("The levels are saved.")

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("sign_in_levels"), said=step.said)
    return await _show(view, step)


async def _show(view: View, step: Step) -> Response:
    settings, form = await sign_in_settings(view.work), view.form
    words = area_words(view)
    asked = step is not ASKED
    rows = []
    for name in lockable(view.tenant):
        level = form.get(f"niva-{name}") if asked else str(settings.level_of(name) or "")
        programs = f"program-{name}" in form if asked else name in settings.programs
        rows.append((name, words.get(name, name), level, programs))
    highest = []
    for each in await sign_in_providers(view.work):
        levels = await provider_levels(view.work, each.id)
        most = max((row.level for row in levels), default=1)
        highest.append((provider_label(view.work, each), most))
    return await show_sign_in_tab(
        view,
        "organisation/settings_sign_in_levels.html",
        "sign_in_levels",
        status=step.status,
        step=step,
        rows=sorted(rows, key=lambda row: row[1].casefold()),
        highest=highest,
        own=view.actor.level,
    )


def area_words(view: View) -> dict[str, str]:
    """The parts of the service that can ask for a level, as people call them."""
    core = {
        "people": _("The register of people"),
        "roles": _("Roles"),
        "tenant": _("The settings"),
        "tokens": _("API keys"),
        "log": _("The access log"),
        "log_review": _("Reviews of the access log"),
        "leavers": _("Those who have left"),
        "data_protection": _("Personal data"),
    }
    return core | {module.name: in_language(module.title) for module in view.modules}


sign_in_levels_pages = (levels_page, save_levels)
