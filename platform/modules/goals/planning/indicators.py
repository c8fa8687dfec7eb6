"""How an indicator is measured: the choices, and what has to hold between them."""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from .....infra.errors import Conflict, InvalidInput
from .....infra.i18n import _
from .....infra.numbers import MAX_DECIMALS
from .....infra.periods import PeriodKind, parse_period
from .....infra.texts import at_most
from .....tenants.work import Work
from ..models import Indicator, Outcome
from ..rules import Consolidation, Direction, check_limits
from ..texts import SOURCE

MEASURE_UNIT = 40
MOST = Decimal(10) ** 12
"""No number is further from 0 than this."""


class IndicatorChanges(TypedDict, total=False):
    """What shall be changed; what is left out stays. Limits are distances from the target."""

    measure_unit: str
    decimals: int
    direction: Direction
    green_limit: Decimal
    yellow_limit: Decimal | None
    periodicity: PeriodKind
    by_sex: bool
    source: str
    consolidation: Consolidation


def new_indicator(id: UUID, choices: IndicatorChanges, *, has_yellow: bool) -> Indicator:
    """An indicator for the node `id`, with the defaults for what is not chosen."""
    indicator = Indicator(
        id=id,
        measure_unit="",
        decimals=0,
        direction=Direction.HIGHER.value,
        green_limit=Decimal(0),
        yellow_limit=None,
        periodicity=PeriodKind.YEAR.value,
        by_sex=False,
        source="",
        consolidation=Consolidation.NONE.value,
    )
    choose(indicator, choices, has_yellow=has_yellow)
    return indicator


def choose(indicator: Indicator, choices: IndicatorChanges, *, has_yellow: bool) -> None:
    """Put the choices in place. Raises InvalidInput, naming the field."""
    green = choices.get("green_limit", indicator.green_limit)
    yellow = choices.get("yellow_limit", indicator.yellow_limit)
    green = checked_number(green, decimals=MAX_DECIMALS, field="greenLimit")
    if yellow is not None:
        yellow = checked_number(yellow, decimals=MAX_DECIMALS, field="yellowLimit")
    check_limits(green, yellow)
    if yellow is not None and not has_yellow:
        raise InvalidInput(
            _("The steering model has no yellow light. Leave the limit for yellow empty."),
            field="yellowLimit",
        )
    decimals = choices.get("decimals", indicator.decimals)
    if not 0 <= decimals <= MAX_DECIMALS:
        raise InvalidInput(_("Choose 0 to {most} decimals.", most=MAX_DECIMALS), field="decimals")
    measure_unit = choices.get("measure_unit", indicator.measure_unit)
    indicator.measure_unit = at_most(measure_unit, field="measureUnit", most=MEASURE_UNIT)
    indicator.source = at_most(choices.get("source", indicator.source), field="source", most=SOURCE)
    indicator.decimals = decimals
    indicator.green_limit, indicator.yellow_limit = green, yellow
    indicator.direction = Direction(choices.get("direction", indicator.direction)).value
    indicator.periodicity = PeriodKind(choices.get("periodicity", indicator.periodicity)).value
    indicator.by_sex = choices.get("by_sex", indicator.by_sex)
    indicator.consolidation = Consolidation(
        choices.get("consolidation", indicator.consolidation)
    ).value


async def refuse_if_values_would_not_fit(
    work: Work, indicator: Indicator, choices: IndicatorChanges
) -> None:
    """Raises Conflict when values stand that the changed indicator could not hold."""
    values = (Outcome.total, Outcome.women, Outcome.men, Outcome.target, Outcome.forecast)
    decimals = choices.get("decimals", indicator.decimals)
    narrowed: list[tuple[str, ColumnElement[bool], str]] = []
    if decimals < indicator.decimals:
        finer = or_(*(func.min_scale(value) > decimals for value in values))
        narrowed.append(("decimals", finer, _("Values stand with more decimals than that.")))
    if not choices.get("by_sex", True) and indicator.by_sex:
        split = or_(Outcome.women.is_not(None), Outcome.men.is_not(None))
        narrowed.append(("bySex", split, _("Values stand for women and men. Clear them first.")))
    for field, condition, message in narrowed:
        standing = select(Outcome.id).where(Outcome.node_id == indicator.id, condition).limit(1)
        if await work.first(standing):
            raise Conflict(message, field=field)
    wanted = choices.get("periodicity")
    if wanted is not None and wanted != indicator.periodicity:
        periods = select(Outcome.period).where(Outcome.node_id == indicator.id).distinct()
        for period in await work.scalars(periods):
            if parse_period(period).kind != wanted:
                raise Conflict(
                    _(
                        "Values stand for {period}, which the new periodicity has not.",
                        period=period,
                    ),
                    field="periodicity",
                )


def checked_number(value: Decimal, *, decimals: int, field: str, most: Decimal = MOST) -> Decimal:
    """The number without decimals that are 0. Raises InvalidInput."""
    if not value.is_finite() or abs(value) > most:
        raise InvalidInput(
            _(
                "The number has to be between {least} and {most}.",
                least=f"-{most:f}",
                most=f"{most:f}",
            ),
            field=field,
        )
    _sign, digits, exponent = value.as_tuple()
    zeros = len(digits) - len("".join(map(str, digits)).rstrip("0")) if value else 0
    given = max(0, -(int(exponent) + zeros)) if value else 0
    if given > decimals:
        raise InvalidInput(
            _(
                "The value has {given} decimals, and the indicator has {decimals}. "
                "Round the value, or give the indicator more decimals.",
                given=given,
                decimals=decimals,
            ),
            field=field,
        )
    return Decimal(0) if not value else value.quantize(Decimal(1).scaleb(-given))
