"""Typed tables: what a cell takes, and how a refusal names row and column."""

import pytest

from roder.infra.errors import InvalidInput
from roder.platform.modules.reports.designs.columns import (
    Column,
    ColumnKind,
    FixedRow,
    TableRow,
    checked_columns,
    checked_fixed_rows,
    checked_rows,
    shown,
)

COLUMNS = (
    Column("what", "Egenkontroll"),
    Column("count", "Antal", ColumnKind.NUMBER),
    Column("done_on", "Utförd", ColumnKind.DATE),
    Column("often", "Hur ofta", ColumnKind.CHOICE, ("Varje månad", "Varje år")),
    Column("well", "Godkänd", ColumnKind.YES_NO),
)
HALF_YEARS = (FixedRow("h1", "Januari–juni 2026"), FixedRow("h2", "Juli–december 2026"))


def kept(fixed: tuple[FixedRow, ...] = (), *rows: TableRow) -> list[dict[str, object]]:
    return checked_rows(rows, columns=COLUMNS, fixed_rows=fixed)


def cells(**given: object) -> dict[str, object]:
    return {"what": None, "count": None, "done_on": None, "often": None, "well": None, **given}


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"what": " Läkemedel "}, {"what": "Läkemedel"}),
        ({"what": "=1+1"}, {"what": "=1+1"}),
        ({"count": "1 204,5"}, {"count": 1204.5}),
        ({"count": "9%"}, {"count": 9}),
        ({"count": 3}, {"count": 3}),
        ({"count": 1.234}, {"count": 1.234}),
        ({"count": -0.5}, {"count": -0.5}),
        ({"count": 123456789012345}, {"count": 123456789012345}),
        ({"done_on": "2026-03-31"}, {"done_on": "2026-03-31"}),
        ({"often": "Varje år"}, {"often": "Varje år"}),
        ({"well": True}, {"well": True}),
        ({"well": "Nej", "what": "x"}, {"well": False, "what": "x"}),
    ],
)
def test_a_cell_is_kept_as_its_column_says(given, value):
    assert kept((), TableRow(given)) == [{"row": None, "cells": cells(**value)}]


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"count": "många"}, 'Rad 2, Antal: "många" är inte ett tal'),
        ({"count": "1.234"}, "Rad 2, Antal: "),
        ({"count": True}, "Rad 2, Antal: Skriv ett tal här."),
        ({"count": 1e20}, "Rad 2, Antal: "),
        ({"done_on": "31/3 2026"}, 'Rad 2, Utförd: "31/3 2026" är inget datum.'),
        ({"done_on": "2026-02-30"}, "Rad 2, Utförd: "),
        ({"done_on": "20260331"}, "Rad 2, Utförd: "),
        ({"often": "Ibland"}, 'Rad 2, Hur ofta: "Ibland" går inte att välja. Välj ett av: Varje'),
        ({"well": "kanske"}, "Rad 2, Godkänd: Svara ja eller nej."),
        ({"what": ["x"]}, "Rad 2, Egenkontroll: Skriv text här."),
        ({"what": "x" * 5001}, "Rad 2, Egenkontroll: Texten har 5001 tecken."),
        ({"who": "x"}, 'Rad 2: tabellen har ingen kolumn "who".'),
    ],
)
def test_a_refused_cell_is_named_by_row_and_column(given, refusal):
    with pytest.raises(InvalidInput) as refused:
        kept((), TableRow({"what": "Hygien"}), TableRow(given))

    assert refused.value.message.startswith(refusal)
    assert refused.value.field == "rows"


def test_rows_without_anything_in_them_are_left_out():
    assert kept((), TableRow({}), TableRow({"what": "  "}), TableRow({"count": 0})) == [
        {"row": None, "cells": cells(count=0)}
    ]


def test_fixed_rows_stand_there_in_their_order_filled_or_not():
    assert kept(HALF_YEARS, TableRow({"count": 4}, "h2")) == [
        {"row": "h1", "cells": cells()},
        {"row": "h2", "cells": cells(count=4)},
    ]


@pytest.mark.parametrize("rows", [["h3"], [None], ["h1", "h1"]])
def test_a_table_with_fixed_rows_takes_no_others(rows):
    with pytest.raises(InvalidInput, match="Januari–juni 2026, Juli–december 2026"):
        kept(HALF_YEARS, *(TableRow({"count": 1}, row) for row in rows))


def test_a_fault_in_a_fixed_row_is_named_by_its_title():
    with pytest.raises(InvalidInput, match=r"^Juli–december 2026, Antal: "):
        kept(HALF_YEARS, TableRow({"count": "fem"}, "h2"))


def test_a_table_holds_at_most_500_rows():
    assert len(kept((), *[TableRow({"count": 1})] * 500)) == 500
    with pytest.raises(InvalidInput, match="högst 500 rader, och den här har 501"):
        kept((), *[TableRow({"count": 1})] * 501)


@pytest.mark.parametrize(
    "columns",
    [
        (),
        (Column("a", "A"),) * 2,
        (Column("Å", "A"),),
        (Column("a", " "),),
        (Column("a", "A", ColumnKind.CHOICE),),
        (Column("a", "A", ColumnKind.TEXT, ("x",)),),
        (Column("a", "A", ColumnKind.CHOICE, ("x", "x")),),
        tuple(Column(f"a{n}", "A") for n in range(13)),
    ],
)
def test_columns_that_no_table_can_have_are_refused(columns):
    with pytest.raises(InvalidInput) as refused:
        checked_columns(columns)
    assert refused.value.field == "columns"


def test_a_fixed_row_stands_once():
    with pytest.raises(InvalidInput, match='"h1" står två gånger'):
        checked_fixed_rows((HALF_YEARS[0], HALF_YEARS[0]))


@pytest.mark.parametrize(
    ("value", "kind", "sv", "en"),
    [
        (1204.5, ColumnKind.NUMBER, "1\u202f204,5", "1,204.5"),
        (1200, ColumnKind.NUMBER, "1\u202f200", "1,200"),
        (0, ColumnKind.NUMBER, "0", "0"),
        (None, ColumnKind.NUMBER, "", ""),
        ("2026-03-31", ColumnKind.DATE, "2026-03-31", "2026-03-31"),
        ("text", ColumnKind.TEXT, "text", "text"),
    ],
)
def test_a_cell_is_shown_in_the_readers_way(value, kind, sv, en):
    assert (shown(value, kind, "sv"), shown(value, kind, "en")) == (sv, en)


def test_yes_and_no_are_words():
    assert [shown(value, ColumnKind.YES_NO, "sv") for value in (True, False)] == ["Ja", "Nej"]
