"""The public list: for everybody, without signing in, with its files and as RSS."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ....graphql.http import address_of
from ....infra.errors import NotFound
from ....infra.i18n import _
from ....infra.runtime import Runtime
from ....infra.storage import attachment
from ....tenants.actors import Source, Way, service
from ....tenants.entry import find_tenant, load_tenant
from ....tenants.legal import law
from ....tenants.terms import terms_of
from ....tenants.work import Tenancy, Work, open_work
from ...web.pages import render
from .feed import rss
from .public import public_documents, public_file
from .settings import document_settings
from .visitors import count_visit
from .words import DOCUMENTS

LAW: Final = "documents.public_list"
LONGEST: Final = 200
PDF: Final = "application/pdf"


async def public_list(request: Request) -> Response:
    words = " ".join(request.query_params.get("q", "").replace("\0", "")[:LONGEST].split())
    async with _visit(request) as work:
        chosen = await document_settings(work)
        everything = await public_documents(work)
        type_key = request.query_params.get("typ", "")
        used = {each.type_key: each.type for each in everything}
        if type_key not in used:
            type_key = ""
        narrowed = bool(words or type_key)
        found = everything
        if narrowed:
            found = await public_documents(work, words=words, type_key=type_key)
        order = {each.key: place for place, each in enumerate(chosen.types)}
        types = sorted(used.items(), key=lambda item: (order.get(item[0], 99), item[1]))
        heading, rule = (await terms_of(work)).word(DOCUMENTS), await law(work, LAW)
    return render(
        request,
        "governing_documents/public.html",
        documents=found,
        types=types,
        words=words,
        type_key=type_key,
        narrowed=narrowed,
        tenant=work.tenant,
        heading=heading,
        law=rule,
    )


async def public_rss(request: Request) -> Response:
    async with _visit(request) as work:
        documents = await public_documents(work)
        base = work.runtime.settings.base_url
        data = rss(
            documents,
            municipality=work.tenant.name,
            page=f"{base}{_path(request, 'public_documents', work.tenant)}",
            address=f"{base}{_path(request, 'public_documents_rss', work.tenant)}",
        )
    return Response(data, media_type="application/rss+xml")


async def give_public_file(request: Request) -> Response:
    """As a download, so that nothing in it runs at our address."""
    async with _visit(request) as work:
        file, found = await public_file(work, request.path_params["file"])
    blocks = found.blocks()
    first = await anext(blocks, b"")  # what cannot be read is told before any of it is sent
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": attachment(file.name),
        "Content-Length": str(file.size),
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    shown = PDF if file.media_type == PDF else "application/octet-stream"
    return StreamingResponse(_joined(first, blocks), headers=headers, media_type=shown)


@asynccontextmanager
async def _visit(request: Request) -> AsyncIterator[Work]:
    """A work of the service itself, which only reads. Raises NotFound where the module is off."""
    count_visit(request)
    runtime: Runtime = request.app.state.runtime
    found = await find_tenant(runtime, request.path_params["tenant"])
    tenant = await load_tenant(runtime, found.id)
    if "governing_documents" not in tenant.modules:
        raise NotFound(_("There is no page at this address."))
    actor = replace(service(), source=Source(Way.PAGE, "public_documents", address_of(request)))
    async with open_work(runtime, tenant, actor, write=False) as work:
        yield work


def _path(request: Request, name: str, tenant: Tenancy) -> str:
    return str(request.app.url_path_for(name, tenant=tenant.slug))


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for block in rest:
        yield block


PUBLIC: Final[tuple[tuple[str, Callable[[Request], Awaitable[Response]], str], ...]] = (
    ("offentliga", public_list, "public_documents"),
    ("offentliga/filer/{file:uuid}", give_public_file, "public_document_file"),
    ("rss.xml", public_rss, "public_documents_rss"),
)
PUBLIC_PAGES: Final = tuple(
    Route(f"/{{tenant}}/styrdokument/{path}", serve, name=name) for path, serve, name in PUBLIC
)
