"""A client of the real API: `api` is the town's full administrator, `client(town, who)` anyone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from roder.graphql.endpoint import graphql_routes
from roder.infra.runtime import Runtime
from roder.platform.modules.organisation.upload import routes
from roder.platform.schema import product_schema
from roder.tenants.tokens import create_token

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
        async with await town.work() as work:
            made = await create_token(work, name="Prov", person_id=town.people[who].id, **options)
        return Client(http, town, made.key)

    return make


@pytest.fixture
async def api(client: Any, town: Any) -> Client:
    made: Client = await client(town)
    return made
