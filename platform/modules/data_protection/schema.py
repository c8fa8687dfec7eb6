"""The data protection registers in the API."""

from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from ....graphql.context import Info
from ....graphql.inputs import sent
from ....graphql.nodes import Node, local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....graphql.stored import Related, many, one, planned
from ..organisation.files.jobs_schema import Job
from ..organisation.people.schema import Person
from ..organisation.units.schema import Unit
from . import breaches, files, models, service

BreachState = models.BreachState
strawberry.enum(BreachState, description="Whether a breach has been told to the authority.")

READ = "data_protection.read"


@strawberry.type(description="Somebody whom a processor has engaged in its turn.")
class SubProcessor(Node):
    model = models.SubProcessor
    permission = READ

    row: strawberry.Private[models.SubProcessor]
    name: str = strawberry.field(description="Who it is.")
    task: str = strawberry.field(description="What it does.")
    country: str = strawberry.field(description="Where the data is treated.")
    safeguard: str = strawberry.field(
        description="What a transfer out of the EU rests on; empty where there is none."
    )
    announced_on: date = strawberry.field(description="When the municipality was told of it.")
    objection_by: date | None = strawberry.field(description="Last day to object.")
    from_on: date | None = strawberry.field(description="When it begins to treat data.")
    ended_on: date | None = strawberry.field(description="When it ended.")


@strawberry.type(description="An agreement with somebody who treats personal data for the town.")
class ProcessorAgreement(Node):
    model = models.ProcessorAgreement
    permission = READ

    row: strawberry.Private[models.ProcessorAgreement]
    processor: str = strawberry.field(description="Who it is with.")
    org_number: str = strawberry.field(description="Its organisation number.")
    contact: str = strawberry.field(description="Whom to reach there, and how.")
    subject: str = strawberry.field(description="What is treated, and for what.")
    registry_number: str = strawberry.field(description="Where the agreement is registered.")
    signed_on: date = strawberry.field(description="When it was signed.")
    review_on: date | None = strawberry.field(description="When it is to be looked over.")
    valid_to: date | None = strawberry.field(description="Its last day, if it has one.")
    ended_on: date | None = strawberry.field(description="When it ended.")
    note: str = strawberry.field(description="Anything more.")

    changed_by: Person | None = one(models.ProcessorAgreement.changed_by, "Who changed it last.")
    sub_processors: list[SubProcessor] = many(
        models.SubProcessor.agreement_id,
        "Those it has engaged.",
        order=lambda row: (row.ended_on.is_not(None), row.name),
    )


@strawberry.type(description="A treatment of personal data, as the record of them has it.")
class Processing(Node):
    model = models.Processing
    permission = READ

    row: strawberry.Private[models.Processing]
    module: str = strawberry.field(description="The part of this service; empty for others.")
    name: str = strawberry.field(description="What it is called.")
    purpose: str = strawberry.field(description="What for.")
    legal_basis: str = strawberry.field(description="What it rests on.")
    subjects: str = strawberry.field(description="Whom it is about.")
    data: str = strawberry.field(description="Which data.")
    recipients: str = strawberry.field(description="Who gets it.")
    transfers: str = strawberry.field(description="Transfers out of the EU.")
    retention: str = strawberry.field(description="How long it is kept.")
    security: str = strawberry.field(description="How it is protected.")
    review_on: date | None = strawberry.field(description="When it is to be looked over.")
    ended_on: date | None = strawberry.field(description="When it ended.")

    agreement: ProcessorAgreement | None = one(
        models.Processing.agreement_id, "The agreement with whoever treats it."
    )
    unit: Unit | None = one(models.Processing.unit_id, "The unit that answers for it.")


@strawberry.type(description="Personal data got lost, changed or into the wrong hands.")
class Breach(Node):
    model = models.Breach
    permission = READ

    row: strawberry.Private[models.Breach]
    what: str = strawberry.field(description="What has happened.")
    detected_at: datetime = strawberry.field(description="When it was found.")
    since: datetime = strawberry.field(description="From when data was touched.")
    until: datetime = strawberry.field(description="Up to when.")
    state: BreachState = strawberry.field(description="Open, or what was decided.")
    reason: str = strawberry.field(description="Why it was decided so.")
    case_number: str = strawberry.field(description="The authority's case number.")
    people_told_on: date | None = strawberry.field(description="When those concerned were told.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")

    reported_by: Person | None = one(models.Breach.reported_by, "Who reported it.")
    decided_by: Person | None = one(models.Breach.decided_by, "Who decided.")


def _all(*order: Any) -> Related:
    """Every row, in the order of its service."""
    return Related(
        lambda row, place: row.tenant_id == place.given.tenant,
        lambda row, _place: [each(row) for each in order],
        asks=(READ,),
    )


AGREEMENTS = _all(lambda row: row.ended_on.is_not(None), lambda row: row.processor)
PROCESSINGS = _all(lambda row: row.ended_on.is_not(None), lambda row: row.name)
BREACHES = _all(
    lambda row: row.state != models.BreachState.OPEN, lambda row: row.detected_at.desc()
)


IDS = {"agreement_id": ProcessorAgreement, "unit_id": Unit}


@strawberry.input(description="An agreement with a processor; what is left out stays as it was.")
class ProcessorAgreementInput:
    id: strawberry.ID | None = strawberry.field(default=None, description="Null for a new one.")
    processor: str | None = strawberry.field(default=strawberry.UNSET, description="Who.")
    org_number: str | None = strawberry.field(default=strawberry.UNSET, description="Its number.")
    contact: str | None = strawberry.field(default=strawberry.UNSET, description="Whom to reach.")
    subject: str | None = strawberry.field(default=strawberry.UNSET, description="What is treated.")
    registry_number: str | None = strawberry.field(
        default=strawberry.UNSET, description="Where it is registered."
    )
    signed_on: date | None = strawberry.field(default=strawberry.UNSET, description="When signed.")
    review_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="When to look it over."
    )
    valid_to: date | None = strawberry.field(default=strawberry.UNSET, description="Its last day.")
    note: str | None = strawberry.field(default=strawberry.UNSET, description="Anything more.")


@strawberry.input(description="Somebody whom a processor engages.")
class SubProcessorInput:
    agreement_id: strawberry.ID = strawberry.field(description="By which agreement.")
    name: str = strawberry.field(description="Who.")
    task: str = strawberry.field(description="What it does.")
    country: str = strawberry.field(description="Where the data is treated.")
    announced_on: date = strawberry.field(description="When the municipality was told.")
    safeguard: str = strawberry.field(default="", description="What a transfer rests on.")
    objection_by: date | None = strawberry.field(default=None, description="Last day to object.")
    from_on: date | None = strawberry.field(default=None, description="When it begins.")


@strawberry.input(description="A treatment in the record; what is left out stays as it was.")
class ProcessingInput:
    id: strawberry.ID | None = strawberry.field(default=None, description="Null for a new one.")
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Its name.")
    purpose: str | None = strawberry.field(default=strawberry.UNSET, description="What for.")
    legal_basis: str | None = strawberry.field(
        default=strawberry.UNSET, description="What it rests on."
    )
    subjects: str | None = strawberry.field(
        default=strawberry.UNSET, description="Whom it is about."
    )
    data: str | None = strawberry.field(default=strawberry.UNSET, description="Which data.")
    recipients: str | None = strawberry.field(default=strawberry.UNSET, description="Who gets it.")
    transfers: str | None = strawberry.field(
        default=strawberry.UNSET, description="Transfers out of the EU."
    )
    retention: str | None = strawberry.field(default=strawberry.UNSET, description="How long.")
    security: str | None = strawberry.field(default=strawberry.UNSET, description="How protected.")
    agreement_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The agreement with the processor."
    )
    unit_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The unit that answers for it."
    )
    review_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="When to look it over."
    )


@strawberry.input(description="A breach that was found.")
class BreachInput:
    what: str = strawberry.field(description="What has happened.")
    detected_at: datetime = strawberry.field(description="When it was found.")
    since: datetime = strawberry.field(description="From when data was touched.")
    until: datetime = strawberry.field(description="Up to when.")


@strawberry.input(description="What was decided of a breach.")
class BreachDecisionInput:
    id: strawberry.ID = strawberry.field(description="Which breach.")
    notified: bool = strawberry.field(description="Whether the authority was told.")
    reason: str = strawberry.field(default="", description="Why; needed when it was not told.")
    case_number: str = strawberry.field(default="", description="Needed when it was told.")
    people_told_on: date | None = strawberry.field(
        default=None, description="When those concerned were told."
    )


SaveProcessorAgreementResult = Annotated[
    ProcessorAgreement | Problem,
    strawberry.union("SaveProcessorAgreementResult", description=ANSWER),
]
AddSubProcessorResult = Annotated[
    SubProcessor | Problem, strawberry.union("AddSubProcessorResult", description=ANSWER)
]
SaveProcessingResult = Annotated[
    Processing | Problem, strawberry.union("SaveProcessingResult", description=ANSWER)
]
ReportBreachResult = Annotated[
    Breach | Problem, strawberry.union("ReportBreachResult", description=ANSWER)
]
DecideBreachResult = Annotated[
    Breach | Problem, strawberry.union("DecideBreachResult", description=ANSWER)
]
ExportBreachResult = Annotated[
    Job | Problem, strawberry.union("ExportBreachResult", description=ANSWER)
]


@strawberry.type
class DataProtectionQuery:
    @strawberry.field(
        description="All agreements with processors by name, those that have ended last.",
        metadata=planned(AGREEMENTS),
    )
    async def processor_agreements(self, info: Info) -> list[ProcessorAgreement]:
        return [ProcessorAgreement.of(row) for row in await service.agreements(info.context.work)]

    @strawberry.field(
        description="The record of treatments by name, those that have ended last.",
        metadata=planned(PROCESSINGS),
    )
    async def processings(self, info: Info) -> list[Processing]:
        return [Processing.of(row) for row in await service.processings(info.context.work)]

    @strawberry.field(
        description="Breaches, the open ones first, then the latest.", metadata=planned(BREACHES)
    )
    async def breaches(self, info: Info) -> list[Breach]:
        return [Breach.of(row) for row in await breaches.breaches(info.context.work)]


@strawberry.type
class DataProtectionMutation:
    @mutation("Add an agreement with a processor, or change one.")
    async def save_processor_agreement(
        self, info: Info, input: ProcessorAgreementInput
    ) -> SaveProcessorAgreementResult:
        id = local_id(input.id, ProcessorAgreement) if input.id else None
        values = sent(input, IDS, but=("id",))
        return ProcessorAgreement.of(await service.save_agreement(info.context.work, id, **values))

    @mutation("Add somebody whom a processor has announced or engaged.")
    async def add_sub_processor(
        self, info: Info, input: SubProcessorInput
    ) -> AddSubProcessorResult:
        values = sent(input, IDS, but=("id",))
        return SubProcessor.of(await service.save_sub_processor(info.context.work, None, **values))

    @mutation("Add a treatment to the record, or change one.")
    async def save_processing(self, info: Info, input: ProcessingInput) -> SaveProcessingResult:
        id = local_id(input.id, Processing) if input.id else None
        return Processing.of(
            await service.save_processing(info.context.work, id, **sent(input, IDS, but=("id",)))
        )

    @mutation("Report a breach that was found.")
    async def report_breach(self, info: Info, input: BreachInput) -> ReportBreachResult:
        return Breach.of(
            await breaches.report_breach(
                info.context.work,
                what=input.what,
                detected_at=input.detected_at,
                since=input.since,
                until=input.until,
            )
        )

    @mutation("Say whether a breach was told to the authority.")
    async def decide_breach(self, info: Info, input: BreachDecisionInput) -> DecideBreachResult:
        return Breach.of(
            await breaches.decide_breach(
                info.context.work,
                local_id(input.id, Breach),
                notified=input.notified,
                reason=input.reason,
                case_number=input.case_number,
                people_told_on=input.people_told_on,
            )
        )

    @mutation("Have what is known of a breach written to a file for the authority.")
    async def export_breach(self, info: Info, id: strawberry.ID) -> ExportBreachResult:
        return Job.of(await files.ask_for_breach(info.context.work, local_id(id, Breach)))
