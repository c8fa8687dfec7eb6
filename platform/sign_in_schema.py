"""How the municipality's people sign in, in the API. The secret goes in, and never out."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from ..graphql.context import Info
from ..graphql.nodes import Node, local_id
from ..graphql.problems import ANSWER, Problem, mutation
from ..graphql.stored import Value, many, one, planned
from ..tenants import models
from ..tenants.sign_in import providers
from ..tenants.sign_in.models import PersonIdentity, ProviderLevel
from ..tenants.sign_in.people import accounts_of, find_account, release_account
from .modules.organisation.people.schema import Person


@strawberry.type(description="What a value of acr of a provider stands for.")
class AssuranceLevel:
    model = ProviderLevel

    acr: str = strawberry.field(description="The value, as the provider sends it.")
    level: int = strawberry.field(description="The level of assurance, 1 to 4.")
    row: strawberry.Private[ProviderLevel]

    @classmethod
    def of(cls, row: ProviderLevel) -> Self:
        return cls(acr=row.acr, level=row.level, row=row)


@strawberry.type(description="An identity provider (OpenID Connect) that people sign in by.")
class SignInProvider(Node):
    model = models.SignInProvider
    permission = "tenant.read"

    row: strawberry.Private[models.SignInProvider]
    issuer: str = strawberry.field(description="Address of the issuer, exactly as it names itself.")
    client_id: str = strawberry.field(description="What it knows the service as.")
    scopes: list[str] = strawberry.field(description="What it is asked for.")
    claim: str = strawberry.field(description="The claim that holds a person's e-mail address.")
    vouches: bool = strawberry.field(
        description="Whether its addresses are right also when it does not say that they are."
    )
    label: str = strawberry.field(description="The words on the button; empty for the usual ones.")
    changed_at: datetime = strawberry.field(description="When this was set.")

    @strawberry.field(
        description="Whether there is a client secret.",
        metadata=planned(Value(lambda place: place.row.sealed_secret.is_not(None))),
    )
    def has_secret(self) -> bool:
        return self.row.sealed_secret is not None

    @strawberry.field(description="The redirect address, which has to be registered there.")
    def answer_address(self, info: Info) -> str:
        work = info.context.work
        return providers.answer_address(work.runtime.settings.base_url, work.tenant)

    @strawberry.field(
        description="Where it sends people after signing out, which can be registered there."
    )
    def signed_out_address(self, info: Info) -> str:
        work = info.context.work
        return providers.signed_out_address(work.runtime.settings.base_url, work.tenant)

    levels: list[AssuranceLevel] = many(
        ProviderLevel.provider_id,
        "What its values of acr stand for, the lowest level first.",
        order=lambda row: (row.level,),
    )
    changed_by: Person | None = one(
        models.SignInProvider.changed_by, "Who set it; null when the service's operator did."
    )


@strawberry.type(description="An account at an identity provider that is a person.")
class SignInAccount(Node):
    model = PersonIdentity
    permission = "people.edit"

    row: strawberry.Private[PersonIdentity]
    issuer: str = strawberry.field(description="Address of the provider.")
    subject: str = strawberry.field(description="The account, as the provider names it.")
    created_at: datetime = strawberry.field(description="When it was used for the first time.")
    last_used_at: datetime = strawberry.field(description="When it was used last.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> Self | None:
        return cls.maybe(await find_account(info.context.work, id))

    person: Person | None = one(PersonIdentity.person_id, "Whom it lets in.")


@strawberry.type(description="Nobody can sign in by the provider any more.")
class SignInProviderRemoved:
    removed: bool = strawberry.field(description="Whether it was there.")


@strawberry.type(description="The providers in their new order.")
class SignInProvidersOrdered:
    providers: list[SignInProvider] = strawberry.field(description="As their buttons stand.")


SetSignInProviderResult = Annotated[
    SignInProvider | Problem, strawberry.union("SetSignInProviderResult", description=ANSWER)
]
RemoveSignInProviderResult = Annotated[
    SignInProviderRemoved | Problem,
    strawberry.union("RemoveSignInProviderResult", description=ANSWER),
]
MoveSignInProviderResult = Annotated[
    SignInProvidersOrdered | Problem,
    strawberry.union("MoveSignInProviderResult", description=ANSWER),
]
SetAssuranceLevelsResult = Annotated[
    SignInProvider | Problem, strawberry.union("SetAssuranceLevelsResult", description=ANSWER)
]
ReleaseSignInAccountResult = Annotated[
    Person | Problem, strawberry.union("ReleaseSignInAccountResult", description=ANSWER)
]


@strawberry.input(description="An identity provider that people shall sign in by.")
class SetSignInProviderInput:
    issuer: str = strawberry.field(description="Address of the issuer, with https.")
    client_id: str = strawberry.field(description="What it knows the service as.")
    client_secret: str | None = strawberry.field(
        default=None, description="Left out, the secret stays; for another client it is forgotten."
    )
    scopes: list[str] = strawberry.field(
        default_factory=lambda: list(providers.SCOPES), description="What to ask it for."
    )
    claim: str = strawberry.field(
        default=providers.EMAIL, description="The claim that holds a person's e-mail address."
    )
    vouches: bool = strawberry.field(
        default=False,
        description="Whether its addresses are right also when it does not say that they are.",
    )
    label: str = strawberry.field(default="", description="The words on the button.")


@strawberry.input(description="What a value of acr stands for.")
class AssuranceLevelInput:
    acr: str = strawberry.field(description="The value, as the provider sends it.")
    level: int = strawberry.field(description="The level of assurance, 1 to 4.")


@strawberry.type
class SignInQuery:
    @strawberry.field(description="How people sign in, in the order of the buttons.")
    async def sign_in_providers(self, info: Info) -> list[SignInProvider]:
        return [
            SignInProvider.of(row) for row in await providers.sign_in_providers(info.context.work)
        ]

    @strawberry.field(
        description="The accounts that let someone in, for those who may change that person."
    )
    async def sign_in_accounts(self, info: Info, person_id: strawberry.ID) -> list[SignInAccount]:
        found = await accounts_of(info.context.work, local_id(person_id, Person, field="personId"))
        return [SignInAccount.of(row) for row in found]


@strawberry.type
class SignInMutation:
    @mutation("Let people sign in by this provider: one that is there already is changed.")
    async def set_sign_in_provider(
        self, info: Info, input: SetSignInProviderInput
    ) -> SetSignInProviderResult:
        row = await providers.set_sign_in_provider(
            info.context.work,
            issuer=input.issuer,
            client_id=input.client_id,
            client_secret=input.client_secret,
            scopes=input.scopes,
            claim=input.claim,
            vouches=input.vouches,
            label=input.label,
        )
        return SignInProvider.of(row)

    @mutation("Let nobody sign in by a provider any more. Whoever is signed in stays so.")
    async def remove_sign_in_provider(
        self, info: Info, id: strawberry.ID
    ) -> RemoveSignInProviderResult:
        await providers.remove_sign_in_provider(info.context.work, local_id(id, SignInProvider))
        return SignInProviderRemoved(removed=True)

    @mutation("Let a provider's button change places with the one before or after it.")
    async def move_sign_in_provider(
        self, info: Info, id: strawberry.ID, up: bool
    ) -> MoveSignInProviderResult:
        work = info.context.work
        await providers.move_sign_in_provider(work, local_id(id, SignInProvider), up=up)
        rows = await providers.sign_in_providers(work)
        return SignInProvidersOrdered(providers=[SignInProvider.of(row) for row in rows])

    @mutation("Say what a provider's values of acr stand for: these, and no others.")
    async def set_assurance_levels(
        self, info: Info, id: strawberry.ID, levels: list[AssuranceLevelInput]
    ) -> SetAssuranceLevelsResult:
        work, provider_id = info.context.work, local_id(id, SignInProvider)
        wanted = {each.acr: each.level for each in levels}
        await providers.set_provider_levels(work, provider_id, wanted)
        return SignInProvider.of(await providers.sign_in_provider(work, provider_id))

    @mutation("Let an account be nobody's, so that the next sign-in goes by the e-mail address.")
    async def release_sign_in_account(
        self, info: Info, id: strawberry.ID
    ) -> ReleaseSignInAccountResult:
        work = info.context.work
        person_id = await release_account(work, local_id(id, SignInAccount))
        return Person.of(await work.get(models.Person, person_id))
