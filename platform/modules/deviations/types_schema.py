"""What the parts of deviations share in the API: enums, answers to a form, and times."""

from datetime import datetime
from uuid import UUID

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....tenants.work import STOCKHOLM
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import models, service
from .forms import Answered

DeviationType = models.DeviationType
strawberry.enum(DeviationType, description="What was reported, or what it has become.")
DeviationLaw = models.Law
strawberry.enum(DeviationLaw, name="DeviationLaw", description="A law that a case is by.")
DeviationState = models.CaseState
strawberry.enum(DeviationState, name="DeviationState", description="How far a case has come.")
DeviationConcerns = models.Concerns
strawberry.enum(DeviationConcerns, name="DeviationConcerns", description="Whom it is about.")
DeviationConsequence = models.Consequence
strawberry.enum(
    DeviationConsequence,
    name="DeviationConsequence",
    description="What it came to for the individual, the mildest first.",
)
DeviationFormKind = models.FormKind
strawberry.enum(DeviationFormKind, name="DeviationFormKind", description="What a form is for.")
DeviationHappened = models.Happened
strawberry.enum(DeviationHappened, name="DeviationHappened", description="What was done in a case.")
DeviationDecisionPart = models.DecisionPart
strawberry.enum(
    DeviationDecisionPart,
    name="DeviationDecisionPart",
    description="What is decided: Lex Sarah by SoL and LSS, or Lex Maria by HSL.",
)
DeviationFinding = models.Finding
strawberry.enum(DeviationFinding, name="DeviationFinding", description="What it was found to be.")
NilKind = models.NilKind
strawberry.enum(NilKind, name="DeviationNilKind", description="What there was nothing of.")
DeviationPart = service.Part
strawberry.enum(
    DeviationPart, name="DeviationPart", description="A part of a case, with readers of its own."
)


@strawberry.type(description="A question of a form and its answer, in the reader's language.")
class DeviationAnswer:
    key: str = strawberry.field(description="The field's key in the form.")
    label: str = strawberry.field(description="The question.")
    answer: str = strawberry.field(description="The answer in words; empty without one.")

    @classmethod
    def of(cls, each: Answered) -> "DeviationAnswer":
        return cls(key=each.key, label=each.label, answer=each.answer)


@strawberry.input(description="The answer to one field of a form.")
class DeviationAnswerInput:
    key: str = strawberry.field(description="The field's key in the form.")
    value: str = strawberry.field(
        description="Text, a choice's key, a day as 2026-01-31, or true for a tick."
    )


def answers_in(given: list[DeviationAnswerInput]) -> dict[str, object]:
    return {each.key: each.value for each in given}


def moment(at: datetime | None) -> datetime | None:
    """A time without an offset is one of Sweden."""
    return at if at is None or at.tzinfo else at.replace(tzinfo=STOCKHOLM)


async def unit_at(info: Info, id: UUID | None) -> Unit | None:
    return None if id is None else await Unit.find(info, id)


async def person(info: Info, id: UUID | None) -> Person | None:
    return None if id is None else await Person.find(info, id)


def maybe_id(id: strawberry.ID | None, *types: type[Node], field: str) -> UUID | None:
    return local_id(id, *types, field=field) if id else None
