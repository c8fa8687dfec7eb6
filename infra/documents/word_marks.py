"""What a Word paragraph is by its style and numbering: a heading, a line of a list, or text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree.ElementTree import Element

from .word_runs import name_of, value_of

HEADING = re.compile(r"(?:heading|rubrik) ([1-9])")
LISTED = re.compile(r"list (bullet|number|continue)(?: ([2-5]))?")
DEEPEST_LIST = 8
LONGEST_CHAIN = 12


class ListMark(NamedTuple):
    """`depth` from 0; `list` tells one numbered list from the next; `continues` is a further
    paragraph of an item."""

    depth: int
    ordered: bool = False
    list: str = ""
    continues: bool = False


class Numbering(NamedTuple):
    id: str
    depth: int


@dataclass(frozen=True, slots=True)
class Style:
    name: str = ""
    based_on: str = ""
    level: int = 0
    numbering: Numbering | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    styles: Mapping[str, Style] = field(default_factory=dict)
    bullets: frozenset[tuple[str, int]] = frozenset()
    """Numberings and depths whose lines begin with a sign instead of a number."""

    def of(self, paragraph: Element) -> tuple[str, int, ListMark | None]:
        """The name of its style in small letters, its level as a heading or 0, its place in a
        list."""
        properties = _child(paragraph, "pPr")
        style_id = _value(properties, "pStyle")
        chain = list(self._chain(style_id))
        name = chain[0].name if chain else style_id.lower()
        own = _outline(properties)
        level = own or next((style.level for style in chain if style.level), 0)
        if level:
            return name, level, None
        return name, 0, self._listed(properties, chain)

    def _chain(self, style_id: str) -> Iterator[Style]:
        """The style and those it is based on."""
        for _step in range(LONGEST_CHAIN):
            style = self.styles.get(style_id)
            if style is None:
                return
            yield style
            style_id = style.based_on

    def _listed(self, properties: Element | None, chain: list[Style]) -> ListMark | None:
        named = next((found for style in chain if (found := LISTED.fullmatch(style.name))), None)
        depth = int(named[2] or 1) - 1 if named else 0
        if named and named[1] == "continue":
            return ListMark(depth, continues=True)
        own = _numbering(properties)
        inherited = next((style.numbering for style in chain if style.numbering), None)
        numbering = own or inherited
        if numbering and numbering.id != "0":
            # A paragraph that names only its list lies as deep as its style.
            depth = max(numbering.depth, depth)
            ordered = (numbering.id, numbering.depth) not in self.bullets
            return ListMark(depth, ordered, numbering.id if ordered and own else "")
        if named and not own:
            return ListMark(depth, named[1] == "number")
        return None


def read_marks(styles: Element | None, numbering: Element | None) -> Marks:
    known = {
        value_of(style, "styleId"): _style(style)
        for style in (styles if styles is not None else ())
        if name_of(style) == "style" and value_of(style, "type") in ("paragraph", "")
    }
    return Marks(known, frozenset(_bullets(numbering)) if numbering is not None else frozenset())


def _style(style: Element) -> Style:
    name = _value(style, "name").lower()
    properties = _child(style, "pPr")
    heading = HEADING.fullmatch(name)
    return Style(
        name=name,
        based_on=_value(style, "basedOn"),
        level=int(heading[1]) if heading else _outline(properties),
        numbering=_numbering(properties),
    )


def _bullets(numbering: Element) -> Iterator[tuple[str, int]]:
    signs: dict[str, set[int]] = {}
    for element in numbering:
        if name_of(element) == "abstractNum":
            signs[value_of(element, "abstractNumId")] = {
                _depth(value_of(level, "ilvl"))
                for level in element
                if name_of(level) == "lvl" and _value(level, "numFmt") in ("bullet", "none")
            }
    for element in numbering:
        if name_of(element) == "num":
            for depth in signs.get(_value(element, "abstractNumId"), ()):
                yield value_of(element, "numId"), depth


def _outline(properties: Element | None) -> int:
    level = _value(properties, "outlineLvl")
    return int(level) + 1 if level in ("0", "1", "2", "3", "4", "5", "6", "7", "8") else 0


def _numbering(properties: Element | None) -> Numbering | None:
    found = _child(properties, "numPr")
    if found is None or not _value(found, "numId"):
        return None
    return Numbering(_value(found, "numId"), _depth(_value(found, "ilvl")))


def _depth(text: str) -> int:
    return min(int(text), DEEPEST_LIST) if text.isdecimal() and len(text) < 3 else 0


def _value(element: Element | None, name: str) -> str:
    found = _child(element, name)
    return "" if found is None else value_of(found, "val")


def _child(element: Element | None, name: str) -> Element | None:
    if element is None:
        return None
    return next((child for child in element if name_of(child) == name), None)
