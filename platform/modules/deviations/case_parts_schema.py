"""The parts of a case in the API, as those who may see them get them."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from ....graphql.context import Info
from ..organisation.people.schema import Person
from .types_schema import (
    DeviationAnswer,
    DeviationDecisionPart,
    DeviationFinding,
    DeviationFormKind,
    DeviationHappened,
    DeviationLaw,
    person,
)


@strawberry.type(description="How bad and how likely it is that it happens again, by one law.")
class DeviationRisk:
    law: DeviationLaw = strawberry.field(description="By which law.")
    severity: int = strawberry.field(description="1 to 4.")
    probability: int = strawberry.field(description="1 to 4.")
    value: int = strawberry.field(description="Their product.")
    assessed_with: str = strawberry.field(description="With whom it was assessed.")
    assessed_at: datetime = strawberry.field(description="When.")
    version: int = strawberry.field(description="Send it along when you assess it anew.")


@strawberry.type(description="A document of the investigation.")
class DeviationDocument:
    kind: DeviationFormKind = strawberry.field(description="Which one.")
    version: int = strawberry.field(description="Send it along when you write; 0 for none yet.")
    answers: list[DeviationAnswer] = strawberry.field(description="By the form it was begun with.")
    written_at: datetime | None = strawberry.field(description="When it was written last.")
    completed_at: datetime | None = strawberry.field(description="When it was completed.")
    written_by_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Who wrote it last.")
    async def written_by(self, info: Info) -> Person | None:
        return await person(info, self.written_by_id)


@strawberry.type(description="What was decided, and whether the authority (IVO) was told.")
class DeviationDecision:
    part: DeviationDecisionPart = strawberry.field(description="Lex Sarah or Lex Maria.")
    finding: DeviationFinding = strawberry.field(description="What it was found to be.")
    reason: str = strawberry.field(description="Why.")
    notified: bool = strawberry.field(description="Whether the authority was told.")
    notified_on: date | None = strawberry.field(description="When.")
    authority_case_number: str = strawberry.field(description="The authority's case number.")
    registry_number: str = strawberry.field(description="The municipality's registry number.")
    decided_at: datetime = strawberry.field(description="When it was decided.")


@strawberry.type(description="Something to be done because of a case.")
class DeviationAction:
    id: strawberry.ID = strawberry.field(description="As its owner knows it.")
    title: str = strawberry.field(description="What is to be done.")
    due_on: date = strawberry.field(description="Its last day.")
    outcome: str = strawberry.field(description="How it went; empty until it is done.")
    done_at: datetime | None = strawberry.field(description="When it was done.")
    version: int = strawberry.field(description="Send it along when you finish it.")
    owner_id: strawberry.Private[UUID]

    @strawberry.field(description="Who does it.")
    async def owner(self, info: Info) -> Person | None:
        return await person(info, self.owner_id)


@strawberry.type(description="What was done in a case.")
class DeviationEvent:
    what: DeviationHappened = strawberry.field(description="What was done.")
    at: datetime = strawberry.field(description="When.")
    note: str = strawberry.field(description="What was said about it.")
    done_by_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Who did it.")
    async def done_by(self, info: Info) -> Person | None:
        return await person(info, self.done_by_id)
