"""What the access log costs a request: the service, beside one that notes and never writes.

    .venv/bin/python tests/bench/noting.py

Both are asked the same in turn, round after round, of one municipality, which is the worst case:
all entries of a municipality make one chain. What notes nothing stands beside, to tell how much
two runs of the same differ.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from client import Measured, _Clock, _lua
from contestants import CUT, PRODUCT, Server, serve
from town import Question, Towns, bid, open_towns

SESSION = "bench_session"


@dataclass(frozen=True)
class Request:
    name: str
    path: str
    query: str = ""

    def script(self) -> str:
        """For wrk: a page for somebody who is signed in, or a query by a token."""
        cookie = f'["Cookie"] = "roder_session={SESSION}"'
        if not self.query:
            return f'wrk.method = "GET" wrk.headers = {{{cookie}}}'
        headers = f'["Content-Type"] = "application/json", ["Authorization"] = "Bearer {TOKEN}"'
        body = _lua(json.dumps({"query": self.query}).encode())
        return f'wrk.method = "POST" wrk.headers = {{{headers}}} wrk.body = {body}'


TOKEN = Question("A", 0).token
API, SOMEBODY = "/town-0/graphql", bid(0, 4, 7)
REQUESTS = (
    Request("query of names", API, "{ people(first: 50) { nodes { id name } } }"),
    Request(
        "query of the register", API, "{ people(first: 50) { nodes { id name email leftOn } } }"
    ),
    Request("person(id)", API, f'{{ person(id: "Person:{SOMEBODY}") {{ name email }} }}'),
    Request("page of terms", "/town-0/installningar/begrepp"),
    Request("page of the register", "/town-0/personer"),
)

Runs = dict[tuple[str, int, str], list[Measured]]


def main() -> None:
    about = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    about.add_argument("--rounds", type=int, default=2)
    about.add_argument("--seconds", type=int, default=4, help="of each run in a round")
    about.add_argument("--only", nargs="*", help="the names of what is asked")
    options = about.parse_args()
    chosen = [each for each in REQUESTS if not options.only or each.name in options.only]
    runs: Runs = defaultdict(list)
    with open_towns() as towns:
        towns.grow(1)
        towns.execute(SIGNED_IN)
        with serve(towns, (PRODUCT, CUT)) as servers:
            for server in servers.values():
                for request in chosen:
                    measured(towns, server, request, connections=4, seconds=2)
            for number in range(options.rounds):
                order = list(servers.items())[:: 1 if number % 2 else -1]
                for request in chosen:
                    for connections in (1, 16):
                        for name, server in order:
                            run = measured(towns, server, request, connections, options.seconds)
                            runs[request.name, connections, name].append(run)
                            line = f"{request.name}, {connections}, {name}: {run.rate:.1f}/s"
                            print(f"{line}, {run.cpu_ms:.2f} ms", file=sys.stderr, flush=True)
        entries = towns.rows("select count(*), count(distinct seq) from access_log")[0]
    print(table(runs))
    print(f"{entries[0]} entries written.")


SIGNED_IN = f"""insert into sessions (tenant_id, id, person_id, digest, expires_at)
select '{bid(0, 0, 0)}', '{bid(0, 6, 1)}', '{bid(0, 4, 0)}',
       sha256(convert_to('{SESSION}', 'UTF8')), now() + interval '1 day'"""


def measured(
    towns: Towns, server: Server, request: Request, connections: int, seconds: int
) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "ask.lua"
        script.write_text(f"{request.script()}\n{DONE}", encoding="utf-8")
        address = f"http://127.0.0.1:{server.port}{request.path}"
        clock = _Clock(towns, server)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout=60s"]
        done = subprocess.run(
            [*command, "-s", str(script), address], capture_output=True, text=True, check=True
        )
    found = re.findall(r"^DONE (\d+) (\d+) (\d+)", done.stdout, re.M)[0]
    requests, microseconds, errors = map(int, found)
    if errors:
        raise RuntimeError(f"{errors} of {requests} answers were wrong:\n{done.stdout}")
    if requests == 0:  # the machine has other things to do
        return measured(towns, server, request, connections, seconds * 2)
    return clock.measured(requests, microseconds / 1e6)


DONE = """
function done(summary, latency, _)
    local e = summary.errors
    print(string.format("DONE %d %d %d", summary.requests, summary.duration,
        e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def table(runs: Runs) -> str:
    """Medians, and of the cost the median of each round's own difference: what else the machine
    has to do comes and goes, and the two of a round stand side by side."""
    lines = [
        "| asked | at once | with a log | without | rate | its time | CPU | database | others |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, connections in dict.fromkeys((key[0], key[1]) for key in runs):
        kept, cut = (runs[name, connections, way] for way in (PRODUCT, CUT))
        pairs = list(zip(kept, cut, strict=True))
        rate, bare = (median(run.rate for run in of) for of in (kept, cut))
        ratio = median(a.rate / b.rate for a, b in pairs)
        took = median(1000 * connections * (1 / a.rate - 1 / b.rate) for a, b in pairs)
        server = median(a.server_ms - b.server_ms for a, b in pairs)
        postgres = median(a.postgres_ms - b.postgres_ms for a, b in pairs)
        others = median(run.others for run in (*kept, *cut))
        lines.append(
            f"| {name} | {connections} | {rate:,.0f}/s | {bare:,.0f}/s | {ratio:.2f} "
            f"| {took:+.2f} ms | {server:+.2f} ms | {postgres:+.2f} ms | {others:.1f} cores |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
