"""What the form of a chapter says: its content, with the columns and rows of a table as lines."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape

from .....infra.documents.richtext import plain_text
from .....infra.errors import InvalidInput
from .....infra.i18n import _
from ....web.forms import Form
from ..fetching.fetched import FETCHING_KINDS
from ..models import Chapter, ChapterKind
from ..words import free_key
from .chapters import ChapterContent, content_of
from .columns import MOST_COLUMNS, Column, ColumnKind, FixedRow

SPARE_COLUMNS = 3


def sent_content(form: Form, chapter: Chapter | None) -> ChapterContent:
    """The content that the form asks for; what does not go with its kind is left out, and columns
    and rows keep the keys that they have. Raises InvalidInput for a kind that does not exist."""
    before = content_of(chapter) if chapter else ChapterContent(title="")
    kind = _kind(form.get("kind"))
    is_table = kind is ChapterKind.TABLE
    writable = kind not in (ChapterKind.HEADING, ChapterKind.GOAL_ANALYSIS)
    return ChapterContent(
        title=form.get("title"),
        kind=kind,
        numbered="numbered" in form,
        instruction=_instruction(form.get("instruction"), before.instruction),
        columns=_columns(form, before.columns) if is_table else (),
        fixed_rows=_fixed_rows(form.get("fixed_rows"), before.fixed_rows) if is_table else (),
        nil_phrase=form.get("nil_phrase") if kind is ChapterKind.NIL_STATEMENT else "",
        phrases=_lines(form.get("phrases")) if writable else (),
        carried_forward="carried_forward" in form and kind in (ChapterKind.TEXT, ChapterKind.TABLE),
        source=form.get("source") or None if kind in FETCHING_KINDS else None,
    )


def shown_content(content: ChapterContent) -> dict[str, object]:
    """The fields of the form for a content."""
    spare = [Column("", "")] * min(SPARE_COLUMNS, MOST_COLUMNS - len(content.columns))
    return {
        "title": content.title,
        "kind": content.kind,
        "numbered": content.numbered,
        "instruction": plain_instruction(content.instruction),
        "columns": [
            (number, column, ", ".join(column.choices))
            for number, column in enumerate([*content.columns, *spare])
        ],
        "fixed_rows": "\n".join(row.title for row in content.fixed_rows),
        "nil_phrase": content.nil_phrase,
        "phrases": "\n".join(content.phrases),
        "carried_forward": content.carried_forward,
        "source": content.source or "",
    }


def plain_instruction(html: str) -> str:
    return plain_text(html).strip()


def _instruction(text: str, before: str) -> str:
    """Paragraphs of what was typed; what nobody has touched keeps its lists and bold words."""
    if text.strip() == plain_instruction(before):
        return before
    return "".join(f"<p>{escape(part)}</p>" for part in re.split(r"\n+", text.strip()) if part)


def _columns(form: Form, before: Collection[Column]) -> tuple[Column, ...]:
    """One for each title that is filled in; a column that stood there keeps its key."""
    kept = {column.key: column for column in before}
    taken = set(kept)
    found: list[Column] = []
    for number in range(MOST_COLUMNS):
        title = form.get(f"column-{number}-title").strip()
        if not title:
            continue
        key = form.get(f"column-{number}-key")
        if key not in kept or key in {column.key for column in found}:
            key = free_key(title, taken=taken)
        taken.add(key)
        kind = _column_kind(form.get(f"column-{number}-kind"))
        choices = _choices(form.get(f"column-{number}-choices"), kept.get(key))
        found.append(Column(key, title, kind, choices if kind is ColumnKind.CHOICE else ()))
    return tuple(found)


def _choices(text: str, before: Column | None) -> tuple[str, ...]:
    """What nobody has touched stays whole, also where a choice has a comma in it."""
    if before is not None and text == ", ".join(before.choices):
        return before.choices
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _fixed_rows(text: str, before: Collection[FixedRow]) -> tuple[FixedRow, ...]:
    keys = {row.title: row.key for row in before}
    taken = set(keys.values())
    rows = []
    for title in _lines(text):
        key = keys.get(title) or free_key(title, taken=taken)
        taken.add(key)
        rows.append(FixedRow(key, title))
    return tuple(rows)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _kind(text: str) -> ChapterKind:
    try:
        return ChapterKind(text)
    except ValueError:
        raise InvalidInput(_("Choose one from the list."), field="kind") from None


def _column_kind(text: str) -> ColumnKind:
    try:
        return ColumnKind(text)
    except ValueError:
        raise InvalidInput(_("Choose one from the list."), field="columns") from None
