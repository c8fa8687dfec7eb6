"""Nothing that a client can write is a fault of ours: held over every argument of the schema."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from full_town import ROOTS, SAMPLES, sampled
from sample_documents import Path, leaf_paths, required_id_paths, variables

LEAVES = [(root, path, kind) for root in ROOTS for path, kind in leaf_paths(root)]
STRANGE: dict[str, list[object]] = {
    "String": [
        "",
        "   ",
        "x" * 200_001,
        "\u202e\ufeff\u200d",
        "'; drop table units; --",
        "{name} {0} %s %(x)s",
        "<script>alert(1)</script>",
        "\U0001f600" * 300,
        "2026-13-45T99",
        "../../etc/passwd",
    ],
    "Int": [-1, 0, 2**31 - 1, -(2**31)],
    "Float": [-1.0, 1e308],
    "Date": ["0001-01-01", "9999-12-31"],
    "DateTime": ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"],
    "Decimal": ["-1", "1e400", "-1e-400", "NaN", "Infinity", "-0", "9" * 60, "0." + "1" * 60],
    "JSON": [[], "x", 1, {"a": {"b": []}}, {"activity_states": 7}, {"key": "x" * 10_000}],
    "Boolean": [True, False],
}


@pytest.mark.parametrize(
    ("root", "path", "kind"),
    LEAVES,
    ids=[f"{root.label}.{'.'.join(path)}" for root, path, _kind in LEAVES],
)
async def test_no_value_is_a_fault_of_ours(pair, root, path, kind):
    town, _other = pair
    ids = sampled(town, root, required_id_paths(root))
    for value in [None, [], list(STRANGE[kind]), *STRANGE[kind]]:
        values = variables(root, ids, SAMPLES)
        put(values, path, value)

        answer, _written = await town.ask(town.administrator, root, values, depth=0)

        assert b"INTERNAL" not in orjson.dumps(answer), (value, answer)


def put(values: Any, path: Path, value: object) -> None:
    """Write `value` at `path`, into each thing of a list and into what was left out."""
    if isinstance(values, list):
        for one in values:
            put(one, path, value)
    elif len(path) == 1:
        values[path[0]] = value
    else:
        if not values.get(path[0]):
            values[path[0]] = {}
        put(values[path[0]], path[1:], value)
