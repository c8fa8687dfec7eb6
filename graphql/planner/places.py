"""Where the fields of a record stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import BinaryExpression, ColumnElement, UniqueConstraint
from sqlalchemy.sql.elements import BooleanClauseList
from sqlalchemy.sql.operators import and_, eq

from ..rows import ColumnOf, model_of, name_of, table_of
from ..stored import Place, Related, Row
from .writing import Write


def below(plan: Related, row: Row, place: Place, equals: Mapping[str, ColumnElement[Any]]) -> Place:
    """The place of the fields of `row`, which was chosen for a field at `place`."""
    return replace(
        place,
        row=row,
        arguments={},
        handed=plan.hands(row, place),
        equals=equals,
        besides={},
    )


def rows_of(row: Row) -> str:
    return f"{table_of(model_of(row)).name} AS {name_of(row)}"


def joined_to(place: Place, rows: str, write: Write) -> str:
    """`rows`, with those beside the place's row that its fields have asked for."""
    for row in place.besides.values():
        same = (row.tenant_id == place.given.tenant) & (row.id == place.row.id)
        rows += f" LEFT OUTER JOIN {rows_of(row)} ON {write(same)}"
    return rows


def equals(row: Row, condition: ColumnElement[bool]) -> dict[str, ColumnElement[Any]]:
    """What columns of the row are asked to equal, by their keys."""
    return {
        part.left.attribute: part.right
        for part in _all(condition)
        if isinstance(part, BinaryExpression) and part.operator is eq
        if isinstance(part.left, ColumnOf) and part.left.row is row
    }


def names_one(place: Place) -> bool:
    """Whether a key of the row's table is asked for as a whole: no two rows have it."""
    table = table_of(model_of(place.row))
    keys = (one for one in table.constraints if isinstance(one, UniqueConstraint))
    return any(place.equals.keys() >= {*key.columns.keys()} for key in keys if not key.deferrable)


def _all(condition: ColumnElement[bool]) -> Iterator[ColumnElement[Any]]:
    """The conditions that have to hold together."""
    if isinstance(condition, BooleanClauseList) and condition.operator is and_:
        for part in condition.clauses:
            yield from _all(part)
    else:
        yield condition
