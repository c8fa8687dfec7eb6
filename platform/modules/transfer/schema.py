"""All of a municipality, out and gone, in the API."""

from datetime import date, datetime
from typing import Annotated

import strawberry
from sqlalchemy import func

from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ....graphql.stored import Related, one, planned
from ..organisation.files.jobs_schema import Job
from ..organisation.people.schema import Person
from . import erasing, models, service


@strawberry.type(description="Somebody had everything of the municipality written to an archive.")
class TenantExport(Node):
    model = models.TenantExport
    permission = "tenant.export"

    row: strawberry.Private[models.TenantExport]
    reason: str = strawberry.field(description="Why.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    made_at: datetime | None = strawberry.field(description="When it was made, if it has been.")
    digest: str | None = strawberry.field(
        description="SHA-256 of the archive's manifest, which vouches for all of it."
    )
    row_count: int | None = strawberry.field(description="Rows of all tables.")
    file_count: int | None = strawberry.field(description="Files.")
    fault_count: int | None = strawberry.field(
        description="Files that could not be read and are not in it; its manifest names them."
    )
    text_count: int | None = strawberry.field(
        description="Texts that are sealed in it: they open elsewhere with the key taken out here."
    )
    texts_without_key: int | None = strawberry.field(
        description="Of them those that nobody opens elsewhere, since no key had been taken out."
    )

    removed_at: datetime | None = strawberry.field(
        description="When the archive was removed, since it named people who have been purged."
    )

    asked_by: Person | None = one(models.TenantExport.asked_by, "Who asked for it.")
    job: Job | None = one(models.TenantExport.job_id, "What makes it; it has the archive.")


@strawberry.type(description="The municipality is to be erased, or was to be.")
class TenantErasure(Node):
    model = models.TenantErasure
    permission = "tenant.erase"

    row: strawberry.Private[models.TenantErasure]
    reason: str = strawberry.field(description="Why.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    notice_days: int = strawberry.field(description="Days between confirmation and erasure.")
    confirmed_at: datetime | None = strawberry.field(description="When another one confirmed it.")
    due_on: date | None = strawberry.field(description="The day from which it can be carried out.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was withdrawn.")

    asked_by: Person | None = one(models.TenantErasure.asked_by, "Who asked for it.")
    confirmed_by: Person | None = one(models.TenantErasure.confirmed_by, "Who confirmed it.")


ExportTenantResult = Annotated[
    Job | Problem, strawberry.union("ExportTenantResult", description=ANSWER)
]
AskForErasureResult = Annotated[
    TenantErasure | Problem, strawberry.union("AskForErasureResult", description=ANSWER)
]
ConfirmErasureResult = Annotated[
    TenantErasure | Problem, strawberry.union("ConfirmErasureResult", description=ANSWER)
]
WithdrawErasureResult = Annotated[
    TenantErasure | Problem, strawberry.union("WithdrawErasureResult", description=ANSWER)
]

STANDING = Related(lambda row, _place: row.withdrawn_at.is_(None), asks=("tenant.erase",))
EXPORTS = Related(
    lambda row, _place: row.created_at > func.now() - service.SHOWN_FOR,
    lambda row, _place: (row.id.desc(),),
    asks=("tenant.export",),
)


@strawberry.type
class TransferQuery:
    @strawberry.field(
        description="The exports of all of the municipality during the last year, latest first.",
        metadata=planned(EXPORTS),
    )
    async def tenant_exports(self, info: Info) -> list[TenantExport]:
        found = await service.tenant_exports(info.context.work)
        return [TenantExport.of(export) for export, _file in found]

    @strawberry.field(
        description="The erasure that stands, if one has been asked for.",
        metadata=planned(STANDING),
    )
    async def tenant_erasure(self, info: Info) -> TenantErasure | None:
        return TenantErasure.maybe(await erasing.standing_erasure(info.context.work))


@strawberry.type
class TransferMutation:
    @mutation("Have everything of the municipality written to an archive.")
    async def export_tenant(self, info: Info, reason: str) -> ExportTenantResult:
        return Job.of(await service.ask_for_tenant_export(info.context.work, reason=reason))

    @mutation("Ask that the municipality be erased. Another full administrator confirms it.")
    async def ask_for_erasure(self, info: Info, reason: str) -> AskForErasureResult:
        return TenantErasure.of(await erasing.ask_for_erasure(info.context.work, reason=reason))

    @mutation("Confirm an erasure that another full administrator asked for; the notice begins.")
    async def confirm_erasure(self, info: Info, id: strawberry.ID) -> ConfirmErasureResult:
        erasure_id = local_id(id, TenantErasure)
        return TenantErasure.of(await erasing.confirm_erasure(info.context.work, erasure_id))

    @mutation("Withdraw an erasure: the municipality stays.")
    async def withdraw_erasure(self, info: Info, id: strawberry.ID) -> WithdrawErasureResult:
        erasure_id = local_id(id, TenantErasure)
        return TenantErasure.of(await erasing.withdraw_erasure(info.context.work, erasure_id))
