"""What is missing or unsafe where the service runs, looked at from outside, in plain words."""

from __future__ import annotations

import asyncio
import os
import shutil
import smtplib
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import Connection

from ..infra.embedded.objectstore import bundled_weed
from ..infra.embedded.postgres import bundled_binaries
from ..infra.embedded.process import DidNotStart
from ..infra.i18n import _
from ..infra.settings import Settings
from ..infra.storage import Place, Storage, open_storage

Row = tuple[object, ...]

LEAST_FREE = 1_000_000_000
LEAST_VERSION = (3, 11)
SKEW_SECONDS = 5
SECONDS = 5


@dataclass(frozen=True, slots=True)
class Finding:
    about: str
    told: str
    well: bool = True


def examine_machine(settings: Settings) -> list[Finding]:
    """What can be seen without any server: version, programs, settings, space on the disk."""
    found = [_python(), *_programs(settings)]
    if settings.mode == "production":
        unsafe = settings.unsafe()
        found += [Finding(_("Settings"), reason, well=False) for reason in unsafe]
        if not unsafe:
            found.append(Finding(_("Settings"), _("safe for production.")))
    found.append(_disk(settings.home))
    return found


async def examine(settings: Settings) -> list[Finding]:
    """What the servers say. The addresses must be set."""
    return [
        *await asyncio.to_thread(_database, settings),
        await _asked(_("File store"), lambda: _store(settings)),
        await _asked(_("Queue"), lambda: asyncio.to_thread(_queue, settings)),
        await _asked(_("Mail"), lambda: asyncio.to_thread(_mail, settings)),
    ]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= LEAST_VERSION:
        return Finding("Python", version)
    return Finding(
        "Python", _("{version} is too old; 3.11 is needed.", version=version), well=False
    )


def _programs(settings: Settings) -> Iterator[Finding]:
    """The programs of the embedded servers, where they are used."""
    if settings.embedded_database:
        yield _program(
            "PostgreSQL",
            lambda: (settings.postgres_binaries or bundled_binaries()) / "bin" / "postgres",
        )
    if settings.embedded_storage:
        yield _program("SeaweedFS", bundled_weed)


def _program(name: str, find: Callable[[], Path]) -> Finding:
    try:
        path = find()
    except DidNotStart as error:
        return Finding(name, str(error), well=False)
    if os.access(path, os.X_OK):
        return Finding(name, str(path))
    return Finding(name, _("{file} is not there, or cannot be run.", file=path), well=False)


def _disk(home: Path) -> Finding:
    place = home.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    told = _("{size} GB free for {folder}.", size=f"{free / 1e9:.0f}", folder=home.absolute())
    return Finding(_("Disk"), told, well=free >= LEAST_FREE)


def _database(settings: Settings) -> list[Finding]:
    about = _("Database")
    try:
        with psycopg.connect(settings.database_url, connect_timeout=SECONDS) as connection:
            return [
                _reached(connection),
                *_fences(connection),
                _clock(connection),
                _shape(settings),
            ]
    except psycopg.Error as error:
        return [Finding(about, _short(error), well=False)]


def _reached(connection: Connection[Row]) -> Finding:
    [(version, role)] = connection.execute(
        "select current_setting('server_version'), current_user"
    ).fetchall()
    told = _("PostgreSQL {version} answers the role {role}.", version=version, role=role)
    return Finding(_("Database"), told)


def _fences(connection: Connection[Row]) -> Iterator[Finding]:
    """What keeps one municipality's rows from another, whatever the code does."""
    about = _("Fences")
    faults = list(_strong_role(connection))
    if not faults:  # a role that may do anything would have a line for every table
        faults += [
            _("The application may empty the table {table} (TRUNCATE).", table=table)
            for (table,) in connection.execute(CAN_TRUNCATE)
        ]
    faults += [
        _("The table {table} has no forced row-level security.", table=table)
        for (table,) in connection.execute(UNFENCED)
    ]
    [(fenced,)] = connection.execute(FENCED).fetchall()
    if not fenced:
        faults.append(_("There are no tables. Run `roder migrate`."))
    yield from (Finding(about, fault, well=False) for fault in faults)
    if not faults:
        told = _(
            "{count} tables are fenced, and the role can neither pass nor change it.", count=fenced
        )
        yield Finding(about, told)


def _strong_role(connection: Connection[Row]) -> Iterator[str]:
    [(superuser, bypasses)] = connection.execute(
        "select rolsuper, rolbypassrls from pg_roles where rolname = current_user"
    ).fetchall()
    if superuser:
        yield _("The role of RODER_DATABASE_URL is a superuser: no fence holds it.")
    elif bypasses:
        yield _("The role of RODER_DATABASE_URL has BYPASSRLS: no fence holds it.")
    [(owned,)] = connection.execute(OWNED).fetchall()
    if owned and not superuser:
        yield _("The role of RODER_DATABASE_URL owns tables, so it could take the fences down.")


TABLES = """
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname = 'public'
"""
TENANT = """
    exists (select from pg_attribute a
            where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
"""
UNFENCED = f"""
    select c.relname {TABLES} and ({TENANT} or c.relname = 'tenants')
    and not (c.relrowsecurity and c.relforcerowsecurity) order by 1
"""
FENCED = f"select count(*) {TABLES} and {TENANT}"
CAN_TRUNCATE = f"""
    select c.relname {TABLES} and {TENANT} and has_table_privilege(c.oid, 'truncate') order by 1
"""
OWNED = f"select count(*) {TABLES} and pg_has_role(c.relowner, 'member')"


def _clock(connection: Connection[Row]) -> Finding:
    [(there,)] = connection.execute(
        "select extract(epoch from clock_timestamp())::float8"
    ).fetchall()
    assert isinstance(there, float)
    skew = abs(time.time() - there)
    if skew <= SKEW_SECONDS:
        return Finding(_("Clock"), _("the same here and in the database."))
    told = _("{seconds} s apart here and in the database. Set both by NTP.", seconds=round(skew))
    return Finding(_("Clock"), told, well=False)


def _shape(settings: Settings) -> Finding:
    from ..infra.migrate import versions

    about = _("Migrations")
    has, newest = versions(settings.owner_database_url or settings.database_url)
    if has == newest:
        return Finding(about, _("the newest has been run ({version}).", version=newest))
    told = _("{newest} has not been run. Run `roder migrate`.", newest=newest)
    return Finding(about, told, well=False)


async def _store(settings: Settings) -> str:
    storage: Storage = await open_storage(Place.of(settings))
    key = f"doctor/{os.getpid()}"
    await storage.put(key, b"roder", media_type="text/plain")
    same = await storage.get(key) == b"roder"
    await storage.delete(key)
    if not same:
        raise RuntimeError(_("what was written could not be read back."))
    return _("a file was written, read and removed in {bucket}.", bucket=settings.s3_bucket)


def _queue(settings: Settings) -> str:
    from ..workers.broker import open_broker

    if not settings.broker_url:
        with psycopg.connect(settings.database_url, connect_timeout=SECONDS) as connection:
            connection.execute("select from dramatiq.queue limit 1")
        return _("in PostgreSQL, and it can be read.")
    with open_broker(settings) as broker:
        broker.declare_queue("doctor")
    return _("RabbitMQ answers.")


def _mail(settings: Settings) -> str:
    if not settings.mail_url:
        if settings.mode == "production":
            raise RuntimeError(_("none, so no reminders are sent. Set RODER_MAIL_URL."))
        return _("none; mail is written to {folder}.", folder=settings.home.absolute() / "mail")
    parts = urlsplit(settings.mail_url)
    host, port = parts.hostname or "", parts.port or (465 if parts.scheme == "smtps" else 25)
    connect = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with connect(host, port, timeout=SECONDS) as server:
        server.noop()
    return _("{place} answers.", place=f"{host}:{port}")


async def _asked(about: str, ask: Callable[[], Awaitable[str]]) -> Finding:
    try:
        return Finding(about, await ask())
    except Exception as error:
        return Finding(about, _short(error), well=False)


def _short(error: Exception) -> str:
    """The first line of a fault, without the address, which may hold a password."""
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0]
