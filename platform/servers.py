"""Where the database and the object store are: named by the settings, running already, or ours.

Whoever starts the embedded servers notes their addresses in `<home>/addresses.json` (mode 0600)
while they run, so that a command beside a running demonstration reaches the same data.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from ..infra.embedded.process import AlreadyRunning, sole_use, write_secret
from ..infra.errors import AppError
from ..infra.i18n import _
from ..infra.settings import Settings

DATABASE = "roder"
PATIENCE = 30
"""Seconds to wait for the addresses of servers that another process is just starting."""

Step = Callable[[str], AbstractContextManager[object]]
"""Says what begins, and when the block ends that it is done."""


class Unreachable(AppError):
    """Something the service stands on is not there."""

    code = "UNREACHABLE"
    status = 503


@dataclass(frozen=True, slots=True)
class Servers:
    """Settings with every address filled in; `pids` are the servers started here, by name."""

    settings: Settings
    pids: dict[str, int]


@contextmanager
def reach_servers(settings: Settings) -> Iterator[Settings]:
    """The settings with every address filled in, for a command.

    Embedded servers are those of a process that runs already, or are started for the block.
    """
    if not (settings.embedded_database or settings.embedded_storage):
        yield settings
        return
    with ExitStack() as stack:
        try:
            servers = stack.enter_context(start_servers(settings))
        except AlreadyRunning:
            yield _of_running(settings)
        else:
            yield servers.settings


@contextmanager
def start_servers(settings: Settings, *, step: Step | None = None) -> Iterator[Servers]:
    """Start what is embedded, until the block ends; the embedded database is migrated.

    Raises AlreadyRunning when another process has done so in the same folder.
    """
    step = step or (lambda _what: nullcontext())
    home = _folder(settings.home)
    pids: dict[str, int] = {}
    addresses: dict[str, str] = {}
    with ExitStack() as stack:
        stack.enter_context(sole_use(home / "running.lock"))
        noted = home / "addresses.json"
        noted.unlink(missing_ok=True)
        if settings.embedded_database:
            with step(_("Starting the database")):
                pids["PostgreSQL"] = _start_database(settings, home, stack, addresses)
        if settings.embedded_storage:
            with step(_("Starting the file store")):
                pids["SeaweedFS"] = _start_storage(home, stack, addresses)
        write_secret(noted, json.dumps(addresses, indent=1) + "\n")
        stack.callback(noted.unlink, missing_ok=True)
        yield Servers(_filled(settings, addresses), pids)


def _folder(home: Path) -> Path:
    """The home folder, made if it is absent and tried, so that the reason is told plainly."""
    home = home.absolute()
    try:
        (home / "log").mkdir(parents=True, exist_ok=True)
        probe = home / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Unreachable(
            _(
                "The folder {folder} cannot be used: {reason}. "
                "Choose another with RODER_HOME, or change who may write there.",
                folder=home,
                reason=error.strerror,
            )
        ) from error
    return home


def _start_database(
    settings: Settings, home: Path, stack: ExitStack, addresses: dict[str, str]
) -> int:
    from ..infra.embedded.postgres import start_postgres

    postgres = stack.enter_context(start_postgres(home, binaries=settings.postgres_binaries))
    new = postgres.create_database(DATABASE)
    addresses |= {
        "database_url": postgres.url(DATABASE),
        "owner_database_url": postgres.url(DATABASE, user="roder_owner"),
    }
    _migrate(addresses["owner_database_url"], note=home / "migrated", new=new)
    return postgres.pid


def _migrate(owner_url: str, *, note: Path, new: bool) -> None:
    """Migrate, unless `note` says that exactly these migrations have been run here.

    Loading Alembic costs every command half a second; looking at the names costs nothing.
    """
    from importlib.resources import files

    here = files(__package__.rpartition(".")[0]) / "infra" / "migrations" / "versions"
    state = "\n".join(sorted(file.name for file in here.iterdir() if file.name.endswith(".py")))
    if not new and note.exists() and note.read_text() == state:
        return
    from ..infra.migrate import migrate

    migrate(owner_url)
    note.write_text(state)


def _start_storage(home: Path, stack: ExitStack, addresses: dict[str, str]) -> int:
    from ..infra.embedded.objectstore import start_objectstore

    store = stack.enter_context(start_objectstore(home))
    addresses |= {
        "s3_endpoint": store.endpoint,
        "s3_access_key": store.access_key,
        "s3_secret_key": store.secret_key,
    }
    return store.pid


def _of_running(settings: Settings) -> Settings:
    """What the process that holds the folder has noted, once it has."""
    noted = settings.home / "addresses.json"
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            addresses: dict[str, str] = json.loads(noted.read_text())
        except FileNotFoundError:
            time.sleep(0.1)
            continue
        except PermissionError:
            raise Unreachable(
                _(
                    "Roder is running in {folder} as another user. Give the command as that user.",
                    folder=settings.home.absolute(),
                )
            ) from None
        return _filled(settings, addresses)
    raise Unreachable(
        _(
            "Another process holds {folder} but its database does not answer. "
            "Stop it and try again.",
            folder=settings.home.absolute(),
        )
    )


def _filled(settings: Settings, addresses: dict[str, str]) -> Settings:
    from pydantic import SecretStr

    values: dict[str, object] = dict(addresses)
    if "s3_secret_key" in values:
        values["s3_secret_key"] = SecretStr(addresses["s3_secret_key"])
    return settings.model_copy(update=values)
