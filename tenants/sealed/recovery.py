"""The key to sealed texts that a municipality keeps outside the service.

Whoever takes it out is shown its secret half once; the public half stays here. An archive of the
municipality carries its texts as they lie, and their key wrapped for the public half (HPKE, RFC
9180), so that nobody reads a text in it who has not both the archive and the secret. Where the
archive is read in, the texts are locked until the secret is given.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import Index, LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column

from ...infra.errors import InvalidInput
from ...infra.i18n import _
from ..rows import CODES, TenantRow, refers
from ..work import Work
from .keys import TenantKey, keys_to_open, keys_to_seal, open_brought
from .texts import count_sealed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hpke import Suite

SECRET: Final = 32
CHECK: Final = 3
"""Bytes at the end of the key as it is written, by which a slip of the pen is found."""
GROUP: Final = 4
MOST: Final = 500


class RecoveryKey(TenantRow):
    """The public half of a key that somebody has taken out. One stands, and ends when the next is
    taken; it still opens the archives that were made while it stood."""

    __tablename__ = "recovery_keys"
    __table_args__ = (
        refers("taken_by", "people"),
        Index(
            "uq_recovery_keys_standing",
            "tenant_id",
            unique=True,
            postgresql_where="ended_at is null",
        ),
    )

    public: Mapped[bytes] = mapped_column(LargeBinary, info=CODES)
    taken_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class SealedPart:
    """What an archive says of the sealed texts in it, by the numbers of their keys."""

    texts: Mapping[int, int]
    keys: Mapping[int, list[str]]
    """Each wrapped for the recovery keys that open it; none where nobody had taken one out."""

    @property
    def count(self) -> int:
        return sum(self.texts.values())

    @property
    def without_key(self) -> int:
        """Texts that nobody will ever open outside the installation that the archive comes from."""
        return sum(count for number, count in self.texts.items() if not self.keys.get(number))


async def standing_key(work: Work) -> RecoveryKey | None:
    return await work.first(select(RecoveryKey).where(RecoveryKey.ended_at.is_(None)))


async def take_out(work: Work) -> tuple[RecoveryKey, str]:
    """A new key in place of the one that stands, and its secret half as it is written: it is shown
    once, and kept nowhere."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    await keys_to_seal(work)
    held = select(RecoveryKey).where(RecoveryKey.ended_at.is_(None)).with_for_update()
    for before in await work.scalars(held):
        before.ended_at = work.now
    await work.flush()
    secret = X25519PrivateKey.generate()
    row = RecoveryKey(public=secret.public_key().public_bytes_raw(), taken_by=work.actor.id)
    work.add(row)
    await work.flush()
    return row, written(secret.private_bytes_raw())


async def sealed_part(work: Work) -> SealedPart:
    """For an archive: how many texts are sealed with which key, and those keys wrapped. Those that
    came locked, and still are, go on as they came."""
    keys, standing = await keys_to_open(work), await standing_key(work)
    wrapped: dict[int, list[str]] = {}
    for number in sorted({*keys.keys, *keys.texts}):
        wrapped[number] = []
        if standing is not None:
            key = keys.text_key(number)
            wrapped[number] = [wrap(key, standing.public, tenant_id=work.tenant.id, number=number)]
    locked = select(TenantKey.number, TenantKey.brought).where(TenantKey.number.in_(keys.locked))
    wrapped |= {number: list(brought or ()) for number, brought in await work.rows(locked)}
    return SealedPart(await count_sealed(work), wrapped)


async def locked_texts(work: Work) -> SealedPart:
    """The texts that are locked here, with their keys as they came."""
    rows = await work.rows(
        select(TenantKey.number, TenantKey.brought).where(
            TenantKey.brought.is_not(None), TenantKey.sealed.is_(None)
        )
    )
    keys = {number: list(brought or ()) for number, brought in rows}
    texts = await count_sealed(work) if keys else {}
    return SealedPart({number: texts[number] for number in keys if number in texts}, keys)


async def unlock(work: Work, key: str) -> int:
    """Open the texts that came locked with the secret half of a recovery key; how many. Raises
    InvalidInput for what is no such key, or opens none of them."""
    secret, locked = read_key(key), await locked_texts(work)
    opened = {
        number: found
        for number, each in locked.keys.items()
        if (found := unwrap(each, secret, tenant_id=work.tenant.id, number=number)) is not None
    }
    if not opened:
        raise InvalidInput(_("The key opens none of the texts that are locked."), field="key")
    await open_brought(work, opened)
    return sum(locked.texts.get(number, 0) for number in opened)


def wrap(key: bytes, public: bytes, *, tenant_id: UUID, number: int) -> str:
    """The key of texts as only the secret half of `public` opens it."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    sealed = _suite().encrypt(
        key, X25519PublicKey.from_public_bytes(public), _for(tenant_id, number)
    )
    return base64.b64encode(sealed).decode()


def unwrap(wrapped: list[str], secret: bytes, *, tenant_id: UUID, number: int) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    private, about = X25519PrivateKey.from_private_bytes(secret), _for(tenant_id, number)
    for each in wrapped:
        try:
            return _suite().decrypt(base64.b64decode(each, validate=True), private, about)
        except (InvalidTag, ValueError):
            continue
    return None


def written(secret: bytes) -> str:
    """The secret half in letters and digits, in groups that can be read aloud."""
    text = base64.b32encode(secret + _check(secret)).decode().rstrip("=")
    return "-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def read_key(text: str) -> bytes:
    """What `written` wrote, however it was copied. Raises InvalidInput."""
    plain = "".join(sign for sign in text[:MOST].upper() if sign.isalnum())
    try:
        data = base64.b32decode(plain + "=" * (-len(plain) % 8))
    except ValueError:
        data = b""
    secret, check = data[:SECRET], data[SECRET:]
    if len(secret) != SECRET or check != _check(secret):
        raise InvalidInput(
            _("This is not the whole key as it was shown: {count} letters and digits.", count=56),
            field="key",
        )
    return secret


def _check(secret: bytes) -> bytes:
    return hashlib.sha256(b"roder recovery" + secret).digest()[:CHECK]


def _suite() -> Suite:
    from cryptography.hazmat.primitives import hpke

    return hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def _for(tenant_id: UUID, number: int) -> bytes:
    return f"roder texts {tenant_id} {number}".encode()
