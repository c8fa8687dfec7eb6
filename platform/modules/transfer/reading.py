"""An archive that somebody brings: whole, unchanged, and of a shape that fits here, or refused."""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zipfile import BadZipFile, ZipFile

import orjson

from ....infra.errors import InvalidInput
from ....infra.i18n import _
from ....tenants.sealed.recovery import SealedPart
from .exporting import FORMAT, VERSION
from .tables import Shape, shapes

BLOCK: Final = 1_000_000
MOST_MANIFEST: Final = 200_000_000
UNREADABLE: Final = (BadZipFile, OSError, EOFError, ValueError, RuntimeError, zlib.error)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the archive says that it is. `tables` are the digests by name."""

    tenant_id: UUID
    slug: str
    name: str
    made_at: str
    tables: dict[str, str]
    rows: dict[str, int]
    digest: str
    files: int
    sealed: SealedPart


def open_archive(path: Path) -> ZipFile:
    """Raises InvalidInput for what is no archive."""
    try:
        return ZipFile(path)
    except FileNotFoundError:
        raise InvalidInput(_("There is no file {file}.", file=path)) from None
    except (BadZipFile, OSError):
        raise InvalidInput(_("{file} is no archive, or only a part of one.", file=path)) from None


def check_archive(archive: ZipFile) -> Manifest:
    """That every file in it is there, as it was written, and none more; and that its tables are
    those of this version. Raises InvalidInput that names the file or the table."""
    names = archive.namelist()
    if "manifest.json" not in names:
        raise InvalidInput(_("The archive has no manifest.json."))
    for name, times in Counter(names).items():
        if times > 1:
            raise _changed(name)
    raw, digest = _small(archive, "manifest.json")
    manifest = _manifest(raw)
    _check_version(manifest)
    _check_files(archive, manifest, set(names))
    _check_columns(manifest)
    return Manifest(
        tenant_id=UUID(manifest["tenant"]["id"]),
        slug=str(manifest["tenant"]["slug"]),
        name=str(manifest["tenant"]["name"]),
        made_at=str(manifest["made_at"]),
        tables={table["name"]: table["sha256"] for table in manifest["tables"]},
        rows={table["name"]: table["rows"] for table in manifest["tables"]},
        digest=digest,
        files=int(manifest["files"]),
        sealed=_sealed(manifest["sealed"]),
    )


def blocks_of(archive: ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as member:
        while block := member.read(BLOCK):
            yield block


def _manifest(raw: bytes) -> dict[str, Any]:
    try:
        manifest = orjson.loads(raw)
        UUID(manifest["tenant"]["id"])
        if not {"slug", "name"} <= manifest["tenant"].keys():
            raise KeyError("tenant")
        for table in manifest["tables"]:
            if not {"name", "rows", "sha256", "columns"} <= table.keys():
                raise KeyError("tables")
        int(manifest["files"]), manifest["made_at"], manifest["contents"]["sha256"]
        _sealed(manifest["sealed"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _changed("manifest.json") from None
    found: dict[str, Any] = manifest
    return found


def _sealed(told: dict[str, Any]) -> SealedPart:
    return SealedPart(
        {int(number): int(count) for number, count in told["texts"].items()},
        {int(number): [str(key) for key in keys] for number, keys in told["keys"].items()},
    )


def _check_version(manifest: dict[str, Any]) -> None:
    if manifest.get("format") != FORMAT:
        raise InvalidInput(_("The archive is not one of a municipality in Roder."))
    if manifest.get("version") != VERSION:
        raise InvalidInput(
            _(
                "The archive has the form {theirs}, and this version reads {ours}.",
                theirs=manifest.get("version"),
                ours=VERSION,
            )
        )


def _check_files(archive: ZipFile, manifest: dict[str, Any], names: set[str]) -> None:
    """Each file against the list, and the list against the manifest."""
    contents, digest = _small(archive, "contents.jsonl") if "contents.jsonl" in names else (b"", "")
    if digest != manifest["contents"]["sha256"]:
        raise _changed("contents.jsonl")
    listed = {member["name"]: member for member in map(orjson.loads, contents.splitlines())}
    strange = sorted(names - listed.keys() - {"contents.jsonl", "manifest.json"})
    if strange:
        raise InvalidInput(_("{name} was not in the archive when it was made.", name=strange[0]))
    for name, member in listed.items():
        if name not in names:
            raise InvalidInput(_("{name} is missing from the archive.", name=name))
        if _digest(archive, name, member["size"]) != member["sha256"]:
            raise _changed(name)
    for table in manifest["tables"]:
        member = listed.get(f"tables/{table['name']}.jsonl")
        if member is None or member["sha256"] != table["sha256"]:
            raise _changed(f"tables/{table['name']}.jsonl")


def _check_columns(manifest: dict[str, Any]) -> None:
    theirs = {table["name"]: list(table["columns"]) for table in manifest["tables"]}
    ours = {shape.name: names_of(shape) for shape in shapes()}
    for name in sorted(theirs.keys() | ours.keys()):
        if sorted(theirs.get(name, ())) != sorted(ours.get(name, ())):
            raise InvalidInput(
                _(
                    "The table {name} is not the same here. Bring both installations to the same "
                    "version of Roder, and export again.",
                    name=name,
                )
            )


def names_of(shape: Shape) -> Sequence[str]:
    return [column.name for column in shape.columns]


def _digest(archive: ZipFile, name: str, size: int) -> str:
    """Empty when it cannot be read, or is larger than it says."""
    digest, read = hashlib.sha256(), 0
    try:
        for block in blocks_of(archive, name):
            read += len(block)
            if read > size:
                return ""
            digest.update(block)
    except UNREADABLE:
        return ""
    return digest.hexdigest()


def _small(archive: ZipFile, name: str) -> tuple[bytes, str]:
    """A file that is held whole, and its digest."""
    data = bytearray()
    try:
        for block in blocks_of(archive, name):
            data += block
            if len(data) > MOST_MANIFEST:
                raise _changed(name)
    except UNREADABLE:
        raise _changed(name) from None
    return bytes(data), hashlib.sha256(data).hexdigest()


def _changed(name: str) -> InvalidInput:
    return InvalidInput(_("{name} is not as it was when the archive was made.", name=name))
