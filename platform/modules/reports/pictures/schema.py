"""Pictures of reports in the API."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, exists, false, func
from sqlalchemy.orm import aliased

from .....graphql.context import Info
from .....graphql.nodes import Node, local_id
from .....graphql.problems import ANSWER, Problem, mutation
from .....graphql.stored import Place, Related, Value, one, planned
from ...organisation.files.schema import StoredFile
from ...organisation.people.schema import Person
from .. import models, service
from ..reports_schema import Report
from .images import expired


def _over(place: Place) -> ColumnElement[bool]:
    return func.coalesce(place.row.expires_on < place.given.today, false())


@strawberry.type(description="A picture for the texts of a report.")
class ReportImage(Node):
    model = models.ReportImage
    permission = "reports.read"
    change = "reports.write"

    row: strawberry.Private[models.ReportImage]
    alt: str = strawberry.field(description="What it shows, for those who cannot see it.")
    source: str = strawberry.field(description="Who took it or where it comes from.")
    shows_person: bool = strawberry.field(description="Whether a person can be known in it.")
    consent: str = strawberry.field(description="Who keeps the consent of those it shows.")
    expires_on: date | None = strawberry.field(description="Last day of the consent.")
    width: int = strawberry.field(description="Pixels across.")
    height: int = strawberry.field(description="Pixels down.")
    media_type: str = strawberry.field(description="image/jpeg or image/png.")
    size: int = strawberry.field(description="Bytes.")
    created_at: datetime = strawberry.field(description="When it was added.")

    @strawberry.field(
        description='Stands in the text as <img data-image="…">.',
        metadata=planned(Value(lambda place: place.row.id)),
    )
    def name(self) -> str:
        return str(self.row.id)

    @strawberry.field(
        description="Whether the consent is over, so that it is shown nowhere.",
        metadata=planned(Value(_over)),
    )
    def expired(self, info: Info) -> bool:
        return expired(self.row, info.context.work.today)

    report: Report | None = one(models.ReportImage.report_id, "The report it belongs to.")
    created_by: Person | None = one(models.ReportImage.created_by, "Who added it.")


AddImageResult = Annotated[
    ReportImage | Problem, strawberry.union("AddImageResult", description=ANSWER)
]
ChangeImageResult = Annotated[
    ReportImage | Problem, strawberry.union("ChangeImageResult", description=ANSWER)
]
WithdrawConsentResult = Annotated[
    ReportImage | Problem, strawberry.union("WithdrawConsentResult", description=ANSWER)
]


@strawberry.type(description="The picture was taken away for good.")
class ImageRemoved:
    report: Report = strawberry.field(description="The report without it.")


RemoveImageResult = Annotated[
    ImageRemoved | Problem, strawberry.union("RemoveImageResult", description=ANSWER)
]


@strawberry.input(description="A picture for the texts of a report.")
class AddImageInput:
    report_id: strawberry.ID = strawberry.field(description="The report.")
    file_id: strawberry.ID = strawberry.field(description="A JPEG, PNG, WebP or GIF sent in.")
    alt: str = strawberry.field(description="What it shows, for those who cannot see it.")
    source: str = strawberry.field(description="Who took it or where it comes from.")
    shows_person: bool = strawberry.field(description="Whether a person can be known in it.")
    consent: str = strawberry.field(
        default="", description="Who keeps the consent, without naming those it shows."
    )
    expires_on: date | None = strawberry.field(
        default=None, description="Last day of the consent; needed where a person is shown."
    )


@strawberry.input(description="What changes about a picture; what is left out stays.")
class ChangeImageInput:
    id: strawberry.ID = strawberry.field(description="The picture.")
    alt: str | None = strawberry.field(default=None, description="What it shows.")
    source: str | None = strawberry.field(default=None, description="Where it comes from.")
    shows_person: bool | None = strawberry.field(
        default=None, description="Whether a person can be known in it."
    )
    consent: str | None = strawberry.field(default=None, description="Who keeps the consent.")
    expires_on: date | None = strawberry.field(
        default=None, description="Last day of the consent, today or later."
    )


def _report(id: strawberry.ID) -> UUID:
    return local_id(id, Report, field="reportId")


def _stands(place: Place) -> ColumnElement[bool]:
    report = aliased(models.Report)
    own = (report.tenant_id == place.given.tenant) & (report.id == place.arguments["report_id"])
    return exists().where(own)


IMAGES = Related(
    lambda row, place: row.report_id == place.arguments["report_id"],
    asks=("reports.read",),
    reads={"report_id": _report},
    holds=_stands,
)
EXPIRING = Related(
    lambda row, place: row.expires_on.between(place.given.today, place.arguments["until"]),
    lambda row, _place: (row.expires_on,),
    asks=("reports.read",),
)


@strawberry.type
class ImageQuery:
    @strawberry.field(
        description="The pictures of a report, the earliest first.", metadata=planned(IMAGES)
    )
    async def report_images(self, info: Info, report_id: strawberry.ID) -> list[ReportImage]:
        found = await service.images_of(info.context.work, _report(report_id))
        return [ReportImage.of(row) for row in found]

    @strawberry.field(
        description="Pictures whose consent ends up to and with a day, soonest first.",
        metadata=planned(EXPIRING),
    )
    async def expiring_images(self, info: Info, until: date) -> list[ReportImage]:
        found = await service.expiring_images(info.context.work, until=until)
        return [ReportImage.of(image) for image, _report in found]


@strawberry.type
class ImageMutation:
    @mutation("Add a picture to a report, drawn anew at most 2,400 pixels a side.")
    async def add_image(self, info: Info, input: AddImageInput) -> AddImageResult:
        return ReportImage.of(
            await service.add_stored_image(
                info.context.work,
                local_id(input.report_id, Report, field="reportId"),
                file_id=local_id(input.file_id, StoredFile, field="fileId"),
                alt=input.alt,
                source=input.source,
                shows_person=input.shows_person,
                consent=input.consent,
                expires_on=input.expires_on,
            )
        )

    @mutation("Say something else of a picture, or renew its consent.")
    async def change_image(self, info: Info, input: ChangeImageInput) -> ChangeImageResult:
        return ReportImage.of(
            await service.change_image(
                info.context.work,
                local_id(input.id, ReportImage),
                alt=input.alt,
                source=input.source,
                shows_person=input.shows_person,
                consent=input.consent,
                expires_on=input.expires_on,
            )
        )

    @mutation("From now a picture is shown nowhere, also in a report that is done.")
    async def withdraw_consent(self, info: Info, id: strawberry.ID) -> WithdrawConsentResult:
        return ReportImage.of(
            await service.withdraw_consent(info.context.work, local_id(id, ReportImage))
        )

    @mutation("Take a picture away for good, once it stands in no text.")
    async def remove_image(self, info: Info, id: strawberry.ID) -> RemoveImageResult:
        report = await service.remove_image(info.context.work, local_id(id, ReportImage))
        return ImageRemoved(report=Report.of(report))
