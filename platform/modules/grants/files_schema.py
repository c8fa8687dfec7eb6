"""The register of grants as a file, in the API: asked for, and brought in."""

from datetime import date
from typing import Annotated

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import local_id
from ....graphql.problems import ANSWER, Problem, mutation
from ..organisation.files.jobs_schema import Job
from ..organisation.files.schema import StoredFile
from ..organisation.units.schema import Unit
from .exporting import ask_for_register
from .grants_schema import GrantGiver, GrantState
from .importing import LineState, import_stored
from .service import Filter


@strawberry.type(description="Something in a file of grants that has to be mended.")
class GrantRowError:
    row: int = strawberry.field(description="Row, as a spreadsheet counts.")
    column: str = strawberry.field(description="Heading of the column.")
    message: str = strawberry.field(description="What is wrong, and how to mend it.")


@strawberry.type(description="What a file of grants brought. With errors, nothing was written.")
class GrantImport:
    dry_run: bool = strawberry.field(description="Whether it was only tried.")
    created: int = strawberry.field(description="Grants that are new.")
    changed: int = strawberry.field(description="Grants of which something is changed.")
    unchanged: int = strawberry.field(description="Grants that were so already.")
    errors: list[GrantRowError] = strawberry.field(description="All that is wrong, row by row.")
    notices: list[str] = strawberry.field(description="What was left out, such as more sheets.")


ImportGrantsResult = Annotated[
    GrantImport | Problem, strawberry.union("ImportGrantsResult", description=ANSWER)
]
ExportGrantsResult = Annotated[
    Job | Problem, strawberry.union("ExportGrantsResult", description=ANSWER)
]


@strawberry.input(description="Which grants to write to a workbook: all that is given has to fit.")
class ExportGrantsInput:
    giver_id: strawberry.ID | None = strawberry.field(default=None, description="The giver.")
    unit_id: strawberry.ID | None = strawberry.field(
        default=None, description="The unit, with those below it."
    )
    year: int | None = strawberry.field(default=None, description="The year.")
    state: GrantState | None = strawberry.field(default=None, description="The state.")
    due_before: date | None = strawberry.field(
        default=None, description="With something open by that day."
    )


@strawberry.type
class GrantFilesMutation:
    @mutation("Read a register of grants from a file, keyed on codes: all of it or nothing.")
    async def import_grants(
        self, info: Info, file_id: strawberry.ID, dry_run: bool = False
    ) -> ImportGrantsResult:
        id = local_id(file_id, StoredFile, field="fileId")
        done = await import_stored(info.context.work, file_id=id, dry_run=dry_run)
        return GrantImport(
            dry_run=dry_run,
            created=done.count(LineState.NEW),
            changed=done.count(LineState.CHANGED),
            unchanged=done.count(LineState.SAME),
            errors=[
                GrantRowError(row=fault.row, column=fault.column, message=fault.message)
                for fault in done.faults
            ],
            notices=list(done.notices),
        )

    @mutation("Have the register written to a workbook; follow the job to its end.")
    async def export_grants(self, info: Info, input: ExportGrantsInput) -> ExportGrantsResult:
        chosen = Filter(
            giver_id=local_id(input.giver_id, GrantGiver, field="giverId")
            if input.giver_id
            else None,
            unit_id=local_id(input.unit_id, Unit, field="unitId") if input.unit_id else None,
            year=input.year,
            state=input.state,
            due_before=input.due_before,
        )
        return Job.of(await ask_for_register(info.context.work, chosen))
