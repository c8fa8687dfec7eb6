"""One API key: what it may and how it is used, changed, and revoked."""

from __future__ import annotations

from starlette.responses import Response

from .....infra.errors import AppError, InvalidInput
from .....infra.i18n import _
from .....tenants.models import ApiToken
from .....tenants.names import names_of
from .....tenants.tokens.tokens import change_token, get_token, revoke_token
from ....web.page import View, action, page
from ..settings.tabs import show_settings
from ..stepping import ASKED, Step, take_step
from .pages import days_in, scope_words, units_of


@page("/installningar/nycklar/{id:uuid}", name="api_key")
async def api_key(view: View) -> Response:
    return await _show(view, await get_token(view.work, view.id()))


@action("/installningar/nycklar/{id:uuid}", name="change_api_key")
async def change_api_key(view: View) -> Response:
    form, days = view.form, view.form.get("days").strip()
    try:
        async with view.work.attempt():
            if days and not days_in(days):
                raise InvalidInput(_("Write the number of days, such as 365."), field="days")
            token = await change_token(
                view.work,
                view.id(),
                name=form.get("name"),
                days=days_in(days) if days else None,
                networks=form.get("networks").split(),
            )
    except AppError as problem:
        return await _show(view, await get_token(view.work, view.id()), problem=problem)
    said = _("The key {name} is changed.", name=token.name)
    return view.redirect(view.url("api_key", id=token.id), said=said)


@action("/installningar/nycklar/{id:uuid}/aterkalla", name="revoke_api_key")
async def revoke_api_key(view: View) -> Response:
    """First that it cannot be undone, then that."""
    token_id = view.id()

    async def deed() -> str:
        token = await revoke_token(view.work, token_id)
        return _("The key {name} is revoked.", name=token.name)

    step = await take_step(view, deed)
    if step.said:
        return view.redirect(view.url("api_keys"), said=step.said)
    return await _show(view, await get_token(view.work, token_id), step=step)


async def _show(
    view: View, token: ApiToken, *, step: Step = ASKED, problem: AppError | None = None
) -> Response:
    form, words = view.form, scope_words(view)
    units = await units_of(view, [token])
    people = (token.person_id, token.created_by, token.revoked_by)
    return await show_settings(
        view,
        "organisation/settings_key.html",
        "api_keys",
        token.name,
        status=problem.status if problem else 200,
        token=token,
        names=await names_of(view.work, people),
        scopes=[words.get(scope, scope) for scope in token.scopes],
        units=[units.get(unit, _("A unit that has ended")) for unit in token.unit_ids],
        name=form.get("name") if problem else token.name,
        days=form.get("days") if problem else "",
        networks=form.get("networks") if problem else "\n".join(token.networks),
        problem=problem,
        step=step,
        stands=token.revoked_at is None and token.expires_at > view.work.now,
    )


token_pages = (api_key, change_api_key, revoke_api_key)
