"""Which list a day of a unit belongs to: pure functions, so that they can be held to any dates.

The lists of a unit never lie over one another, supplements aside, which have the days of the list
that they follow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

ONE = timedelta(days=1)
LONGEST = 366
"""Days of one list."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The days of a list, the last with it. Only an `open` one takes in more."""

    begins: date
    ends: date
    number: int = 1
    open: bool = True

    def holds(self, day: date) -> bool:
        return self.begins <= day <= self.ends

    def meets(self, begins: date, ends: date) -> bool:
        return self.begins <= ends and begins <= self.ends


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of its month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - ONE


def slot_for(day: date, known: Iterable[Slot], *, last: date) -> Slot:
    """The list of a unit that something of `day` goes into, one of the known or a new one.

    A list that has been signed stays as it is: then it is a supplement. A day that no list has
    gets one of what is free of its month around it, up to `last`.
    """
    slots = list(known)
    holding = sorted((slot for slot in slots if slot.holds(day)), key=lambda slot: slot.number)
    if holding:
        latest = holding[-1]
        if latest.open:
            return latest
        return Slot(latest.begins, latest.ends, latest.number + 1)
    begins, ends = month_of(day)
    ends = max(day, min(ends, last))
    begins = max([begins, *(slot.ends + ONE for slot in slots if slot.ends < day)])
    ends = min([ends, *(slot.begins - ONE for slot in slots if slot.begins > day)])
    return Slot(begins, ends)


def plan(days: Iterable[date], known: Iterable[Slot], *, last: date) -> dict[date, Slot]:
    """The list for each of the days. Those that are new are made once."""
    slots = list(known)
    found: dict[date, Slot] = {}
    for day in sorted(set(days)):
        found[day] = slot = slot_for(day, slots, last=last)
        if slot not in slots:
            slots.append(slot)
    return found
