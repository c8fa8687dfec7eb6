"""Rows of a model as a statement names them; their columns are made when they are asked for.

`sqlalchemy.orm.aliased` makes all columns of the table with the first, which takes as long as to
write a whole statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Column, ColumnClause, FromClause, Table
from sqlalchemy.dialects.postgresql.base import PGDialect

_quote: Final = PGDialect().identifier_preparer.quote  # type: ignore[no-untyped-call]


class _Row:
    """Its attributes are the columns of a model."""

    def __init__(self, model: type[Any], name: str | None, table: FromClause | None) -> None:
        self._model, self._name, self._table = model, name, table

    def __getattr__(self, key: str) -> ColumnOf:
        if key not in columns_of(self._model):
            raise AttributeError(key)
        made = ColumnOf(self, key)
        self.__dict__[key] = made
        return made


class ColumnOf(ColumnClause[Any]):
    """A column of a row; of a row that has a name, the text that the statement has for it."""

    inherit_cache = True
    _constructor = ColumnClause  # of what a select above names it by
    _tq_label = None  # nobody looks for it in a result; it is told from all columns of the table

    def __init__(self, row: _Row, key: str) -> None:
        column, table = columns_of(row._model)[key], row._table
        text = column.name if table is not None else f"{row._name}.{_quote(column.name)}"
        super().__init__(text, column.type, is_literal=table is None, _selectable=table)
        self.row, self.attribute = row, key
        self._proxies = [column]  # whoever asks finds the column of the model


def named(model: type[Any], name: str) -> Any:
    """A row that the text around calls `name`: a select that asks for its columns does not select
    from it."""
    return _Row(model, name, None)


def beside_of(row: Any, model: type[Any]) -> Any:
    """A row of another model that shares the id of one that has a name."""
    return named(model, f"{row._name}_{table_of(model).name}")


def another(model: type[Any]) -> Any:
    """A row that is selected from, as `aliased` gives it."""
    return _Row(model, None, table_of(model).alias())


def model_of(row: Any) -> type[Any]:
    return row._model  # type: ignore[no-any-return]


def name_of(row: Any) -> str:
    return row._name  # type: ignore[no-any-return]


def columns_of(model: type[Any]) -> Mapping[str, Column[Any]]:
    """The columns of a model, by their names in Python."""
    return model.__mapper__.columns  # type: ignore[no-any-return]


def table_of(model: type[Any]) -> Table:
    return model.__table__  # type: ignore[no-any-return]
