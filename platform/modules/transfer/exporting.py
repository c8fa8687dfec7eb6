"""A whole municipality, written to an archive as it stood at one moment."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from importlib.resources import files
from tempfile import SpooledTemporaryFile
from typing import IO, Final
from uuid import UUID

import orjson
import structlog
from sqlalchemy import select

from .... import __version__
from ....infra import database
from ....infra.errors import NotFound
from ....infra.frames import Unreadable
from ....tenants.log.anchors import anchor_text, log_lines
from ....tenants.log.models import LogAnchor
from ....tenants.models import Tenant
from ....tenants.sealed.keys import TenantKeys, keys_to_open
from ....tenants.sealed.recovery import SealedPart, sealed_part
from ....tenants.sealed.resealing import LOGO, stored_tables
from ....tenants.sealed.stored import Readable, readable
from ....tenants.work import Work
from .describing import readme, schema_of
from .packing import Member, Packing
from .tables import CHOSEN, LEFT, Shape, shapes, unknown_tables

log = structlog.get_logger()

FORMAT: Final = "roder municipality"
VERSION: Final = 1
AT_ONCE: Final = 1000
"""Rows that are fetched at a time."""
IN_MEMORY: Final = 1_000_000
"""Bytes of a file, before it is put on disk."""

Progress = Callable[[int, int, str], Awaitable[None]]


class NoTenantSet(RuntimeError):
    """The transaction sees no municipality: what it would write is empty, and no copy of one."""


@dataclass(frozen=True, slots=True)
class Written:
    """A table as it was written. Two of the same digest have the same rows."""

    rows: int
    sha256: str


@dataclass(slots=True)
class Archive:
    """What an archive came to. `digest` is that of the manifest, which vouches for the rest."""

    digest: str = ""
    rows: int = 0
    files: int = 0
    tables: dict[str, Written] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    """Files that the store has lost, or whose key has been destroyed."""
    damaged: list[str] = field(default_factory=list)
    """Files that are not as they were kept."""
    sealed: SealedPart = field(default_factory=lambda: SealedPart({}, {}))
    """The texts that lie sealed in the tables, and what opens them elsewhere."""


async def write_archive(work: Work, packing: Packing, *, reason: str, tell: Progress) -> Archive:
    """Write all of the municipality; `work` is a snapshot of it. Raises NoTenantSet."""
    if unknown := await unknown_tables(work):
        raise RuntimeError(f"no model tells of {', '.join(unknown)}")
    made = Archive()
    steps = len(shapes()) + len(stored_tables()) + 1
    moment = work.now.strftime("%Y-%m-%d %H:%M:%S UTC")
    for language in ("sv", "en"):
        text = readme(language, municipality=work.tenant.name, moment=moment)
        await packing.add_text(f"README.{language}.md", text)
    for step, shape in enumerate(shapes()):
        await tell(step, steps, shape.name)
        schema = orjson.dumps(schema_of(shape), option=orjson.OPT_INDENT_2)
        await packing.add_text(f"schemas/{shape.name}.schema.json", schema)
        counting = Counting(read_table(work, shape))
        member = await packing.add(f"tables/{shape.name}.jsonl", counting.lines())
        made.tables[shape.name] = Written(counting.rows, member.sha256)
        made.rows += counting.rows
    await _add_files(work, packing, made, tell, steps)
    await tell(steps - 1, steps, "log")
    await _add_log(work, packing)
    made.sealed = await sealed_part(work)
    contents = await packing.add_list("contents.jsonl")
    manifest = orjson.dumps(_manifest(work, made, contents, reason), option=orjson.OPT_INDENT_2)
    made.digest = hashlib.sha256(manifest).hexdigest()
    await packing.add_text("manifest.json", manifest)
    await tell(steps, steps, "")
    return made


class Counting:
    """Lines that are counted as they go by."""

    def __init__(self, blocks: AsyncIterator[list[str]]) -> None:
        self._blocks = blocks
        self.rows = 0

    async def lines(self) -> AsyncIterator[bytes]:
        async for block in self._blocks:
            self.rows += len(block)
            yield "".join(f"{line}\n" for line in block).encode()


async def read_table(work: Work, shape: Shape) -> AsyncIterator[list[str]]:
    """The rows as lines of JSON, some at a time. Raises NoTenantSet: without a municipality the
    fences would show no rows at all, and an empty table is no copy of a full one."""
    await require_tenant(work)
    driver = await database.driver(await work.session.connection())
    cursor = await driver.cursor(shape.select, work.tenant.id)
    found = 0
    while rows := await cursor.fetch(AT_ONCE):
        found += len(rows)
        yield [row[0] for row in rows]
    if shape.table is Tenant.__table__ and found != 1:
        raise NoTenantSet(f"{work.tenant.id} is not there")


async def require_tenant(work: Work) -> None:
    seen = await work.raw("select nullif(current_setting('roder.tenant', true), '')", ())
    if seen[0][0] != str(work.tenant.id):
        raise NoTenantSet(f"{seen[0][0]} is set, not {work.tenant.id}")


async def _add_files(
    work: Work, packing: Packing, made: Archive, tell: Progress, steps: int
) -> None:
    """What the rows have in the object store. What is lost or damaged there is named, and the rest
    goes on."""
    keys = await keys_to_open(work)
    own = select(Tenant.logo_key, Tenant.logo_key_number).where(Tenant.id == work.tenant.id)
    [(logo, number)] = await work.rows(own)
    if logo is not None:
        await _add_file(work, packing, made, LOGO, _opened(work, keys, logo, number))
    for step, table in enumerate(stored_tables(), start=len(shapes())):
        await tell(step, steps, table.name)
        async for id, key, key_number in _kept(work, table.name):
            found = _opened(work, keys, key, key_number)
            await _add_file(work, packing, made, f"files/{table.name}/{id}", found)


async def _kept(work: Work, name: str) -> AsyncIterator[tuple[UUID, str, int | None]]:
    chosen = f" and {name}.{CHOSEN[name]}" if name in CHOSEN else ""
    sql = f"select id, key, key_number from {name} where {name}.tenant_id = $1{chosen} order by id"
    driver = await database.driver(await work.session.connection())
    cursor = await driver.cursor(sql, work.tenant.id)
    while rows := await cursor.fetch(AT_ONCE):
        for row in rows:
            yield row[0], row[1], row[2]


def _opened(work: Work, keys: TenantKeys, key: str, number: int | None) -> Readable | None:
    try:
        return readable(work.storage, keys, key, number)
    except NotFound:
        return None


async def _add_file(
    work: Work, packing: Packing, made: Archive, name: str, found: Readable | None
) -> None:
    """Read to its end first: damage may show in its last block, and half a file is none."""
    with SpooledTemporaryFile(max_size=IN_MEMORY) as whole:
        try:
            if found is None:
                raise NotFound
            async for block in found.blocks():
                await asyncio.to_thread(whole.write, block)
        except (NotFound, Unreadable) as error:
            lost = made.missing if isinstance(error, NotFound) else made.damaged
            lost.append(name)
            log.error("file_unreadable", tenant=work.tenant.slug, file=name, reason=str(error))
            return
        whole.seek(0)
        await packing.add(name, _read(whole), packed=False)
    made.files += 1


async def _read(file: IO[bytes]) -> AsyncIterator[bytes]:
    while block := await asyncio.to_thread(file.read, IN_MEMORY):
        yield block


async def _add_log(work: Work, packing: Packing) -> None:
    """The access log as its verifier reads it, with the verifier."""
    await packing.add("log/log.jsonl", log_lines(work))
    for kept in await work.scalars(select(LogAnchor).order_by(LogAnchor.seq, LogAnchor.id)):
        name = f"log/anchors/{kept.seq:012d}-{kept.at:%Y%m%dT%H%M%S}.json"
        await packing.add_text(name, anchor_text(kept, work.tenant.id))
    verifier = (files(__package__.split(".")[0]) / "tenants" / "log" / "verify_log.py").read_bytes()
    await packing.add_text("log/verify_log.py", verifier)


def _manifest(work: Work, made: Archive, contents: Member, reason: str) -> dict[str, object]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_by": f"Roder {__version__}",
        "made_at": work.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reason": reason,
        "tenant": {
            "id": str(work.tenant.id),
            "slug": work.tenant.slug,
            "name": work.tenant.name,
        },
        "tables": [
            {
                "name": shape.name,
                "rows": made.tables[shape.name].rows,
                "sha256": made.tables[shape.name].sha256,
                "columns": [column.name for column in shape.columns],
                "withheld": {column.name: why.value for column, why in shape.withheld},
            }
            for shape in shapes()
        ],
        "left_out": dict(sorted(LEFT.items())),
        "rows": made.rows,
        "files": made.files,
        "missing": made.missing,
        "damaged": made.damaged,
        "sealed": {
            "texts": {str(number): count for number, count in made.sealed.texts.items()},
            "keys": {str(number): each for number, each in made.sealed.keys.items()},
        },
        "contents": {"size": contents.size, "sha256": contents.sha256},
    }
