"""The operator's support in the settings: let in for a time, ended, and what it did."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from .....infra.errors import Conflict, InvalidInput
from .....infra.i18n import _, in_language
from .....tenants import support
from .....tenants.names import names_of
from ....log_words import action_words, kind_words
from ....web.page import View, action, page
from ..settings.tabs import show_settings
from ..spans import last_day, times_in


@page("/installningar/support", name="support_settings")
async def support_settings(view: View) -> Response:
    return await _show(view)


@action("/installningar/support", name="open_support")
async def open_support(view: View) -> Response:
    form = view.form
    view.work.require("tenant.support")
    try:
        async with view.work.attempt():
            begins, ends = times_in(form)
            if ends is None:
                raise InvalidInput(_("Choose the last day."), field="to")
            await support.open_support(
                view.work,
                reason=form.get("reason"),
                valid_from=begins,
                valid_to=ends,
                may_write=form.get("may") == "write",
                modules=form.all("modules"),
            )
    except (InvalidInput, Conflict) as error:
        return await _show(view, problem=error)
    said = _("Support can come in now, until you end it or the time is over.")
    return view.redirect(view.url("support_settings"), said=said)


@action("/installningar/support/{id:uuid}/avsluta", name="end_support")
async def end_support(view: View) -> Response:
    await support.end_support(view.work, view.id())
    said = _("Support is out, and cannot come in any more.")
    return view.redirect(view.url("support_settings"), said=said)


@page("/installningar/support/{id:uuid}", name="support_done")
async def support_done(view: View) -> Response:
    consent_id = view.id()
    entries = await support.what_support_did(view.work, consent_id)
    opened = await support.consents(view.work)
    return await show_settings(
        view,
        "organisation/settings_support_done.html",
        "support_settings",
        _("What support did"),
        entries=entries,
        opened=next(each for each in opened if each.consent.id == consent_id),
        actions=action_words(),
        kinds=kind_words(),
        last_day=last_day,
    )


async def _show(view: View, *, problem: InvalidInput | Conflict | None = None) -> Response:
    work, form = view.work, view.form
    view.work.require("tenant.read")
    opened = await support.consents(work)
    return await show_settings(
        view,
        "organisation/settings_support.html",
        "support_settings",
        _("Support"),
        status=problem.status if problem else 200,
        problem=problem,
        told=problem.field if problem else "",
        opened=opened,
        names=await names_of(
            work, [id for each in opened for id in (each.consent.opened_by, each.consent.ended_by)]
        ),
        choices=_choices(view),
        chosen=form.all("modules"),
        values={
            "reason": form.get("reason"),
            "from": form.get("from"),
            "to": form.get("to", (work.today + timedelta(days=1)).isoformat()),
            "may": form.get("may", "read"),
        },
        last_day=last_day,
        may=work.allows("tenant.support"),
        command=f"roder support {work.tenant.slug} namn@operatoren.example",
    )


def _choices(view: View) -> list[tuple[str, str]]:
    words = {module.name: in_language(module.title) for module in view.modules}
    words |= {"people": _("The register of people")}
    return [(name, words.get(name, name)) for name in support.openable(view.work)]


support_pages = (support_settings, open_support, end_support, support_done)
