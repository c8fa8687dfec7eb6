"""Help films of the municipality's own, and the faults that people have told of."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.responses import Response

from .....authz.permit import permit
from .....infra.errors import InvalidInput
from .....infra.i18n import _, in_language
from .....infra.texts import at_most
from .....tenants.feedback import deal_with_fault, faults_told
from .....tenants.municipality import save_settings, settings_of
from .....tenants.names import names_of
from .....tenants.work import Work
from ....web.helping import HelpSettings
from ....web.page import View, action, page
from ..settings.tabs import show_settings
from ..stepping import ASKED, Step, take_step

LONGEST = 500


@page("/installningar/hjalpfilmer", name="films")
async def films(view: View) -> Response:
    return await _show_films(view, ASKED, [])


@action("/installningar/hjalpfilmer", name="save_films")
async def save_film_addresses(view: View) -> Response:
    view.work.require("tenant.configure")
    topics = _topics(view)
    before = (await settings_of(view.work, "help", HelpSettings)).films
    sent = {name: view.form.get(name).strip() for name in topics if view.form.get(name).strip()}

    async def deed() -> str:
        await save_films(view.work, sent)
        return _("The films are saved.")

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("films"), said=step.said)
    nothing = _("nothing")
    told = [
        _("{what}: {before} becomes {after}", what=word, before=old, after=new)
        for name, word in topics.items()
        if (old := before.get(name, nothing)) != (new := sent.get(name, nothing))
    ]
    return await _show_films(view, step, told)


@permit("tenant.configure")
async def save_films(work: Work, addresses: Mapping[str, str]) -> HelpSettings:
    """The address of a film by topic. Raises InvalidInput for one that is not https."""
    for topic, address in addresses.items():
        parts = urlsplit(at_most(address, field=topic, most=LONGEST))
        if parts.scheme != "https" or not parts.hostname or any(c.isspace() for c in address):
            raise InvalidInput(_("Write the whole address, beginning with https://."), field=topic)
    return await save_settings(work, "help", HelpSettings, values={"films": dict(addresses)})


@page("/installningar/synpunkter", name="faults_told")
async def told(view: View) -> Response:
    """What people have told, the latest first, what is dealt with last."""
    view.work.require("tenant.read")
    found = await faults_told(view.work)
    return await show_settings(
        view,
        "organisation/settings_told.html",
        "faults_told",
        _("What people have told"),
        faults=found,
        names=await names_of(view.work, (row.person_id for row in found)),
        home=f"/{view.tenant.slug}",
    )


@action("/installningar/synpunkter/{id:uuid}/klar", name="deal_with_fault")
async def done(view: View) -> Response:
    await deal_with_fault(view.work, view.id())
    return view.redirect(view.url("faults_told"), said=_("Marked as dealt with."))


def _topics(view: View) -> dict[str, str]:
    modules = {module.name: in_language(module.title) for module in view.modules}
    return {"start": _("Getting started"), **modules, "tangentbord": _("Keyboard")}


async def _show_films(view: View, step: Step, told: list[str]) -> Response:
    view.work.require("tenant.read")
    films = (await settings_of(view.work, "help", HelpSettings)).films
    topics = _topics(view)
    return await show_settings(
        view,
        "organisation/settings_films.html",
        "films",
        _("Help films"),
        status=step.status,
        step=step,
        told=told,
        topics=topics,
        values={name: view.form.get(name, films.get(name, "")) for name in topics},
    )


told_pages = (films, save_film_addresses, told, done)
