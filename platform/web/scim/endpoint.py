"""`/{tenant}/scim/v2`: from a request of a directory to its answer. Faults are kept for a month."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import orjson
import structlog
from scim2_models import SCIMException
from scim2_server.errors import UnsupportedMediaTypeException
from scim2_server.handler import AsyncScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.routing import Operation, Target
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ....authz.permit import NOWHERE
from ....graphql import http
from ....graphql.rates import TooFast, charge, told
from ....infra.database import told_busy
from ....infra.errors import AppError, Busy, Internal, Unauthenticated
from ....infra.i18n import _, use_locale
from ....infra.runtime import Runtime
from ....tenants.actors import Source, Way
from ....tenants.entry import Entered, enter
from ....tenants.scim.requests import note_request, scim_address
from ....tenants.work import Work, open_work
from .protocol import check_body, protocol
from .resources import BULK_BYTES
from .storage import WorkStorage

log = structlog.get_logger()

USER_BYTES: Final = 256_000
GROUP_BYTES: Final = 4_000_000
"""20,000 members, each with its address and name."""
MOST_FAULTS: Final = 20
"""Refused operations of one bulk request that are kept."""

WRITES: Final = {
    Operation.create,
    Operation.replace,
    Operation.patch,
    Operation.delete,
    Operation.bulk,
}
KINDS: Final = {"users": "User", "groups": "Group"}


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI side. `app.state` has to hold `runtime`."""
    request = Request(scope, receive)
    with use_locale(http.language(request.headers.get("accept-language"))):
        response = await answer(request)
        response.raw_headers.extend(told(scope))
        await response(scope, receive, send)


@dataclass(slots=True)
class _Asked:
    """A request on its way: what is known of it when it fails."""

    request: Request
    method: str
    path: str
    target: Target | None = None
    entered: Entered | None = None

    @property
    def kind(self) -> str:
        segment = self.path.strip("/").partition("/")[0]
        return KINDS.get(segment.lower(), segment[:40])

    @property
    def record_id(self) -> UUID | None:
        return _uuid(self.target.resource_id if self.target else None)


async def answer(request: Request) -> Response:
    """The answer to any request whatever, a fault of ours included."""
    path = request.path_params.get("path", "").removesuffix(".scim")
    asked = _Asked(request, request.method, f"/{path}")
    try:
        return _response(await _serve(asked))
    except ClientDisconnect:
        return Response(status_code=400)
    except Exception as error:
        return await _refused(asked, error)


async def _serve(asked: _Asked) -> ScimResponse:
    runtime: Runtime = asked.request.app.state.runtime
    asked.entered = entered = await _enter(asked, runtime)
    charge(asked.request, entered)
    with use_locale(entered.actor.locale):
        request = ScimRequest(
            method=asked.method,
            base_url=scim_address(runtime.settings.base_url, entered.tenant.slug),
            path=asked.path,
            query=dict(asked.request.query_params),
            headers=dict(asked.request.headers),
        )
        asked.target = target = protocol().match(request)
        request.body = await _body(asked, target)
        writes = target.operation in WRITES
        async with open_work(runtime, entered.tenant, entered.actor, write=writes) as work:
            work.require("people.provision", at=NOWHERE)
            storage = WorkStorage(work, writes=writes)
            response = await AsyncScimHandler(protocol(), storage).handle(request)
            storage.note_unchanged()
            if writes:
                _note(work, asked, response)
            return response


async def _enter(asked: _Asked, runtime: Runtime) -> Entered:
    """By a token only: no browser has any business here, whatever cookies it carries."""
    request = asked.request
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(_("Send an API key with the scope scim: Authorization: Bearer …"))
    process = f"{asked.method} {asked.kind}".strip()
    source = Source(Way.SCIM, process=process, address=http.address_of(request))
    slug = request.path_params["tenant"]
    return await enter(runtime, slug, bearer=token.strip(), source=source)


async def _body(asked: _Asked, target: Target) -> bytes:
    """What was sent, within bounds, as JSON that the service can hold."""
    if asked.method not in ("POST", "PUT", "PATCH"):
        return b""
    headers = asked.request.headers
    if (headers.get("content-encoding") or "identity").strip().lower() != "identity":
        raise UnsupportedMediaTypeException(
            detail=_("Send the request uncompressed, without Content-Encoding.")
        )
    protocol().ensure_json(headers.get("content-type"))
    most = GROUP_BYTES if asked.kind == "Group" else USER_BYTES
    if target.operation is Operation.bulk:
        most = BULK_BYTES
    body = await http.read_body(asked.request.receive, headers.get("content-length"), most=most)
    if not target.me:
        check_body(body)
    return body


def _note(work: Work, asked: _Asked, response: ScimResponse) -> None:
    """What was done, or what of a bulk request was not."""
    if asked.target is not None and asked.target.operation is Operation.bulk:
        _note_bulk(work, response)
        return
    made = (response.body or {}).get("id")
    note_request(
        work,
        method=asked.method,
        kind=asked.kind,
        record_id=asked.record_id or _uuid(made),
        status=int(response.status),
    )


def _note_bulk(work: Work, response: ScimResponse) -> None:
    outcomes: list[dict[str, Any]] = (response.body or {}).get("Operations", [])
    failed = [one for one in outcomes if int(one.get("status", 200)) >= 400]
    note_request(work, method="POST", kind="Bulk", status=200)
    for one in failed[:MOST_FAULTS]:
        told = one.get("response") or {}
        note_request(
            work,
            method=str(one.get("method", "")),
            kind="Bulk",
            record_id=_uuid(str(one.get("location", "")).rpartition("/")[2]),
            status=int(one["status"]),
            scim_type=told.get("scimType") or "",
            detail=told.get("detail") or "",
        )


async def _refused(asked: _Asked, error: Exception) -> Response:
    """The refusal in SCIM's form, in the language of whoever asks."""
    locale = asked.entered.actor.locale if asked.entered else None
    if not isinstance(error, SCIMException | AppError):
        error = _fault(error)
    response = protocol().error_response(error)
    if isinstance(error, AppError) and error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="roder"'
    if isinstance(error, Busy | TooFast):
        response.headers["Retry-After"] = str(getattr(error, "seconds", 5))
    if asked.entered is not None and _worth_keeping(asked, int(response.status)):
        body = response.body or {}
        await _keep(asked, asked.entered, int(response.status), body)
    if locale:
        response.headers["Content-Language"] = locale
    return _response(response)


def _worth_keeping(asked: _Asked, status: int) -> bool:
    """A directory asks first whether somebody is there: that nobody is, is no fault. Nor is it that
    it has to wait."""
    missed = asked.method == "GET" and status == HTTPStatus.NOT_FOUND
    waits = status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
    return not missed and not waits


async def _keep(asked: _Asked, entered: Entered, status: int, body: dict[str, Any]) -> None:
    runtime: Runtime = asked.request.app.state.runtime
    try:
        async with open_work(runtime, entered.tenant, entered.actor, write=True) as work:
            note_request(
                work,
                method=asked.method[:10],
                kind=asked.kind,
                record_id=asked.record_id,
                status=status,
                scim_type=body.get("scimType") or "",
                detail=body.get("detail") or "",
            )
    except Exception:
        # It was a refusal anyway, which the directory is told.
        log.exception("scim_fault_not_kept")


def _fault(error: Exception) -> AppError:
    busy = told_busy(error)
    if busy:
        return busy
    incident = secrets.token_hex(4).upper()
    log.error("request_failed", incident=incident, exc_info=error)
    return Internal(
        _("Something went wrong. The fault is ours, not yours. Code {code}.", code=incident)
    )


def _response(told: ScimResponse) -> Response:
    body = b"" if told.body is None else orjson.dumps(told.body)
    headers = {"Cache-Control": "no-store"} | told.headers
    if told.body is None:
        headers.pop("Content-Type", None)
    else:
        headers["Content-Type"] = f"{headers.get('Content-Type')}; charset=utf-8"
    return Response(body, int(told.status), headers=headers)


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None
