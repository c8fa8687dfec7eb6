"""The organisation as a file in the API: brought in, and asked for."""

from datetime import date
from typing import Annotated

import strawberry

from .....graphql.context import Info
from .....graphql.nodes import local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .....infra.tabular import MAX_BYTES, RowFault
from .....tenants.files import load_upload
from .....tenants.tree import importing
from ..files.jobs_schema import Job
from ..files.schema import StoredFile
from ..jobs import TableFormat, ask_for_units

strawberry.enum(TableFormat, description="The kind of file that a table is written to.")


@strawberry.type(description="Something in a file of units that has to be mended.")
class UnitRowError:
    row: int = strawberry.field(description="Row, as a spreadsheet counts.")
    column: str = strawberry.field(description="Heading of the column.")
    message: str = strawberry.field(description="What is wrong, and how to mend it.")

    @classmethod
    def of(cls, fault: RowFault) -> "UnitRowError":
        return cls(row=fault.row, column=fault.column, message=fault.message)


@strawberry.type(description="What a file of units brought. With errors, nothing was written.")
class UnitImport:
    dry_run: bool = strawberry.field(description="Whether it was only tried.")
    created: int = strawberry.field(description="Units that are new.")
    changed: int = strawberry.field(description="Units with a new name or place.")
    unchanged: int = strawberry.field(description="Units that were so already.")
    left_alone: int = strawberry.field(description="Units that the file says nothing of.")
    errors: list[UnitRowError] = strawberry.field(description="All that is wrong, row by row.")
    notices: list[str] = strawberry.field(description="What was left out, such as more sheets.")


ImportUnitsResult = Annotated[
    UnitImport | Problem, strawberry.union("ImportUnitsResult", description=ANSWER)
]
ExportUnitsResult = Annotated[
    Job | Problem, strawberry.union("ExportUnitsResult", description=ANSWER)
]


@strawberry.input(
    description="A file of units: code, name, kind, parent code and, if wanted, valid from."
)
class ImportUnitsInput:
    file_id: strawberry.ID = strawberry.field(
        description="An Excel, CSV or tab-separated file that was sent in, at most 5 MB."
    )
    from_date: date | None = strawberry.field(
        default=None,
        description="Day from which new names and places hold; today if left out. A new unit "
        "begins then too, unless its row has a day; the first of January if left out.",
    )
    dry_run: bool = strawberry.field(default=False, description="Only try it, write nothing.")


@strawberry.input(description="Which units to write to a file.")
class ExportUnitsInput:
    on: date | None = strawberry.field(default=None, description="Day; today if left out.")
    format: TableFormat = strawberry.field(default=TableFormat.EXCEL, description="Kind of file.")


@strawberry.type
class UnitFilesMutation:
    @mutation("Bring the organisation in line with a file, keyed on codes.")
    async def import_units(self, info: Info, input: ImportUnitsInput) -> ImportUnitsResult:
        work = info.context.work
        id = local_id(input.file_id, StoredFile, field="fileId")
        file, data = await load_upload(work, id, most=MAX_BYTES)
        brought = await importing.import_units(
            work, name=file.name, data=data, from_date=input.from_date, dry_run=input.dry_run
        )
        return UnitImport(
            dry_run=input.dry_run,
            created=brought.created,
            changed=brought.changed,
            unchanged=brought.unchanged,
            left_alone=brought.left_alone,
            errors=[UnitRowError.of(fault) for fault in brought.faults],
            notices=list(brought.notices),
        )

    @mutation("Have the organisation written to a file; follow the job to its end.")
    async def export_units(self, info: Info, input: ExportUnitsInput) -> ExportUnitsResult:
        return Job.of(await ask_for_units(info.context.work, on=input.on, file_format=input.format))
