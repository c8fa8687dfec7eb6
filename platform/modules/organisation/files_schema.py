"""Files in the API: what they are, and a signed address to fetch them from."""

from datetime import datetime
from uuid import UUID

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....tenants import models
from ....workers.exports import signed_link
from ....workers.jobs import is_on
from ....workers.models import Job
from .people_schema import Person, by_whom


@strawberry.type(description="A file that was sent in, or made by an export.")
class StoredFile(Node):
    model = models.StoredFile
    permission = "files.read"

    row: strawberry.Private[models.StoredFile]
    name: str = strawberry.field(description="File name.")
    media_type: str = strawberry.field(description="Kind of content, such as application/pdf.")
    size: int = strawberry.field(description="Bytes.")
    sha256: str = strawberry.field(description="SHA-256 of the content, in hexadecimal.")
    created_at: datetime = strawberry.field(description="When it was kept.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "StoredFile | None":
        found = await super().find(info, id)
        if found is None or found.row.job_id is None:
            return found
        job = await info.context.by_id(Job, found.row.job_id)
        return found if job is None or is_on(info.context.work, job) else None

    @strawberry.field(description="Who sent it in or asked for it.")
    async def created_by(self, info: Info) -> Person | None:
        return await by_whom(info, self.row.created_by)

    @strawberry.field(description="Address that gives the file to whoever has it, for minutes.")
    def link(self, info: Info) -> str:
        return signed_link(info.context.work, self.row)


@strawberry.type
class FileQuery:
    @strawberry.field(description="A file by id; null when there is none.")
    async def file(self, info: Info, id: strawberry.ID) -> StoredFile | None:
        return await StoredFile.find(info, local_id(id, StoredFile))
