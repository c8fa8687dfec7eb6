"""The quality report of Östhammar's social services and the plan that it continues in, as data.

Headings after the instruction of 2020, with its slips mended: 2.6 is the perspective of relatives
(*anhörigperspektivet*), and 3, 4 and 5 stand at the top. The instructions are retold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from ...tenants.work import Work
from ..modules.reports.models import ChapterKind, ReportTemplate
from ..modules.reports.service import (
    ChapterContent,
    Column,
    ColumnKind,
    FixedRow,
    add_chapter,
    add_template,
)
from ..telling import chapter_source

REPORT_KEY = "quality_report"
PLAN_KEY = "operational_plan"

TEXT, TABLE, HEADING = ChapterKind.TEXT, ChapterKind.TABLE, ChapterKind.HEADING


@dataclass(frozen=True, slots=True)
class Described:
    """A chapter with its key and those below it."""

    key: str
    content: ChapterContent
    below: tuple[Described, ...] = ()


HALF_YEARS = (
    FixedRow("first_half", "Januari–juni {year}"),
    FixedRow("second_half", "Juli–december {year}"),
)
FREQUENCIES = ("Varje månad", "Varje kvartal", "Varje halvår", "Varje år", "Vid behov")
INSPECTION = (
    Column("inspection", "Egenkontroll"),
    Column("responsible", "Ansvarig funktion"),
    Column("frequency", "Hur ofta", ColumnKind.CHOICE, FREQUENCIES),
)
INSPECTION_DONE = (
    *INSPECTION,
    Column("done_on", "Senast utförd", ColumnKind.DATE),
    Column("result", "Resultat och åtgärder"),
)
PROCESS = (Column("process", "Process eller rutin"), Column("reason", "Varför den ses över"))
PROCESS_DONE = (
    *PROCESS,
    Column("revised", "Reviderad", ColumnKind.YES_NO),
    Column("revised_on", "Datum", ColumnKind.DATE),
    Column("change", "Vad som ändrats"),
)
VIOLENCE = (
    Column("new_cases", "Nya ärenden där våld uppmärksammats", ColumnKind.NUMBER),
    Column("inventoried", "Våldsutsatta vid inventering av aktuella ärenden", ColumnKind.NUMBER),
)


def _text(
    title: str,
    instruction: str,
    *,
    carried: bool = False,
    phrases: tuple[str, ...] = (),
    source: str | None = None,
) -> ChapterContent:
    return ChapterContent(
        title=title,
        kind=TEXT,
        instruction=instruction,
        carried_forward=carried,
        phrases=phrases,
        source=source,
    )


def _table(
    title: str,
    instruction: str,
    columns: tuple[Column, ...],
    *,
    fixed_rows: tuple[FixedRow, ...] = (),
    carried: bool = False,
    phrases: tuple[str, ...] = (),
    source: str | None = None,
) -> ChapterContent:
    return ChapterContent(
        title=title,
        kind=TABLE,
        instruction=instruction,
        columns=columns,
        fixed_rows=fixed_rows,
        carried_forward=carried,
        phrases=phrases,
        source=source,
    )


RESULTS = (
    Described(
        "goals",
        ChapterContent(
            title="Måluppfyllelse",
            kind=ChapterKind.GOAL_ANALYSIS,
            instruction="<p>Här skriver du inte: avsnittet hämtas från Målanalys. Se till att alla "
            "styrtal har utfall och att aktiviteterna är kommenterade och avslutade.</p>",
        ),
    ),
    Described(
        "economy",
        _text(
            "Ekonomiskt utfall",
            "<p>Kommentera utfallet per den 31 december {year}. Beskriv väsentliga avvikelser mot "
            "budget, vad ni har gjort för att nå balans och vad det gav.</p>",
            phrases=("Utfallet följer budgeten och det finns inga väsentliga avvikelser.",),
        ),
    ),
    Described(
        "risk_analyses",
        _text(
            "Redovisning riskanalyser",
            "<p>Sammanfatta och analysera de riskanalyser som gjorts under året, enligt riktlinjen "
            "för ledningssystem.</p>",
            phrases=("Inga riskanalyser har gjorts under {year}.",),
            source="internal_control.risk_analyses",
        ),
    ),
    Described(
        "inspections",
        _table(
            "Redovisning egenkontroller",
            "<p>Sammanfatta årets egenkontroller och fyll i tabellen. Samma tabell finns i "
            "verksamhetsplanen.</p>",
            INSPECTION_DONE,
            carried=True,
            source="internal_control.inspections",
        ),
    ),
    Described(
        "processes",
        _table(
            "Processer & rutiner som reviderats",
            "<p>Beskriv vilka processer och rutiner som setts över under året, som en återkoppling "
            "på verksamhetsplanen, och fyll i tabellen.</p>",
            PROCESS_DONE,
            carried=True,
            phrases=("Inga processer eller rutiner har reviderats under {year}.",),
        ),
    ),
    Described(
        "relatives",
        _text(
            "Analys anhörigperspektivet",
            "<p>Följ upp arbetet med anhörigstöd. Reflektionen är viktigast: känner medarbetarna "
            "till stödet, och hur arbetar ni med det?</p>",
        ),
    ),
    Described(
        "violence",
        _table(
            "Analys våld i nära relationer",
            "<p>Redovisa per halvår antalet nya ärenden där våld uppmärksammats, oavsett om det "
            "ledde till bistånd, och vad de två inventeringarna av aktuella ärenden visade.</p>",
            VIOLENCE,
            fixed_rows=HALF_YEARS,
            phrases=(
                "Inga nya ärenden där våld uppmärksammats har kommit in under {year}.",
                "Ingen inventering har gjorts under {year}.",
            ),
            source="deviations.half_years",
        ),
    ),
    Described(
        "lex_sarah",
        ChapterContent(
            title="Sammanfattning Lex Sarah",
            kind=ChapterKind.NIL_STATEMENT,
            instruction="<p>Sammanställ årets rapporter, utredningar och anmälningar enligt Lex "
            "Sarah. Fanns inga ska det stå.</p>",
            nil_phrase="Inga Lex Sarah är hanterade under året",
            source="deviations.lex_sarah",
        ),
    ),
    Described(
        "surveys",
        _text(
            "Analys enkäter & brukarundersökningar",
            "<p>Jämför verksamhetens resultat med andras, inom och utanför kommunen. Till exempel:"
            "</p><ul><li>löpande nyckeltal</li><li>öppna jämförelser inom hälso- och sjukvården"
            "</li><li>enkäten om myndighetsutövning</li><li>enhetsenkäten för äldre, LSS och HSL"
            "</li><li>brukarundersökningar</li></ul>",
            phrases=("Inga undersökningar har gjorts i verksamheten under {year}.",),
        ),
    ),
)

REPORT = (
    Described(
        "introduction",
        _text(
            "Inledning",
            "<p>Ge läsaren en överblick. Ta gärna med:</p><ul><li>var verksamheten finns och vad "
            "den gör</li><li>hur den är organiserad</li><li>antal brukare, avdelningar och "
            "medarbetare</li><li>kompetens, budget och andra förutsättningar</li></ul>"
            "<p>Använd gärna tabeller.</p>",
        ),
    ),
    Described(
        "results",
        ChapterContent(title="Resultat, måluppfyllelse & analys", kind=HEADING),
        RESULTS,
    ),
    Described(
        "efforts",
        _text(
            "Genomförda satsningar",
            "<p>Beskriv kort viktiga händelser under året som inte syns i målanalysen eller i det "
            "ekonomiska utfallet.</p>",
        ),
    ),
    Described(
        "summary",
        _text(
            "Sammanfattande analys",
            "<p>Sammanfatta de förbättringsområden som kapitlen ovan visar. De följer med till "
            "nästa års verksamhetsplan.</p>",
            carried=True,
        ),
    ),
    Described(
        "outlook",
        _text(
            "Omvärldsanalys och framtida satsningar",
            "<p>Hur ser framtiden ut? Behöver mål, inriktning eller arbetssätt ändras, och ändras "
            "förutsättningarna? Delar kan användas i nästa års verksamhetsplan.</p>",
            carried=True,
        ),
    ),
    Described(
        "attachments",
        ChapterContent(title="Bilagor", kind=ChapterKind.ATTACHMENTS, numbered=False),
    ),
)

PLAN = (
    Described(
        "introduction", _text("Inledning", "<p>Beskriv verksamheten och året som kommer.</p>")
    ),
    Described("goals", ChapterContent(title="Mål för {year}", kind=ChapterKind.GOAL_ANALYSIS)),
    Described(
        "inspections",
        _table(
            "Planerade egenkontroller",
            "<p>Vilka egenkontroller ska göras? Tabellen kommer tillbaka i kvalitets- och "
            "verksamhetsberättelsen.</p>",
            INSPECTION,
            carried=True,
        ),
    ),
    Described(
        "processes",
        _table(
            "Processer & rutiner som ska ses över",
            "<p>Tabellen kommer tillbaka i kvalitets- och verksamhetsberättelsen.</p>",
            PROCESS,
            carried=True,
        ),
    ),
    Described(
        "summary",
        _text("Förbättringsområden", "<p>Utgå från den sammanfattande analysen förra året.</p>"),
    ),
    Described(
        "outlook",
        _text("Omvärld och satsningar", "<p>Utgå från förra årets omvärldsanalys.</p>"),
    ),
)


async def quality_report(work: Work) -> ReportTemplate:
    """Both templates with their chapters; the answer is that of the report."""
    plan = await add_template(
        work,
        key=PLAN_KEY,
        title={"sv": "Verksamhetsplan", "en": "Operational plan"},
        continues_in=REPORT_KEY,
        continues_same_period=True,
    )
    await add_described(work, plan, PLAN)
    report = await add_template(
        work,
        key=REPORT_KEY,
        title={
            "sv": "Kvalitets- och verksamhetsberättelse",
            "en": "Quality and activity report",
        },
        continues_in=PLAN_KEY,
    )
    await add_described(work, report, REPORT)
    return report


async def add_described(
    work: Work,
    template: ReportTemplate,
    chapters: tuple[Described, ...],
    parent_id: UUID | None = None,
) -> None:
    """Add the chapters with all below them, in order; bound to the modules that are on."""
    for described in chapters:
        bound = chapter_source(work, described.content.source)
        chapter = await add_chapter(
            work,
            template.id,
            content=replace(described.content, source=bound.key if bound else None),
            key=described.key,
            parent_id=parent_id,
        )
        await add_described(work, template, described.below, chapter.id)
