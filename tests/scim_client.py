"""A directory that speaks SCIM with a municipality of the tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import select

from roder.tenants.models import Person, RoleGrant
from roder.tenants.tokens.tokens import create_token

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@dataclass
class Directory:
    """Sends to `town` with a key of its full administrator."""

    town: Any
    client: httpx.AsyncClient
    key: str

    async def __call__(
        self, method: str, path: str, body: object = None, **more: Any
    ) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.key}".encode()} | more.pop("headers", {})
        address = f"/{self.town.tenant.slug}/scim/v2{path}"
        return await self.client.request(method, address, json=body, headers=headers, **more)

    async def user(self, who: str, /, **more: Any) -> dict[str, Any]:
        address = f"{who}@{self.town.tenant.slug}.example"
        body = {
            "schemas": [USER],
            "userName": address,
            "displayName": who.title(),
            "emails": [{"value": address, "type": "work", "primary": True}],
        } | more
        response = await self("POST", "/Users", body)
        assert response.status_code == 201, response.text
        return response.json()

    async def group(self, name: str, members: list[str] | None = None) -> dict[str, Any]:
        body = {
            "schemas": [GROUP],
            "displayName": name,
            "members": [{"value": id} for id in members or []],
        }
        response = await self("POST", "/Groups", body)
        assert response.status_code == 201, response.text
        return response.json()

    async def patch(self, path: str, *operations: dict[str, Any], **more: Any) -> httpx.Response:
        return await self("PATCH", path, {"schemas": [PATCH], "Operations": operations}, **more)

    async def found(self, filter: str, kind: str = "Users") -> list[str]:
        """User names, or names of groups, in order."""
        response = await self("GET", f"/{kind}", params={"filter": filter})
        assert response.status_code == 200, response.text
        name = "userName" if kind == "Users" else "displayName"
        return [each[name].partition("@")[0] for each in response.json()["Resources"]]


async def directory(
    town: Any, client: httpx.AsyncClient, scopes: tuple[str, ...] = ("scim",)
) -> Directory:
    async with await town.work() as work:
        made = await create_token(
            work, name="Entra", person_id=town.people["administrator"].id, scopes=scopes
        )
    return Directory(town, client, made.key)


async def grants_of(town: Any, person_id: Any) -> list[tuple[str, Any, str]]:
    """Role, unit and source of what stands."""
    async with await town.work(write=False) as work:
        rows = await work.rows(
            select(RoleGrant.role, RoleGrant.unit_id, RoleGrant.source)
            .where(RoleGrant.person_id == person_id, RoleGrant.ended_at.is_(None))
            .order_by(RoleGrant.role, RoleGrant.source)
        )
    return [tuple(row) for row in rows]


async def person_of(town: Any, person_id: Any) -> Person:
    async with await town.work(write=False) as work:
        return await work.get(Person, person_id)


ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def refused(response, status) -> None:
    assert response.status_code == status, (response.status_code, response.text[:500])
    told = response.json()
    assert told["schemas"] == [ERROR]
    assert told["status"] == str(status)
    assert told["detail"]
    assert response.headers["content-type"].startswith("application/scim+json")
