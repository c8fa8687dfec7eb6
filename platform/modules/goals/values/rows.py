"""Outcomes on their way from and to the database: a few statements, however many they are.

The statements are made once, which is most of what a single edit would cost, and take lists of
values. They are no queries of the mapper, so each names the municipality itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Select,
    Table,
    TableValuedAlias,
    Text,
    Uuid,
    and_,
    bindparam,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.types import TypeEngine

from .....tenants.rows import uuid7
from .....tenants.work import Work
from ..models import (
    Indicator,
    Level,
    Outcome,
    OutcomeVersion,
    PlanNode,
    Spread,
    SteeringModel,
    YearLock,
)


class Measured(NamedTuple):
    """An indicator with what decides where and for when it has values."""

    id: UUID
    measure_unit: str
    decimals: int
    by_sex: bool
    periodicity: str
    unit_id: UUID
    spread: Spread
    year: int


class Key(NamedTuple):
    node_id: UUID
    unit_id: UUID
    period: str


class StoredOutcome(NamedTuple):
    """An outcome as it stands, or shall stand: the columns of `models.Outcome`."""

    id: UUID
    node_id: UUID
    unit_id: UUID
    period: str
    total: Decimal | None
    women: Decimal | None
    men: Decimal | None
    target: Decimal | None
    forecast: Decimal | None
    entered_by: UUID | None
    entered_at: datetime
    source: str
    version: int


async def measured_by(work: Work, ids: Collection[UUID]) -> tuple[dict[UUID, Measured], set[int]]:
    """The indicators among `ids`, and the years that are locked if there are any indicators."""
    rows = (await work.run(_MEASURED, {"ids": list(ids)})).all()
    locked = set(rows[0][-1] or ()) if rows else set()
    return {row[0]: Measured._make(row[:-1]) for row in rows}, locked


async def hold_outcomes(work: Work, keys: Iterable[Key]) -> dict[Key, StoredOutcome]:
    """The outcomes as they are, held in one order so that two writers never wait for each other."""
    lists = map(list, zip(*keys, strict=True))
    given = {f"{name}_list": each for name, each in zip(Key._fields, lists, strict=True)}
    rows = await work.run(_HELD, given)
    return {Key._make(row[1:4]): StoredOutcome._make(row) for row in rows}


async def outcomes_at(
    work: Work, *, node_ids: Collection[UUID], unit_id: UUID, periods: Collection[str]
) -> list[StoredOutcome]:
    """What the unit has on the nodes for the periods. Nothing, where a token may not see the unit:
    the statement is none of the session's, which would leave it out."""
    if not work.allows("goals.read", at=unit_id):
        return []
    asked = {"nodes": list(node_ids), "unit": unit_id, "periods": list(periods)}
    return [StoredOutcome._make(row) for row in await work.run(_AT, asked)]


async def keep_outcomes(work: Work, outcomes: Sequence[StoredOutcome]) -> None:
    """Write them over what stands, each with the version of it that is never altered."""
    if not outcomes:
        return
    given = zip(StoredOutcome._fields, map(list, zip(*outcomes, strict=True)), strict=True)
    values: dict[str, object] = {f"{name}_list": each for name, each in given}
    values |= {"by": work.actor.id, "at": work.now}
    await work.run(_KEPT, values)
    await work.run(_VERSIONED, values | {"new_list": [uuid7() for _each in outcomes]})
    # What the session has read of them is read anew when it is asked for.
    for row in list(work.session.sync_session.identity_map.values()):
        if isinstance(row, Outcome):
            work.session.expire(row)


_OUTCOMES, _VERSIONS = cast("Table", Outcome.__table__), cast("Table", OutcomeVersion.__table__)
_TENANT: Final = bindparam("tenant", type_=Uuid)
_ALIKE: Final = {"entered_by": "by", "entered_at": "at"}
"""What is the same for all that is written at once."""


def _list(name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    return bindparam(name, type_=ARRAY(kind))


def _all_of(**lists: Column[Any]) -> TableValuedAlias:
    """A relation of what is given in lists, `<name>_list` for each."""
    given = (_list(f"{name}_list", each.type) for name, each in lists.items())
    columns = (column(name, each.type) for name, each in lists.items())
    return func.unnest(*given).table_valued(*columns).render_derived(name="given")


def _measured() -> Select[Any]:
    indicators, nodes, levels, models, locks = (
        cast("Table", each.__table__)
        for each in (Indicator, PlanNode, Level, SteeringModel, YearLock)
    )
    named = [each.c.tenant_id == _TENANT for each in (indicators, nodes, levels, models)]
    locked = select(func.array_agg(locks.c.year)).where(locks.c.tenant_id == _TENANT)
    return (
        select(
            *(indicators.c[name] for name in Measured._fields[:5]),
            *(nodes.c.unit_id, levels.c.spread, models.c.year, locked.scalar_subquery()),
        )
        .join_from(indicators, nodes, nodes.c.id == indicators.c.id)
        .join(levels, levels.c.id == nodes.c.level_id)
        .join(models, models.c.id == nodes.c.model_id)
        .where(*named, indicators.c.id == func.any(_list("ids", Uuid())))
    )


def _held() -> Select[Any]:
    keys = [_OUTCOMES.c[name] for name in Key._fields]
    given = _all_of(**{each.name: each for each in keys})
    return (
        select(*(_OUTCOMES.c[name] for name in StoredOutcome._fields))
        .join_from(_OUTCOMES, given, and_(*(given.c[each.name] == each for each in keys)))
        .where(_OUTCOMES.c.tenant_id == _TENANT)
        .order_by(*keys)
        .with_for_update(of=_OUTCOMES)
    )


def _at() -> Select[Any]:
    return select(*(_OUTCOMES.c[name] for name in StoredOutcome._fields)).where(
        _OUTCOMES.c.tenant_id == _TENANT,
        _OUTCOMES.c.node_id == func.any(_list("nodes", Uuid())),
        _OUTCOMES.c.unit_id == bindparam("unit"),
        _OUTCOMES.c.period == func.any(_list("periods", Text())),
    )


def _kept() -> Insert:
    names = [name for name in StoredOutcome._fields if name not in _ALIKE]
    given = _all_of(**{name: _OUTCOMES.c[name] for name in names})
    new = insert(_OUTCOMES).from_select(
        ["tenant_id", *names, *_ALIKE], select(_TENANT, *given.c, *_alike())
    )
    changed = [*names[names.index("total") :], *_ALIKE]
    return new.on_conflict_do_update(
        index_elements=["tenant_id", "id"], set_={name: new.excluded[name] for name in changed}
    )


def _versioned() -> Insert:
    names = [name for name in StoredOutcome._fields if name in _VERSIONS.c and name not in _ALIKE]
    names.remove("id")
    given = _all_of(
        new=_VERSIONS.c.id, id=_OUTCOMES.c.id, **{name: _VERSIONS.c[name] for name in names}
    )
    return insert(_VERSIONS).from_select(
        ["tenant_id", "id", "outcome_id", *names, *_ALIKE], select(_TENANT, *given.c, *_alike())
    )


def _alike() -> list[ColumnElement[Any]]:
    return [bindparam(bound, type_=_OUTCOMES.c[name].type) for name, bound in _ALIKE.items()]


_MEASURED, _HELD, _AT = _measured(), _held(), _at()
_KEPT, _VERSIONED = _kept(), _versioned()
