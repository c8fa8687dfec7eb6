"""Those who came in lately, so that a request need not ask again who they are.

What is kept is believed as long as the municipality's rights are at the version that it was true
of: a read compares it within its statement (`graphql/planner`), all other work as it begins its
transaction (`entry.work_of`). So a right that is taken is gone at the next request, in every
process, and whatever is no more as it was makes one enter anew before anything is done.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, TypeAlias

from .actors import Actor, Source
from .entry import Entered
from .keys import digest

MOST: Final = 5_000
"""People and programs of a process that are kept, the latest ones."""

MOST_UNITS: Final = 200_000
"""Units that their roles reach, of all together: a large municipality has hundreds."""

Key: TypeAlias = tuple[str, str, str, bytes]
"""The address of a municipality and that of whoever asks, since a key may be used from some only;
and what a key leaves of itself: never the key."""


class Known:
    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Entered] = OrderedDict()
        self._units = 0

    @staticmethod
    def key(slug: str, address: str, kind: str, secret: str) -> Key:
        return slug, address, kind, digest(secret)

    def get(self, key: Key) -> Entered | None:
        entered = self._kept.get(key)
        if entered is None:
            return None
        if entered.until <= datetime.now(UTC):
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return entered

    def keep(self, key: Key, entered: Entered) -> None:
        """Without what the access log is told of this one request."""
        self._drop(key)
        source = Source(entered.actor.source.way)
        actor = replace(entered.actor, memo={}, source=source)
        self._kept[key] = replace(entered, actor=actor, lately=True)
        self._units += _units(actor)
        while len(self._kept) > MOST or self._units > MOST_UNITS:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        entered = self._kept.pop(key, None)
        if entered is not None:
            self._units -= _units(entered.actor)


def _units(actor: Actor) -> int:
    return len(actor.within or ()) + sum(len(grant.reach or ()) for grant in actor.grants)
