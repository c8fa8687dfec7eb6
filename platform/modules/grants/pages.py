"""The pages of the module, and its word in the menu."""

from __future__ import annotations

from ...module import MenuItem
from ...web.words import MORE
from .file_pages import FILE_PAGES
from .grant_pages import GRANT_PAGES
from .list_pages import LIST_PAGES
from .part_pages import PART_PAGES
from .words import GRANTS

PAGES = (*LIST_PAGES, *FILE_PAGES, *GRANT_PAGES, *PART_PAGES)
MENU = (MenuItem(GRANTS, page="grants", permission="grants.read", group=MORE),)
