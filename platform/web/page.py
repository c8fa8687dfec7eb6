"""`@page` and `@action`: from a request to a page, with one work in between."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, unquote, urlencode, urlsplit
from uuid import UUID

from markupsafe import Markup
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from ...graphql.http import address_of, check_origin
from ...infra.errors import AppError, InvalidInput, SessionEnded, Unauthenticated
from ...infra.i18n import _, use_locale
from ...infra.runtime import Runtime
from ...tenants.actors import Actor, Source, Way
from ...tenants.changes import cursor_now
from ...tenants.entry import Entered, enter
from ...tenants.sign_in.sessions import SESSION_COOKIE
from ...tenants.terms import Term, Terms, terms_of
from ...tenants.work import Tenancy, Work, open_work
from ..module import Module
from .forms import Form, read_form
from .look import look_of
from .shell import (
    PLACE_COOKIE,
    Place,
    Shell,
    menu_of,
    place_of,
    usual_place,
    years_of,
)
from .templating import get, show

SAID_COOKIE: Final = "roder_said"
PERSON_HEADER: Final = "roder-person"
"""Whom the page was made for that saves what is written on it."""
AGAIN_HEADER: Final = "roder-again"
"""Of what did not arrive before, and is sent again and again by itself."""
HALF_A_YEAR: Final = 180 * 24 * 3600

Handler = Callable[["View"], Awaitable[Response]]


class SomeoneElse(SessionEnded):
    """The session is not that of the person whose page asks."""


@dataclass(frozen=True, slots=True)
class Partial:
    """A part of a page that has changed: the element with `id` is replaced by the template.

    `block` renders one block of the template only, so that page and part are written once.
    """

    id: str
    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    block: str = ""
    swap: str = "outerHTML"


@dataclass(slots=True)
class View:
    """One request for a page, by someone who is signed in, within one work.

    `place` is the unit and year of the address, None on pages that have none in it.
    """

    request: Request
    work: Work
    name: str
    """Of the page's route."""
    form: Form = field(default_factory=Form)
    place: Place | None = None
    followed: tuple[str, str] = ("", "")
    """The topics that the page follows, and from when on."""
    _terms: Terms | None = None

    @property
    def actor(self) -> Actor:
        return self.work.actor

    @property
    def tenant(self) -> Tenancy:
        return self.work.tenant

    @property
    def modules(self) -> tuple[Module, ...]:
        modules: tuple[Module, ...] = self.request.app.state.modules
        return modules

    @property
    def partial(self) -> bool:
        """Whether a script on the page asks, and wants the changed parts only."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def here(self) -> Place:
        """The unit and year of a page that has them in its address."""
        assert self.place is not None
        return self.place

    @property
    def rest(self) -> str:
        """What follows unit and year in the address, so that a link keeps to the same page."""
        return self.request.scope["path"].split("/")[4] if self.place else ""

    @property
    def manual(self) -> str:
        """The help that belongs to this page: its module's, else the first."""
        return next(
            (m.name for m in self.modules for route in m.pages if route.name == self.name), "start"
        )

    @property
    def initials(self) -> str:
        names = self.actor.name.split()
        signs = [name[0] for name in (names[:1] + names[1:][-1:])]
        return "".join(sign for sign in signs if sign.isalnum()).upper()

    def query(self, name: str, otherwise: str = "") -> str:
        """Of the address, without U+0000, which no text of the database can hold."""
        return self.request.query_params.get(name, otherwise).replace("\0", "")

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])

    def id(self, name: str = "id") -> UUID:
        """Of the record in the address, where the route says `{name:uuid}`."""
        found: UUID = self.request.path_params[name]
        return found

    @property
    def version(self) -> int | None:
        """The version of the record that the form was made from; None where it says none. Raises
        InvalidInput for what no form of ours sends."""
        sent = self.form.get("version")
        if not re.fullmatch("[0-9]{0,9}", sent):
            raise InvalidInput(
                _("The form could not be read. Load the page again and try once more.")
            )
        return int(sent) if sent else None

    def url(self, name: str, query: Mapping[str, object] | None = None, **params: object) -> str:
        """The address of a page by its route's name; unit and year are this page's unless given."""
        route: Route = self.request.app.state.page_routes[name]  # the router would look for it
        if self.place is not None and "{unit}" in route.path:
            params = {"unit": self.place.unit.slug, "year": self.place.year} | params
        address = str(route.url_path_for(name, tenant=self.tenant.slug, **params))
        return f"{address}?{urlencode(query)}" if query else address

    async def follow(self, *topics: str) -> None:
        """Have the page hear of changes from now on. Called before what it shows is read, so that
        nothing in between is lost."""
        self.followed = (" ".join(topics), await cursor_now(self.work))

    async def terms(self) -> Terms:
        if self._terms is None:
            self._terms = await terms_of(self.work)
        return self._terms

    async def word(self, term: Term) -> str:
        return (await self.terms()).word(term)

    # Answers.

    async def render(self, template: str, *, status: int = 200, **values: object) -> Response:
        """The whole page within its shell."""
        shell = await self.shell()
        said = unquote(self.request.cookies.get(SAID_COOKIE, ""))
        text = show(
            template,
            view=self,
            shell=shell,
            look=look_of(self.request),
            said=said,
            terms=await self.terms(),
            **values,
        )
        response = HTMLResponse(text, status_code=status)
        if said:
            response.delete_cookie(SAID_COOKIE, path=self._root)
        if self.place is not None:
            place = f"{self.place.unit.slug}.{self.place.year}"
            self._set_cookie(response, PLACE_COOKIE, place, HALF_A_YEAR)
        return response

    async def fragment(self, template: str, *, status: int = 200, **values: object) -> Response:
        """A piece of a page, for a script that puts it in its place."""
        return HTMLResponse(await self._text(template, values), status_code=status)

    async def parts(self, *parts: Partial, status: int = 200) -> Response:
        """The parts of the page that have changed, each for its own place."""
        texts = [
            Markup('<hx-partial id="{}" hx-swap="{}">{}</hx-partial>').format(
                part.id, part.swap, Markup(await self._text(part.template, part.values, part.block))
            )
            for part in parts
        ]
        return HTMLResponse("\n".join(texts), status_code=status)

    def redirect(self, address: str, *, said: str = "") -> Response:
        """On to another page of this municipality; `said` is told there, once."""
        assert address.startswith(f"{self._root}/") or address == self._root
        response: Response
        if self.partial:
            response = Response(status_code=200, headers={"HX-Redirect": address})
        else:
            response = RedirectResponse(address, status_code=303)
        if said:
            self._set_cookie(response, SAID_COOKIE, quote(said), 60)
        return response

    async def _text(self, template: str, values: Mapping[str, object], block: str = "") -> str:
        terms = await self.terms()
        if not block:
            return show(template, view=self, terms=terms, **values)
        found = get(template)
        context = found.new_context(dict(values) | {"view": self, "terms": terms})
        return str("".join(found.blocks[block](context)))

    async def shell(self) -> Shell:
        years = await years_of(self.work, self.modules)
        place = self.place or await usual_place(self.request, self.work, years)
        menu = menu_of(self.request, self.work, self.modules, await self.terms(), place)
        return Shell(place, self.place is not None, years, menu)

    @property
    def _root(self) -> str:
        return f"/{self.tenant.slug}"

    def _set_cookie(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path=self._root,
            secure=self.work.runtime.settings.base_url.startswith("https://"),
            httponly=True,
            samesite="lax",
        )


def page(path: str, *, name: str | None = None, polled: bool = False) -> Callable[[Handler], Route]:
    """A page below `/{tenant}` that only reads. `{unit}` and `{year:int}` become its place.

    A script asks for one that is `polled` again and again, with nobody there.
    """
    return _route(path, name, write=False, polled=polled)


def action(path: str, *, name: str | None = None) -> Callable[[Handler], Route]:
    """What a form on a page does. It is committed when the handler has answered without a refusal.

    A refusal that the handler lets through is shown beside the form, or as a page of its own
    without scripts; nothing has been written then. A handler that shows the form again does its
    writing within `work.attempt()`.
    """
    return _route(path, name, write=True)


def _route(
    path: str, name: str | None, *, write: bool, polled: bool = False
) -> Callable[[Handler], Route]:
    def decorate(handler: Handler) -> Route:
        called = name or str(getattr(handler, "__name__", ""))

        async def serve(request: Request) -> Response:
            return await _serve(request, handler, called, write=write, polled=polled)

        methods = ["POST"] if write else ["GET"]
        return Route(f"/{{tenant}}{path}", serve, methods=methods, name=called)

    return decorate


async def _serve(
    request: Request, handler: Handler, name: str, *, write: bool, polled: bool
) -> Response:
    runtime: Runtime = request.app.state.runtime
    try:
        entered = await enter(
            runtime,
            request.path_params["tenant"],
            session=request.cookies.get(SESSION_COOKIE),
            by_hand=not _asked_by_itself(request, write=write, polled=polled),
            source=Source(Way.PAGE, name, address_of(request)),
        )
        _require_same_person(request, entered.actor)
    except Unauthenticated as error:
        return _to_sign_in(request, error, write=write)
    request.state.entered = entered
    with use_locale(entered.actor.locale):
        try:
            return await _answer(request, runtime, entered, handler, name, write=write)
        except ClientDisconnect:
            return Response(status_code=400)
        except AppError as error:
            if request.headers.get("hx-request") == "true":
                return refusal_part(error.message, error.status)
            raise  # told as a page, see `refusals`


def _asked_by_itself(request: Request, *, write: bool, polled: bool) -> bool:
    """Whether a page asks with nobody there: sends again what did not arrive, asks for what is
    `polled`, or for its own address once more after others' changes. A dialog or a list has another
    address than the page it opens on."""
    headers = request.headers
    if write:
        return AGAIN_HEADER in headers
    scripted = headers.get("sec-fetch-dest") == "empty" or headers.get("hx-request") == "true"
    asker = urlsplit(headers.get("referer", ""))
    own = (asker.path, asker.query) == (request.scope["path"], request.url.query)
    return scripted and (polled or own)


def _require_same_person(request: Request, actor: Actor) -> None:
    """An old tab names who its page was made for: what was written there is not saved as another's,
    when somebody else has signed in in the same browser since. Raises SessionEnded."""
    meant = request.headers.get(PERSON_HEADER)
    if meant is not None and meant != str(actor.id):
        raise SomeoneElse(
            _("Somebody else has signed in in this browser. Sign in again: your text stays here.")
        )


async def _answer(
    request: Request,
    runtime: Runtime,
    entered: Entered,
    handler: Handler,
    name: str,
    *,
    write: bool,
) -> Response:
    form = Form()
    if write:
        check_origin(request.headers, runtime.settings.base_url)
        form = await read_form(request, most_file_bytes=runtime.settings.max_upload_bytes)
    async with open_work(runtime, entered.tenant, entered.actor, write=write) as work:
        view = View(request, work, name, form)
        params = request.path_params
        if "unit" in params and "year" in params:
            view.place = await place_of(work, params["unit"], params["year"])
        return await handler(view)


def refusal_part(message: str, status: int) -> Response:
    """What a script shows where the page tells of refusals."""
    text = Markup('<hx-partial id="notice"><p class="notice bad" role="alert">{}</p></hx-partial>')
    return HTMLResponse(text.format(message), status_code=status)


def _to_sign_in(request: Request, error: Unauthenticated, *, write: bool) -> Response:
    """Sign in first, then on to the page. What was written stays in the browser meanwhile."""
    address = f"/{request.path_params['tenant']}/logga-in"
    if request.headers.get("hx-request") == "true":
        text = Markup(
            '<hx-partial id="notice"><p class="notice bad" role="alert">{} '
            '<a href="{}" target="_blank">{}</a></p></hx-partial>'
        ).format(
            error.message
            if isinstance(error, SomeoneElse)
            else _("You have been away for a while. Sign in again: your text stays here."),
            address,
            _("Sign in in a new tab"),
        )
        return HTMLResponse(text, status_code=HTTPStatus.UNAUTHORIZED)
    if write:
        raise error
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{address}?{urlencode({'till': wanted})}", status_code=303)
