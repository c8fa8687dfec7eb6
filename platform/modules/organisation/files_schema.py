"""Files in the API: what they are, and a signed address to fetch them from."""

from datetime import datetime

import strawberry

from ....graphql.context import Info
from ....graphql.nodes import Node, local_id
from ....tenants import models
from ....workers.exports import signed_link
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
