from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document as WordFile
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from roder.infra.documents.model import (
    Column,
    Document,
    Heading,
    LightMark,
    Note,
    RichText,
    Table,
)
from roder.infra.documents.word import write_word


@pytest.fixture
def file(report: Document) -> WordFile:
    return docx.Document(BytesIO(write_word(report)))


def texts(file: WordFile, style: str) -> list[str]:
    return [each.text for each in file.paragraphs if each.style and each.style.name == style]


def test_chapters_and_headings_in_the_text_have_heading_styles(file: WordFile) -> None:
    assert texts(file, "Heading 1") == [
        "1\tInledning",
        "2\tResultat, måluppfyllelse och analys",
        "3\tGenomförda satsningar",
        "4\tSammanfattande analys",
        "5\tOmvärldsanalys och framtida satsningar",
        "Bilagor",
    ]
    assert texts(file, "Heading 2") == [
        "2.1\tMåluppfyllelse",
        "2.2\tEkonomiskt utfall",
        "2.4\tRedovisning egenkontroller",
        "2.8\tSammanfattning Lex Sarah",
    ]
    assert texts(file, "Heading 3") == ["Förutsättningar"]
    assert texts(file, "Heading 4") == ["Budget"]


def test_the_contents_are_there_before_the_field_is_updated(file: WordFile) -> None:
    assert texts(file, "TOC Heading") == ["Innehåll"]
    assert texts(file, "toc 1") == texts(file, "Heading 1")
    assert texts(file, "toc 2") == texts(file, "Heading 2")
    fields = [field.text for field in file.element.iter(qn("w:instrText"))]
    assert fields == [r'TOC \o "1-2" \h \z']
    marks = [mark.get(qn("w:fldCharType")) for mark in file.element.iter(qn("w:fldChar"))]
    assert marks == ["begin", "separate", "end"]
    assert file.settings.element.find(qn("w:updateFields")) is None


def test_each_entry_of_the_contents_leads_to_its_heading(file: WordFile) -> None:
    named = {
        bookmark.get(qn("w:name")): paragraph.text
        for paragraph in file.paragraphs
        for bookmark in paragraph._p.iter(qn("w:bookmarkStart"))
    }
    entries = [each for each in file.paragraphs if each.style and each.style.name[:4] == "toc "]
    led = [link for entry in entries for link in entry.hyperlinks]
    assert len(led) == 10
    assert [named[link.fragment] for link in led] == [entry.text for entry in entries]


def test_tables_repeat_their_header_and_keep_rows_whole(file: WordFile) -> None:
    headers = [[cell.text for cell in table.rows[0].cells] for table in file.tables]
    assert headers == [
        ["Uppgift", "Antal"],
        "Nämndmål Mål Styrtal Utfall Kvinnor Män Måltal Status Kommentar".split(),
        ["Verksamhet", "Budget", "Utfall", "Avvikelse"],
        ["Egenkontroll", "När", "Resultat"],
    ]
    for table in file.tables:
        rows = table._tbl.tr_lst
        repeated = [row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows]
        assert repeated == [True] + [False] * (len(rows) - 1)
        assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)
        assert table.style is not None
        assert table.style.name == "Report Table"


def test_a_light_is_shape_word_and_colour(file: WordFile) -> None:
    cells = [row.cells[7].paragraphs[0] for row in file.tables[1].rows[1:5]]
    assert [cell.text for cell in cells] == [
        "○\xa0Värde saknas",
        "●\xa0Uppnått",
        "▲\xa0Delvis uppnått",
        "■\xa0Ej uppnått",
    ]
    assert [str(cell.runs[0].font.color.rgb) for cell in cells] == [
        "57606A",
        "1A7F37",
        "8F5B00",
        "B42318",
    ]


def test_the_wide_table_lies_in_a_section_of_its_own(file: WordFile) -> None:
    upright, lying = WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE
    assert [section.orientation for section in file.sections] == [upright, upright, lying, upright]
    lying_section = file.sections[2]
    assert lying_section.page_width is not None
    assert round(lying_section.page_width.mm) == 297


def test_lists_nest_and_each_numbered_list_counts_from_one(file: WordFile) -> None:
    assert texts(file, "List Bullet") == ["Vård och omsorg", "Individ och familj"]
    assert texts(file, "List Bullet 2") == ["Hemtjänst", "Särskilda boenden"]
    assert texts(file, "List Number 3") == ["Öst", "Väst"]
    numbered = [each for each in file.paragraphs if each.style and "List Number" in each.style.name]
    numbers = [each._p.pPr.numPr.numId.val for each in numbered]
    # Öst and Väst; Planera and Genomföra; Följa upp; the two attachments
    assert numbers == [2, 2, 3, 3, 4, 5, 5]


def test_the_file_says_its_language_and_what_it_is(file: WordFile) -> None:
    [language] = file.styles.element.iter(qn("w:lang"))
    assert language.get(qn("w:val")) == "sv-SE"
    about = file.core_properties
    assert about.title == "Kvalitets- och verksamhetsberättelse 2019"
    assert (about.author, about.language) == ("Östhammars kommun", "sv-SE")
    assert about.created is not None
    assert about.created.date().isoformat() == "2020-03-09"


def test_the_footer_counts_pages_and_the_cover_has_none(file: WordFile) -> None:
    footer = file.sections[1].footer.paragraphs[0]
    assert "".join(text.text or "" for text in footer._p.iter(qn("w:t"))) == "Sida 2 av 2"
    fields = [field.get(qn("w:instr")) for field in footer._p.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]
    assert file.sections[0].footer.paragraphs[0].text == ""


def test_pictures_have_alternative_text(file: WordFile) -> None:
    [shape] = file.inline_shapes
    assert shape._inline.docPr.get("descr") == "Andelen heltidsanställda 2015 till 2019."


def test_a_link_with_a_bold_word_is_one_link(file: WordFile) -> None:
    links = [link for paragraph in file.paragraphs for link in paragraph.hyperlinks if link.address]
    assert [(link.text, link.address) for link in links] == [
        ("kommunens sidor", "https://www.osthammar.se/social")
    ]


def test_words_of_different_looks_keep_their_spaces(file: WordFile) -> None:
    assert "Verksamheten bedrivs på fyra orter och leds av sju enhetschefer. Mer finns på " in [
        paragraph.text.partition("kommunens")[0] for paragraph in file.paragraphs
    ]


def test_english_words_for_an_english_document(report: Document) -> None:
    file = docx.Document(BytesIO(write_word(replace(report, language="en"))))
    assert texts(file, "TOC Heading") == ["Contents"]
    assert texts(file, "Cover Facts")[-1] == "9 March 2020"
    [language] = file.styles.element.iter(qn("w:lang"))
    assert language.get(qn("w:val")) == "en-GB"


def test_equal_documents_give_equal_bytes(report: Document) -> None:
    assert write_word(report) == write_word(report)


def test_nothing_of_the_library_s_own_template_is_left(report: Document) -> None:
    names = ZipFile(BytesIO(write_word(report))).namelist()
    assert not [name for name in names if "thumbnail" in name or "WithEffects" in name]


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(codec=None)), html=st.text("<>/abpulolitrdh34 &;#1\x00å"))
def test_any_text_can_be_written(text: str, html: str) -> None:
    document = Document(
        title=text,
        municipality=text,
        date=date(2026, 1, 1),
        blocks=(
            Heading(2, text, text),
            RichText(html),
            RichText(text),
            Note(text),
            Table((Column(text),), ((text,), (RichText(html),), (LightMark("red", text),))),
        ),
    )
    assert docx.Document(BytesIO(write_word(document))).paragraphs
