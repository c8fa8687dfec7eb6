"""What stands in the archive about the archive: a schema of each table, and words for people."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from .tables import LEFT, Shape

Json = dict[str, object]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema_of(shape: Shape) -> Json:
    """JSON Schema of one line of the table's file."""
    about = shape.table.comment or ""
    return {
        "$schema": DIALECT,
        "title": shape.name,
        "type": "object",
        "additionalProperties": False,
        "required": [column.name for column in shape.columns],
        "properties": {column.name: _column(column) for column in shape.columns},
        "x-withheld": {column.name: why.value for column, why in shape.withheld},
        "x-refers": _references(shape),
        **({"description": about} if about else {}),
    }


def _column(column: Column[object]) -> Json:
    kind = json_type(column.type)
    if not column.nullable:
        return kind
    if "enum" in kind:
        return {"enum": [*_values(kind), None]}
    return {"anyOf": [kind, {"type": "null"}]}


def _values(kind: Json) -> list[object]:
    values = kind["enum"]
    assert isinstance(values, list)
    return values


def json_type(kind: TypeEngine[object]) -> Json:
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    match kind:
        case Uuid():
            return {"type": "string", "format": "uuid"}
        case Enum():
            return {"enum": list(kind.enums)}
        case Text():
            return {"type": "string"}
        case Boolean():
            return {"type": "boolean"}
        case Integer():
            return {"type": "integer"}
        case Numeric():
            return {"type": "number", "description": "an exact decimal: read it as one"}
        case DateTime():
            return {"type": "string", "format": "date-time"}
        case Date():
            return {"type": "string", "format": "date"}
        case LargeBinary():
            return {"type": "string", "pattern": "^\\\\x([0-9a-f]{2})*$"}
        case ARRAY():
            return {"type": "array", "items": json_type(kind.item_type)}
        case JSONB():
            return {}
    return {"type": "string"}


def _references(shape: Shape) -> Mapping[str, str]:
    """Which column holds the ids of which table."""
    return {
        element.parent.name: element.column.table.name
        for key in shape.table.foreign_key_constraints
        for element in key.elements
        if element.column.name == "id" and element.parent.name != "tenant_id"
    }


def readme(language: str, *, municipality: str, moment: str) -> str:
    template = (files(__package__) / f"archive.{language}.md").read_text("utf-8")
    left = "\n".join(f"- `{name}`: {why}" for name, why in sorted(LEFT.items()))
    return template.format(municipality=municipality, moment=moment, left=left)
