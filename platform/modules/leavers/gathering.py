"""Everything that is held about a person, read off the declaration of all tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Table, func, or_, select

from ....infra.i18n import _
from ....tenants.log.access_log import LogEntry
from ....tenants.models import Person, RoleGrant, UnitVersion
from ....tenants.personal import REGISTER, Texts, is_secret, references, texts
from ....tenants.tree.versions import on_day
from ....tenants.work import Work
from ...web.words import role_words
from .holdings import kind_of, kind_words, words_of
from .naming import Named
from .scanning import NamingRow, named_in
from .withheld import Withheld, withheld

MOST: Final = 20_000
"""Rows of one table that an extract holds; it says so when there are more."""
LOG: Final = "access_log"


@dataclass(frozen=True, slots=True)
class Holding:
    """What one table holds: its name, what that means, and the rows as they are."""

    table: str
    title: str
    told: str
    kind: str
    count: int
    rows: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text that names the person, with some words on each side."""

    table: str
    title: str
    column: str
    row: str
    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class Seen:
    """That somebody did something with what is held about the person; by role and unit."""

    at: str
    action: str
    kind: str
    who: str
    unit: str
    way: str


@dataclass(frozen=True, slots=True)
class Everything:
    """An extract under article 15, before it is a file."""

    person: str
    made_at: str
    municipality: str
    holdings: list[Holding]
    mentions: list[Mention]
    seen: list[Seen]
    kinds: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        return asdict(self)


async def gather(work: Work, person: Person) -> Everything:
    """All of it, within one transaction. Keys and their hashes are left out, and what is being
    investigated: see `withheld`."""
    silent = await withheld(work)
    own = Named(person.id, person.name, person.email, "")
    return Everything(
        person=str(person.id),
        made_at=work.now.isoformat(timespec="seconds"),
        municipality=work.tenant.name,
        holdings=await _holdings(work, person.id, silent),
        mentions=await _mentions(work, own, silent),
        seen=await who_saw(work, person.id, silent),
        kinds=kind_words(),
    )


async def _holdings(work: Work, person_id: UUID, silent: Withheld) -> list[Holding]:
    """Table by table, the register first, then by kind."""
    columns: dict[Table, list[ColumnElement[object]]] = {}
    for reference in references():
        columns.setdefault(reference.table, []).append(reference.column)
    register = next(iter(columns)).metadata.tables[REGISTER]
    columns[register] = [register.c.id]
    found = []
    for table, means in columns.items():
        theirs = (
            table.c.tenant_id == work.tenant.id,
            or_(*(each == person_id for each in means)),
            table.c.id.not_in(silent.rows),
        )
        number = await work.execute(select(func.count()).select_from(table).where(*theirs))
        count = number.scalar_one()
        if not count:
            continue
        shown = [
            column for column in table.c if not is_secret(column) and column.name != "tenant_id"
        ]
        rows = await work.execute(select(*shown).where(*theirs).order_by(table.c.id).limit(MOST))
        words = words_of(table.name)
        found.append(
            Holding(
                table.name,
                words.title,
                words.told,
                kind_of(table.name),
                count,
                [_plain({str(name): row[name] for name in row}) for row in rows.mappings()],
            )
        )
    order = list(kind_words())
    return sorted(
        found,
        key=lambda each: (
            each.table != REGISTER,
            order.index(each.kind) if each.kind in order else len(order),
            each.title,
        ),
    )


async def _mentions(work: Work, own: Named, silent: Withheld) -> list[Mention]:
    found: list[Mention] = []
    for table in texts():
        found += await _mentions_in(work, table, own)
    untold = {str(id) for id in silent.rows | silent.lists}
    return [each for each in found if each.row not in untold]


async def _mentions_in(work: Work, table: Texts, own: Named) -> list[Mention]:
    found: list[Mention] = []
    last, title = "", words_of(table.table.name).title
    while True:
        rows, last = await named_in(work, table, [own], after=last)
        for row in rows:
            found += mentions_of(row, title)
        if not last or len(found) >= MOST:
            return found


def mentions_of(row: NamingRow, title: str) -> list[Mention]:
    return [
        Mention(row.table.name, title, name, str(row.id), place.before, place.text, place.after)
        for name, place in row.found
    ]


async def who_saw(work: Work, person_id: UUID, silent: Withheld) -> list[Seen]:
    """What the log tells that others, and they themselves, did with what is held about the person.

    Others by their role and unit: a name may be secret (OSL 10 kap., 21 kap.), and whoever gives
    the extract out decides on that.
    """
    entries = await work.scalars(
        select(LogEntry)
        .where(
            LogEntry.about.contains([person_id]),
            ~LogEntry.records.overlap(sorted(silent.rows)),
        )
        .order_by(LogEntry.seq.desc())
        .limit(MOST)
    )
    actors = {entry.person_id for entry in entries if entry.person_id}
    roles = await _roles_of(work, sorted(actors))
    places = {unit_id for _role, unit_id in roles.values()} | {each.unit_id for each in entries}
    units = await _unit_names(work, {unit_id for unit_id in places if unit_id})
    found = []
    for entry in entries:
        role, at = roles.get(entry.person_id, ("", None)) if entry.person_id else ("service", None)
        if entry.person_id == person_id:
            role = "self"
        unit = entry.unit_id or at
        found.append(
            Seen(
                entry.at.isoformat(timespec="seconds"),
                entry.action.value,
                entry.kind,
                _role_word(role),
                units.get(unit, "") if unit else "",
                entry.way,
            )
        )
    return found


async def _roles_of(
    work: Work, person_ids: Sequence[UUID]
) -> Mapping[UUID, tuple[str, UUID | None]]:
    """The first role of each that stands or stood, and where."""
    rows = await work.rows(
        select(RoleGrant.person_id, RoleGrant.role, RoleGrant.unit_id)
        .where(RoleGrant.person_id.in_(person_ids))
        .order_by(RoleGrant.id.desc())
    )
    return {person_id: (role, unit_id) for person_id, role, unit_id in rows}


async def _unit_names(work: Work, ids: set[UUID]) -> dict[UUID, str]:
    rows = await work.rows(
        select(UnitVersion.unit_id, UnitVersion.name).where(
            UnitVersion.unit_id.in_(ids), on_day(work.today)
        )
    )
    return {row[0]: row[1] for row in rows}


def _role_word(role: str) -> str:
    words = {"service": _("The service itself"), "self": _("You"), "": _("Employee")}
    return words.get(role) or role_words().get(role, role)


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    """A row as JSON has it: moments and days as text, no empty values."""
    return {name: plain(value) for name, value in row.items() if value not in (None, "", [], {})}


def plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, bytes):
        return None
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    return value
