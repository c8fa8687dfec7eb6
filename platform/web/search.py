"""Search and go to: pages, units, goals, indicators and reports from one field (Ctrl+K)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from ...infra.i18n import _
from ...tenants.tree import units
from ..finding import MOST, Found
from .page import View, page
from .shell import Entry, Shell, is_on

LONGEST = 80


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    kind: str
    address: str
    detail: str = ""


@page("/sok", name="search")
async def search(view: View) -> Response:
    """With nothing asked for: the pages of the menu. Also alone, as the content of a dialog."""
    words = " ".join(view.query("q").replace("\0", "").split())[:LONGEST]
    shell = await view.shell()
    found = await _found(view, shell, words) if words else []
    hits = _pages(shell, words) + [_hit(view, each) for each in found if not each.near]
    values: dict[str, Any] = {
        "words": words,
        "hits": hits,
        "meant": [] if hits else [each for each in found if each.near][:3],
    }
    template = "parts/hits.html" if view.query("lista") else "parts/search.html"
    if view.partial:
        return await view.fragment(template, **values)
    return await view.render("search.html", **values)


def _pages(shell: Shell, words: str) -> list[Hit]:
    def walk(entries: tuple[Entry, ...]) -> list[Hit]:
        hits: list[Hit] = []
        for entry in entries:
            hits += walk(entry.below)
            if entry.address and words.lower() in entry.word.lower():
                hits.append(Hit(entry.word, _("Page"), entry.address))
        return hits

    return walk(shell.menu)


async def _found(view: View, shell: Shell, words: str) -> list[Found]:
    year = shell.place.year if shell.place else view.work.today.year
    tree = await units.tree(view.work)
    found = [
        Found(unit.name, _("Unit"), "goal_analysis", {"unit": unit.slug, "year": year})
        for unit in tree
        if words.lower() in unit.name.lower()
    ][:MOST]
    for module in view.modules:
        if module.find is not None and is_on(view.work, module):
            found += await module.find(view.work, words, year)
    return found


def _hit(view: View, found: Found) -> Hit:
    return Hit(found.title, found.kind, view.url(found.page, **found.params), found.detail)
