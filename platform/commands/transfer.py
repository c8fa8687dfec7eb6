"""A whole municipality in, or gone, and the keys of its files: for whoever runs the service."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from ...infra.errors import InvalidInput
from ...infra.i18n import _
from ...infra.runtime import Runtime
from ...tenants.actors import operator, service
from ...tenants.entry import all_tenants, find_tenant, load_tenant
from ...tenants.log.access_log import Action
from ...tenants.sealed.keys import reseal_keys, rotate_key
from ...tenants.work import open_work
from ..saying import say
from .imports import read_whole
from .people import run, work_in
from .refusals import read_settings

if TYPE_CHECKING:
    from ..modules.transfer.importing import Imported


def import_archive(options: argparse.Namespace) -> None:
    from ..modules.transfer.importing import import_tenant

    async def bring(runtime: Runtime) -> None:
        key = options.recovery_key_file
        found = await import_tenant(
            runtime,
            options.file,
            slug=options.slug,
            dry_run=options.dry_run,
            recovery_key=read_whole(key).decode() if key else None,
        )
        rows = sum(found.manifest.rows.values())
        if options.dry_run:
            say(_("The archive is whole and fits. {rows} rows would come in.", rows=rows))
            _tell_locked(found)
            return
        say(
            _(
                "{name} is here, with {rows} rows and {files} files, the same as in the archive: "
                "{address}",
                name=found.manifest.name,
                rows=rows,
                files=found.files,
                address=f"{runtime.settings.base_url}/{found.slug}",
            )
        )
        _tell_locked(found)

    run(bring)


def _tell_locked(found: Imported) -> None:
    """What nobody can read here yet is never passed over in silence."""
    sealed = found.manifest.sealed
    if found.unlocked:
        say(_("{count} sealed texts are opened with the key.", count=found.unlocked))
    if found.locked:
        say(
            _(
                "{count} sealed texts are locked. They open with the key that was taken out where "
                "the archive was made: roder unlock-tenant {slug} --recovery-key-file <file>",
                count=found.locked,
                slug=found.slug,
            )
        )
    if sealed.without_key:
        say(
            _(
                "{count} of them open with no key, since nobody had taken one out. Take one out "
                "there and make the archive again.",
                count=sealed.without_key,
            )
        )


def unlock(options: argparse.Namespace) -> None:
    from ...tenants.sealed import recovery

    key = read_whole(options.recovery_key_file).decode()

    async def open_texts(runtime: Runtime) -> None:
        async with work_in(runtime, options.tenant) as work:
            count = await recovery.unlock(work, key)
            work.note(Action.IMPORT, "recovery_key", detail={"texts": str(count)})
        say(_("{count} sealed texts are opened with the key.", count=count))

    run(open_texts)


def erase(options: argparse.Namespace) -> None:
    """Two administrators have decided it; whoever runs the service writes the address once more."""
    if options.confirm != options.tenant:
        raise InvalidInput(
            _("Write the address once more, after --confirm. This cannot be undone.")
        )
    folder: Path = options.certificate_to
    if not folder.is_dir():
        raise InvalidInput(_("There is no folder {folder}.", folder=folder))
    from ..modules.transfer.ending import erase_tenant

    async def end(runtime: Runtime) -> None:
        ended = await erase_tenant(runtime, slug=options.tenant, tell=say)
        for ending, data in (("json", ended.json), ("pdf", ended.pdf)):
            (folder / f"{options.tenant}-certificate.{ending}").write_bytes(data)
        say(
            _(
                "{name} is erased: {rows} rows and {files} files. Hand over the certificate in "
                "{folder}.",
                name=ended.certificate.municipality,
                rows=sum(ended.certificate.rows.values()),
                files=ended.certificate.files,
                folder=folder,
            )
        )

    run(end)


def verify(options: argparse.Namespace) -> None:
    from ..modules.transfer.certificate import is_ours

    if not is_ours(read_whole(options.file), read_settings().secret_key):
        raise InvalidInput(
            _("This service has not signed the certificate, or it was changed afterwards.")
        )
    say(_("This service has signed the certificate, and nobody has changed it."))


def rotate(options: argparse.Namespace) -> None:
    from ..modules.transfer.jobs import encrypt_old_files

    async def turn(runtime: Runtime) -> None:
        tenant = await load_tenant(runtime, (await find_tenant(runtime, options.tenant)).id)
        async with open_work(runtime, tenant, service(), write=True) as work:
            number = await rotate_key(work)
            await encrypt_old_files.later(work)
        say(
            _(
                "{name} has key {number}. A worker encrypts its earlier files with it.",
                name=work.tenant.name,
                number=number,
            )
        )

    run(turn)


def encrypt(options: argparse.Namespace) -> None:
    from ...tenants.sealed.resealing import encrypt_files

    async def renew(runtime: Runtime) -> None:
        total, faults, more = 0, list[str](), True
        while more:
            async with work_in(runtime, options.tenant) as work:
                made = await encrypt_files(work, most=100, passing=faults)
            total, faults = total + made.done, faults + made.faults
            more = bool(made.done or made.faults)
        say(_("{count} files were encrypted with the newest key.", count=total))
        for name in faults:
            say(_("{name} could not be read and was left as it is.", name=name))

    run(renew)


def reseal(options: argparse.Namespace) -> None:
    old = SecretStr(read_whole(options.old_secret_file).decode().strip())

    async def seal_anew(runtime: Runtime) -> None:
        total = 0
        for known in await all_tenants(runtime):
            tenant = await load_tenant(runtime, known.id)
            async with open_work(runtime, tenant, operator(), write=True) as work:
                total += await reseal_keys(work, old=old)
        say(_("{count} keys are sealed with the present RODER_SECRET_KEY.", count=total))

    run(seal_anew)
