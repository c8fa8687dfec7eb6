"""API tokens in the API."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import true

from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....graphql.stored import Related, one, planned
from ....tenants import models, tokens
from .people_schema import Person


@strawberry.type(description="A key with which a program acts for someone.")
class ApiToken(Node):
    model = models.ApiToken
    permission = "tokens.manage"

    row: strawberry.Private[models.ApiToken]
    name: str = strawberry.field(description="What uses it.")
    scopes: list[str] = strawberry.field(description="What it may: read, write, read:goals …")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime = strawberry.field(description="When it stops working.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked, if it was.")

    person: Person | None = one(models.ApiToken.person_id, "Whose rights it has, at most.")


@strawberry.type(description="A token that was just made.")
class TokenCreated:
    token: ApiToken = strawberry.field(description="The token.")
    key: str = strawberry.field(description="What the program sends. It is shown only now.")


CreateTokenResult = Annotated[
    TokenCreated | Problem, strawberry.union("CreateTokenResult", description=ANSWER)
]
RevokeTokenResult = Annotated[
    ApiToken | Problem, strawberry.union("RevokeTokenResult", description=ANSWER)
]


@strawberry.input(description="A new API token.")
class CreateTokenInput:
    name: str = strawberry.field(description="What will use it.")
    person_id: strawberry.ID = strawberry.field(description="Whose rights it gets, at most.")
    scopes: list[str] = strawberry.field(
        default_factory=lambda: ["read"],
        description="What it may: read, write, or one kind, such as read:goals.",
    )
    days: int = strawberry.field(default=365, description="How long it lives, 1 to 730 days.")


@strawberry.type
class TokenQuery:
    @strawberry.field(
        description="All API tokens, oldest first, for full administrators.",
        metadata=planned(Related(lambda _row, _place: true(), asks=("tokens.manage",))),
    )
    async def api_tokens(self, info: Info) -> list[ApiToken]:
        found: Sequence[models.ApiToken] = await tokens.list_tokens(info.context.work)
        return [ApiToken.of(row) for row in found]


@strawberry.type
class TokenMutation:
    @mutation("Make an API token. Its key is in the answer and nowhere else.")
    async def create_token(self, info: Info, input: CreateTokenInput) -> CreateTokenResult:
        made = await tokens.create_token(
            info.context.work,
            name=input.name,
            person_id=local_id(input.person_id, Person, field="personId"),
            scopes=input.scopes,
            days=input.days,
        )
        return TokenCreated(token=ApiToken.of(made.token), key=made.key)

    @mutation("Revoke an API token at once.")
    async def revoke_token(self, info: Info, id: strawberry.ID) -> RevokeTokenResult:
        return ApiToken.of(await tokens.revoke_token(info.context.work, local_id(id, ApiToken)))
