"""The pages of internal control, and its word in the menu."""

from __future__ import annotations

from ...module import MenuItem
from ...web.words import FOLLOW_UP
from .committee_pages import COMMITTEE_PAGES
from .design_pages import DESIGN_PAGES
from .item_pages import ITEM_PAGES
from .occasion_pages import OCCASION_PAGES
from .overview_pages import OVERVIEW_PAGES
from .plan_pages import PLAN_PAGES
from .process_pages import PROCESS_PAGES
from .risk_pages import RISK_PAGES
from .words import INTERNAL_CONTROL

PAGES = (
    *OVERVIEW_PAGES,
    *RISK_PAGES,
    *PLAN_PAGES,
    *ITEM_PAGES,
    *OCCASION_PAGES,
    *COMMITTEE_PAGES,
    *PROCESS_PAGES,
    *DESIGN_PAGES,
)
MENU = (
    MenuItem(
        INTERNAL_CONTROL,
        page="internal_control",
        permission="internal_control.read",
        group=FOLLOW_UP,
    ),
)
