"""`roder demo`: all of the service on one machine, and nothing of it left when it ends."""

from __future__ import annotations

import ctypes
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from ..infra.embedded.process import PR_SET_PDEATHSIG, end_of, spawn
from ..infra.errors import AppError
from ..infra.i18n import _
from ..infra.settings import Settings
from .demo_keys import read_keys
from .saying import say, step
from .servers import Servers, start_servers
from .sockets import listen

READY_SECONDS = 60
PARTING_SECONDS = 12
"""A worker gives its job back within ten seconds."""


class Stopped(BaseException):
    """Somebody asked us to stop: not a fault, and not to be caught on the way."""


class Died(AppError):
    """A process that the service cannot be without is gone."""

    code = "DIED"
    status = 500


@dataclass(frozen=True, slots=True)
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path


def run_demo(settings: Settings) -> int:
    """Run the demonstration until it is told to stop. 0 then, AppError when it cannot go on."""
    _end_with_parent()
    with _stopping():
        try:
            _run(settings)
        except Stopped:
            say(_("Stopped. Your data stays in {folder}.", folder=settings.home.absolute()))
        return 0


def _run(settings: Settings) -> None:
    with listen(settings):
        pass  # somebody else's port is better known now than after a minute
    begun = time.monotonic()
    children: list[Child] = []
    with start_servers(settings, step=step) as servers:
        try:
            settings = servers.settings
            _migrate_foreign(settings, servers)
            for name in ("serve", "worker"):
                children.append(_start(settings, name))
            _prepare(settings)  # meanwhile they load
            with step(_("Waiting for the service and the worker")):
                _wait_until_healthy(settings, children)
            _greet(settings, time.monotonic() - begun)
            while True:
                _require_alive(children, servers.pids)
                time.sleep(0.25)
        finally:
            _hold_out()
            _end(children)


def _migrate_foreign(settings: Settings, servers: Servers) -> None:
    """A database that is not ours to start has not been migrated by starting it."""
    if "PostgreSQL" not in servers.pids and settings.owner_database_url:
        from ..infra.migrate import migrate

        migrate(settings.owner_database_url)


def _prepare(settings: Settings) -> None:
    """Fill in the demonstration, in a process of its own: its memory is given back afterwards."""
    command = _command("demo", "--fill")
    done = subprocess.run(command, env=_environment(settings), stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Died(_("The demonstration could not be filled in. The reason stands above."))


def _start(settings: Settings, name: str) -> Child:
    log = settings.home.absolute() / "log" / f"{name}.log"
    log.unlink(missing_ok=True)
    process = spawn(
        _command(name),
        log=log,
        parting=signal.SIGTERM,
        folder=log.parent,
        environment=_environment(settings),
    )
    return Child(name, process, log)


def _end(children: list[Child]) -> None:
    """Ask all of them before waiting for any; who does not go in time is made to."""
    for child in children:
        child.process.terminate()
    deadline = time.monotonic() + PARTING_SECONDS
    for child in children:
        try:
            child.process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()


def _command(*arguments: str) -> list[str]:
    # -P: the folder we stand in may hold a `platform` or a `graphql` of its own.
    return [sys.executable, "-P", "-m", "roder.platform.cli", *arguments]


def _environment(settings: Settings) -> Mapping[str, str]:
    own = {key: value for key, value in os.environ.items() if key != "RODER_WITH_PARENT"}
    return own | {
        "RODER_MODE": settings.mode,
        "RODER_HOME": str(settings.home.absolute()),
        "RODER_DATABASE_URL": settings.database_url,
        "RODER_OWNER_DATABASE_URL": settings.owner_database_url,
        "RODER_S3_ENDPOINT": settings.s3_endpoint,
        "RODER_S3_ACCESS_KEY": settings.s3_access_key,
        "RODER_S3_SECRET_KEY": settings.s3_secret_key.get_secret_value(),
    }


def _wait_until_healthy(settings: Settings, children: list[Child]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        _require_alive(children, {})
        if _is_healthy(settings):
            return
        time.sleep(0.05)
    raise Died(_unwell(children[0], _("The service did not answer in time.")))


def _is_healthy(settings: Settings) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    connection = http.client.HTTPConnection(host, settings.port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _require_alive(children: list[Child], pids: Mapping[str, int]) -> None:
    for child in children:
        if child.process.poll() is not None:
            raise Died(
                _unwell(
                    child,
                    _(
                        "The process {name} ended by itself (code {code}).",
                        name=child.name,
                        code=child.process.returncode,
                    ),
                )
            )
    for name, pid in pids.items():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            raise Died(_("{name} ended by itself, so all is stopped.", name=name)) from None


def _unwell(child: Child, sentence: str) -> str:
    ends = _("Its log {file} ends:", file=child.log)
    return f"{sentence} {ends}\n{end_of(child.log)}"


def _greet(settings: Settings, seconds: float) -> None:
    say("")
    say(f"ready {settings.base_url}")
    say(_("Up after {seconds} s. Ctrl-C stops all of it.", seconds=round(seconds)))
    say("")
    say(_("Sign in: open the address, choose a municipality and then a person. No password."))
    say(_("API: send a token with the request, Authorization: Bearer …"))
    for key in read_keys(settings):
        say(f"  {key['graphql']}\n    {key['token']}")
    say(_("The same stands in {file}.", file=settings.home.absolute() / "demo.json"))
    if not settings.mail_url:
        say(_("No mail is sent; each lies in {folder}.", folder=settings.home.absolute() / "mail"))
    if settings.host not in ("127.0.0.1", "::1", "localhost"):
        say(_("Take care: anyone who reaches {host} can sign in here.", host=settings.host))


@contextmanager
def _stopping() -> Iterator[None]:
    """Within the block, Ctrl-C and the like raise Stopped, wherever we are."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        _hold_out()
        raise Stopped

    kept = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # started with nohup: it may go on
    numbers = [number for number in SIGNALS if not (kept and number == signal.SIGHUP)]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _hold_out() -> None:
    """From here on we are stopping; another Ctrl-C must not keep us from doing it well."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _end_with_parent() -> None:
    """Where the Makefile asks for it: when make is killed, so hard that it cannot tell us, stop."""
    parent = os.environ.get("RODER_WITH_PARENT")
    if parent and sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if str(os.getppid()) != parent:  # it died before the call above
            raise Died(_("What started the demonstration is gone already."))
