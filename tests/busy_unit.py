"""A unit with something to do since last year, for the tests of My work."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from roder.infra.periods import Period, PeriodKind
from roder.platform.modules.goals.models import NodeKind, SteeringModel
from roder.platform.modules.goals.service import (
    LevelDesign,
    NewNode,
    add_nodes,
    change_activity,
    create_model,
    levels_of,
)
from roder.platform.modules.reports.models import ChapterKind
from roder.platform.modules.reports.service import (
    ChapterContent,
    add_chapter,
    add_template,
    start_report,
)
from roder.tenants.rows import uuid7

CANARY = '<img src=x onerror="window.ran=1">Sjukfrånvaro'
LEVELS = (
    LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål"}),
    LevelDesign("indicator", NodeKind.INDICATOR, {"sv": "Styrtal"}, ("goal",)),
    LevelDesign("activity", NodeKind.ACTIVITY, {"sv": "Aktivitet"}, ("goal",)),
)


async def make_busy(town: Any) -> dict[str, UUID]:
    """Home care last year: an indicator without its outcome, an open activity and a report."""
    ids = {name: uuid7() for name in ("goal", "share", "talks")}
    home_care = town.units["home_care"].id
    async with await town.work() as work:
        year = work.today.year - 1
        model: SteeringModel = await create_model(work, year=year, name="Mål", levels=LEVELS)
        levels = {level.key: level.id for level in await levels_of(work, model.id)}
        measured = {"measure_unit": "%", "decimals": 1, "periodicity": PeriodKind.YEAR}

        def node(name: str, level: str, title: str, **more: Any) -> NewNode:
            above = None if name == "goal" else ids["goal"]
            return NewNode(
                id=ids[name],
                level_id=levels[level],
                unit_id=home_care,
                parent_id=above,
                title=title,
                **more,
            )

        await add_nodes(
            work,
            [
                node("goal", "goal", "God arbetsgivare"),
                node("share", "indicator", CANARY, indicator=measured),
                node("talks", "activity", "Hälsosamtal"),
            ],
        )
        ends = date(year, 12, 1)
        await change_activity(work, ids["talks"], changes={"ends_on": ends, "state": "ongoing"})
        template = await add_template(work, key="quality", title={"sv": "Kvalitetsberättelse"})
        for title in ("Inledning", "Analys"):
            content = ChapterContent(title=title, kind=ChapterKind.TEXT)
            await add_chapter(work, template.id, content=content)
        report = await start_report(
            work,
            template_id=template.id,
            unit_id=home_care,
            period=Period(year),
            due_on=work.today + timedelta(days=12),
        )
        ids["report"] = report.id
    return ids
