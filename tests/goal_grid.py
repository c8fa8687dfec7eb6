"""A goal analysis to write in, for the tests of its page: kept, and as large as one wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from roder.infra.periods import PeriodKind
from roder.platform.modules.goals.models import NodeKind, Spread
from roder.platform.modules.goals.planning.adding import NewNode, add_nodes
from roder.platform.modules.goals.steering.design import LevelDesign, create_model, levels_of
from roder.platform.modules.goals.values.outcomes import OutcomeEntry, OutcomeValues, set_outcomes
from roder.tenants.rows import uuid7
from roder.tenants.work import Work

YEAR = 2026
PATH = "hemtjanst-ost/2026/malanalys"
LEVELS = (
    LevelDesign("committee_goal", NodeKind.GOAL, {"sv": "Nämndmål"}),
    LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål"}, ("committee_goal",)),
    LevelDesign(
        "indicator", NodeKind.INDICATOR, {"sv": "Styrtal"}, ("goal",), spread=Spread.DISTRIBUTED
    ),
    LevelDesign("assignment", NodeKind.ASSIGNMENT, {"sv": "Uppdrag"}, ("goal",)),
    LevelDesign("activity", NodeKind.ACTIVITY, {"sv": "Aktivitet"}, ("goal", "assignment")),
)
PERCENT: dict[str, Any] = {"measure_unit": "%", "decimals": 1}


@dataclass
class Board:
    """Nodes at the unit home_care by a short name, whom `manager` reports for."""

    unit_id: UUID
    nodes: dict[str, UUID] = field(default_factory=dict)

    def row(self, name: str) -> str:
        return f"#r-{self.nodes[name]}"

    def light(self, name: str) -> str:
        return f"#l-{self.nodes[name]}"

    def told(self, name: str, part: str) -> str:
        return f"#e-{self.nodes[name]}-{part}"

    def field(self, name: str, part: str) -> str:
        """The selector of a field, on a page with scripts."""
        return f'[data-told="e-{self.nodes[name]}-{part}"]'

    def entry(self, name: str, *, period: str = "2026", **values: str) -> OutcomeEntry:
        numbers = {part: Decimal(value) for part, value in values.items()}
        kept: OutcomeValues = numbers  # type: ignore[assignment]
        return OutcomeEntry(self.nodes[name], self.unit_id, period, kept)


async def make_board(town: Any) -> Board:
    """One committee goal, a goal with three indicators (77 against 76; by sex; none yet), one
    monthly indicator, an assignment and two activities."""
    board = Board(town.units["home_care"].id)
    async with await town.work() as work:
        levels = await _levels(work)

        def node(name: str, level: str, title: str, above: str = "", **given: Any) -> NewNode:
            board.nodes[name] = uuid7()
            parent_id = board.nodes[above] if above else None
            return NewNode(
                levels[level], board.unit_id, title, "", parent_id, id=board.nodes[name], **given
            )

        split = {**PERCENT, "by_sex": True}
        monthly = {**PERCENT, "periodicity": PeriodKind.MONTH}
        await add_nodes(
            work,
            [
                node("top", "committee_goal", "En attraktiv arbetsgivare"),
                node("goal", "goal", "Nöjda medarbetare", "top"),
                node("climate", "indicator", "Arbetsmiljö", "goal"),
                node("full_time", "indicator", "Andel heltid", "goal", indicator=split),
                node("men", "indicator", "Andel män", "goal", indicator=PERCENT),
                node("task", "assignment", "Se över scheman", "goal"),
                node("talks", "activity", "Hälsosamtal", "task"),
                node("course", "activity", "Kurs i schema", "goal"),
                node("calm", "goal", "Lugna dagar", "top"),
                node("leave", "indicator", "Sjukfrånvaro", "calm", indicator=monthly),
            ],
        )
        await set_outcomes(
            work,
            [
                board.entry("climate", total="77", target="76"),
                board.entry("climate", period="2025", total="74", target="75"),
                board.entry("full_time", total="36", women="35", men="44", target="35"),
                board.entry("men", target="14"),
            ],
        )
    return board


async def make_large_board(town: Any, *, rows: int = 300) -> Board:
    """`rows` rows that look like a real board: of ten below a goal six indicators with figures for
    three years, one assignment and two activities."""
    board = Board(town.units["home_care"].id)
    async with await town.work() as work:
        levels = await _levels(work)
        nodes = list(_large(levels, board, rows))
        await add_nodes(work, nodes)
        measured = [node for node in nodes if node.level_id == levels["indicator"]]
        await set_outcomes(work, list(_figures(measured, board)))
    return board


async def _levels(work: Work) -> dict[str, UUID]:
    model = await create_model(work, year=YEAR, name="Mål", levels=LEVELS)
    return {level.key: level.id for level in await levels_of(work, model.id)}


WORDS = (
    "andelen brukare som är nöjda med bemötandet samordningen av insatserna i hemmet tryggheten på "
    "boendet personalens kontinuitet under två veckor sjukfrånvaron bland månadsanställda väntan "
    "på beslut om särskilt boende kostnaden per brukare delaktigheten i den egna planen antalet "
    "avvikelser som har utretts i tid utbildade i förflyttning nattfastan måltidens kvalitet"
).split()


def _title(number: int) -> str:
    picked = [WORDS[(number * 7 + step * (number % 5 + 3)) % len(WORDS)] for step in range(7)]
    return " ".join(picked).capitalize()


def _large(levels: dict[str, UUID], board: Board, rows: int) -> Sequence[NewNode]:
    made: list[NewNode] = []
    above: dict[str, UUID] = {}
    kinds = ("goal", *["indicator"] * 6, "assignment", "activity", "activity")
    for number in range(rows):
        key = "committee_goal" if number % 50 == 0 else kinds[number % 10]
        key = "goal" if number % 50 == 1 else key
        parents = {"committee_goal": "", "goal": "committee_goal", "activity": "assignment"}
        id = uuid7()
        board.nodes[f"{key}{number}"] = id
        parent_id = above.get(parents.get(key, "goal"))
        made.append(
            NewNode(
                levels[key],
                board.unit_id,
                _title(number),
                "",
                parent_id,
                indicator={**PERCENT, "by_sex": number % 3 == 0} if key == "indicator" else {},  # type: ignore[typeddict-item]
                id=id,
            )
        )
        above[key] = id
    return made


def _figures(measured: Sequence[NewNode], board: Board) -> Sequence[OutcomeEntry]:
    entries: list[OutcomeEntry] = []
    for number, node in enumerate(measured):
        for year in range(YEAR - 2, YEAR + 1):
            total = Decimal((number * 37 + year * 11) % 900) / 10
            values: OutcomeValues = {"total": total, "target": Decimal((number * 13) % 90)}
            entries.append(OutcomeEntry(node.id, board.unit_id, str(year), values))
    return entries
