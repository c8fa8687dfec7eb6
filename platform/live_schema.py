"""What is live in the API: others' changes and who is writing, followed or asked for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from ..graphql.context import Info, SubscriptionContext
from ..graphql.problems import ANSWER, Problem, mutation
from ..infra.listening import listener
from ..tenants.presence import here, leave
from ..tenants.work import open_work
from .following import Look, follow, look, require_place
from .module import Module
from .modules.organisation.files.jobs_schema import Job
from .modules.organisation.people.schema import Person, by_whom

LOOK_SECONDS = 15
TOPICS = (
    "What to follow, 1 to 20: goals:<unit>:<year>, report:<report> or job:<job>, "
    "with the part of an id after its colon."
)
AFTER = "The cursor of the last answer; null begins now."


@strawberry.type(description="That somebody changed something in a topic.")
class LiveChange:
    topic: str = strawberry.field(description="As it was asked for.")
    source: str = strawberry.field(description="Where it was changed, such as the unit above.")
    ids: list[str] = strawberry.field(
        description="What was changed, by the part of the id after its colon; empty for all of it."
    )
    mine: bool = strawberry.field(description="Whether the asker changed it.")
    at: datetime | None = strawberry.field(description="When, if that is known.")
    person_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Who changed it, if that is known.")
    async def by(self, info: Info) -> Person | None:
        return await by_whom(info, self.person_id)


@strawberry.type(description="A colleague who has a place open for writing.")
class LivePresence:
    topic: str = strawberry.field(description="As it was asked for.")
    place: str = strawberry.field(description="Where, in the page's own words, such as 2.5.")
    since: datetime = strawberry.field(description="Since when.")
    person_id: strawberry.Private[UUID]

    @strawberry.field(description="Who it is.")
    async def person(self, info: Info) -> Person | None:
        return await by_whom(info, self.person_id)


@strawberry.type(description="What has changed since a cursor, and how it stands now.")
class Live:
    cursor: str = strawberry.field(description="To ask with the next time.")
    changes: list[LiveChange] = strawberry.field(description="In the order they were made.")
    presence: list[LivePresence] = strawberry.field(description="Who else is writing now.")
    jobs: list[Job] = strawberry.field(description="The jobs that are followed, as they are.")


@strawberry.type(description="That the asker is writing somewhere, or is not any more.")
class Writing:
    topic: str = strawberry.field(description="Where others follow it.")
    place: str = strawberry.field(description="Where, in the page's own words.")
    writing: bool = strawberry.field(description="Whether it is still so.")


@strawberry.input(description="Where one is writing.")
class WriteHereInput:
    topic: str = strawberry.field(description="Where others follow it: goals:… or report:….")
    place: str = strawberry.field(description="In the page's own words, at most 100 signs.")
    writing: bool = strawberry.field(default=True, description="False when one has left it.")


WriteHereResult = Annotated[
    Writing | Problem, strawberry.union("WriteHereResult", description=ANSWER)
]
Topics = Annotated[list[str], strawberry.argument(description=TOPICS)]
After = Annotated[str | None, strawberry.argument(description=AFTER)]


@strawberry.type
class LiveQuery:
    @strawberry.field(description="What is live now, for those who do not follow it.")
    async def live(self, info: Info, topics: Topics, after: After = None) -> Live:
        work = info.context.work
        return _shown(await look(work, await follow(work, topics), after))


@strawberry.type
class LiveMutation:
    @mutation(
        "Let colleagues who follow the topic know where one is writing. It holds for 45 seconds."
    )
    async def write_here(self, info: Info, input: WriteHereInput) -> WriteHereResult:
        work = info.context.work
        await require_place(work, input.topic)
        await (here if input.writing else leave)(work, input.topic, input.place)
        return Writing(topic=input.topic, place=input.place, writing=input.writing)


@strawberry.type
class LiveSubscription:
    @strawberry.subscription(
        description="What is live: at once, and again whenever any of it is different."
    )
    async def live(
        self,
        info: strawberry.Info[SubscriptionContext, None],
        topics: Topics,
        after: After = None,
    ) -> AsyncIterator[Live]:
        context, stood = info.context, None
        runtime, tenant, actor = context.runtime, context.tenant, context.actor
        async with open_work(runtime, tenant, actor, write=False) as work:
            followed = await follow(work, topics)
        with listener(runtime).hear(*followed.told(tenant.id)) as told:
            while True:
                told.clear()
                async with context.look():
                    seen = await look(context.work, followed, after)
                    after, stands = seen.cursor, _standing(seen)
                    if seen.changes or stands != stood:
                        stood = stands
                        yield _shown(seen)
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await told.wait()


def _standing(seen: Look) -> object:
    """What may become different without a change."""
    people = [(p.topic, p.person_id, p.place) for some in seen.presence.values() for p in some]
    jobs = [(p.job.id, p.job.state, p.job.done, p.job.total, p.job.step) for p in seen.jobs]
    return people, jobs


def _shown(seen: Look) -> Live:
    return Live(
        cursor=seen.cursor,
        changes=[
            LiveChange(
                topic=news.topic,
                source=news.source,
                ids=[str(id) for id in news.ids],
                mine=news.mine,
                at=news.at,
                person_id=news.person_id,
            )
            for news in seen.changes
        ],
        presence=[
            LivePresence(topic=p.topic, place=p.place, since=p.since, person_id=p.person_id)
            for people in seen.presence.values()
            for p in people
        ],
        jobs=[Job.of(progress.job) for progress in seen.jobs],
    )


LIVE = Module(
    name="live",
    title={"sv": "Just nu", "en": "Live"},
    core=True,
    query=(LiveQuery,),
    mutation=(LiveMutation,),
    subscription=(LiveSubscription,),
)
