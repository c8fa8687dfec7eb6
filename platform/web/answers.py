"""What surrounds every answer: safe headers, and a plain page or plain JSON when there is none."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ...graphql.http import language
from ...infra.database import told_busy
from ...infra.errors import AppError, TooManyTries
from ...infra.i18n import _, use_locale
from ...infra.storage import StorageUnavailable
from ...tenants.sign_in.sessions import SESSION_COOKIE
from .pages import render

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
A_YEAR = "max-age=31536000"

INERT = (b"text/css", b"text/javascript", b"font/woff2")
ENOUGH = (b"x-content-type-options", b"cross-origin-resource-policy")
"""What a file of these types needs: the rest is for what a browser shows as a page, and would weigh
more than many such a file."""


class SafeHeaders:
    """Puts the headers on that tell a browser what it must not do; an answer's own ones stay.

    What has not said for how long it may be kept, is not kept: it may hold a municipality's data.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        wanted = HEADERS | ({"strict-transport-security": A_YEAR} if https else {})
        wanted["cache-control"] = "no-store"
        self.headers = [(name.encode(), value.encode()) for name, value in wanted.items()]
        self.enough = [header for header in self.headers if header[0] in ENOUGH]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        static = scope["path"].startswith("/static/")

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = dict(message.get("headers", ()))
                media = own.get(b"content-type", b"").partition(b";")[0]
                wanted = self.enough if media in INERT else self.headers
                if static:
                    own[b"cache-control"] = b"its own"
                lacking = [header for header in wanted if header[0] not in own]
                message["headers"] = [*message.get("headers", ()), *lacking]
            await send(message)

        await self.app(scope, receive, send_safely)


class Faults:
    """The last net: what nobody foresaw is logged under a code, and told by that code alone.

    Also speaks the language of the request, for the pages and refusals within.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        request = Request(scope, receive)
        with use_locale(language(request.headers.get("accept-language"))):
            try:
                await self.app(scope, receive, send_noting)
            except Exception as error:
                incident = secrets.token_hex(4).upper()
                log.error("request_failed", incident=incident, exc_info=error)
                if begun:
                    raise  # half an answer is out: only the connection can still tell
                await _fault(request, error, incident)(scope, receive, send)


async def show_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    wait = {"retry-after": str(error.seconds)} if isinstance(error, TooManyTries) else None
    return problem(
        request, error.status, error.code, error.message, field=error.field, headers=wait
    )


async def show_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    sentence = sentence_for(request, status)
    return problem(request, status.value, status.name, sentence, headers=error.headers)


def sentence_for(request: Request, status: int) -> str:
    """What a refusal says that has no sentence of its own."""
    sentences = {
        404: _("There is no page at this address."),
        405: _("This address does not take {method}.", method=request.method),
    }
    return sentences.get(status, _("The request could not be understood."))


def problem(
    request: Request,
    status: int,
    code: str,
    message: str,
    *,
    field: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The refusal as a page where the client reads pages, else as JSON."""
    if "text/html" in request.headers.get("accept", ""):
        response = render(
            request,
            "problem.html",
            status=status,
            code=status,
            message=message,
            hint=hint_for(status),
            help="",
            address=request.url.path,
            tenant=_tenant(request),
        )
        response.headers.update(headers or {})
        return response
    body = {"code": code, "message": message} | ({"field": field} if field else {})
    return JSONResponse(body, status_code=status, headers=headers)


def hint_for(status: int) -> str:
    """What one can do about it."""
    hints = {
        403: _("You can read most things, but change only what belongs to your own units."),
        404: _("The address may be written wrong, or the page is not for you to see."),
        409: _("Go back, load the page again, and you see what stands now."),
        500: _("Go back and try again. If it happens again: tell the code to your administrator."),
        503: _("Wait a moment and load the page again."),
    }
    return hints.get(status, "")


def _tenant(request: Request) -> str:
    """The municipality of the address, if its browser is signed in there: a way back to it."""
    slug = request.scope["path"].split("/")[1]
    here = SESSION_COOKIE in request.cookies and re.fullmatch(r"[a-z0-9-]{1,63}", slug)
    return slug if here else ""


def _fault(request: Request, error: Exception, incident: str) -> Response:
    if isinstance(error, StorageUnavailable):
        return problem(request, 503, "UNAVAILABLE", str(error), headers={"retry-after": "10"})
    busy = told_busy(error)
    if busy:
        return problem(request, 503, busy.code, busy.message, headers={"retry-after": "5"})
    message = _("Something went wrong. The fault is ours, not yours. Code {code}.", code=incident)
    return problem(request, 500, "INTERNAL", message)
