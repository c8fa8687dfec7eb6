"""Statements that are made once: for small ones making them takes longer than asking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar, TypeVarTuple

from sqlalchemy import ARRAY, ColumnElement, Date, Row, Select, Uuid, any_, bindparam
from sqlalchemy.orm import InstrumentedAttribute

from .work import Work

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

TENANT: Final = bindparam("tenant", type_=Uuid)
"""To be asked of every relation: nothing is added to a statement that is made beforehand."""
DAY: Final = bindparam("day", type_=Date)


async def read(work: Work, statement: Select[*Ts], **values: object) -> Sequence[Row[*Ts]]:
    """Its rows for these values. Who may see some units only gets it by the session, which leaves
    out the others."""
    if work.actor.within is None:
        return (await work.run(statement, values)).all()
    return await work.rows(statement.params(tenant=work.tenant.id, **values))


def among(column: InstrumentedAttribute[T], name: str) -> ColumnElement[bool]:
    """One parameter whatever the number of values, so that the statement stays the same."""
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


def given(column: InstrumentedAttribute[T], name: str) -> ColumnElement[bool]:
    return column == bindparam(name, type_=column.type)
