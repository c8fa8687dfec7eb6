"""The pages of the administration, and where they stand in the menu."""

from __future__ import annotations

from ...module import MenuItem
from ...web.words import MORE
from .access_pages import access_pages
from .account_pages import account_pages
from .appearance_pages import appearance_pages
from .legal_pages import legal_pages
from .module_settings_pages import module_settings_pages
from .people_pages import people_pages
from .person_pages import person_pages
from .provisioning_pages import provisioning_pages
from .roles_pages import roles_pages
from .settings_pages import settings_pages
from .sign_in_levels_pages import sign_in_levels_pages
from .sign_in_pages import sign_in_pages
from .sign_in_rules_pages import sign_in_rules_pages
from .support_pages import support_pages
from .terms import API, PEOPLE, SETTINGS, UNITS
from .token_pages import token_pages
from .tokens_pages import tokens_pages
from .told_pages import told_pages
from .unit_merging_pages import unit_merging_pages
from .unit_steps_pages import unit_steps_pages
from .unit_table_pages import unit_table_pages
from .units_pages import units_pages
from .year_pages import year_pages

PAGES = (
    *units_pages,
    *unit_steps_pages,
    *unit_merging_pages,
    *unit_table_pages,
    *people_pages,
    *person_pages,
    *roles_pages,
    *access_pages,
    *support_pages,
    *settings_pages,
    *module_settings_pages,
    *legal_pages,
    *year_pages,
    *appearance_pages,
    *account_pages,
    *sign_in_pages,
    *sign_in_rules_pages,
    *sign_in_levels_pages,
    *provisioning_pages,
    *tokens_pages,
    *token_pages,
    *told_pages,
)
MENU = (
    MenuItem(UNITS, page="organisation", permission="organisation.read", group=MORE, key="o"),
    MenuItem(PEOPLE, page="people", permission="people.read", group=MORE),
    MenuItem(SETTINGS, page="settings", permission="tenant.read", group=MORE),
    MenuItem(API, page="api", permission="people.read", group=MORE),
)
