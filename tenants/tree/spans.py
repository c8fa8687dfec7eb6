"""The tree through time as plain spans: what may stand where, on every day and not only one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

MOST_LEVELS = 30
"""Levels that a tree may have: ten times what a municipality needs."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a unit stands from one day up to (not with) another; `until` date.max is for good."""

    unit_id: UUID
    parent_id: UUID | None
    since: date
    until: date = date.max


class FaultKind(StrEnum):
    LOOP = "loop"
    DEPTH = "depth"
    PARENT_BEGINS = "parent_begins"
    PARENT_ENDS = "parent_ends"


@dataclass(frozen=True, slots=True)
class Fault:
    """`unit_id` cannot stand where it is put. `path` leads up from it; `day` is the first day."""

    kind: FaultKind
    unit_id: UUID
    path: tuple[UUID, ...]
    day: date


def faults(spans: Iterable[Span], units: Iterable[UUID]) -> Iterator[Fault]:
    """What is wrong with the places of `units`, at most one fault each.

    `spans` are all of the tree that matter; those of one unit do not overlap.
    """
    tree: dict[UUID, list[Span]] = {}
    for span in spans:
        tree.setdefault(span.unit_id, []).append(span)
    for unit in units:
        fault = _parent_missing(tree, unit) or _loop(tree, unit)
        if fault is not None:
            yield fault


def _parent_missing(tree: dict[UUID, list[Span]], unit: UUID) -> Fault | None:
    """A unit stands below another only while that one is there. Strange parents are let be."""
    for span in tree.get(unit, []):
        above = tree.get(span.parent_id, []) if span.parent_id else []
        if span.parent_id is None or not above:
            continue
        path = (unit, span.parent_id)
        begins = min(part.since for part in above)
        ends = max(part.until for part in above)
        if begins > span.since:
            return Fault(FaultKind.PARENT_BEGINS, unit, path, begins)
        if ends < span.until:
            return Fault(FaultKind.PARENT_ENDS, unit, path, ends)
    return None


def _loop(tree: dict[UUID, list[Span]], unit: UUID) -> Fault | None:
    """Walk up on every day at once: each step narrows the days to those that both spans share."""
    waiting: list[tuple[tuple[UUID, ...], date, date]] = [((unit,), date.min, date.max)]
    while waiting:
        path, since, until = waiting.pop()
        for span in tree.get(path[-1], []):
            first, last = max(span.since, since), min(span.until, until)
            if span.parent_id is None or first >= last:
                continue
            longer = (*path, span.parent_id)
            if span.parent_id in path:
                return Fault(FaultKind.LOOP, unit, longer, first)
            if len(longer) > MOST_LEVELS:
                return Fault(FaultKind.DEPTH, unit, longer, first)
            waiting.append((longer, first, last))
    return None
