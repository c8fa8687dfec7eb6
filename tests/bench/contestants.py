"""Who is measured: how each server is started, and how it is asked."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
from town import HERE, Question, Towns, bid, graphql, postgraphile

from roder.tenants.sign_in.sessions import SESSION_COOKIE

ROOT = HERE.parents[1]
FLOOR, PGBENCH, PRODUCT, PLAIN, POSTGRAPHILE = (
    "floor",
    "pgbench",
    "roder",
    "strawberry",
    "postgraphile",
)
BY_HAND = "starlette"
"""The same statement as the floor's, with the parts that the service is built of."""

CUT = "unlogged"
"""The service without a line of its access log written; only in `noting.py`."""

ALL = (FLOOR, BY_HAND, PGBENCH, PRODUCT, PLAIN, POSTGRAPHILE)
POOL = 16
PACKAGES = {"postgraphile": "5.1.5", "node": "22.23.3"}
CACHE = ROOT / ".venv" / "postgraphile"


@dataclass(frozen=True)
class Asked:
    """A request as it goes over the wire."""

    path: str
    headers: dict[str, str]
    body: bytes = b""
    method: str = "POST"


def queried(slug: str, token: str, body: Mapping[str, object]) -> Asked:
    """What the service is asked by a program."""
    plain = {"Content-Type": "application/json", "Accept": "application/json"}
    headers = plain | {"Authorization": f"Bearer {token}"}
    return Asked(f"/{slug}/graphql", headers, orjson.dumps(body))


def looked_at(path: str, session: str) -> Asked:
    """A page of the service, for somebody who is signed in."""
    headers = {"Accept": "text/html", "Cookie": f"{SESSION_COOKIE}={session}"}
    return Asked(path, headers, method="GET")


@dataclass
class Server:
    name: str
    port: int
    process: subprocess.Popen[bytes]

    def asked(self, question: Question) -> Asked:
        plain = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.name in (FLOOR, BY_HAND):
            return Asked(f"/{question.name}", plain, orjson.dumps(question.values))
        if self.name == POSTGRAPHILE:
            tenant = bid(question.town, 0, 0)
            model = {"model": bid(question.town, 7, 0), "tenant": tenant}
            body = {
                "query": postgraphile(question.name),
                "variables": question.values | model,
            }
            return Asked("/graphql", plain | {"X-Tenant": str(tenant)}, orjson.dumps(body))
        sent = {"query": graphql(question.name), "variables": question.variables}
        return queried(f"town-{question.town}", question.token, sent)

    def cpu(self) -> float:
        return cpu_seconds(self.process.pid)

    def peak(self) -> float:
        """The most memory it has held, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        kilobytes = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(kilobytes.split()[1]) / 1024


@contextmanager
def serve(towns: Towns, names: tuple[str, ...]) -> Iterator[dict[str, Server]]:
    """Start the servers among `names`, and end them by their own process ids."""
    with ExitStack() as stack:
        servers = {}
        for name in names:
            if name != PGBENCH:
                servers[name] = stack.enter_context(_served(towns, name))
        yield servers


@contextmanager
def _served(towns: Towns, name: str) -> Iterator[Server]:
    port = free_port()
    log = towns.home / f"{name}-{port}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            _command(name, port),
            cwd=_folder(name),
            env=os.environ | environment(towns, name, port),
            stdout=out,
            stderr=out,
        )
    try:
        _wait(process, port, log)
        yield Server(name, port, process)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _command(name: str, port: int) -> list[str]:
    if name in (FLOOR, BY_HAND):
        return [sys.executable, str(HERE / "floor_server.py"), str(port), name]
    if name == POSTGRAPHILE:
        node = _folder(name) / "node_modules" / "node" / "bin" / "node"
        return [str(node), "server.mjs", str(port)]
    way = {PLAIN: "plain", CUT: "unlogged"}.get(name, "planned")
    return [sys.executable, str(HERE / "product_server.py"), way]


def environment(towns: Towns, name: str, port: int) -> dict[str, str]:
    if name in (FLOOR, BY_HAND):
        return {"BENCH_DATABASE": towns.url()}
    if name == POSTGRAPHILE:
        return {
            "BENCH_DATABASE": towns.url("roder_app"),
            "NODE_ENV": "production",
            "GRAPHILE_ENV": "production",
        }
    return towns.store | {
        "RODER_MODE": "production",
        "RODER_PORT": str(port),
        "RODER_DATABASE_URL": towns.url("roder_app"),
        "RODER_OWNER_DATABASE_URL": towns.url("roder_owner"),
        "RODER_DATABASE_POOL": str(POOL),
        "RODER_API_POINTS": "0",
        "RODER_SECRET_KEY": "only-for-measuring-only-for-measuring",
        "RODER_HOME": str(towns.home),
    }


def _folder(name: str) -> Path:
    """PostGraphile is installed beside the tests' other packages of npm, once for all runs."""
    if name != POSTGRAPHILE:
        return ROOT
    CACHE.mkdir(parents=True, exist_ok=True)
    wanted = [f"{package}@{version}" for package, version in PACKAGES.items()]
    stamp = CACHE / "installed"
    if not stamp.exists() or stamp.read_text() != " ".join(wanted):
        print(f"Installing {' and '.join(wanted)} from npm …", file=sys.stderr)
        command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"]
        subprocess.run([*command, CACHE, *wanted], check=True)
        stamp.write_text(" ".join(wanted))
    (CACHE / "server.mjs").write_bytes((HERE / "postgraphile" / "server.mjs").read_bytes())
    return CACHE


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"It did not start; its log ends:\n{log.read_text()[-3000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int, *, reaped: bool = False) -> float:
    """What a process has used of the processor in all its threads; `reaped`, its ended children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    places = (13, 14) if reaped else (11, 12)
    return sum(int(fields[place]) for place in places) / TICK


def postgres_seconds(pid: int) -> float:
    """All of a PostgreSQL: its backends, those that have ended, and what runs beside them."""
    found = cpu_seconds(pid) + cpu_seconds(pid, reaped=True)
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            try:
                found += cpu_seconds(int(child))
            except (FileNotFoundError, ProcessLookupError):  # it ended now, and is among the reaped
                continue
    return found


def busy_seconds() -> float:
    """What all processes of the machine have used, and what other machines on it have taken."""
    fields = [int(word) for word in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    user, nice, system, _idle, _waiting, interrupts, soft, stolen = fields
    return (user + nice + system + interrupts + soft + stolen) / TICK
