"""The closed subset of HTML that people write in: what is stored, and its plain words.

Allowed: `p h3 h4 strong em ul ol li table tr th td a br`, nothing else, no attribute but `href`.
A text whose owner keeps pictures may also have `<img data-image="<uuid>" alt="…">`, between
paragraphs: never an address.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from .richreader import parse, parse_illustrated
from .richtree import Bullets, GridCell, Image, Paragraph, RichPart, Run, links


def clean(html: str) -> str:
    """The closed subset of any text, without pictures; cleaning twice changes nothing."""
    return to_html(parse(html))


def plain_text(html: str) -> str:
    """The words alone: a line per paragraph, list items behind "- ", cells apart by tabs, what a
    picture shows in brackets."""
    return "\n".join(_lines(parse_illustrated(html)))


def to_html(blocks: Sequence[RichPart]) -> str:
    return "".join(_block_html(block) for block in blocks)


def _block_html(block: RichPart) -> str:
    if isinstance(block, Image):
        return f'<img data-image="{block.id}" alt="{escape(block.alt)}">'
    if isinstance(block, Paragraph):
        return f"<{block.kind}>{_runs_html(block.runs)}</{block.kind}>"
    if isinstance(block, Bullets):
        tag = "ol" if block.ordered else "ul"
        items = "".join(f"<li>{_inner_html(item)}</li>" for item in block.items)
        return f"<{tag}>{items}</{tag}>"
    rows = "".join(f"<tr>{''.join(_cell_html(cell) for cell in row)}</tr>" for row in block.rows)
    return f"<table>{rows}</table>"


def _cell_html(cell: GridCell) -> str:
    tag = "th" if cell.header else "td"
    return f"<{tag}>{_inner_html(cell.blocks)}</{tag}>"


def _inner_html(blocks: Sequence[RichPart]) -> str:
    """An item or a cell that starts with its only paragraph needs no `p` around it."""
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    if len(paragraphs) == 1 and blocks[0] is paragraphs[0]:
        return _runs_html(paragraphs[0].runs) + to_html(blocks[1:])
    return to_html(blocks)


def _runs_html(runs: Sequence[Run]) -> str:
    parts: list[str] = []
    for href, group in links(runs):
        text = "".join(_run_html(run) for run in group)
        parts.append(f'<a href="{escape(href)}">{text}</a>' if href else text)
    return "".join(parts)


def _run_html(run: Run) -> str:
    text = escape(run.text, quote=False).replace("\n", "<br>")
    text = f"<em>{text}</em>" if run.em else text
    return f"<strong>{text}</strong>" if run.strong else text


def _lines(blocks: Iterable[RichPart]) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines += "".join(run.text for run in block.runs).split("\n")
        elif isinstance(block, Bullets):
            for item in block.items:
                first, *rest = _lines(item) or [""]
                lines += [f"- {first}", *(f"  {line}" for line in rest)]
        elif isinstance(block, Image):
            lines.append(f"[{block.alt}]")
        else:
            rows = ([" ".join(_lines(cell.blocks)) for cell in row] for row in block.rows)
            lines += ["\t".join(row) for row in rows]
    return lines
