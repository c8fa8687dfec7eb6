"""Filters and orders of SCIM as SQL: from the syntax tree to expressions with bound values.

The grammar and the types are the library's (RFC 7644 3.4.2.2); nothing is evaluated here. Every
expression is true or false, never null, so that `not` means what it says; and none is a constant,
which SQLAlchemy would put in the place of all other conditions, the municipality's among them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, Final
from unicodedata import normalize
from uuid import UUID

from scim2_models import InvalidFilterException, InvalidPathException, Resource, SearchRequest
from scim2_models.path import (
    AttributeBinding,
    AttrPath,
    CompareOperator,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ScimFilter,
    ValuePath,
    coerce_value,
)
from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    not_,
    or_,
)

from ....infra.i18n import _

MOST_LETTERS: Final = 10_000
MOST_TERMS: Final = 200
"""Comparisons in a filter; PostgreSQL takes 32,767 values in a statement."""

Sql = SQLColumnExpression[Any]


class Kind(Enum):
    TEXT = auto()
    EXACT = auto()
    """A text whose case counts."""
    ID = auto()
    TRUTH = auto()
    MOMENT = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """A value that can be compared."""

    sql: Sql
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Many:
    """Values that there are several of. `among` is whether one of them fulfils a condition."""

    parts: Mapping[str, Field]
    among: Callable[[ColumnElement[bool] | None], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Searched:
    """What can be asked of a type of resource. Names are those of the Python models; a part of a
    complex attribute is `name.part`, of the resource's own parts or another schema's."""

    fields: Mapping[str, Field]
    many: Mapping[str, Many]
    sorts: Mapping[str, Sql]


def where(
    searched: Searched, model: type[Resource[Any]], asked: ScimFilter[Any] | None
) -> ColumnElement[bool] | None:
    """The condition; None without a filter. Raises InvalidFilterException for what is too long, or
    cannot be asked."""
    if asked is None:
        return None
    if len(asked) > MOST_LETTERS:
        raise InvalidFilterException(
            detail=_("The filter is longer than {most} letters.", most=MOST_LETTERS)
        )
    bound: ScimFilter[Any] = ScimFilter[model](asked.ast)  # type: ignore[valid-type]
    return _Visitor(searched, bound).visit(asked.ast)


def order(
    searched: Searched, model: type[Resource[Any]], asked: SearchRequest[Any]
) -> list[ColumnElement[Any]]:
    """Whoever has no value comes last, and first when it is turned round (RFC 7644 3.4.2.3)."""
    binding = asked.sort_binding(model)
    if asked.sort_by is None:
        return []
    name = _name_of(binding) if binding else ""
    expression = searched.sorts.get(name)
    if expression is None:
        raise InvalidPathException(
            path=str(asked.sort_by),
            detail=_("Nothing can be sorted by {name}.", name=str(asked.sort_by)[:100]),
        )
    falling = asked.sort_order == SearchRequest.SortOrder.descending
    return [expression.desc() if falling else expression.asc()]


class _Visitor(FilterVisitor[ColumnElement[bool]]):
    def __init__(self, searched: Searched, asked: ScimFilter[Any]) -> None:
        self.searched = searched
        self.asked = asked
        self.terms = 0

    def visit_not(self, node: Not) -> ColumnElement[bool]:
        return not_(self.visit(node.expr))

    def visit_logical_expr(self, node: LogicalExpr) -> ColumnElement[bool]:
        parts = [self.visit(term) for term in node.terms]
        return and_(*parts) if node.op == LogicalOperator.and_ else or_(*parts)

    def visit_comparison(self, node: Comparison) -> ColumnElement[bool]:
        self._count()
        binding = self.asked.resolve_comparison(node.attr_path, strict=False)
        if binding is None:
            return literal(False)
        value = coerce_value(binding, node.value, node.op)
        many = self.searched.many.get(binding.field_name)
        if many is None:
            return _compared(self._field(binding, node), node.op, value)
        part = many.parts.get(binding.sub_field_name or "value")
        if part is None:
            raise _cannot(node.attr_path)
        return _compared_many(many, part, node.op, value)

    def visit_present(self, node: Present) -> ColumnElement[bool]:
        self._count()
        binding = self.asked.resolve(node.attr_path, strict=False)
        if binding is None:
            return literal(False)
        many = self.searched.many.get(binding.field_name)
        if many is not None:
            if binding.sub_field_name is None:
                return many.among(None)
            part = many.parts.get(binding.sub_field_name)
            if part is None:
                raise _cannot(node.attr_path)
            return many.among(_present(part))
        name = _name_of(binding)
        below = [f for key, f in self.searched.fields.items() if key.startswith(f"{name}.")]
        if below:
            return or_(*(_present(field) for field in below))
        return _present(self._field(binding, node))

    def visit_value_path(self, node: ValuePath) -> ColumnElement[bool]:
        binding = self.asked.resolve(node.attr_path, strict=False)
        if binding is None:
            return literal(False)
        many = self.searched.many.get(binding.field_name)
        if many is None:
            raise _cannot(node.attr_path)
        inner = _Inner(many, binding, self._count)
        return many.among(inner.visit(node.val_filter))

    def _field(self, binding: AttributeBinding, node: Comparison | Present) -> Field:
        field = self.searched.fields.get(_name_of(binding))
        if field is None:
            raise _cannot(node.attr_path)
        return field

    def _count(self) -> None:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise InvalidFilterException(
                detail=_("The filter has more than {most} comparisons.", most=MOST_TERMS)
            )


class _Inner(FilterVisitor[ColumnElement[bool]]):
    """The part between brackets: conditions on one of the values."""

    def __init__(self, many: Many, binding: AttributeBinding, count: Callable[[], None]) -> None:
        self.many = many
        self.binding = binding
        self.count = count

    def visit_not(self, node: Not) -> ColumnElement[bool]:
        return not_(self.visit(node.expr))

    def visit_logical_expr(self, node: LogicalExpr) -> ColumnElement[bool]:
        parts = [self.visit(term) for term in node.terms]
        return and_(*parts) if node.op == LogicalOperator.and_ else or_(*parts)

    def visit_comparison(self, node: Comparison) -> ColumnElement[bool]:
        return _compared(self._part(node.attr_path), node.op, node.value)

    def visit_present(self, node: Present) -> ColumnElement[bool]:
        return _present(self._part(node.attr_path))

    def visit_value_path(self, node: ValuePath) -> ColumnElement[bool]:
        raise _cannot(node.attr_path)

    def _part(self, path: AttrPath) -> Field:
        self.count()
        names = {name.lower(): name for name in self.many.parts}
        name = names.get(path.attr.lower())
        if name is None or path.sub_attr or path.uri:
            raise _cannot(path)
        return self.many.parts[name]


def _name_of(binding: AttributeBinding) -> str:
    if binding.sub_field_name:
        return f"{binding.field_name}.{binding.sub_field_name}"
    return binding.field_name


def _compared_many(
    many: Many, part: Field, op: CompareOperator, value: object
) -> ColumnElement[bool]:
    """One of the values fulfils it; `ne` is that none equals. Without any there is null."""
    if op == CompareOperator.ne:
        return not_(_compared_many(many, part, CompareOperator.eq, value))
    found = many.among(_compared(part, op, value))
    if op == CompareOperator.eq and value is None:
        return or_(found, not_(many.among(None)))
    return found


def _compared(field: Field, op: CompareOperator, value: object) -> ColumnElement[bool]:
    if value is None:
        if op == CompareOperator.eq:
            return field.sql.is_(None)
        return field.sql.is_not(None) if op == CompareOperator.ne else literal(False)
    if field.kind is Kind.MOMENT:
        return _compared_moment(field, op, value)
    if isinstance(value, bool) and field.kind is Kind.TRUTH:
        # The library takes eq and ne only.
        return field.sql.is_(value) if op == CompareOperator.eq else field.sql.is_not(value)
    if isinstance(value, str) and field.kind is not Kind.TRUTH:
        return _compared_text(field, op, value)
    # What is of another kind is unlike it.
    return literal(True) if op == CompareOperator.ne else literal(False)


def _compared_moment(field: Field, op: CompareOperator, value: object) -> ColumnElement[bool]:
    try:
        if not isinstance(value, datetime):
            raise ValueError
        moment = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidFilterException(
            detail=_("Compare it with a whole time, such as 2026-11-22T08:00:00Z.")
        ) from None
    return _by_operator(field.sql, op, literal(moment))


def _compared_text(field: Field, op: CompareOperator, value: str) -> ColumnElement[bool]:
    text = normalize("NFC", _storable(value))
    if field.kind is Kind.ID:
        if op == CompareOperator.eq:
            return field.sql == UUID(text) if _is_id(text) else literal(False)
        return _by_operator(cast(field.sql, Text).collate("C"), op, _bound(text))
    if field.kind is Kind.EXACT:
        return _by_operator(field.sql.collate("C"), op, _bound(text))
    return _by_operator(func.lower(field.sql).collate("C"), op, func.lower(_bound(text)))


def _by_operator(left: Sql, op: CompareOperator, right: Sql) -> ColumnElement[bool]:
    operators: dict[CompareOperator, Callable[[], ColumnElement[bool]]] = {
        CompareOperator.eq: lambda: left == right,
        CompareOperator.ne: lambda: left != right,
        CompareOperator.gt: lambda: left > right,
        CompareOperator.ge: lambda: left >= right,
        CompareOperator.lt: lambda: left < right,
        CompareOperator.le: lambda: left <= right,
        CompareOperator.co: lambda: func.strpos(left, right) > 0,
        CompareOperator.sw: lambda: func.starts_with(left, right),
        CompareOperator.ew: lambda: func.right(left, func.length(right)) == right,
    }
    # Nothing is unlike every value, and is neither before nor after one.
    return func.coalesce(
        operators[op](), literal(True) if op == CompareOperator.ne else literal(False)
    )


def _present(field: Field) -> ColumnElement[bool]:
    if field.kind in (Kind.TEXT, Kind.EXACT):
        return func.coalesce(field.sql != "", literal(False))
    return field.sql.is_not(None)


def _bound(text: str) -> Sql:
    return bindparam(None, text, type_=Text)


def _storable(text: str) -> str:
    """Raises InvalidFilterException for what no text of the database can be."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidFilterException(
            detail=_("The filter has half of a letter in it: it is not UTF-8.")
        ) from None
    if "\0" in text:
        raise InvalidFilterException(detail=_("The filter has the character U+0000 in it."))
    return text


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _cannot(path: AttrPath) -> InvalidFilterException:
    return InvalidFilterException(detail=_("{name} cannot be filtered by.", name=str(path)[:100]))
