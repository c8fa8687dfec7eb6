"""A stream of what is live: server-sent events `change`, `presence`, `job` and `cursor`.

https://html.spec.whatwg.org/multipage/server-sent-events.html. `cursor` comes when the others of
one look have been sent: a browser that is cut off begins again there, so what was half told is
told again. The stream ends after some minutes, and the browser asks anew.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypedDict

import orjson
import structlog
from starlette.requests import Request

from ...graphql.endpoint import enter_by_request
from ...graphql.streams import OpenStream
from ...infra.errors import AppError
from ...infra.listening import listener
from ...infra.runtime import Runtime
from ...tenants.entry import Entered
from ...tenants.presence import Present
from ...tenants.rights import rights_now, told_of
from ...tenants.work import open_work
from ..following import Followed, Look, News, Progress, follow, look

log = structlog.get_logger()

LIFE = 240.0
"""Seconds that a stream lasts."""
AGAIN = 30.0
"""Seconds after which it is asked again who this is and whether they may follow this still."""
CALM = 0.15
"""Seconds from a wake to the look, so that a burst of changes costs one."""
TICK = 1.0
"""Seconds between two looks at whether the service is to end."""


class Stream:
    """What somebody follows, as bytes. It holds no connection while nothing happens."""

    def __init__(
        self, request: Request, entered: Entered, followed: Followed, after: str | None
    ) -> None:
        self.request, self.entered, self.followed, self.after = request, entered, followed, after
        self.runtime: Runtime = request.app.state.runtime
        self.entered_at = time.monotonic()
        self.shown: dict[str, object] = {}
        self._place = OpenStream(self.runtime, entered)

    async def stop(self) -> None:
        self._place.close()

    async def events(self, *, keep_alive: float) -> AsyncGenerator[bytes]:
        end, look_at, spoke_at = time.monotonic() + LIFE, 0.0, time.monotonic()
        yield b"retry: 3000\n\n"
        tenant = self.entered.tenant
        heard = (*self.followed.told(tenant.id), told_of(tenant))
        with listener(self.runtime).hear(*heard) as told:
            while time.monotonic() < end and not self._ending():
                if told.is_set() or time.monotonic() >= look_at:
                    told.clear()
                    try:
                        seen = await self._look()
                    except AppError:
                        return  # not theirs any more: why is said when the browser asks anew
                    except Exception:
                        log.warning("live_look_failed", exc_info=True)
                        return
                    for event in self._events(seen):
                        yield event
                    spoke_at, look_at = time.monotonic(), time.monotonic() + _patience(seen)
                elif time.monotonic() - spoke_at >= keep_alive:
                    spoke_at = time.monotonic()
                    yield b":\n\n"
                with suppress(TimeoutError):
                    async with asyncio.timeout(TICK):
                        await told.wait()
                    await asyncio.sleep(CALM)

    async def _look(self) -> Look:
        again = time.monotonic() >= self.entered_at + AGAIN
        rights = await rights_now(self.runtime, self.entered.tenant)
        if again or rights != self.entered.rights:
            again = True
            self.entered = await enter_by_request(self.request, self.runtime, by_hand=False)
            self.entered_at = time.monotonic()
        async with open_work(
            self.runtime, self.entered.tenant, self.entered.actor, write=False
        ) as work:
            if again:
                topics = (*self.followed.heard, *self.followed.jobs)
                self.followed = await follow(work, topics)
            return await look(work, self.followed, self.after)

    def _events(self, seen: Look) -> Iterator[bytes]:
        told = shown(seen)
        for change in told["changes"]:
            yield _event("change", change)
        for name, stands in (("presence", told["presence"]), ("job", told["jobs"])):
            for one in stands:
                if self.shown.get(str(one["topic"])) != one:
                    self.shown[str(one["topic"])] = one
                    yield _event(name, one)
        self.after = seen.cursor
        yield _event("cursor", seen.cursor, id=seen.cursor)

    def _ending(self) -> bool:
        stopping = getattr(self.request.app.state, "stopping", None)
        return stopping is not None and bool(stopping())


class Shown(TypedDict):
    """A look as JSON: the answer to one question, and the data of the events of a stream."""

    cursor: str
    changes: list[dict[str, object]]
    presence: list[dict[str, object]]
    jobs: list[dict[str, object]]


def shown(seen: Look) -> Shown:
    return {
        "cursor": seen.cursor,
        "changes": [_change(news) for news in seen.changes],
        "presence": [
            {"topic": topic, "people": [_person(person) for person in people]}
            for topic, people in seen.presence.items()
        ],
        "jobs": [_job(progress) for progress in seen.jobs],
    }


def _change(news: News) -> dict[str, object]:
    return {
        "topic": news.topic,
        "source": news.source,
        "ids": [str(id) for id in news.ids],
        "by": {"id": str(news.person_id), "name": news.name} if news.person_id else None,
        "mine": news.mine,
        "at": news.at,
    }


def _person(person: Present) -> dict[str, object]:
    return {
        "id": str(person.person_id),
        "name": person.name,
        "place": person.place,
        "since": person.since,
    }


def _job(progress: Progress) -> dict[str, object]:
    job = progress.job
    return {
        "topic": progress.topic,
        "id": str(job.id),
        "kind": job.kind,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "step": job.step,
        "problem": job.problem,
        "file": progress.file,
    }


def _event(name: str, data: object, *, id: str = "") -> bytes:
    head = f"event: {name}\n" + (f"id: {id}\n" if id else "")
    return head.encode() + b"data: " + orjson.dumps(data) + b"\n\n"


def _patience(seen: Look) -> float:
    """Seconds until the next look if nothing is told: when somebody may not be here any more."""
    leaving = [person.until for people in seen.presence.values() for person in people]
    now = datetime.now(UTC)
    return min([AGAIN, *(max(TICK, (until - now).total_seconds()) for until in leaving)])
