"""How often somebody who is not signed in may ask: a bucket for each address they come from."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request

from ....graphql.http import address_of
from ....graphql.rates import MINUTE, Bucket, TooFast
from ....infra.i18n import _

A_MINUTE: Final = 120
MOST: Final = 10_000
"""Addresses that a process remembers, those used last; one that is forgotten is full."""


@dataclass(slots=True)
class Visitors:
    """The buckets of this process."""

    most: float = A_MINUTE
    _buckets: OrderedDict[str, Bucket] = field(default_factory=OrderedDict)

    def take(self, address: str, now: float) -> None:
        """Raises TooFast for the one more than a minute holds."""
        bucket = self._buckets.pop(address, None) or Bucket(self.most, self.most, now)
        self._buckets[address] = bucket
        if len(self._buckets) > MOST:
            self._buckets.popitem(last=False)
        bucket.fill(self.most, now)
        if bucket.left < 1:
            seconds = max(1, math.ceil((1 - bucket.left) * MINUTE / self.most))
            raise TooFast(
                _("Too many questions. Wait {seconds} s.", seconds=seconds), seconds=seconds
            )
        bucket.left -= 1


def count_visit(request: Request) -> None:
    state = request.app.state
    if not hasattr(state, "visitors"):
        state.visitors = Visitors()
    state.visitors.take(address_of(request), time.monotonic())
