"""`POST /{tenant}/graphql`: from the bytes of a request to the bytes of its answer."""

import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, cast

import structlog
from graphql import GraphQLError, OperationType
from sqlalchemy.exc import DBAPIError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from strawberry import Schema

from ..infra.database import told_busy
from ..infra.errors import (
    AppError,
    Busy,
    Internal,
    InvalidInput,
    TooManyTries,
    Unauthenticated,
)
from ..infra.i18n import _, speak, use_locale
from ..infra.runtime import Runtime
from ..tenants.actors import Source, Way
from ..tenants.entry import Entered, enter, work_of
from ..tenants.known import Key, Known
from ..tenants.sign_in.sessions import SESSION_COOKIE
from . import http, sse
from .context import Context, SubscriptionContext
from .guarding import last_result
from .operations import Operation, prepare
from .planner.answering import Outdated, Plans
from .rates import TooFast, charge, charge_fields, told
from .reporting import refusal_of, shown
from .streams import OpenStream

log = structlog.get_logger()

FIRST_RESULT = 1.0
"""Seconds to wait for a subscription's first result, so that a refusal can have its status."""


class GraphQLEndpoint:
    """The ASGI side. `app.state` has to hold `runtime` and `schema`."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = http.headers_of(scope)
        with use_locale(http.language(headers.get("accept-language"))):
            response = await answer(Request(scope, receive), headers)
            response.raw_headers.extend(told(scope))
            await response(scope, receive, send)


def graphql_routes() -> list[Route]:
    return [Route("/{tenant}/graphql", GraphQLEndpoint(), name="graphql")]


async def answer(request: Request, headers: Mapping[str, str]) -> Response:
    """The answer to any request whatever; a fault of ours is logged with the id that is told."""
    media: str = http.JSON
    try:
        if request.method != "POST":
            raise http.MethodNotAllowed(_("The API is spoken to with POST."))
        media = http.negotiate(headers.get("accept"))
        return await _serve(request, headers, media)
    except ClientDisconnect:
        return Response(status_code=400)
    except Exception as error:
        return answer_refused(error, request, media)


async def answer_asked(
    request: Request, entered: Entered, asked: http.Asked, *, changes: bool
) -> Response:
    """The answer to what somebody has written on a page of ours, by the same path as a program's.

    Without `changes` a mutation is refused before anything is executed. Never raises: a refusal is
    an answer too. The caller has made sure that the request comes from a page of ours.
    """
    runtime: Runtime = request.app.state.runtime
    schema: Schema = request.app.state.schema
    try:
        http.refuse_nul(asked.variables)
        operation = await prepare(runtime, schema, entered, asked)
        if operation.kind is OperationType.SUBSCRIPTION:
            raise InvalidInput(
                _("A subscription is followed by a program; it has no single answer.")
            )
        if operation.kind is OperationType.MUTATION and not changes:
            raise InvalidInput(
                _("This changes data. Tick “The query changes data” if you want that."),
                field="changes",
            )
        plans: Plans | None = getattr(request.app.state, "plans", None)
        if plans and operation.kind is OperationType.QUERY:
            found = await plans.assemble(
                runtime, _named(request, entered, operation), *operation.of
            )
            if found is not None:
                return http.answered_bytes(found, http.GRAPHQL)
        data, errors = await _execute(request, schema, entered, operation)
        return http.answered(data, errors, http.GRAPHQL)
    except Exception as error:
        return answer_refused(error, request, http.GRAPHQL)


def answer_refused(error: Exception, request: Request, media: str = http.JSON) -> Response:
    """The answer when `error` came before anything was executed, also for files beside the API."""
    refusal = _told(error)
    response = http.refused(refusal, media)
    response.headers.update(_headers(refusal, request))
    return response


def _told(error: Exception) -> AppError:
    refusal = refusal_of(error)
    if refusal:
        return refusal
    busy = told_busy(error)
    if busy:
        log.warning("busy", reason=repr(error)[:200])
        return busy
    incident = secrets.token_hex(4).upper()
    log.error("request_failed", incident=incident, exc_info=error)
    return Internal(
        _("Something went wrong. The fault is ours, not yours. Code {code}.", code=incident)
    )


def _headers(refusal: AppError, request: Request) -> dict[str, str]:
    if isinstance(refusal, Unauthenticated):
        fault = ', error="invalid_token"' if "authorization" in request.headers else ""
        return {"WWW-Authenticate": f'Bearer realm="roder"{fault}'}
    if isinstance(refusal, http.MethodNotAllowed):
        return {"Allow": "POST"}
    if isinstance(refusal, Busy):
        return {"Retry-After": "5"}
    if isinstance(refusal, TooFast | TooManyTries):
        return {"Retry-After": str(refusal.seconds)}
    return {}


@dataclass(slots=True)
class _Call:
    """A request to the API, and what answers it: looked up once, since each look costs."""

    request: Request
    headers: Mapping[str, str]
    media: str
    runtime: Runtime
    schema: Schema
    plans: Plans | None


async def _serve(request: Request, headers: Mapping[str, str], media: str) -> Response:
    http.check_content(headers.get("content-type"), headers.get("content-encoding"))
    state = request.app.state
    runtime: Runtime = state.runtime
    plans: Plans | None = getattr(state, "plans", None)
    call = _Call(request, headers, media, runtime, state.schema, plans)
    key = _key(call)
    lately = plans.known.get(key) if plans and key else None
    entered = lately or await _enter(call, key)
    speak(entered.actor.locale)
    charge(request, entered)
    length = headers.get("content-length")
    body = await http.read_body(request.receive, length, most=runtime.settings.max_body_bytes)
    asked = http.read_request(body)
    if lately and asked.document_id is not None and asked.query is not None:
        entered = await _enter(call, key)  # a document is to be kept
    operation = await prepare(runtime, call.schema, entered, asked)
    charge_fields(request, operation.fields)
    try:
        return await _answered(call, entered, operation)
    except Outdated:
        return await _answered(call, await _enter(call, key), operation)


async def _answered(call: _Call, entered: Entered, operation: Operation) -> Response:
    """Raises Outdated, before anything is executed, for one who came in earlier and has to enter
    anew."""
    request, media, kind = call.request, call.media, operation.kind
    if call.plans and media != http.EVENTS and kind is OperationType.QUERY:
        found, by = await _by_plan(call, call.plans, entered, operation)
        if found is not None:
            return http.answered_bytes(found, media, plan=_way(call, kind, by))
    if kind is OperationType.SUBSCRIPTION:
        if entered.lately:
            raise Outdated  # it is followed from what holds now
        return await _follow(request, call.runtime, call.schema, entered, operation)
    data, errors = await _execute(request, call.schema, entered, operation)
    way = _way(call, kind, "resolvers")
    if media == http.EVENTS:
        return sse.once((data, errors))
    return http.answered(data, errors, media, plan=way)


async def _by_plan(
    call: _Call, plans: Plans, entered: Entered, operation: Operation
) -> tuple[bytes | None, str]:
    """The body of a query by one statement, or with parts that services make; None for resolvers
    to answer."""
    found = None

    def source() -> Source:
        return _source(call.request, entered, operation)

    try:
        found = await plans.answer(call.runtime, entered, *operation.of, source=source)
    except Outdated:
        if entered.lately:
            raise
    if found is not None:
        return found, "statement"
    named = _named(call.request, entered, operation)
    return await plans.assemble(call.runtime, named, *operation.of), "assembled"


async def _enter(call: _Call, key: Key | None) -> Entered:
    entered = await enter_by_request(call.request, call.runtime)
    speak(entered.actor.locale)
    if call.plans and key:
        call.plans.known.keep(key, entered)
    return entered


def _key(call: _Call) -> Key | None:
    """What the caller is known by, if by anything. Raises Forbidden for a page of another site."""
    request, authorization = call.request, call.headers.get("authorization")
    slug, address = request.path_params["tenant"], http.address_of(request)
    if authorization is not None:
        return Known.key(slug, address, "token", authorization)
    session = request.cookies.get(SESSION_COOKIE)
    if session is None:
        return None
    http.check_origin(call.headers, call.runtime.settings.base_url)
    return Known.key(slug, address, "session", session)


async def enter_by_request(request: Request, runtime: Runtime, *, by_hand: bool = True) -> Entered:
    """Who asks, in which municipality. A token counts before a cookie, also a wrong one. What a
    page asks for on its own is not `by_hand`, and keeps no session alive."""
    slug = request.path_params["tenant"]
    source = Source(Way.API, address=http.address_of(request))
    authorization = request.headers.get("authorization")
    if authorization is not None:
        scheme, _space, token = authorization.partition(" ")
        return await enter(
            runtime,
            slug,
            bearer=token.strip() if scheme.lower() == "bearer" else "",
            source=source,
        )
    session = request.cookies.get(SESSION_COOKIE)
    if session is not None:
        http.check_origin(request.headers, runtime.settings.base_url)
    return await enter(runtime, slug, session=session, by_hand=by_hand, source=source)


def _way(call: _Call, kind: OperationType, way: str) -> str | None:
    """Count the way that was taken. It is told to those who ask for it."""
    call.runtime.measures.count(f"{kind.value}.{way}")
    return way if "roder-plan" in call.headers else None


def _named(request: Request, entered: Entered, operation: Operation) -> Entered:
    """Who asks, with what the access log is told of where they come from. What is decided for them
    is remembered as long as the request: one who is known is in many."""
    source = _source(request, entered, operation)
    return replace(entered, actor=replace(entered.actor, source=source, memo={}))


def _source(request: Request, entered: Entered, operation: Operation) -> Source:
    name = operation.node.name.value if operation.node.name else ""
    return Source(entered.actor.source.way, name, http.address_of(request))


class _Undo(Exception):
    """Carries the errors of a mutation out of its work, which is thereby rolled back."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__()
        self.errors = errors


async def _execute(
    request: Request, schema: Schema, entered: Entered, operation: Operation
) -> tuple[Any, list[GraphQLError]]:
    """Data and errors. A fault that is not a refusal undoes a mutation as a whole: data is null.

    A failed statement outside the savepoints counts as one, whoever caused it: PostgreSQL answers
    a later `commit` with a rollback and no error.
    """
    write = operation.kind is OperationType.MUTATION
    entered = _named(request, entered, operation)
    runtime: Runtime = request.app.state.runtime
    try:
        async with work_of(runtime, entered, write=write) as work:
            context = Context(work)
            result = await schema.execute(
                operation.document.text,
                variable_values=operation.variables,
                context_value=context,
                operation_name=operation.name,
            )
            context.tell()
            errors = [shown(error) for error in result.errors or ()]
            if write and any(_spoils(error) for error in result.errors or ()):
                raise _Undo(errors)
            return result.data, errors
    except _Undo as undone:
        return None, undone.errors


def _spoils(error: GraphQLError) -> bool:
    internal = (error.extensions or {}).get("code") == Internal.code
    cause = getattr(error.original_error, "__cause__", None)
    return internal or isinstance(cause, DBAPIError)


async def _follow(
    request: Request, runtime: Runtime, schema: Schema, entered: Entered, operation: Operation
) -> Response:
    """A stream; or plain JSON when the subscription is refused before its first result."""
    if not http.takes_events(request.headers.get("accept")):
        raise http.NotAcceptable(
            _("A subscription is answered as a stream. Name text/event-stream in Accept.")
        )
    entered = _named(request, entered, operation)
    place = OpenStream(runtime, entered)
    try:
        following = await _following(request, runtime, schema, entered, operation)
        following.at_end(place.close)
        first = await following.first(within=FIRST_RESULT)
    except BaseException:
        place.close()
        raise
    if first is not None and "data" not in http.payload(*first):
        await following.stop()
        return http.answered(*first, http.EVENTS)
    return sse.EventStream(following)


async def _following(
    request: Request, runtime: Runtime, schema: Schema, entered: Entered, operation: Operation
) -> sse.Following:
    context = SubscriptionContext(runtime, entered.tenant, entered.actor)
    stream = await schema.subscribe(
        operation.document.text,
        variable_values=operation.variables,
        context_value=context,
        operation_name=operation.name,
    )
    following = sse.Following(_results(cast("AsyncGenerator[Any]", stream), context))
    following.guard(
        last_result(
            runtime,
            entered,
            context,
            lambda: enter_by_request(request, runtime, by_hand=False),
        )
    )
    return following


async def _results(
    stream: AsyncGenerator[Any], context: SubscriptionContext
) -> AsyncGenerator[sse.Result]:
    async with aclosing(stream):
        async for result in stream:
            await context.settle()
            yield result.data, [shown(error) for error in result.errors or ()]
