"""A client of the real API: `api` is the town's full administrator, `client(town, who)` anyone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from served import visited
from starlette.applications import Starlette

from roder.graphql.endpoint import graphql_routes
from roder.infra.runtime import Runtime
from roder.infra.settings import Settings
from roder.platform.modules.organisation.files.upload import routes
from roder.platform.schema import product_schema
from roder.tenants.actors import operator, service
from roder.tenants.sign_in.sessions import SESSION_COOKIE, start_session
from roder.tenants.tokens.tokens import create_token
from roder.tenants.work import open_work

MESSAGE = "... on Problem { code message field }"


@dataclass
class Client:
    """Someone with a token for one town."""

    http: httpx.AsyncClient
    town: Any
    key: str

    async def send(
        self, method: str, path: str = "", *, headers: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        return await self.http.request(
            method,
            f"/{self.town.tenant.slug}{path}",
            headers={"Authorization": f"Bearer {self.key}"} | (headers or {}),
            **more,
        )

    async def post(self, document: str, **variables: Any) -> httpx.Response:
        sent = {"query": document, "variables": variables}
        return await self.send("POST", "/graphql", json=sent)

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        response = await self.post(document, **variables)
        assert response.status_code == 200, response.text
        data: dict[str, Any] = response.json()["data"]
        return data

    async def refusal(self, document: str, **variables: Any) -> tuple[str, str | None]:
        """Code and field of the Problem that a document's one mutation answers with."""
        (answer,) = (await self.ask(document, **variables)).values()
        assert set(answer) == {"code", "message", "field"}, answer
        return answer["code"], answer["field"]

    async def error(self, document: str, **variables: Any) -> tuple[int, str]:
        """Status and code of an answer whose only field was refused."""
        response = await self.post(document, **variables)
        [error] = response.json()["errors"]
        return response.status_code, error["extensions"]["code"]


@pytest.fixture
async def http(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[*graphql_routes(), *routes])
    app.state.runtime = runtime
    app.state.schema = product_schema()
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://roder.example") as client:
        yield client


@pytest.fixture
def client(http: httpx.AsyncClient) -> Callable[..., Awaitable[Client]]:
    async def make(town: Any, who: str = "administrator", **options: Any) -> Client:
        options = {"scopes": ["read", "write"], **options}
        # By the operator, since no administrator makes a key of an auditor.
        async with open_work(town.runtime, town.tenant, operator(), write=True) as work:
            made = await create_token(work, name="Prov", person_id=town.people[who].id, **options)
        return Client(http, town, made.key)

    return make


@pytest.fixture
async def api(client: Any, town: Any) -> Client:
    made: Client = await client(town)
    return made


@dataclass
class Visitor:
    """Someone who is signed in to one town with a browser that runs no scripts."""

    http: httpx.AsyncClient
    town: Any
    cookies: dict[str, str]

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(self._address(path), headers=self._headers())

    async def post(self, path: str, data: Any = None, **more: Any) -> httpx.Response:
        return await self.http.post(
            self._address(path), data=data or {}, headers=self._headers(), **more
        )

    async def fragment(self, path: str) -> httpx.Response:
        """As the script that opens dialogs asks."""
        headers = self._headers() | {"hx-request": "true"}
        return await self.http.get(self._address(path), headers=headers)

    async def twice(self, path: str, data: dict[str, Any]) -> httpx.Response:
        """See what happens, then do it."""
        seen = await self.post(path, data)
        assert seen.status_code == 200, seen.text
        return await self.post(path, {**data, "seen": mark_in(seen.text)})

    def _address(self, path: str) -> str:
        return f"/{self.town.tenant.slug}{path}"

    def _headers(self) -> dict[str, str]:
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"cookie": pairs, "accept": "text/html"}


def mark_in(html: str) -> str:
    """What a page that shows the effect of a change has in its form."""
    found = re.search(r'name="seen" value="([0-9a-f]{32})"', html)
    assert found is not None, html
    return found[1]


@pytest.fixture(scope="module")
async def pages(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with visited(settings) as client:
        yield client


@pytest.fixture
def visitor(pages: httpx.AsyncClient) -> Callable[..., Awaitable[Visitor]]:
    async def make(town: Any, who: str = "administrator") -> Visitor:
        async with open_work(town.runtime, town.tenant, service(), write=True) as work:
            key = await start_session(work, town.people[who].id)
        return Visitor(pages, town, {SESSION_COOKIE: key})

    return make
