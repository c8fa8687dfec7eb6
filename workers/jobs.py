"""Jobs as a module writes and starts them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Concatenate, Generic, ParamSpec
from uuid import UUID

from sqlalchemy import func, select

from ..authz.permit import NOBODY as NOBODY
from ..infra.errors import Forbidden, NotFound, Unauthenticated
from ..infra.i18n import _, current_locale
from ..tenants.actors import service
from ..tenants.log.access_log import Action
from ..tenants.rows import uuid7
from ..tenants.work import CORE, Tenancy, Work
from .broker import send
from .models import Job

CHANNEL = "roder_jobs"

P = ParamSpec("P")
Outcome = Mapping[str, object] | None


@dataclass(slots=True)
class Run:
    """One attempt at a job. An effect outside the database is keyed by `job_id`, to be single."""

    job_id: UUID
    attempt: int
    done: int = 0
    total: int = 0
    step: str = ""
    moved: bool = field(default=False, repr=False)
    moved_at: float = field(default_factory=time.monotonic, repr=False)

    async def progress(self, done: int, total: int, step: str = "") -> None:
        """Say how far the job has come; watchers see it within a quarter of a second. What says so
        again and again may take hours, and what is silent for long is broken off (`Pace.limit`).

        Cheap enough for a loop. It lets the rest of the process have a turn; what computes for
        seconds on end still belongs in `asyncio.to_thread`.
        """
        self.done, self.total, self.step = done, total, step
        self.moved, self.moved_at = True, time.monotonic()
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class JobKind(Generic[P]):
    """A function that runs after the request, as the person who asked, with their language."""

    name: str
    queue: str
    function: Callable[Concatenate[Work, Run, P], Awaitable[Outcome]]

    async def later(self, work: Work, *args: P.args, **kwargs: P.kwargs) -> Job:
        """Have it done once `work` is committed; not at all if it is not.

        The arguments are kept as JSON: ids go in as text. Raises TypeError for others.
        """
        if args:
            raise TypeError("a job takes its arguments by name")
        return (await self.later_each(work, [kwargs]))[0]

    async def later_each(self, work: Work, each: Sequence[Mapping[str, object]]) -> list[Job]:
        """As `later`, one job for each set of arguments, in one statement."""
        if work.actor.support_id is not None:
            raise Forbidden(_("Support starts no tasks and takes no files out."))
        if work.actor.id is None and work.actor.grants != service().grants:
            # A job without a person runs as the service, which a stranger must not become.
            raise Unauthenticated(_("You are not signed in any more. Sign in again."))
        json.dumps(each)
        scopes = work.actor.scopes
        jobs = [
            Job(
                id=uuid7(),
                kind=self.name,
                queue=self.queue,
                arguments=dict(arguments),
                created_by=work.actor.id,
                scopes=None if scopes is None else sorted(scopes),
                level=work.actor.level,
                token_id=work.actor.token_id,
                session_id=work.actor.session_id,
                locale=current_locale(),
            )
            for arguments in each
        ]
        work.add(*jobs)
        await work.flush()
        for job in jobs:
            work.after_commit(partial(send, work.tenant.id, job.id, queue=job.queue))
        return jobs


def job(
    *, queue: str = "default", name: str | None = None
) -> Callable[[Callable[Concatenate[Work, Run, P], Awaitable[Outcome]]], JobKind[P]]:
    """Make a job of `async def f(work, run, *, …)`. What it returns becomes the job's result.

    The effect in the database and the end of the job are one transaction, so it happens once.
    Anything else may happen twice: key it with `run.job_id`. The name is `<folder>.<function>`;
    it stands in rows, so a function that is renamed keeps the old one by `name`.
    """

    def decorate(
        function: Callable[Concatenate[Work, Run, P], Awaitable[Outcome]],
    ) -> JobKind[P]:
        folder = function.__module__.split(".")[-2:][0]
        return JobKind(name or f"{folder}.{function.__name__}", queue, function)

    return decorate


async def get_job(work: Work, job_id: UUID, *, again: bool = False) -> Job:
    """An own job, or anyone's for those who may read all; else NotFound, as for an absent one.

    What is shown `again` and again, as the job goes on, is told to the access log once.
    """
    found = await work.find(Job, job_id)
    if found is None or not work.allows("jobs.read", owner=found.created_by or NOBODY):
        raise NotFound()
    own = found.created_by == work.actor.id and work.actor.behind is None
    if not own and not again and job_id not in work.noted("job"):
        about = [] if found.created_by is None else [found.created_by]
        work.note(Action.READ, "job", records=[job_id], about=about)
    return found


def is_on(work: Work, job: Job) -> bool:
    """Whether the job's module is switched on: while it is off, what it made is hidden too."""
    return is_kind_on(work.tenant, job.kind)


def is_kind_on(tenant: Tenancy, kind: str) -> bool:
    module = kind.partition(".")[0]
    return module in CORE or module in tenant.modules


async def tell(work: Work, job_id: UUID) -> None:
    """Let those who watch the job know, once this transaction is committed."""
    await work.execute(select(func.pg_notify(CHANNEL, channel_text(work.tenant.id, job_id))))


def channel_text(tenant_id: UUID, job_id: UUID) -> str:
    return f"{tenant_id} {job_id}"
