"""The operator's support in the API: let in, ended, and what it did."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from ....graphql.context import Info
from ....graphql.problems import ANSWER, Problem, mutation
from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ....tenants import seeing_models, support
from .moments import aware
from .people_schema import Person, by_whom


@strawberry.type(description="Somebody of the operator came in, or may yet by a link.")
class SupportVisit:
    email: str = strawberry.field(description="Who.")
    link_until: datetime = strawberry.field(description="Until when the link could be used.")
    begun_at: datetime | None = strawberry.field(description="When it was; null if not.")
    ended_at: datetime | None = strawberry.field(description="When they left by themselves.")


@strawberry.type(description="The municipality lets the operator's support in, for a time.")
class SupportConsent:
    id: UUID = strawberry.field(description="To end it by.")
    reason: str = strawberry.field(description="Why.")
    valid_from: datetime = strawberry.field(description="From when.")
    valid_to: datetime = strawberry.field(description="Until when, seven days later at most.")
    may_write: bool = strawberry.field(description="Whether support may change anything.")
    modules: list[str] = strawberry.field(
        description="What support sees: modules, organisation, or people for the register."
    )
    stands: bool = strawberry.field(description="Whether support can come in just now.")
    ended_at: datetime | None = strawberry.field(description="When it was ended by hand.")
    visits: list[SupportVisit] = strawberry.field(description="Those who came in by it.")
    row: strawberry.Private[seeing_models.SupportConsent]

    @strawberry.field(description="Who let them in.")
    async def opened_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.opened_by)

    @strawberry.field(description="Who ended it.")
    async def ended_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.ended_by)


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


@strawberry.type
class SupportQuery:
    @strawberry.field(
        description="All that support was ever let in by, the latest first; for full "
        "administrators and auditors."
    )
    async def support_consents(self, info: Info) -> list[SupportConsent]:
        return [_shown(opened) for opened in await support.consents(info.context.work)]


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
        return await _one(info, consent.id)

    @mutation("Let support in no more. Whoever is in is out at their next request.")
    async def end_support(self, info: Info, id: str) -> EndSupportResult:
        try:
            consent_id = UUID(id)
        except ValueError:
            raise InvalidInput(
                _("This is not an id of the API. Ids look like Unit:0192f0c4-…"), field="id"
            ) from None
        return await _one(info, (await support.end_support(info.context.work, consent_id)).id)


async def _one(info: Info, consent_id: UUID) -> SupportConsent:
    opened = await support.consents(info.context.work)
    return next(_shown(each) for each in opened if each.consent.id == consent_id)


def _shown(opened: support.Opened) -> SupportConsent:
    row = opened.consent
    return SupportConsent(
        id=row.id,
        reason=row.reason,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        may_write=row.may_write,
        modules=row.modules,
        stands=opened.stands,
        ended_at=row.ended_at,
        visits=[
            SupportVisit(
                email=visit.email,
                link_until=visit.link_until,
                begun_at=visit.begun_at,
                ended_at=visit.ended_at,
            )
            for visit in opened.visits
        ],
        row=row,
    )
