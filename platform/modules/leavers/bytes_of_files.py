"""Names within files: found in any kind, replaced where the kind allows it. Pure; slow for large
files, so it is called in a thread."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .naming import Found, Named, find_names, rewrite

MOST_UNPACKED: Final = 200_000_000
"""Bytes of an Office file once unpacked; one that is larger is not opened."""
ENCODINGS: Final = ("utf-8-sig", "utf-16", "cp1252")

Keep = Callable[[Found], bool]


class Made(StrEnum):
    """What came of a file."""

    CLEAN = "clean"
    """Nobody is named in it."""
    REWRITTEN = "rewritten"
    STUCK = "stuck"
    """Somebody is named, and the kind of file cannot be changed in place: it is made anew, or a
    page that says so comes in its stead."""
    UNREAD = "unread"
    """It is encrypted or broken, and its words cannot be read."""


@dataclass(frozen=True, slots=True)
class Result:
    made: Made
    data: bytes = b""
    found: tuple[Found, ...] = ()


def rewrite_file(data: bytes, *, name: str, people: Sequence[Named], keep: Keep) -> Result:
    """The file with pseudonyms for names, or what stands in the way."""
    if data[:4] == b"%PDF":
        return _pdf(data, people, keep)
    if data[:4] == b"PK\x03\x04":
        return _office(data, people, keep)
    if data[:8] == b"\x89PNG\r\n\x1a\n" or data[:3] == b"\xff\xd8\xff" or data[:4] == b"RIFF":
        return _picture(data, people, keep)
    return _text(data, people, keep)


def _office(data: bytes, people: Sequence[Named], keep: Keep) -> Result:
    """Word, Excel and their like: packed files of XML. The order and the dates stay."""
    try:
        source = zipfile.ZipFile(io.BytesIO(data))
        parts = source.infolist()
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            return Result(Made.UNREAD)
        unpacked = [(part, source.read(part)) for part in parts]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
        return Result(Made.UNREAD)
    found: list[Found] = []
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for part, body in unpacked:
            if part.filename.lower().endswith((".xml", ".rels", ".vml", ".txt", ".csv", ".json")):
                text, here = rewrite(body.decode("utf-8", "replace"), people, keep=keep)
                if here:
                    body = text.encode()
                    found += here
            packed.writestr(part, body)
    return Result(Made.REWRITTEN, target.getvalue(), tuple(found)) if found else Result(Made.CLEAN)


def _text(data: bytes, people: Sequence[Named], keep: Keep) -> Result:
    """Plain text, CSV, JSON, HTML, mail. What is no text at all is looked through as bytes."""
    if b"\0" in data[:4096] and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return _picture(data, people, keep)
    for encoding in ENCODINGS:
        if encoding == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        new, found = rewrite(text, people, keep=keep)
        if not found:
            return Result(Made.CLEAN)
        marked = encoding != "utf-8-sig" or data[:3] == b"\xef\xbb\xbf"
        return Result(
            Made.REWRITTEN, new.encode(encoding if marked else "utf-8", "replace"), tuple(found)
        )
    return _picture(data, people, keep)


def _picture(data: bytes, people: Sequence[Named], keep: Keep) -> Result:
    """Words beside a picture, such as who took it, lie in it as they are."""
    shown = data.decode("latin-1")
    for text in (shown, data.decode("utf-8", "ignore"), data.decode("utf-16-le", "ignore")):
        found = [each for each in find_names(text, people) if not keep(each)]
        if found:
            return Result(Made.STUCK, b"", tuple(found))
    return Result(Made.CLEAN)


def _pdf(data: bytes, people: Sequence[Named], keep: Keep) -> Result:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return Result(Made.UNREAD)
        texts = [page.extract_text() for page in reader.pages]
        texts += [str(value) for value in (reader.metadata or {}).values()]
        metadata = reader.xmp_metadata
        texts.append(metadata.stream.get_data().decode("utf-8", "ignore") if metadata else "")
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, OSError):
        return Result(Made.UNREAD)
    # A name may be cut by the end of a line.
    joined = "\n".join(texts).replace("-\n", "").replace("\n", " ")
    found = [each for each in find_names(joined, people) if not keep(each)]
    return Result(Made.STUCK, b"", tuple(found)) if found else Result(Made.CLEAN)
