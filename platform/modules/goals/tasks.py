"""What the plan asks of people: values that are due, words for a report, activities to close."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from ....infra.periods import Period, PeriodKind, due_period, periods_of
from ....tenants.work import Work
from ...asked import Asked
from ...tasks import ActivityToClose, CommentToWrite, Payload, Task, TaskKind, ValuesToEnter
from .models import JUDGED, NodeKind, PlanNode
from .planning.threads import Thread, read_comments, read_thread
from .rules import Consolidation
from .settings import goal_settings
from .view.view import due_codes

EDIT = "goals.edit"


@dataclass(frozen=True, slots=True)
class Needed:
    """A unit's view of a period that somebody needs whole by a day, such as for a report."""

    unit_id: UUID
    period: Period
    due_on: date | None


async def goal_tasks(work: Work, asked: Asked) -> list[Task]:
    """Values of periods that have ended, and open activities near their end or past it.

    Of what is visible downwards, a unit below is asked for values once it has given any.
    """
    years = (asked.today.year - 1, asked.today.year)
    codes = {
        str(ended)
        for year in years
        for kind in PeriodKind
        if (ended := _last_ended(kind, year, asked.today))
    }
    thread = await read_thread(work, asked, years=years, codes=codes)
    closed = (await goal_settings(work)).closed()
    found: list[Task] = []
    for node in thread.nodes:
        year = thread.years[node.model_id]
        if node.kind is NodeKind.INDICATOR:
            kind = PeriodKind(thread.indicators[node.id].periodicity)
            period = _last_ended(kind, year, asked.today)
            units = (node.unit_id, *sorted(thread.taking_part.get(node.id, ())))
            for unit_id in units if period else ():
                found += _values(asked, thread, node, unit_id, period, None)
        elif node.kind is NodeKind.ACTIVITY and _wanted(asked, thread, node, closed):
            found += _activity(asked, thread, node)
    return found


async def next_goal_task(work: Work, asked: Asked) -> tuple[date, Task] | None:
    """What this year's plan asks for next, and from which day: the values of a period that is still
    under way, or an activity whose end is not near yet."""
    today, ahead = asked.today, timedelta(days=asked.ahead_days)
    under_way = {kind: _under_way(kind, today) for kind in PeriodKind}
    codes = {str(period) for period in under_way.values()}
    thread = await read_thread(work, asked, years=(today.year,), codes=codes)
    closed = (await goal_settings(work)).closed()
    found: list[tuple[date, Task]] = []
    for node in thread.nodes:
        if node.kind is NodeKind.INDICATOR:
            period = under_way[PeriodKind(thread.indicators[node.id].periodicity)]
            opens = period.end + timedelta(days=1)
            for unit_id in (node.unit_id, *sorted(thread.taking_part.get(node.id, ()))):
                found += ((opens, t) for t in _values(asked, thread, node, unit_id, period, None))
        elif node.kind is NodeKind.ACTIVITY:
            activity = thread.activities.get(node.id)
            if activity is None or activity.ends_on is None or activity.state in closed:
                continue
            found += ((activity.ends_on - ahead, t) for t in _activity(asked, thread, node))
    return min(
        ((opens, task) for opens, task in found if opens > today),
        key=lambda each: each[0],
        default=None,
    )


async def tasks_of_views(work: Work, asked: Asked, views: Sequence[Needed]) -> list[Task]:
    """What is missing in the views, as the goal analysis warns of it: values, targets, and words
    about goals and activities. Each is due when its view is, or its period has been over for as
    long as is given, whichever comes first.
    """
    if not views:
        return []
    codes = {code for view in views for code in due_codes(view.period).values()}
    years = {view.period.year for view in views}
    thread = await read_thread(work, asked, years=years, codes=codes)
    periods = {str(view.period) for view in views}
    said = await read_comments(work, thread.nodes, [view.unit_id for view in views], periods)
    closed = (await goal_settings(work)).closed()
    found: list[Task] = []
    for view in views:
        nodes = list(thread.in_view(asked, view.unit_id, view.period.year))
        due = _due(thread, nodes, view.period)
        for node in nodes:
            if node.kind is NodeKind.INDICATOR and node.id in due:
                found += _values(asked, thread, node, view.unit_id, due[node.id], view.due_on)
                continue
            silent = (node.id, view.unit_id, str(view.period)) not in said
            closing = node.unit_id == view.unit_id and _wanted(asked, thread, node, closed)
            spoken_of = node.kind is NodeKind.ACTIVITY and not closing
            if silent and (spoken_of or (node.kind is NodeKind.GOAL and node.id in due)):
                found += _comment(asked, node, view)
    return found


def _due(thread: Thread, nodes: Sequence[PlanNode], period: Period) -> dict[UUID, Period]:
    """By node what it is to have values or words for: an indicator whose period has come, and a
    goal unless all below it are still to come."""
    below: dict[UUID | None, list[PlanNode]] = {}
    for node in nodes:
        if node.kind in JUDGED:
            below.setdefault(node.parent_id, []).append(node)
    found: dict[UUID, Period] = {}

    def judge(node: PlanNode) -> bool:
        children = below.get(node.id, [])
        if node.kind is NodeKind.INDICATOR:
            own = due_period(PeriodKind(thread.indicators[node.id].periodicity), period)
        else:
            judged = [judge(child) for child in children]  # all of them, none is skipped
            own = period if any(judged) or not judged else None
        if own:
            found[node.id] = own
        return own is not None

    known = {node.id for node in nodes}
    for node in nodes:
        if node.kind in JUDGED and node.parent_id not in known:
            judge(node)
    return found


def _values(
    asked: Asked,
    thread: Thread,
    node: PlanNode,
    unit_id: UUID,
    period: Period | None,
    needed_on: date | None,
) -> Iterator[Task]:
    indicator = thread.indicators[node.id]
    if period is None or (
        indicator.consolidation != Consolidation.NONE
        and node.id in thread.distributed
        and unit_id == node.unit_id
    ):
        return  # the copies answer for what was distributed to be added up
    standing = thread.values.get((node.id, unit_id, str(period)))
    if standing is None or standing.total is None:
        missing = TaskKind.OUTCOME
    elif standing.target is None:
        missing = TaskKind.TARGET
    else:
        return
    over = period.end + timedelta(days=asked.outcome_days)
    payload = ValuesToEnter(
        node_id=node.id,
        measure_unit=indicator.measure_unit,
        decimals=indicator.decimals,
        by_sex=indicator.by_sex,
        total=standing.total if standing else None,
        women=standing.women if standing else None,
        men=standing.men if standing else None,
        target=standing.target if standing else None,
        version=standing.version if standing else 0,
    )
    due_on = min(over, needed_on) if needed_on else over
    yield from _task(asked, node, unit_id, missing, str(period), period.year, due_on, payload)


def _comment(asked: Asked, node: PlanNode, view: Needed) -> Iterator[Task]:
    yield from _task(
        asked,
        node,
        view.unit_id,
        TaskKind.COMMENT,
        str(view.period),
        view.period.year,
        view.due_on,
        CommentToWrite(node.id, node.kind.value),
    )


def _wanted(asked: Asked, thread: Thread, node: PlanNode, closed: frozenset[str]) -> bool:
    """Whether it is an activity that is open, with an end that is near or past."""
    activity = thread.activities.get(node.id)
    if activity is None or activity.ends_on is None or activity.state in closed:
        return False
    return activity.ends_on - asked.today <= timedelta(days=asked.ahead_days)


def _activity(asked: Asked, thread: Thread, node: PlanNode) -> Iterator[Task]:
    activity, year = thread.activities[node.id], thread.years[node.model_id]
    payload = ActivityToClose(node.id, activity.state, node.version)
    yield from _task(
        asked,
        node,
        node.unit_id,
        TaskKind.ACTIVITY,
        str(year),
        year,
        activity.ends_on,
        payload,
    )


def _task(
    asked: Asked,
    node: PlanNode,
    unit_id: UUID,
    kind: TaskKind,
    period: str,
    year: int,
    due_on: date | None,
    payload: Payload,
) -> Iterator[Task]:
    """The one who answers for a node is asked at its own unit; what units below give is theirs."""
    responsible_id = node.responsible_id if unit_id == node.unit_id else None
    whose = asked.whose(EDIT, unit_id, responsible_id=responsible_id)
    if whose is None:
        return
    people, because = whose
    place = asked.places[unit_id]
    yield Task(
        key=f"{_family(kind)}:{node.id}:{unit_id}:{period}",
        kind=kind,
        title=node.title,
        about="",
        unit_id=unit_id,
        unit_name=place.name,
        unit_slug=place.slug,
        period=period,
        year=year,
        due_on=due_on,
        late=due_on is not None and due_on < asked.today,
        people=people,
        because=because,
        payload=payload,
    )


def _family(kind: TaskKind) -> str:
    """An outcome and its target are entered in the same place, so they are one task in a row."""
    return "values" if kind in (TaskKind.OUTCOME, TaskKind.TARGET) else kind.value


def _under_way(kind: PeriodKind, today: date) -> Period:
    return min(period for period in periods_of(today.year, kind) if period.end >= today)


def _last_ended(kind: PeriodKind, year: int, today: date) -> Period | None:
    ended: Iterable[Period] = (period for period in periods_of(year, kind) if period.end < today)
    return max(ended, default=None)
