"""Random keys of programs and browsers: handed out once, kept as a hash only."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

SUPPORT: Final = "support"
"""Prefix of the keys that the operator's support comes in by."""


def new_key(prefix: str) -> str:
    """A key of 256 random bits. The prefix lets a leak be recognised for what it is."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def is_support(key: str) -> bool:
    return key.startswith(f"{SUPPORT}_")


def digest(key: str) -> bytes:
    """SHA-256 is enough here: the key is random and long, so there is nothing to guess."""
    return hashlib.sha256(key.encode()).digest()
