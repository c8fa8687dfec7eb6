"""Lights that somebody sets by hand, with a reason, until they are taken back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from .....authz.permit import permit
from .....infra.errors import Conflict, InvalidInput
from .....infra.i18n import _, in_language
from .....infra.periods import Period, parse_period
from .....infra.texts import at_most
from .....tenants.work import Work
from ..analysis.analysis import goal_analysis
from ..live import tell_at
from ..models import HandLight, Level, PlanNode
from ..planning.editing import require_seen
from ..rules import Child, Light, check_by_hand
from ..texts import REASON


@permit("goals.edit")
async def set_light_by_hand(
    work: Work, node_id: UUID, *, unit_id: UUID, period: str, light: Light, reason: str
) -> HandLight:
    """Set a goal's light for a unit and period. One that stood is taken back and stays in history.

    Raises InvalidInput for a colour that the level does not allow or a missing reason, Conflict
    for green over something in the unit's view that is not green, and as `change_node`.
    """
    code = await require_seen(work, node_id, unit_id=unit_id, period=period)
    node = await work.get(PlanNode, node_id)
    level = await work.get(Level, node.level_id)
    if not level.hand_lights:
        raise InvalidInput(
            _('The light of a "{level}" is never set by hand.', level=in_language(level.name)),
            field="light",
        )
    reason = at_most(reason, field="reason", most=REASON)
    check_by_hand(
        light,
        allowed=frozenset(Light(allowed) for allowed in level.hand_lights),
        reason=reason,
        children=await _below(work, node, unit_id, code),
    )
    standing = await _standing(work, node_id, unit_id, str(code))
    if standing is not None:
        _take_back(work, standing)
        await work.flush()
    hand = HandLight(
        node_id=node_id,
        unit_id=unit_id,
        period=str(code),
        light=light.value,
        reason=reason,
        set_by=work.actor.id,
        set_at=work.now,
    )
    work.add(hand)
    await work.flush()
    await tell_at(work, [(unit_id, code.year, node_id)])
    return hand


@permit("goals.edit")
async def take_back_light(work: Work, node_id: UUID, *, unit_id: UUID, period: str) -> HandLight:
    """Let the rule decide again. Raises Conflict when no light stands that was set by hand."""
    code = await require_seen(work, node_id, unit_id=unit_id, period=period)
    standing = await _standing(work, node_id, unit_id, str(code))
    if standing is None:
        raise Conflict(_("No light is set by hand here."))
    _take_back(work, standing)
    await work.flush()
    await tell_at(work, [(unit_id, code.year, node_id)])
    return standing


@permit("goals.read")
async def hand_light_history(
    work: Work, node_id: UUID, *, unit_id: UUID, period: str
) -> Sequence[HandLight]:
    """All lights set by hand on a node for a unit and period, the newest first."""
    node = await work.get(PlanNode, node_id)
    return await work.scalars(
        select(HandLight)
        .where(HandLight.node_id == node.id, HandLight.unit_id == unit_id)
        .where(HandLight.period == str(parse_period(period)))
        .order_by(HandLight.set_at.desc(), HandLight.id.desc())
    )


async def _below(work: Work, node: PlanNode, unit_id: UUID, period: Period) -> tuple[Child, ...]:
    """What the node's light is judged by, as the unit sees it."""
    analysis = await goal_analysis(work, unit_id=unit_id, period=period, model_id=node.model_id)
    for row in analysis.rows:
        if row.node.id == node.id and row.verdict is not None:
            return row.verdict.children
    return ()


async def _standing(work: Work, node_id: UUID, unit_id: UUID, period: str) -> HandLight | None:
    return await work.first(
        select(HandLight)
        .where(HandLight.node_id == node_id, HandLight.unit_id == unit_id)
        .where(HandLight.period == period, HandLight.taken_back_at.is_(None))
        .with_for_update()
    )


def _take_back(work: Work, hand: HandLight) -> None:
    hand.taken_back_at, hand.taken_back_by = work.now, work.actor.id
