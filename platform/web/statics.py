"""The files that browsers fetch: styles, scripts, fonts, icons."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from .templating import STATIC

FOR_EVER = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"

PACKED: Final = frozenset({".css", ".js", ".svg"})
SMALL: Final = 500
LARGE: Final = 500_000
"""Bytes from which packing as tightly as one can takes seconds."""


class Statics(StaticFiles):
    """What is asked for by its version may be kept for ever; anything else is asked for anew.

    Text is packed once, as tightly as one can: 8 % less than what a page has time for.
    """

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        taken = Headers(scope=scope).get("accept-encoding", "").replace(" ", "").split(",")
        if not isinstance(response, FileResponse) or "br" not in taken:
            return response
        file, stat = Path(response.path), response.stat_result
        if file.suffix not in PACKED or stat is None or stat.st_size < SMALL:
            return response
        body = await run_in_threadpool(_packed, file, stat.st_mtime_ns)
        headers = dict(response.headers)
        headers |= {"content-encoding": "br", "vary": "accept-encoding"}
        del headers["content-length"]
        return Response(body, headers=headers)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        versioned = scope["query_string"].startswith(b"v=") or Path(full_path).suffix == ".woff2"
        response.headers["cache-control"] = FOR_EVER if versioned else ASK_FIRST
        # One way to ask whether it has changed is enough, and none where nobody comes back to ask.
        for name in ("accept-ranges", "last-modified", *(["etag"] if versioned else [])):
            del response.headers[name]
        return response


@lru_cache(200)
def _packed(file: Path, _changed: int) -> bytes:
    import brotli  # type: ignore[import-untyped]

    text = file.read_bytes()
    packed: bytes = brotli.compress(text, quality=11 if len(text) < LARGE else 9)
    return packed
