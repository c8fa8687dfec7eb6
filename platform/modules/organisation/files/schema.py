"""Files in the API: what they are, and the address to fetch them from."""

from datetime import datetime
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement, SQLColumnExpression, exists, func, literal
from sqlalchemy.orm import aliased

from .....authz.permit import for_own_only, permissions
from .....graphql.context import Info
from .....graphql.nodes import Node, global_id, local_id
from .....graphql.stored import Place, Row, by_id, computed, one
from .....tenants import models
from .....tenants.files import may_have
from .....tenants.work import CORE
from .....workers.jobs import is_on
from .....workers.models import Job
from ..people.schema import Person


def off(kind: SQLColumnExpression[str], place: Place) -> ColumnElement[bool]:
    """Whether the module of a kind of job is shut to the caller: see `workers.jobs.is_on`."""
    module = func.split_part(kind, ".", 1)
    return module.not_in([literal(name) for name in sorted(CORE | place.modules)])


@strawberry.type(description="A file that was sent in, or made by an export.")
class StoredFile(Node):
    model = models.StoredFile
    permission = "files.read"
    change = "files.write"

    row: strawberry.Private[models.StoredFile]
    name: str = strawberry.field(description="File name.")
    media_type: str = strawberry.field(description="Kind of content, such as application/pdf.")

    @computed(models.StoredFile.size, description="Bytes; 2147483647 stands for more.")
    def size(size: int) -> int:
        return min(size, 2**31 - 1)

    sha256: str = strawberry.field(description="SHA-256 of the content, in hexadecimal.")
    created_at: datetime = strawberry.field(description="When it was kept.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "StoredFile | None":
        found = await super().find(info, id)
        if found is None or not may_have(info.context.work, found.row):
            return None
        if found.row.job_id is None:
            return found
        job = await info.context.by_id(Job, found.row.job_id)
        return found if job is None or is_on(info.context.work, job) else None

    @staticmethod
    def found(row: Row, place: Place) -> ColumnElement[bool]:
        job = aliased(Job)
        hidden = (job.tenant_id == place.given.tenant) & off(job.kind, place)
        held = [each for each in sorted(permissions()) if place.allows(each)]
        whole = [literal(each) for each in held if not for_own_only(each)]
        own = [literal(each) for each in held if for_own_only(each)]
        made = row.needs.in_(own) & (row.created_by == place.given.actor)
        may: ColumnElement[bool] = row.needs.is_(None) | row.needs.in_(whole) | made
        return may & ~exists().where(hidden, job.id == row.job_id)

    created_by: Person | None = one(models.StoredFile.created_by, "Who sent it in or asked for it.")

    @strawberry.field(
        description="Address that gives the file to those who may have it, with a token or a "
        "session as here."
    )
    def link(self, info: Info) -> str:
        work = info.context.work
        id = global_id(StoredFile, self.row.id)
        return f"{work.runtime.settings.base_url}/{work.tenant.slug}/files/{id}"


@strawberry.type
class FileQuery:
    @strawberry.field(
        description="A file by id; null when there is none.", metadata=by_id(StoredFile)
    )
    async def file(self, info: Info, id: strawberry.ID) -> StoredFile | None:
        return await StoredFile.find(info, local_id(id, StoredFile))
