"""The access log: who read or changed what is personal or confidential, chained so that it shows.

One entry for each read, each write and each change of rights (HSLF-FS 2016:40, 4 kap. 9 §: action,
unit or process, time, user and the person it was about). Entries are numbered without a gap and
each carries the hash of the one before it; `infra/docs/log.md` says how that is computed, so that
it can be checked without us.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from ...infra import database
from ..actors import Actor
from ..rows import CODES, Code, TenantRow, uuid7

MOMENT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"


class Action(StrEnum):
    READ = "read"
    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    EXPORT = "export"
    IMPORT = "import"
    SEARCH = "search"
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    REFUSED = "refused"
    GRANT = "grant"
    WITHDRAW = "withdraw"
    SUPPORT = "support"
    DISPOSE = "dispose"


LASTING: Final = frozenset({Action.READ, Action.SEARCH, Action.EXPORT, Action.REFUSED})
"""What has happened even where the work around it is undone."""


class LogEntry(TenantRow):
    """One row of the log, never changed. `records` are the rows that were read or written, `about`
    the people of the register that they concern. `salt` keeps a digest from being guessed once
    its entry has been disposed of."""

    __tablename__ = "access_log"
    __table_args__ = (
        UniqueConstraint("tenant_id", "seq"),
        Index("ix_access_log_at", "tenant_id", "at"),
        Index("ix_access_log_person", "tenant_id", "person_id", "at"),
        Index("ix_access_log_about", "about", postgresql_using="gin"),
        Index("ix_access_log_records", "records", postgresql_using="gin"),
        Index(
            "ix_access_log_support",
            "tenant_id",
            "support_id",
            "seq",
            postgresql_where="support_id is not null",
        ),
    )

    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    person_id: Mapped[UUID | None]
    behind_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    token_id: Mapped[UUID | None]
    support_id: Mapped[UUID | None]
    action: Mapped[Action]
    kind: Mapped[Code]
    records: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    about: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    unit_id: Mapped[UUID | None]
    process: Mapped[Code]
    way: Mapped[Code]
    address: Mapped[Code]
    detail: Mapped[dict[str, str]] = mapped_column(info=CODES)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


PLAIN: Final = tuple(
    column.name
    for column in LogEntry.__table__.columns
    if column.name not in ("at", "salt", "digest", "hash", "created_at")
)
"""Of what is hashed, all that stands in JSON as PostgreSQL writes it."""


class LogHead(TenantRow):
    """One row: the number and the hash of the last entry. Whoever adds to the log locks it."""

    __tablename__ = "log_heads"
    __table_args__ = (UniqueConstraint("tenant_id"),)

    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry that waits for its number."""

    action: Action
    content: dict[str, object]


def noted(
    actor: Actor,
    action: Action,
    kind: str,
    *,
    records: Iterable[UUID] = (),
    about: Iterable[UUID] = (),
    unit_id: UUID | None = None,
    detail: Mapping[str, str] | None = None,
    by: UUID | None = None,
) -> Noted:
    """What `Work.note` keeps until the work ends. `by` is for whoever is only just coming in."""
    source = actor.source
    content: dict[str, object] = {
        "id": str(uuid7()),
        "at": datetime.now(UTC).strftime(MOMENT),
        "person_id": _text(by or actor.id),
        "behind_id": _text(actor.behind),
        "session_id": _text(actor.session_id),
        "token_id": _text(actor.token_id),
        "support_id": _text(actor.support_id),
        "action": action.value,
        "kind": kind,
        "records": [str(id) for id in dict.fromkeys(records)],
        "about": [str(id) for id in dict.fromkeys(about)],
        "unit_id": _text(unit_id),
        "process": source.process,
        "way": source.way.value,
        "address": source.address,
        "detail": {name: value.replace("\0", "") for name, value in (detail or {}).items()},
        "salt": secrets.token_hex(16),
    }
    return Noted(action, content)


def lasting(entries: Iterable[Noted]) -> list[Noted]:
    """Those of work that is undone: what was read has been read, and a refusal is one."""
    return [entry for entry in entries if entry.action in LASTING]


def genesis(tenant_id: UUID) -> bytes:
    """What the first entry of a municipality is chained to."""
    return hashlib.sha256(f"roder access log {tenant_id}".encode()).digest()


def content_of(entry: LogEntry) -> dict[str, object]:
    """What was hashed when the entry was written; the verifier reads the same."""
    content = {name: getattr(entry, name) for name in PLAIN}
    return {
        **{
            name: str(value) if isinstance(value, UUID) else value
            for name, value in content.items()
        },
        "at": entry.at.astimezone(UTC).strftime(MOMENT),
        "action": entry.action.value,
        "records": [str(id) for id in entry.records],
        "about": [str(id) for id in entry.about],
        "salt": entry.salt.hex(),
    }


def digest_of(content: Mapping[str, object]) -> bytes:
    """Of an entry with its tenant and number."""
    return hashlib.sha256(_canonical(content)).digest()


def _canonical(content: Mapping[str, object]) -> bytes:
    """Keys in order, no spaces, UTF-8."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


async def append(connection: AsyncConnection, tenant_id: UUID, entries: Iterable[Noted]) -> None:
    """Number, chain and write the entries, as the last thing of their transaction: it holds the
    head of the chain from here to its commit."""
    driver = await database.driver(connection)
    await driver.fetch(_APPEND, tenant_id, _unnumbered(tenant_id, entries))


async def append_alone(
    connection: AsyncConnection, tenant_id: UUID, entries: Iterable[Noted]
) -> None:
    """The same as a transaction of its own, in one round trip. Not for a distributed database:
    see `database.begin`."""
    driver = await database.driver(connection)
    await driver.fetch(_APPEND_ALONE, tenant_id, _unnumbered(tenant_id, entries))


_APPEND = "select append_to_log($1, $2)"

_APPEND_ALONE = f"{_APPEND} from set_config('roder.tenant', $1::uuid::text, true)"


def _unnumbered(tenant_id: UUID, entries: Iterable[Noted]) -> str:
    """An array of what is hashed, but for the number: only who holds the head knows it."""
    own = {"tenant_id": str(tenant_id), "seq": 0}
    return f"[{','.join(_canonical(entry.content | own).decode() for entry in entries)}]"


def _text(id: UUID | None) -> str | None:
    return None if id is None else str(id)
