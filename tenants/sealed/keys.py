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

from pydantic import SecretStr
from sqlalchemy import UniqueConstraint, func, null, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from ...infra.errors import Conflict, NotFound
from ...infra.frames import Unreadable
from ...infra.i18n import _
from ...infra.sealing import seal, unseal
from ..rows import CODES, Code, TenantRow, uuid7
from ..work import Work

VERSION: Final = b"\x01"
NUMBER: Final = 4
NONCE: Final = 12
SECURE: Final = 32


class TenantKey(TenantRow):
    """A data key of the municipality. Without `sealed` it opens nothing: it is destroyed, or came
    in an archive and is locked until somebody gives the recovery key (`recovery.py`)."""

    __tablename__ = "tenant_keys"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)

    number: Mapped[int]
    sealed: Mapped[Code | None]
    destroyed_at: Mapped[datetime | None]
    brought: Mapped[list[str] | None] = mapped_column(JSONB, info=CODES)
    """Of one that came in an archive: the key of its texts, wrapped for each recovery key. It opens
    texts alone, and encrypts nothing."""


class KeyDestroyed(NotFound):
    """What was encrypted with the key is gone for good."""


class KeyLocked(Conflict):
    """What was sealed elsewhere stands as it came, until somebody gives the recovery key."""


@dataclass(frozen=True, slots=True)
class TenantKeys:
    """A municipality's keys, opened, by number. The highest one encrypts; `texts` are of texts that
    came in an archive, and those that are `locked` came without."""

    tenant_id: UUID
    keys: Mapping[int, bytes] = field(repr=False)
    texts: Mapping[int, bytes] = field(repr=False, default_factory=dict)
    locked: frozenset[int] = frozenset()

    @property
    def newest(self) -> int:
        return max(self.keys)

    def key(self, number: int) -> bytes:
        """Raises KeyDestroyed."""
        if number not in self.keys:
            raise KeyDestroyed(_("The key that this was encrypted with has been destroyed."))
        return self.keys[number]

    def text_key(self, number: int) -> bytes:
        """What the texts of a key are sealed with. Raises KeyLocked, KeyDestroyed."""
        if number in self.texts:
            return self.texts[number]
        if number in self.locked:
            raise KeyLocked(
                _("The texts came locked from another installation. Give the key that opens them.")
            )
        return _text_key(self.key(number))

    def seal_text(self, text: str, *, table: str, row: UUID, column: str) -> bytes:
        """A text for one place of one table; it can be opened for that place only."""
        return self.seal_bytes(text.encode(), table=table, row=row, column=column)

    def seal_bytes(self, data: bytes, *, table: str, row: UUID, column: str) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        number, nonce = self.newest, secrets.token_bytes(NONCE)
        box = AESGCM(self.text_key(number))
        sealed = box.encrypt(nonce, data, self._place(table, row, column))
        return VERSION + number.to_bytes(NUMBER, "big") + nonce + sealed

    def unseal_text(self, sealed: bytes, *, table: str, row: UUID, column: str) -> str:
        """Raises Unreadable when it was changed or comes from elsewhere, KeyLocked where it waits
        for a recovery key, KeyDestroyed."""
        return self.unseal_bytes(sealed, table=table, row=row, column=column).decode()

    def unseal_bytes(self, sealed: bytes, *, table: str, row: UUID, column: str) -> bytes:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        head = len(VERSION) + NUMBER
        if not sealed.startswith(VERSION) or len(sealed) < head + NONCE:
            raise Unreadable("no text of ours")
        box = AESGCM(self.text_key(int.from_bytes(sealed[len(VERSION) : head], "big")))
        nonce, rest = sealed[head : head + NONCE], sealed[head + NONCE :]
        try:
            return box.decrypt(nonce, rest, self._place(table, row, column))
        except InvalidTag as error:
            raise Unreadable("not sealed for this place, or changed") from error

    def _place(self, table: str, row: UUID, column: str) -> bytes:
        return f"roder column {self.tenant_id} {table} {row} {column}".encode()


async def keys_to_seal(work: Work) -> TenantKeys:
    """The keys, with one made if there is none yet; in a write work."""
    keys = await keys_to_open(work)
    if not keys.keys:
        await rotate_key(work)
        keys = await keys_to_open(work)
    return keys


async def keys_to_open(work: Work) -> TenantKeys:
    """The keys that stand; none of them may be there."""
    rows = await work.rows(
        select(TenantKey.number, TenantKey.sealed, TenantKey.brought.is_not(None)).where(
            or_(TenantKey.sealed.is_not(None), TenantKey.brought.is_not(None))
        )
    )
    secret = work.runtime.settings.secret_key
    opened: dict[bool, dict[int, bytes]] = {False: {}, True: {}}
    for number, kept, brought in rows:
        if kept is not None:
            opened[brought][number] = _unsealed(secret, work.tenant.id, number, kept)
    locked = frozenset(number for number, kept, _brought in rows if kept is None)
    return TenantKeys(work.tenant.id, opened[False], opened[True], locked)


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
        .where(or_(TenantKey.sealed.is_not(None), TenantKey.brought.is_not(None)))
        .values(sealed=None, brought=null(), destroyed_at=work.now)
        .returning(TenantKey.number)
        .execution_options(synchronize_session=False)
    )
    return len((await work.execute(gone)).all())


async def keep_brought(work: Work, wrapped: Mapping[int, list[str]]) -> None:
    """The keys of texts that come in an archive, locked, with the numbers that the texts name."""
    work.add(*(TenantKey(number=number, brought=list(each)) for number, each in wrapped.items()))
    await work.flush()


async def open_brought(work: Work, opened: Mapping[int, bytes]) -> None:
    """Keep keys that have been unwrapped, sealed as the municipality's own are."""
    secret = work.runtime.settings.secret_key
    chosen = select(TenantKey).where(TenantKey.number.in_(opened), TenantKey.sealed.is_(None))
    for row in await work.scalars(chosen):
        row.sealed = _sealed(secret, work.tenant.id, row.number, opened[row.number])
    await work.flush()


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


def _text_key(key: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), length=SECURE, salt=None, info=b"roder columns").derive(key)
