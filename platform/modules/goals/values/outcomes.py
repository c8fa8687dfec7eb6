"""The values of an indicator for a unit and period, with every earlier one kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypedDict
from uuid import UUID

from sqlalchemy import select

from .....authz.permit import permit
from .....infra.errors import AppError, Conflict, InvalidInput, NotFound, RowsRefused
from .....infra.i18n import _
from .....infra.periods import PeriodKind, parse_period
from .....infra.texts import at_most
from .....tenants.models import Unit
from .....tenants.names import names_of
from .....tenants.rows import uuid7
from .....tenants.work import Work
from ..live import tell_at
from ..models import Outcome, OutcomeVersion, Spread, YearLock
from ..places import day_of, lineages, saved_by
from ..planning.indicators import MOST, checked_number
from ..steering.locks import locked_years, year_is_locked
from ..texts import SOURCE
from .rows import Key, Measured, StoredOutcome, hold_outcomes, keep_outcomes, measured_by

MOST_AT_ONCE = 10_000
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


class EntriesRefused(RowsRefused):
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
            errors=errors,
            field=first.field,
        )


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
) -> StoredOutcome:
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
async def set_outcomes(work: Work, entries: Sequence[OutcomeEntry]) -> list[StoredOutcome]:
    """Set values for up to 10,000 indicators, units and periods in a few statements.

    All are kept or none: EntriesRefused tells of every entry that does not fit.
    """
    if len(entries) > MOST_AT_ONCE:
        raise InvalidInput(_("At most {most} can be added at once.", most=MOST_AT_ONCE))
    if not entries:
        return []
    ground = await _ground(work, entries)
    errors: list[tuple[int, AppError]] = []
    changes: list[_Change] = []
    seen: set[Key] = set()
    for place, entry in enumerate(entries):
        try:
            changes.append(_checked(work, ground, entry, seen))
            _check_version(ground, changes[-1].key, entry.version)
        except AppError as error:
            errors.append((place, error))
    if errors:
        raise EntriesRefused(errors, len(entries))
    return await _keep(work, ground, changes)


@permit("goals.read")
async def outcome_history(work: Work, outcome_id: UUID) -> Sequence[OutcomeVersion]:
    """The values after each change, the newest first. Raises NotFound."""
    outcome = await work.get(Outcome, outcome_id)
    return await work.scalars(
        select(OutcomeVersion)
        .where(OutcomeVersion.outcome_id == outcome.id)
        .order_by(OutcomeVersion.version.desc())
    )


@dataclass(frozen=True, slots=True)
class _Change:
    key: Key
    values: dict[Value, Decimal | None]
    source: str


@dataclass(slots=True)
class _Ground:
    """What entries are checked against. `units` and `lineages` have the units that are not the
    indicator's own; `names` those who have saved after what an entry was read at."""

    indicators: dict[UUID, Measured]
    locks: dict[int, YearLock]
    units: set[UUID]
    lineages: dict[int, dict[UUID, tuple[UUID, ...]]]
    standing: dict[Key, StoredOutcome]
    names: dict[UUID, str]


async def _ground(work: Work, entries: Sequence[OutcomeEntry]) -> _Ground:
    indicators, locked = await measured_by(work, {entry.node_id for entry in entries})
    elsewhere = {
        entry.unit_id
        for entry in entries
        if (measured := indicators.get(entry.node_id)) and measured.unit_id != entry.unit_id
    }
    years = {measured.year for measured in indicators.values()} if elsewhere else set()
    keys = {Key(entry.node_id, entry.unit_id, entry.period.strip()) for entry in entries}
    standing = await hold_outcomes(work, keys)
    return _Ground(
        indicators=indicators,
        locks={lock.year: lock for lock in await locked_years(work)} if locked else {},
        units=await _existing(work, elsewhere),
        lineages={year: await lineages(work, elsewhere, on=day_of(work, year)) for year in years},
        standing=standing,
        names=await _names(work, standing, entries),
    )


async def _existing(work: Work, unit_ids: set[UUID]) -> set[UUID]:
    if not unit_ids:
        return set()
    return set(await work.scalars(select(Unit.id).where(Unit.id.in_(unit_ids))))


async def _names(
    work: Work, standing: dict[Key, StoredOutcome], entries: Sequence[OutcomeEntry]
) -> dict[UUID, str]:
    ids = set()
    for entry in entries:
        if entry.version is not None:
            found = standing.get(Key(entry.node_id, entry.unit_id, entry.period.strip()))
            if found and found.version != entry.version and found.entered_by:
                ids.add(found.entered_by)
    return await names_of(work, ids)


def _checked(work: Work, ground: _Ground, entry: OutcomeEntry, seen: set[Key]) -> _Change:
    measured = ground.indicators.get(entry.node_id)
    if measured is None:
        raise NotFound()
    if entry.unit_id != measured.unit_id and entry.unit_id not in ground.units:
        raise NotFound()
    work.require("goals.edit", at=entry.unit_id)
    _check_unit(ground, measured, entry.unit_id)
    period = _checked_period(measured, entry.period)
    for year in sorted({int(period[:4]), measured.year}) if ground.locks else ():
        if year in ground.locks:
            raise year_is_locked(work, ground.locks[year])
    key = Key(entry.node_id, entry.unit_id, period)
    if key in seen:
        raise InvalidInput(_("The same indicator, unit and period stands twice."))
    seen.add(key)
    values = {name: _value(measured, entry.values, name) for name in VALUES if name in entry.values}
    if key not in ground.standing and all(value is None for value in values.values()):
        raise InvalidInput(_("There is nothing to clear here. Write at least one value."))
    return _Change(key, values, at_most(entry.source, field="source", most=SOURCE))


def _check_version(ground: _Ground, key: Key, version: int | None) -> None:
    standing = ground.standing.get(key)
    if version is None or version == (standing.version if standing else 0):
        return
    if standing is None:
        raise Conflict(_("The values are gone. Load the page again."), field="version")
    name = ground.names.get(standing.entered_by) if standing.entered_by else None
    raise saved_by(name, at=standing.entered_at)


def _check_unit(ground: _Ground, measured: Measured, unit_id: UUID) -> None:
    if unit_id == measured.unit_id:
        return
    if measured.spread is Spread.DISTRIBUTED:
        raise InvalidInput(
            _("The indicator belongs to another unit. Distribute it to this one first."),
            field="unitId",
        )
    if measured.unit_id not in ground.lineages[measured.year].get(unit_id, ()):
        raise InvalidInput(_("The unit cannot see this indicator."), field="unitId")


def _checked_period(measured: Measured, text: str) -> str:
    """The canonical code of a period that the indicator has, in its year or an earlier one."""
    period = parse_period(text)
    if period.kind != measured.periodicity:
        raise InvalidInput(
            _(
                "The indicator is followed up per {kind}. {period} is not one.",
                kind=period_word(PeriodKind(measured.periodicity)),
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


def _value(measured: Measured, values: OutcomeValues, name: Value) -> Decimal | None:
    value = values[name]
    if value is None:
        return None
    if name in ("women", "men") and not measured.by_sex:
        raise InvalidInput(_("The indicator is not split by sex."), field=name)
    return checked_number(
        value,
        decimals=measured.decimals,
        field=name,
        most=PERCENT_MOST if measured.measure_unit == "%" else MOST,
    )


async def _keep(work: Work, ground: _Ground, changes: Sequence[_Change]) -> list[StoredOutcome]:
    kept = [_filled(work, ground.standing.get(change.key), change) for change in changes]
    new = [
        outcome for outcome in kept if outcome is not ground.standing.get(Key._make(outcome[1:4]))
    ]
    await keep_outcomes(work, new)
    await tell_at(work, ((o.unit_id, ground.indicators[o.node_id].year, o.node_id) for o in new))
    return kept


def _filled(work: Work, standing: StoredOutcome | None, change: _Change) -> StoredOutcome:
    """The outcome with its new values; the very same if they change nothing."""
    was = {name: getattr(standing, name) if standing else None for name in VALUES}
    now = was | change.values
    if standing and now == was:
        return standing
    return StoredOutcome(
        standing.id if standing else uuid7(),
        *change.key,
        total=now["total"],
        women=now["women"],
        men=now["men"],
        target=now["target"],
        forecast=now["forecast"],
        entered_by=work.actor.id,
        entered_at=work.now,
        source=change.source,
        version=standing.version + 1 if standing else 1,
    )
