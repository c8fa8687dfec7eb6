"""The indicators of a unit as a list to search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from .....infra.i18n import _
from .....tenants.tree import units
from .....tenants.tree.units import Placed
from ....web.page import View, page
from ..analysis.analysis import Row
from ..analysis.series import Measured, series_of, with_current
from ..analysis.views import rows_of_views
from ..models import SteeringModel
from ..picturing import Shown, sparkline, words_of, written
from ..rules import Light
from ..terms import INDICATORS
from ..view.view import model_with_levels, place_of


@dataclass(frozen=True, slots=True)
class Entry:
    """An indicator in the list. `owner` is the unit above that decided it; None for its own."""

    row: Row
    light: Shown
    value: str
    target: str
    owner: Placed | None
    above: str
    spark: Markup


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow the list: what may be chosen, and how many there are of each."""

    name: str
    caption: str
    choices: tuple[tuple[str, str, int], ...]
    chosen: str


@page("/{unit}/{year:int}/nyckeltal", name="indicators")
async def indicators_page(view: View) -> Response:
    """All indicators that the unit sees, narrowed by words and facets in the address."""
    here = view.here
    entries, model = await _entries(view)
    words = words_of(model)
    wanted = " ".join(view.query("q").lower().split())
    chosen = {name: view.query(name) for name in ("agare", "farg", "saknas")}
    found = [entry for entry in entries if _fits(entry, wanted, chosen)]
    return await view.render(
        "goals/indicators.html",
        heading=await view.word(INDICATORS),
        entries=found,
        total=len(entries),
        wanted=view.query("q"),
        facets=_facets(entries, chosen, words),
        narrowed=bool(wanted or any(chosen.values())),
        may_plan=view.work.allows("goals.edit", at=here.unit.id),
    )


async def _entries(view: View) -> tuple[list[Entry], SteeringModel | None]:
    work, here = view.work, view.here
    place = await place_of(work, unit_id=here.unit.id, period=here.period)
    model, levels = await model_with_levels(work, year=here.year)
    if model is None:
        return [], None
    views = await rows_of_views(
        work, {here.unit.id: place.above}, period=here.period, model=model, levels=levels
    )
    rows = views[here.unit.id]
    owners = {unit.id: unit for unit in await units.placed(work, place.above)}
    measured = [Measured(row.node, row.indicator, here.unit.id) for row in rows if row.indicator]
    series = await series_of(work, measured, unit_id=here.unit.id, year=here.year)
    words = words_of(model)
    titles = {row.node.id: row.node.title for row in rows}
    entries = [
        Entry(
            row=row,
            light=words[row.verdict.light if row.verdict else None],
            value=written(row.values.total if row.values else None, row.indicator),
            target=written(row.values.target if row.values else None, row.indicator, short=True),
            owner=owners.get(row.node.unit_id) if row.inherited else None,
            above=titles.get(row.parent_id, "") if row.parent_id else "",
            spark=sparkline(
                row,
                with_current(
                    series[row.node.id], row.values, node_id=row.node.id, unit_id=here.unit.id
                ),
            ).svg(key=f"spark-{at}"),
        )
        for at, row in enumerate(rows)
        if row.indicator
    ]
    return entries, model


def _fits(entry: Entry, wanted: str, chosen: Mapping[str, str]) -> bool:
    text = f"{entry.row.node.title} {entry.above}".lower()
    return all(word in text for word in wanted.split()) and all(
        not value or value in _marks(entry)[name] for name, value in chosen.items()
    )


def _marks(entry: Entry) -> dict[str, tuple[str, ...]]:
    """What the entry answers to, by the name of the facet."""
    missing = entry.row.missing
    return {
        "agare": ("arvda",) if entry.row.inherited else ("egna",),
        "farg": (entry.light.shape,),
        "saknas": ("nagot",) if missing else ("inget",),
    }


def _facets(
    entries: Sequence[Entry], chosen: Mapping[str, str], words: Mapping[Light | None, Shown]
) -> list[Facet]:
    options: dict[str, tuple[str, list[tuple[str, str]]]] = {
        "agare": (_("Whose"), [("egna", _("Own")), ("arvda", _("From units above"))]),
        "farg": (_("Light"), [(shown.shape, shown.word) for shown in words.values()]),
        "saknas": (_("Values"), [("nagot", _("Something is missing")), ("inget", _("Complete"))]),
    }
    return [
        Facet(
            name=name,
            caption=caption,
            choices=tuple(
                (value, word, sum(value in _marks(entry)[name] for entry in entries))
                for value, word in choices
            ),
            chosen=chosen[name],
        )
        for name, (caption, choices) in options.items()
    ]
