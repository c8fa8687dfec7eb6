"""A plan and a report in one municipality, on a day that the test chooses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd import smtp
from sent_statements import sent_statements
from sqlalchemy import select

from roder.infra.periods import PeriodKind, parse_period
from roder.platform.modules.goals.models import NodeKind, Spread
from roder.platform.modules.goals.service import (
    LevelDesign,
    NewNode,
    add_nodes,
    change_activity,
    create_model,
    levels_of,
)
from roder.platform.modules.mywork.asking import tasks_for
from roder.platform.modules.mywork.module import MYWORK
from roder.platform.modules.reports.models import ChapterKind, Report
from roder.platform.modules.reports.service import (
    ChapterContent,
    add_chapter,
    add_template,
    start_report,
)
from roder.tenants.actors import service
from roder.tenants.rows import uuid7
from roder.tenants.work import STOCKHOLM, Work, open_work
from roder.workers.models import Job, JobState
from roder.workers.run import PACE, run_job
from roder.workers.serve import by_name

LEVELS = (
    LevelDesign("goal", NodeKind.GOAL, {"sv": "Mål"}),
    LevelDesign("indicator", NodeKind.INDICATOR, {"sv": "Styrtal"}, ("goal",)),
    LevelDesign("activity", NodeKind.ACTIVITY, {"sv": "Aktivitet"}, ("goal",)),
    LevelDesign("own_goal", NodeKind.GOAL, {"sv": "Åtagande"}, spread=Spread.DISTRIBUTED),
    LevelDesign(
        "own_indicator",
        NodeKind.INDICATOR,
        {"sv": "Nyckeltal"},
        ("own_goal",),
        spread=Spread.DISTRIBUTED,
    ),
)
NODES: tuple[tuple[str, str, str, str | None, str, dict[str, Any]], ...] = (
    ("goal", "goal", "committee", None, "God arbetsgivare", {}),
    ("share", "indicator", "committee", "goal", "Andel heltid", {"measure_unit": "%"}),
    (
        *("absence", "indicator", "committee", "goal", "Sjukfrånvaro"),
        {"measure_unit": "%", "decimals": 1, "periodicity": PeriodKind.TERTIAL},
    ),
    ("talks", "activity", "committee", "goal", "Hälsosamtal", {}),
    ("pledge", "own_goal", "home_care", None, "Nöjda brukare", {}),
    (
        *("visits", "own_indicator", "home_care", "pledge", "Besök i tid"),
        {"periodicity": PeriodKind.TERTIAL},
    ),
)
"""Name, level, unit, the node above, title, and how it is measured."""


@dataclass
class Plan:
    town: Any
    nodes: dict[str, UUID]

    @asynccontextmanager
    async def on(self, day: str, who: str = "administrator") -> AsyncIterator[Work]:
        """A write work of somebody, at noon of a day."""
        async with await self.town.work(who) as work:
            at_noon(work, day)
            yield work

    async def tasks(self, day: str, who: str) -> list[tuple[str, str, str, str | None]]:
        """Kind, title, unit and last day of what is asked of somebody on a day."""
        return [
            (task.kind.value, task.title, task.unit_name, str(task.due_on or ""))
            for task in await self.found(day, who)
        ]

    async def found(self, day: str, who: str) -> list[Any]:
        async with self.on(day) as work:
            return await tasks_for(work, [self.town.people[who].id])

    async def end(self, name: str, day: str, state: str = "ongoing") -> None:
        async with await self.town.work() as work:
            changes = {"ends_on": datetime.fromisoformat(day).date(), "state": state}
            await change_activity(work, self.nodes[name], changes=changes)


def at_noon(work: Work, day: str) -> None:
    work.now = datetime.combine(datetime.fromisoformat(day), time(12), STOCKHOLM).astimezone(UTC)


async def make_plan(town, *, year: int = 2026, leaving_out: tuple[str, ...] = ()) -> Plan:
    nodes = {name: uuid7() for name, *_rest in NODES}
    async with await town.work() as work:
        model = await create_model(work, year=year, name="Mål", levels=LEVELS)
        levels = {level.key: level.id for level in await levels_of(work, model.id)}
        await add_nodes(
            work,
            [
                NewNode(
                    id=nodes[name],
                    level_id=levels[level],
                    unit_id=town.units[unit].id,
                    parent_id=nodes[above] if above else None,
                    title=title,
                    indicator=measured,
                )
                for name, level, unit, above, title, measured in NODES
                if name not in leaving_out
            ],
        )
    return Plan(town, nodes)


@pytest.fixture
async def plan(town) -> Plan:
    return await make_plan(town)


@pytest.fixture
async def this_year(town) -> Plan:
    """A plan of the year that it is, whose only task is the activity when it has an end."""
    year = datetime.now(STOCKHOLM).year
    return await make_plan(town, year=year, leaving_out=("share", "absence", "visits"))


@pytest.fixture
async def yearly(town) -> int:
    """The year that it is, with a plan that asks for nothing before it is over."""
    year = datetime.now(STOCKHOLM).year
    await make_plan(town, year=year, leaving_out=("absence", "visits"))
    return year


async def make_report(town, *, period: str = "2026", due_on: str | None = "2027-02-15") -> Report:
    """Home care's report: its goals, one text and one table heading that nobody marks."""
    async with await town.work() as work:
        template = await add_template(work, key="quality", title={"sv": "Kvalitetsrapport"})
        for key, title, kind in (
            ("goals", "Måluppfyllelse", ChapterKind.GOAL_ANALYSIS),
            ("economy", "Ekonomi", ChapterKind.TEXT),
        ):
            content = ChapterContent(title=title, kind=kind)
            await add_chapter(work, template.id, key=key, content=content)
        return await start_report(
            work,
            template_id=template.id,
            unit_id=town.units["home_care"].id,
            period=parse_period(period),
            due_on=datetime.fromisoformat(due_on).date() if due_on else None,
        )


@pytest.fixture
async def report(town) -> Report:
    return await make_report(town)


class Mailbox:
    """A mail server that keeps what it is given, and knows nobody called `refused`."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 Nobody here by that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=SMTP)
        assert [mail["To"].addresses[0].addr_spec] == envelope.rcpt_tos
        self.mails.append(mail)
        return "250 OK"


@pytest.fixture
async def mailbox() -> AsyncIterator[tuple[Mailbox, str]]:
    """The server and its address."""
    box, loop = Mailbox(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: smtp.SMTP(box, loop=loop), "127.0.0.1", 0)
    async with server:
        yield box, f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture
def perform():
    """`await perform(town, mail_url="…")`: run what is queued until nothing is; the jobs done."""

    async def run(place, **settings) -> list[Job]:
        chosen = place.runtime.settings.model_copy(update=settings)
        runtime = replace(place.runtime, settings=chosen)
        while queued := await _jobs(place, JobState.QUEUED):
            for job in queued:
                await run_job(
                    runtime,
                    by_name(MYWORK.jobs),
                    tenant_id=place.tenant.id,
                    job_id=job.id,
                    pace=PACE,
                )
        return await _jobs(place, JobState.DONE)

    return run


async def _jobs(place, state: JobState) -> list[Job]:
    async with open_work(place.runtime, place.tenant, service(), write=False) as work:
        return list(await work.scalars(select(Job).where(Job.state == state).order_by(Job.id)))


@pytest.fixture
def counted():
    """`with counted(work) as statements:` the SQL that is sent meanwhile."""

    return lambda work: sent_statements(work.runtime)
