"""The rows of the goal analysis made ready for the template, which then only writes them down, and
the parts of the page that change when one saves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple
from uuid import UUID

from markupsafe import Markup

from .....infra.i18n import _, in_language
from ....web.page import Partial, View
from ....web.templating import day, icon
from .analysis import Row
from .grid import Column, lines_of, with_those_above
from .table import Table, read_table

DEEPEST: Final = 3
"""Goals further down look the same."""


class Same(NamedTuple):
    """What is the same on every line: addresses, words, and what this person may do."""

    base: str
    query: str
    row_query: str
    width: int
    beside: tuple[Column, ...]
    """What stands beside a goal that heads a group: light and comment."""
    has_light: bool
    may_edit: bool
    states: tuple[tuple[str, str], ...]
    lock: Markup
    more: Markup
    comment: str
    write: str
    report: str
    larger: str
    why: str
    save: str
    later: str
    end: str
    ending: str
    state: str
    by_hand: str
    from_above: str
    to_next: str
    not_done: str
    added_up: str


class Texts(NamedTuple):
    """What differs from row to row, and is only written down: no line of the table looks at it."""

    id: str
    number: str
    title: str
    said: str


class Shown(NamedTuple):
    """A row, with its `Texts` first. `light` is empty for what has none; `state` is that of an
    activity, with its word; `comment` says whether it is a `field`, a `text` that is read, or
    nothing."""

    id: str
    number: str
    title: str
    said: str
    depth: int
    level: str
    unit: str
    inherited: bool
    added_up: bool
    light: str
    light_word: str
    by_hand: bool
    comment: Literal["field", "text", ""]
    formatted: bool
    in_report: bool
    activity: bool
    acts: bool
    state: str
    state_word: str
    until: str
    undone: bool
    told: str


def same_on_all(table: Table, *, seen: int = 0) -> Same:
    """`seen` is when the page was read, in microseconds since 1970."""
    return Same(
        base=table.base,
        query=table.query,
        row_query=f"{table.query}&sedd={seen}" if table.query else f"?sedd={seen}",
        width=len(table.columns),
        beside=tuple(
            column
            for column in table.columns
            if column.part in ("light", "comment") and not column.level
        ),
        has_light=any(column.part == "light" for column in table.columns),
        may_edit=table.may_edit,
        states=tuple(
            (key, table.state_word(state)) for key, state in table.analysis.states.items()
        ),
        lock=icon("lock"),
        more=icon("ellipsis"),
        comment=_("Comment"),
        write=_("Write a comment"),
        report=_("Shown in the report"),
        larger=_("Open larger"),
        why=_("Why this status"),
        save=_("Save the row"),
        later=_("Not due yet"),
        end=_("End …"),
        ending=_("End the activity"),
        state=_("State"),
        by_hand=_("by hand"),
        from_above=_("From a unit above"),
        to_next=_("To the next goal at this level"),
        not_done=_("Not done"),
        added_up=_("added up from the units"),
    )


def texts_of(table: Table, row: Row) -> Texts:
    number = table.numbers[row.node.id]
    return Texts(str(row.node.id), str(number), row.node.title, table.said(row))


def shown(table: Table, row: Row, texts: Texts) -> Shown:
    node, comment, activity = row.node, row.comment, row.activity
    formatted = table.formatted(row)
    state = table.state(row)
    return Shown(
        *texts,
        depth=min(row.depth, DEEPEST),
        level=in_language(row.level.name),
        unit=row.indicator.measure_unit if row.indicator else "",
        inherited=row.inherited,
        added_up=row.values is not None and row.values.consolidated,
        light=table.light(row) if row.verdict else "",
        light_word=table.light_word(row) if row.verdict else "",
        by_hand=table.by_hand(row),
        comment="field" if table.may_edit and not formatted else "text" if comment else "",
        formatted=formatted,
        in_report=comment is None or comment.in_report,
        activity=activity is not None,
        acts=activity is not None and table.acts(row),
        state=activity.state if activity else "",
        state_word=table.state_word(state) if state else activity.state if activity else "",
        until=_("until {day}", day=day(activity.ends_on)) if activity and activity.ends_on else "",
        undone=table.undone(row),
        told=table.told.get(node.id, ""),
    )


async def changed_parts(view: View, ids: Iterable[UUID]) -> list[Partial]:
    """After a save: the lights of the rows and of the goals above them, and the counts."""
    table = await read_table(view, "", whole=False)
    rows = with_those_above(table.analysis.rows, set(ids))
    same = same_on_all(table)
    parts = [
        Partial(
            f"l-{row.node.id}",
            "goals/analysis_light.html",
            {"same": same, "row": shown(table, row, texts_of(table, row))},
        )
        for row in rows
        if row.verdict is not None
    ]
    touched = {row.node.id for row in rows if row.verdict is None}
    for line in lines_of(table.analysis.rows, ()) if touched else ():
        if touched & {row.node.id for row in line.fold}:
            key = table.fold_key(line.fold)
            values = {"key": key, "summary": table.fold_words(line.fold)}
            parts.append(Partial(key, "goals/analysis_fold.html", values))
    parts.append(Partial("missing", "goals/analysis_missing.html", {"table": table}))
    return parts
