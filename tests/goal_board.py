"""The printed board of source 002, and short ways to send one in and look at it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from roder.infra.periods import Period
from roder.platform.modules.goals.analysis.analysis import GoalAnalysis, goal_analysis
from roder.platform.modules.goals.board.importing import BoardImport, import_board
from roder.platform.modules.goals.models import (
    Activity,
    Indicator,
    NodeComment,
    NodeKind,
    Outcome,
    OutcomeVersion,
    PlanNode,
)
from roder.platform.modules.goals.steering.design import LevelDesign
from roder.tenants.models import UnitKind
from roder.tenants.rows import TenantRow
from roder.tenants.work import Work

BOARD = (Path(__file__).parent / "platform/modules/goals/board_osthammar.tsv").read_bytes()
LEVELS = (
    LevelDesign(
        "committee_goal", NodeKind.GOAL, {"sv": "Nämndmål"}, unit_kinds=[UnitKind.COMMITTEE]
    ),
    LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål"}, ("committee_goal",)),
    LevelDesign("indicator", NodeKind.INDICATOR, {"sv": "Styrtal"}, ("goal",)),
    LevelDesign("assignment", NodeKind.ASSIGNMENT, {"sv": "Uppdrag"}, ("goal",)),
    LevelDesign("activity", NodeKind.ACTIVITY, {"sv": "Aktivitet"}, ("goal", "assignment")),
)
COMMITTEE = (
    "Socialnämnden är en attraktiv arbetsgivare som arbetar strategiskt med personalförsörjning "
    "för att säkerställa att rätt kompetens finns tillgänglig"
)
GOAL = "Minska sjukfrånvaro, öka sysselsättningsgrader och medarbetarnas nöjdhet"
IMPRESSION = "Helhetsintrycket av vår organisatoriska och sociala arbetsmiljö ska förbättras"
HEADINGS = (
    "Nämndmål\tKommentar\tMål\tKommentar\tStyrtalet\tUtfall 2020\tUtfall kvinna 2020\t"
    "Utfall man 2020\tMåltal 2020\tKommentar\tUppdrag\tKommentar\tAktivitet\tKommentar"
)
KEPT = (PlanNode, Indicator, Activity, Outcome, OutcomeVersion, NodeComment)


async def send(
    work: Work, town, data: bytes | str, *, at: str = "committee", year: int | None = 2020, **more
) -> BoardImport:
    data = data.encode() if isinstance(data, str) else data
    return await import_board(
        work, unit_id=town.units[at].id, year=year, name="mål.tsv", data=data, **more
    )


def board(*rows: str) -> str:
    return "\n".join([HEADINGS, *rows])


async def counts(work: Work) -> list[int]:
    return [await count_of(work, kind) for kind in KEPT]


async def count_of(work: Work, kind: type[TenantRow]) -> int:
    return (await work.scalars(select(func.count()).select_from(kind)))[0]


async def seen(work: Work, town, *, at: str = "committee") -> GoalAnalysis:
    return await goal_analysis(work, unit_id=town.units[at].id, period=Period(2020))


def shown(analysis: GoalAnalysis) -> dict[str, tuple[object, ...]]:
    """Of each node: depth, light, and for an indicator total, women, men and target."""
    found: dict[str, tuple[object, ...]] = {}
    for row in analysis.rows:
        numbers = row.values and (
            row.values.total,
            row.values.women,
            row.values.men,
            row.values.target,
        )
        light = row.verdict.light if row.verdict else None
        found[row.node.title] = (row.depth, light, *(numbers or ()))
    return found


def errors(found: BoardImport) -> list[str]:
    assert (found.created, found.updated, found.unchanged) == (0, 0, 0)
    return [str(error) for error in found.errors]
