"""How the municipality's people sign in, in the API. The secret goes in, and never out."""

from datetime import datetime
from typing import Annotated

import strawberry

from ..graphql.context import Info
from ..graphql.problems import ANSWER, Problem, mutation
from ..tenants import models, sign_in
from .modules.organisation.people_schema import Person, by_whom


@strawberry.type(description="The identity provider (OpenID Connect) that people sign in by.")
class SignInProvider:
    issuer: str = strawberry.field(description="Address of the issuer, exactly as it names itself.")
    client_id: str = strawberry.field(description="What it knows the service as.")
    has_secret: bool = strawberry.field(description="Whether there is a client secret.")
    scopes: list[str] = strawberry.field(description="What it is asked for.")
    claim: str = strawberry.field(description="The claim that holds a person's e-mail address.")
    label: str = strawberry.field(description="The words on the button; empty for the usual ones.")
    answer_address: str = strawberry.field(
        description="The redirect address, which has to be registered there."
    )
    signed_out_address: str = strawberry.field(
        description="Where it sends people after signing out, which can be registered there."
    )
    changed_at: datetime = strawberry.field(description="When this was set.")
    row: strawberry.Private[models.SignInProvider]

    @strawberry.field(description="Who set it; null when the service's operator did.")
    async def changed_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.changed_by)


@strawberry.type(description="Nobody can sign in by a provider any more.")
class SignInProviderRemoved:
    removed: bool = strawberry.field(description="Whether there was one.")


SetSignInProviderResult = Annotated[
    SignInProvider | Problem, strawberry.union("SetSignInProviderResult", description=ANSWER)
]
RemoveSignInProviderResult = Annotated[
    SignInProviderRemoved | Problem,
    strawberry.union("RemoveSignInProviderResult", description=ANSWER),
]


@strawberry.input(description="The identity provider that people shall sign in by.")
class SetSignInProviderInput:
    issuer: str = strawberry.field(description="Address of the issuer, with https.")
    client_id: str = strawberry.field(description="What it knows the service as.")
    client_secret: str | None = strawberry.field(
        default=None,
        description="Left out, the secret stays; for another issuer or client it is forgotten.",
    )
    scopes: list[str] = strawberry.field(
        default_factory=lambda: list(sign_in.SCOPES), description="What to ask it for."
    )
    claim: str = strawberry.field(
        default=sign_in.EMAIL, description="The claim that holds a person's e-mail address."
    )
    label: str = strawberry.field(default="", description="The words on the button.")


@strawberry.type
class SignInQuery:
    @strawberry.field(
        description="How people sign in, for full administrators; null when it is not set up."
    )
    async def sign_in_provider(self, info: Info) -> SignInProvider | None:
        row = await sign_in.sign_in_provider(info.context.work)
        return None if row is None else _shown(info, row)


@strawberry.type
class SignInMutation:
    @mutation("Let people sign in by this provider, instead of any other.")
    async def set_sign_in_provider(
        self, info: Info, input: SetSignInProviderInput
    ) -> SetSignInProviderResult:
        row = await sign_in.set_sign_in_provider(
            info.context.work,
            issuer=input.issuer,
            client_id=input.client_id,
            client_secret=input.client_secret,
            scopes=input.scopes,
            claim=input.claim,
            label=input.label,
        )
        return _shown(info, row)

    @mutation("Let nobody sign in by a provider any more. Whoever is signed in stays so.")
    async def remove_sign_in_provider(self, info: Info) -> RemoveSignInProviderResult:
        removed = await sign_in.remove_sign_in_provider(info.context.work)
        return SignInProviderRemoved(removed=removed)


def _shown(info: Info, row: models.SignInProvider) -> SignInProvider:
    work = info.context.work
    return SignInProvider(
        issuer=row.issuer,
        client_id=row.client_id,
        has_secret=row.sealed_secret is not None,
        scopes=row.scopes,
        claim=row.claim,
        label=row.label,
        answer_address=sign_in.answer_address(work.runtime.settings.base_url, work.tenant),
        signed_out_address=sign_in.signed_out_address(work.runtime.settings.base_url, work.tenant),
        changed_at=row.changed_at,
        row=row,
    )
