"""Texts that only this service can read again: kept in a row, or in someone else's browser."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import SecretStr

# Its library holds 7 MB, and is loaded by the first process that seals or opens something.
if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def seal(secret_key: SecretStr, text: str, *, purpose: str) -> str:
    """Encrypt and sign. What is sealed for one purpose cannot be opened for another."""
    return _box(secret_key.get_secret_value(), purpose).encrypt(text.encode()).decode()


def unseal(
    secret_key: SecretStr, sealed: str, *, purpose: str, seconds: int | None = None
) -> str | None:
    """The text; None when it was changed, sealed for something else, or longer ago than that."""
    from cryptography.fernet import InvalidToken

    try:
        box = _box(secret_key.get_secret_value(), purpose)
        return box.decrypt(sealed.encode(), ttl=seconds).decode()
    except InvalidToken:
        return None


@lru_cache(maxsize=256)
def _box(secret_key: str, purpose: str) -> Fernet:
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    key = HKDF(SHA256(), length=32, salt=None, info=f"roder {purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(key.derive(secret_key.encode())))
