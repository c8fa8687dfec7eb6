"""Rows whose texts name somebody: read a piece of a table at a time, and found by `naming`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import RowMapping, Table, select

from ....tenants.models import Person
from ....tenants.personal import Texts
from ....tenants.work import Work
from .models import Leaver
from .naming import Crowd, Found, Named, likely_named, rewrite_value

BATCH = 50
"""Rows that one transaction changes."""
PIECE = 200
"""Rows that are read at a time; some hold a whole table of a report."""
PIECES = 100
"""Pieces that are looked through before somebody is told that it goes on."""

Keep = Callable[[str, UUID, Found], bool]
"""Whether a name stays: asked with table.column, the row and the place."""


@dataclass(frozen=True, slots=True)
class NamingRow:
    """A row that names somebody: where, what stands there now, and what is to."""

    table: Table
    id: UUID
    old: Mapping[str, object]
    new: Mapping[str, object]
    found: Sequence[tuple[str, Found]]
    """With the name of the column."""


async def named_in(
    work: Work,
    texts: Texts,
    people: Sequence[Named],
    *,
    after: str = "",
    keep: Keep = lambda _place, _id, _found: False,
    hold: bool = False,
    most: int = BATCH,
) -> tuple[list[NamingRow], str]:
    """Rows of one table after the id `after`, and the id to go on from; empty when it is the end.

    At most so many rows, and none at all where a long piece of the table names nobody. With `hold`
    the rows are locked, so that nobody's words of the same moment are lost.
    """
    found: list[NamingRow] = []
    for _piece in range(PIECES if people else 0):
        rows = await _rows(work, texts, after)
        for row in rows:
            after = str(row["id"])
            if (named := _naming(texts, row, people, keep)) is not None:
                found.append(named)
            if len(found) == most:
                break
        if len(found) == most or len(rows) < PIECE:
            over = len(rows) < PIECE and (not rows or after == str(rows[-1]["id"]))
            break
    else:
        over = not people
    if hold and found:
        held = await _rows(work, texts, "", held=[row.id for row in found])
        again = (_naming(texts, row, people, keep) for row in held)
        found = [row for row in again if row is not None]
    return found, "" if over else after


async def _rows(
    work: Work, texts: Texts, after: str, *, held: Sequence[UUID] = ()
) -> Sequence[RowMapping]:
    """A piece of the table, or some rows of it locked. What they say is looked at here: PostgreSQL
    takes a hundred times as long to look for some hundred names in a text."""
    table = texts.table
    chosen = select(table.c.id, *texts.columns).where(table.c.tenant_id == work.tenant.id)
    chosen = chosen.where(table.c.id.in_(held)).with_for_update() if held else chosen.limit(PIECE)
    if after:
        chosen = chosen.where(table.c.id > UUID(after))
    return (await work.execute(chosen.order_by(table.c.id))).mappings().all()


def _naming(texts: Texts, row: RowMapping, people: Sequence[Named], keep: Keep) -> NamingRow | None:
    old = {column.name: row[column.name] for column in texts.columns}
    likely = likely_named(old.values(), people)
    if not likely:
        return None
    new, places = _renamed(texts.table, row["id"], old, likely, keep)
    return NamingRow(texts.table, row["id"], old, new, places) if places else None


def _renamed(
    table: Table,
    id: UUID,
    old: Mapping[str, object],
    people: Sequence[Named],
    keep: Keep,
) -> tuple[dict[str, object], list[tuple[str, Found]]]:
    new: dict[str, object] = {}
    places: list[tuple[str, Found]] = []
    for name, value in old.items():

        def stays(each: Found, name: str = name) -> bool:
            return keep(f"{table.name}.{name}", id, each)

        changed, found = rewrite_value(value, people, keep=stays)
        if found:
            new[name] = changed
            places += [(name, each) for each in found]
    return new, places


async def named_people(work: Work, leavers: Sequence[Leaver]) -> Crowd:
    """Those of a run as the register still names them; whoever is out of it already is left out."""
    rows = await work.rows(
        select(Person.id, Person.name, Person.email).where(
            Person.id.in_([leaver.person_id for leaver in leavers]),
            Person.forgotten_at.is_(None),
        )
    )
    known = {id: (name, email) for id, name, email in rows}
    return Crowd(
        Named(leaver.person_id, *known[leaver.person_id], leaver.pseudonym)
        for leaver in leavers
        if leaver.person_id in known
    )
