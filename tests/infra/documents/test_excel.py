from datetime import date
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from roder.infra.documents.excel import Sheet, SheetColumn, Value, sheet_name, write_excel
from roder.infra.documents.model import LightMark

COLUMNS = (
    SheetColumn("Styrtal", width=40),
    SheetColumn("Utfall", "number"),
    SheetColumn("Andel", "percent"),
    SheetColumn("Datum", "date"),
    SheetColumn("Status", "light"),
)
ROW: tuple[Value, ...] = (
    "Andel heltid",
    Decimal("76.50"),
    Decimal(35),
    date(2019, 12, 31),
    LightMark("green", "Uppnått"),
)


def write(*rows: tuple[Value, ...]) -> bytes:
    return write_excel([Sheet("Mål", "Målanalys 2019", COLUMNS, rows)], on=date(2020, 1, 1))


def values(book: bytes) -> list[list[object]]:
    return list(CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python())


def sheet_xml(book: bytes) -> str:
    return ZipFile(BytesIO(book)).read("xl/worksheets/sheet1.xml").decode()


def test_numbers_stay_numbers_and_dates_dates() -> None:
    assert values(write(ROW))[2:] == [
        ["Styrtal", "Utfall", "Andel", "Datum", "Status"],
        ["Andel heltid", 76.5, 0.35, date(2019, 12, 31), "● Uppnått"],
    ]


def test_a_number_shows_the_decimals_it_was_given_with() -> None:
    styles = ZipFile(BytesIO(write(ROW))).read("xl/styles.xml").decode()
    formats = {
        each.get("formatCode")
        for each in ElementTree.fromstring(styles).iter()
        if each.tag.endswith("}numFmt")
    }
    assert formats == {"#,##0.00", "#,##0 %", "yyyy-mm-dd"}


@pytest.mark.parametrize("text", ["=1+1", "=HYPERLINK(A1)", "+1", "-1", "@SUM(A1)", "https://x.se"])
def test_text_never_becomes_a_formula_or_a_link(text: str) -> None:
    book = write((text, None, None, None, None))
    assert values(book)[3][0] == text
    assert "<f>" not in sheet_xml(book)
    assert "<hyperlink" not in sheet_xml(book)


def test_the_header_is_frozen_filtered_and_printed_on_each_page() -> None:
    xml = sheet_xml(write(ROW, ROW))
    assert 'ySplit="3"' in xml
    assert '<autoFilter ref="A3:E5"/>' in xml
    assert '<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/>' in xml
    assert '<pageSetUpPr fitToPage="1"/>' in xml
    workbook = ZipFile(BytesIO(write(ROW))).read("xl/workbook.xml").decode()
    assert '<definedName name="_xlnm.Print_Titles" localSheetId="0">Mål!$3:$3' in workbook


@pytest.mark.parametrize(
    ("text", "height"),
    [
        ("x" * 44, None),
        ("x" * 45, "27"),
        ("Rad ett\nrad två\nrad tre", "40.5"),
        ("x" * 32_000, "405"),
    ],
)
def test_a_row_is_as_tall_as_its_longest_text(text: str, height: str | None) -> None:
    """Some programs give a row one line only, unless it says more; then the lines overlap."""
    root = ElementTree.fromstring(sheet_xml(write(ROW, (text, *ROW[1:]))))
    rows = {each.get("r"): each.get("ht") for each in root.iter() if each.tag.endswith("}row")}
    assert rows == {"1": None, "3": None, "4": None, "5": height}


def test_an_empty_sheet_still_has_its_header() -> None:
    assert values(write())[2] == ["Styrtal", "Utfall", "Andel", "Datum", "Status"]


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("Mål/Styrtal [2019]: allt?*\\", "Mål Styrtal 2019 allt"),
        ("'Citat'", "Citat"),
        ("", "–"),
        ("History", "History 1"),
        ("x" * 40, "x" * 31),
    ],
)
def test_a_sheet_gets_a_name_that_excel_allows(wanted: str, name: str) -> None:
    assert sheet_name(wanted) == name


def test_two_sheets_never_share_a_name() -> None:
    sheets = [Sheet(name, "", COLUMNS, ()) for name in ("Mål", "MÅL", "x" * 40, "x" * 41)]
    book = write_excel(sheets, on=date(2020, 1, 1))
    names = CalamineWorkbook.from_filelike(BytesIO(book)).sheet_names
    assert names == ["Mål", "MÅL 2", "x" * 31, "x" * 29 + " 2"]


def test_equal_rows_give_equal_bytes() -> None:
    assert write(ROW) == write(ROW)
