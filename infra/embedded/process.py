"""What the embedded servers share: one start a folder, kept secrets, and a child that never
outlives us."""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from threading import Thread
from typing import NamedTuple

PR_SET_PDEATHSIG = 1


class AlreadyRunning(RuntimeError):
    """Another process holds the folder."""


class DidNotStart(RuntimeError):
    """The server gave up; the sentence says where its log lies and how it ends."""


class Account(NamedTuple):
    """The user a server runs as, when that is not ourselves."""

    uid: int
    gid: int


@contextmanager
def sole_use(lock: Path) -> Iterator[None]:
    """Hold `lock`. The kernel lets go of it when we die, however that happens."""
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"Roder is already running in {lock.parent}. "
                "Stop that one first, or choose another folder with RODER_HOME."
            ) from None
        yield


def keep_secrets(file: Path, names: Iterable[str]) -> dict[str, str]:
    """The secrets in `file` (mode 0600): 64 hexadecimal digits a name, made at first need."""
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    missing = {name: token_hex(32) for name in names if name not in kept}
    if missing:
        write_secret(file, json.dumps(kept | missing, indent=1))
    return kept | missing


def write_secret(file: Path, text: str) -> None:
    """Write `file` so that only its owner can read it, and nobody ever sees half of it."""
    draft = file.with_name(f"{file.name}.new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(text)
    draft.replace(file)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    parting: signal.Signals,
    folder: Path,
    environment: Mapping[str, str],
    account: Account | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, so that Ctrl-C reaches only us.

    On Linux it gets `parting` when we die. The kernel sends that signal when the *thread* that
    started the child ends, so the child is started by a thread that stays to wait for it.
    """
    started: Future[subprocess.Popen[bytes]] = Future()
    before_exec = _follow_parent(parting)

    def live() -> None:
        try:
            with open(log, "ab", opener=_for_us_alone) as output:
                process = subprocess.Popen(
                    command,
                    cwd=folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=before_exec,
                    user=account.uid if account else None,
                    group=account.gid if account else None,
                    extra_groups=[] if account else None,
                )
        except (OSError, subprocess.SubprocessError) as error:
            started.set_exception(error)
            return
        started.set_result(process)
        process.wait()

    Thread(target=live, name=f"child {Path(command[0]).name}", daemon=True).start()
    return started.result()


def _for_us_alone(path: str, flags: int) -> int:
    """Logs may tell of people, so nobody else on the machine reads them."""
    return os.open(path, flags, 0o600)


def _follow_parent(parting: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def before_exec() -> None:
        prctl(PR_SET_PDEATHSIG, parting, 0, 0, 0)
        if os.getppid() != parent:  # it died before the call above
            os._exit(1)

    return before_exec


def stop(process: subprocess.Popen[bytes], parting: signal.Signals, *, patience: float) -> None:
    """Ask with `parting`; after `patience` seconds, end it."""
    process.send_signal(parting)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stop_orphans(program: str, argument: str, parting: signal.Signals) -> None:
    """End every `program` that was started with `argument` by a run that was killed.

    Read from the command lines, not from a file with a process id: after a restart of a container
    that id may be somebody else's. Call it only under `sole_use` of the folder.
    """
    deadline = time.monotonic() + 20
    asked: set[int] = set()
    while running := _running(program, argument):
        late = time.monotonic() > deadline
        for pid in running if late else running - asked:
            try:
                os.kill(pid, signal.SIGKILL if late else parting)
            except ProcessLookupError:
                continue
        asked |= running
        time.sleep(0.05)


def _running(program: str, argument: str) -> set[int]:
    found = set()
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = os.fsdecode(file.read_bytes()).split("\0")
        except OSError:
            continue
        if Path(words[0]).name == program and argument in words:
            found.add(int(file.parent.name))
    return found


def end_of(log: Path, *, lines: int = 12) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
