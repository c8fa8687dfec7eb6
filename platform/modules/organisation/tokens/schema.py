"""API tokens in the API."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import ColumnElement, and_, any_, func, or_, true

from .....graphql.context import Info, Logged
from .....graphql.nodes import Node, local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .....graphql.stored import Place, Related, Row, one, planned
from .....tenants import models
from .....tenants.tokens import tokens
from ..people.schema import Person
from ..units.schema import Unit
from .jobs import revoke_and_tell

strawberry.enum(
    tokens.TokenState,
    description="How a token stands. UNUSED stands, and has not been used for ninety days.",
)


def _units(unit: Row, place: Place) -> ColumnElement[bool]:
    named: ColumnElement[bool] = unit.id == any_(place.row.unit_ids)
    return named


@strawberry.type(description="A key with which a program acts for someone.")
class ApiToken(Node):
    model = models.ApiToken
    permission = "tokens.manage"
    change = "tokens.manage"
    logged = Logged("api_token", "person_id", own=True)

    row: strawberry.Private[models.ApiToken]
    name: str = strawberry.field(description="What uses it.")
    start: str = strawberry.field(description="How its key begins, to recognise it by.")
    scopes: list[str] = strawberry.field(description="What it may: read, write, read:goals …")
    networks: list[str] = strawberry.field(
        description="From where it may come, such as 192.0.2.0/24; empty for anywhere."
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime = strawberry.field(description="When it stops working.")
    last_used_at: datetime | None = strawberry.field(
        description="When it was last used, to the minute."
    )
    last_used_from: str = strawberry.field(description="The address that it was last used from.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked, if it was.")
    leaked: bool = strawberry.field(
        description="Whether it was revoked because others had got hold of it."
    )

    person: Person | None = one(models.ApiToken.person_id, "Whose rights it has, at most.")
    created_by: Person | None = one(
        models.ApiToken.created_by, "Who made it; null for the operator of the service."
    )
    revoked_by: Person | None = one(
        models.ApiToken.revoked_by, "Who revoked it; null for the service itself."
    )

    @strawberry.field(
        description="Where it may act, and in all below; empty for wherever its owner may.",
        metadata=planned(Related(_units, lambda unit, _place: (unit.slug,))),
    )
    async def units(self, info: Info) -> list[Unit]:
        found = [await info.context.by_id(models.Unit, id) for id in self.row.unit_ids]
        rows = sorted((unit for unit in found if unit is not None), key=lambda unit: unit.slug)
        return [Unit.of(row) for row in rows]


@strawberry.type(description="A token that was just made.")
class TokenCreated:
    token: ApiToken = strawberry.field(description="The token.")
    key: str = strawberry.field(description="What the program sends. It is shown only now.")


@strawberry.type(description="Keys that others had got hold of, which let nobody in any more.")
class LeakedTokensRevoked:
    tokens: list[ApiToken] = strawberry.field(description="Those that were in the text.")


CreateTokenResult = Annotated[
    TokenCreated | Problem, strawberry.union("CreateTokenResult", description=ANSWER)
]
RevokeTokenResult = Annotated[
    ApiToken | Problem, strawberry.union("RevokeTokenResult", description=ANSWER)
]


RevokeLeakedTokenResult = Annotated[
    LeakedTokensRevoked | Problem, strawberry.union("RevokeLeakedTokenResult", description=ANSWER)
]
ChangeTokenResult = Annotated[
    ApiToken | Problem, strawberry.union("ChangeTokenResult", description=ANSWER)
]


@strawberry.input(description="A new API token.")
class CreateTokenInput:
    name: str = strawberry.field(description="What will use it.")
    person_id: strawberry.ID = strawberry.field(description="Whose rights it gets, at most.")
    scopes: list[str] = strawberry.field(
        default_factory=lambda: ["read"],
        description="What it may: read, write, one kind, such as read:goals, or scim, to hand in "
        "people and groups.",
    )
    days: int | None = strawberry.field(
        default=None,
        description="1 to 730 days that it lives; 365, or as long as the key that makes it.",
    )
    unit_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="Where it may act, and in all below; empty for wherever its owner may.",
    )
    networks: list[str] = strawberry.field(
        default_factory=list,
        description="From where it may come, such as 192.0.2.0/24; empty for anywhere.",
    )


@strawberry.input(description="What to change of a token; what is left out stays.")
class ChangeTokenInput:
    id: strawberry.ID = strawberry.field(description="Which token.")
    name: str | None = strawberry.field(default=None, description="What uses it.")
    days: int | None = strawberry.field(
        default=None, description="How long it lives from now on, 1 to 730 days."
    )
    networks: list[str] | None = strawberry.field(
        default=None, description="From where it may come; empty for anywhere."
    )


def _chosen(row: Row, place: Place) -> ColumnElement[bool]:
    person, search = place.arguments["person_id"], place.arguments["search"]
    state = place.arguments["state"]
    chosen: list[ColumnElement[bool]] = [true()]
    if person is not None:
        chosen.append(row.person_id == person)
    if search is not None:
        chosen.append(tokens.is_called(row, search))
    if state is not None:
        states = tokens.states(row, func.now())
        chosen.append(or_(*((state == name.value) & holds for name, holds in states.items())))
    return and_(*chosen)


TOKENS = Related(
    _chosen,
    asks=("tokens.manage",),
    reads={
        "person_id": lambda id: local_id(id, Person, field="personId"),
        "state": lambda state: tokens.TokenState(state).value,
        "search": str.strip,
    },
)


@strawberry.type
class TokenQuery:
    @strawberry.field(
        description="API tokens, oldest first, for full administrators; what is left out does not "
        "narrow.",
        metadata=planned(TOKENS),
    )
    async def api_tokens(
        self,
        info: Info,
        person_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Whose rights they have.")
        ] = None,
        state: Annotated[
            tokens.TokenState | None, strawberry.argument(description="How they stand.")
        ] = None,
        search: Annotated[
            str | None,
            strawberry.argument(description="Part of a name, or how a key begins."),
        ] = None,
    ) -> list[ApiToken]:
        found: Sequence[models.ApiToken] = await tokens.list_tokens(
            info.context.work,
            person_id=None if person_id is None else local_id(person_id, Person, field="personId"),
            state=state,
            search=search or "",
        )
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
            unit_ids=[local_id(id, Unit, field="unitIds") for id in input.unit_ids],
            networks=input.networks,
        )
        return TokenCreated(token=ApiToken.of(made.token), key=made.key)

    @mutation("Rename an API token, let it live for more or fewer days, or change its networks.")
    async def change_token(self, info: Info, input: ChangeTokenInput) -> ChangeTokenResult:
        return ApiToken.of(
            await tokens.change_token(
                info.context.work,
                local_id(input.id, ApiToken),
                name=input.name,
                days=input.days,
                networks=input.networks,
            )
        )

    @mutation(
        "Revoke API tokens that others have got hold of, and mail their owners and the "
        "administrators. Takes a key, how one begins, or a text with keys in it."
    )
    async def revoke_leaked_token(self, info: Info, key: str) -> RevokeLeakedTokenResult:
        found = await revoke_and_tell(info.context.work, key)
        return LeakedTokensRevoked(tokens=[ApiToken.of(row) for row in found])

    @mutation("Revoke an API token at once.")
    async def revoke_token(self, info: Info, id: strawberry.ID) -> RevokeTokenResult:
        return ApiToken.of(await tokens.revoke_token(info.context.work, local_id(id, ApiToken)))
