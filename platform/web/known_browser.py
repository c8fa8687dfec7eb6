"""A browser that somebody has signed in with before: it is not made to wait for what others guess
(decision 21)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from ...graphql.http import address_of
from ...infra.runtime import Runtime
from ...infra.sealing import seal, unseal
from ...tenants.sign_in.guesses import Trying
from ...tenants.work import Tenancy
from .sign_in_page import set_cookie

COOKIE: Final = "roder_known"
BELOW: Final = "/logga-in"
SECONDS: Final = int(timedelta(days=180).total_seconds())


def trying(request: Request, tenant: Tenancy) -> Trying:
    """Who tries to sign in, before anybody knows."""
    runtime: Runtime = request.app.state.runtime
    sealed = request.cookies.get(COOKIE, "")
    key = runtime.settings.secret_key
    known = unseal(key, sealed, purpose=_purpose(tenant), seconds=SECONDS) if sealed else None
    return Trying(address_of(request), known or "")


def know_browser(response: Response, runtime: Runtime, tenant: Tenancy, person_id: UUID) -> None:
    """All browsers of a person count as one, so that nobody gets more tries by more sign-ins."""
    sealed = seal(runtime.settings.secret_key, str(person_id), purpose=_purpose(tenant))
    set_cookie(response, runtime, tenant, COOKIE, sealed, SECONDS, below=BELOW)


def _purpose(tenant: Tenancy) -> str:
    return f"known browser of {tenant.id}"
