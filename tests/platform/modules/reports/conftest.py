"""A quality report for one test, with Östhammar's template and the goals of its social services."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sent_statements import sent_statements
from sqlalchemy import select

from roder.graphql.context import Context
from roder.graphql.schema import build_schema
from roder.infra.periods import parse_period
from roder.infra.runtime import Runtime
from roder.infra.settings import Settings
from roder.platform.demonstration.report_templates import PLAN_KEY, quality_report
from roder.platform.modules.goals.models import NodeKind
from roder.platform.modules.goals.service import (
    LevelDesign,
    NewNode,
    add_nodes,
    change_activity,
    create_model,
    levels_of,
    set_outcome,
    write_comment,
)
from roder.platform.modules.organisation.module import ORGANISATION
from roder.platform.modules.reports.models import ChapterKind, ReportTemplate, Section
from roder.platform.modules.reports.module import REPORTS
from roder.platform.modules.reports.service import (
    TableRow,
    complete_section,
    start_report,
    write_section,
)
from roder.tenants.rows import uuid7
from roder.tenants.work import Work
from roder.workers.broker import open_broker
from roder.workers.run import Pace
from roder.workers.serve import running_worker

SCHEMA = build_schema((ORGANISATION, REPORTS))
PROBLEM = "__typename ... on Problem { code message field }"
QUICK = Pace(beat=0.2, stale=60, sweep=0.3, again=0.2, limit=600)
LEVELS = (
    LevelDesign("committee_goal", NodeKind.GOAL, {"sv": "Nämndmål", "en": "Committee goal"}),
    LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål", "en": "Goal"}, ("committee_goal",)),
    LevelDesign("indicator", NodeKind.INDICATOR, {"sv": "Styrtal"}, ("goal",)),
    LevelDesign("assignment", NodeKind.ASSIGNMENT, {"sv": "Uppdrag"}, ("goal",)),
    LevelDesign("activity", NodeKind.ACTIVITY, {"sv": "Aktivitet"}, ("goal", "assignment")),
)


@dataclass
class Goals:
    """Ids of the nodes, all at the committee and seen by home care."""

    nodes: dict[str, UUID] = field(default_factory=dict)


SHARE = {"measure_unit": "%", "decimals": 1, "by_sex": True}
NODES: tuple[tuple[str, str, str | None, dict[str, Any], str], ...] = (
    (
        *("employer", "committee_goal", None, {}),
        (
            "Socialnämnden är en attraktiv arbetsgivare som arbetar strategiskt med "
            "personalförsörjning för att säkerställa att rätt kompetens finns tillgänglig"
        ),
    ),
    (
        *("absence_goal", "goal", "employer", {}),
        "Minska sjukfrånvaro, öka sysselsättningsgrader och medarbetarnas nöjdhet",
    ),
    ("absence", "indicator", "absence_goal", SHARE, "Andel minskad sjukfrånvaro"),
    (
        *("impression", "indicator", "absence_goal", {}),
        "Helhetsintrycket av vår organisatoriska och sociala arbetsmiljö ska förbättras",
    ),
    ("full_time", "indicator", "absence_goal", SHARE, "Andel heltidsanställda"),
    ("men", "indicator", "absence_goal", SHARE, "Andel anställda män"),
    ("schedules", "assignment", "absence_goal", {}, "Se över schemaläggningen"),
    ("effort", "activity", "schedules", {}, "Insats för att minska sjukfrånvaro"),
    ("talks", "activity", "schedules", {}, "Hälsosamtal vid upprepad frånvaro"),
)
"""Name, level, the node above, how it is measured, and the title as source 002 prints it."""

TARGETS = {"absence": 9, "impression": 76, "full_time": 35, "men": 14}


async def plant_goals(town) -> Goals:
    """The goals that source 002 prints: one indicator with its outcome, the others without."""
    goals = Goals({name: uuid7() for name, *_rest in NODES})
    async with await town.work() as work:
        model = await create_model(work, year=2026, name="Mål 2026", levels=LEVELS)
        levels = {level.key: level.id for level in await levels_of(work, model.id)}
        await add_nodes(
            work,
            [
                NewNode(
                    level_id=levels[level],
                    unit_id=town.units["committee"].id,
                    title=title,
                    parent_id=goals.nodes[above] if above else None,
                    id=goals.nodes[name],
                    indicator=measured,
                )
                for name, level, above, measured, title in NODES
            ],
        )
    async with await town.work("manager") as work:
        await enter_values(work, goals, town.units["home_care"].id)
    return goals


async def enter_values(work: Work, goals: Goals, unit_id: UUID) -> None:
    for name, target in TARGETS.items():
        values = {"target": Decimal(target)}
        if name == "impression":
            values["total"] = Decimal(77)
        await set_outcome(work, goals.nodes[name], unit_id=unit_id, period="2026", values=values)
    for name, text, in_report in (
        ("impression", "Svarsfrekvensen var 82 %.", True),
        ("full_time", "Internt: siffran kommer från lönekontoret.", False),
    ):
        await write_comment(
            work,
            goals.nodes[name],
            unit_id=unit_id,
            period="2026",
            text=text,
            in_report=in_report,
        )


@pytest.fixture
async def goals(town) -> Goals:
    return await plant_goals(town)


@pytest.fixture
async def template(town) -> ReportTemplate:
    async with await town.work() as work:
        return await quality_report(work)


@pytest.fixture
async def plan(town, template) -> ReportTemplate:
    async with await town.work(write=False) as work:
        found = await work.first(select(ReportTemplate).where(ReportTemplate.key == PLAN_KEY))
        assert found is not None
        return found


@pytest.fixture
async def report(town, template):
    """Home care's report of 2026, started by its manager."""
    return await start(town, template, "2026")


async def start(town, template: ReportTemplate, period: str):
    async with await town.work("manager") as work:
        return await start_report(
            work,
            template_id=template.id,
            unit_id=town.units["home_care"].id,
            period=parse_period(period),
        )


@pytest.fixture
def started(town):
    """`await started(template, "2027")`: home care's report of that period."""

    async def ask(template: ReportTemplate, period: str):
        return await start(town, template, period)

    return ask


@pytest.fixture
def section():
    """`await section(work, report, "economy")`"""
    return find_section


async def find_section(work: Work, report, key: str) -> Section:
    found = await work.first(
        select(Section).where(Section.report_id == report.id, Section.key == key)
    )
    assert found is not None
    return found


@pytest.fixture
def fill(town):
    """Write something in every section of a report and mark each as done, as the manager."""

    async def ask(report, *, but: tuple[str, ...] = ()) -> None:
        async with await town.work("manager") as work:
            for section in await work.scalars(
                select(Section).where(Section.report_id == report.id).order_by(Section.position)
            ):
                if section.key not in but and section.kind is not ChapterKind.HEADING:
                    await fill_section(work, section)

    return ask


async def fill_section(work: Work, section: Section) -> None:
    if section.kind is ChapterKind.TEXT:
        await write_section(work, section.id, version=1, text=f"<p>Om {section.title}.</p>")
    elif section.kind is ChapterKind.NIL_STATEMENT:
        await write_section(work, section.id, version=1, nil=True)
    elif section.kind is ChapterKind.TABLE:
        key = "first_half" if section.fixed_rows else None
        first = str(section.columns[0]["key"])
        value: object = 3 if section.columns[0]["kind"] == "number" else "Läkemedel"
        await write_section(work, section.id, version=1, rows=[TableRow({first: value}, key)])
    await complete_section(work, section.id, empty=section.kind is ChapterKind.ATTACHMENTS)


@pytest.fixture
def counted(town):
    """How many rows of a table the municipality has."""
    return town.count


@pytest.fixture
def close_activity(town, goals):
    """Mend what the exclamation marks tell of: close the activity and comment it."""

    async def ask(name: str) -> None:
        async with await town.work() as work:
            await change_activity(work, goals.nodes[name], changes={"state": "done"})
        async with await town.work("manager") as work:
            await write_comment(
                work,
                goals.nodes[name],
                unit_id=town.units["home_care"].id,
                period="2026",
                text="Genomfört i maj.",
            )

    return ask


@pytest.fixture
async def worker(runtime: Runtime, settings: Settings) -> AsyncIterator[None]:
    """A queue, and a worker in this process that knows the jobs of the module."""
    with open_broker(settings) as broker:
        async with running_worker(runtime, broker, REPORTS.jobs, pace=QUICK):
            yield


@pytest.fixture
def recorded():
    """`with recorded(work) as statements:` collects the SQL that is sent meanwhile."""

    return lambda work: sent_statements(work.runtime)


@pytest.fixture
def ask(town):
    """`await ask("manager", query, **variables)`: the data; any error fails the test."""

    async def ask(who: str, query: str, /, **variables: Any) -> Any:
        async with await town.work(who) as work:
            answer = await SCHEMA.execute(
                query, variable_values=variables, context_value=Context(work)
            )
        assert answer.errors is None
        return answer.data

    return ask


@pytest.fixture
def mutate(ask):
    """`await mutate("manager", "writeSection", "WriteSectionInput", "… on Section { … }", …)`"""

    async def mutate(who: str, name: str, type_: str, fields: str, **input: Any) -> Any:
        query = f"mutation ($input: {type_}!) {{ {name}(input: $input) {{ {PROBLEM} {fields} }} }}"
        return (await ask(who, query, input=input))[name]

    return mutate
