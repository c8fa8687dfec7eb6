"""Reading Word files that others have made, some of them to do harm."""

from __future__ import annotations

import struct
import time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile

import docx
import pytest
from docx.oxml import parse_xml

from roder.infra.documents.richtree import Bullets, Paragraph, Run
from roder.infra.documents.word_reader import (
    WordHeading,
    WordPicture,
    WordTable,
    WordText,
    read_word,
)
from roder.infra.errors import InvalidInput

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OFFICE = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{R}/officeDocument" Target="word/document.xml"/></Relationships>'
)


def packed(body: str, *, head: str = "", compression: int = ZIP_DEFLATED, **parts: str) -> bytes:
    """A .docx whose body is `body`, with `parts` by their names in the folder word."""
    file = BytesIO()
    with ZipFile(file, "w", compression) as archive:
        archive.writestr("_rels/.rels", OFFICE)
        archive.writestr(
            "word/document.xml",
            f'{head}<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{body}</w:body></w:document>',
        )
        for name, text in parts.items():
            archive.writestr(f"word/{name.replace('__', '.')}", text)
    return file.getvalue()


def p(inner: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def words(data: bytes) -> list[str]:
    return [
        "".join(run.text for run in part.paragraph.runs)
        for part in read_word(data)
        if isinstance(part, WordText)
    ]


def test_headings_lists_and_tables_of_words_own_template_are_read():
    file = docx.Document()
    file.add_heading("Inledning", 1)
    file.add_paragraph("Ett", "List Bullet")
    file.add_paragraph("Två", "List Bullet 2")
    file.add_paragraph("Först", "List Number")
    table = file.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "A", "B\nC"
    saved = BytesIO()
    file.save(saved)

    heading, bullets, numbers, read = read_word(saved.getvalue())

    assert heading == WordHeading(1, "Inledning")
    assert bullets == Bullets(
        (
            (
                Paragraph((Run("Ett"),)),
                Bullets(((Paragraph((Run("Två"),)),),), ordered=False),
            ),
        ),
        ordered=False,
    )
    assert numbers == Bullets(((Paragraph((Run("Först"),)),),), ordered=True)
    assert isinstance(read, WordTable)
    assert [[cell.text for cell in row] for row in read.rows] == [["A", "B\nC"]]


def test_tracked_changes_are_read_as_accepted_and_hidden_text_is_not():
    body = p(
        r("Kvar ")
        + f'<w:ins w:id="1" w:author="X">{r("tillagt")}</w:ins>'
        + '<w:del w:id="2" w:author="X"><w:r><w:delText>struket</w:delText></w:r></w:del>'
        + f'<w:moveFrom w:id="3" w:author="X">{r("flyttat")}</w:moveFrom>'
        + r("dolt", "<w:vanish/>")
    )
    assert words(packed(body)) == ["Kvar tillagt"]


def test_a_heading_is_known_in_a_language_of_its_own_and_by_its_outline_level():
    styles = (
        f'<w:styles xmlns:w="{W}">'
        '<w:style w:type="paragraph" w:styleId="Rubrik2"><w:name w:val="Rubrik 2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Min"><w:name w:val="Min rubrik"/>'
        '<w:basedOn w:val="Rubrik2"/></w:style></w:styles>'
    )
    body = p(r("Egen"), '<w:pStyle w:val="Min"/>') + p(r("Nivå"), '<w:outlineLvl w:val="0"/>')
    assert read_word(packed(body, styles__xml=styles)) == (
        WordHeading(2, "Egen"),
        WordHeading(1, "Nivå"),
    )


def test_styles_that_are_based_on_each_other_come_to_an_end():
    styles = (
        f'<w:styles xmlns:w="{W}">'
        '<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style></w:styles>'
    )
    assert words(packed(p(r("Text"), '<w:pStyle w:val="A"/>'), styles__xml=styles)) == ["Text"]


def test_a_link_made_as_a_field_leads_where_it_says():
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    instruction = '<w:r><w:instrText> HYPERLINK "https://example.org/a" </w:instrText></w:r>'
    body = p(mark("begin") + instruction + mark("separate") + r("här") + mark("end") + r("."))
    (text,) = read_word(packed(body))
    assert isinstance(text, WordText)
    assert text.paragraph.runs == (Run("här", href="https://example.org/a"), Run("."))


def test_cells_that_are_merged_leave_their_places_empty():
    cell = "<w:tc><w:tcPr>{}</w:tcPr>{}</w:tc>"
    rows = [
        cell.format('<w:gridSpan w:val="2"/>', p(r("Bred")))
        + cell.format('<w:vMerge w:val="restart"/>', p(r("Hög"))),
        cell.format("", p(r("1"))) + cell.format("", p(r("2"))) + cell.format("<w:vMerge/>", p("")),
    ]
    body = f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"
    (table,) = read_word(packed(body))
    assert isinstance(table, WordTable)
    assert [[one.text for one in row] for row in table.rows] == [
        ["Bred", "", "Hög"],
        ["1", "2", ""],
    ]


def test_a_picture_is_named_and_the_words_in_a_box_are_left_out():
    box = (
        '<w:r><w:drawing><wp:inline xmlns:wp="urn:x"><wp:docPr id="1" name="_B_1"/>'
        f"<w:txbxContent>{p(r('i rutan'))}</w:txbxContent></wp:inline></w:drawing></w:r>"
    )
    assert read_word(packed(p(box))) == (WordPicture("_B_1"),)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 cut off",
        b"%PDF-1.7",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old Word file",
        packed("<w:p>"),
        packed(p(r("&#0;"))),
        packed(p(r("a\x00b"))),
        packed(p("&x;"), head='<!DOCTYPE d [<!ENTITY x "y">]>'),
        packed(p("&x;"), head='<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        packed(p(r("x")), compression=ZIP_LZMA),
        packed("", head="\ufeff<!-- -->").replace(b"word/document.xml", b"word/documens.xml"),
    ],
    ids=[
        *("nothing", "cut off", "pdf", "old word", "broken xml", "null as a reference", "null"),
        *("entity", "outer entity", "strange packing", "no document"),
    ],
)
def test_what_is_no_word_file_is_refused_by_a_sentence(data):
    with pytest.raises(InvalidInput, match=r"ingen Word-fil \(\.docx\)") as refused:
        read_word(data)
    assert refused.value.field == "file"


def test_a_file_that_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    bomb = packed(p(r("a" * 40_000_000)))
    assert len(bomb) < 100_000
    begun = time.monotonic()
    with pytest.raises(InvalidInput, match="för stor när den packas upp"):
        read_word(bomb)
    assert time.monotonic() - begun < 1


def test_a_file_that_lies_about_its_size_is_refused():
    honest = packed(p(r("a" * 1_000_000)))
    with ZipFile(BytesIO(honest)) as archive:
        size = struct.pack("<I", archive.getinfo("word/document.xml").file_size)
    lying = honest.replace(size, struct.pack("<I", 10))
    assert lying != honest
    with pytest.raises(InvalidInput):
        read_word(lying)


@pytest.mark.parametrize(
    "body",
    [
        p("<w:r/>" * 420_000),
        f"<w:tbl>{'<w:tr><w:tc><w:p/></w:tc></w:tr>' * 140_000}</w:tbl>",
        f"{'<w:sdt>' * 200}{'</w:sdt>' * 200}",
        f"{'<w:sdt><w:sdtContent>' * 50_000}{'</w:sdtContent></w:sdt>' * 50_000}",
    ],
    ids=["many elements", "huge table", "deep", "very deep"],
)
def test_a_file_of_too_many_or_too_deep_elements_is_refused(body):
    with pytest.raises(InvalidInput, match="för stor när den packas upp"):
        read_word(packed(body))


def test_a_file_of_very_many_parts_is_refused():
    parts = {f"part{number}__xml": "" for number in range(3_100)}
    with pytest.raises(InvalidInput, match="för stor när den packas upp"):
        read_word(packed(p(r("x")), **parts))


def test_nothing_that_the_file_refers_to_is_fetched():
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="a" Type="{R}/attachedTemplate" Target="http://127.0.0.1:9/t.dotm" '
        'TargetMode="External"/>'
        f'<Relationship Id="b" Type="{R}/image" Target="file:///etc/passwd" '
        'TargetMode="External"/></Relationships>'
    )
    body = p('<w:hyperlink r:id="b"><w:r><w:t>bild</w:t></w:r></w:hyperlink>')
    data = packed(body, **{"_rels/document__xml__rels": relations})
    (text,) = read_word(data)
    assert isinstance(text, WordText)
    assert text.paragraph.runs == (Run("bild"),)


def test_a_large_report_is_read_within_seconds():
    body = "".join(p(r(f"Stycke {number}. " + "ord " * 40)) for number in range(20_000))
    begun = time.monotonic()
    assert len(read_word(packed(body))) == 20_000
    assert time.monotonic() - begun < 5


def test_a_table_that_word_itself_wrote_keeps_its_header_rows():
    file = docx.Document()
    table = file.add_table(2, 1)
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f'<w:tblHeader xmlns:w="{W}"/>'))
    saved = BytesIO()
    file.save(saved)
    (read,) = read_word(saved.getvalue())
    assert isinstance(read, WordTable)
    assert read.header_rows == 1
