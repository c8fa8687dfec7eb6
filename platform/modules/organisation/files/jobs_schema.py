"""Long work in the API: asked for, followed, and its file fetched."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import strawberry
from sqlalchemy import ColumnElement

from .....graphql.context import Info, Logged, SubscriptionContext
from .....graphql.nodes import Node, local_id
from .....graphql.stored import Place, Row, by_id, many
from .....infra.errors import NotFound
from .....tenants.models import StoredFile as StoredFileRow
from .....workers import models
from .....workers.jobs import get_job, is_on
from .....workers.watch import watch_job
from .schema import StoredFile, off

JobState = models.JobState
strawberry.enum(JobState, description="How far a job has come.")


@strawberry.type(description="Something the service does after the request, such as an export.")
class Job(Node):
    model = models.Job
    permission = "jobs.read"
    logged = Logged("job", "created_by")

    row: strawberry.Private[models.Job]
    kind: str = strawberry.field(description="What is done, such as reports.export_report.")
    state: JobState = strawberry.field(description="Queued, running, done or failed.")
    done: int = strawberry.field(description="Steps done.")
    total: int = strawberry.field(description="Steps in all; 0 while that is not known.")
    step: str = strawberry.field(description="What is being done just now.")
    problem: str | None = strawberry.field(description="Why it failed, if it did.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    ended_at: datetime | None = strawberry.field(description="When it was done or failed.")

    @classmethod
    async def find(cls, info: Info, id: UUID) -> "Job | None":
        try:
            job = await get_job(info.context.work, id)
        except NotFound:
            return None
        if not is_on(info.context.work, job):
            return None
        info.context.saw(cls.logged, job)
        return cls.of(job)

    @staticmethod
    def found(row: Row, place: Place) -> ColumnElement[bool]:
        return place.allows_of(Job.permission, row.created_by) & ~off(row.kind, place)

    file: StoredFile | None = many(StoredFileRow.job_id, "The file it made, if it has made one.")


@strawberry.type
class JobQuery:
    @strawberry.field(
        description="A job of one's own by id; null when there is none.", metadata=by_id(Job)
    )
    async def job(self, info: Info, id: strawberry.ID) -> Job | None:
        return await Job.find(info, local_id(id, Job))


@strawberry.type
class JobSubscription:
    @strawberry.subscription(description="A job now and at every change, until it has ended.")
    async def job(
        self, info: strawberry.Info[SubscriptionContext, None], id: strawberry.ID
    ) -> AsyncIterator[Job]:
        context = info.context
        job_id = local_id(id, Job)
        async for row in watch_job(context.runtime, context.tenant, context.actor, job_id):
            async with context.look():
                yield Job.of(row)
