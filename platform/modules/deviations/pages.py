"""The pages of the module, and its word in the menu."""

from __future__ import annotations

from ...module import MenuItem
from ...web.words import MORE
from .case_pages import CASE_PAGES
from .design_pages import DESIGN_PAGES
from .document_pages import DOCUMENT_PAGES
from .key_pages import KEY_PAGES
from .number_pages import NUMBER_PAGES
from .report_pages import REPORT_PAGES
from .step_pages import STEP_PAGES
from .terms import DEVIATIONS
from .weeding_pages import WEEDING_PAGES

PAGES = (
    *REPORT_PAGES,
    *CASE_PAGES,
    *STEP_PAGES,
    *DOCUMENT_PAGES,
    *NUMBER_PAGES,
    *DESIGN_PAGES,
    *KEY_PAGES,
    *WEEDING_PAGES,
)
MENU = (MenuItem(DEVIATIONS, page="deviations", permission="deviations.report", group=MORE),)
