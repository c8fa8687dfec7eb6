"""What python-docx leaves to its user: our own styles, fields, links, bookmarks, fixed bytes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from io import BytesIO
from pathlib import Path
from string import Template
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document as WordFile
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import XmlPart
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph
from docx.text.run import Run

FOLDER = Path(__file__).parent
FONT = "Arial"  # on every office machine, and it has the shapes of the lights
LEFT_OUT = ("stylesWithEffects", "customXml", "thumbnail")  # of the library's own template


def open_template(*, accent: str, locale: str) -> WordFile:
    """An empty file with our styles, lists and settings. Theme fonts and colours carry the looks,
    so that a municipality can change them in Word under Design."""
    file = docx.Document()
    values = {"accent": accent.lstrip("#").upper(), "tint": tint(accent), "locale": locale}
    _replace(file.part._styles_part, "word_styles.xml", values)
    _replace(file.part.numbering_part, "word_numbering.xml", values)
    _replace(file.part._settings_part, "word_settings.xml", values)
    for relations in (file.part.rels, file.part.package.rels):
        for key in [key for key, rel in relations.items() if rel.reltype.endswith(LEFT_OUT)]:
            del relations[key]
    theme = file.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = _themed(theme.blob.decode(), values["accent"]).encode()
    return file


def tint(colour: str) -> str:
    """`colour` ("#rrggbb") thinned to a background, as Word spells it."""
    parts = (int(colour.lstrip("#")[at : at + 2], 16) for at in (0, 2, 4))
    return "".join(f"{round(255 - (255 - part) * 0.09):02X}" for part in parts)


def describe(
    file: WordFile, *, title: str, subject: str, author: str, locale: str, on: date
) -> None:
    """The core properties, which readers see under Info."""
    about = file.core_properties
    about.title, about.subject, about.author = title[:255], subject[:255], author[:255]
    about.last_modified_by = author[:255]
    about.language = locale
    about.comments = about.keywords = ""
    about.created = about.modified = datetime.combine(on, time(12), UTC)
    about.revision = 1


def pack(file: WordFile) -> bytes:
    """The file with all clock times taken out, so that equal documents give equal bytes."""
    loose, packed = BytesIO(), BytesIO()
    file.save(loose)
    with ZipFile(loose) as source, ZipFile(packed, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(ZipInfo(name), source.read(name), ZIP_DEFLATED)
    return packed.getvalue()


def element(tag: str, **attributes: str | int) -> BaseOxmlElement:
    """`element("w:tab", val="right")`: attributes are of the namespace w."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def add_field(paragraph: Paragraph, instruction: str, shown: str) -> None:
    """A field that Word keeps up to date; `shown` stands there until it does."""
    field = element("w:fldSimple", instr=instruction)
    paragraph._p.append(field)
    field.append(paragraph.add_run(shown)._r)


def add_field_mark(paragraph: Paragraph, kind: str, instruction: str = "") -> None:
    """`begin`, `separate` or `end` of a field that spans paragraphs."""
    run = paragraph.add_run()
    run._r.append(element("w:fldChar", fldCharType=kind))
    if instruction:
        text = element("w:instrText")
        text.text = instruction
        paragraph.add_run()._r.append(text)


def wrap(runs: list[Run], around: BaseOxmlElement) -> None:
    """Put `around`, a hyperlink, about runs that stand in a row."""
    runs[0]._r.addprevious(around)
    for run in runs:
        around.append(run._r)


def without_line(paragraph: Paragraph) -> None:
    """No line above, which its style would draw."""
    borders = element("w:pBdr")
    borders.append(element("w:top", val="nil"))
    paragraph._p.get_or_add_pPr().insert(1, borders)  # right after the style


def stand_at_bottom(paragraph: Paragraph) -> None:
    """Put the paragraph at the foot of the page; those in a row share one frame."""
    frame = element("w:framePr", w=9000, wrap="around", vAnchor="margin", hAnchor="margin")
    frame.set(qn("w:xAlign"), "left")
    frame.set(qn("w:yAlign"), "bottom")
    paragraph._p.get_or_add_pPr().insert(1, frame)  # right after the style, as the schema wants


def outer_link(paragraph: Paragraph, address: str) -> BaseOxmlElement:
    link = OxmlElement("w:hyperlink")
    relation = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set(qn("r:id"), relation)
    return link


def add_bookmark(paragraph: Paragraph, number: int, name: str) -> None:
    """Name the paragraph, so that a link can lead to it or a reader know it again."""
    start = element("w:bookmarkStart", id=number, name=name)
    paragraph._p.append(element("w:bookmarkEnd", id=number))
    first = paragraph.runs[0]._r
    first.addprevious(start)


def bookmark(number: int) -> str:
    return f"_Toc{100_000_000 + number}"


def _replace(part: XmlPart, name: str, values: dict[str, str]) -> None:
    """Give `part` the content of one of our files; its root stays, the library holds on to it."""
    root = parse_xml(Template((FOLDER / name).read_text("utf-8")).substitute(values).encode())
    part.element.clear()
    part.element.extend(list(root))


def _themed(theme: str, accent: str) -> str:
    theme = re.sub(r'(<a:latin typeface=")(Calibri|Cambria)"', rf'\1{FONT}"', theme)
    for slot in ("accent1", "hlink", "folHlink"):
        theme = re.sub(rf'(<a:{slot}>\s*<a:srgbClr val=")\w+', rf"\g<1>{accent}", theme)
    return theme
