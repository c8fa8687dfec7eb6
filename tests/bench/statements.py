"""What PostgreSQL is told for one request, counted by pg_stat_statements."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass

from client import fetch, pace
from contestants import PRODUCT, Asked, Server
from report import markdown
from town import Question, Told, Towns

REQUESTS = 20


@dataclass(frozen=True)
class Counted:
    """Statements a request, and the milliseconds within them."""

    told: list[Told]
    requests: int

    @property
    def all(self) -> float:
        return sum(calls for calls, _ms, _text in self.told) / self.requests

    @property
    def reads(self) -> float:
        """Without begin, commit, set and the like."""
        return sum(calls for calls, _ms, text in self.told if _reads(text)) / self.requests

    @property
    def ms(self) -> float:
        return sum(ms for _calls, ms, _text in self.told) / self.requests


def counted(towns: Towns, server: Server, asked: Asked) -> Counted:
    requests = REQUESTS if pace(server, [asked]) < 0.2 else 2
    with towns.told() as told:
        for _ in range(requests):
            fetch(server, asked)
    return Counted(told, requests)


def _reads(text: str) -> bool:
    words = text.lstrip("( \n").lower()
    plain = ("select set_config", "select append_to_log")
    return words.startswith(("select", "with")) and not words.startswith(plain)


def print_statements(
    towns: Towns, servers: Mapping[str, Server], options: argparse.Namespace
) -> None:
    rows, told = [], []
    for query in options.queries:
        for name, server in servers.items():
            found = counted(towns, server, server.asked(Question(query, 0)))
            shown = f"{found.all:.1f}", f"{found.reads:.1f}", f"{found.ms:.2f} ms"
            rows.append([f"{query} {name}", *shown])
            if name == PRODUCT:
                told += [
                    [f"{query} `{' '.join(text.split())[:80]}`", f"{calls / found.requests:.1f}"]
                    for calls, _ms, text in found.told[:12]
                ]
    print("\nStatements a request; reads are those that are not begin, commit, set …\n")
    print(markdown(["", "statements", "reads", "within them"], rows))
    print(f"\nThose of the service\n\n{markdown(['', 'a request'], told)}", flush=True)
