"""The API in the browser: a query is written, run by the same path as a program's, and shown."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...graphql.endpoint import answer_asked
from ...graphql.http import Asked, address_of, check_origin
from ...infra.errors import AppError, InvalidInput, Unauthenticated
from ...infra.i18n import _, use_locale
from ...infra.runtime import Runtime
from ...tenants.actors import Source, Way
from ...tenants.entry import enter
from ...tenants.sign_in.sessions import SESSION_COOKIE
from .answers import POLICY
from .api_examples import Example, examples, find_example, variables_for
from .api_snippets import snippets
from .forms import Form, read_form
from .page import Partial, View, page, refusal_part

KEY_PAGES: Final = ("api_keys", "tokens", "settings")
"""Where keys are made: the first of these pages that there is."""

EXPLORER_POLICY: Final = POLICY.replace("font-src 'self'", "font-src 'self' data:")
"""GraphiQL brings a font within its style sheet."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the JSON with indents, and three figures about it."""

    text: str
    status: int
    milliseconds: int
    records: int
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """What stands in the fields."""

    query: str = ""
    variables: str = ""
    operation: str = ""
    changes: bool = False


@page("/api", name="api")
async def api(view: View) -> Response:
    """The fields, filled by an example or by what was just run, and the answer."""
    asking: Asking | None = getattr(view.request.state, "asking", None)
    answer: Answer | None = getattr(view.request.state, "answer", None)
    chosen = find_example(view.query("exempel") or ("" if asking else "jag"))
    if asking is None:
        asking = await _example(view, chosen or examples()[0])
    if view.partial and answer:
        return await view.parts(Partial("answer", "api/answer.html", {"answer": answer}))
    base = view.work.runtime.settings.base_url
    address = f"{base}/{view.tenant.slug}/graphql"
    return await view.render(
        "api/api.html",
        address=address,
        snippets=snippets(address, key_word=_("<key>")),
        examples=examples(),
        keys=next((name for name in KEY_PAGES if name in view.request.app.state.page_routes), None),
        asking=asking,
        answer=answer,
        chosen=chosen,
    )


async def run_query(request: Request) -> Response:
    """A query that was posted by the page. It has a work of its own, begun and ended before the
    page is made, so that the page shows what stands after it."""
    runtime: Runtime = request.app.state.runtime
    try:
        entered = await enter(
            runtime,
            request.path_params["tenant"],
            session=request.cookies.get(SESSION_COOKIE),
            source=Source(Way.PAGE, "api", address_of(request)),
        )
    except Unauthenticated:
        return await _shown(request)  # the page itself tells how to sign in again
    with use_locale(entered.actor.locale):
        try:
            check_origin(request.headers, runtime.settings.base_url)
            form = await read_form(request, most_file_bytes=runtime.settings.max_upload_bytes)
        except AppError as error:
            if request.headers.get("hx-request") == "true":
                return refusal_part(error.message, error.status)
            raise
        asking = _asking(form)
        began = time.perf_counter()
        try:
            asked = Asked(asking.query, None, _variables(asking), asking.operation or None)
        except InvalidInput as error:
            request.state.answer = Answer("", error.status, 0, 0, (error.message,))
        else:
            response = await answer_asked(request, entered, asked, changes=asking.changes)
            request.state.answer = _answer(response, time.perf_counter() - began)
        request.state.asking = asking
    return await _shown(request)


@page("/api/utforska", name="graphiql")
async def explore(view: View) -> Response:
    """GraphiQL, for those who want it. It is not accessible: the page above does the same."""
    response = await view.render("api/graphiql.html")
    response.headers["content-security-policy"] = EXPLORER_POLICY
    return response


async def _example(view: View, example: Example) -> Asking:
    return Asking(
        query=example.query,
        variables=await variables_for(view, example),
        changes=example.changes,
    )


async def _shown(request: Request) -> Response:
    response: Response = await api.endpoint(request)
    return response


def _asking(form: Form) -> Asking:
    return Asking(
        query=form.get("query"),
        variables=form.get("variables").strip(),
        operation=form.get("operation").strip(),
        changes="changes" in form,
    )


def _variables(asking: Asking) -> dict[str, object]:
    """Raises InvalidInput, with the place, for what is no JSON object."""
    try:
        found = json.loads(asking.variables or "{}")
    except (ValueError, RecursionError) as error:
        place = (
            _(" on line {line}, sign {sign}", line=error.lineno, sign=error.colno)
            if isinstance(error, json.JSONDecodeError)
            else ""
        )
        raise InvalidInput(
            _(
                "The variables are not JSON{place}. Write for example {example}.",
                place=place,
                example='{"period": "2026"}',
            ),
            field="variables",
        ) from None
    if not isinstance(found, dict):
        raise InvalidInput(
            _(
                "The variables have to be a JSON object. Write for example {example}.",
                example='{"period": "2026"}',
            ),
            field="variables",
        )
    return found


def _answer(response: Response, seconds: float) -> Answer:
    body = json.loads(bytes(response.body))
    return Answer(
        text=json.dumps(body, indent=2, ensure_ascii=False),
        status=response.status_code,
        milliseconds=round(seconds * 1000),
        records=_records(body.get("data")),
        faults=tuple(fault["message"] for fault in body.get("errors", ())),
    )


def _records(data: object) -> int:
    """How many things an answer tells of: the items of its outermost lists, else its objects."""
    lists: list[list[object]] = []
    left = [data]
    while left:
        value = left.pop()
        if isinstance(value, list):
            lists.append(value)
        elif isinstance(value, dict):
            left += value.values()
    if lists:
        return max(len(each) for each in lists)
    return sum(isinstance(each, dict) for each in data.values()) if isinstance(data, dict) else 0


api_routes = (api, Route("/{tenant}/api", run_query, methods=["POST"], name="run_query"), explore)
