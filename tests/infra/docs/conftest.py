"""The service as a newcomer meets it: over HTTP, with a worker, and Östhammar filled in."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from served import served
from sqlalchemy import select

from roder.infra.settings import Settings
from roder.platform.demonstration.osthammar import OSTHAMMAR
from roder.platform.demonstration.town import build_town
from roder.tenants.actors import operator
from roder.tenants.models import Person
from roder.tenants.tokens.tokens import create_token
from roder.tenants.work import Tenancy, open_work
from roder.workers.run import Pace

API = Path(__file__).parents[3] / "infra" / "docs" / "api"
QUICK = Pace(beat=0.2, stale=60, sweep=0.3, again=0.2, limit=600)


@dataclass(frozen=True)
class Ran:
    """How a run of the client ended, and what it said."""

    status: int
    said: list[str]
    told: str


@dataclass(frozen=True)
class Caller:
    """A program with a token: it asks the examples, and runs the client."""

    url: str
    token: str

    async def ask(
        self, example: str, operation: str | None = None, /, **variables: object
    ) -> dict[str, Any]:
        """The data that an example's operation gives."""
        [path] = API.glob(f"{example}*.graphql")
        answer = await self.post(path.read_text(), variables, operation)
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json()["data"]
        return data

    async def post(
        self, query: str, variables: object = None, operation: str | None = None
    ) -> httpx.Response:
        body = {"query": query, "variables": variables, "operationName": operation}
        async with self.http() as http:
            return await http.post(self.url, json=body)

    async def follow(self, example: str, operation: str, **variables: object) -> list[Any]:
        """The data of each event of an example's subscription."""
        [path] = API.glob(f"{example}*.graphql")
        body = {"query": path.read_text(), "variables": variables, "operationName": operation}
        events = {"Accept": "text/event-stream"}
        async with (
            self.http() as http,
            http.stream("POST", self.url, json=body, headers=events) as answer,
        ):
            assert answer.headers["content-type"].startswith("text/event-stream")
            lines = [line async for line in answer.aiter_lines()]
        data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
        return [json.loads(line)["data"] for line in data]

    async def client(self, *arguments: str | Path) -> Ran:
        """`client.py` in a process of its own, as someone would run it."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            API / "client.py",
            self.url,
            self.token,
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, told = await process.communicate()
        assert process.returncode is not None
        return Ran(process.returncode, said.decode().splitlines(), told.decode())

    async def send(self, path: Path) -> str:
        """The id of a file that is sent in."""
        async with self.http() as http:
            address = self.url.replace("/graphql", "/files")
            sent = await http.post(f"{address}?name={path.name}", content=path.read_bytes())
        assert sent.status_code == 201, sent.text
        return str(sent.json()["id"])

    def with_token(self, token: str) -> Caller:
        """The same address, and somebody else's token."""
        return replace(self, token=token)

    def http(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.AsyncClient(headers=headers, timeout=30)


@pytest.fixture(scope="module")
async def service(settings: Settings) -> AsyncIterator[str]:
    """The address of the service on a free port, with a worker beside it."""
    async with served(settings, pace=QUICK) as address:
        yield address


async def caller_of(service: str, runtime: Any, tenant: Tenancy) -> Caller:
    """A program that acts for the first person of a municipality, its full administrator."""
    async with open_work(runtime, tenant, operator(), write=True) as work:
        administrator = await work.first(select(Person).order_by(Person.id))
        assert administrator is not None
        made = await create_token(
            work, name="Exempel", person_id=administrator.id, scopes=("read", "write"), days=1
        )
    return Caller(f"{service}/{tenant.slug}/graphql", made.key)


@pytest.fixture(scope="module")
async def osthammar(service: str, runtime: Any) -> Caller:
    slug = f"osthammar-{secrets.token_hex(4)}"
    town = replace(OSTHAMMAR, slug=slug, scb_code=None)
    return await caller_of(service, runtime, await build_town(runtime, town, taken=lambda: None))


@pytest.fixture
async def others(service: str, runtime: Any, town: Any, other_town: Any) -> list[Caller]:
    """Two more municipalities in the same service."""
    return [await caller_of(service, runtime, found.tenant) for found in (town, other_town)]
