import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from roder.infra.documents import pdf
from roder.infra.documents.model import (
    Block,
    Column,
    Document,
    Heading,
    Landscape,
    LightMark,
    Note,
    Picture,
    RichText,
    Table,
)
from roder.infra.documents.pdf import covered, write_pdf


@pytest.fixture
def file(report: Document) -> PdfReader:
    return PdfReader(BytesIO(write_pdf(report)))


def plain(*blocks: Block, title: str = "Prov") -> Document:
    return Document(title=title, municipality="Lugnby", date=date(2026, 1, 1), blocks=blocks)


def words(document: Document) -> str:
    pages = PdfReader(BytesIO(write_pdf(document))).pages
    return "\n".join(page.extract_text() for page in pages)


def tags(file: PdfReader) -> list[DictionaryObject]:
    def walk(node: object) -> Iterator[DictionaryObject]:
        if isinstance(node, ArrayObject):
            for kid in node:
                yield from walk(kid.get_object())
        elif isinstance(node, DictionaryObject):
            if "/S" in node:
                yield node
            if "/K" in node:
                yield from walk(node["/K"].get_object())

    return list(walk(file.trailer["/Root"]["/StructTreeRoot"]["/K"].get_object()))


def test_the_file_declares_both_standards(file: PdfReader) -> None:
    xmp = file.trailer["/Root"]["/Metadata"].get_data().decode()
    assert re.findall(r"pdfaid:part>(\w+)<", xmp) == ["2"]
    assert re.findall(r"pdfaid:conformance>(\w+)<", xmp) == ["A"]
    assert re.findall(r"pdfuaid:part>(\w+)<", xmp) == ["1"]


def test_language_title_and_tags_are_set(file: PdfReader) -> None:
    root = file.trailer["/Root"]
    assert root["/Lang"] == "sv-SE"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert file.metadata is not None
    assert file.metadata.title == "Kvalitets- och verksamhetsberättelse 2019"
    assert file.metadata.author == "Östhammars kommun"


def test_headings_lists_tables_and_pictures_are_tagged(file: PdfReader) -> None:
    kinds = [tag["/S"] for tag in tags(file)]
    assert [kind for kind in kinds if re.fullmatch(r"/H\d", kind)] == [
        "/H1",  # Innehåll
        "/H1",
        "/H2",  # asked for as the third level: no leap allowed
        "/H3",
        "/H1",
        "/H2",
        "/H2",
        "/H2",
        "/H2",
        "/H1",
        "/H1",
        "/H1",
        "/H1",
    ]
    assert kinds.count("/Table") == 4
    assert kinds.count("/TH") == 2 + 9 + 4 + 3
    assert kinds.count("/TOC") >= 1
    assert kinds.count("/LI") == 6 + 2 + 1 + 2
    alts = [tag["/Alt"] for tag in tags(file) if tag["/S"] == "/Figure"]
    assert "Andelen heltidsanställda 2015 till 2019." in alts


def test_the_text_can_be_read_with_its_letters(file: PdfReader) -> None:
    cover, contents, introduction = (page.extract_text() for page in file.pages[:3])
    assert "verksamhetsberättelse 2019" in cover
    assert "9 mars 2020" in cover
    assert "Innehåll" in contents
    assert "Omvärldsanalys och framtida satsningar" in contents
    assert "Anvisning" in introduction
    assert "Särskilda boenden" in introduction
    assert "på fyra orter och leds av sju enhetschefer" in introduction


def test_every_page_but_the_cover_says_where_it_is(file: PdfReader) -> None:
    total = len(file.pages)
    assert total == 7
    assert "Sida" not in file.pages[0].extract_text()
    for number, page in enumerate(file.pages[1:], 2):
        assert f"Sida {number} av {total}" in page.extract_text()


def test_the_wide_table_lies_and_repeats_its_header(file: PdfReader) -> None:
    lying = [page.mediabox.width > page.mediabox.height for page in file.pages]
    assert lying == [False, False, False, True, True, False, False]
    assert all("Nämndmål" in file.pages[at].extract_text() for at in (3, 4))


def test_a_chart_is_drawn_from_its_svg(report: Document) -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60">'
        '<text x="9" y="30" font-family="sans-serif">Utfall 76,5 ☃</text></svg>'
    )
    seen = words(plain(Picture(b"", "Utfall över åren", "Så gick det", svg=svg)))
    assert "Så gick det" in seen
    assert "Utfall 76,5 □" in seen


def test_a_light_is_shape_and_word(file: PdfReader) -> None:
    page = file.pages[3].extract_text()
    for mark in ("○", "●", "▲", "■"):
        assert mark in page
    assert re.search(r"●\s*Uppnått", page)


def test_only_our_own_fonts_are_used(file: PdfReader) -> None:
    fonts = {
        str(font.get_object()["/BaseFont"]).split("+")[1]
        for page in file.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts == {"SourceSans3-Roman", "SourceSans3-Italic"}


def test_the_fonts_are_the_files_their_readme_tells_of() -> None:
    folder = Path(pdf.__file__).parent / "fonts"
    told = dict(re.findall(r"\| `(\S+\.ttf)` \| `(\w{64})` \|", (folder / "README.md").read_text()))
    assert told == {
        font.name: sha256(font.read_bytes()).hexdigest() for font in folder.glob("*.ttf")
    }


def test_equal_documents_give_equal_bytes(report: Document) -> None:
    assert write_pdf(report) == write_pdf(report)
    assert write_pdf(report) != write_pdf(replace(report, date=date(2020, 3, 10)))


def test_text_is_never_read_as_markup() -> None:
    hostile = '#read("/etc/passwd") $x^2$ *_[]@y <z> = h `r` // #panic() \\ #sys.inputs'
    document = plain(
        Heading(1, hostile, "#1"),
        RichText(f"<p>{hostile.replace('<', '&lt;')}</p>"),
        Note(hostile),
        Table((Column(hostile),), ((hostile,), (LightMark("red", hostile),)), caption=hostile),
        title=hostile,
    )
    seen = re.sub(r"\s+", "", words(document))
    # cover, header, contents, heading, paragraph, note, caption, column, two cells
    assert seen.count(re.sub(r"\s+", "", hostile)) >= 9
    assert "root:" not in seen


def test_what_the_fonts_lack_becomes_a_square() -> None:
    assert "a□b" in words(plain(RichText("<p>a🙂b</p>")))
    assert "ab" in words(plain(RichText("<p>a\u200db</p>")))


def test_each_covered_character_can_be_set_in_each_style() -> None:
    letters = "".join(sorted(covered())).translate({ord("&"): "&amp;", ord("<"): "&lt;"})
    styles = ("{}", "<em>{}</em>", "<strong>{}</strong>", "<strong><em>{}</em></strong>")
    html = "".join(f"<p>{style.format(letters)}</p>" for style in styles)
    assert len(covered()) == 1614
    assert write_pdf(plain(RichText(html)))[:5] == b"%PDF-"


def test_a_line_break_in_plain_text_stays_one() -> None:
    seen = words(plain(Note("En rad\r\noch en till"), Table((Column("A"),), (("ett\ntvå",),))))
    assert "En rad\noch en till" in seen
    assert "ett\ntvå" in seen


def test_wide_tables_in_a_row_share_their_pages() -> None:
    table = Table((Column("A"),), (("1",),))
    document = plain(Heading(1, "Rubrik"), Landscape((table,)), Landscape((table,)))
    assert len(PdfReader(BytesIO(write_pdf(document))).pages) == 4


def test_a_cell_longer_than_a_page_goes_on_over_the_next() -> None:
    long = "Ord och ord igen. " * 800 + "Slutet."
    table = Table((Column("Text"), Column("Mer")), ((RichText(f"<p>{long}</p>"), "kort"),))
    assert "Slutet." in words(plain(table))


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(codec=None)), html=st.text("<>/abpulolitrdh34 &;#1\x00å"))
def test_any_text_can_be_set(text: str, html: str) -> None:
    document = plain(
        Heading(2, text, text),
        RichText(html),
        RichText(text),
        Note(text, "warning"),
        Table((Column(text),), ((text,), (RichText(html),), (LightMark("red", text),)), text),
        title=text,
    )
    assert write_pdf(document)[:5] == b"%PDF-"
