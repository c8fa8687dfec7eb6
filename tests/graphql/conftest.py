"""A small schema behind the real end point, and a client of it."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Annotated, Any

import httpx
import pytest
import strawberry
from sqlalchemy import select, text
from starlette.applications import Starlette

from roder.graphql.context import Info, SubscriptionContext
from roder.graphql.endpoint import graphql_routes
from roder.graphql.problems import Problem, mutation
from roder.graphql.schema import build_schema
from roder.infra.errors import Conflict, Forbidden
from roder.infra.i18n import _
from roder.infra.runtime import Runtime
from roder.tenants.keys import digest
from roder.tenants.log.access_log import Action
from roder.tenants.models import ApiToken, Person, UserSession

CLOSED: list[str] = []


@strawberry.type
class Pair:
    """Two fields that may not be null, of which one is refused while the other reads."""

    @strawberry.field
    async def refused(self) -> str:
        await asyncio.sleep(0.02)
        raise Forbidden("Nej.")

    @strawberry.field
    async def slow(self, info: Info) -> str:
        found = await info.context.work.execute(text("select pg_sleep(0.1)::text"))
        return str(found.scalar())


@strawberry.type
class Name:
    name: str

    @strawberry.field
    def pair(self) -> Pair:
        return Pair()

    @strawberry.field
    async def number(self, info: Info) -> str | None:
        found = await info.context.work.execute(text("select (:n)::text::int").bindparams(n="x"))
        return str(found.scalar())


NameResult = Annotated[Name | Problem, strawberry.union("NameResult")]


@strawberry.type
class Query:
    @strawberry.field
    async def me(self, info: Info) -> str:
        return info.context.work.actor.name

    @strawberry.field
    async def echo(self, word: str, number: int | None = None) -> str:
        return f"{word} {number}"

    @strawberry.field
    async def secret(self, info: Info) -> str | None:
        raise Forbidden(
            _("You do not have the right to do this here. An administrator can give it to you.")
        )

    @strawberry.field
    def pair(self) -> Pair:
        return Pair()

    @strawberry.field
    async def broken(self) -> str | None:
        raise RuntimeError("planted, never shown")

    @strawberry.field
    async def overflow(self, info: Info, number: str) -> str | None:
        found = await info.context.work.execute(text("select (:n)::text::int").bindparams(n=number))
        return str(found.scalar())

    @strawberry.field
    async def people(self, info: Info) -> list[str]:
        return list(await info.context.work.scalars(select(Person.name).order_by(Person.name)))


@strawberry.type
class Mutation:
    @mutation("Add a person.")
    async def add(self, info: Info, name: str) -> NameResult:
        info.context.work.add(Person(name=name, email=f"{name}@example"))
        info.context.work.note(Action.ADD, "person")
        return Name(name=name)

    @mutation("Add a person, then be refused.")
    async def refuse(self, info: Info, name: str) -> NameResult:
        info.context.work.add(Person(name=name, email=f"{name}@example"))
        await info.context.work.flush()
        raise Conflict("Upptaget.", field="name")

    @mutation("Fail for a reason of our own.")
    async def fail(self, info: Info) -> NameResult:
        raise RuntimeError("planted, never shown")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def names(self, info: strawberry.Info[SubscriptionContext, None]) -> AsyncGenerator[str]:
        for place in range(2):
            async with info.context.look():
                names = select(Person.name).order_by(Person.name)
                yield (await info.context.work.scalars(names))[place]

    @strawberry.subscription
    async def forbidden(self) -> AsyncGenerator[str]:
        raise Forbidden("Nej.")
        yield ""

    @strawberry.subscription
    async def endless(self) -> AsyncGenerator[str]:
        try:
            yield "first"
            await asyncio.Event().wait()
        finally:
            CLOSED.append("endless")


MODULE = SimpleNamespace(
    query=(Query,), mutation=(Mutation,), subscription=(Subscription,), types=(Name,)
)
SCHEMA = build_schema([MODULE])


class Api:
    """A client of one town with its administrator's token."""

    def __init__(self, app: Starlette, town: Any, token: str) -> None:
        self.app, self.town, self.token = app, town, token
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        self.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")

    closed = CLOSED

    @staticmethod
    def code(response: httpx.Response) -> str:
        """The code of the one error of a response that has no data."""
        assert "data" not in response.json()
        [error] = response.json()["errors"]
        assert error["message"]
        return str(error["extensions"]["code"])

    @staticmethod
    async def new_token(town: Any, **fields: Any) -> str:
        key = f"test_{secrets.token_urlsafe(16)}"
        async with await town.work() as work:
            person = await work.first(select(Person).where(Person.name == "Asta Admin"))
            row = {
                "name": "test",
                "person_id": person.id,
                "digest": digest(key),
                "scopes": [],
                "expires_at": datetime.now(UTC) + timedelta(hours=1),
                "revoked_at": None,
            }
            work.add(ApiToken(**(row | fields)))
        return key

    async def post(self, body: object = None, **options: Any) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept": "application/graphql-response+json",
            **options.pop("headers", {}),
        }
        headers = {name: value for name, value in headers.items() if value is not None}
        slug = options.pop("slug", self.town.tenant.slug)
        if "content" not in options:
            options["json"] = body
        return await self.http.post(f"/{slug}/graphql", headers=headers, **options)

    async def query(self, query: str, **variables: object) -> httpx.Response:
        return await self.post({"query": query, "variables": variables})

    async def people(self) -> list[str]:
        answer = await self.query("{ people }")
        return list(answer.json()["data"]["people"])


@pytest.fixture
async def api(runtime: Runtime, town: Any) -> AsyncIterator[Api]:
    app = Starlette(routes=graphql_routes())
    app.state.runtime, app.state.schema = runtime, SCHEMA
    api = Api(app, town, await Api.new_token(town))
    async with api.http:
        yield api


@pytest.fixture
async def session(town: Any) -> str:
    key = secrets.token_urlsafe(16)
    async with await town.work() as work:
        person = await work.first(select(Person).where(Person.name == "Asta Admin"))
        expires = datetime.now(UTC) + timedelta(hours=1)
        work.add(UserSession(person_id=person.id, digest=digest(key), expires_at=expires))
    return f"roder_session={key}"
