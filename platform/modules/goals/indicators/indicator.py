"""An indicator in full: its history, its limits, what is said of it, and where it is used."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from .....authz.permit import permit
from .....infra.documents.richtext import plain_text
from .....infra.errors import NotFound
from .....infra.i18n import _
from .....infra.periods import Period
from .....tenants.models import Person
from .....tenants.tree import units
from .....tenants.tree.units import Placed
from .....tenants.work import Work
from ...reports.models import ChapterKind, Report, Section
from ..analysis.analysis import Row, Values, judge
from ..analysis.explaining import with_unit
from ..analysis.series import Measured, Reading, series_at, with_current
from ..analysis.views import rows_of_views
from ..models import (
    Indicator,
    Level,
    NodeComment,
    Outcome,
    OutcomeVersion,
    PlanNode,
    SteeringModel,
)
from ..rules import Direction, Light
from ..view.view import Place, among, due_codes, model_with_levels, place_of

MOST_CHANGES = 30
MOST_UNITS = 100


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The indicator at another unit: a copy of it, or its values for what it sees of it."""

    unit: Placed
    node_id: UUID
    values: Values
    light: Light | None
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What the unit said of the indicator for a period."""

    period: str
    text: str
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Entered:
    """The values of a period as they stood after one change."""

    period: str
    total: Decimal | None
    women: Decimal | None
    men: Decimal | None
    target: Decimal | None
    source: str
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class UsedIn:
    """A report of the unit that tells of its goals, and so of the indicator."""

    report_id: UUID
    title: str


@dataclass(frozen=True, slots=True)
class IndicatorInFull:
    """An indicator as a unit sees it. `above` are the goals it stands below, the top first;
    `owner` is the unit that has decided it."""

    place: Place
    period: Period
    model: SteeringModel
    levels: tuple[Level, ...]
    row: Row
    above: tuple[Row, ...]
    owner: Placed
    responsible: str | None
    readings: tuple[Reading, ...]
    elsewhere: tuple[Elsewhere, ...]
    said: tuple[Said, ...]
    history: tuple[Entered, ...]
    reports: tuple[UsedIn, ...]


@permit("goals.read")
async def indicator_in_full(
    work: Work, node_id: UUID, *, unit_id: UUID, period: Period
) -> IndicatorInFull:
    """In a fixed number of statements. Raises NotFound for what the unit does not see that year."""
    node = await work.get(PlanNode, node_id)
    place = await place_of(work, unit_id=unit_id, period=period)
    model, levels = await model_with_levels(work, year=period.year, model_id=node.model_id)
    if model is None or model.year != period.year:
        raise NotFound()
    views = await rows_of_views(
        work, {unit_id: place.above}, period=period, model=model, levels=levels
    )
    rows = {row.node.id: row for row in views[unit_id]}
    row = rows.get(node_id)
    if row is None or row.indicator is None:
        raise NotFound()
    family = await _family(work, row, unit_id, period)
    owners = await units.placed(
        work, [node.unit_id, *(one.unit_id for one, _v in family)], on=period.nearest(work.today)
    )
    placed = {unit.id: unit for unit in owners}
    series = await _series(work, row, family, unit_id, period)
    own = series[node_id, unit_id]
    mine = {node_id, *(reading.node_id for reading in own)}
    return IndicatorInFull(
        place=place,
        period=period,
        model=model,
        levels=levels,
        row=row,
        above=tuple(_above(rows, row)),
        owner=placed[node.unit_id],
        responsible=await _name(work, node.responsible_id),
        readings=own,
        elsewhere=tuple(
            Elsewhere(
                unit=placed[one.unit_id],
                node_id=one.node.id,
                values=values,
                light=judge(one.indicator, values).light,
                readings=series[one.node.id, one.unit_id],
            )
            for one, values in family
            if one.unit_id in placed
        ),
        said=await _said(work, mine, unit_id),
        history=await _history(work, mine, unit_id),
        reports=await _reports(work, unit_id, period.year),
    )


@permit("goals.read")
async def readings_of(
    work: Work, node_id: UUID, *, unit_id: UUID | None, period: Period
) -> tuple[Reading, ...]:
    """The history of an indicator at a unit, its own when None. Raises NotFound for what the unit
    does not see that year."""
    unit_id = unit_id or (await work.get(PlanNode, node_id)).unit_id
    found = await indicator_in_full(work, node_id, unit_id=unit_id, period=period)
    return found.readings


def limits_in_words(indicator: Indicator, target: Decimal | None) -> str:
    """`Grönt från 9,0 %, gult från 7,0 %, annars rött.`"""
    if target is None:
        return _("The limits are counted from the target, which is missing.")
    green, yellow = indicator.green_limit, indicator.yellow_limit

    def shown(value: Decimal) -> str:
        return with_unit(value, indicator)

    match Direction(indicator.direction):
        case Direction.HIGHER:
            parts = [_("Green from {value}", value=shown(target - green))]
            if yellow is not None:
                parts.append(_("yellow from {value}", value=shown(target - yellow)))
        case Direction.LOWER:
            parts = [_("Green up to {value}", value=shown(target + green))]
            if yellow is not None:
                parts.append(_("yellow up to {value}", value=shown(target + yellow)))
        case Direction.BAND:
            low, high = shown(target - green), shown(target + green)
            parts = [_("Green between {low} and {high}", low=low, high=high)]
            if yellow is not None:
                low, high = shown(target - yellow), shown(target + yellow)
                parts.append(_("yellow between {low} and {high}", low=low, high=high))
    return f"{', '.join([*parts, _('else red')])}."


def _above(rows: dict[UUID, Row], row: Row) -> list[Row]:
    found: list[Row] = []
    at = row.parent_id
    while at is not None and at in rows:
        found.insert(0, rows[at])
        at = rows[at].parent_id
    return found


async def _family(
    work: Work, row: Row, unit_id: UUID, period: Period
) -> list[tuple[Measured, Values]]:
    """Copies of the indicator, or of the one it was copied from, at their own units; and values
    that other units have given for this one. Not what the unit itself has."""
    node, indicator = row.node, row.indicator
    assert indicator is not None
    root = node.origin_id or node.id
    code = due_codes(period).get(indicator.periodicity, "")
    at = aliased(Outcome)
    copies = await work.rows(
        select(PlanNode, Indicator, at)
        .join(
            Indicator, and_(Indicator.id == PlanNode.id, Indicator.tenant_id == PlanNode.tenant_id)
        )
        .outerjoin(
            at,
            and_(
                at.node_id == PlanNode.id,
                at.unit_id == PlanNode.unit_id,
                at.period == code,
                at.tenant_id == PlanNode.tenant_id,
            ),
        )
        .where(
            or_(PlanNode.origin_id == root, PlanNode.id == root),
            PlanNode.id != node.id,
        )
        .order_by(PlanNode.id)
        .limit(MOST_UNITS)
    )
    given = await work.scalars(
        select(Outcome)
        .where(Outcome.node_id == node.id, Outcome.period == code, Outcome.unit_id != unit_id)
        .order_by(Outcome.unit_id)
        .limit(MOST_UNITS)
    )
    found = [
        (Measured(copy, measured, copy.unit_id), _values(outcome, code))
        for copy, measured, outcome in copies
    ]
    return found + [
        (Measured(node, indicator, outcome.unit_id), _values(outcome, code)) for outcome in given
    ]


def _values(outcome: Outcome | None, code: str) -> Values:
    if outcome is None:
        return Values(period=code)
    return Values(
        period=outcome.period,
        total=outcome.total,
        women=outcome.women,
        men=outcome.men,
        target=outcome.target,
    )


async def _series(
    work: Work,
    row: Row,
    family: Sequence[tuple[Measured, Values]],
    unit_id: UUID,
    period: Period,
) -> dict[tuple[UUID, UUID], tuple[Reading, ...]]:
    """By node and unit: the readings, with this period's own where it is consolidated."""
    assert row.indicator is not None
    own = Measured(row.node, row.indicator, unit_id)
    measured = [own, *(one for one, _v in family)]
    found = await series_at(work, measured, unit_id=unit_id, year=period.year)
    key = row.node.id, unit_id
    found[key] = with_current(found[key], row.values, node_id=key[0], unit_id=unit_id)
    return found


async def _name(work: Work, person_id: UUID | None) -> str | None:
    if person_id is None:
        return None
    return await work.first(select(Person.name).where(Person.id == person_id))


async def _said(work: Work, nodes: Collection[UUID], unit_id: UUID) -> tuple[Said, ...]:
    """The latest period first."""
    rows = await work.rows(
        select(NodeComment.period, NodeComment.text, Person.name, NodeComment.written_at)
        .outerjoin(
            Person,
            and_(Person.id == NodeComment.written_by, Person.tenant_id == NodeComment.tenant_id),
        )
        .where(among(NodeComment.node_id, list(nodes)), NodeComment.unit_id == unit_id)
        .order_by(NodeComment.period.desc(), NodeComment.written_at.desc())
    )
    return tuple(Said(period, plain_text(text), by, at) for period, text, by, at in rows)


async def _history(work: Work, nodes: Collection[UUID], unit_id: UUID) -> tuple[Entered, ...]:
    """The latest change first."""
    version = OutcomeVersion
    rows = await work.rows(
        select(
            Outcome.period,
            version.total,
            version.women,
            version.men,
            version.target,
            version.source,
            Person.name,
            version.entered_at,
        )
        .join(
            Outcome, and_(Outcome.id == version.outcome_id, Outcome.tenant_id == version.tenant_id)
        )
        .outerjoin(
            Person, and_(Person.id == version.entered_by, Person.tenant_id == version.tenant_id)
        )
        .where(among(Outcome.node_id, list(nodes)), Outcome.unit_id == unit_id)
        .order_by(version.entered_at.desc(), version.id.desc())
        .limit(MOST_CHANGES)
    )
    return tuple(Entered(*row) for row in rows)


async def _reports(work: Work, unit_id: UUID, year: int) -> tuple[UsedIn, ...]:
    """Those of the unit and year with a chapter of goals; none for who may not read reports."""
    if "reports" not in work.tenant.modules or not work.allows("reports.read", at=unit_id):
        return ()
    rows = await work.rows(
        select(Report.id, Report.title)
        .join(Section, and_(Section.report_id == Report.id, Section.tenant_id == Report.tenant_id))
        .where(
            Report.unit_id == unit_id,
            or_(Report.period == str(year), Report.period.startswith(f"{year}-")),
            Section.kind == ChapterKind.GOAL_ANALYSIS,
        )
        .distinct()
        .order_by(Report.title, Report.id)
    )
    return tuple(UsedIn(*row) for row in rows)
