"""Where directories ask. What answers them is loaded by the first that does: few municipalities
have one, and it takes 7 MB of every process."""

from __future__ import annotations

from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ....tenants.scim.requests import BELOW


class ScimEndpoint:
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from .endpoint import serve

        await serve(scope, receive, send)


scim_routes = (
    Route(f"/{{tenant}}/{BELOW}", ScimEndpoint(), name="scim"),
    Route(f"/{{tenant}}/{BELOW}/{{path:path}}", ScimEndpoint(), name="scim_below"),
)
