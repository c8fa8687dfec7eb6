"""Any text to a tree of bounded depth: lists four deep, no table in a table, headings only on the
top level. Nothing that people can type or paste makes it fail."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import groupby
from typing import Literal, TypeGuard
from unicodedata import normalize
from urllib.parse import quote, urlsplit, urlunsplit

from .richtree import Bullets, Grid, GridCell, Image, Paragraph, RichBlock, RichPart, Run

LIST_DEPTH = 4
ALT = 500
TREE_DEPTH = 60
MOST_COLUMNS = 60  # Word refuses a table with more than 63

# What word processors write, and what we read it as.
ALIASES = {
    "b": "strong",
    "i": "em",
    "h1": "h3",
    "h2": "h3",
    "h5": "h4",
    "h6": "h4",
    "div": "p",
    "blockquote": "p",
    "pre": "p",
    "caption": "p",
}
TAGS = {"p", "h3", "h4", "strong", "em", "ul", "ol", "li", "table", "tr", "th", "td", "a", "br"}

UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0001fffd]"
)
SPACE = re.compile(r"[ \t\r\n\f]")
UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
LOOSE_NBSP = re.compile(r"(?<!\d)\xa0|\xa0(?!\d)")  # "1 000" keeps its own
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
SUPERFLUOUS = re.compile(r"\A[ \n]+|(?<=[ \n]) +| +(?=\n)|[ \n]+\Z")


def printable(text: str) -> str:
    """`text` without characters that XML, and so Word, cannot hold; accents composed, and every
    end of a line a newline."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return normalize("NFC", UNPRINTABLE.sub("", text))


def one_line(text: str) -> str:
    """`printable` text for a place with a single line, such as a heading; its ends stay."""
    return SPACE.sub(" ", printable(text))


def parse(html: str) -> tuple[RichBlock, ...]:
    """The tree of any text, cleaned first; pictures are left out."""
    return tuple(part for part in parse_illustrated(html) if not isinstance(part, Image))


def parse_illustrated(html: str) -> tuple[RichPart, ...]:
    """As `parse`, with the pictures that are named by an id. One in a list or a table comes after
    it, since a picture stands between paragraphs."""
    import nh3  # 1.4 MB that a process without rich texts does without

    safe = nh3.clean(
        UNPRINTABLE.sub("", html),
        tags=TAGS | ALIASES.keys() | {"img"},
        attributes={"a": {"href"}, "img": {"data-image", "alt"}},
        link_rel=None,
        url_schemes={"http", "https", "mailto"},
    )
    builder = _TreeBuilder()
    builder.feed(safe)
    builder.close()
    flow = _Flow()
    flow.read(builder.root.children, Run(""))
    flow.end()
    return tuple(flow.parts)


@dataclass
class _Node:
    tag: str
    href: str = ""
    image: Image | None = None
    children: list[_Node | str] = field(default_factory=list)


class _TreeBuilder(HTMLParser):
    """Builds nodes from balanced HTML; what is nested too deep falls into its parent."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("")
        self.open = [self.root]
        self.skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        node = _Node(ALIASES.get(tag, tag), given.get("href") or "", _image(given))
        if tag in ("br", "img"):
            self.open[-1].children.append(node)
        elif self.skipped or len(self.open) > TREE_DEPTH:
            self.skipped += 1
        else:
            self.open[-1].children.append(node)
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self.skipped:
            self.skipped -= 1
        elif len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(UNPRINTABLE.sub("", data))


class _Flow:
    """Collects blocks: text gathers in `runs` until something ends the paragraph."""

    def __init__(
        self, *, within: _Flow | None = None, in_table: bool = False, lists: int = 0
    ) -> None:
        self.inner = within is not None
        self.in_table = in_table
        self.lists = lists
        self.kind: Literal["p", "h3", "h4"] = "p"
        self.runs: list[Run] = []
        self.blocks: list[RichBlock] = []
        self.parts: list[RichPart] = []
        self.waiting: list[Image] = within.waiting if within else []

    def read(self, nodes: Iterable[_Node | str], look: Run) -> None:
        for node in nodes:
            if isinstance(node, str):
                self.runs.append(replace(look, text=SPACE.sub(" ", node)))
            elif node.tag == "br":
                self._break_line(look)
            elif node.tag in ("strong", "em", "a"):
                self.read(node.children, _marked(look, node))
            elif node.image:
                self.waiting.append(node.image)
                self._place_images()
            elif node.tag == "img":
                continue
            else:
                self.end()
                self._read_block(node, look)
                self.end()
                self._place_images()

    def ended(self) -> tuple[RichBlock, ...]:
        """All blocks, the last paragraph with them."""
        self.end()
        return tuple(self.blocks)

    def end(self) -> None:
        """End the paragraph."""
        if runs := _tidy(self.runs):
            self._add(Paragraph(runs, self.kind))
        self.runs = []

    def _add(self, block: RichBlock) -> None:
        self.blocks.append(block)
        self.parts.append(block)

    def _place_images(self) -> None:
        """End the paragraph and put the pictures after it, unless something is around it."""
        if not self.inner and self.waiting:
            self.end()
            self.parts += self.waiting
            self.waiting.clear()

    def _break_line(self, look: Run) -> None:
        """Two breaks in a row are how people write a new paragraph."""
        if "".join(run.text for run in self.runs).rstrip(" ").endswith("\n"):
            self.end()
        else:
            self.runs.append(replace(look, text="\n"))

    def _read_block(self, node: _Node, look: Run) -> None:
        if node.tag in ("h3", "h4"):
            self._read_heading(node, look)
        elif node.tag in ("ul", "ol") and self.lists < LIST_DEPTH:
            if items := self._items(node, look):
                self._add(Bullets(items, ordered=node.tag == "ol"))
        elif node.tag == "table" and not self.in_table:
            rest = [child for child in node.children if not _is(child, "tr")]
            self.read(rest, look)
            self.end()
            if rows := _even(self._rows(node, look)):
                self._add(Grid(rows))
        else:
            self.read(node.children, look)

    def _read_heading(self, node: _Node, look: Run) -> None:
        """A heading within a list or a cell is only bold: it has no place in the outline."""
        if self.inner:
            self.read(node.children, replace(look, strong=True))
            return
        outer, self.kind = self.kind, "h3" if node.tag == "h3" else "h4"
        self.read(node.children, look)
        self.end()
        self.kind = outer

    def _items(self, node: _Node, look: Run) -> tuple[tuple[RichBlock, ...], ...]:
        items: list[tuple[RichBlock, ...]] = []
        for child in node.children:
            flow = _Flow(within=self, in_table=self.in_table, lists=self.lists + 1)
            flow.read(child.children if _is(child, "li") else (child,), look)
            blocks = flow.ended()
            if items and _is(child, "ul", "ol"):
                items[-1] += blocks
            elif blocks:
                items.append(blocks)
        return tuple(items)

    def _rows(self, node: _Node, look: Run) -> list[list[GridCell]]:
        rows = [
            [self._cell(cell, look) for cell in row.children if not _is_blank(cell)]
            for row in node.children
            if _is(row, "tr")
        ]
        return [row for row in rows if row]

    def _cell(self, node: _Node | str, look: Run) -> GridCell:
        flow = _Flow(within=self, in_table=True, lists=self.lists)
        flow.read(node.children if _is(node, "td", "th") else (node,), look)
        return GridCell(flow.ended(), header=_is(node, "th"))


def _image(given: dict[str, str | None]) -> Image | None:
    id = given.get("data-image") or ""
    alt = " ".join(printable(given.get("alt") or "").split())
    return Image(id, alt[:ALT].rstrip()) if UUID.fullmatch(id) else None


def _is(node: _Node | str, *tags: str) -> TypeGuard[_Node]:
    return isinstance(node, _Node) and node.tag in tags


def _is_blank(node: _Node | str) -> bool:
    return isinstance(node, str) and not node.strip()


def _marked(look: Run, node: _Node) -> Run:
    if node.tag == "strong":
        return replace(look, strong=True)
    if node.tag == "em":
        return replace(look, em=True)
    return replace(look, href=_address(node.href) or look.href)


def _address(href: str) -> str:
    """`href` if it leads to the web or a mailbox, spelled so that Word accepts it, else ""."""
    try:
        parts = urlsplit(href.strip())
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    rest = quote(urlunsplit(("", "", *parts[2:])), safe="%/:?&=#+!$,;'@()*~")
    if parts.scheme == "mailto" and parts.path:
        return f"mailto:{rest}"
    if parts.scheme in ("http", "https") and HOST.fullmatch(host) and _is_name(host):
        return f"{parts.scheme}://{host}{port}{rest}"
    return ""


def _is_name(host: str) -> bool:
    """Whether the cleaner, which knows newer rules for names beyond ASCII, would keep it."""
    import nh3

    return "xn--" not in host or "href" in nh3.clean(f'<a href="http://{host}">x</a>')


def _tidy(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Runs with equal looks joined, and no space more than needed between words."""
    joined = _join(runs)
    text = "".join(run.text for run in joined)
    gone = {at for match in SUPERFLUOUS.finditer(text) for at in range(*match.span())}
    kept: list[Run] = []
    start = 0
    for run in joined:
        span = range(start, start + len(run.text))
        kept.append(replace(run, text="".join(text[at] for at in span if at not in gone)))
        start = span.stop
    return _join(kept)


def _join(runs: Iterable[Run]) -> tuple[Run, ...]:
    joined: list[Run] = []
    for look, group in groupby(
        (run for run in runs if run.text), lambda run: replace(run, text="")
    ):
        text = normalize("NFC", "".join(run.text for run in group))
        joined.append(replace(look, text=LOOSE_NBSP.sub(" ", text)))
    return tuple(joined)


def _even(rows: list[list[GridCell]]) -> tuple[tuple[GridCell, ...], ...]:
    """Rows of one length: short ones filled up, what is beyond the limit moved into the last."""
    width = min(max((len(row) for row in rows), default=0), MOST_COLUMNS)
    even: list[tuple[GridCell, ...]] = []
    for row in rows:
        rest = tuple(block for cell in row[width:] for block in cell.blocks)
        cells = [*row[:width], *[GridCell(())] * (width - len(row))]
        cells[-1] = replace(cells[-1], blocks=cells[-1].blocks + rest)
        even.append(tuple(cells))
    return tuple(even)
