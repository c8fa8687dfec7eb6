"""What is live, over HTTP: `GET /{tenant}/live` as a stream or as one answer, `POST` a beat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ...graphql import http
from ...graphql.endpoint import answer_refused, enter_by_request
from ...graphql.sse import EventStream
from ...infra.errors import InvalidInput
from ...infra.i18n import _, use_locale
from ...infra.runtime import Runtime
from ...tenants.changes import parse_moment
from ...tenants.entry import Entered
from ...tenants.presence import here, leave
from ...tenants.work import open_work
from ..following import follow, look, require_place
from .live_stream import Stream, shown

BEAT_BYTES = 2_000


async def live(request: Request) -> Response:
    return await _answered(request, _beat if request.method == "POST" else _news)


live_routes = (Route("/{tenant}/live", live, methods=["GET", "POST"], name="live"),)


async def _answered(
    request: Request, serve: Callable[[Request, Runtime, Entered], Awaitable[Response]]
) -> Response:
    runtime: Runtime = request.app.state.runtime
    locale = http.language(request.headers.get("accept-language"))
    try:
        with use_locale(locale):
            entered = await enter_by_request(request, runtime, by_hand=False)
            locale = entered.actor.locale
        with use_locale(locale):
            return await serve(request, runtime, entered)
    except ClientDisconnect:
        return Response(status_code=400)
    except Exception as error:
        with use_locale(locale):
            return answer_refused(error, request)


async def _news(request: Request, runtime: Runtime, entered: Entered) -> Response:
    topics = request.query_params.getlist("topic")
    after = request.headers.get("last-event-id") or request.query_params.get("after") or None
    if after is not None:
        parse_moment(after)
    streamed = http.EVENTS in request.headers.get("accept", "")
    async with open_work(runtime, entered.tenant, entered.actor, write=False) as work:
        followed = await follow(work, topics)
        seen = None if streamed else await look(work, followed, after)
    if seen is None:
        return EventStream(Stream(request, entered, followed, after))
    return Response(
        orjson.dumps(shown(seen)), headers={"Cache-Control": "no-store"}, media_type=http.JSON
    )


async def _beat(request: Request, runtime: Runtime, entered: Entered) -> Response:
    headers = request.headers
    http.check_content(headers.get("content-type"), headers.get("content-encoding"))
    length = headers.get("content-length")
    body = await http.read_body(request.receive, length, most=BEAT_BYTES)
    topic, place, writing = _read_beat(body)
    async with open_work(runtime, entered.tenant, entered.actor, write=True) as work:
        await require_place(work, topic)
        await (here if writing else leave)(work, topic, place)
    return Response(status_code=204)


def _read_beat(body: bytes) -> tuple[str, str, bool]:
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise http.Malformed(_("The body is not JSON: {fault}", fault=str(error))) from None
    sent = sent if isinstance(sent, dict) else {}
    return _text(sent, "topic"), _text(sent, "place"), sent.get("writing") is not False


def _text(sent: dict[str, object], name: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str) or "\0" in value:
        raise InvalidInput(_("Send {name} as a text.", name=name), field=name)
    return value
