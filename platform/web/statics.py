"""The files that browsers fetch: styles, scripts, fonts, icons."""

from __future__ import annotations

import os
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from .templating import STATIC

FOR_EVER = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"


class Statics(StaticFiles):
    """What is asked for by its version may be kept for ever; anything else is asked for anew."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

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
