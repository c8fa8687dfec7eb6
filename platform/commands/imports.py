"""Files into a municipality and out of it, with the rights of whoever runs the service."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from ...infra.errors import InvalidInput
from ...infra.i18n import _
from ...infra.runtime import Runtime
from ..saying import say
from .people import run, unit_by_code, work_in


def units(options: argparse.Namespace) -> None:
    from ...tenants.tree.importing import import_units

    data = read_whole(options.file)

    async def bring(runtime: Runtime) -> None:
        async with work_in(runtime, options.tenant) as work:
            done = await import_units(
                work, name=options.file.name, data=data, dry_run=options.dry_run
            )
            _refuse_if(done.faults)
        _told(options, done.created, done.changed, done.unchanged, done.notices)
        if done.left_alone:
            say(_("Units that the file does not name, left as they are: {n}.", n=done.left_alone))

    run(bring)


def board(options: argparse.Namespace) -> None:
    from ..modules.goals.board.importing import import_board

    data = read_whole(options.file)

    async def bring(runtime: Runtime) -> None:
        async with work_in(runtime, options.tenant) as work:
            done = await import_board(
                work,
                unit_id=await unit_by_code(work, options.unit),
                year=options.year,
                name=options.file.name,
                data=data,
                dry_run=options.dry_run,
            )
            _refuse_if(done.errors)
        _told(options, done.created, done.updated, done.unchanged, done.notices)

    run(bring)


def export_units(options: argparse.Namespace) -> None:
    from ...tenants.tree.importing import unit_table
    from ...tenants.tree.table import write_csv, write_workbook

    file: Path = options.file
    if file.suffix not in (".csv", ".xlsx"):
        raise InvalidInput(_("The name of the file must end with .csv or .xlsx."))

    made: list[tuple[int, bytes]] = []

    async def take(runtime: Runtime) -> None:
        async with work_in(runtime, options.tenant, write=False) as work:
            rows = await unit_table(work)
        if file.suffix == ".csv":
            data = write_csv(rows)
        else:
            data = write_workbook(rows, title=work.tenant.name, on=work.today)
        made.append((len(rows), data))

    run(take)
    [(count, data)] = made
    file.write_bytes(data)
    say(_("{count} units written to {file}.", count=count, file=file))


def read_whole(file: Path) -> bytes:
    """The file, read before anything is opened. Raises InvalidInput where there is none."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(
            _("{file} cannot be read: {reason}.", file=file, reason=error.strerror)
        ) from None


def _refuse_if(faults: Sequence[object]) -> None:
    if faults:
        lines = [_("Nothing was written. Mend this first:"), *map(str, faults)]
        raise InvalidInput("\n".join(lines))


def _told(
    options: argparse.Namespace,
    created: int,
    changed: int,
    unchanged: int,
    notices: Sequence[str],
) -> None:
    for notice in notices:
        say(notice)
    counts = {"created": created, "changed": changed, "unchanged": unchanged}
    if options.dry_run:
        say(_("Would make {created}, change {changed}, leave {unchanged}. No writing.", **counts))
    else:
        say(_("Made {created}, changed {changed}, left {unchanged}.", **counts))
