"""The pages of the administration, and where they stand in the menu."""

from __future__ import annotations

from ...module import MenuItem
from .people_pages import people_pages
from .person_pages import person_pages
from .terms import MORE, PEOPLE, UNITS
from .unit_merging_pages import unit_merging_pages
from .unit_steps_pages import unit_steps_pages
from .unit_table_pages import unit_table_pages
from .units_pages import units_pages

PAGES = (
    *units_pages,
    *unit_steps_pages,
    *unit_merging_pages,
    *unit_table_pages,
    *people_pages,
    *person_pages,
)
MENU = (
    MenuItem(UNITS, page="organisation", permission="organisation.read", group=MORE, key="o"),
    MenuItem(PEOPLE, page="people", permission="people.read", group=MORE),
)
