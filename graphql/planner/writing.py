"""Expressions as text: what a statement is put together from, and its parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from sqlalchemy import ClauseElement, ColumnElement, bindparam
from sqlalchemy.dialects.postgresql.asyncpg import PGCompiler_asyncpg, PGDialect_asyncpg

from ..rows import ColumnOf, named

Read: TypeAlias = Callable[[Mapping[str, Any]], Any]
"""From the variables of a request to the value of a parameter."""

Write: TypeAlias = Callable[[ColumnElement[Any]], str]
"""From an expression to its text."""


class _Compiler(PGCompiler_asyncpg):
    """Writes what is the same for every request into the statement. What somebody has sent, be it
    in a document, is a parameter: see `compiling.Compiler._argument`."""

    def __init__(self) -> None:
        super().__init__(_DIALECT, None)
        self.bindtemplate = "\x03%(name)s\x03"

    def visit_bindparam(self, bindparam: Any, *given: Any, **options: Any) -> Any:
        if not bindparam.required:
            options["literal_binds"] = True
        return super().visit_bindparam(bindparam, *given, **options)  # type: ignore[no-untyped-call]


_DIALECT: Final = PGDialect_asyncpg()  # type: ignore[no-untyped-call]

_PARAMETER: Final = re.compile("\x03(\\w+)\x03")
"""A parameter by its name, until all are there and have numbers: between signs no text has."""


@dataclass(slots=True)
class Writing:
    """One statement: its parameters, by name, and where each gets its value from."""

    reads: dict[str, Read] = field(default_factory=dict)
    fields: int = 0
    """How many fields have been written."""
    shortest: int = 1_000
    """Signs that each record of the answer has at least, its values left out."""
    _rows: int = 0
    _compiler: _Compiler = field(default_factory=_Compiler)

    def parameter(self, read: Read, type_: Any = None) -> ColumnElement[Any]:
        name = f"p{len(self.reads)}"
        self.reads[name] = read
        return bindparam(name, type_=type_) if type_ is not None else bindparam(name)

    def row(self, model: type[Any]) -> Any:
        """A row with a name that nothing else in the statement has."""
        self._rows += 1
        return named(model, f"row{self._rows}")

    def record_with(self, keys: Iterable[str]) -> None:
        self.shortest = min(self.shortest, len("{}") + sum(len(f'"{key}":') for key in keys))

    def sql(self, expression: ClauseElement) -> str:
        if isinstance(expression, ColumnOf) and expression.table is None:
            return expression.name
        return self._compiler.process(expression)

    def numbered(self, text: str) -> tuple[str, list[str]]:
        """The text of the statement, and which parameters it has, in their order."""
        numbers: dict[str, int] = {}

        def number(found: re.Match[str]) -> str:
            return f"${numbers.setdefault(found[1], len(numbers) + 1)}"

        return _PARAMETER.sub(number, text), list(numbers)

    def processor(self, name: str) -> Callable[[Any], Any] | None:
        """What makes the value of a parameter one that the driver takes."""
        return self._compiler.binds[name].type.dialect_impl(_DIALECT).bind_processor(_DIALECT)
