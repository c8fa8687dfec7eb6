"""What a form on a page has sent: texts by name, and files. Everything is bounded."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from ...graphql.http import read_body
from ...infra.errors import InvalidInput, NotFound, TooLarge
from ...infra.i18n import _

TEXT_BYTES: Final = 4_000_000
"""A whole chapter with its tables fits many times over."""

MOST_FIELDS: Final = 3_000
"""A grid of 300 rows, when it is sent without scripts."""


@dataclass(frozen=True, slots=True)
class Form:
    """The fields by name, each with its values in the order they were sent.

    `name in form` says whether a box is ticked, or a button was pressed.
    """

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, UploadFile] = field(default_factory=dict)

    def get(self, name: str, otherwise: str = "") -> str:
        return self.fields[name][0] if name in self.fields else otherwise

    def all(self, name: str) -> list[str]:
        return list(self.fields.get(name, ()))

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def file(self, name: str) -> UploadFile:
        """Raises InvalidInput when no file was chosen."""
        found = self.files.get(name)
        if found is None or not found.filename:
            raise InvalidInput(_("The form has no file. Choose one."), field=name)
        return found


def read_id(text: str) -> UUID:
    """Of a record that is named in a form or an address. Raises NotFound for what is no id, as for
    one that nothing has."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None


async def read_form(request: Request, *, most_file_bytes: int) -> Form:
    """The form in a request. Raises InvalidInput, or TooLarge before much is read."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media == "multipart/form-data":
        return await _with_files(request, most_file_bytes)
    if media != "application/x-www-form-urlencoded":
        await read_body(request.receive, request.headers.get("content-length"), most=TEXT_BYTES)
        return Form()
    body = await read_body(request.receive, request.headers.get("content-length"), most=TEXT_BYTES)
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
    except ValueError:
        raise _unreadable() from None
    return Form(_plain(pairs))


async def _with_files(request: Request, most: int) -> Form:
    parser = MultiPartParser(
        request.headers,
        _limited(request, most + TEXT_BYTES, most),
        max_files=10,
        max_fields=MOST_FIELDS,
        max_part_size=TEXT_BYTES,
    )
    try:
        sent = await parser.parse()
    except (MultiPartException, UnicodeDecodeError):
        raise _unreadable() from None
    items = sent.multi_items()
    files = {name: part for name, part in items if isinstance(part, UploadFile)}
    if any((file.size or 0) > most for file in files.values()):
        raise _too_large(most)
    return Form(_plain([(name, part) for name, part in items if isinstance(part, str)]), files)


def _plain(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Line breaks as one sign, as the rest of the service has them; browsers send two."""
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        if "\0" in value or "\0" in name:
            raise InvalidInput(_("The text holds a sign that cannot be kept."), field=name)
        fields.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return fields


async def _limited(request: Request, most: int, told: int) -> AsyncGenerator[bytes, None]:
    taken = 0
    async for chunk in request.stream():
        taken += len(chunk)
        if taken > most:
            raise _too_large(told)
        yield chunk


def _unreadable() -> InvalidInput:
    return InvalidInput(_("The form could not be read. Load the page again and try once more."))


def _too_large(most: int) -> TooLarge:
    return TooLarge(
        _("The file is larger than {limit} MB. Divide it.", limit=f"{most / 1e6:g}"), field="file"
    )
