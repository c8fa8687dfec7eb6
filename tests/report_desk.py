"""A unit's report for tests of its pages, with a chapter of each kind, or many texts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from roder.infra.periods import parse_period
from roder.platform.modules.reports.models import (
    ChapterKind,
    Report,
    ReportTemplate,
    Section,
    SectionCompletion,
    SectionVersion,
)
from roder.platform.modules.reports.service import (
    ChapterContent,
    Column,
    ColumnKind,
    FixedRow,
    add_chapter,
    add_template,
    start_report,
)

CANARY = "<img src=x onerror=alert(1)>\"'&"
SAVED = "#section-said:has-text('Sparat')"


IDLE = """() => {
    const field = document.querySelector("[name=text]");
    return (field.dataset.was ?? field.defaultValue) === field.value;
}"""
"""All that is typed has been saved."""
UNSENT = "() => !document.getElementById('section-form').dataset.sent"
"""The form is not on its way, with what is typed in it."""
INTRO = ChapterContent(
    title="Inledning",
    instruction="<p>Beskriv <strong>året</strong> i korthet.</p>",
    phrases=("Året har varit lugnt.",),
)
KINDS = (
    INTRO,
    ChapterContent(
        title="Egenkontroller",
        kind=ChapterKind.TABLE,
        columns=(
            Column("what", "Egenkontroll"),
            Column("count", "Antal", ColumnKind.NUMBER),
            Column("done", "Utförd", ColumnKind.YES_NO),
        ),
    ),
    ChapterContent(
        title="Våld i nära relationer",
        kind=ChapterKind.TABLE,
        columns=(Column("new_cases", "Nya ärenden", ColumnKind.NUMBER),),
        fixed_rows=(FixedRow("first", "Januari–juni"), FixedRow("second", "Juli–december")),
    ),
    ChapterContent(
        title="Lex Sarah",
        kind=ChapterKind.NIL_STATEMENT,
        nil_phrase="Inga anmälningar enligt lex Sarah i år.",
    ),
    ChapterContent(title="Bilagor", kind=ChapterKind.ATTACHMENTS),
)
TEXTS = tuple(ChapterContent(title=f"Avsnitt {number}") for number in range(1, 13))
GOALS = ChapterContent(title="Måluppfyllelse", kind=ChapterKind.GOAL_ANALYSIS)


@dataclass(frozen=True, slots=True)
class Desk:
    """A started report with its sections by title, and where its pages lie below the town."""

    report: Report
    sections: dict[str, Section]
    slug: str

    @property
    def list(self) -> str:
        return f"{self.slug}/2026/rapporter"

    @property
    def path(self) -> str:
        return f"{self.list}/{self.report.id}"

    def at(self, title: str, *, begin: bool = False) -> str:
        return f"{self.path}?avsnitt={self.sections[title].id}" + ("&borja=1" if begin else "")

    def save(self, title: str, more: str = "") -> str:
        return f"{self.path}/{self.sections[title].id}{more}"


async def set_up(town, contents=KINDS, *, at="home_care", who="manager", key="story") -> Desk:
    """A template with these chapters, and the unit's report of 2026 made from it."""
    async with await town.work() as work:
        template = await add_template(work, key=key, title={"sv": "Berättelse"})
        for content in contents:
            await add_chapter(work, template.id, content=content)
    return await begin(town, template, at=at, who=who)


async def begin(
    town, template: ReportTemplate, *, at="home_care", who="manager", period="2026", due_on=None
) -> Desk:
    async with await town.work(who) as work:
        report = await start_report(
            work,
            template_id=template.id,
            unit_id=town.units[at].id,
            period=parse_period(period),
            due_on=due_on,
        )
        rows = await work.scalars(select(Section).where(Section.report_id == report.id))
        return Desk(report, {section.title: section for section in rows}, town.units[at].slug)


async def kept(town, desk: Desk, title: str) -> Section:
    """What stands in a section now."""
    async with await town.work(write=False) as work:
        return await work.get(Section, desk.sections[title].id)


async def versions(town, desk: Desk, title: str) -> list[str]:
    """The texts that have stood there, the earliest first."""
    async with await town.work(write=False) as work:
        rows = await work.scalars(
            select(SectionVersion)
            .where(SectionVersion.section_id == desk.sections[title].id)
            .order_by(SectionVersion.version)
        )
        return [row.text for row in rows]


async def marked(town, desk: Desk) -> set[str]:
    """The titles of the sections that are done."""
    async with await town.work(write=False) as work:
        ids = await work.scalars(
            select(SectionCompletion.section_id).where(SectionCompletion.reopened_at.is_(None))
        )
    return {title for title, section in desk.sections.items() if section.id in ids}


async def write(page, text: str) -> None:
    """Click on the paper and type."""
    await page.locator(".paper").click()
    await page.locator(".ProseMirror:focus").wait_for()
    await page.keyboard.type(text)
