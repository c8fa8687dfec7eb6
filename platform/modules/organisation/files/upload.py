"""Files over HTTP: sent in as they are or as a form, and fetched again.

`POST /{tenant}/files` takes the file as the body, its name from `?name=` or Content-Disposition,
or one file of a multipart/form-data. `GET /{tenant}/files/{id}` gives it: who asks may have it at
that moment, and it is decrypted as it is sent. Errors have the shape of the API's, and so does who
may come in.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, NamedTuple, cast

import orjson
import strawberry
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from .....graphql import http
from .....graphql.endpoint import answer_refused, enter_by_request
from .....graphql.nodes import global_id, local_id
from .....graphql.rates import charge, told
from .....infra.errors import InvalidInput, ModuleOff, TooLarge
from .....infra.i18n import _, use_locale
from .....infra.runtime import Runtime
from .....infra.storage import attachment
from .....tenants.entry import Entered
from .....tenants.files import keep_upload, open_file
from .....tenants.rights import switched_off
from .....tenants.work import open_work
from .....workers.jobs import is_kind_on, is_on
from .....workers.models import Job
from .schema import StoredFile
from .sending import GuardedFile, Taker

IN_MEMORY = 1_000_000
FORM_ROOM = 20_000
"""Bytes that a form may need beside its file."""

LONGEST_HEADER = 1_000
"""Python's own reader of the header takes the square of its length."""
UNKNOWN_TYPE = "application/octet-stream"
HARMLESS = (
    "application/pdf",
    "application/vnd.",
    "application/zip",
    "image/jpeg",
    "image/png",
    "text/csv",
    "text/plain",
)
"""What is told as it is. Whatever else was sent in comes from our own address too, where a browser
would take a script or a style for one of ours."""


class Sent(NamedTuple):
    name: str
    media_type: str
    body: BinaryIO


async def send_file(request: Request) -> Response:
    return await _answered(request, _keep)


async def fetch_file(request: Request) -> Response:
    return await _answered(request, _give)


routes = (
    Route("/{tenant}/files", send_file, methods=["POST"], name="files"),
    Route("/{tenant}/files/{id}", fetch_file, methods=["GET"], name="file"),
)

Serve = Callable[[Request, Runtime, Entered], Awaitable[Response]]


async def _answered(request: Request, serve: Serve) -> Response:
    runtime: Runtime = request.app.state.runtime
    with use_locale(http.language(request.headers.get("accept-language"))):
        try:
            entered = await enter_by_request(request, runtime)
            with use_locale(entered.actor.locale):
                try:
                    if entered.actor.token_id is not None:
                        charge(request, entered)
                    response = await serve(request, runtime, entered)
                    response.raw_headers.extend(told(request.scope))
                    return response
                except ClientDisconnect:
                    return Response(status_code=400)
                except Exception as error:
                    return answer_refused(error, request)
        except Exception as error:
            return answer_refused(error, request)


async def _keep(request: Request, runtime: Runtime, entered: Entered) -> Response:
    # Asked before the body is read: twenty megabytes are not taken from someone without the right.
    async with open_work(runtime, entered.tenant, entered.actor, write=False) as work:
        work.require("files.write")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise http.UnsupportedMedia(_("Send the request uncompressed, without Content-Encoding."))
    async with (
        _receive(request, most=runtime.settings.max_upload_bytes) as sent,
        open_work(runtime, entered.tenant, entered.actor, write=True) as work,
    ):
        file = await keep_upload(work, name=sent.name, media_type=sent.media_type, body=sent.body)
    id = global_id(StoredFile, file.id)
    return Response(
        orjson.dumps({"id": id, "name": file.name, "size": file.size}),
        201,
        {"Cache-Control": "no-store", "Location": f"/{entered.tenant.slug}/files/{id}"},
        media_type=http.JSON,
    )


async def _give(request: Request, runtime: Runtime, entered: Entered) -> Response:
    id = local_id(strawberry.ID(request.path_params["id"]), StoredFile)
    async with open_work(runtime, entered.tenant, entered.actor, write=False) as work:
        file, found = await open_file(work, id)
        job = await work.find(Job, file.job_id) if file.job_id else None
        if job is not None and not is_on(work, job):
            raise ModuleOff()
    blocks = found.blocks()
    first = await anext(blocks, b"")  # what cannot be read is told before any of it is sent
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": attachment(file.name),
        "Content-Length": str(file.size),
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    shown = file.media_type if file.media_type.startswith(HARMLESS) else UNKNOWN_TYPE
    if len(first) == file.size:
        return StreamingResponse(_joined(first, blocks), headers=headers, media_type=shown)

    async def enter_again() -> Entered:
        now = await enter_by_request(request, runtime)
        if job is not None and not is_kind_on(now.tenant, job.kind):
            raise switched_off()
        return now

    taker = Taker(runtime, entered, work.tenant, work.actor, file.id, enter_again)
    return GuardedFile(_joined(first, blocks), taker, headers=headers, type=shown)


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for block in rest:
        yield block


@asynccontextmanager
async def _receive(request: Request, *, most: int) -> AsyncIterator[Sent]:
    """The file of a request, in a temporary file. Raises InvalidInput, TooLarge."""
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() == "multipart/form-data":
        _refuse_length(request, most + FORM_ROOM, most)
        async with _form_file(request, most=most) as file:
            yield Sent(
                file.filename or "",
                _media_type(file.content_type or ""),
                file.file,
            )
        return
    _refuse_length(request, most, most)
    name = request.query_params.get("name") or _disposed_name(request)
    with SpooledTemporaryFile(max_size=IN_MEMORY) as body:
        async for chunk in _limited(request.stream(), most, most):
            body.write(chunk)
        yield Sent(name, _media_type(content_type), cast("BinaryIO", body))


@asynccontextmanager
async def _form_file(request: Request, *, most: int) -> AsyncIterator[UploadFile]:
    stream = _limited(request.stream(), most + FORM_ROOM, most)
    try:
        parser = MultiPartParser(request.headers, stream, max_files=1, max_fields=10)
        form = await parser.parse()
    except MultiPartException:
        raise InvalidInput(
            _("The form cannot be read. Send one file as multipart/form-data."), field="file"
        ) from None
    try:
        files = [part for part in form.values() if isinstance(part, UploadFile)]
        if len(files) != 1:
            raise InvalidInput(_("The form has no file. Choose one."), field="file")
        if (files[0].size or 0) > most:
            raise _too_large(most)
        yield files[0]
    finally:
        await form.close()


def _refuse_length(request: Request, limit: int, most: int) -> None:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:19]) > limit:
        raise _too_large(most)


async def _limited(
    chunks: AsyncIterator[bytes], limit: int, most: int
) -> AsyncGenerator[bytes, None]:
    taken = 0
    async for chunk in chunks:
        taken += len(chunk)
        if taken > limit:
            raise _too_large(most)
        yield chunk


def _too_large(most: int) -> TooLarge:
    return TooLarge(
        _("The file is larger than {limit} MB. Divide it.", limit=f"{most / 1e6:g}"), field="file"
    )


def _disposed_name(request: Request) -> str:
    """The file name in Content-Disposition, also as RFC 6266 writes å, ä and ö; "" for none."""
    header = request.headers.get("content-disposition")
    if header is None:
        return ""
    if len(header) > LONGEST_HEADER:
        raise InvalidInput(
            _("The header Content-Disposition is too long. Give the name as ?name=…"), field="name"
        )
    message = EmailMessage()
    try:
        message["Content-Disposition"] = header
        return message.get_filename("")
    except (ValueError, RecursionError):  # a line break, which no header may hold; nested notes
        return ""


def _media_type(content_type: str) -> str:
    media = content_type.partition(";")[0].strip().lower()
    return media if re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,100}", media, re.ASCII) else UNKNOWN_TYPE
