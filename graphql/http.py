"""GraphQL over HTTP, as its specification of September 2026 says: requests and answers as bytes.

https://github.com/graphql/graphql-over-http. With `application/graphql-response+json` the status
tells how it went; with `application/json`, of clients from before, every well-formed request is
answered 200.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from graphql import GraphQLError
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import Response
from starlette.types import Receive, Scope

from ..infra.errors import AppError, Forbidden, InvalidInput, TooLarge
from ..infra.i18n import LOCALES, _
from .documents import nul_sentence
from .limits import QueryRefused

GRAPHQL: Final = "application/graphql-response+json"
JSON: Final = "application/json"
EVENTS: Final = "text/event-stream"

PARTIAL: Final = 294
"""Data and errors side by side; the specification's own number."""

DEPTH: Final = 32
"""Levels of lists and objects that variables may have."""


class Malformed(AppError):
    """The body is not JSON."""

    code = "MALFORMED_JSON"
    status = 400


class NotWellFormed(AppError):
    """JSON, but no GraphQL request."""

    code = "INVALID_REQUEST"
    status = 422


class MethodNotAllowed(AppError):
    code = "METHOD_NOT_ALLOWED"
    status = 405


class NotAcceptable(AppError):
    code = "NOT_ACCEPTABLE"
    status = 406


class UnsupportedMedia(AppError):
    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415


@dataclass(slots=True)
class Asked:
    """A GraphQL request. At least one of `query` and `document_id` is there."""

    query: str | None = None
    document_id: str | None = None
    variables: dict[str, object] = field(default_factory=dict)
    operation_name: str | None = None


def headers_of(scope: Scope) -> dict[str, str]:
    """The header fields by their names in lower case; of one that is there twice the first."""
    pairs = reversed(scope["headers"])
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}


@lru_cache(maxsize=256)
def negotiate(accept: str | None) -> str:
    """The media type to answer with; ours, when the client takes anything.

    Raises NotAcceptable when the client takes none of the three.
    """
    if accept is None or not accept.strip():
        return GRAPHQL
    ranges = list(_ranges(accept))
    best = max((GRAPHQL, JSON, EVENTS), key=lambda media: _quality(media, ranges))
    if _quality(best, ranges)[0] <= 0:
        raise NotAcceptable(
            _(
                "The API answers with {types}. Name one of them in Accept.",
                types=f"{GRAPHQL}, {JSON}",
            )
        )
    return best


def takes_events(accept: str | None) -> bool:
    """Whether the client can read a stream, even if it would rather have something else."""
    return _quality(EVENTS, list(_ranges(accept or "")))[0] > 0


@lru_cache(maxsize=256)
def language(accept_language: str | None) -> str:
    """The language to speak before we know who asks."""
    wanted = sorted(_ranges(accept_language or ""), key=lambda range_: -range_[1])
    for name, quality in wanted:
        short = name.partition("-")[0]
        if quality > 0 and short in LOCALES:
            return short
    return "sv"


@lru_cache(maxsize=256)
def check_content(content_type: str | None, content_encoding: str | None) -> None:
    """Raise UnsupportedMedia unless the body is JSON in UTF-8 as it stands."""
    media, *parameters = [part.strip().lower() for part in (content_type or "").split(";")]
    charsets = [p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")]
    if media != JSON or any(charset not in ("utf-8", "utf8") for charset in charsets):
        raise UnsupportedMedia(
            _("Send the request as JSON in UTF-8, with the header Content-Type: application/json.")
        )
    if (content_encoding or "identity").strip().lower() != "identity":
        raise UnsupportedMedia(_("Send the request uncompressed, without Content-Encoding."))


def address_of(connection: HTTPConnection) -> str:
    """The network address that asks: behind a proxy that we trust, the one it names."""
    client = connection.scope.get("client")
    return client[0] if client else ""


def check_origin(headers: Mapping[str, str], base_url: str) -> None:
    """Raise Forbidden for a browser that was sent here by a page of someone else.

    Needed only where a cookie vouches for the request, or one is given: a browser adds it on its
    own. Our own pages are those of `base_url`, and those of the host that was asked.
    """
    origin = headers.get("origin")
    foreign = headers.get("sec-fetch-site") == "cross-site"
    if origin is not None:
        base = _origin(base_url)
        own = {base, _origin(f"{base[0]}://{headers.get('host', '')}")}
        foreign = foreign or not _origin(origin)[1] or _origin(origin) not in own
    if foreign:
        raise Forbidden(_("The request comes from a page of another site."))


async def read_body(receive: Receive, length: str | None, *, most: int) -> bytes:
    """The whole body. Raises TooLarge as soon as it is known to pass `most` bytes, and
    ClientDisconnect."""
    if length is not None and length.isdecimal() and int(length[:19]) > most:
        raise _too_large(most)
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        chunks.append(chunk)
    return b"".join(chunks)


def read_request(body: bytes) -> Asked:
    """The request in a body. Raises Malformed, NotWellFormed, or InvalidInput for U+0000."""
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed(_("The body is not JSON: {fault}", fault=str(error))) from None
    if isinstance(sent, list):
        raise NotWellFormed(_("Send one request at a time; a list of them is not read."))
    if not isinstance(sent, dict):
        raise NotWellFormed(_("Send a JSON object, such as {example}.", example='{"query": "…"}'))
    asked = Asked(
        query=_text(sent, "query"),
        document_id=_text(sent, "documentId"),
        variables=_object(sent, "variables"),
        operation_name=_text(sent, "operationName") or None,
    )
    _object(sent, "extensions")
    if asked.query is None and asked.document_id is None:
        raise NotWellFormed(_("The request has neither query nor documentId."), field="query")
    _refuse_depth(asked.variables)
    if b"\\u0000" in body:
        refuse_nul(asked.variables)
    return asked


def refuse_nul(variables: Mapping[str, object]) -> None:
    """Raise InvalidInput, naming the place, for a text with U+0000: no database text holds it."""
    left: list[tuple[str, object]] = [("variables", variables)]
    while left:
        place, value = left.pop()
        inner: Iterable[tuple[object, object]] = ()
        if isinstance(value, str):
            if "\0" in value:
                raise InvalidInput(nul_sentence(), field=place)
        elif isinstance(value, dict):
            inner = value.items()
        elif isinstance(value, list):
            inner = enumerate(value)
        left += [(f"{place}.{key}", part) for key, part in inner]


def _refuse_depth(variables: Mapping[str, object]) -> None:
    """What comes in has to be able to go out again, and JSON writers have a bottom."""
    level: list[Any] = [variables]
    for _depth in range(DEPTH):
        level = [
            part
            for value in level
            for part in (value.values() if isinstance(value, dict) else value)
            if isinstance(part, (dict, list))
        ]
        if not level:
            return
    raise InvalidInput(
        _("The variables are nested more than {most} levels deep.", most=DEPTH), field="variables"
    )


def refused(error: AppError, media: str) -> Response:
    """The answer to what was refused before anything was executed: errors, and no data."""
    errors = [GraphQLError(error.message)]
    if isinstance(error, QueryRefused) and error.errors:
        errors = list(error.errors)
    own = {"code": error.code} | ({"field": error.field} if error.field else {})
    shapes = [shape.formatted | {"extensions": own | (shape.extensions or {})} for shape in errors]
    legacy = media == JSON and isinstance(error, QueryRefused)
    return _answer({"errors": shapes}, status=200 if legacy else error.status, media=media)


def answered(
    data: Any, errors: list[GraphQLError] | None, media: str, *, plan: str | None = None
) -> Response:
    """The answer to what was executed. Errors without a path are request errors: no data.

    `plan` tells, to whoever asks, which way a query took.
    """
    body = payload(data, errors) | ({"extensions": {"plan": plan}} if plan else {})
    if media == JSON:
        return _answer(body, status=200, media=media)
    if "data" not in body:
        return _answer(body, status=_request_status(errors or []), media=media)
    return _answer(body, status=PARTIAL if errors else 200, media=media)


def answered_bytes(body: bytes, media: str, *, plan: str | None = None) -> Response:
    """The answer to a query whose body has been written already, whole and without errors."""
    if plan:
        body = body[:-1] + f',"extensions":{{"plan":"{plan}"}}}}'.encode()
    response = Response()
    response.body, response.raw_headers = body, [*_raw_head(media), _length(body)]
    return response


def payload(data: Any, errors: list[GraphQLError] | None) -> dict[str, object]:
    """The response map of the GraphQL specification."""
    shapes = [error.formatted for error in errors or ()]
    if data is None and errors and all(error.path is None for error in errors):
        return {"errors": shapes}
    return {"data": data} | ({"errors": shapes} if shapes else {})


def _request_status(errors: list[GraphQLError]) -> int:
    causes = [error.original_error for error in errors]
    statuses = {cause.status for cause in causes if isinstance(cause, AppError)}
    if any((error.extensions or {}).get("code") == "INTERNAL" for error in errors):
        return 500
    return statuses.pop() if len(statuses) == 1 else 422


def _answer(body: Mapping[str, object], *, status: int, media: str) -> Response:
    """The media type is one that the client takes, save that a refused stream is told in JSON."""
    shown = GRAPHQL if media == EVENTS else media
    return Response(
        orjson.dumps(body),
        status,
        headers=_head(shown),
    )


def _head(media: str) -> dict[str, str]:
    return {"Content-Type": f"{media}; charset=utf-8", "Cache-Control": "no-store"}


@cache
def _raw_head(media: str) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.lower().encode(), value.encode()) for name, value in _head(media).items())


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode()


def _ranges(header: str) -> Iterable[tuple[str, float]]:
    for part in header.lower().split(","):
        name, *parameters = [piece.strip() for piece in part.split(";")]
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        if name:
            yield name, quality


def _quality(media: str, ranges: Iterable[tuple[str, float]]) -> tuple[float, int]:
    """How much the client wants `media`: by its closest range, an exact one first among equals.

    A stream has to be asked for by name: `*/*` does not mean one.
    """
    family = media.partition("/")[0] + "/*"
    for exactness, name in ((1, media), (0, family), (0, "*/*")):
        found = [quality for range_, quality in ranges if range_ == name]
        if found:
            return (max(found), exactness) if exactness or media != EVENTS else (0.0, 0)
    return 0.0, 0


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", None, None
    return parts.scheme, parts.hostname, port


def _too_large(most: int) -> TooLarge:
    return TooLarge(_("The request is larger than the {most} bytes that are allowed.", most=most))


def _text(sent: Mapping[str, object], name: str) -> str | None:
    value = sent.get(name)
    if value is None or isinstance(value, str):
        return value
    raise NotWellFormed(_("{name} has to be a text.", name=name), field=name)


def _object(sent: Mapping[str, object], name: str) -> dict[str, object]:
    value = sent.get(name)
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise NotWellFormed(_("{name} has to be a JSON object.", name=name), field=name)
