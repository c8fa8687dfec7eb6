"""To the municipality's identity provider and back: the two steps that its answer is held to.

What has to be remembered in between is sealed in a cookie (see decision 10).
"""

from __future__ import annotations

import secrets
from typing import Final

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response

from ...infra.errors import AppError
from ...infra.i18n import _
from ...infra.openid import Asked, SignInFailed, answer, question, way_out
from ...infra.runtime import Runtime
from ...infra.sealing import seal, unseal
from ...tenants.actors import service
from ...tenants.sessions import LIFE
from ...tenants.sign_in import (
    answer_address,
    person_meant,
    provider_client,
    signed_out_address,
)
from ...tenants.work import Tenancy, open_work
from .pages import render
from .sign_in_page import admit, set_cookie, show_sign_in, way_on

log = structlog.get_logger()

ASKED_COOKIE: Final = "roder_signing_in"
ASKED_SECONDS: Final = 600
"""Long enough to look for one's phone and its code."""

BELOW: Final = "/logga-in"

THERE_COOKIE: Final = "roder_signed_in_there"
BELOW_OUT: Final = "/logga-ut"
LONGEST_HINT: Final = 2500
"""Of an ID token; sealed it is half as long again, and a cookie holds 4,096 signs."""


async def go_there(request: Request, tenant: Tenancy, *, till: str) -> Response:
    """Remember what is asked, and send the browser to the provider.

    By a page and not by a redirect: browsers hold a redirected form to `form-action 'self'`, and
    a provider may send on to others that we do not know.
    """
    runtime: Runtime = request.app.state.runtime
    asked = Asked(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        redirect_uri=answer_address(runtime.settings.base_url, tenant),
    )
    try:
        async with open_work(runtime, tenant, service(), write=False) as work:
            client = await provider_client(work)
        address = await question(client, asked)
    except AppError as error:
        return await _refuse(request, tenant, error, till=till)
    response = render(request, "signing_in.html", tenant=tenant, address=address)
    kept = orjson.dumps([asked.state, asked.nonce, asked.verifier, till]).decode()
    sealed = seal(runtime.settings.secret_key, kept, purpose=_purpose(tenant))
    set_cookie(response, runtime, tenant, ASKED_COOKIE, sealed, ASKED_SECONDS, below=BELOW)
    return response


async def come_back(request: Request, tenant: Tenancy) -> Response:
    """Let in whom the provider's answer means. The cookie is used up, however it ends."""
    till = way_on(None, tenant)
    try:
        asked, till = _asked(request, tenant)
        response = await _let_in(request, tenant, asked, till=till)
    except AppError as error:
        response = await _refuse(request, tenant, error, till=till)
    response.delete_cookie(ASKED_COOKIE, path=f"/{tenant.slug}{BELOW}")
    return response


async def leave_there(request: Request, tenant: Tenancy) -> Response | None:
    """The page that goes on to the provider, to end the session there as well.

    None for one who did not come from the provider with this browser, and where it publishes no
    way out or does not answer. By a page and not by a redirect, as at `go_there`.
    """
    runtime: Runtime = request.app.state.runtime
    key, sealed = runtime.settings.secret_key, request.cookies.get(THERE_COOKIE, "")
    kept = unseal(key, sealed, purpose=_out_purpose(tenant), seconds=int(LIFE.total_seconds()))
    if kept is None:
        return None
    issuer, id_token = orjson.loads(kept)
    try:
        async with open_work(runtime, tenant, service(), write=False) as work:
            client = await provider_client(work)
        if client.issuer != issuer:
            return None
        back = signed_out_address(runtime.settings.base_url, tenant)
        address = await way_out(client, id_token=id_token, back=back)
    except AppError as error:
        log.info("sign_out_there_failed", tenant=tenant.slug, code=error.code)
        return None
    if address is None:
        return None
    return render(request, "signing_out.html", tenant=tenant, address=address)


def _remember(response: Response, request: Request, tenant: Tenancy, kept: list[str]) -> None:
    """Keep in the browser what signing out at the provider takes."""
    runtime: Runtime = request.app.state.runtime
    text, seconds = orjson.dumps(kept).decode(), int(LIFE.total_seconds())
    sealed = seal(runtime.settings.secret_key, text, purpose=_out_purpose(tenant))
    set_cookie(response, runtime, tenant, THERE_COOKIE, sealed, seconds, below=BELOW_OUT)


async def _let_in(request: Request, tenant: Tenancy, asked: Asked, *, till: str) -> Response:
    runtime: Runtime = request.app.state.runtime
    query = request.query_params
    async with open_work(runtime, tenant, service(), write=False) as work:
        client = await provider_client(work)
    code = query.get("code")
    if not code or query.get("iss", client.issuer) != client.issuer:
        log.warning("sign_in_interrupted", tenant=tenant.slug, reason=query.get("error", "")[:100])
        raise SignInFailed(_("The sign-in was interrupted. Try again."))
    told = await answer(client, asked, code)
    async with open_work(runtime, tenant, service(), write=False) as work:
        person = await person_meant(work, told.claims)
    response = await admit(request, tenant, person.id, till=till)
    hint = told.id_token if len(told.id_token) <= LONGEST_HINT else ""
    _remember(response, request, tenant, [client.issuer, hint])
    return response


def _asked(request: Request, tenant: Tenancy) -> tuple[Asked, str]:
    """What this browser was sent away with. Raises SignInFailed when it is not this answer's."""
    runtime: Runtime = request.app.state.runtime
    kept = unseal(
        runtime.settings.secret_key,
        request.cookies.get(ASKED_COOKIE, ""),
        purpose=_purpose(tenant),
        seconds=ASKED_SECONDS,
    )
    if kept is None:
        raise SignInFailed(
            _("The sign-in was begun too long ago, or in another browser. Try again.")
        )
    state, nonce, verifier, till = orjson.loads(kept)
    if not secrets.compare_digest(state.encode(), request.query_params.get("state", "").encode()):
        raise SignInFailed(_("The answer belongs to another sign-in. Try again."))
    return Asked(state, nonce, verifier, answer_address(runtime.settings.base_url, tenant)), way_on(
        till, tenant
    )


async def _refuse(request: Request, tenant: Tenancy, error: AppError, *, till: str) -> Response:
    log.info("sign_in_refused", tenant=tenant.slug, code=error.code)
    return await show_sign_in(
        request, tenant, till=till, refusal=error.message, status=error.status
    )


def _purpose(tenant: Tenancy) -> str:
    return f"signing in to {tenant.id}"


def _out_purpose(tenant: Tenancy) -> str:
    return f"signing out of {tenant.id}"
