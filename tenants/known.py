"""Those who came in lately, so that a read need not ask again who they are.

What is kept is believed as long as the municipality's rights are at the version that it was true
of, which the read itself compares (`graphql/planner`): a right that is taken is gone at the next
request, in every process. For all else one enters anew.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, TypeAlias

from .actors import Grant, Source
from .entry import Entered
from .keys import digest

MOST: Final = 5_000
"""People and programs of a process that are kept, the latest ones."""

Key: TypeAlias = tuple[str, str, bytes]
"""The address of a municipality, and what a key leaves of itself: never the key."""


class Known:
    def __init__(self) -> None:
        self._kept: OrderedDict[Key, Entered] = OrderedDict()

    @staticmethod
    def key(slug: str, kind: str, secret: str) -> Key:
        return slug, kind, digest(secret)

    def get(self, key: Key) -> Entered | None:
        entered = self._kept.get(key)
        if entered is None:
            return None
        if entered.until <= datetime.now(UTC):
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return entered

    def keep(self, key: Key, entered: Entered) -> None:
        """Roles without the units they reach: a plan asks for no unit, and a large municipality
        has hundreds. Each request comes from an address of its own."""
        roles = tuple(Grant(grant.role) for grant in entered.actor.grants)
        source = Source(entered.actor.source.way)
        actor = replace(entered.actor, grants=roles, memo={}, source=source)
        self._kept[key] = replace(entered, actor=actor)
        self._kept.move_to_end(key)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)
