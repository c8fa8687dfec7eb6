from __future__ import annotations

import pytest

from roder.platform.modules.goals.board.headings import BoardLevel, Columns, Part, read_headings
from roder.platform.modules.goals.models import NodeKind

LEVELS = (
    BoardLevel("committee_goal", NodeKind.GOAL, ("Nämndmål",)),
    BoardLevel("goal", NodeKind.GOAL, ("Mål",)),
    BoardLevel("indicator", NodeKind.INDICATOR, ("Styrtal",)),
    BoardLevel("assignment", NodeKind.ASSIGNMENT, ("Uppdrag",)),
    BoardLevel("activity", NodeKind.ACTIVITY, ("Aktivitet",)),
)


def read(headings: str, levels: tuple[BoardLevel, ...] = LEVELS) -> Columns:
    return read_headings(1, headings.split("\t"), levels)


def errors(headings: str, levels: tuple[BoardLevel, ...] = LEVELS) -> list[str]:
    return [str(error) for error in read(headings, levels).errors]


def test_columns_may_stand_in_any_order() -> None:
    columns = read("Måltal 2020\tStyrtal\tMål\tUtfall totalt 2020")
    assert columns.errors == []
    assert columns.levels == {"indicator": 1, "goal": 2}
    assert columns.parts == {("indicator", Part.TARGET): 0, ("indicator", Part.OUTCOME): 3}


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        *(("Utfall 2019", "outcome"), ("UTFALL", "outcome"), ("Utfall totalt 2019", "outcome")),
        *(("Utfall kvinna 2019", "outcome_women"), ("Utfall 2019 kvinnor", "outcome_women")),
        *(("Utfall, män (2019)", "outcome_men"), ("Utfall man", "outcome_men")),
        *(("Måltal", "target"), ("Målvärde 2019", "target"), ("  Prognos  ", "forecast")),
    ],
)
def test_a_heading_is_matched_by_meaning(heading: str, part: str) -> None:
    columns = read(f"Mål\tIndikator\t{heading}")
    assert columns.errors == []
    assert columns.parts == {("indicator", Part(part)): 2}


def test_the_tenants_own_names_count_first() -> None:
    levels = (
        BoardLevel("aim", NodeKind.GOAL, ("Inriktning", "Direction")),
        BoardLevel("step", NodeKind.GOAL, ("Uppdrag",)),
        BoardLevel("measure", NodeKind.INDICATOR, ("Utfall",)),
    )
    columns = read("direction\tUppdrag\tUtfall\tMåltal", levels)
    assert columns.errors == []
    assert columns.levels == {"aim": 0, "step": 1, "measure": 2}
    assert columns.parts == {("measure", Part.TARGET): 3}


def test_a_usual_word_is_not_guessed_among_several_levels_of_its_kind() -> None:
    levels = (
        BoardLevel("aim", NodeKind.GOAL, ("Inriktningsmål",)),
        BoardLevel("step", NodeKind.GOAL, ("Effektmål",)),
    )
    assert errors("Inriktningsmål\tMål", levels)[0].startswith(
        'Rad 1, kolumnen "Mål": Rubriken känns inte igen.'
    )


@pytest.mark.parametrize(("heading", "year"), [("Utfall 2031", 2031), ("Utfall", None)])
def test_the_year_is_the_one_in_the_headings(heading: str, year: int | None) -> None:
    assert read(f"Mål\tStyrtal\t{heading}").year == year


@pytest.mark.parametrize(
    ("headings", "message"),
    [
        (
            "Mål\tStyrtal\tUtfall 2019\tMåltal 2020",
            (
                'Rad 1, kolumnen "Måltal 2020": "Utfall 2019" har ett annat år. '
                "Skicka ett år i taget."
            ),
        ),
        (
            "Mål\tStyrtal\tUtfall 1919",
            'Rad 1, kolumnen "Utfall 1919": Året måste vara från 1990 till 2100.',
        ),
        (
            "Mål\tStyrtal\tVikt",
            (
                'Rad 1, kolumnen "Vikt": Rubriken känns inte igen. De som går att läsa är '
                "Nämndmål, Mål, Styrtal, Uppdrag, Aktivitet, Kommentar, Utfall (kvinnor, män), "
                "Måltal och Prognos."
            ),
        ),
        (
            "Mål\tUtfall",
            'Rad 1, kolumnen "Utfall": Kolumnen som den handlar om saknas: "Styrtal".',
        ),
        (
            "Aktivitet\tKommentar",
            (
                'Rad 1, kolumnen "Aktivitet": Tabellen saknar en kolumn för målen: '
                '"Nämndmål" eller "Mål".'
            ),
        ),
        (
            "Kommentar\tMål",
            (
                'Rad 1, kolumnen "Kommentar": '
                "Ställ kolumnen till höger om den nivå som den handlar om."
            ),
        ),
        (
            "Mål\tStyrtal\tNyckeltal",
            'Rad 1, kolumnen "Nyckeltal": "Styrtal" säger samma sak. Behåll en av dem.',
        ),
        (
            "Mål\tStyrtal\tMåltal\tMålvärde",
            'Rad 1, kolumnen "Målvärde": "Måltal" säger samma sak. Behåll en av dem.',
        ),
    ],
)
def test_headings_that_do_not_fit_are_refused_by_name(headings: str, message: str) -> None:
    assert errors(headings) == [message]
