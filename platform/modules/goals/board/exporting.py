"""The goal analysis as the wide Excel table that people know: one column group a level."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import cast

from .....infra.documents.excel import Kind, Sheet, SheetColumn, Value
from .....infra.documents.model import Light, LightMark
from .....infra.documents.richtext import plain_text
from .....infra.i18n import _, in_language, use_locale
from .....workers.exports import file_name
from ..analysis.snapshot import Part, ShownRow, Snapshot
from ..models import JUDGED

WIDTHS: dict[Part, float] = {"title": 40, "comment": 40, "light": 18}


def analysis_sheet(shown: Snapshot, *, municipality: str, locale: str) -> Sheet:
    """One sheet; a row holds a node and the first of what stands below it, as merged cells would.

    Numbers are numbers with the indicator's decimals; a light is its shape and the municipality's
    word in its colour.
    """
    with use_locale(locale):
        name = _("Goal analysis")
        return Sheet(
            name=name,
            title=f"{municipality} – {_title(shown, name, locale)}",
            columns=tuple(
                SheetColumn(
                    title=in_language(column.caption, locale),
                    kind=_kind(column.part),
                    width=WIDTHS.get(column.part, 14),
                )
                for column in shown.columns
            ),
            rows=list(_rows(shown, locale)),
        )


def analysis_file_name(shown: Snapshot, *, municipality: str, locale: str) -> str:
    """`Östhammar – Målanalys Socialnämnden 2026.xlsx`"""
    with use_locale(locale):
        title = _title(shown, _("Goal analysis"), locale)
    return file_name(municipality, title, ending="xlsx")


def _title(shown: Snapshot, name: str, locale: str) -> str:
    return f"{name} {shown.unit_name} {in_language(shown.label, locale)}"


def _kind(part: Part) -> Kind:
    if part in ("total", "women", "men", "target"):
        return "number"
    return "light" if part == "light" else "text"


def _rows(shown: Snapshot, locale: str) -> Iterator[list[Value]]:
    row: list[Value] = []
    depth = -1
    for item in shown.rows:
        if item.depth != depth + 1 and row:
            yield row
            row = []
        row = row or [None] * len(shown.columns)
        for at, column in enumerate(shown.columns):
            if column.level == item.level:
                row[at] = _cell(shown, item, column.part, locale)
        depth = item.depth
    if row:
        yield row


def _cell(shown: Snapshot, row: ShownRow, part: Part, locale: str) -> Value:
    values = row.values
    match part:
        case "title":
            return row.title
        case "light":
            return _mark(shown, row, locale)
        case "state":
            return in_language(row.activity.word, locale) if row.activity else None
        case "unit":
            return row.measure_unit
        case "comment":
            return plain_text(row.comment.text) if row.comment else None
        case "total" | "women" | "men" | "target":
            number: str | None = getattr(values, part) if values else None
            return None if number is None else Decimal(number)


def _mark(shown: Snapshot, row: ShownRow, locale: str) -> LightMark | None:
    if row.kind not in JUDGED or row.verdict is None:
        return None
    for light in shown.lights:
        if light.light == row.verdict.light:
            return LightMark(cast(Light, light.light), in_language(light.word, locale))
    with use_locale(locale):
        return LightMark("none", _("No light yet"))
