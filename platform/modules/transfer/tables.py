"""What of the database goes along when a municipality is taken out: every table that has a
`tenant_id`, found from the models, so that a new one is in by itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules, walk_packages
from typing import Final

from sqlalchemy import Boolean, Column, Table

from .... import tenants
from ....infra.database import Base
from ....infra.fences import GLOBAL
from ....tenants.models import Tenant
from ....tenants.work import Work
from ... import modules

LEFT: Final = {
    "changes": "what open pages are told; kept for days",
    "guesses": "how often a sign-in has failed lately",
    "presences": "who has a page open just now",
    "rights_versions": "a counter that each installation keeps for itself",
    "tenant_erasures": "the end of the municipality in this installation",
    "tenant_keys": "the keys of this installation; the files are in the archive decrypted",
}
"""Tables that belong to the installation, and why."""

CHOSEN: Final = {
    "jobs": "state in ('done', 'failed')",
    "files": "needs is distinct from 'tenant.export'",
}
"""Of these tables only such rows: what is under way is not carried over, nor are earlier
archives."""

PLACE: Final = frozenset({"key", "key_number", "logo_key", "logo_key_number"})
"""Where bytes lie in the store of the installation, in tables that have bytes there."""

SECRET: Final = frozenset(
    {
        ("api_tokens", "digest"),
        ("calendar_feeds", "digest"),
        ("sessions", "digest"),
        ("sign_in_providers", "sealed_secret"),
        ("support_visits", "digest"),
        ("support_visits", "link_digest"),
    }
)
TOLD: Final = frozenset(
    {
        ("access_log", "digest"),
        ("persisted_documents", "digest"),
        ("tenant_exports", "digest"),
    }
)
"""Columns that are no secrets, whatever they are called."""

SOUNDS_SECRET: Final = ("digest", "sealed", "secret", "password")


class Why(StrEnum):
    SECRET = "secret"
    PLACE = "place in the store"
    OWN = "of the installation"


@dataclass(frozen=True, slots=True)
class Shape:
    """How a table is written: its columns in order, and those that are withheld."""

    table: Table
    columns: tuple[Column[object], ...]
    withheld: tuple[tuple[Column[object], Why], ...]

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def select(self) -> str:
        """A row is a line of JSON as PostgreSQL writes it; `$1` is the municipality."""
        name = self.name
        own = "id" if self.table is Tenant.__table__ else "tenant_id"
        listed = ", ".join(f'{name}."{column.name}"' for column in self.columns)
        chosen = f" and {name}.{CHOSEN[name]}" if name in CHOSEN else ""
        return (
            f"select row_to_json(line)::text from (select {listed} from {name} "
            f"where {name}.{own} = $1{chosen} order by {name}.{own}, {name}.id) as line"
        )


@cache
def shapes() -> tuple[Shape, ...]:
    """The tables in the order they can be filled in: what others refer to comes first."""
    load_models()
    return tuple(shape(table) for table in Base.metadata.sorted_tables if is_taken(table))


def is_taken(table: Table) -> bool:
    if table is Tenant.__table__:
        return True
    return "tenant_id" in table.c and table.name not in LEFT


def shape(table: Table) -> Shape:
    withheld = {column.name: why for column in table.c if (why := why_withheld(table, column))}
    columns = [column for column in table.c if column.name not in withheld]
    return Shape(
        table,
        tuple(column for column in columns if column.name != "tenant_id"),
        tuple((table.c[name], why) for name, why in withheld.items()),
    )


def why_withheld(table: Table, column: Column[object]) -> Why | None:
    """A column that sounds like a secret is one, until it is said to be none."""
    place = (table.name, column.name)
    if place in SECRET:
        return Why.SECRET
    if column.name in PLACE and ("key_number" in table.c or "logo_key_number" in table.c):
        return Why.PLACE
    if place == ("tenants", "erased_at"):
        return Why.OWN
    if place in TOLD or isinstance(column.type, Boolean):
        return None
    sounds = any(word in column.name for word in SOUNDS_SECRET)
    return Why.SECRET if sounds else None


def load_models() -> None:
    """Import every file with tables, whichever of them the process has needed so far."""
    root = __package__.split(".")[0]
    for name in ("graphql.models", "workers.models"):
        import_module(f"{root}.{name}")
    for found in walk_packages(tenants.__path__, f"{tenants.__name__}."):
        import_module(found.name)
    for found in iter_modules(modules.__path__, f"{modules.__name__}."):
        name = f"{found.name}.models" if found.ispkg else found.name
        if not found.ispkg or find_spec(name):
            import_module(name)


async def unknown_tables(work: Work) -> list[str]:
    """Tables of the database that no model tells of, so that an archive would lack them."""
    found = await work.raw(
        "select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = 'public' and relkind in ('r', 'p') order by relname",
        (),
    )
    shapes()
    return sorted({row[0] for row in found} - set(Base.metadata.tables) - set(GLOBAL))
