"""`<home>/demo.json`: the demonstration's address and one API token for each municipality."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ..infra.embedded.process import write_secret
from ..infra.settings import Settings

Key = dict[str, str]
"""`slug`, `graphql` (the address of its API) and `token` of one municipality."""


def write_keys(settings: Settings, keys: Sequence[Key]) -> None:
    text = json.dumps({"url": settings.base_url, "tenants": keys}, indent=1)
    write_secret(settings.home / "demo.json", text + "\n")


def read_keys(settings: Settings) -> list[Key]:
    """The keys in the file; none when it is absent or not of our making."""
    try:
        kept = json.loads((settings.home / "demo.json").read_text())
        return [dict(key) for key in kept["tenants"] if {"slug", "graphql", "token"} <= set(key)]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return []
