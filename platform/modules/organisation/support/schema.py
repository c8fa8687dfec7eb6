"""The operator's support in the API: let in, ended, and what it did."""

from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import func

from .....graphql.context import Info
from .....graphql.nodes import Node, local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .....graphql.stored import Related, Value, many, one, planned
from .....tenants import seeing_models, support
from .....tenants.guises import consent_stands
from ..moments import aware
from ..people.schema import Person


@strawberry.type(description="Somebody of the operator came in, or may yet by a link.")
class SupportVisit(Node):
    model = seeing_models.SupportVisit
    permission = "tenant.read"

    row: strawberry.Private[seeing_models.SupportVisit]
    email: str = strawberry.field(description="Who.")
    link_until: datetime = strawberry.field(description="Until when the link could be used.")
    begun_at: datetime | None = strawberry.field(description="When it was; null if not.")
    ended_at: datetime | None = strawberry.field(description="When they left by themselves.")


@strawberry.type(description="The municipality lets the operator's support in, for a time.")
class SupportConsent(Node):
    model = seeing_models.SupportConsent
    permission = "tenant.read"
    change = "tenant.support"

    row: strawberry.Private[seeing_models.SupportConsent]
    reason: str = strawberry.field(description="Why.")
    valid_from: datetime = strawberry.field(description="From when.")
    valid_to: datetime = strawberry.field(description="Until when, seven days later at most.")
    may_write: bool = strawberry.field(description="Whether support may change anything.")
    modules: list[str] = strawberry.field(
        description="What support sees: modules, organisation, or people for the register."
    )
    ended_at: datetime | None = strawberry.field(description="When it was ended by hand.")
    opened_by: Person | None = one(seeing_models.SupportConsent.opened_by, "Who let them in.")
    ended_by: Person | None = one(seeing_models.SupportConsent.ended_by, "Who ended it.")
    visits: list[SupportVisit] = many(
        seeing_models.SupportVisit.consent_id, "Those who came in by it."
    )

    @strawberry.field(
        description="Whether support can come in just now.",
        metadata=planned(Value(lambda place: consent_stands(func.now(), place.row))),
    )
    def stands(self, info: Info) -> bool:
        row, now = self.row, info.context.work.now
        return row.ended_at is None and row.valid_from <= now < row.valid_to


OpenSupportResult = Annotated[
    SupportConsent | Problem, strawberry.union("OpenSupportResult", description=ANSWER)
]
EndSupportResult = Annotated[
    SupportConsent | Problem, strawberry.union("EndSupportResult", description=ANSWER)
]


@strawberry.input(description="Whom to let in, and to what.")
class OpenSupportInput:
    reason: str = strawberry.field(description="Why.")
    modules: list[str] = strawberry.field(
        description="What support sees: modules, organisation, or people for the register."
    )
    valid_from: datetime | None = strawberry.field(
        default=None, description="From when; left out from now."
    )
    valid_to: datetime = strawberry.field(description="Until when, seven days later at most.")
    may_write: bool = strawberry.field(
        default=False, description="Whether support may change anything."
    )


CONSENTS = Related(
    lambda row, place: row.tenant_id == place.given.tenant,
    lambda row, _place: (row.created_at.desc(),),
    asks=(SupportConsent.permission,),
)


@strawberry.type
class SupportQuery:
    @strawberry.field(
        description="All that support was ever let in by, the latest first; for full "
        "administrators and auditors.",
        metadata=planned(CONSENTS),
    )
    async def support_consents(self, info: Info) -> list[SupportConsent]:
        rows = await support.consents(info.context.work)
        return [SupportConsent.of(opened.consent) for opened in rows]


@strawberry.type
class SupportMutation:
    @mutation("Let the operator's support in, for a time.")
    async def open_support(self, info: Info, input: OpenSupportInput) -> OpenSupportResult:
        valid_to = aware(input.valid_to, field="validTo")
        assert valid_to is not None
        consent = await support.open_support(
            info.context.work,
            reason=input.reason,
            valid_from=aware(input.valid_from, field="validFrom"),
            valid_to=valid_to,
            may_write=input.may_write,
            modules=input.modules,
        )
        return SupportConsent.of(consent)

    @mutation("Let support in no more. Whoever is in is out at their next request.")
    async def end_support(self, info: Info, id: strawberry.ID) -> EndSupportResult:
        ended = await support.end_support(info.context.work, local_id(id, SupportConsent))
        return SupportConsent.of(ended)
