from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from roder.infra.errors import InvalidInput
from roder.infra.tabular import TableFile, column_letter, read_table

Rows = list[tuple[int, tuple[str, ...]]]


def rows(table: TableFile) -> Rows:
    return [(row.number, row.cells) for row in table.rows]


def read(data: bytes) -> Rows:
    return rows(read_table("fil", data))


def refusal(data: bytes, **limits: int) -> str:
    with pytest.raises(InvalidInput) as refused:
        read_table("fil", data, **limits)
    return refused.value.message


def workbook(
    *sheets: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], None],
) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for write in sheets:
            write(book, book.add_worksheet())
    return buffer.getvalue()


def grid(cells: list[list[object]]) -> bytes:
    def write(_book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        for number, row in enumerate(cells):
            sheet.write_row(number, 0, row)

    return workbook(write)


def repacked(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", 8) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("delimiter", ["\t", ";", ","])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_the_same_table_is_read_whatever_divides_it(delimiter: str, ending: str) -> None:
    text = ending.join(delimiter.join(row) for row in (["Mål", "Måltal"], ["Trygghet", "9%"]))
    assert read(text.encode()) == [(1, ("Mål", "Måltal")), (2, ("Trygghet", "9%"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf8_and_marked_utf16_are_read(encoding: str) -> None:
    assert read("Mål\tÅr\nÖka\t5".encode(encoding)) == [(1, ("Mål", "År")), (2, ("Öka", "5"))]


def test_big_endian_utf16_is_read() -> None:
    assert read(b"\xfe\xff" + "Mål\tÅr".encode("utf-16-be")) == [(1, ("Mål", "År"))]


def test_letters_are_composed() -> None:
    assert read("Ma\u030al\tA\u030ar".encode()) == [(1, ("Mål", "År"))]


def test_quoted_cells_hold_separators_line_breaks_and_quotes() -> None:
    data = 'Mål;Kommentar\n"Trygg; säker";"Rad ett\nrad ""två"""\n;sist'.encode()
    assert read(data) == [
        (1, ("Mål", "Kommentar")),
        (2, ("Trygg; säker", 'Rad ett\nrad "två"')),
        (3, ("", "sist")),
    ]


def test_empty_rows_are_left_out_but_counted() -> None:
    assert read(b"\n\t\na\tb\n\n \t\nc\td\n") == [(3, ("a", "b")), (6, ("c", "d"))]


def test_rows_are_as_wide_as_the_widest_filled_one() -> None:
    assert read(b"a\tb\t\t\nc\n\t\td\t") == [
        (1, ("a", "b", "")),
        (2, ("c", "", "")),
        (3, ("", "", "d")),
    ]


def test_the_same_heading_may_stand_twice() -> None:
    assert read(b"Kommentar,Kommentar") == [(1, ("Kommentar", "Kommentar"))]


def test_a_row_longer_than_the_heading_row_is_refused() -> None:
    assert refusal(b"a,b\n1,2\n1,2,3") == (
        "Rad 3, kolumn C: rubrikraden har bara 2 celler. "
        "Sätt citattecken runt en cell som innehåller skiljetecknet."
    )


def test_another_encoding_is_refused_where_it_shows() -> None:
    assert refusal("Namn;Titel\nAnna;Öppen\nBo;Må".encode("cp1252")) == (
        "Rad 2, kolumn B: texten är inte i UTF-8. Spara den i Excel som CSV UTF-8 eller som .xlsx."
    )


def test_half_a_letter_of_utf16_is_refused() -> None:
    assert refusal(b"\xff\xfea\x00\t\x00b").startswith("Rad 1, kolumn B: texten är inte i UTF-8")


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\ufffe"])
def test_a_cell_with_a_control_character_is_refused(sign: str) -> None:
    assert refusal(f"a\tb\nc\td{sign}e".encode()) == (
        "Rad 2, kolumn B: cellen har ett tecken som inte är text. Skriv om cellen."
    )


def test_an_unclosed_quotation_mark_is_refused() -> None:
    assert refusal(b'a,b\nc,"d\ne,f').startswith("Rad 2: ett citattecken")
    assert refusal(b'a,b\nc,d\n"e" f,g').startswith("Rad 3: ett citattecken")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "Filen är tom."),
        (b" \n\t\n", "Filen är tom."),
        (b"\xef\xbb\xbf", "Filen har inga ifyllda celler."),
        (b"%PDF-1.7 ...", "Det här är en PDF. "),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Det här är en gammal Excel-fil"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "Arbetsboken är låst med lösenord.",
        ),
        (b"PK\x03\x04 half a workbook", "Arbetsboken är skadad"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_plain_words(data: bytes, message: str) -> None:
    assert refusal(data).startswith(message)


def test_a_file_at_a_limit_is_read_and_over_it_refused() -> None:
    assert len(read(b"a\n" * 20_000)) == 20_000
    assert refusal(b"a\n" * 20_001) == "Tabellen har fler än 20000 rader. Dela upp den."
    assert refusal(b"a" * 5_000_001) == "Filen är större än 5 MB. Dela upp den."
    assert len(read(b"," * 199 + b"x")[0][1]) == 200
    assert refusal(b"," * 200 + b"x") == (
        "Rad 1, kolumn GS: en tabell har högst 200 kolumner. Töm cellerna bortom dem."
    )
    assert read(b"a\t" + b"b" * 20_000) == [(1, ("a", "b" * 20_000))]
    assert refusal(b"a\t" + b"b" * 20_001) == (
        "Rad 1, kolumn B: cellen har 20001 tecken, högst 20000 får plats."
    )


def test_excel_numbers_are_read_as_they_are_shown() -> None:
    def write(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        percent = book.add_format({"num_format": "0%"})
        finer = book.add_format({"num_format": "0.0 %"})
        literal = book.add_format({"num_format": '0" %"'})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["Mål", 9, 8.5, 0.1 + 0.2, -3.2, 1234567.25])
        sheet.write(1, 0, 0.09, percent)
        sheet.write(1, 1, 0.085, finer)
        sheet.write(1, 2, 9, literal)
        sheet.write_datetime(1, 3, date(2020, 3, 9), day)
        sheet.write(1, 4, True)
        sheet.write_formula(1, 5, "=1+1", None, 2)
        sheet.write_rich_string(2, 1, "en ", book.add_format({"bold": True}), "fet", " rad")

    assert read(workbook(write)) == [
        (1, ("Mål", "9", "8,5", "0,3", "-3,2", "1234567,25")),
        (2, ("9%", "8,5%", "9", "2020-03-09", "TRUE", "2")),
        (3, ("", "en fet rad", "", "", "", "")),
    ]


def test_excel_rows_keep_their_numbers() -> None:
    assert read(grid([[], ["a", "b"], [], [" ", None], ["", "c"]])) == [
        (2, ("a", "b")),
        (5, ("", "c")),
    ]


def test_the_first_filled_sheet_is_read_and_the_others_named() -> None:
    def fill(_book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write(0, 0, sheet.name)

    def hide(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        fill(book, sheet)
        sheet.hide()

    def leave(_book: xlsxwriter.Workbook, _sheet: xlsxwriter.worksheet.Worksheet) -> None: ...

    table = read_table("bok.xlsx", workbook(leave, hide, fill, fill, leave))
    assert rows(table) == [(1, ("Sheet3",))]
    assert table.notices == ('Bara bladet "Sheet3" lästes. Utelämnat: "Sheet4".',)


def test_an_empty_workbook_is_refused() -> None:
    assert refusal(grid([])) == "Filen har inga ifyllda celler."


def test_an_error_in_a_cell_is_refused() -> None:
    data = repacked(
        grid([["a"], [7]]),
        SHEET,
        lambda xml: xml.replace(b'<c r="A2"><v>7</v>', b'<c r="A2" t="e"><v>#DIV/0!</v>'),
    )
    assert refusal(data) == "Cell A2 visar felet #DIV/0!. Rätta formeln."


def test_a_formula_without_a_result_is_refused() -> None:
    data = repacked(
        grid([["a"], [7]]),
        SHEET,
        lambda xml: xml.replace(b'<c r="A2"><v>7</v>', b'<c r="A2"><f>1+1</f>'),
    )
    assert refusal(data) == "Cell A2 har en formel utan resultat. Spara filen i Excel."


def test_a_workbook_that_unpacks_to_a_flood_is_refused_unread() -> None:
    bomb = repacked(grid([["a"]]), SHEET, lambda xml: xml + b" " * 50_000_001)
    assert len(bomb) < 100_000
    assert refusal(bomb).startswith("Arbetsboken är för stor när den packas upp.")


def test_a_workbook_with_a_flood_of_elements_is_refused() -> None:
    bomb = repacked(
        grid([["a"]]), SHEET, lambda _xml: b"<s><row>" + b"<c/>" * 1_000_001 + b"</row></s>"
    )
    assert refusal(bomb).startswith("Arbetsboken är för stor när den packas upp.")


def test_a_lone_cell_far_away_costs_no_memory() -> None:
    far = repacked(grid([["a"], [7]]), SHEET, lambda xml: xml.replace(b'r="A2"', b'r="XFD1048576"'))
    assert refusal(far).startswith("Rad 2, kolumn XFD: en tabell har högst 200 kolumner.")


def test_entities_of_a_workbook_do_not_grow() -> None:
    names = [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "skratt"}">' for n in range(12)]
    laughs = f'<!DOCTYPE s [{"".join(names)}]><s><row><c t="str"><v>&a11;</v></c></row></s>'
    assert refusal(repacked(grid([["a"]]), SHEET, lambda _xml: laughs.encode())).startswith(
        "Arbetsboken är skadad"
    )


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<s>",
        b"<s><row r='0'><c><v>1</v></c></row></s>",
        b"<s><row r='-5'><c><v>1</v></c></row></s>",
        b"<s><row r='x'><c><v>1</v></c></row></s>",
        b"<s><row><c r='1A'><v>1</v></c></row></s>",
        b"<s><row><c t='s'><v>99</v></c></row></s>",
        b"<s><row><c t='s'><v>x</v></c></row></s>",
        b"<s><row><c><v>x</v></c></row></s>",
        b"<?xml version='1.0' encoding='klingon'?><s/>",
    ],
)
def test_a_damaged_sheet_is_refused(xml: bytes) -> None:
    assert refusal(repacked(grid([["a"]]), SHEET, lambda _xml: xml)).startswith(
        "Arbetsboken är skadad"
    )


def test_another_zip_is_refused() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refusal(buffer.getvalue()).startswith("Arbetsboken är skadad")


def test_columns_are_lettered_as_in_a_spreadsheet() -> None:
    assert [column_letter(index) for index in (0, 13, 25, 26, 701, 702)] == [
        *("A", "N", "Z", "AA", "ZZ", "AAA")
    ]


STARTS = (b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04", b"%PDF", b"a\tb\n", b'"')


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=300))
def test_any_bytes_are_rows_or_refused(start: bytes, data: bytes) -> None:
    check_rows_or_refusal(start + data)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='aå\t;,"\n\r \x00\u2028', max_size=60))
def test_any_text_is_rows_or_refused(text: str) -> None:
    check_rows_or_refusal(text.encode())


WORKBOOK = grid([["Mål", 9], ["Öka", 0.5]])


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(WORKBOOK) - 1), st.binary(min_size=1, max_size=8))
def test_a_workbook_with_any_bytes_changed_is_rows_or_refused(at: int, change: bytes) -> None:
    check_rows_or_refusal(WORKBOOK[:at] + change + WORKBOOK[at + len(change) :])


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"]),
    st.integers(0, 600),
    st.text(alphabet='<>/"=rsvct0159-ABE &;', max_size=6),
)
def test_a_workbook_with_any_part_changed_is_rows_or_refused(part: str, at: int, text: str) -> None:
    check_rows_or_refusal(
        repacked(WORKBOOK, part, lambda xml: xml[:at] + text.encode() + xml[at + len(text) :])
    )


def check_rows_or_refusal(data: bytes) -> None:
    try:
        table = read_table("fil", data)
    except InvalidInput:
        return
    assert len({len(row.cells) for row in table.rows}) == 1
    assert all(any(cell.strip() for cell in row.cells) for row in table.rows)
