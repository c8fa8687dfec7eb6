"""What is written about people, sealed with the municipality's key: each text for its own place.

Sealed for one table, row and column, a text cannot be moved to where more people see it, and a
database without the key tells only that there is something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import orjson

from ...infra.i18n import _
from ..rows import TenantRow
from ..work import Work
from .keys import KeyLocked, TenantKeys, keys_to_open, keys_to_seal


@dataclass(frozen=True, slots=True)
class Safe:
    """Opens and closes the sealed columns of rows, which have their id from the start.

    Where texts came locked in an archive, a list (`glance`) says so in their place; nothing else
    may, since it could be saved over them.
    """

    keys: TenantKeys
    glance: bool = False

    def put(self, row: TenantRow, **texts: str) -> None:
        for column, text in texts.items():
            sealed = self.keys.seal_text(text, table=row.__tablename__, row=row.id, column=column)
            setattr(row, column, sealed)

    def text(self, row: TenantRow, column: str) -> str:
        """Raises Unreadable where it was changed, KeyDestroyed where it is gone for good, KeyLocked
        where it waits for the key that it came with."""
        sealed = getattr(row, column)
        try:
            return self.keys.unseal_text(sealed, table=row.__tablename__, row=row.id, column=column)
        except KeyLocked:
            if not self.glance:
                raise
            return _("Locked: give the key that it came with")

    def put_answers(self, row: TenantRow, answers: Mapping[str, object]) -> None:
        self.put(row, answers=orjson.dumps(answers).decode())

    def answers(self, row: TenantRow) -> dict[str, object]:
        try:
            found: dict[str, object] = orjson.loads(
                replace(self, glance=False).text(row, "answers")
            )
        except KeyLocked:
            if not self.glance:
                raise
            return {}
        return found


async def safe_to_write(work: Work) -> Safe:
    return Safe(await keys_to_seal(work))


async def safe_to_read(work: Work, *, glance: bool = False) -> Safe:
    return Safe(await keys_to_open(work), glance)
