"""A mark on a document that anyone can check and only this service can make: Ed25519, with a key
derived from RODER_SECRET_KEY."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import SecretStr

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def sign(secret_key: SecretStr, data: bytes, *, purpose: str) -> bytes:
    """64 bytes. What is signed for one purpose is not signed for another."""
    return _key(secret_key, purpose).sign(data)


def public_key(secret_key: SecretStr, *, purpose: str) -> bytes:
    """The 32 bytes that others check with."""
    return _key(secret_key, purpose).public_key().public_bytes_raw()


def is_signed(public: bytes, data: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key(secret_key: SecretStr, purpose: str) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = f"roder signature {purpose}".encode()
    secret = secret_key.get_secret_value().encode()
    return Ed25519PrivateKey.from_private_bytes(
        HKDF(SHA256(), length=32, salt=None, info=info).derive(secret)
    )
