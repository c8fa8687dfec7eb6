from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from roder.infra.tabular import TableFile, TableRow, read_table
from roder.platform.modules.goals.board.board import Board, BoardNode, BoardValues, parse_board
from roder.platform.modules.goals.board.headings import BoardLevel
from roder.platform.modules.goals.models import NodeKind

LEVELS = (
    BoardLevel("committee_goal", NodeKind.GOAL, ("Nämndmål",)),
    BoardLevel("goal", NodeKind.GOAL, ("Mål",)),
    BoardLevel("indicator", NodeKind.INDICATOR, ("Styrtal",)),
    BoardLevel("assignment", NodeKind.ASSIGNMENT, ("Uppdrag",)),
    BoardLevel("activity", NodeKind.ACTIVITY, ("Aktivitet",)),
)

# The goal analysis as it is printed in the instruction of the social services: three columns too
# many, and two cells that have slipped two columns to the right.
COMMITTEE = (
    "Socialnämnden är en attraktiv arbetsgivare som arbetar strategiskt med personalförsörjning "
    "för att säkerställa att rätt kompetens finns tillgänglig"
)
GOAL = "Minska sjukfrånvaro, öka sysselsättningsgrader och medarbetarnas nöjdhet"
IMPRESSION = "Helhetsintrycket av vår organisatoriska och sociala arbetsmiljö ska förbättras"
VALUES = "Styrtalet\tUtfall 2019\tUtfall kvinna 2019\tUtfall man 2019\tMåltal 2019\tKommentar"
FULL = "\n".join(
    [
        f"Nämndmål\tKommentar\tMål\tKommentar\t{VALUES}\tUppdrag\tKommentar\tAktivitet\tKommentar\t\t\t",
        f"{COMMITTEE}\t\t{GOAL}\t\tAndel minskad sjukfrånvaro\t\t\t\t9%\t\t\t\t\t\t\t\t",
        "\t\t\t\t\t\t\t\t\t\t\t\t\t\tInsats för att minska sjukfrånvaro\t\t",
        f"\t\t\t\t{IMPRESSION}\t\t77\t\t76\t\t\t\t\t\t\t\t",
        "\t\t\t\tAndel heltidsanställda\t\t\t\t\t\t35%\t\t\t\t\t\t",
        "\t\t\t\tAndel anställda män\t\t\t\t14%\t\t\t\t\t\t\t\t",
    ]
)
TEN = "\n".join(
    [
        f"Nämndmål\tKommentar\tMål\tKommentar\t{VALUES}",
        f"{COMMITTEE}\t\t{GOAL}\t\tAndel minskad sjukfrånvaro N\t\t\t\t9%\t",
        f"\t\t\t\t{IMPRESSION} N\t77\t\t\t76\t",
        "\t\t\t\tAndel heltidsanställda N\t\t\t\t35%\t",
        "\t\t\t\tAndel anställda män. N\t\t\t\t14%\t",
    ]
)
EIGHT = "\n".join(
    [
        f"Mål\tKommentar\t{VALUES}",
        f"{GOAL}\t\tAndel minskad sjukfrånvaro N\t\t\t\t9%\t",
        f"\t\t{IMPRESSION} N\t77\t\t\t76\t",
        "\t\tAndel heltidsanställda N\t\t\t\t35%\t",
        "\t\tAndel anställda män. N\t\t\t\t14%\t",
    ]
)


def as_tsv(text: str) -> bytes:
    return text.encode()


def as_csv(text: str) -> bytes:
    file = StringIO()
    csv.writer(file, delimiter=";").writerows(csv.reader(StringIO(text), delimiter="\t"))
    return file.getvalue().encode("utf-8-sig")


def as_xlsx(text: str) -> bytes:
    """As Excel would save it: what looks like a number is one, 9% by its format."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet, percent = book.add_worksheet(), book.add_format({"num_format": "0%"})
        for row, cells in enumerate(csv.reader(StringIO(text), delimiter="\t")):
            for column, cell in enumerate(cells):
                if cell.endswith("%"):
                    sheet.write_number(row, column, float(cell[:-1]) / 100, percent)
                elif cell.isdigit():
                    sheet.write_number(row, column, int(cell))
                else:
                    sheet.write_string(row, column, cell)
    return buffer.getvalue()


def board(text: str, levels: Sequence[BoardLevel] = LEVELS) -> Board:
    return parse_board(read_table("mål.tsv", text.encode()), levels)


def errors(text: str, levels: Sequence[BoardLevel] = LEVELS) -> list[str]:
    found = board(text, levels)
    assert found.nodes == ()
    return [str(error) for error in found.errors]


def told(text: str, levels: Sequence[BoardLevel] = LEVELS) -> list[tuple[str, ...]]:
    """The nodes, each as its level and its titles from the top."""
    found = board(text, levels)
    assert found.errors == ()
    return [(node.level_key, *node.path, node.title) for node in found.nodes]


def indicator(title: str, row: int, path: tuple[str, ...], **values: str) -> BoardNode:
    numbers = {name: Decimal(value.removesuffix("%")) for name, value in values.items()}
    percent = any(value.endswith("%") for value in values.values())
    return BoardNode("indicator", title, path, row, "", BoardValues(**numbers), percent)


@pytest.mark.parametrize("written", [as_tsv, as_csv, as_xlsx])
def test_the_printed_table_is_read_whatever_file_it_comes_in(
    written: Callable[[str], bytes],
) -> None:
    found = parse_board(read_table("mål", written(FULL)), LEVELS)

    path = (COMMITTEE, GOAL)
    assert found.errors == ()
    assert found.year == 2019
    assert found.nodes == (
        BoardNode("committee_goal", COMMITTEE, (), 2),
        BoardNode("goal", GOAL, (COMMITTEE,), 2),
        indicator("Andel minskad sjukfrånvaro", 2, path, target="9%"),
        BoardNode("activity", "Insats för att minska sjukfrånvaro", path, 3),
        indicator(IMPRESSION, 4, path, outcome_women="77", target="76"),
        indicator("Andel heltidsanställda", 5, path, target="35%"),
        indicator("Andel anställda män", 6, path, target="14%"),
    )
    assert found.notices == (
        (
            'Rad 3, kolumnen "O (utan rubrik)": "Insats för att minska sjukfrånvaro" '
            'lästes som "Aktivitet".'
        ),
        'Rad 5, kolumnen "Uppdrag": 35% lästes som "Måltal 2019".',
        (
            f'Rad 4, kolumnen "Styrtalet": "{IMPRESSION}" har inget utfall totalt '
            "och får därför ingen färg."
        ),
    )


@pytest.mark.parametrize("written", [as_tsv, as_csv, as_xlsx])
@pytest.mark.parametrize(("text", "above"), [(TEN, (COMMITTEE,)), (EIGHT, ())])
def test_the_narrower_tables_are_read_and_their_printed_icons_removed(
    written: Callable[[str], bytes], text: str, above: tuple[str, ...]
) -> None:
    found = parse_board(read_table("mål", written(text)), LEVELS)

    path = (*above, GOAL)
    assert found.errors == ()
    assert [node for node in found.nodes if node.level_key == "indicator"] == [
        indicator("Andel minskad sjukfrånvaro", 2, path, target="9%"),
        indicator(IMPRESSION, 3, path, outcome="77", target="76"),
        indicator("Andel heltidsanställda", 4, path, target="35%"),
        indicator("Andel anställda män.", 5, path, target="14%"),
    ]
    assert found.notices == (
        'Bokstaven "N" efter namnet på varje styrtal lästes som en symbol och togs bort.',
    )


def test_an_n_stays_where_not_every_indicator_has_it() -> None:
    assert told("Mål\tStyrtal\nA\tAndel N\n\tKväve")[1:] == [
        ("indicator", "A", "Andel N"),
        ("indicator", "A", "Kväve"),
    ]


def test_comments_belong_to_the_level_on_their_left() -> None:
    found = board(
        "Nämndmål\tKommentar\tMål\tKommentar\tStyrtal\tUtfall\tKommentar\tUppdrag\tKommentar\t"
        "Aktivitet\tKommentar\nN\t1\tM\t2\tS\t5\t3\tU\t4\tA\tfem"
    )
    assert {node.title: node.comment for node in found.nodes} == {
        "N": "1",
        "M": "2",
        "S": "3",
        "U": "4",
        "A": "fem",
    }


def test_an_empty_cell_of_a_goal_means_the_same_as_above() -> None:
    text = "Nämndmål\tMål\tStyrtal\nN1\tM1\tS1\n\t\tS2\n\tM2\tS3\nN2\t\tS4\n\tM1\tS5"
    merged = told(text)
    assert merged == [
        ("committee_goal", "N1"),
        ("goal", "N1", "M1"),
        ("indicator", "N1", "M1", "S1"),
        ("indicator", "N1", "M1", "S2"),
        ("goal", "N1", "M2"),
        ("indicator", "N1", "M2", "S3"),
        ("committee_goal", "N2"),
        ("indicator", "N2", "S4"),
        ("goal", "N2", "M1"),
        ("indicator", "N2", "M1", "S5"),
    ]
    repeated = "Nämndmål\tMål\tStyrtal\nN1\tM1\tS1\nN1\tM1\tS2\nN1\tM2\tS3\nN2\t\tS4\nN2\tM1\tS5"
    assert told(repeated) == merged


def test_an_activity_belongs_to_the_assignment_in_force_or_else_to_the_goal() -> None:
    text = "Mål\tUppdrag\tAktivitet\nM1\t\tA1\n\tU1\tA2\n\t\tA3\nM2\t\tA4"
    assert told(text) == [
        ("goal", "M1"),
        ("activity", "M1", "A1"),
        ("assignment", "M1", "U1"),
        ("activity", "M1", "U1", "A2"),
        ("activity", "M1", "U1", "A3"),
        ("goal", "M2"),
        ("activity", "M2", "A4"),
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            "M\tS\tsju",
            'Rad 2, kolumnen "Utfall": "sju" är inte ett tal. Skriv till exempel 77 eller 76,5.',
        ),
        (
            "M\tS\t7\n\t\t8",
            'Rad 3, kolumnen "Utfall": Kolumnen "Styrtal" är tom på den här raden. Fyll i den.',
        ),
        (
            "\tS\t7",
            'Rad 2, kolumnen "Styrtal": Det finns inget mål på den här raden eller ovanför.',
        ),
        (
            "M\tS\t7\nM\tS\t8",
            (
                'Rad 3, kolumnen "Utfall": "S" står också på en tidigare rad, med något annat här. '
                "Behåll ett av dem."
            ),
        ),
        ("35%\tS\t7", 'Rad 2, kolumnen "Mål": "35%" är ett tal och inte ett namn.'),
    ],
)
def test_a_cell_that_does_not_fit_is_refused_by_row_and_column(rows: str, message: str) -> None:
    assert message in errors(f"Mål\tStyrtal\tUtfall\n{rows}")


def test_the_same_node_twice_with_the_same_values_is_one() -> None:
    found = board("Mål\tKommentar\tStyrtal\tUtfall\nM\tbra\tS\t7\nM\tbra\tS\t7,0\nM\t\tS\t")
    assert found.errors == ()
    assert found.nodes == (
        BoardNode("goal", "M", (), 2, "bra"),
        indicator("S", 2, ("M",), outcome="7"),
    )


def test_two_comments_on_one_goal_are_refused() -> None:
    assert errors("Mål\tKommentar\nM\tbra\nM\tdåligt") == [
        (
            'Rad 3, kolumnen "Kommentar": "M" står också på en tidigare rad, med något annat här. '
            "Behåll ett av dem."
        )
    ]


def test_a_comment_below_a_merged_goal_belongs_to_it() -> None:
    found = board("Mål\tKommentar\tStyrtal\nM\t\tS1\n\tbra\tS2")
    assert found.nodes[0] == BoardNode("goal", "M", (), 2, "bra")


def test_every_error_is_collected() -> None:
    assert [
        (row, column)
        for row, column, _message in board(
            "Mål\tStyrtal\tUtfall\tMåltal\nM\tS\tsju\tåtta\n\t\t9\nM\tT\t1.234\t"
        ).errors
    ] == [(2, "Utfall"), (2, "Måltal"), (3, "Utfall"), (4, "Utfall")]


def test_a_cell_that_slipped_to_where_it_may_mean_two_things_is_refused() -> None:
    headings = "Mål\tStyrtal\tMåltal\tUppdrag\tAktivitet\t\t\n"
    assert errors(f"{headings}M\tS\t\t35%\t36%\t\t") == [
        'Rad 2, kolumnen "Uppdrag": "35%" är ett tal och inte ett namn.',
        'Rad 2, kolumnen "Aktivitet": "36%" är ett tal och inte ett namn.',
    ]
    assert errors(f"{headings}M\tS\t9%\t35%\t\t\t") == [
        'Rad 2, kolumnen "Uppdrag": "35%" är ett tal och inte ett namn.'
    ]
    assert errors(f"{headings}M\tS\t\t\t\tInsats\t") == [
        'Rad 2, kolumnen "F (utan rubrik)": Kolumnen har ingen rubrik. Skriv en.'
    ]


def test_titles_are_trimmed_and_their_white_space_folded() -> None:
    assert told('Mål\tStyrtal\n"  Trygg\noch   säker "\t\u00a0Andel\u00a0nöjda') == [
        ("goal", "Trygg och säker"),
        ("indicator", "Trygg och säker", "Andel nöjda"),
    ]


def test_headings_alone_are_refused() -> None:
    assert errors("Mål\tStyrtal") == ['Rad 1, kolumnen "Mål": Det finns inget under rubrikerna.']


CELLS = st.sampled_from(["", "", "M", "S N", "7", "9%", "sju", " ", "Utfall", "Mål", "1.234"])
HEADINGS = st.sampled_from(
    [
        *("", "Nämndmål", "Mål", "Styrtal", "Uppdrag", "Aktivitet", "Kommentar", "Utfall 2019"),
        *("Måltal", "Utfall kvinna 2020", "Prognos", "Annat", "2019", "%"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.data(), st.integers(1, 8))
def test_any_table_gives_nodes_or_errors(data: st.DataObject, width: int) -> None:
    row = st.tuples(*[CELLS] * width)
    cells = [data.draw(st.tuples(*[HEADINGS] * width)), *data.draw(st.lists(row, max_size=5))]
    table = TableFile("x", tuple(TableRow(i, row) for i, row in enumerate(cells, 1)))
    found = parse_board(table, LEVELS)
    assert bool(found.nodes) != bool(found.errors)
    seen: set[tuple[str, ...]] = {()}
    for node in found.nodes:
        assert node.path in seen
        seen.add((*node.path, node.title))
