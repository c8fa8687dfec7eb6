"""Rich text as people type it in a plain field, and back.

Paragraphs with an empty line between them, `- ` and `1. ` before items, `### ` before a heading,
`**bold**`, `*italic*`, `[words](address)`, and cells between `|`: CommonMark with its tables, where
a line break is a line break. What is in several paragraphs within a cell comes back as one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from .richreader import parse_illustrated
from .richtext import to_html
from .richtree import Bullets, Grid, Image, Paragraph, RichPart, Run, links

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

PICTURE = "bild:"
"""Before the id of a picture, where an address would stand."""

SIGNS = re.compile(r"([\\`*_\[\]<>&|])")
OPENING = re.compile(r"(?m)^(\s*\d*)([-+#>=~.)])")


def to_plain(html: str) -> str:
    """The text of the closed subset as one would type it."""
    return "\n\n".join(_block(block) for block in parse_illustrated(html))


def from_plain(text: str) -> str:
    """The closed subset of what was typed; HTML in it is shown as it stands."""
    return to_html(parse_illustrated(_reader().render(text)))


def _block(block: RichPart) -> str:
    if isinstance(block, Image):
        return f"![{_escaped(block.alt)}]({PICTURE}{block.id})"
    if isinstance(block, Paragraph):
        sign = {"p": "", "h3": "### ", "h4": "#### "}[block.kind]
        text = _runs(block.runs)
        return sign + (text.replace("\n", " ") if sign else text)
    if isinstance(block, Bullets):
        return "\n".join(_item(item, number, block) for number, item in enumerate(block.items, 1))
    return _table(block)


def _item(item: Sequence[RichPart], number: int, of: Bullets) -> str:
    sign = f"{number}. " if of.ordered else "- "
    lines = "\n".join(_block(block) for block in item).split("\n")
    indent = " " * len(sign)
    return sign + "\n".join([lines[0], *(indent + line for line in lines[1:])])


def _table(grid: Grid) -> str:
    rows = [
        "| " + " | ".join(" ".join(map(_block, cell.blocks)) for cell in row).replace("\n", " ")
        for row in grid.rows
    ]
    line = "|" + " --- |" * len(grid.rows[0])
    return (
        "\n".join(f"{row} |" for row in rows[:1])
        + "\n"
        + "\n".join([line, *(f"{row} |" for row in rows[1:])])
    )


def _runs(runs: Sequence[Run]) -> str:
    parts = []
    for href, group in links(runs):
        text = "".join(_run(run) for run in group)
        parts.append(f"[{text}](<{href}>)" if href else text)
    return OPENING.sub(r"\1\\\2", "".join(parts))


def _run(run: Run) -> str:
    """Signs of weight stand close to the words: CommonMark takes no space inside them."""
    text = _escaped(run.text)
    sign = ("**" if run.strong else "") + ("*" if run.em else "")
    core = text.strip(" \n")
    if not sign or not core:
        return text
    before, _core, after = text.partition(core)
    return f"{before}{sign}{core}{sign[::-1]}{after}"


def _escaped(text: str) -> str:
    return SIGNS.sub(r"\\\1", text)


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")
    reader.add_render_rule("image", _picture)
    return reader


def _picture(self: object, tokens: Sequence[Token], index: int, *_rest: object) -> str:
    from markupsafe import Markup

    source, alt = str(tokens[index].attrs.get("src", "")), tokens[index].content
    if not source.startswith(PICTURE):
        return str(Markup("{}").format(alt))
    picture = '<img data-image="{}" alt="{}">'
    return str(Markup(picture).format(source.removeprefix(PICTURE), alt))
