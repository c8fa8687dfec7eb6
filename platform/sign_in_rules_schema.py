"""Roles from claims, and what the municipality demands of a sign-in, in the API."""

from typing import Annotated
from uuid import UUID

import strawberry

from ..graphql.context import Info
from ..graphql.nodes import Node, local_id
from ..graphql.problems import ANSWER, Problem, mutation
from ..graphql.stored import one
from ..tenants.sign_in import rules
from ..tenants.sign_in.assurance import SignInSettings as Chosen
from ..tenants.sign_in.models import ClaimRule as Row
from ..tenants.sign_in.providers import chosen_provider
from ..tenants.sign_in.settings import change_sign_in_settings, sign_in_settings
from ..tenants.work import Work
from .modules.organisation.people.schema import Person
from .modules.organisation.units.schema import Unit
from .sign_in_schema import SignInProvider

strawberry.enum(
    rules.Effect, name="RuleEffect", description="What a rule comes to for some claims."
)


@strawberry.type(description="Whoever has a claim with a value that fits gets a role.")
class ClaimRule(Node):
    model = Row
    permission = "tenant.read"

    row: strawberry.Private[Row]
    claim: str = strawberry.field(description="The claim, such as groups.")
    pattern: str = strawberry.field(description="Its value; one * in it is anything.")
    role: str = strawberry.field(description="The role that it gives.")
    unit_code: str | None = strawberry.field(
        description="Code of the unit; a * in it is what stood there. Null is everywhere."
    )
    provider: SignInProvider | None = one(Row.provider_id, "Of which provider; null is of any.")


@strawberry.type(description="A rule that was tried on some claims.")
class RuleTried:
    rule: ClaimRule = strawberry.field(description="The rule.")
    effect: rules.Effect = strawberry.field(description="What it comes to.")
    value: str = strawberry.field(description="The value that fits; empty when none does.")
    unit_code: str = strawberry.field(description="Code of the unit that it names, if it does.")
    unit_id: strawberry.Private[UUID | None]

    @strawberry.field(description="That unit; null where there is none with the code.")
    async def unit(self, info: Info) -> Unit | None:
        return None if self.unit_id is None else await Unit.find(info, self.unit_id)


@strawberry.type(description="What a sign-in with some claims would come to.")
class ClaimsTried:
    person: Person | None = strawberry.field(description="Who would come in; null for nobody yet.")
    found_by: str = strawberry.field(
        description="How: account, email, new (would be put into the register) or nobody."
    )
    level: int = strawberry.field(description="The level of assurance.")
    rules: list[RuleTried] = strawberry.field(description="Every rule, in their order.")


@strawberry.type(description="The lowest level of assurance of a part of the service.")
class LevelDemand:
    module: str = strawberry.field(description="The part, by name.")
    level: int = strawberry.field(description="1 to 4.")
    programs: bool = strawberry.field(description="Whether programs come in all the same.")


@strawberry.type(description="What the municipality has chosen of how its people come in.")
class SignInSettings:
    rules_on: bool = strawberry.field(description="Whether rules give roles at each sign-in.")
    full_administrator_by_rules: bool = strawberry.field(
        description="Whether a rule may make somebody a full administrator."
    )
    make_people: bool = strawberry.field(
        description="Whether somebody unknown is put into the register at the first sign-in."
    )
    name_claims: list[str] = strawberry.field(description="Where their name is looked for.")
    demands: list[LevelDemand] = strawberry.field(description="What asks for a level, by name.")


@strawberry.type(description="The rule is gone.")
class ClaimRuleRemoved:
    removed: bool = strawberry.field(description="Whether it was there.")


AddClaimRuleResult = Annotated[
    ClaimRule | Problem, strawberry.union("AddClaimRuleResult", description=ANSWER)
]
RemoveClaimRuleResult = Annotated[
    ClaimRuleRemoved | Problem, strawberry.union("RemoveClaimRuleResult", description=ANSWER)
]
ChangeSignInSettingsResult = Annotated[
    SignInSettings | Problem, strawberry.union("ChangeSignInSettingsResult", description=ANSWER)
]


@strawberry.input(description="A rule for whom a role is given to.")
class AddClaimRuleInput:
    claim: str = strawberry.field(description="The claim, such as groups.")
    pattern: str = strawberry.field(description="Its value; one * in it is anything.")
    role: str = strawberry.field(description="The role that it gives.")
    unit_code: str | None = strawberry.field(
        default=None, description="Code of the unit; a * in it is what stood there."
    )
    provider_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of which provider; left out, of any."
    )


@strawberry.input(description="The lowest level of assurance of a part of the service.")
class LevelDemandInput:
    module: str = strawberry.field(description="The part, by name.")
    level: int = strawberry.field(description="1 to 4.")
    programs: bool = strawberry.field(
        default=False, description="Whether programs come in all the same."
    )


@strawberry.input(description="What the municipality chooses; what is left out stays.")
class ChangeSignInSettingsInput:
    rules_on: bool | None = strawberry.field(
        default=None, description="Whether rules give roles at each sign-in."
    )
    full_administrator_by_rules: bool | None = strawberry.field(
        default=None, description="Whether a rule may make somebody a full administrator."
    )
    make_people: bool | None = strawberry.field(
        default=None,
        description="Whether somebody unknown is put into the register at the first sign-in.",
    )
    name_claims: list[str] | None = strawberry.field(
        default=None, description="Where their name is looked for."
    )
    demands: list[LevelDemandInput] | None = strawberry.field(
        default=None, description="What asks for a level: these, and no others."
    )


@strawberry.type
class SignInRulesQuery:
    @strawberry.field(description="The rules that give roles by claims, in their order.")
    async def claim_rules(self, info: Info) -> list[ClaimRule]:
        return [ClaimRule.of(row) for row in await rules.claim_rules(info.context.work)]

    @strawberry.field(description="What the municipality has chosen of how its people come in.")
    async def sign_in_settings(self, info: Info) -> SignInSettings:
        work = info.context.work
        return _chosen(work, await sign_in_settings(work))

    @strawberry.field(
        description="What a sign-in with some claims would come to, and why. Nothing is changed."
    )
    async def try_claims(self, info: Info, provider_id: strawberry.ID, claims: str) -> ClaimsTried:
        work = info.context.work
        work.require("tenant.configure")
        wanted = local_id(provider_id, SignInProvider, field="providerId")
        provider = await chosen_provider(work, wanted)
        found = await rules.try_claims(work, rules.read_claims(claims), provider=provider)
        return ClaimsTried(
            person=Person.maybe(found.person),
            found_by=found.found_by,
            level=found.level,
            rules=[
                RuleTried(
                    rule=ClaimRule.of(each.rule),
                    effect=each.effect,
                    value=each.value,
                    unit_code=each.unit_code,
                    unit_id=each.unit_id,
                )
                for each in found.tried
            ],
        )


@strawberry.type
class SignInRulesMutation:
    @mutation("Give a role to whoever has a claim with a value that fits.")
    async def add_claim_rule(self, info: Info, input: AddClaimRuleInput) -> AddClaimRuleResult:
        provider = None
        if input.provider_id is not None:
            provider = local_id(input.provider_id, SignInProvider, field="providerId")
        rule = await rules.add_claim_rule(
            info.context.work,
            claim=input.claim,
            pattern=input.pattern,
            role=input.role,
            unit_code=input.unit_code,
            provider_id=provider,
        )
        return ClaimRule.of(rule)

    @mutation("Take a rule away. What it has given is taken at each person's next sign-in.")
    async def remove_claim_rule(self, info: Info, id: strawberry.ID) -> RemoveClaimRuleResult:
        await rules.remove_claim_rule(info.context.work, local_id(id, ClaimRule))
        return ClaimRuleRemoved(removed=True)

    @mutation("Choose how people come in. It holds at once, also for who is signed in.")
    async def change_sign_in_settings(
        self, info: Info, input: ChangeSignInSettingsInput
    ) -> ChangeSignInSettingsResult:
        names = ("rules_on", "full_administrator_by_rules", "make_people", "name_claims")
        values = {name: getattr(input, name) for name in names}
        values = {name: value for name, value in values.items() if value is not None}
        if input.demands is not None:
            values["levels"] = {each.module: each.level for each in input.demands}
            values["programs"] = [each.module for each in input.demands if each.programs]
        work = info.context.work
        return _chosen(work, await change_sign_in_settings(work, values))


def _chosen(work: Work, settings: Chosen) -> SignInSettings:
    modules = work.tenant.modules | {demand.module for demand in work.tenant.locked}
    return SignInSettings(
        rules_on=settings.rules_on,
        full_administrator_by_rules=settings.full_administrator_by_rules,
        make_people=settings.make_people,
        name_claims=list(settings.name_claims),
        demands=[
            LevelDemand(module=each.module, level=each.level, programs=each.programs)
            for each in sorted(settings.demands(modules))
        ],
    )
