"""How much a program may ask for in a minute: buckets of points, one a key and one a municipality.

A request takes a point, and one more for every thousand fields that its query may fetch (see
`limits`). A bucket holds a minute's worth and fills all the time, so a burst is let through and a
steady flow of more is not. Each process has buckets of its own with its share of the limit
(`RODER_API_PROCESSES`): whoever comes to one of three processes only, gets a third.

The header fields are those of https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request
from starlette.types import Scope

from ..infra.errors import AppError
from ..infra.i18n import _
from ..infra.settings import Settings
from ..tenants.entry import Entered

MINUTE: Final = 60
FIELDS: Final = 1_000
"""Fields that a query may fetch for a point."""
MOST: Final = 20_000
"""Buckets that a process remembers, those used last; one that is forgotten is full."""
TOLL: Final = "roder.toll"

Headers = list[tuple[bytes, bytes]]


class TooFast(AppError):
    """More than is allowed in a minute; after `seconds` it can be tried again."""

    code = "RATE_LIMITED"
    status = 429

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(slots=True)
class Bucket:
    """What is `left` of a minute's `most` points, as of `at`."""

    most: float
    left: float
    at: float

    def fill(self, most: float, now: float) -> None:
        self.left = min(most, self.left + (now - self.at) * most / MINUTE)
        self.most, self.at = most, now

    def full_in(self) -> int:
        return math.ceil((self.most - self.left) * MINUTE / self.most)


@dataclass(frozen=True, slots=True)
class Toll:
    """What a request has been charged to, and what is to be told of it."""

    own: Bucket
    whole: Bucket
    share: float

    def take(self) -> None:
        """A point of each. Raises TooFast."""
        for bucket, sentence in ((self.own, _own), (self.whole, _whole)):
            if bucket.left < 1:
                seconds = max(1, math.ceil((1 - bucket.left) * MINUTE / bucket.most))
                raise TooFast(sentence(round(bucket.most / self.share), seconds), seconds=seconds)
        self.own.left -= 1
        self.whole.left -= 1

    def charge(self, fields: int) -> None:
        """Take what a query costs beside its one point. It is let through all the same; what is
        owed delays the next."""
        points = fields // FIELDS
        self.own.left -= points
        self.whole.left -= points

    def headers(self) -> Headers:
        own, whole = self.own, self.whole
        policy = f'"key";q={own.most:.0f};w=60, "municipality";q={whole.most:.0f};w=60'
        name, tight = ("key", own) if own.left <= whole.left else ("municipality", whole)
        told = f'"{name}";r={max(0, int(tight.left))};t={tight.full_in()}'
        return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", told.encode())]


@dataclass(slots=True)
class Rates:
    """The buckets of this process."""

    settings: Settings
    _buckets: OrderedDict[Hashable, Bucket] = field(default_factory=OrderedDict)

    def toll(self, entered: Entered, now: float) -> Toll | None:
        """What a request is charged to; None where the operator has set no limit."""
        settings = self.settings
        if not settings.api_points:
            return None
        actor, tenant_id = entered.actor, entered.tenant.id
        share = 1 / settings.api_processes
        most = min(settings.api_points, entered.points or settings.api_points) * share
        own = self._bucket((actor.token_id or actor.session_id or actor.id, tenant_id), most, now)
        whole = self._bucket(tenant_id, settings.api_tenant_points * share, now)
        return Toll(own, whole, share)

    def _bucket(self, key: Hashable, most: float, now: float) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(most, most, now)
            if len(self._buckets) > MOST:
                self._buckets.popitem(last=False)
        else:
            bucket.fill(most, now)
            self._buckets.move_to_end(key)
        return bucket


def charge(request: Request, entered: Entered) -> None:
    """Charge whoever came in with the request, once. Raises TooFast."""
    rates: Rates | None = getattr(request.app.state, "rates", None)
    if rates is not None and TOLL not in request.scope:
        toll = request.scope[TOLL] = rates.toll(entered, time.monotonic())
        if toll is not None:
            toll.take()


def charge_fields(request: Request, fields: int) -> None:
    toll = request.scope.get(TOLL)
    if toll is not None and fields >= FIELDS:
        toll.charge(fields)


def told(scope: Scope) -> Headers:
    """The header fields that tell whoever asked what is left; none where nothing was charged."""
    toll: Toll | None = scope.get(TOLL)
    return [] if toll is None else toll.headers()


def _own(most: int, seconds: int) -> str:
    return _(
        "This key asks for more than {most} points a minute. Wait {seconds} s.",
        most=most,
        seconds=seconds,
    )


def _whole(most: int, seconds: int) -> str:
    return _(
        "The programs of the municipality together ask for more than {most} points a minute. "
        "Wait {seconds} s.",
        most=most,
        seconds=seconds,
    )
