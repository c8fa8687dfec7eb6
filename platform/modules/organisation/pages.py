"""The pages of the administration, and where they stand in the menu."""

from __future__ import annotations

from ...module import MenuItem
from ...web.words import MORE
from .access.pages import access_pages
from .people.account_pages import account_pages
from .people.pages import people_pages
from .people.person_pages import person_pages
from .people.roles_pages import roles_pages
from .provisioning.pages import provisioning_pages
from .settings.appearance_pages import appearance_pages
from .settings.legal_pages import legal_pages
from .settings.module_pages import module_settings_pages
from .settings.pages import settings_pages
from .settings.year_pages import year_pages
from .sign_in.levels_pages import sign_in_levels_pages
from .sign_in.pages import sign_in_pages
from .sign_in.rules_pages import sign_in_rules_pages
from .support.pages import support_pages
from .support.told_pages import told_pages
from .terms import API, PEOPLE, SETTINGS, UNITS
from .tokens.pages import tokens_pages
from .tokens.token_pages import token_pages
from .units.merging_pages import unit_merging_pages
from .units.pages import units_pages
from .units.steps_pages import unit_steps_pages
from .units.table_pages import unit_table_pages

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
