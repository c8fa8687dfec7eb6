"""What was measured, as tables and as a picture."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from math import log10

from client import Measured
from contestants import BY_HAND, FLOOR, PGBENCH, PLAIN, POSTGRAPHILE, PRODUCT

Key = tuple[str, str, int]
"""Query, contestant, connections."""

NAMES = {
    FLOOR: "floor: the statement by hand",
    BY_HAND: "the same by a route of Starlette",
    PGBENCH: "pgbench: PostgreSQL's own limit",
    PRODUCT: "Roder",
    PLAIN: "Strawberry + SQLAlchemy",
    POSTGRAPHILE: "PostGraphile 5",
}

# Issue 4: what is compared, with whom, at most or at least, for A, B and C.
GOALS = (
    ("CPU against the floor", "cpu", FLOOR, "≤", (1.5, 1.0, 1.0)),
    ("CPU against the route by hand", "cpu", BY_HAND, "≤", (1.5, 1.0, 1.0)),
    ("requests/s against PostGraphile", "rate", POSTGRAPHILE, "≥", (3, 7, 7)),
    ("CPU against PostGraphile", "cpu", POSTGRAPHILE, "≤", (0.4, 0.22, 0.22)),
    ("requests/s against pgbench", "rate", PGBENCH, "≥", (0.2, 0.9, 0.95)),
    ("requests/s against Strawberry", "rate", PLAIN, "≥", (10, 50, 40)),
)


def markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table to be pasted; the first column is words, the others are numbers."""
    lines = [head, ["---", *("---:" for _each in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def at_most(value: float, limit: float, unit: str) -> str:
    """A figure beside its goal."""
    return f"{_short(value)} {unit} (≤ {limit:g} {'yes' if value <= limit else 'NO'})"


@dataclass
class Results:
    runs: dict[Key, list[Measured]] = field(default_factory=lambda: defaultdict(list))
    peaks: dict[str, float] = field(default_factory=dict)

    def median(self, key: Key, what: Callable[[Measured], float]) -> float | None:
        values = [what(run) for run in self.runs.get(key, ())]
        return statistics.median(values) if values else None

    def spread(self, key: Key) -> float:
        """How far the slowest and the quickest round lie from each other, as part of the median."""
        rates = [run.rate for run in self.runs[key]]
        return (max(rates) - min(rates)) / statistics.median(rates)

    def ratio(self, what: str, query: str, other: str, connections: int) -> float | None:
        """The service against another: the median of the rounds' own ratios."""
        mine = self.runs.get((query, PRODUCT, connections), [])
        theirs = self.runs.get((query, other, connections), [])
        read = {"cpu": lambda run: run.cpu_ms, "rate": lambda run: run.rate}[what]
        pairs = [read(a) / read(b) for a, b in zip(mine, theirs, strict=False) if read(b)]
        return statistics.median(pairs) if pairs else None


def table(results: Results, queries: Sequence[str], connections: Sequence[int]) -> str:
    """Requests a second; time on the processor for one, server + PostgreSQL."""
    lines = []
    present = {name for _query, name, _count in results.runs}
    names = [name for name in NAMES if name in present]
    for count in connections:
        word = "connection" if count == 1 else "connections"
        lines += [
            f"{count} {word}: requests/s (± spread); CPU ms a request, server + PostgreSQL",
            "",
            "| | " + " | ".join(queries) + " | peak memory |",
            "|---|" + "---|" * (len(queries) + 1),
        ]
        for name in names:
            cells = [_cell(results, (query, name, count)) for query in queries]
            peak = results.peaks.get(name)
            memory = f"{peak:.0f} MB" if peak else "–"
            lines.append(f"| {NAMES[name]} | " + " | ".join(cells) + f" | {memory} |")
        lines.append("")
    others = [run.others for runs in results.runs.values() for run in runs]
    lines.append(
        f"Meanwhile others used {statistics.median(others):.1f} cores of the machine at the "
        f"median, {max(others):.1f} at the most."
    )
    return "\n".join(lines)


def _cell(results: Results, key: Key) -> str:
    rate = results.median(key, lambda run: run.rate)
    if rate is None:
        return "–"
    server = results.median(key, lambda run: run.server_ms) or 0.0
    postgres = results.median(key, lambda run: run.postgres_ms) or 0.0
    cpu = _short(postgres) if key[1] == PGBENCH else f"{_short(server)} + {_short(postgres)}"
    return f"{_short(rate)} (±{results.spread(key) / 2:.0%}); {cpu}"


def _short(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def ratios(results: Results, queries: Sequence[str], connections: Sequence[int]) -> str:
    """The service against each of the others, and how that stands to the goals."""
    lines = []
    for count in connections:
        lines += [
            f"Ratios at {count}; goals are for 16",
            "",
            "| | " + " | ".join(queries) + " |",
            "|---|" + "---|" * len(queries),
        ]
        for words, what, other, sign, limits in GOALS:
            if all(other != name for _query, name, _count in results.runs):
                continue
            cells = []
            for query in queries:
                found = results.ratio(what, query, other, count)
                limit = limits["ABC".index(query)]
                if found is None:
                    cells.append("–")
                    continue
                met = found <= limit if sign == "≤" else found >= limit
                cells.append(f"{_short(found)} ({sign} {limit:g} {'yes' if met else 'NO'})")
            lines.append(f"| {words} | " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)


WIDTH, LABEL, BAR, GAP, HEAD = 760, 220, 20, 7, 34
COLOURS = {
    PRODUCT: "#1d4f5f",
    POSTGRAPHILE: "#7446a6",
    PLAIN: "#9a4d12",
    FLOOR: "#8a939b",
    BY_HAND: "#a7afb5",
    PGBENCH: "#c3cad0",
}


def chart(results: Results, titles: Mapping[str, str]) -> str:
    """Requests a second at 16 connections, an SVG on white; lengths are logarithmic."""
    parts, y = [], 30
    for query, title in titles.items():
        rates = {
            name: rate
            for name in COLOURS
            if (rate := results.median((query, name, 16), lambda run: run.rate)) is not None
        }
        if not rates:
            continue
        parts.append(f'<text x="0" y="{y + 12}" class="head">{escape(title)}</text>')
        y += HEAD - 10
        most = log10(max(rates.values()) + 1)
        for name, rate in rates.items():
            length = max(2, (WIDTH - LABEL - 80) * log10(rate + 1) / most)
            parts.append(
                f'<text x="{LABEL - 8}" y="{y + 15}" text-anchor="end">{escape(NAMES[name])}</text>'
                f'<rect x="{LABEL}" y="{y}" width="{length:.0f}" height="{BAR}" rx="2" '
                f'fill="{COLOURS[name]}"/>'
                f'<text x="{LABEL + length + 6:.0f}" y="{y + 15}">{_short(rate)}</text>'
            )
            y += BAR + GAP
        y += HEAD - 18
    said = "Requests a second, 16 connections, one server process (logarithmic scale)"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 -8 {WIDTH + 24} {y + 8}" '
        f'width="{WIDTH + 24}" role="img" aria-label="{said}">\n'
        "<style>text{font:13px system-ui,sans-serif;fill:#1c2126}.head{font-weight:600}</style>\n"
        f'<rect x="-12" y="-8" width="{WIDTH + 24}" height="{y + 8}" fill="#fff"/>\n'
        f'<text x="0" y="14">{said}</text>\n' + "\n".join(parts) + "\n</svg>\n"
    )
