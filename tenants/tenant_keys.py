"""The municipality's own keys: what its files, and texts that have to be kept apart, are encrypted
with. Destroyed, nothing of it can be read again, wherever copies of it lie.

A data key lies sealed in its row by RODER_SECRET_KEY, and is made at first use. A new one gets the
next number; what is encrypted tells its key's number, so that the earlier ones still open it.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr
from sqlalchemy import UniqueConstraint, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped

from ..infra.errors import NotFound
from ..infra.frames import Unreadable
from ..infra.i18n import _
from ..infra.sealing import seal, unseal
from .rows import Code, TenantRow, uuid7
from .work import Work

VERSION: Final = b"\x01"
NUMBER: Final = 4
NONCE: Final = 12
SECURE: Final = 32


class TenantKey(TenantRow):
    """A data key of the municipality. Without `sealed` it is destroyed, and opens nothing more."""

    __tablename__ = "tenant_keys"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)

    number: Mapped[int]
    sealed: Mapped[Code | None]
    destroyed_at: Mapped[datetime | None]


class KeyDestroyed(NotFound):
    """What was encrypted with the key is gone for good."""


@dataclass(frozen=True, slots=True)
class TenantKeys:
    """A municipality's keys, opened, by number. The highest one encrypts."""

    tenant_id: UUID
    keys: Mapping[int, bytes] = field(repr=False)

    @property
    def newest(self) -> int:
        return max(self.keys)

    def key(self, number: int) -> bytes:
        """Raises KeyDestroyed."""
        if number not in self.keys:
            raise KeyDestroyed(_("The key that this was encrypted with has been destroyed."))
        return self.keys[number]

    def seal_text(self, text: str, *, table: str, row: UUID, column: str) -> bytes:
        """A text for one place of one table; it can be opened for that place only."""
        number = self.newest
        nonce = secrets.token_bytes(NONCE)
        sealed = _box(self.keys[number]).encrypt(
            nonce, text.encode(), self._place(table, row, column)
        )
        return VERSION + number.to_bytes(NUMBER, "big") + nonce + sealed

    def unseal_text(self, sealed: bytes, *, table: str, row: UUID, column: str) -> str:
        """Raises Unreadable when it was changed or comes from elsewhere, KeyDestroyed."""
        head = len(VERSION) + NUMBER
        if not sealed.startswith(VERSION) or len(sealed) < head + NONCE:
            raise Unreadable("no text of ours")
        key = self.key(int.from_bytes(sealed[len(VERSION) : head], "big"))
        nonce, rest = sealed[head : head + NONCE], sealed[head + NONCE :]
        try:
            return _box(key).decrypt(nonce, rest, self._place(table, row, column)).decode()
        except InvalidTag as error:
            raise Unreadable("not sealed for this place, or changed") from error

    def _place(self, table: str, row: UUID, column: str) -> bytes:
        return f"roder column {self.tenant_id} {table} {row} {column}".encode()


async def keys_to_seal(work: Work) -> TenantKeys:
    """The keys, with one made if there is none yet; in a write work."""
    keys = await keys_to_open(work)
    if not keys.keys:
        await _make(work, number=1)
        keys = await keys_to_open(work)
    return keys


async def keys_to_open(work: Work) -> TenantKeys:
    """The keys that stand; none of them may be there."""
    rows = await work.rows(
        select(TenantKey.number, TenantKey.sealed).where(TenantKey.sealed.is_not(None))
    )
    secret = work.runtime.settings.secret_key
    opened = {number: _unsealed(secret, work.tenant.id, number, kept) for number, kept in rows}
    return TenantKeys(work.tenant.id, opened)


async def rotate_key(work: Work) -> int:
    """Make a new key that encrypts from now on; its number. Earlier ones open what they have."""
    highest = await work.first(select(func.max(TenantKey.number)))
    number = (highest or 0) + 1
    await _make(work, number=number)
    return number


async def reseal_keys(work: Work, *, old: SecretStr) -> int:
    """Seal the keys by the present RODER_SECRET_KEY instead of an `old` one; how many. Those that
    are stay as they are, so that it can be done again."""
    present, done = work.runtime.settings.secret_key, 0
    for row in await work.scalars(select(TenantKey).where(TenantKey.sealed.is_not(None))):
        purpose = _purpose(work.tenant.id, row.number)
        if unseal(present, row.sealed or "", purpose=purpose) is None:
            key = _unsealed(old, work.tenant.id, row.number, row.sealed)
            row.sealed = _sealed(present, work.tenant.id, row.number, key)
            done += 1
    await work.flush()
    return done


async def destroy_keys(work: Work) -> int:
    """Forget the keys: from the commit on, nothing that they encrypted can be read. How many."""
    gone = (
        update(TenantKey)
        .where(TenantKey.sealed.is_not(None))
        .values(sealed=None, destroyed_at=work.now)
        .returning(TenantKey.number)
        .execution_options(synchronize_session=False)
    )
    return len((await work.execute(gone)).all())


async def _make(work: Work, *, number: int) -> None:
    """Of two that make the same number at once, the first one counts."""
    key = secrets.token_bytes(SECURE)
    await work.execute(
        insert(TenantKey)
        .values(
            tenant_id=work.tenant.id,
            id=uuid7(),
            number=number,
            sealed=_sealed(work.runtime.settings.secret_key, work.tenant.id, number, key),
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "number"])
    )


def _sealed(secret: SecretStr, tenant_id: UUID, number: int, key: bytes) -> str:
    text = base64.b64encode(key).decode()
    return seal(secret, text, purpose=_purpose(tenant_id, number))


def _unsealed(secret: SecretStr, tenant_id: UUID, number: int, sealed: str | None) -> bytes:
    text = unseal(secret, sealed or "", purpose=_purpose(tenant_id, number))
    if text is None:
        raise WrongSecret(
            f"key {number} of {tenant_id} was sealed with another RODER_SECRET_KEY: "
            "run `roder keys reseal` with the old one"
        )
    return base64.b64decode(text)


class WrongSecret(RuntimeError):
    """RODER_SECRET_KEY is not the one that the keys were sealed with."""


def _purpose(tenant_id: UUID, number: int) -> str:
    return f"tenant key {tenant_id} {number}"


def _box(key: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), length=SECURE, salt=None, info=b"roder columns").derive(key))
