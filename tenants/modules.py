"""Which module a permission belongs to."""

from __future__ import annotations

from typing import Final

WITHIN: Final = {"school_complaints": "school_quality"}
"""Kinds of permissions that a module has beside those of its own name."""


def module_of(permission: str) -> str:
    kind = permission.partition(".")[0]
    return WITHIN.get(kind, kind)
