"""The floors: a statement written by hand, and its answer sent as it comes.

By itself it is nothing but a socket and a prepared statement; with `starlette` it is written as one
would with the parts that the service is built of: a route, asyncpg's pool, a text.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import asyncpg
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from town import numbered

POOL = 16
PLAIN = {"jit": "off", "plan_cache_mode": "force_generic_plan", "random_page_cost": "1.1"}
HEADERS = [(b"content-type", b"application/json")]


class Floor:
    def __init__(self) -> None:
        self.free: asyncio.LifoQueue[dict[str, tuple[Any, list[str]]]] = asyncio.LifoQueue()

    async def open(self) -> None:
        for _ in range(POOL):
            connection = await asyncpg.connect(os.environ["BENCH_DATABASE"], server_settings=PLAIN)
            await connection.set_type_codec(
                "text",
                schema="pg_catalog",
                format="binary",
                encoder=str.encode,
                decoder=bytes,
            )
            found = {}
            for name in "ABC":
                text, names = numbered(name)
                found[f"/{name}"] = await connection.prepare(text), names
            await connection.execute("select")  # preparing leaves tables locked until then
            self.free.put_nowait(found)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        values = orjson.loads(body)
        statements = await self.free.get()
        try:
            statement, names = statements[scope["path"]]
            answer = await statement.fetchval(*[values[name] for name in names])
        finally:
            self.free.put_nowait(statements)
        length = (b"content-length", str(len(answer)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, length]})
        await send({"type": "http.response.body", "body": answer})


class Routes:
    async def open(self) -> None:
        self.pool = await asyncpg.create_pool(
            os.environ["BENCH_DATABASE"], min_size=POOL, max_size=POOL, server_settings=PLAIN
        )
        self.statements = {name: numbered(name) for name in "ABC"}
        route = Route("/{name}", self.answer, methods=["POST"])
        self.app = Starlette(routes=[route])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        text, names = self.statements[request.path_params["name"]]
        values = await request.json()
        async with self.pool.acquire() as connection:
            answer = await connection.fetchval(text, *(values[name] for name in names))
        return Response(answer, media_type="application/json")


def main() -> None:
    app = Routes() if "starlette" in sys.argv else Floor()
    config = uvicorn.Config(
        app, port=int(sys.argv[1]), lifespan="off", log_config=None, access_log=False
    )

    async def serve() -> None:
        await app.open()
        await uvicorn.Server(config).serve()

    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(serve())


if __name__ == "__main__":
    main()
