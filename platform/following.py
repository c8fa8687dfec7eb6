"""What is live, for pages and the API: who may follow what, and one look at it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ..graphql.nodes import global_id
from ..infra.errors import InvalidInput, NotFound
from ..infra.i18n import _
from ..infra.listening import Told
from ..tenants import models
from ..tenants.changes import CHANNEL, Changed, changes_since, channel_text
from ..tenants.presence import Present, who_is_here
from ..tenants.work import Work
from ..workers import jobs
from ..workers.models import Job
from .modules import MODULES
from .modules.organisation.files.schema import StoredFile
from .topics import rest_of

MOST_TOPICS = 20
JOB = "job"
TOPICS = {topic.kind: topic for module in MODULES for topic in module.topics}


@dataclass(frozen=True, slots=True)
class Followed:
    """Topics that somebody may follow: where changes of each are told, and ids of jobs."""

    heard: Mapping[str, frozenset[str]]
    jobs: Mapping[str, UUID]

    def told(self, tenant_id: UUID) -> list[Told]:
        """What is told when one of the topics may have news."""
        sources = {source for asked, heard in self.heard.items() for source in (asked, *heard)}
        return [
            *((CHANNEL, channel_text(tenant_id, source)) for source in sources),
            *((jobs.CHANNEL, jobs.channel_text(tenant_id, id)) for id in self.jobs.values()),
        ]


@dataclass(frozen=True, slots=True)
class News:
    """A change in `topic`, told in `source`. No ids: load all of it anew."""

    topic: str
    source: str
    ids: tuple[UUID, ...]
    person_id: UUID | None
    name: str | None
    mine: bool
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come, and the address of the file it made."""

    topic: str
    job: Job
    file: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """What has changed since a cursor, who is here, how far jobs have come; the next cursor."""

    cursor: str
    changes: list[News]
    presence: dict[str, list[Present]]
    jobs: list[Progress]


async def follow(work: Work, topics: Collection[str]) -> Followed:
    """Raises NotFound for a topic that is unknown, absent or another municipality's, ModuleOff,
    Forbidden, or InvalidInput unless there are 1 to 20 topics."""
    wanted = list(dict.fromkeys(topics))
    if not 1 <= len(wanted) <= MOST_TOPICS:
        raise InvalidInput(_("Name 1 to {most} topics.", most=MOST_TOPICS), field="topic")
    heard: dict[str, frozenset[str]] = {}
    found: dict[str, UUID] = {}
    for topic in wanted:
        kind = topic.partition(":")[0]
        if kind == JOB:
            found[topic] = (await _job(work, topic)).id
        elif kind in TOPICS:
            work.require(TOPICS[kind].permission)
            heard[topic] = frozenset(await TOPICS[kind].heard(work, topic))
        else:
            raise NotFound(field="topic")
    return Followed(heard, found)


async def require_place(work: Work, topic: str) -> None:
    """Raises as `follow`, and NotFound for a job, in which nobody writes."""
    if topic not in (await follow(work, [topic])).heard:
        raise NotFound(field="topic")


async def look(work: Work, followed: Followed, after: str | None) -> Look:
    """What is new since `after` (None: since now), and how it stands. Raises InvalidInput."""
    sources = {source for heard in followed.heard.values() for source in heard}
    changes, cursor = await changes_since(work, sources, after)
    present = await who_is_here(work, *followed.heard)
    return Look(
        cursor=cursor,
        changes=_news(work, followed, changes),
        presence={
            topic: [person for person in present if person.topic == topic]
            for topic in followed.heard
        },
        jobs=[await _progress(work, topic) for topic in followed.jobs],
    )


def _news(work: Work, followed: Followed, changes: Sequence[Changed]) -> list[News]:
    found: dict[tuple[str, str, int], News] = {}
    for number, change in enumerate(changes):
        for asked, heard in followed.heard.items():
            if change.topic not in heard:
                continue
            all_of_it = change.at is None  # told of every source, of which there may be hundreds
            key = (asked, "", 0) if all_of_it else (asked, change.topic, number)
            found[key] = News(
                topic=asked,
                source=asked if all_of_it else change.topic,
                ids=change.ids,
                person_id=change.person_id,
                name=change.name,
                mine=change.person_id is not None and change.person_id == work.actor.id,
                at=change.at,
            )
    return list(found.values())


async def _job(work: Work, topic: str, *, again: bool = False) -> Job:
    try:
        job_id = UUID(rest_of(topic))
    except ValueError:
        job_id = jobs.NOBODY
    job = await jobs.get_job(work, job_id, again=again)
    if not jobs.is_on(work, job):
        raise NotFound(field="topic")
    return job


async def _progress(work: Work, topic: str) -> Progress:
    job = await _job(work, topic, again=True)
    made = select(models.StoredFile.id).where(models.StoredFile.job_id == job.id)
    file_id = await work.first(made)
    address = f"/{work.tenant.slug}/files/{global_id(StoredFile, file_id)}" if file_id else None
    return Progress(topic, job, address)
