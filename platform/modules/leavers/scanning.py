"""Rows whose texts name somebody: found by a sieve in the database, then by `naming`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    Text,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from ....tenants.models import Person
from ....tenants.personal import Texts
from ....tenants.work import Work
from .models import Leaver
from .naming import Found, Named, likely_parts, rewrite_value

BATCH = 50
"""Rows that one transaction changes."""

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

    With `hold` the rows are locked, so that nobody's words of the same moment are lost.
    """
    if not people:
        return [], ""
    rows = (await work.execute(_sieve(work, texts, people, after, most, hold))).mappings().all()
    found = []
    for row in rows:
        old = {column.name: row[column.name] for column in texts.columns}
        new, places = _renamed(texts.table, row["id"], old, people, keep)
        if places:
            found.append(NamingRow(texts.table, row["id"], old, new, places))
    return found, str(rows[-1]["id"]) if len(rows) == most else ""


async def tables_naming(
    work: Work, tables: Sequence[Texts], people: Sequence[Named]
) -> frozenset[str]:
    """The tables that may name any of them, in one statement."""
    if not people or not tables:
        return frozenset()
    each = [
        select(literal(texts.table.name)).where(
            exists().where(*_may_name(work, texts, people)).select_from(texts.table)
        )
        for texts in tables
    ]
    return frozenset((await work.execute(union_all(*each))).scalars())


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


def _sieve(
    work: Work, texts: Texts, people: Sequence[Named], after: str, most: int, hold: bool
) -> Select[tuple[object, ...]]:
    table = texts.table
    chosen = (
        select(table.c.id, *texts.columns)
        .where(*_may_name(work, texts, people))
        .order_by(table.c.id)
        .limit(most)
    )
    if after:
        chosen = chosen.where(table.c.id > UUID(after))
    return chosen.with_for_update() if hold else chosen


def _may_name(
    work: Work, texts: Texts, people: Sequence[Named]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    parts = sorted({part for person in people for part in likely_parts(person)})
    holds = or_(*(_holds(column, part) for column in texts.columns for part in parts))
    return texts.table.c.tenant_id == work.tenant.id, holds


def _holds(column: ColumnElement[object], part: str) -> ColumnElement[bool]:
    text = func.lower(func.normalize(cast(column, Text)), type_=Text)
    return text.contains(part, autoescape=True)


async def named_people(work: Work, leavers: Sequence[Leaver]) -> list[Named]:
    """Those of a run as the register still names them; whoever is out of it already is left out."""
    rows = await work.rows(
        select(Person.id, Person.name, Person.email).where(
            Person.id.in_([leaver.person_id for leaver in leavers]),
            Person.forgotten_at.is_(None),
        )
    )
    known = {id: (name, email) for id, name, email in rows}
    return [
        Named(leaver.person_id, *known[leaver.person_id], leaver.pseudonym)
        for leaver in leavers
        if leaver.person_id in known
    ]
