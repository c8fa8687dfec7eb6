"""The values of an indicator for a unit and period, with every earlier one kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Literal, NamedTuple, TypedDict
from uuid import UUID

from sqlalchemy import select, tuple_

from ....authz.permit import permit
from ....infra.errors import AppError, Conflict, InvalidInput, NotFound
from ....infra.i18n import _
from ....infra.periods import PeriodKind, parse_period
from ....infra.texts import at_most
from ....tenants.models import Unit
from ....tenants.work import Work
from .indicators import MOST, checked_number
from .live import tell_at
from .locks import locked_years, year_is_locked
from .models import (
    Indicator,
    Level,
    Outcome,
    OutcomeVersion,
    PlanNode,
    Spread,
    SteeringModel,
    YearLock,
)
from .places import day_of, lineages, saved_meanwhile
from .texts import SOURCE

MOST_AT_ONCE = 10_000
CHUNK = 5_000
"""Keys a statement: three parameters each, and PostgreSQL takes 32,767."""
PERCENT_MOST = Decimal(1000)
"""A share in percent, or a change, further from 0 than this is a slip of the keyboard."""

Value = Literal["total", "women", "men", "target", "forecast"]
VALUES: tuple[Value, ...] = ("total", "women", "men", "target", "forecast")


class OutcomeValues(TypedDict, total=False):
    """A value to set, None to clear one; what is left out stays."""

    total: Decimal | None
    women: Decimal | None
    men: Decimal | None
    target: Decimal | None
    forecast: Decimal | None


@dataclass(frozen=True, slots=True)
class OutcomeEntry:
    """Values of one indicator for one unit and period, as somebody reports them.

    `source` is empty for by hand, else the file or service. With `version`, nobody may have saved
    since that one was read; 0 means that there were no values.
    """

    node_id: UUID
    unit_id: UUID
    period: str
    values: OutcomeValues
    source: str = ""
    version: int | None = None


class EntriesRefused(InvalidInput):
    """Nothing of a set was kept. `errors` has the place in the set (from 0) of each refusal."""

    def __init__(self, errors: Sequence[tuple[int, AppError]], total: int) -> None:
        place, first = errors[0]
        super().__init__(
            _(
                "{count} of {total} cannot be kept, so none was. Number {number}: {message}",
                count=len(errors),
                total=total,
                number=place + 1,
                message=first.message,
            ),
            field=first.field,
        )
        self.errors = tuple(errors)


@permit("goals.edit")
async def set_outcome(
    work: Work,
    node_id: UUID,
    *,
    unit_id: UUID,
    period: str,
    values: OutcomeValues,
    source: str = "",
    version: int | None = None,
) -> Outcome:
    """Set or clear values. The same values again change nothing and make no new version.

    Raises NotFound, Forbidden, InvalidInput naming the field, Conflict for a locked year or when
    somebody has saved since `version`.
    """
    entry = OutcomeEntry(node_id, unit_id, period, values, source, version)
    try:
        return (await set_outcomes(work, [entry]))[0]
    except EntriesRefused as refused:
        raise refused.errors[0][1] from None


@permit("goals.edit")
async def set_outcomes(work: Work, entries: Sequence[OutcomeEntry]) -> list[Outcome]:
    """Set values for up to 10,000 indicators, units and periods in a few statements.

    All are kept or none: EntriesRefused tells of every entry that does not fit.
    """
    if len(entries) > MOST_AT_ONCE:
        raise InvalidInput(_("At most {most} can be added at once.", most=MOST_AT_ONCE))
    ground = await _ground(work, entries)
    errors: list[tuple[int, AppError]] = []
    checked: list[_Change] = []
    seen: set[_Key] = set()
    for place, entry in enumerate(entries):
        try:
            checked.append(_checked(work, ground, entry, seen))
            await _check_version(work, ground.standing.get(checked[-1].key), entry.version)
        except AppError as error:
            errors.append((place, error))
    if errors:
        raise EntriesRefused(errors, len(entries))
    return await _keep(work, ground, checked)


@permit("goals.read")
async def outcome_history(work: Work, outcome_id: UUID) -> Sequence[OutcomeVersion]:
    """The values after each change, the newest first. Raises NotFound."""
    outcome = await work.get(Outcome, outcome_id)
    return await work.scalars(
        select(OutcomeVersion)
        .where(OutcomeVersion.outcome_id == outcome.id)
        .order_by(OutcomeVersion.version.desc())
    )


class _Key(NamedTuple):
    node_id: UUID
    unit_id: UUID
    period: str


class _Measured(NamedTuple):
    """An indicator with what decides where and for when it has values."""

    indicator: Indicator
    unit_id: UUID
    spread: Spread
    year: int


class _Change(NamedTuple):
    key: _Key
    values: dict[Value, Decimal | None]
    source: str


@dataclass(slots=True)
class _Ground:
    """What entries are checked against."""

    indicators: dict[UUID, _Measured]
    units: set[UUID]
    lineages: dict[int, dict[UUID, tuple[UUID, ...]]]
    locks: dict[int, YearLock]
    standing: dict[_Key, Outcome]


async def _ground(work: Work, entries: Sequence[OutcomeEntry]) -> _Ground:
    indicators = await _indicators(work, {entry.node_id for entry in entries})
    unit_ids = {entry.unit_id for entry in entries}
    years = {measured.year for measured in indicators.values()}
    return _Ground(
        indicators=indicators,
        units=set(await work.scalars(select(Unit.id).where(Unit.id.in_(unit_ids)))),
        lineages={year: await lineages(work, unit_ids, on=day_of(work, year)) for year in years},
        locks={lock.year: lock for lock in await locked_years(work)},
        standing=await _standing(work, entries),
    )


async def _indicators(work: Work, ids: set[UUID]) -> dict[UUID, _Measured]:
    rows = await work.rows(
        select(Indicator, PlanNode.unit_id, Level.spread, SteeringModel.year)
        .join(
            PlanNode,
            (PlanNode.id == Indicator.id) & (PlanNode.tenant_id == Indicator.tenant_id),
        )
        .join(Level, (Level.id == PlanNode.level_id) & (Level.tenant_id == PlanNode.tenant_id))
        .join(
            SteeringModel,
            (SteeringModel.id == PlanNode.model_id)
            & (SteeringModel.tenant_id == PlanNode.tenant_id),
        )
        .where(Indicator.id.in_(ids))
    )
    return {row[0].id: _Measured(*row) for row in rows}


async def _standing(work: Work, entries: Sequence[OutcomeEntry]) -> dict[_Key, Outcome]:
    """The outcomes as they are, held in one order so that two writers never wait for each other."""
    found: dict[_Key, Outcome] = {}
    keys = iter(sorted({_Key(e.node_id, e.unit_id, e.period.strip()) for e in entries}))
    while chunk := list(islice(keys, CHUNK)):
        outcomes = await work.scalars(
            select(Outcome)
            .where(tuple_(Outcome.node_id, Outcome.unit_id, Outcome.period).in_(chunk))
            .order_by(Outcome.node_id, Outcome.unit_id, Outcome.period)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        for outcome in outcomes:
            found[_Key(outcome.node_id, outcome.unit_id, outcome.period)] = outcome
    return found


def _checked(work: Work, ground: _Ground, entry: OutcomeEntry, seen: set[_Key]) -> _Change:
    measured = ground.indicators.get(entry.node_id)
    if measured is None or entry.unit_id not in ground.units:
        raise NotFound()
    work.require("goals.edit", at=entry.unit_id)
    _check_unit(ground, measured, entry.unit_id)
    period = _checked_period(measured, entry.period)
    for year in sorted({parse_period(period).year, measured.year}):
        if year in ground.locks:
            raise year_is_locked(work, ground.locks[year])
    key = _Key(entry.node_id, entry.unit_id, period)
    if key in seen:
        raise InvalidInput(_("The same indicator, unit and period stands twice."))
    seen.add(key)
    values = {name: _value(measured, entry.values, name) for name in VALUES if name in entry.values}
    standing = ground.standing.get(key)
    if standing is None and all(value is None for value in values.values()):
        raise InvalidInput(_("There is nothing to clear here. Write at least one value."))
    return _Change(key, values, at_most(entry.source, field="source", most=SOURCE))


async def _check_version(work: Work, standing: Outcome | None, version: int | None) -> None:
    if version is None or version == (standing.version if standing else 0):
        return
    if standing is None:
        raise Conflict(_("The values are gone. Load the page again."), field="version")
    raise await saved_meanwhile(work, by=standing.entered_by, at=standing.entered_at)


def _check_unit(ground: _Ground, measured: _Measured, unit_id: UUID) -> None:
    if unit_id == measured.unit_id:
        return
    if measured.spread is Spread.DISTRIBUTED:
        raise InvalidInput(
            _("The indicator belongs to another unit. Distribute it to this one first."),
            field="unitId",
        )
    if measured.unit_id not in ground.lineages[measured.year].get(unit_id, ()):
        raise InvalidInput(_("The unit cannot see this indicator."), field="unitId")


def _checked_period(measured: _Measured, text: str) -> str:
    """The canonical code of a period that the indicator has, in its year or an earlier one."""
    period = parse_period(text)
    if period.kind != measured.indicator.periodicity:
        raise InvalidInput(
            _(
                "The indicator is followed up per {kind}. {period} is not one.",
                kind=period_word(PeriodKind(measured.indicator.periodicity)),
                period=str(period),
            ),
            field="period",
        )
    if period.year > measured.year:
        raise InvalidInput(
            _("The indicator belongs to {year}. Choose a period up to then.", year=measured.year),
            field="period",
        )
    return str(period)


def period_word(kind: PeriodKind) -> str:
    words = {
        PeriodKind.YEAR: _("year"),
        PeriodKind.HALF_YEAR: _("half-year"),
        PeriodKind.TERTIAL: _("tertial"),
        PeriodKind.QUARTER: _("quarter"),
        PeriodKind.MONTH: _("month"),
    }
    return words[kind]


def _value(measured: _Measured, values: OutcomeValues, name: Value) -> Decimal | None:
    value = values[name]
    if value is None:
        return None
    if name in ("women", "men") and not measured.indicator.by_sex:
        raise InvalidInput(_("The indicator is not split by sex."), field=name)
    return checked_number(
        value,
        decimals=measured.indicator.decimals,
        field=name,
        most=PERCENT_MOST if measured.indicator.measure_unit == "%" else MOST,
    )


async def _keep(work: Work, ground: _Ground, changes: Sequence[_Change]) -> list[Outcome]:
    kept = [_filled(work, ground.standing.get(change.key), change) for change in changes]
    new = [outcome for outcome, changed in kept if changed]
    work.add(*new)
    await work.flush()
    work.add(*_versions(new))
    await work.flush()
    await tell_at(work, ((o.unit_id, ground.indicators[o.node_id].year, o.node_id) for o in new))
    return [outcome for outcome, _changed in kept]


def _filled(work: Work, standing: Outcome | None, change: _Change) -> tuple[Outcome, bool]:
    """The outcome with its new values, and whether that changed anything."""
    if standing is None:
        outcome = Outcome(**change.key._asdict(), version=0, **dict.fromkeys(VALUES))
    elif all(getattr(standing, name) == value for name, value in change.values.items()):
        return standing, False
    else:
        outcome = standing
    for name, value in change.values.items():
        setattr(outcome, name, value)
    outcome.version += 1
    outcome.entered_by, outcome.entered_at = work.actor.id, work.now
    outcome.source = change.source
    return outcome, True


def _versions(outcomes: Sequence[Outcome]) -> Iterator[OutcomeVersion]:
    for outcome in outcomes:
        yield OutcomeVersion(
            outcome_id=outcome.id,
            version=outcome.version,
            entered_by=outcome.entered_by,
            entered_at=outcome.entered_at,
            source=outcome.source,
            **{name: getattr(outcome, name) for name in VALUES},
        )
