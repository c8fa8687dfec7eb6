"""What the committees and units of Östhammar plan besides the printed board, as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ...infra.periods import PeriodKind
from ..modules.goals.rules import Direction
from ..modules.goals.service import IndicatorChanges, OutcomeValues
from .planting import Planned, series, value

MONTHS = tuple(f"2025-{month:02}" for month in range(1, 13))
SPRING = ("2026-01", "2026-02", "2026-03", "2026-04")
TERTIALS = ("2025-T1", "2025-T2", "2025-T3")

IMPROVEMENT = (
    Planned(
        level="assignment",
        title="Ta fram en gemensam modell för hälsofrämjande scheman",
        at="SN",
        comment="Modellen är beslutad i ledningsgruppen och används på alla enheter från hösten.",
        below=(
            Planned(
                level="activity",
                title="Utbilda schemaläggare på varje enhet",
                starts_on=date(2025, 2, 3),
                ends_on=date(2025, 6, 13),
                state="done",
                comment="Fjorton schemaläggare är utbildade. En ny omgång planeras vid behov.",
            ),
            Planned(
                level="activity",
                title="Jämföra bemanningssystem med två grannkommuner",
                starts_on=date(2025, 9, 1),
                ends_on=date(2025, 12, 19),
                state="dropped",
                comment="Flyttas till nästa års upphandling, som kommunerna gör tillsammans.",
            ),
        ),
    ),
)


def _sick_leave(values: Mapping[str, OutcomeValues]) -> Planned:
    return Planned(
        level="indicator",
        title="Sjukfrånvaro per månad",
        at="SN-HT",
        description="Sjukfrånvarons del av den ordinarie arbetstiden under månaden, i procent.",
        measured=IndicatorChanges(
            measure_unit="%",
            decimals=1,
            direction=Direction.LOWER,
            periodicity=PeriodKind.MONTH,
            by_sex=True,
            source="Personalsystemet",
        ),
        values=values,
    )


def _continuity(values: Mapping[str, OutcomeValues]) -> Planned:
    return Planned(
        level="indicator",
        title="Antal medarbetare som en brukare möter under 14 dagar",
        at="SN-HT",
        description="Medelvärde för dem som har minst två besök om dagen.",
        measured=IndicatorChanges(
            measure_unit="medarbetare",
            decimals=1,
            direction=Direction.LOWER,
            periodicity=PeriodKind.TERTIAL,
            source="Kolada U21401",
        ),
        values=values,
    )


def _by_sex(periods: tuple[str, ...], women: str, men: str, total: str) -> dict[str, OutcomeValues]:
    columns = zip(periods, total.split(), women.split(), men.split(), strict=True)
    return {period: value(t, "9", women=w, men=m) for period, t, w, m in columns}


SICK_LEAVE_2025 = _by_sex(
    MONTHS,
    total="11.2 11.8 10.6 9.7 9.1 8.4 7.9 8.6 9.3 9.9 10.4 10.7",
    women="11.6 12.1 10.9 9.9 9.3 8.6 8.1 8.8 9.6 10.2 10.6 10.9",
    men="8.9 10.1 8.9 8.6 8.0 7.3 6.8 7.5 7.7 8.3 9.3 9.6",
)
SICK_LEAVE_2026 = _by_sex(
    SPRING, total="10.3 10.1 9.4 8.8", women="10.6 10.4 9.6 9.0", men="8.6 8.4 8.3 7.7"
)
CONTINUITY_2025 = series(TERTIALS, "15.4 14.9 14.2", target="14")

HOME_CARE: Mapping[int, tuple[Planned, ...]] = {
    2025: (_sick_leave(SICK_LEAVE_2025), _continuity(CONTINUITY_2025)),
    2026: (
        _sick_leave({**SICK_LEAVE_2025, **SICK_LEAVE_2026}),
        _continuity({**CONTINUITY_2025, **series(("2026-T1",), "13.8", target="14")}),
        Planned(
            level="assignment",
            title="Minska antalet medarbetare hos varje brukare",
            at="SN-HT",
            below=(
                Planned(
                    level="activity",
                    title="Pröva fasta turer i två områden",
                    starts_on=date(2026, 1, 12),
                    ends_on=date(2026, 10, 30),
                    state="ongoing",
                ),
                Planned(
                    level="activity",
                    title="Gå igenom planeringen med alla fasta omsorgskontakter",
                    starts_on=date(2026, 1, 12),
                    ends_on=date(2026, 3, 27),
                    state="done",
                    comment="Genomgången är klar. Elva turer har lagts om.",
                ),
            ),
        ),
    ),
}


def _schools(
    qualified: Mapping[str, OutcomeValues],
    merit: Mapping[str, OutcomeValues],
    safe: Mapping[str, OutcomeValues],
    comments: tuple[str, str, str],
) -> tuple[Planned, ...]:
    percent = IndicatorChanges(measure_unit="%", decimals=1, by_sex=True)
    results = Planned(
        level="goal",
        title="Fler elever går ut grundskolan med behörighet till gymnasiet",
        comment=comments[1],
        below=(
            Planned(
                level="indicator",
                title="Elever i åk 9 som är behöriga till yrkesprogram",
                measured=IndicatorChanges(**percent, source="Kolada N15436"),
                values=qualified,
            ),
            Planned(
                level="indicator",
                title="Meritvärde i åk 9",
                description="Genomsnitt av elevernas sammanlagda betyg i 17 ämnen.",
                measured=IndicatorChanges(measure_unit="poäng", decimals=1, source="Kolada N15505"),
                values=merit,
            ),
        ),
    )
    safety = Planned(
        level="goal",
        title="Eleverna är trygga i skolan",
        comment=comments[2],
        below=(
            Planned(
                level="indicator",
                title="Elever i åk 8 som känner sig trygga i skolan",
                measured=IndicatorChanges(**percent, source="Kolada N15643"),
                values=safe,
            ),
        ),
    )
    return (
        Planned(
            level="committee_goal",
            title="Alla barn och elever når så långt som möjligt i sin utveckling",
            at="BUN",
            comment=comments[0],
            below=(results, safety),
        ),
    )


SCHOOLS: Mapping[int, tuple[Planned, ...]] = {
    2025: _schools(
        {
            "2023": value("80.1", "84", women="82.4", men="77.9"),
            "2024": value("81.6", "84", women="84.0", men="79.3"),
            "2025": value("83.2", "85", women="85.1", men="81.4"),
        },
        series(("2023", "2024", "2025"), "209.4 212.8 216.1", target="215"),
        {"2025": value("78.4", "78", women="75.2", men="81.5")},
        (
            "Resultaten stiger, men inte lika mycket på båda högstadieskolorna.",
            "Behörigheten ökar tredje året i rad. Flickor når målet, pojkar inte än.",
            "Skolorna har gått igenom elevenkäten klass för klass.",
        ),
    ),
    2026: _schools(
        {
            "2025": value("83.2", "85", women="85.1", men="81.4"),
            "2026": value(target="86"),
        },
        {"2025": value("216.1", "215"), "2026": value(target="218")},
        {"2025": value("78.4", "78", women="75.2", men="81.5"), "2026": value(target="80")},
        ("", "", ""),
    ),
}
