"""To one of the municipality's identity providers and back: the two steps that its answer is held
to.

What has to be remembered in between is sealed in a cookie (see decision 10).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response

from ...infra.errors import AppError
from ...infra.i18n import _
from ...infra.openid import Asked, ProviderSilent, SignInFailed, answer, question, way_out
from ...infra.runtime import Runtime
from ...infra.sealing import seal, unseal
from ...tenants.actors import service
from ...tenants.models import SignInProvider
from ...tenants.sign_in.guesses import begin_try, begin_try_as, forgive_try, refuse_if_shut
from ...tenants.sign_in.people import level_told, person_meant, subject_of
from ...tenants.sign_in.providers import (
    answer_address,
    chosen_provider,
    levels_of,
    provider_client,
    signed_out_address,
)
from ...tenants.sign_in.rules import follow_rules
from ...tenants.sign_in.sessions import LIFE
from ...tenants.work import Tenancy, Work, open_work
from .known_browser import know_browser, trying
from .pages import render
from .sign_in_page import LevelTooLow, let_in, put_session, refuse, set_cookie, visitor, way_on

log = structlog.get_logger()

ASKED_COOKIE: Final = "roder_signing_in"
ASKED_SECONDS: Final = 600
"""Long enough to look for one's phone and its code."""

BELOW: Final = "/logga-in"

THERE_COOKIE: Final = "roder_signed_in_there"
BELOW_OUT: Final = "/logga-ut"
LONGEST_HINT: Final = 2500
"""Of an ID token; sealed it is half as long again, and a cookie holds 4,096 signs."""


class Interrupted(SignInFailed):
    """Whoever was about to sign in has changed their mind: that is no guess."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What this browser was sent away with."""

    asked: Asked
    till: str
    provider_id: UUID
    level: int
    """The level that is demanded; 0 when any will do."""


async def go_there(
    request: Request, tenant: Tenancy, *, till: str, provider_id: UUID | None, level: int
) -> Response:
    """Remember what is asked, and send the browser to the provider.

    By a page and not by a redirect: browsers hold a redirected form to `form-action 'self'`, and
    a provider may send on to others that we do not know.
    """
    runtime: Runtime = request.app.state.runtime
    try:
        async with open_work(runtime, tenant, visitor(request), write=False) as work:
            await refuse_if_shut(work, trying(request, tenant))
            provider = await chosen_provider(work, provider_id)
            client = provider_client(work, provider)
            wanted = await levels_of(work, provider.id) if level else []
        asked = Asked(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            redirect_uri=answer_address(runtime.settings.base_url, tenant),
            acr_values=tuple(row.acr for row in wanted if row.level >= level),
        )
        address = await question(client, asked)
    except AppError as error:
        return await refuse(request, tenant, error, till=till, level=level)
    response = render(request, "signing_in.html", tenant=tenant, address=address)
    kept = [asked.state, asked.nonce, asked.verifier, till, str(provider.id), level]
    sealed = seal(
        runtime.settings.secret_key, orjson.dumps(kept).decode(), purpose=_purpose(tenant)
    )
    set_cookie(response, runtime, tenant, ASKED_COOKIE, sealed, ASKED_SECONDS, below=BELOW)
    return response


async def come_back(request: Request, tenant: Tenancy) -> Response:
    """Let in whom the provider's answer means. The cookie is used up, however it ends."""
    runtime: Runtime = request.app.state.runtime
    till, level = way_on(None, tenant), 0
    who = trying(request, tenant)
    try:
        kept = _kept(request, tenant)  # one that this browser did not ask for costs nobody a try
        till, level = kept.till, kept.level
        async with open_work(runtime, tenant, visitor(request), write=True) as work:
            await begin_try(work, who)
        try:
            _require_own(request, kept)
            response = await _let_in(request, tenant, kept)
        except (ProviderSilent, Interrupted):
            async with open_work(runtime, tenant, visitor(request), write=True) as work:
                await forgive_try(work, who)
            raise
    except AppError as error:
        response = await refuse(request, tenant, error, till=till, level=level)
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
    provider_id, id_token = orjson.loads(kept)
    try:
        async with open_work(runtime, tenant, service(), write=False) as work:
            client = provider_client(work, await chosen_provider(work, UUID(provider_id)))
        back = signed_out_address(runtime.settings.base_url, tenant)
        address = await way_out(client, id_token=id_token, back=back)
    except (AppError, ValueError) as error:
        log.info("sign_out_there_failed", tenant=tenant.slug, reason=type(error).__name__)
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


async def _let_in(request: Request, tenant: Tenancy, kept: Kept) -> Response:
    runtime: Runtime = request.app.state.runtime
    query = request.query_params
    async with open_work(runtime, tenant, service(), write=False) as work:
        provider = await chosen_provider(work, kept.provider_id)
        client = provider_client(work, provider)
    code = query.get("code")
    if not code or query.get("iss", client.issuer) != client.issuer:
        log.warning("sign_in_interrupted", tenant=tenant.slug, reason=query.get("error", "")[:100])
        kind = Interrupted if "error" in query and not code else SignInFailed
        raise kind(_("The sign-in was interrupted. Try again."))
    told = await answer(client, kept.asked, code)
    account = f"{client.issuer} {subject_of(told.claims)}"
    who = trying(request, tenant)
    async with open_work(runtime, tenant, visitor(request), write=True) as work:
        await begin_try_as(work, who, account)
    async with open_work(runtime, tenant, visitor(request), write=True) as work:
        person_id, key = await _sign_in(request, work, provider, told.claims, kept.level)
        await forgive_try(work, who, account)
    response = let_in(runtime, tenant, key, till=kept.till)
    know_browser(response, runtime, tenant, person_id)
    hint = told.id_token if len(told.id_token) <= LONGEST_HINT else ""
    _remember(response, request, tenant, [str(provider.id), hint])
    return response


async def _sign_in(
    request: Request, work: Work, provider: SignInProvider, claims: Mapping[str, object], level: int
) -> tuple[UUID, str]:
    """Who comes in, and the key of the session. Raises LevelTooLow where the provider has not made
    as sure as was asked of it."""
    meant = await person_meant(work, provider, claims)
    found = await level_told(work, provider, claims)
    if found < level:
        raise LevelTooLow(
            _(
                "The sign-in was of level {found}, and level {level} is needed. Sign in with an "
                "e-identification.",
                found=found,
                level=level,
            )
        )
    await follow_rules(work, meant.person, provider, claims)
    key = await put_session(request, work, meant.person.id, level=found, issuer=provider.issuer)
    return meant.person.id, key


def _kept(request: Request, tenant: Tenancy) -> Kept:
    """Raises SignInFailed for a browser that was not sent away lately."""
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
    state, nonce, verifier, till, provider_id, level = orjson.loads(kept)
    asked = Asked(state, nonce, verifier, answer_address(runtime.settings.base_url, tenant))
    return Kept(asked, way_on(till, tenant), UUID(provider_id), level)


def _require_own(request: Request, kept: Kept) -> None:
    """Raises SignInFailed when this is the answer to what another browser asked."""
    told = request.query_params.get("state", "")
    if not secrets.compare_digest(kept.asked.state.encode(), told.encode()):
        raise SignInFailed(_("The answer belongs to another sign-in. Try again."))


def _purpose(tenant: Tenancy) -> str:
    return f"signing in to {tenant.id}"


def _out_purpose(tenant: Tenancy) -> str:
    return f"signing out of {tenant.id}"
