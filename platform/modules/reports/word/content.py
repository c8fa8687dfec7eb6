"""What the part of a Word file that belongs to a section says, in the section's own form.

Pure: nothing is read or written here. What the export itself puts there (instructions, captions of
sources, the list of attachments, "nothing to report") is known again and left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from .....infra.documents.richreader import parse_illustrated
from .....infra.documents.richtext import plain_text, to_html
from .....infra.documents.richtree import Bullets, Grid, GridCell, Image, Paragraph, RichPart, Run
from .....infra.documents.word_reader import (
    WordHeading,
    WordPart,
    WordPicture,
    WordTable,
    WordText,
)
from .....infra.i18n import LOCALES, _, use_locale
from ..designs.columns import TableRow, columns_of, fixed_rows_of
from ..models import ChapterKind, Section
from ..pictures.illustrated import MARK
from .chapters import title_key


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says in a section. `rows` is None where the file has no such table, `nil` None
    where a section cannot state that there was nothing. `strange_pictures` counts those that are
    no pictures of the report."""

    text: str = ""
    rows: tuple[TableRow, ...] | None = None
    nil: bool | None = None
    strange_pictures: int = 0


def reading_of(section: Section, parts: Sequence[WordPart], *, language: str) -> Reading:
    """`language` is that of the municipality's documents."""
    kept = _without_attachments(section, _without_notes(parts), language)
    rows: tuple[TableRow, ...] | None = None
    if section.kind is ChapterKind.TABLE:
        kept, rows = _typed_rows(section, kept)
    strange = sum(isinstance(part, WordPicture) and not _image(part.name) for part in kept)
    rich = [one for part in kept for one in _rich(part)]
    text = to_html(parse_illustrated(to_html(rich)))
    key = title_key(plain_text(text))
    with use_locale(language):
        if key == title_key(_("Nothing to report.")):
            text, key = "", ""
    nil: bool | None = None
    if section.kind is ChapterKind.NIL_STATEMENT:
        nil = bool(key) and key == title_key(section.nil_phrase)
    return Reading("" if nil else text, rows, nil, strange)


def text_of(parts: Sequence[WordPart]) -> str:
    """The words of a part of a file."""
    return plain_text(to_html([one for part in parts for one in _rich(part)]))


def _without_notes(parts: Sequence[WordPart]) -> list[WordPart]:
    """Notes of the export are left out, except one that stands for a picture; so is the line on its
    source below a picture of ours."""
    labels = tuple(label for locale in LOCALES for label in _labels(locale))
    kept: list[WordPart] = []
    for part in parts:
        if isinstance(part, WordText):
            mark = next((name for name in part.names if _image(name)), None)
            if mark and part.style == "warning":
                kept.append(WordPicture(mark))
                continue
            text = "".join(run.text for run in part.paragraph.runs)
            if part.style in ("instruction", "warning") and text.startswith(labels):
                continue
            last = kept[-1] if kept else None
            if part.style == "caption" and isinstance(last, WordPicture) and _image(last.name):
                continue
        kept.append(part)
    return kept


def _labels(locale: str) -> tuple[str, str]:
    with use_locale(locale):
        return _("Instruction"), _("Please note")


def _without_attachments(section: Section, parts: list[WordPart], language: str) -> list[WordPart]:
    """Without the numbered list of files at the end, and the word above it."""
    lists = [at for at, part in enumerate(parts) if isinstance(part, Bullets) and part.ordered]
    if not lists:
        return parts
    at = lists[-1]
    if section.kind is ChapterKind.ATTACHMENTS:
        return parts[:at] + parts[at + 1 :]
    above = parts[at - 1] if at else None
    with use_locale(language):
        heading = _("Attachments")
    if isinstance(above, WordText) and above.paragraph.runs == (Run(heading, strong=True),):
        return parts[: at - 1] + parts[at + 1 :]
    return parts


def _typed_rows(
    section: Section, parts: list[WordPart]
) -> tuple[list[WordPart], tuple[TableRow, ...] | None]:
    """The rows of the last table whose headings are the section's columns, in any order, and what
    is left beside it."""
    for at in range(len(parts) - 1, -1, -1):
        part = parts[at]
        places = _places(section, part) if isinstance(part, WordTable) else None
        if isinstance(part, WordTable) and places is not None:
            return parts[:at] + parts[at + 1 :], _rows(section, part, places)
    return parts, None


def _places(section: Section, table: WordTable) -> dict[str, int] | None:
    """The places of the section's columns in a table of the file; None unless all are there, and
    in their own order where two have the same title."""
    if not table.rows:
        return None
    heads = [title_key(cell.text) for cell in table.rows[0]]
    keys = {column.key: title_key(column.title) for column in columns_of(section.columns)}
    if len(set(keys.values())) < len(keys):
        beside = len(heads) - len(keys)
        in_order = beside >= 0 and heads[beside:] == list(keys.values())
        return {key: beside + at for at, key in enumerate(keys)} if in_order else None
    if not all(key in heads for key in keys.values()):
        return None
    return {column: heads.index(key) for column, key in keys.items()}


def _rows(section: Section, table: WordTable, places: dict[str, int]) -> tuple[TableRow, ...]:
    """A row of a table with fixed rows is known by its first cell that is none of the columns; one
    that is not known keeps its words as its key, so that it is refused by name."""
    fixed = {title_key(row.title): row.key for row in fixed_rows_of(section.fixed_rows)}
    first = next((at for at in range(len(table.rows[0])) if at not in places.values()), 0)
    rows: list[TableRow] = []
    for line in table.rows[1:]:
        cells = {
            column: line[at].text.strip() if at < len(line) else "" for column, at in places.items()
        }
        key: str | None = None
        if fixed:
            name = line[first].text.strip() if first < len(line) else ""
            if not name and not any(cells.values()):
                continue
            key = fixed.get(title_key(name), name)
        rows.append(TableRow(cells, key))
    return tuple(rows)


def _rich(part: WordPart) -> list[RichPart]:
    if isinstance(part, WordText):
        return [part.paragraph]
    if isinstance(part, WordHeading):
        kind: Literal["h3", "h4"] = "h4" if part.level > 3 else "h3"
        return [Paragraph((Run(part.text),), kind)]
    if isinstance(part, WordPicture):
        image = _image(part.name)
        return [image] if image else []
    if isinstance(part, WordTable):
        rows = tuple(
            tuple(GridCell(cell.blocks, header=at < part.header_rows) for cell in row)
            for at, row in enumerate(part.rows)
        )
        return [Grid(rows)]
    return [part]


def _image(name: str) -> Image | None:
    found = MARK.fullmatch(name)
    return Image(str(UUID(found[1]))) if found else None
