"""The words of this module that a municipality may replace with its own."""

from __future__ import annotations

from ....infra.i18n import _
from ....tenants.terms import Term

UNITS = Term("organisation.units", lambda: _("Organisation"))
PEOPLE = Term("organisation.people", lambda: _("People"))
SETTINGS = Term("organisation.settings", lambda: _("Settings"))
API = Term("organisation.api", lambda: _("API"))
