"""One thing in the plan: where it is used, what hangs on it, and what has happened to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.orm import aliased

from .....authz.permit import permit
from .....infra.i18n import _, current_locale, in_language
from .....infra.numbers import format_number
from .....infra.periods import parse_period
from .....tenants.names import names_of
from .....tenants.tree import units
from .....tenants.tree.units import Placed
from .....tenants.work import Work
from ..models import (
    Checkpoint,
    HandLight,
    Level,
    NodeComment,
    NodeKind,
    Outcome,
    OutcomeVersion,
    PlanNode,
)
from ..rules import Light, colour_word
from ..settings import goal_settings
from .planning import Branch

SHOWN = 20
"""So many of the latest events are shown."""


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of its own at a unit, and whether somebody has begun to use it."""

    id: UUID
    unit: Placed


@dataclass(frozen=True, slots=True)
class Details:
    """`follows` counts all that stands below it, at any unit, by the name of its level."""

    copies: tuple[Copy, ...]
    follows: dict[str, int]
    events: tuple[Event, ...]
    values: int
    comments: int
    lights: int
    checkpoints: int

    @property
    def hanging(self) -> list[str]:
        """What keeps it from being removed."""
        counted = {
            _("{count} below it"): sum(self.follows.values()),
            _("{count} copies at other units"): len(self.copies),
            _("{count} periods with values"): self.values,
            _("{count} comments"): self.comments,
            _("{count} lights set by hand"): self.lights,
            _("{count} checkpoints"): self.checkpoints,
        }
        return [text.format(count=count) for text, count in counted.items() if count]


@permit("goals.read")
async def read_details(work: Work, branch: Branch) -> Details:
    node = branch.node
    outcomes = await work.scalars(select(Outcome).where(Outcome.node_id == node.id))
    comments = await work.scalars(select(NodeComment).where(NodeComment.node_id == node.id))
    lights = await work.scalars(select(HandLight).where(HandLight.node_id == node.id))
    checkpoints = await work.scalars(select(Checkpoint.id).where(Checkpoint.activity_id == node.id))
    return Details(
        copies=await _copies(work, node.id),
        follows=await _follows(work, node.id),
        events=await _events(work, branch, comments=comments, lights=lights),
        values=len({outcome.period for outcome in outcomes}),
        comments=len(comments),
        lights=len(lights),
        checkpoints=len(checkpoints),
    )


async def _copies(work: Work, node_id: UUID) -> tuple[Copy, ...]:
    rows = await work.rows(
        select(PlanNode.id, PlanNode.unit_id).where(PlanNode.origin_id == node_id)
    )
    placed = {unit.id: unit for unit in await units.placed(work, [row[1] for row in rows])}
    found = [Copy(id, placed[unit_id]) for id, unit_id in rows]
    return tuple(sorted(found, key=lambda copy: copy.unit.name.casefold()))


async def _follows(work: Work, node_id: UUID) -> dict[str, int]:
    below = (
        select(PlanNode.id, PlanNode.level_id, literal(1).label("steps"))
        .where(PlanNode.tenant_id == work.tenant.id, PlanNode.parent_id == node_id)
        .cte("below", recursive=True)
    )
    node = aliased(PlanNode)
    below = below.union_all(
        select(node.id, node.level_id, below.c.steps + 1)
        .join(below, node.parent_id == below.c.id)
        .where(node.tenant_id == work.tenant.id)
    )
    rows = await work.rows(
        select(Level.name, func.count())
        .join(below, below.c.level_id == Level.id)
        .where(Level.tenant_id == work.tenant.id)
        .group_by(Level.name, Level.position)
        .order_by(Level.position)
    )
    counted: Counter[str] = Counter()
    for name, count in rows:
        counted[in_language(name)] += count
    return dict(counted)


async def _events(
    work: Work,
    branch: Branch,
    *,
    comments: Sequence[NodeComment],
    lights: Sequence[HandLight],
) -> tuple[Event, ...]:
    """What has happened, the latest first."""
    node, activity = branch.node, branch.seen.activity
    told: list[tuple[datetime, UUID | None, str]] = [(node.created_at, None, _("Added"))]
    if node.version > 1:
        told.append((node.changed_at, node.changed_by, _("Changed in the plan")))
    if activity is not None and activity.state_at is not None:
        state = (await goal_settings(work)).state(activity.state)
        word = in_language(state.word) if state else activity.state
        told.append((activity.state_at, activity.state_by, _("State: {word}", word=word)))
    for comment in comments:
        what = _("Comment for {period}", period=_period(comment.period))
        told.append((comment.written_at, comment.written_by, what))
    for light in lights:
        what = _(
            "Set {colour} by hand: {reason}",
            colour=colour_word(Light(light.light)),
            reason=light.reason,
        )
        told.append((light.set_at, light.set_by, what))
    if node.kind is NodeKind.INDICATOR:
        told += await _value_events(work, branch)
    told.sort(key=lambda event: event[0], reverse=True)
    names = await names_of(work, (who for _at, who, _what in told))
    return tuple(
        Event(at, names.get(who, "") if who else "", what) for at, who, what in told[:SHOWN]
    )


async def _value_events(work: Work, branch: Branch) -> list[tuple[datetime, UUID | None, str]]:
    rows = await work.rows(
        select(OutcomeVersion, Outcome.period)
        .join(
            Outcome,
            (Outcome.id == OutcomeVersion.outcome_id)
            & (Outcome.tenant_id == OutcomeVersion.tenant_id),
        )
        .where(Outcome.node_id == branch.node.id)
        .order_by(OutcomeVersion.entered_at.desc())
        .limit(SHOWN)
    )
    decimals = branch.seen.indicator.decimals if branch.seen.indicator else 0
    return [
        (version.entered_at, version.entered_by, _values_text(version, period, decimals))
        for version, period in rows
    ]


def _values_text(version: OutcomeVersion, period: str, decimals: int) -> str:
    def number(value: Decimal | None) -> str:
        return "–" if value is None else format_number(value, decimals, current_locale())

    return _(
        "Values for {period}: outcome {total}, target {target}",
        period=_period(period),
        total=number(version.total),
        target=number(version.target),
    )


def _period(code: str) -> str:
    return parse_period(code).label(current_locale())
