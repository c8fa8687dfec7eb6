"""The goal analysis: what a unit sees in a period, with values, lights and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from .....authz.permit import permit
from .....infra.i18n import _
from .....infra.periods import Period
from .....tenants.work import Work
from ..models import (
    JUDGED,
    Activity,
    Indicator,
    Level,
    NodeComment,
    NodeKind,
    PlanNode,
    SteeringModel,
)
from ..rules import (
    Child,
    Consolidation,
    Direction,
    HandSet,
    Light,
    LightRule,
    Measure,
    Verdict,
    effective_light,
    judge_indicator,
)
from ..settings import ActivityState, goal_settings
from ..view.consolidation import Copy, Figures, consolidated, copies_below
from ..view.view import Seen, due_codes, model_with_levels, nodes_below, nodes_in_view, place_of


class WarningKind(StrEnum):
    """What would stand as an exclamation mark in the report."""

    ACTIVITY_OPEN = "activity_open"
    ACTIVITY_UNCOMMENTED = "activity_uncommented"
    OUTCOME_MISSING = "outcome_missing"
    TARGET_MISSING = "target_missing"
    GOAL_UNCOMMENTED = "goal_uncommented"


@dataclass(frozen=True, slots=True)
class ReportWarning:
    """Something that remains to be done before the report, on one node."""

    kind: WarningKind
    node_id: UUID
    title: str

    @property
    def sentence(self) -> str:
        """In the reader's language."""
        sentences = {
            WarningKind.ACTIVITY_OPEN: _('The activity "{title}" is not closed.'),
            WarningKind.ACTIVITY_UNCOMMENTED: _('The activity "{title}" has no comment.'),
            WarningKind.OUTCOME_MISSING: _('The indicator "{title}" has no outcome.'),
            WarningKind.TARGET_MISSING: _('The indicator "{title}" has no target.'),
            WarningKind.GOAL_UNCOMMENTED: _('The goal "{title}" has no comment.'),
        }
        return sentences[self.kind].format(title=self.title)


class Values(NamedTuple):
    """What an indicator has for its `period`, the last of its own that is due.

    `consolidated` says that the figures come from the copies at other units.
    """

    period: str
    total: Decimal | None = None
    women: Decimal | None = None
    men: Decimal | None = None
    target: Decimal | None = None
    forecast: Decimal | None = None
    entered_by: UUID | None = None
    entered_at: datetime | None = None
    source: str = ""
    consolidated: bool = False


class Row(NamedTuple):
    """A node with its place in this view.

    `due` is False for an indicator without a value to give yet, and for a goal above only such:
    they neither count for the goal above nor warn. `missing` names absent values: total, target,
    and women and men where the indicator is split by sex. `below` holds the kinds judged by.
    """

    node: PlanNode
    level: Level
    depth: int
    parent_id: UUID | None
    inherited: bool
    indicator: Indicator | None
    activity: Activity | None
    values: Values | None
    comment: NodeComment | None
    verdict: Verdict | None
    due: bool
    missing: tuple[str, ...]
    below: frozenset[NodeKind] = frozenset()


@dataclass(frozen=True, slots=True)
class GoalAnalysis:
    """A unit's view of the red thread in a period, rows depth first.

    `model` is None, and there are no rows, when the year has no steering model. `missing` counts
    the absent values. `states` are the municipality's states of an activity by their keys.
    """

    unit_id: UUID
    unit_name: str
    period: Period
    model: SteeringModel | None
    levels: tuple[Level, ...]
    rows: tuple[Row, ...]
    missing: int
    warnings: tuple[ReportWarning, ...]
    states: Mapping[str, ActivityState]


@permit("goals.read")
async def goal_analysis(
    work: Work,
    *,
    unit_id: UUID,
    period: Period,
    model_id: UUID | None = None,
    to_show: bool = False,
) -> GoalAnalysis:
    """The analysis in a fixed number of statements. The model is the year's first if none is named.

    What is read only `to_show` it has rows instead of entities, for a third of the time.

    Raises NotFound for a unit or model that the municipality does not have.
    """
    place = await place_of(work, unit_id=unit_id, period=period)
    model, levels = await model_with_levels(work, year=period.year, model_id=model_id)
    seen: list[Seen] = []
    hidden: list[Seen] = []
    if model is not None:
        seen = await nodes_in_view(
            work, place=place, period=period, model=model, levels=levels, to_show=to_show
        )
        hidden = await nodes_below(
            work, seen, place=place, period=period, levels=levels, to_show=to_show
        )
    below = await added_up(work, [*seen, *hidden], period)
    settings = await goal_settings(work)
    states = {state.key: state for state in settings.activity_states}
    rows = judged_rows(seen, hidden, below, period)
    return GoalAnalysis(
        unit_id=unit_id,
        unit_name=place.name,
        period=period,
        model=model,
        levels=levels,
        rows=rows,
        missing=sum(len(row.missing) for row in rows),
        warnings=tuple(_warnings(rows, states)),
        states=states,
    )


async def added_up(work: Work, seen: Sequence[Seen], period: Period) -> dict[UUID, list[Copy]]:
    """The copies of what this unit has distributed and may have to add up."""
    origins = [
        item.node.id
        for item in seen
        if item.indicator
        and not item.inherited
        and item.indicator.consolidation != Consolidation.NONE
        and (item.outcome is None or item.outcome.total is None)
    ]
    return await copies_below(work, origins, period=period) if origins else {}


def judged_rows(
    seen: Sequence[Seen],
    hidden: Sequence[Seen],
    below: Mapping[UUID, Sequence[Copy]],
    period: Period,
) -> tuple[Row, ...]:
    """Children are judged before their parents, so from the last row to the first.

    What is hidden counts for what stands above it, and is no row itself.
    """
    codes = due_codes(period)
    judged: dict[UUID | None, list[Row]] = {}
    rows: list[Row] = []
    for item in reversed(hidden):
        children = judged.get(item.node.id, [])[::-1]
        judged.setdefault(item.parent_id, []).append(_row(item, children, below, codes))
    for item in reversed(seen):
        children = judged.get(item.node.id, [])[::-1]
        row = _row(item, children, below, codes)
        if row.node.kind in JUDGED:
            judged.setdefault(item.parent_id, []).append(row)
        rows.append(row)
    return tuple(reversed(rows))


def _row(
    item: Seen,
    children: Sequence[Row],
    below: Mapping[UUID, Sequence[Copy]],
    codes: Mapping[str, str],
) -> Row:
    values = _values(item, below, codes)
    due_children = [child for child in children if child.due]
    verdict, due = None, True
    if item.indicator:
        due = values is not None
        verdict = judge(item.indicator, values or Values(period=""))
    elif item.node.kind is NodeKind.GOAL:
        verdict = effective_light(
            [
                Child(
                    child.node.id, child.node.title, child.verdict.light if child.verdict else None
                )
                for child in due_children
            ],
            rule=LightRule(item.level.light_rule),
            hand=_by_hand(item),
        )
        due = bool(due_children) or not children or verdict.light is not None
    return Row(
        node=item.node,
        level=item.level,
        depth=item.depth,
        parent_id=item.parent_id,
        inherited=item.inherited,
        indicator=item.indicator,
        activity=item.activity,
        values=values,
        comment=item.comment,
        verdict=verdict,
        due=due,
        missing=_missing(item.indicator, values),
        below=frozenset(child.node.kind for child in due_children),
    )


def _values(
    item: Seen, below: Mapping[UUID, Sequence[Copy]], codes: Mapping[str, str]
) -> Values | None:
    indicator, entered = item.indicator, item.outcome
    code = codes.get(indicator.periodicity) if indicator else None
    if indicator is None or code is None:
        return None
    own = (
        Values(
            entered.period,
            entered.total,
            entered.women,
            entered.men,
            entered.target,
            entered.forecast,
            entered.entered_by,
            entered.entered_at,
            entered.source,
        )
        if entered
        else Values(period=code)
    )
    if item.node.id not in below:
        return own
    figures = Figures(own.total, own.women, own.men, own.target)
    how = Consolidation(indicator.consolidation)
    added = consolidated(item.node.id, figures, how, below)
    if added is None:
        return own
    return own._replace(
        total=added.total,
        women=added.women,
        men=added.men,
        target=added.target,
        consolidated=True,
    )


def judge(indicator: Indicator, values: Values) -> Verdict:
    return judge_indicator(
        Measure(
            outcome=values.total,
            target=values.target,
            direction=Direction(indicator.direction),
            green_limit=indicator.green_limit,
            yellow_limit=indicator.yellow_limit,
        )
    )


def _by_hand(item: Seen) -> HandSet | None:
    hand = item.hand
    if hand is None:
        return None
    return HandSet(Light(hand.light), hand.set_by, hand.set_at, hand.reason)


def _missing(indicator: Indicator | None, values: Values | None) -> tuple[str, ...]:
    if indicator is None or values is None:
        return ()
    wanted = {"total": values.total, "target": values.target}
    if indicator.by_sex:
        wanted |= {"women": values.women, "men": values.men}
    return tuple(name for name, value in wanted.items() if value is None)


def _warnings(rows: Iterable[Row], states: Mapping[str, ActivityState]) -> Iterator[ReportWarning]:
    for row in rows:
        commented = row.comment is not None and bool(row.comment.text.strip())
        for kind in _faults(row, commented, states):
            yield ReportWarning(kind, row.node.id, row.node.title)


def _faults(
    row: Row, commented: bool, states: Mapping[str, ActivityState]
) -> Iterator[WarningKind]:
    if row.activity:
        state = states.get(row.activity.state)
        if state is None or not state.closed:
            yield WarningKind.ACTIVITY_OPEN
        if not commented:
            yield WarningKind.ACTIVITY_UNCOMMENTED
    elif row.node.kind is NodeKind.GOAL and row.due and not commented:
        yield WarningKind.GOAL_UNCOMMENTED
    elif "total" in row.missing:
        yield WarningKind.OUTCOME_MISSING
    elif "target" in row.missing:
        yield WarningKind.TARGET_MISSING
