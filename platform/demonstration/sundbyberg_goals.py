"""The red thread of Sundbyberg: goals whose light people set, measures and activities, and a short
report each tertial."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from ...infra.periods import Period, PeriodKind
from ..modules.goals.models import NodeKind
from ..modules.goals.rules import Direction, Light, LightRule
from ..modules.goals.service import (
    IndicatorChanges,
    LevelDesign,
    create_model,
    set_light_by_hand,
)
from ..modules.reports.models import ChapterKind, ReportTemplate, Section
from ..modules.reports.service import (
    ChapterContent,
    Column,
    ColumnKind,
    TableRow,
    add_template,
    complete_report,
    complete_section,
    start_report,
    write_section,
)
from .planting import Planned, plant, series
from .report_templates import Described, add_described
from .town import Filling

ADMINISTRATOR = "alfrida.almgrans@sundbyberg.example"
PRESCHOOL_WRITER = "didrik.dagslanda@sundbyberg.example"
SCHOOL_WRITER = "cajsa.citronfjaril@sundbyberg.example"
FIRST, SECOND = (Period(2026, PeriodKind.TERTIAL, number) for number in (1, 2))
TERTIALS = ("2025-T1", "2025-T2", "2025-T3", "2026-T1")

LEVELS = (
    LevelDesign(
        "goal",
        NodeKind.GOAL,
        {"sv": "Mål", "en": "Goal"},
        light_rule=LightRule.BY_HAND,
        hand_lights=tuple(Light),
    ),
    LevelDesign("measure", NodeKind.INDICATOR, {"sv": "Mått", "en": "Measure"}, ("goal",)),
    LevelDesign("activity", NodeKind.ACTIVITY, {"sv": "Aktivitet", "en": "Activity"}, ("goal",)),
)


def _measured(unit: str, *, decimals: int = 0, lower: bool = False) -> IndicatorChanges:
    return IndicatorChanges(
        measure_unit=unit,
        decimals=decimals,
        direction=Direction.LOWER if lower else Direction.HIGHER,
        periodicity=PeriodKind.TERTIAL,
    )


PRESCHOOL = (
    Planned(
        level="goal",
        title="Barnen möter få och utbildade vuxna",
        at="FSN",
        below=(
            Planned(
                level="measure",
                title="Barn per årsarbetare",
                description="Inskrivna barn i kommunens egna förskolor. Jämför Kolada N11010.",
                measured=_measured("barn", decimals=1, lower=True),
                values=series(TERTIALS, "5.4 5.3 5.2 5.1", target="5.2"),
            ),
            Planned(
                level="measure",
                title="Medarbetare med legitimation som förskollärare",
                measured=_measured("%"),
                values=series(TERTIALS, "34 35 35 36", target="36"),
            ),
            Planned(
                level="activity",
                title="Betald utbildning till förskollärare för tolv barnskötare",
                starts_on=date(2026, 1, 19),
                ends_on=date(2028, 6, 9),
                state="ongoing",
                comment="Tolv har börjat. Studierna sker på halvfart.",
            ),
        ),
    ),
    Planned(
        level="goal",
        title="Vårdnadshavare är trygga med förskolan",
        at="FSN",
        below=(
            Planned(
                level="measure",
                title="Klagomål som besvaras inom tio dagar",
                measured=_measured("%"),
                values=series(TERTIALS, "81 86 88 84", target="90"),
            ),
        ),
    ),
)
SCHOOL = (
    Planned(
        level="goal",
        title="Eleverna är i skolan varje dag",
        at="GGN-1",
        below=(
            Planned(
                level="measure",
                title="Elever med mer än 20 procents frånvaro",
                measured=_measured("%", decimals=1, lower=True),
                values=series(TERTIALS, "9.8 9.1 9.5 8.7", target="8"),
            ),
            Planned(
                level="activity",
                title="Ring hem första dagen",
                starts_on=date(2026, 1, 12),
                ends_on=date(2026, 6, 12),
                state="done",
                comment="Görs nu av alla mentorer. Rutinen fortsätter utan projekt.",
            ),
        ),
    ),
)

REPORT_KEY = "tertial_report"
COLUMNS = (
    Column("area", "Område"),
    Column("budget", "Budget hela året, tkr", ColumnKind.NUMBER),
    Column("forecast", "Prognos hela året, tkr", ColumnKind.NUMBER),
    Column("comment", "Varför"),
)
CHAPTERS = (
    Described(
        "summary",
        ChapterContent(
            title="Sammanfattning",
            instruction="<p>Högst en halv sida: vad går bra, vad gör det inte?</p>",
        ),
    ),
    Described("goals", ChapterContent(title="Våra mål", kind=ChapterKind.GOAL_ANALYSIS)),
    Described(
        "economy",
        ChapterContent(
            title="Ekonomi",
            kind=ChapterKind.TABLE,
            instruction="<p>Fyll i prognosen för {year}. Förklara avvikelser över en procent.</p>",
            columns=COLUMNS,
        ),
    ),
    Described(
        "deviations",
        ChapterContent(
            title="Allvarliga avvikelser",
            kind=ChapterKind.NIL_STATEMENT,
            nil_phrase="Inga allvarliga avvikelser under tertialet",
        ),
    ),
)


async def design_the_model(filling: Filling) -> None:
    work = await filling.acting(ADMINISTRATOR)
    await create_model(work, year=2026, name="Sundbyberg", levels=LEVELS)


async def plan_2026(filling: Filling) -> None:
    """Goals of a committee and of one school; at the first tertial their lights are set."""
    model = await filling.model(2026)
    work = await filling.acting(PRESCHOOL_WRITER)
    goals = await plant(filling, work, model, PRESCHOOL)
    for goal, light, reason in (
        (PRESCHOOL[0], Light.GREEN, "Båda måtten är uppnådda och utbildningen har börjat."),
        (PRESCHOOL[1], Light.YELLOW, "Svarstiden blev längre under flytten, men vänder nu."),
    ):
        await set_light_by_hand(
            work,
            goals[goal.title],
            unit_id=filling.units["FSN"],
            period=str(FIRST),
            light=light,
            reason=reason,
        )
    await plant(filling, await filling.acting(SCHOOL_WRITER), model, SCHOOL)


async def design_the_report(filling: Filling) -> None:
    work = await filling.acting(ADMINISTRATOR)
    template = await add_template(
        work,
        key=REPORT_KEY,
        title={"sv": "Tertialrapport", "en": "Tertial report"},
        periodicity=PeriodKind.TERTIAL,
    )
    await add_described(work, template, CHAPTERS)


async def write_the_first_tertial(filling: Filling) -> None:
    """Finished for the first tertial; the second has only been started."""
    work = await filling.acting(PRESCHOOL_WRITER)
    template = await work.first(select(ReportTemplate).where(ReportTemplate.key == REPORT_KEY))
    assert template is not None
    unit_id = filling.units["FSN"]
    report = await start_report(work, template_id=template.id, unit_id=unit_id, period=FIRST)
    found = await work.scalars(select(Section).where(Section.report_id == report.id))
    sections = {section.key: section for section in found}
    await write_section(
        work,
        sections["summary"].id,
        version=1,
        text="<p>Barngrupperna är mindre än förra året och fler medarbetare är förskollärare. "
        "Svaren på klagomål tog längre tid under flytten av en förskola.</p>",
    )
    cells = {"area": "Kommunens förskolor", "budget": 214_500, "forecast": 213_900, "comment": ""}
    await write_section(work, sections["economy"].id, version=1, rows=[TableRow(cells)])
    await write_section(work, sections["deviations"].id, version=1, nil=True)
    for section in found:
        await complete_section(work, section.id)
    await complete_report(work, report.id)
    await start_report(work, template_id=template.id, unit_id=unit_id, period=SECOND)
