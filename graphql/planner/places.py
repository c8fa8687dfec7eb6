"""Where the fields of a record stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import BinaryExpression, ColumnClause, ColumnElement, UniqueConstraint, inspect
from sqlalchemy.sql.elements import BooleanClauseList
from sqlalchemy.sql.operators import and_, eq

from ..stored import Place, Related, Row


def below(plan: Related, row: Row, place: Place, equals: Mapping[str, ColumnElement[Any]]) -> Place:
    """The place of the fields of `row`, which was chosen for a field at `place`."""
    return replace(
        place,
        row=row,
        arguments={},
        above=(*place.above, row),
        handed=plan.hands(row, place),
        equals=equals,
        besides={},
    )


def equals(row: Row, condition: ColumnElement[bool]) -> dict[str, ColumnElement[Any]]:
    """What columns of the row are asked to equal, by their keys."""
    table = inspect(row).selectable
    return {
        part.left.key: part.right
        for part in _all(condition)
        if isinstance(part, BinaryExpression) and part.operator is eq
        if isinstance(part.left, ColumnClause) and part.left.table == table
    }


def names_one(place: Place) -> bool:
    """Whether a key of the row's table is asked for as a whole: no two rows have it."""
    table = inspect(place.row).mapper.local_table
    keys = (one for one in table.constraints if isinstance(one, UniqueConstraint))
    return any(place.equals.keys() >= {*key.columns.keys()} for key in keys if not key.deferrable)


def _all(condition: ColumnElement[bool]) -> Iterator[ColumnElement[Any]]:
    """The conditions that have to hold together."""
    if isinstance(condition, BooleanClauseList) and condition.operator is and_:
        for part in condition.clauses:
            yield from _all(part)
    else:
        yield condition
