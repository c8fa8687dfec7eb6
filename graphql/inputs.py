"""Inputs of mutations, as what the services take."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from .nodes import Node, local_id


def sent(input: Any, ids: Mapping[str, type[Node]], *, but: Collection[str] = ()) -> dict[str, Any]:
    """The fields that the client has sent, except `but`, by their names; null is sent too.

    Global ids in the fields of `ids`, one or a list of them, become the ids of this service.
    Raises InvalidInput for what is not a global id, at the field as the client knows it.
    """
    values = {
        name: value
        for name, value in vars(input).items()
        if name not in but and value is not strawberry.UNSET
    }
    for name in ids.keys() & values.keys():
        values[name] = _local(values[name], ids[name], to_camel_case(name))
    return values


def _local(value: Any, type_: type[Node], field: str) -> Any:
    if isinstance(value, list):
        return [local_id(id, type_, field=field) for id in value]
    return local_id(value, type_, field=field) if value else value
