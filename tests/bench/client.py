"""The load: wrk for those who answer quickly, counted requests for the slow, pgbench for SQL."""

from __future__ import annotations

import asyncio
import json
import math
import os
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from contestants import Asked, Server, busy_seconds, postgres_seconds
from town import Question, Towns, bid, statement

SLOW = 40
"""Requests a second below which they are counted out: what is cut off at the end would weigh."""


@dataclass(frozen=True)
class Measured:
    """`server_ms` and `postgres_ms` are time on the processor for one request."""

    rate: float
    server_ms: float
    postgres_ms: float
    requests: int
    others: float
    """Cores that were busy with something else meanwhile: other people's work on the machine."""

    @property
    def cpu_ms(self) -> float:
        return self.server_ms + self.postgres_ms


def fetch(server: Server, asked: Asked) -> tuple[int, bytes]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{asked.path}",
        data=asked.body or None,
        headers=asked.headers,
        method=asked.method,
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return int(answer.status), bytes(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def pace(server: Server, asked: Sequence[Asked]) -> float:
    """Seconds for one answer, at the best of a few. Raises when one is not 200."""
    best = math.inf
    for each in (*asked[:3], asked[0], asked[0]):
        begun = time.perf_counter()
        status, body = fetch(server, each)
        best = min(best, time.perf_counter() - begun)
        if status != 200:
            raise RuntimeError(f"{server.name} answers {status}: {body[:500]!r}")
    return best


def measure(
    towns: Towns,
    server: Server,
    asked: Sequence[Asked],
    *,
    connections: int,
    seconds: float,
    took: float,
) -> Measured:
    """Ask each in turn; `took` is their `pace`. Raises when an answer is not 200."""
    if took * SLOW > 1:
        count = max(2, connections, math.ceil(seconds / took))
        return measure_count(towns, server, asked, connections=connections, count=count)
    clock = Clock(towns, server)
    requests, elapsed = _wrk(server.port, asked, connections, seconds)
    if requests == 0:  # the machine has other things to do
        return measure(
            towns, server, asked, connections=connections, seconds=seconds * 2, took=took
        )
    return clock.measured(requests, elapsed)


def measure_count(
    towns: Towns, server: Server, asked: Sequence[Asked], *, connections: int, count: int
) -> Measured:
    """The same for a number of requests, however long they take: what else the machine does then
    changes the clock, and hardly the time on the processor."""
    clock = Clock(towns, server)
    requests, elapsed = asyncio.run(_counted(server.port, asked, connections, count))
    return clock.measured(requests, elapsed)


class Clock:
    """What server, PostgreSQL and the rest of the machine use of the processor from now on."""

    def __init__(self, towns: Towns, server: Server | None) -> None:
        self.towns, self.server = towns, server
        self.begun = self.now()

    def now(self) -> tuple[float, float, float, float, float]:
        client = sum(os.times()[:4])
        own = self.server.cpu() if self.server else 0.0
        postgres = postgres_seconds(self.towns.postgres.pid)
        return own, postgres, client, busy_seconds(), time.perf_counter()

    def measured(self, requests: int, elapsed: float) -> Measured:
        own, postgres, client, busy, clock = (
            after - before for after, before in zip(self.now(), self.begun, strict=True)
        )
        each = 1000 / requests
        others = max(0.0, busy - own - postgres - client) / clock
        return Measured(requests / elapsed, own * each, postgres * each, requests, others)


def pgbench(
    towns: Towns,
    name: str,
    *,
    connections: int,
    seconds: float,
    role: str = "postgres",
    one: bool = False,
) -> Measured:
    """The same statement by PostgreSQL's own client. Each connection changes town now and then;
    with `one` it keeps to the first, the only one that `roder_app` is let to see."""
    options = "-c jit=off -c plan_cache_mode=force_generic_plan -c random_page_cost=1.1"
    if one:
        options += f" -c roder.tenant={bid(0, 0, 0)}"
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "script.sql"
        script.write_text(_pgbench_script(towns, name, one=one), encoding="utf-8")
        command = [
            *(towns.binary("pgbench"), "-n", "-M", "prepared", "-D", "fresh=1", "-f", str(script)),
            *("-c", str(connections), "-j", "1", "-T", str(math.ceil(seconds)), towns.url(role)),
        ]
        clock = Clock(towns, None)
        done = subprocess.run(
            command, env=os.environ | {"PGOPTIONS": options}, capture_output=True, text=True
        )
    if done.returncode:
        raise RuntimeError(done.stderr)
    requests = int(re.findall(r"actually processed: (\d+)", done.stdout)[0])
    rate = float(re.findall(r"tps = ([\d.]+)", done.stdout)[0])
    time.sleep(0.2)  # its backends end just now: neither alive nor reaped, they would not count
    return clock.measured(requests, requests / rate)


def _pgbench_script(towns: Towns, name: str, *, one: bool) -> str:
    """Variables of the script live as long as the connection."""
    values = "\n".join(
        f"    union all select {town}, " + ", ".join(f"'{v}'" for v in question.values.values())
        for town in range(1 if one else towns.count)
        for question in [Question(name, town)]
    ).replace("union all ", "", 1)
    names = ", ".join(Question(name, 0).values)
    return f"""\\set turn random(1, 500)
\\if :fresh = 1 or :turn = 1
\\set fresh 0
\\set town random(0, {0 if one else towns.count - 1})
select {names} from (
{values}
) towns (town, {names}) where town = :town \\gset
\\endif
{statement(name).strip()};
"""


SCRIPT = """
local requests = {}
function init(args)
%(lines)s
end
local turn = 0
function request()
    turn = turn %% #requests + 1
    return requests[turn]
end
function done(summary, latency, _)
    local e = summary.errors
    print(string.format("DONE %%d %%d %%d", summary.requests, summary.duration,
        e.connect + e.read + e.write + e.status + e.timeout))
end
"""


@contextmanager
def _script(asked: Sequence[Asked]) -> Iterator[str]:
    lines = []
    for one in asked:
        headers = ", ".join(f"[{json.dumps(k)}] = {json.dumps(v)}" for k, v in one.headers.items())
        given = f'"{one.method}", "{one.path}", {{{headers}}}, {_lua(one.body)}'
        lines.append(f"    table.insert(requests, wrk.format({given}))")
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf-8") as file:
        file.write(SCRIPT % {"lines": "\n".join(lines)})
        file.flush()
        yield file.name


def _lua(text: bytes) -> str:
    return '"' + "".join(f"\\{byte:03d}" for byte in text) + '"'


def _wrk(port: int, asked: Sequence[Asked], connections: int, seconds: float) -> tuple[int, float]:
    with _script(asked) as script:
        command = ["wrk", "-t1", f"-c{connections}", f"-d{math.ceil(seconds)}s", "--timeout=60s"]
        done = subprocess.run(
            [*command, "-s", script, f"http://127.0.0.1:{port}/"],
            capture_output=True,
            text=True,
            check=True,
        )
    requests, microseconds, errors = map(
        int, re.findall(r"^DONE (\d+) (\d+) (\d+)", done.stdout, re.M)[0]
    )
    if errors:
        raise RuntimeError(f"{errors} of {requests} answers were wrong:\n{done.stdout}")
    return requests, microseconds / 1e6


async def _counted(
    port: int, asked: Sequence[Asked], connections: int, count: int
) -> tuple[int, float]:
    left = iter(range(count))

    async def ask() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        for number in left:
            one = asked[number % len(asked)]
            headers = {**one.headers, "Host": "127.0.0.1", "Content-Length": len(one.body)}
            head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            writer.write(f"{one.method} {one.path} HTTP/1.1\r\n{head}\r\n".encode() + one.body)
            answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(re.findall(r"content-length: (\d+)", answer)[0])
            body = await reader.readexactly(length)
            if " 200 " not in answer.partition("\r\n")[0]:
                raise RuntimeError(f"{answer}{body[:500]!r}")
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(connections)))
    return count, time.perf_counter() - begun
