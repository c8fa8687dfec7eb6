"""What surrounds a page: the menu in the municipality's words, the unit and the year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from starlette.requests import Request
from starlette.routing import Route

from ...infra.errors import InvalidInput, NotFound
from ...infra.periods import Period, check_year
from ...tenants.terms import Terms
from ...tenants.tree import units
from ...tenants.tree.units import Placed
from ...tenants.work import Work, lock_on
from ..module import MenuItem, Module, Year

PLACE_COOKIE: Final = "roder_place"


@dataclass(frozen=True, slots=True)
class Place:
    """The unit and the year that a page is about. Both stand in its address."""

    unit: Placed
    year: int

    @property
    def period(self) -> Period:
        return Period(self.year)


@dataclass(frozen=True, slots=True)
class Entry:
    """A word in the menu, or (with `below`) a group of them."""

    word: str
    address: str = ""
    current: bool = False
    below: tuple[Entry, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """`place` is where the links of the menu lead; `fixed` says that the page's address has it."""

    place: Place | None
    fixed: bool
    years: tuple[Year, ...]
    menu: tuple[Entry, ...]

    @property
    def year(self) -> Year | None:
        if self.place is None:
            return None
        here = self.place.year
        return next((year for year in self.years if year.number == here), Year(here))

    @property
    def open_year(self) -> int | None:
        """The latest year that has a plan and can be changed."""
        return next((year.number for year in self.years if year.planned and not year.locked), None)


async def place_of(work: Work, slug: str, year: int) -> Place:
    """The unit and year of an address. Raises NotFound for a unit or year that nobody can have."""
    try:
        check_year(year)
    except InvalidInput as error:
        raise NotFound(error.message) from None
    unit = await units.by_slug(work, slug, on=Period(year).nearest(work.today))
    if unit is None:
        raise NotFound()
    return Place(unit, year)


async def usual_place(request: Request, work: Work, years: Sequence[Year]) -> Place | None:
    """Where someone was last, else their own unit, else the top; this year, or the latest one.

    None while the municipality has no units.
    """
    slug, last_year = _remembered(request)
    own = [grant.unit_id for grant in work.actor.grants if grant.unit_id is not None]
    unit = await units.by_slug(work, slug) if slug else None
    if unit is None:
        found = await units.placed(work, own[:1]) if own else []
        unit = found[0] if found else await units.topmost(work)
    if unit is None:
        return None
    planned = [year.number for year in years if year.planned]
    this_year = work.today.year
    best = this_year if this_year in planned or not planned else max(planned)
    return Place(unit, last_year if last_year in {year.number for year in years} else best)


async def years_of(work: Work, modules: Iterable[Module]) -> tuple[Year, ...]:
    """All years that a module has something for, this one and the next, the latest first."""
    this_year = work.today.year
    found = {near: Year(near, planned=False) for near in (this_year, this_year + 1)}
    for module in modules:
        if module.years is not None and is_on(work, module):
            for year in await module.years(work):
                known = found.get(year.number, year)
                locked, planned = known.locked or year.locked, known.planned or year.planned
                found[year.number] = Year(year.number, locked, planned)
    return tuple(sorted(found.values(), reverse=True))


def is_on(work: Work, module: Module) -> bool:
    return module.core or module.name in work.tenant.modules


def is_there(work: Work, module: Module) -> bool:
    """On, though it may take a safer sign-in: the menu leads to where that is asked for."""
    return is_on(work, module) or lock_on(work.tenant, module.name) is not None


def menu_of(
    request: Request, work: Work, modules: Iterable[Module], terms: Terms, place: Place | None
) -> tuple[Entry, ...]:
    """The words that this person can use, in the order of the modules."""
    entries: dict[str, Entry] = {}
    for item in (item for module in modules if is_there(work, module) for item in module.menu):
        entry = _entry(request, work, item, terms, place)
        if entry is None:
            continue
        if item.group is None:
            entries[item.term.key] = entry
            continue
        group = entries.pop(item.group.key, Entry(terms.word(item.group)))
        entries[item.group.key] = replace(
            group, below=(*group.below, entry), current=group.current or entry.current
        )
    return tuple(entries.values())


def _entry(
    request: Request, work: Work, item: MenuItem, terms: Terms, place: Place | None
) -> Entry | None:
    if work.reach(item.permission) == frozenset():
        return None
    address = page_address(request, work, item.page, place)
    if address is None:
        return None
    here = request.scope["path"]
    current = here == address or here.startswith(f"{address}/")
    return Entry(terms.word(item.term), address, current, key=item.key)


def page_address(request: Request, work: Work, name: str, place: Place | None) -> str | None:
    """The address of a page, at the place where it needs one; None when there is none to give."""
    route: Route = request.app.state.page_routes[name]
    if "{unit}" not in route.path:
        return str(route.url_path_for(name, tenant=work.tenant.slug))
    if place is None:
        return None
    at = {"unit": place.unit.slug, "year": place.year}
    return str(route.url_path_for(name, tenant=work.tenant.slug, **at))


def _remembered(request: Request) -> tuple[str, int]:
    found = re.fullmatch(r"([a-z0-9-]{1,70})\.([0-9]{4})", request.cookies.get(PLACE_COOKIE, ""))
    return (found[1], int(found[2])) if found else ("", 0)
