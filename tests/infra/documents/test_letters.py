"""Documents without a cover: they begin as a letter does, and tell facts beside their names."""

from datetime import date
from io import BytesIO

import docx
from docx.oxml.ns import qn
from pypdf import PdfReader

from roder.infra.documents.model import Document, Facts, Heading, Picture, RichText
from roder.infra.documents.pdf import write_pdf
from roder.infra.documents.word import write_word

LETTER = Document(
    title="Kallelse: Socialnämnden",
    municipality="Lugnby",
    unit="Socialnämnden",
    date=date(2026, 1, 1),
    blocks=(
        Facts((("Dag", "torsdag 10 december 2026"), ("Ledamöter", "Siv Säv\nRune Rölleka"))),
        Heading(2, "Dagordning"),
        RichText("<p>Val av justerare</p>"),
        Facts(()),
    ),
    contents=False,
    cover=False,
)


def test_a_letter_in_pdf_begins_on_its_only_page_and_counts_it() -> None:
    file = PdfReader(BytesIO(write_pdf(LETTER)))

    assert len(file.pages) == 1
    lines = [line for line in file.pages[0].extract_text().splitlines() if line.strip()]
    assert lines == [
        "Lugnby",
        "Kallelse: Socialnämnden",
        "Dag torsdag 10 december 2026",
        "Ledamöter Siv Säv",
        "Rune Rölleka",
        "Dagordning",
        "Val av justerare",
        "Socialnämnden Sida 1 av 1",
    ]


def test_a_letter_in_word_has_one_section_and_no_header_on_its_first_page() -> None:
    file = docx.Document(BytesIO(write_word(LETTER)))

    assert [each.text for each in file.paragraphs] == [
        "Lugnby",
        "Kallelse: Socialnämnden",
        "Dag\ttorsdag 10 december 2026",
        "Ledamöter\tSiv Säv\nRune Rölleka",
        "Dagordning",
        "Val av justerare",
    ]
    [section] = file.sections
    assert section.first_page_header.paragraphs[0].text == ""
    footer = section.first_page_footer.paragraphs[0]
    assert "".join(text.text or "" for text in footer._p.iter(qn("w:t"))) == "Sida 2 av 2"
    assert section.header.paragraphs[0].text == "Lugnby  ·  Kallelse: Socialnämnden"


def test_a_letter_has_the_logo_where_its_name_would_stand(report: Document) -> None:
    picture = next(block for block in report.blocks if isinstance(block, Picture))
    letter = Document(
        title="Protokoll",
        municipality="Lugnby",
        date=date(2026, 1, 1),
        blocks=(RichText("<p>Hej</p>"),),
        contents=False,
        cover=False,
        logo=Picture(picture.image, alt="Lugnby"),
    )

    file = docx.Document(BytesIO(write_word(letter)))
    assert [each.text for each in file.paragraphs] == ["", "Protokoll", "Hej"]
    assert len(file.inline_shapes) == 1
    [page] = PdfReader(BytesIO(write_pdf(letter))).pages
    assert len(page.images) == 1
