"""Are the answers of all contestants the same? PostGraphile's shape is brought to ours first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from client import fetch
from contestants import POSTGRAPHILE, Server
from town import Question


def check_answers(servers: Mapping[str, Server], question: Question) -> str:
    """A line that says how large the answer is. Raises for a fault, or for one that differs."""
    bodies = {}
    for name, server in servers.items():
        status, body = fetch(server, server.asked(question))
        if status != 200 or "errors" in orjson.loads(body):
            raise RuntimeError(f"{name} answers {question.name} with {status}: {body[:600]!r}")
        bodies[name] = body
    plain = {
        name: _plain(orjson.loads(body)["data"], ours=name != POSTGRAPHILE)
        for name, body in bodies.items()
    }
    first = next(iter(plain))
    for name, data in plain.items():
        where = _difference(plain[first], data)
        if where:
            raise RuntimeError(f"{name} differs from {first} in {question.name}: {where}")
    ours = [body for name, body in bodies.items() if name != POSTGRAPHILE]
    same = "byte for byte" if len(set(ours)) == 1 else "in content"
    fields = _fields(orjson.loads(ours[0] if ours else bodies[first])["data"])
    size = len(ours[0] if ours else bodies[first]) / 1000
    return f"{question.name}: {fields:,} fields, {size:,.1f} kB, the same {same}"


def _plain(value: Any, *, ours: bool, key: str = "") -> Any:
    if isinstance(value, list):
        return [_plain(item, ours=ours, key=key) for item in value]
    if isinstance(value, dict) and not ours:
        return _from_postgraphile(value, key)
    if isinstance(value, dict):
        return {name: _plain(item, ours=ours, key=name) for name, item in value.items()}
    if key == "id":
        return value.rpartition(":")[2]
    if key == "writtenAt":
        return datetime.fromisoformat(value)
    return value


def _from_postgraphile(value: dict[str, Any], key: str) -> Any:
    """`children` and `outcome` are connections there, names hold all languages, and a goal has the
    fields of a key figure with nothing in them."""
    if key == "children" and set(value) == {"nodes"}:
        return _plain(value["nodes"], ours=False)
    if key == "outcome":
        return _plain(value["nodes"][0], ours=False) if value["nodes"] else None
    if set(value) == {"sv", "en"}:
        return value["sv"]
    goal = "measureUnit" in value and value["measureUnit"] is None
    absent = {"measureUnit", "outcome", "outcomes"} if goal else set()
    return {
        name: _plain(item, ours=False, key=name)
        for name, item in value.items()
        if name not in absent
    }


def _difference(one: Any, other: Any, path: str = "") -> str:
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        found = (_difference(one[key], other[key], f"{path}.{key}") for key in one)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = zip(one, other, strict=True)
        found = (_difference(a, b, f"{path}[{i}]") for i, (a, b) in enumerate(pairs))
    else:
        return "" if one == other else f"{path}: {str(one)[:200]} and {str(other)[:200]}"
    return next(filter(None, found), "")


def _fields(value: Any) -> int:
    if isinstance(value, list):
        return sum(map(_fields, value))
    if isinstance(value, dict):
        return sum(1 + _fields(item) for item in value.values())
    return 0
