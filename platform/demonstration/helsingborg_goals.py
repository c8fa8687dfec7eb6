"""The red thread of Helsingborg: directions of the council, goals of committees, three lights.

Green key figures stand on a level of their own, beside the committees' other indicators.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ...infra.periods import PeriodKind
from ...tenants.models import UnitKind
from ..modules.goals.models import NodeKind
from ..modules.goals.rules import Direction, Light
from ..modules.goals.service import (
    IndicatorChanges,
    LevelDesign,
    LightWord,
    OutcomeEntry,
    create_model,
    set_outcomes,
)
from .planting import Planned, plant, series, value
from .town import Filling

ADMINISTRATOR = "fredegunda.farjkarl@helsingborg.example"
CARE_WRITER = "signe.sundspira@helsingborg.example"
NORTH_WRITER = "kettil.kullerbytta@helsingborg.example"
SCHOOL_WRITER = "ebba.ekorrfors@helsingborg.example"

LEVELS = (
    LevelDesign(
        "direction",
        NodeKind.GOAL,
        {"sv": "Inriktning", "en": "Direction"},
        unit_kinds=(UnitKind.COUNCIL,),
        hand_lights=tuple(Light),
    ),
    LevelDesign(
        "committee_goal",
        NodeKind.GOAL,
        {"sv": "Nämndmål", "en": "Committee goal"},
        ("direction",),
        unit_kinds=(UnitKind.BOARD, UnitKind.COMMITTEE, UnitKind.COMPANY),
        hand_lights=tuple(Light),
    ),
    LevelDesign(
        "indicator",
        NodeKind.INDICATOR,
        {"sv": "Indikator", "en": "Indicator"},
        ("direction", "committee_goal"),
    ),
    LevelDesign(
        "green_indicator",
        NodeKind.INDICATOR,
        {"sv": "Grönt nyckeltal", "en": "Green key figure"},
        ("direction", "committee_goal"),
    ),
    LevelDesign(
        "activity", NodeKind.ACTIVITY, {"sv": "Aktivitet", "en": "Activity"}, ("committee_goal",)
    ),
)
LIGHTS = (
    LightWord(Light.GREEN, "#2e7d32", {"sv": "Uppnås", "en": "On track"}),
    LightWord(Light.YELLOW, "#f9a825", {"sv": "Uppnås delvis", "en": "Partly on track"}),
    LightWord(Light.RED, "#c62828", {"sv": "Uppnås inte", "en": "Off track"}),
)
QUARTERS = ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1")


def _measured(
    unit: str,
    yellow: str,
    *,
    source: str = "",
    decimals: int = 0,
    lower: bool = False,
    quarterly: bool = False,
) -> IndicatorChanges:
    return IndicatorChanges(
        measure_unit=unit,
        decimals=decimals,
        direction=Direction.LOWER if lower else Direction.HIGHER,
        yellow_limit=Decimal(yellow),
        periodicity=PeriodKind.QUARTER if quarterly else PeriodKind.YEAR,
        source=source,
    )


DIRECTIONS = (
    Planned(
        level="direction",
        title="Staden är trygg och nära hela livet",
        at="KF",
        below=(
            Planned(
                level="indicator",
                title="Invånare som känner sig trygga utomhus i sitt område när det är mörkt",
                measured=_measured("%", "4", source="Kolada N00610", decimals=1),
                values={
                    "2024": value("58.2", "60"),
                    "2025": value("59.1", "61"),
                    "2026": value(target="62"),
                },
            ),
        ),
    ),
    Planned(
        level="direction",
        title="Alla barn och unga får en bra start",
        at="KF",
        below=(
            Planned(
                level="indicator",
                title="Elever i åk 9 som är behöriga till yrkesprogram",
                measured=_measured("%", "3", source="Kolada N15436", decimals=1),
                values={
                    "2024": value("84.0", "86"),
                    "2025": value("85.3", "86"),
                    "2026": value(target="87"),
                },
            ),
        ),
    ),
    Planned(
        level="direction",
        title="Staden är klimatneutral",
        at="KF",
        below=(
            Planned(
                level="green_indicator",
                title="Utsläpp av växthusgaser",
                description="Alla källor inom kommunens gränser.",
                measured=_measured(
                    "ton per invånare", "0.2", source="Kolada N00401", decimals=2, lower=True
                ),
                values={
                    "2023": value("3.05", "3"),
                    "2024": value("2.88", "2.8"),
                    "2026": value(target="2.4"),
                },
            ),
        ),
    ),
)
CARE = Planned(
    level="committee_goal",
    title="Den som behöver stöd möter få och kända medarbetare",
    at="VON",
    comment="Områdena närmar sig målet. Norr har kommit längst med fasta omsorgskontakter.",
    below=(
        Planned(
            level="indicator",
            title="Medarbetare som en hemvårdstagare möter under 14 dagar",
            measured=_measured(
                "medarbetare", "1.5", source="Kolada U21401", decimals=1, lower=True, quarterly=True
            ),
            values=series(QUARTERS, "15.2 14.8 15.1 14.1 13.6", target="13"),
        ),
        Planned(
            level="indicator",
            title="Nöjda med hemvården i sin helhet",
            measured=_measured("%", "3", source="Kolada U21468"),
            values={"2025": value("88", "88"), "2026": value("89", "88")},
        ),
        Planned(
            level="activity",
            title="Inför fast omsorgskontakt i alla områden",
            starts_on=date(2026, 1, 7),
            ends_on=date(2026, 11, 30),
            state="ongoing",
            comment="Norr är klart. Söder börjar efter sommaren.",
        ),
    ),
)
SCHOOL = Planned(
    level="committee_goal",
    title="Varje elev går ut skolan med godkända betyg",
    at="BUN",
    below=(
        Planned(
            level="indicator",
            title="Meritvärde i åk 9",
            measured=_measured("poäng", "5", source="Kolada N15505", decimals=1),
            values={"2025": value("229.4", "230"), "2026": value("227.2", "231")},
        ),
        Planned(
            level="indicator",
            title="Skolfrånvaro över 15 procent",
            description="Andel elever i grundskolan under kvartalet.",
            measured=_measured("%", "1", decimals=1, lower=True, quarterly=True),
            values=series(QUARTERS, "8.9 9.3 8.1 8.8 8.4", target="8"),
        ),
        Planned(
            level="green_indicator",
            title="Ekologiska livsmedel i skolmaten",
            measured=_measured("%", "5", source="Jämför Kolada U07514"),
            values={"2025": value("57", "60"), "2026": value("61", "60")},
        ),
        Planned(
            level="activity",
            title="Läsgaranti i årskurs 1 till 3 med uppföljning varje termin",
            starts_on=date(2026, 1, 8),
            ends_on=date(2026, 12, 18),
            state="delayed",
            comment="Två skolor saknar speciallärare och börjar till hösten.",
        ),
    ),
)
ENVIRONMENT = Planned(
    level="committee_goal",
    title="Luft och vatten blir renare",
    at="MN",
    comment="Luften är bättre än förra året. Tillsynen av enskilda avlopp ligger efter.",
    below=(
        Planned(
            level="green_indicator",
            title="Kvävedioxid vid de mest trafikerade gatorna",
            measured=_measured("µg/m³", "2", decimals=1, lower=True, quarterly=True),
            values=series(QUARTERS, "24.1 19.8 18.6 22.7 21.9", target="20"),
        ),
        Planned(
            level="green_indicator",
            title="Vattendrag med god ekologisk status",
            measured=_measured("%", "5", source="Kolada N85052"),
            values={"2025": value("18", "25"), "2026": value("18", "25")},
        ),
        Planned(
            level="indicator",
            title="Tillsyn av enskilda avlopp enligt plan",
            measured=_measured("%", "10", quarterly=True),
            values=series(QUARTERS, "82 88 95 97 71", target="100"),
        ),
    ),
)


async def design_the_model(filling: Filling) -> None:
    work = await filling.acting(ADMINISTRATOR)
    await create_model(work, year=2026, name="Helsingborg", levels=LEVELS, lights=LIGHTS)


async def plan_2026(filling: Filling) -> None:
    """The council's directions, and below each one the goal of a committee."""
    work = await filling.acting(ADMINISTRATOR)
    model = await filling.model(2026)
    directions = await plant(filling, work, model, DIRECTIONS)
    for writer, direction, goal in (
        (CARE_WRITER, DIRECTIONS[0], CARE),
        (SCHOOL_WRITER, DIRECTIONS[1], SCHOOL),
        (ADMINISTRATOR, DIRECTIONS[2], ENVIRONMENT),
    ):
        work = await filling.acting(writer)
        made = await plant(filling, work, model, [goal], below=directions[direction.title])
        if goal is CARE:
            continuity = made[CARE.below[0].title]
    await set_outcomes(
        await filling.acting(NORTH_WRITER),
        [
            OutcomeEntry(continuity, filling.units["VOF-N"], period, values)
            for period, values in series(QUARTERS, "14.0 13.4 13.5 12.6 12.2", target="13").items()
        ],
    )
