"""The runs of a Word paragraph: what is bold, slanted or leads somewhere; what is seen of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias
from xml.etree.ElementTree import Element

from .richtree import Run

Links: TypeAlias = Mapping[str, str]
"""Addresses by the id under which a part refers to them."""

AROUND = ("ins", "moveTo", "smartTag", "customXml", "sdt", "sdtContent", "fldSimple", "bdo", "dir")
HYPERLINK = re.compile(r'HYPERLINK\s+"([^"]*)"')
OFF = ("0", "false", "off", "none")
SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}


def name_of(element: Element) -> str:
    """The name without its namespace, of which there are two, transitional and strict."""
    return element.tag.rpartition("}")[2]


def value_of(element: Element, name: str) -> str:
    """An attribute, whatever its namespace; "" for none."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def plain(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs)


def marked_runs(paragraph: Element, links: Links) -> tuple[Run, ...]:
    """What a reader sees of the paragraph, with the addresses as they stand, unchecked."""
    return tuple(_Runs(links).read(paragraph, ""))


@dataclass
class _Runs:
    links: Links
    fields: list[_Field] = field(default_factory=list)

    def read(self, around: Element, href: str) -> Iterator[Run]:
        for element in around:
            name = name_of(element)
            if name == "r":
                yield from self._run(element, href)
            elif name == "hyperlink":
                yield from self.read(element, self.links.get(value_of(element, "id"), href))
            elif name in AROUND:
                yield from self.read(element, href)

    def _run(self, element: Element, href: str) -> Iterator[Run]:
        look = Run("", href=href)
        for child in element:
            name = name_of(child)
            if name == "rPr":
                if _is_on(child, "vanish"):
                    return
                look = replace(
                    look,
                    strong=_is_on(child, "b") or _styled(child, "strong"),
                    em=_is_on(child, "i") or _styled(child, "emphasis"),
                )
            elif name == "fldChar":
                self._turn(value_of(child, "fldCharType"))
            elif name == "instrText" and self.fields:
                self.fields[-1].instruction += child.text or ""
            elif (text := _text(child, name)) and all(one.shown for one in self.fields):
                yield replace(look, text=text, href=self._href() or look.href)

    def _turn(self, kind: str) -> None:
        if kind == "begin":
            self.fields.append(_Field())
        elif self.fields and kind == "separate":
            self.fields[-1].shown = True
        elif self.fields and kind == "end":
            self.fields.pop()

    def _href(self) -> str:
        """The address of the innermost field that is a link."""
        for one in reversed(self.fields):
            if found := HYPERLINK.search(one.instruction):
                return found[1]
        return ""


@dataclass
class _Field:
    """A field of Word: its instruction, and whether its result has begun."""

    instruction: str = ""
    shown: bool = False


def _text(child: Element, name: str) -> str:
    if name == "t":
        return child.text or ""
    if name == "br" and value_of(child, "type") in ("page", "column"):
        return ""
    return SIGNS.get(name, "")


def _is_on(properties: Element, name: str) -> bool:
    return any(name_of(child) == name and value_of(child, "val") not in OFF for child in properties)


def _styled(properties: Element, style: str) -> bool:
    return any(
        name_of(child) == "rStyle" and value_of(child, "val").lower() == style
        for child in properties
    )
