"""A plan laid over the months of its year: assignments and activities, grouped by their goals."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from .....infra.i18n import _, current_locale, in_language
from ..models import Activity, NodeKind
from ..settings import GoalSettings
from .planning import Branch, Thread

NARROWEST = 0.8
"""In percent of the year, so that a single day is seen too."""


class Pace(StrEnum):
    """How an activity goes; it has a shape, a colour and a word of its own."""

    WAITING = "waiting"
    UNDER_WAY = "under-way"
    CLOSED = "closed"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Bar:
    """Where it lies in the year, in percent; `before` and `after` say that it goes on outside."""

    start: float
    width: float
    before: bool
    after: bool


@dataclass(frozen=True, slots=True)
class Line:
    """An assignment or an activity; an assignment has the days of the activities below it.

    `told` says in words what is late. `days` is empty when there are none.
    """

    branch: Branch
    depth: int
    days: str
    bar: Bar | None
    pace: Pace | None
    word: str
    told: str


@dataclass(slots=True)
class Group:
    """A goal with what is done for it; None for what stands below no goal."""

    goal: Branch | None
    above: Sequence[Branch]
    days: str = ""
    bar: Bar | None = None
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Timeline:
    """`today` is its place in the year in percent, None in another year. `without` are goals at
    the end of the thread for which nothing is done."""

    months: tuple[str, ...]
    today: float | None
    groups: tuple[Group, ...]
    without: tuple[Branch, ...]
    activities: int
    late: int
    undated: int


def lay_out(thread: Thread, settings: GoalSettings, today: date) -> Timeline:
    """Everything stands in the order of the thread; nothing more is read."""
    layout = _Layout(thread, settings, today)
    for top in thread.tops:
        _place(layout, top, None, 0)
    groups = tuple(layout.groups.values())
    for group in groups:
        spans = [_span(line.branch) for line in group.lines]
        group.days, group.bar = _days(thread.year, *_around(spans)), _bar(thread.year, spans)
    lines = [line for group in groups for line in group.lines]
    done = [line for line in lines if line.branch.seen.activity]
    return Timeline(
        months=_months(),
        today=_at(today) if today.year == thread.year else None,
        groups=groups,
        without=tuple(layout.without),
        activities=len(done),
        late=sum(line.pace is Pace.LATE for line in done),
        undated=sum(not line.days for line in done),
    )


@dataclass(slots=True)
class _Layout:
    thread: Thread
    settings: GoalSettings
    today: date
    groups: dict[UUID | None, Group] = field(default_factory=dict)
    without: list[Branch] = field(default_factory=list)


def _place(layout: _Layout, branch: Branch, goal: Branch | None, depth: int) -> None:
    """The branch and all below it, `depth` assignments down."""
    if branch.node.kind is NodeKind.INDICATOR:
        return
    if branch.node.kind is NodeKind.GOAL:
        goal, depth = branch, 0
        if all(below.node.kind is NodeKind.INDICATOR for below in branch.below):
            layout.without.append(branch)
    else:
        key = goal.node.id if goal else None
        if key not in layout.groups:
            layout.groups[key] = Group(goal, layout.thread.above(goal) if goal else [])
        layout.groups[key].lines.append(_line(layout, branch, depth))
        depth += 1
    for below in branch.below:
        _place(layout, below, goal, depth)


def _line(layout: _Layout, branch: Branch, depth: int) -> Line:
    year, settings = layout.thread.year, layout.settings
    span = _span(branch)
    pace, word, told = None, "", ""
    if (activity := branch.seen.activity) is not None:
        state = settings.state(activity.state)
        word = in_language(state.word) if state else activity.state
        pace, told = _pace(activity, settings, layout.today)
    elif activities := list(_activities(branch)):
        closed = sum(each.state in settings.closed() for each in activities)
        word = _("{closed} of {all} activities closed", closed=closed, all=len(activities))
    return Line(branch, depth, _days(year, *span), _bar(year, [span]), pace, word, told)


def _pace(activity: Activity, settings: GoalSettings, today: date) -> tuple[Pace, str]:
    """With what is late in words, "" when nothing is."""
    if activity.state in settings.closed():
        return Pace.CLOSED, ""
    if activity.ends_on is not None and activity.ends_on < today:
        return Pace.LATE, _("Late: the last day was {day}", day=_day(activity.ends_on))
    if activity.state != settings.activity_states[0].key:
        return Pace.UNDER_WAY, ""
    if activity.starts_on is not None and activity.starts_on < today:
        return Pace.WAITING, _("Should have begun on {day}", day=_day(activity.starts_on))
    return Pace.WAITING, ""


Span = tuple[date | None, date | None]


def _span(branch: Branch) -> Span:
    activity = branch.seen.activity
    if activity is not None:
        return activity.starts_on, activity.ends_on
    return _around((each.starts_on, each.ends_on) for each in _activities(branch))


def _around(spans: Iterable[Span]) -> Span:
    """From the first day of them all to the last."""
    days = sorted(day for span in spans for day in span if day is not None)
    return (days[0], days[-1]) if days else (None, None)


def _activities(branch: Branch) -> Iterable[Activity]:
    for below in branch.below:
        if below.seen.activity is not None:
            yield below.seen.activity
        yield from _activities(below)


def _bar(year: int, spans: Iterable[Span]) -> Bar | None:
    """None without days, or when all of it is in other years."""
    first, last = _around(spans)
    if first is None or last is None or first.year > year or last.year < year:
        return None
    start = _at(first) if first.year == year else 0.0
    end = _at(last, after=1) if last.year == year else 100.0
    start = min(start, 100 - NARROWEST)
    return Bar(start, max(round(end - start, 2), NARROWEST), first.year < year, last.year > year)


def _at(day: date, *, after: int = 0) -> float:
    """In percent of its year, where all months are as wide; `after` so many days."""
    passed = (day.day - 1 + after) / monthrange(day.year, day.month)[1]
    return round((day.month - 1 + passed) / 12 * 100, 2)


def _days(year: int, first: date | None, last: date | None) -> str:
    """`1 mars – 30 juni`, with the years when one of them is another than the plan's."""
    whole = any(day is not None and day.year != year for day in (first, last))
    if first is None and last is None:
        return ""
    if first is None:
        assert last is not None
        return _("until {day}", day=_day(last, year=whole))
    if last is None:
        return _("from {day}", day=_day(first, year=whole))
    if first == last:
        return _day(first, year=whole)
    return f"{_day(first, year=whole)} – {_day(last, year=whole)}"


def _day(day: date, *, year: bool = True) -> str:
    from babel.dates import format_date

    return str(format_date(day, "d MMMM y" if year else "d MMMM", locale=current_locale()))


def _months() -> tuple[str, ...]:
    """Three letters each."""
    from babel.dates import get_month_names

    names = get_month_names("abbreviated", locale=current_locale())
    return tuple(names[number].rstrip(".")[:3] for number in range(1, 13))
