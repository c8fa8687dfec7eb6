"""What of a module can be followed while a page is open, for its manifest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from ..tenants.work import Work


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of topic: whoever may do `permission` follows `<kind>:<rest>`.

    `heard` takes the whole text and answers with the topics that changes are told in
    (`tenants/changes.py`). It raises NotFound for what is absent or another municipality's.
    """

    kind: str
    permission: str
    heard: Callable[[Work, str], Awaitable[Collection[str]]]


def rest_of(topic: str) -> str:
    return topic.partition(":")[2]
