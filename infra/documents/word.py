"""A document as a Word file that people go on working in: real styles, lists, headers and fields.

The table of contents is written out with links but without page numbers, which only Word can know:
they come when the reader updates the field, and nobody is asked to do so on opening.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BytesIO

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.section import Section
from docx.shared import Emu, Length, Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from . import word_parts as parts
from .captions import Captions, captions
from .model import (
    COLOURS,
    SHAPES,
    Attachments,
    Block,
    Cell,
    Document,
    Facts,
    Heading,
    Landscape,
    LightMark,
    Note,
    Picture,
    RichText,
    Table,
)
from .richreader import one_line, parse, printable
from .richtree import Bullets, Run
from .richtree import Paragraph as RichParagraph
from .word_table import new_table, no_line_between
from .word_text import cell_writer, write_rich

CONTENTS_DEPTH = 2
MARKS = 100_000  # numbers of hidden bookmarks begin here, beyond those of the contents
A4 = (Mm(210), Mm(297))
NUMBER_WIDTHS = (Mm(9), Mm(12), Mm(14))  # room for "2", "2.1", "2.1.3" before the words
FACT_AT, QUIET = Mm(46), RGBColor(0x57, 0x60, 0x6A)
MOST_HEIGHT = {False: Mm(225), True: Mm(140)}  # of a picture, so that its caption finds room
ALIGNMENTS = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}


def write_word(document: Document) -> bytes:
    """The document as .docx; equal documents give equal bytes."""
    writer = _Writer(document)
    if document.cover:
        writer.cover()
        writer.turn(lying=False)
    else:
        writer.masthead()
    if document.contents:
        writer.contents()
    writer.write(document.blocks)
    return parts.pack(writer.file)


class _Writer:
    """The file so far, and what the next paragraph has to know of it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.words = captions(document.language, on=document.date)
        self.file = parts.open_template(accent=document.accent, locale=self.words.locale)
        self.lying: bool | None = None
        self.break_page = False
        self.page_top = False
        self.bookmarks = self.marks = 0
        parts.describe(
            self.file,
            title=printable(document.title),
            subject=printable(document.subtitle),
            author=printable(document.municipality),
            locale=self.words.locale,
            on=document.date,
        )

    # Pages

    def cover(self) -> None:
        document = self.document
        _lay(self.file.sections[0], lying=False)
        owner = self.add("Cover Owner")
        if document.logo:
            self.draw(owner, document.logo, height=Mm(18))
        else:
            owner.add_run(printable(document.municipality))
        self.add("Title", one_line(document.title))
        if document.subtitle:
            self.add("Subtitle", one_line(document.subtitle))
        owner_below = document.municipality if document.logo else ""
        for fact in filter(None, (owner_below, document.unit, document.period, self.words.date)):
            parts.stand_at_bottom(self.add("Cover Facts", one_line(fact)))

    def masthead(self) -> None:
        """As a letter begins; the first page has no header, since all of it stands here."""
        document, section = self.document, self.file.sections[0]
        _lay(section, lying=False)
        section.different_first_page_header_footer = True
        self._furnish(section)
        self._number(section.first_page_footer.paragraphs[0])
        self.lying = False
        owner = self.add("Cover Owner")
        if document.logo:
            self.draw(owner, document.logo, height=Mm(13))
        else:
            owner.add_run(printable(document.municipality))
        title = self.add("Title", one_line(document.title))
        parts.without_line(title)
        title.paragraph_format.space_before, title.runs[0].font.size = Pt(18), Pt(21)
        if document.subtitle:
            self.add("Subtitle", one_line(document.subtitle))

    def turn(self, *, lying: bool) -> None:
        """Go on, on a new page, with the paper lying or standing."""
        if self.lying is lying:
            return
        section = self.file.add_section(WD_SECTION.NEW_PAGE)
        _lay(section, lying=lying)
        ending = self.file.paragraphs[-1]
        if self.lying is None:
            self._furnish(section)
            ending.style = "After Table"
        else:
            _hide_section_mark(ending)
        self.lying, self.break_page, self.page_top = lying, False, True

    def _furnish(self, section: Section) -> None:
        """Header and footer; later sections inherit them."""
        section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
        header, footer = section.header.paragraphs[0], section.footer.paragraphs[0]
        header.style = "header"
        whose = f"{self.document.municipality}  ·  {self.document.title}"
        header.add_run(one_line(whose))
        self._number(footer)

    def _number(self, footer: Paragraph) -> None:
        footer.style = "footer"
        for piece in re.split(r"(\{page\}|\{total\})", self.words.page_of):
            if piece == "{page}":
                parts.add_field(footer, "PAGE", "2")
            elif piece == "{total}":
                parts.add_field(footer, "NUMPAGES", "2")
            else:
                footer.add_run(piece)

    def contents(self) -> None:
        """The field with its entries in place, each a link to its heading."""
        self.add("TOC Heading", self.words.contents)
        first = paragraph = None
        for number, heading in enumerate(_entries(self.document.blocks, self.words), 1):
            paragraph = self.add(f"toc {heading.level}")
            if first is None:
                first = paragraph
                parts.add_field_mark(paragraph, "begin", rf'TOC \o "1-{CONTENTS_DEPTH}" \h \z')
                parts.add_field_mark(paragraph, "separate")
            run = paragraph.add_run(_numbered(heading))
            link = parts.element("w:hyperlink", anchor=parts.bookmark(number), history=1)
            parts.wrap([run], link)
        if paragraph is not None:
            parts.add_field_mark(paragraph, "end")
        self.break_page = True

    @property
    def width(self) -> Length:
        section = self.file.sections[-1]
        paper, left, right = section.page_width, section.left_margin, section.right_margin
        return Emu((paper or A4[0]) - (left or 0) - (right or 0))

    # Blocks

    def write(self, blocks: Iterable[Block], *, lying: bool = False) -> None:
        for block in blocks:
            if isinstance(block, Landscape):
                self.write(block.blocks, lying=True)
                continue
            self.turn(lying=lying)
            if isinstance(block, Heading):
                self.head(block)
            elif isinstance(block, RichText):
                write_rich(self.file, self.add, parse(block.html), width=self.width)
            elif isinstance(block, Note):
                self.note(block)
            elif isinstance(block, Table):
                self.table(block)
            elif isinstance(block, Facts):
                self.facts(block)
            elif isinstance(block, Picture):
                self.draw(self.add("Figure"), block)
                if block.caption:
                    self.add(
                        "Caption", one_line(block.caption)
                    ).paragraph_format.keep_with_next = False
            elif isinstance(block, Attachments):
                self.attach(block.names)
            else:
                self.break_page = True

    def add(self, style: str, text: str = "") -> Paragraph:
        """A new paragraph at the end of the file, on a new page if one is due."""
        paragraph = self.file.add_paragraph(text, style)
        if self.break_page:
            paragraph.paragraph_format.page_break_before = True
        if self.break_page or self.page_top:
            paragraph.paragraph_format.space_before = 0
        self.break_page = self.page_top = False
        return paragraph

    def head(self, heading: Heading) -> None:
        paragraph = self.add(f"heading {min(heading.level, 4)}", _numbered(heading))
        if heading.number:
            text_at = NUMBER_WIDTHS[min(heading.level, 3) - 1]
            paragraph.paragraph_format.left_indent = text_at
            paragraph.paragraph_format.first_line_indent = Emu(-text_at)
        if heading.level <= CONTENTS_DEPTH:
            self.bookmarks += 1
            parts.add_bookmark(paragraph, self.bookmarks, parts.bookmark(self.bookmarks))
        self.mark(paragraph, heading.mark)

    def mark(self, paragraph: Paragraph, mark: str) -> None:
        if mark:
            self.marks += 1
            parts.add_bookmark(paragraph, MARKS + self.marks, mark)

    def note(self, note: Note) -> None:
        warning = note.tone == "warning"
        paragraph = self.add("Warning" if warning else "Instruction")
        label = paragraph.add_run(self.words.warning if warning else self.words.instruction)
        label.bold = True
        paragraph.add_run(f"  {printable(note.text)}")
        self.mark(paragraph, note.mark)

    def table(self, table: Table) -> None:
        if table.caption or self.break_page:
            self.add("Caption", one_line(table.caption))
        cells = new_table(
            self.file,
            rows=len(table.rows) + 1,
            weights=[column.weight for column in table.columns],
            width=self.width,
            header_rows=1,
            row_headers=table.row_headers,
            description=one_line(table.caption),
        )
        for target, column in zip(cells[0], table.columns, strict=True):
            paragraph = target.paragraphs[0]
            paragraph.add_run(one_line(column.title))
            paragraph.alignment = ALIGNMENTS[column.align]
        for at, row in enumerate(table.rows, 1):
            for target, cell, column in zip(cells[at], row, table.columns, strict=True):
                self.fill(target, cell)
                for paragraph in target.paragraphs:
                    paragraph.alignment = ALIGNMENTS[column.align]
            for column_at, cell in enumerate(row):
                if cell != "" or at == 1:
                    break
                no_line_between(cells[at - 1][column_at], cells[at][column_at])
        self.add("After Table")

    def facts(self, facts: Facts) -> None:
        """A line each, with what is told beside its name."""
        for name, told in facts.rows:
            paragraph = self.add("Normal")
            looks = paragraph.paragraph_format
            looks.left_indent, looks.first_line_indent = FACT_AT, Emu(-FACT_AT)
            looks.tab_stops.add_tab_stop(FACT_AT)
            looks.space_after = Pt(3)
            paragraph.add_run(f"{one_line(name)}\t").font.color.rgb = QUIET
            paragraph.add_run(printable(told))
        if facts.rows:
            paragraph.paragraph_format.space_after = Pt(12)

    def fill(self, target: _Cell, cell: Cell) -> None:
        if isinstance(cell, LightMark):
            paragraph = target.paragraphs[0]
            shape = paragraph.add_run(SHAPES[cell.light])
            shape.font.color.rgb = RGBColor.from_string(COLOURS[cell.light].lstrip("#").upper())
            paragraph.add_run(f"\xa0{one_line(cell.word)}")
        elif isinstance(cell, RichText):
            write_rich(self.file, cell_writer(target), parse(cell.html), width=self.width)
        else:
            target.paragraphs[0].add_run(printable(cell))

    def attach(self, names: tuple[str, ...]) -> None:
        if names:
            self.head(Heading(1, self.words.attachments))
            items = tuple((RichParagraph((Run(printable(name)),)),) for name in names)
            write_rich(self.file, self.add, [Bullets(items, ordered=True)], width=self.width)

    def draw(self, paragraph: Paragraph, picture: Picture, *, height: Length | None = None) -> None:
        """The picture at `height`, or at its own size as far as the page has room."""
        shape = paragraph.add_run().add_picture(BytesIO(picture.image), height=height)
        tallest = MOST_HEIGHT[bool(self.lying)]
        scale = min(1, self.width / shape.width, tallest / shape.height)
        shape.width, shape.height = Emu(int(shape.width * scale)), Emu(int(shape.height * scale))
        shape._inline.docPr.set("descr", printable(picture.alt))
        if picture.mark:
            shape._inline.docPr.set("name", picture.mark)
        for side in ("distL", "distR"):
            shape._inline.set(side, "0")


def _lay(section: Section, *, lying: bool) -> None:
    short, long = A4
    section.orientation = WD_ORIENT.LANDSCAPE if lying else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if lying else (short, long)
    section.left_margin = section.right_margin = Mm(20) if lying else Mm(25)
    section.top_margin, section.bottom_margin = Mm(28), Mm(24)
    section.header_distance, section.footer_distance = Mm(14), Mm(12)


def _hide_section_mark(ending: Paragraph) -> None:
    """Move the end of a section into the text before it: a paragraph of its own could, after a
    full page, become an empty one."""
    before = ending._p.getprevious()
    properties = ending._p.pPr
    if before is None or before.tag != ending._p.tag or properties is None:
        return
    Paragraph(before, ending._parent)._p.get_or_add_pPr().append(properties.sectPr)
    ending._p.getparent().remove(ending._p)


def _numbered(heading: Heading) -> str:
    text = one_line(heading.text).strip() or "–"
    return f"{one_line(heading.number)}\t{text}" if heading.number else text


def _entries(blocks: Iterable[Block], words: Captions) -> Iterator[Heading]:
    """The headings of the table of contents, in the order of their bookmarks."""
    for block in blocks:
        if isinstance(block, Landscape):
            yield from _entries(block.blocks, words)
        elif isinstance(block, Attachments) and block.names:
            yield Heading(1, words.attachments)
        elif isinstance(block, Heading) and block.level <= CONTENTS_DEPTH:
            yield block
