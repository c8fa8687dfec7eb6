"""Names in sealed texts, replaced as in all others, and seen by nobody.

Whoever prepares a purge may not read these texts, so a preview says how many will be looked through
and not who is named in them. They are opened, and sealed again for their place, by the run itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import Column, Table, select, update

from ....infra.errors import Conflict, NotFound
from ....infra.frames import Unreadable
from ....tenants.log.access_log import Action
from ....tenants.log.logged import kind_of as logged_kind
from ....tenants.sealed.keys import TenantKeys, keys_to_seal
from ....tenants.sealed.texts import sealed_columns
from ....tenants.work import Work
from .holdings import kind_of
from .models import Effect, LeaverRun
from .naming import Found, Named, likely_named, rewrite_value

PIECE: Final = 200
"""Rows that one transaction opens."""

Count = Callable[[LeaverRun, str, str, int], None]
Columns = tuple[Column[object], ...]


async def rename_in_sealed(
    work: Work,
    run: LeaverRun,
    people: Sequence[Named],
    effects: Mapping[str, Effect],
    *,
    counted: Count,
) -> str:
    """The next piece of rows after `run.after`, which is a table and its last id; empty at the end.
    A text that cannot be opened is counted as unread, and the rest goes on."""
    tables = [
        (table, columns)
        for table, columns in sealed_columns()
        if effects.get(kind_of(table.name)) is not Effect.KEEP
    ]
    name, _slash, last = run.after.partition("/")
    at = next((nth for nth, (table, _columns) in enumerate(tables) if table.name == name), 0)
    if at >= len(tables) or not people:
        return ""
    table, columns = tables[at]
    last = await _rename(work, run, (table, columns), people, after=last, counted=counted)
    if last:
        return f"{table.name}/{last}"
    return f"{tables[at + 1][0].name}/" if at + 1 < len(tables) else ""


async def _rename(
    work: Work,
    run: LeaverRun,
    where: tuple[Table, Columns],
    people: Sequence[Named],
    *,
    after: str,
    counted: Count,
) -> str:
    """The id to go on from in the table; empty when it is the end."""
    table, columns = where
    keys = await keys_to_seal(work)
    chosen = select(table.c.id, *columns).where(table.c.tenant_id == work.tenant.id)
    if after:
        chosen = chosen.where(table.c.id > UUID(after))
    rows = (await work.execute(chosen.order_by(table.c.id).limit(PIECE).with_for_update())).all()
    changed: list[UUID] = []
    about: set[UUID] = set()
    for row in rows:
        id, new = row[0], dict[str, bytes]()
        values: list[bytes] = list(row[1:])
        for column, sealed in zip(columns, values, strict=True):
            found = _renamed(keys, (table.name, id, column.name), sealed, people)
            if found is None:
                counted(run, "unread", table.name, 1)
            elif found[1]:
                new[column.name] = found[0]
                about |= {each.person for each in found[1]}
                counted(run, "names", table.name, len(found[1]))
        if new:
            own = update(table).where(table.c.tenant_id == work.tenant.id, table.c.id == id)
            await work.execute(own.values(new))
            changed.append(id)
    counted(run, "texts", table.name, len(changed))
    if changed:
        kind = logged_kind(table.name)
        work.note(Action.CHANGE, kind, records=changed, about=sorted(about))
    return str(rows[-1][0]) if len(rows) == PIECE else ""


def _renamed(
    keys: TenantKeys, place: tuple[str, UUID, str], sealed: bytes, people: Sequence[Named]
) -> tuple[bytes, Sequence[Found]] | None:
    """What is to stand there, and who was named; None for what cannot be opened. What has been
    weeded is empty, and names nobody."""
    table, row, column = place
    if not sealed:
        return b"", ()
    try:
        text = keys.unseal_text(sealed, table=table, row=row, column=column)
    except (Unreadable, NotFound, Conflict):
        return None
    value = _read(text)
    likely = likely_named([value], people)
    new, found = rewrite_value(value, likely, keep=_none) if likely else (value, [])
    if not found:
        return sealed, ()
    written = new if isinstance(new, str) else orjson.dumps(new).decode()
    return keys.seal_text(written, table=table, row=row, column=column), found


def _read(text: str) -> object:
    """Answers to a form are JSON: a name at the start of a line stands after a sign of its own."""
    if text.startswith("{"):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return text
    return text


def _none(_found: Found) -> bool:
    return False
