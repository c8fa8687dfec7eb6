"""The templates that a municipality begins with, and then changes as any others of its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import orjson
from sqlalchemy import select

from ....infra.periods import PeriodKind
from ....tenants.rows import uuid7
from ....tenants.turns import take_turn
from ....tenants.work import Work
from ..reports.models import Chapter, ChapterKind, ReportTemplate
from .models import Step

KEYS: Final = {
    Step.PLAN: "school_plan",
    Step.REPORT: "school_report",
    Step.ORGANISER_REPORT: "school_organiser_report",
}
"""Of the steps that are a report of their own, the keys of their templates."""


async def plant_templates(work: Work) -> Mapping[str, ReportTemplate]:
    """The templates of the school year by key. One that the municipality has is never touched.

    No right to design is asked for: they are what the module comes with.
    """
    wanted = select(ReportTemplate).where(ReportTemplate.key.in_(KEYS.values()))
    found = {row.key: row for row in await work.scalars(wanted)}
    if len(found) < len(KEYS):
        await take_turn(work, "school_quality.templates")
        found = {row.key: row for row in await work.scalars(wanted)}
        for given in shipped():
            if given["key"] not in found:
                found[given["key"]] = await _plant(work, given)
    return found


@cache
def shipped() -> tuple[dict[str, Any], ...]:
    return tuple(orjson.loads((files(__package__) / "templates.json").read_bytes()))


async def _plant(work: Work, given: Mapping[str, Any]) -> ReportTemplate:
    template = ReportTemplate(
        id=uuid7(),
        key=given["key"],
        title=given["title"],
        description=given["description"],
        periodicity=PeriodKind.YEAR.value,
        continues_in=given.get("continues_in"),
        continues_same_period=given.get("continues_same_period", False),
    )
    work.add(template)
    await work.flush()
    work.add(
        *(
            Chapter(
                template_id=template.id,
                key=chapter["key"],
                position=position,
                numbered=True,
                title=chapter["title"],
                kind=ChapterKind(chapter.get("kind", "text")),
                instruction=chapter["instruction"],
                columns=chapter.get("columns", []),
                fixed_rows=[],
                nil_phrase=chapter.get("nil_phrase", ""),
                phrases=[],
                carried_forward=chapter.get("carried_forward", False),
                source=chapter.get("source"),
            )
            for position, chapter in enumerate(given["chapters"], 1)
        )
    )
    await work.flush()
    return template
